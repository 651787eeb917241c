from __future__ import annotations

import functools
import pickle
import weakref

import pytest

from tidemill.errors import PipelineError
from tidemill.pipeline import Node, Pipeline, node
from tidemill.pipeline.preview import CustomPreview, ImagePreview, MermaidPreview, TextPreview


def add(a, b):
    return a + b


def same(value):
    return value


def nothing():
    return 1


def many(first, *rest, scale=1, **others):
    return first, rest, scale, others


def keyword_only(*, share):
    return share


def optional(a, b=2):
    return a, b


class Model:
    def __call__(self, value):
        return value

    def fit(self, value):
        return value


def logged(func):
    @functools.wraps(func)
    def wrapper(*args, **kwargs):
        return func("log", *args, **kwargs)

    return wrapper


@logged
def with_log(log, value):
    return log, value


class TestNames:
    @pytest.mark.parametrize(
        ("made", "name"),
        [
            (node(add, ["a", "b"], "c"), "add([a;b]) -> [c]"),
            (node(add, {"a": "x", "b": "y"}, {"sum": "c"}), "add([x;y]) -> [c]"),
            (node(nothing, None, ["c"]), "nothing(None) -> [c]"),
            (node(same, "a", None), "same([a]) -> None"),
            (node(functools.partial(add, 1), "b", "c"), "add([b]) -> [c]"),
            (node(functools.partial(functools.partial(add, 1), 2), None, "c"), "add(None) -> [c]"),
            (node(functools.partial(Model(), 1), None, "c"), "Model(None) -> [c]"),
            (node(Model(), "a", "c"), "Model([a]) -> [c]"),
            (node(Model().fit, "a", "c"), "fit([a]) -> [c]"),
            (node(lambda a: a, "a", "c"), "<lambda>([a]) -> [c]"),
            (node(len, "a", "c"), "len([a]) -> [c]"),
            (node(same, "a", "c", name="copy"), "copy"),
            (node(same, "a", "c", name="copy", namespace="raw.cars"), "raw.cars.copy"),
            (node(same, "a", "c", namespace="raw"), "raw.same([a]) -> [c]"),
        ],
    )
    def test_a_node_has_the_name_it_was_given_or_one_of_its_wiring(self, made, name):
        assert made.name == name

    @pytest.mark.parametrize("namespace", [".", "a.", ".a", "a..b"])
    def test_a_namespace_with_nothing_beside_a_dot_is_refused(self, namespace):
        with pytest.raises(PipelineError, match="a dot with nothing on one side"):
            node(same, "a", "b", namespace=namespace)

    def test_the_short_name_has_no_namespace(self):
        assert node(same, "a", "b", name="copy", namespace="x.y").short_name == "copy"
        assert node(keyword_only, {"share": "a"}, "b", namespace="x.y").short_name == "Keyword Only"

    def test_namespaces_from_the_outermost_in(self):
        assert node(same, "a", "b", namespace="x.y.z").namespace_prefixes == ["x", "x.y", "x.y.z"]
        assert node(same, "a", "b").namespace_prefixes == []

    def test_text_and_repr(self):
        named = node(add, ["a", "b"], "c", name="sum", namespace="x")

        assert str(named) == "x.sum: add([a;b]) -> [c]"
        assert repr(named) == "Node(add, ['a', 'b'], 'c', name='x.sum')"
        assert str(node(same, "a", None)) == "same([a]) -> None"
        assert repr(node(same, "a", None)) == "Node(same, 'a', None)"

    @pytest.mark.parametrize("name", ["a b", "a,b", "a/b", "x\n", 3])
    @pytest.mark.parametrize("what", ["name", "tags"])
    def test_a_word_with_other_characters_is_refused(self, name, what):
        given = [name] if what == "tags" else name
        with pytest.raises(PipelineError, match=f"the {what.removesuffix('s')} .* may have only letters"):
            node(same, "a", "b", **{what: given})

    def test_empty_words(self):
        assert node(same, "a", "b", name="", namespace="").name == "same([a]) -> [b]"
        with pytest.raises(PipelineError, match="the tag '' may have only letters"):
            node(same, "a", "b", tags=[""])

    def test_what_is_confirmed_is_one_name_or_several(self):
        found = [node(same, "a", "b", confirms=each).confirms for each in ("a", ["a", "c"], ("a", "c"), {"c", "a"})]
        assert found == [["a"], ["a", "c"], ["a", "c"], ["a", "c"]]


class TestAttributes:
    def test_the_datasets_behind_the_names(self):
        made = node(add, ["x@csv", "y"], "z@csv")

        assert (made.reads, made.writes) == (("x", "y"), ("z",))
        assert (made.inputs, made.outputs) == (["x@csv", "y"], ["z@csv"])

    def test_what_was_given_is_there(self):
        made = node(add, {"a": "x", "b": "y"}, ["c"], tags=["t", "u"], confirms="x", namespace="n")

        assert (made.func, made.inputs, made.outputs) == (add, ["x", "y"], ["c"])
        assert (made.tags, made.confirms, made.namespace) == ({"t", "u"}, ["x"], "n")

    def test_nothing_given_is_nothing_there(self):
        made = node(nothing, None, "c")

        assert (made.inputs, made.tags, made.confirms, made.namespace) == ([], frozenset(), [], None)

    def test_changing_what_it_was_made_from_or_what_it_gave_away_changes_nothing(self):
        inputs = ["a", "b"]
        made = node(add, inputs, "c", confirms=["a"])
        inputs.append("z")
        made.inputs.append("z")
        made.confirms.clear()

        assert made.inputs == ["a", "b"]
        assert made.confirms == ["a"]
        assert made.run({"a": 1, "b": 2}) == {"c": 3}

    def test_tagging_makes_another_node(self):
        made = node(same, "a", "b", tags="one")
        tagged = made.tag(["two", "three"])

        assert made.tags == {"one"}
        assert tagged.tags == {"one", "two", "three"}
        assert tagged == made
        assert made.tag("one") is made

    def test_a_node_of_module_level_functions_pickles(self):
        made = node(add, ["a", "b"], "c", name="sum", tags="t")
        again = pickle.loads(pickle.dumps(made))

        assert (again, again.tags) == (made, made.tags)
        assert again.run({"a": 1, "b": 2}) == {"c": 3}


class TestIdentity:
    def test_the_same_wiring_is_the_same_node(self):
        assert node(same, "a", "b", tags="t") == Node(same, "a", "b")
        assert len({node(same, "a", "b"), node(same, "a", "b"), node(same, "a", "b", name="x")}) == 2

    @pytest.mark.parametrize(
        "other",
        [
            node(same, "a", "c", name="n"),
            node(same, "x", "b", name="n"),
            node(same, ["a"], "b", name="n"),
            node(same, "a", ["b"], name="n"),
            node(same, {"value": "a"}, "b", name="n"),
            node(same, "a", "b", name="m"),
            node(same, "a", "b", name="n", namespace="x"),
            "n",
        ],
    )
    def test_another_wiring_is_another_node(self, other):
        assert node(same, "a", "b", name="n") != other

    def test_nodes_are_ordered_by_their_names(self):
        nodes = [node(same, "a", "b", name=name) for name in "cab"]

        assert [each.name for each in sorted(nodes)] == ["a", "b", "c"]
        assert nodes[1] < nodes[0] >= nodes[2]

    def test_nodes_are_not_ordered_among_other_things(self):
        with pytest.raises(TypeError):
            sorted([node(same, "a", "b"), "x"])


class TestValidation:
    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            ((3, "a", "b"), "must be a function"),
            ((same, None, None), "neither inputs nor outputs"),
            ((same, [], {}), "neither inputs nor outputs"),
            ((same, "a", ["b", "b"]), "it writes 'b' more than once"),
            ((same, "a", ["b@csv", "b@json"]), "it writes 'b' more than once"),
            ((same, "a", "a"), "'a' is both input and output"),
            ((same, "a@csv", "a@json"), "'a' is both input and output"),
            ((same, ("a",), "b"), "'inputs' is .* a list of names"),
            ((same, "a", 1), "'outputs' is 1"),
            ((same, "a@b@c", "d"), "no transcoded name"),
        ],
    )
    def test_what_makes_no_node_is_refused(self, arguments, message):
        with pytest.raises(PipelineError, match=message):
            node(*arguments)

    def test_the_message_says_which_node(self):
        with pytest.raises(PipelineError, match=r"^Node add\(\[a;b\]\) -> \[a\]: "):
            node(add, ["a", "b"], "a")
        with pytest.raises(PipelineError, match=r"^Node 'sum': "):
            node(add, ["a", "b"], "a", name="sum")

    @pytest.mark.parametrize(("key", "value"), [("confirms", 1), ("confirms", [""]), ("tags", 1), ("tags", [None])])
    def test_other_arguments_of_a_wrong_type_are_refused(self, key, value):
        with pytest.raises(PipelineError, match=key.removesuffix("s")):
            node(same, "a", "b", **{key: value})

    @pytest.mark.parametrize(
        ("func", "inputs"),
        [
            (add, "a"),
            (add, ["a", "b", "c"]),
            (add, {"a": "x"}),
            (add, {"a": "x", "b": "y", "c": "z"}),
            (nothing, "a"),
            (keyword_only, "a"),
            (optional, None),
            (optional, {"b": "x"}),
            (optional, {"a": "x", 1: "y"}),
            (many, {"rest": "x"}),
            (many, {"first": "a", 1: "y"}),
            (lambda *given: given, {"given": "x"}),
            (lambda a, /: a, {"a": "x"}),
            (Model(), None),
            (Model().fit, ["a", "b"]),
            (functools.partial(add, 1), ["a", "b"]),
            (lambda value: value, ["a", "b"]),
        ],
    )
    def test_inputs_that_do_not_fit_the_signature_are_refused(self, func, inputs):
        with pytest.raises(PipelineError, match=r"the function takes .* and the inputs are"):
            node(func, inputs, "out")

    @pytest.mark.parametrize(
        ("func", "inputs"),
        [
            (many, "a"),
            (many, ["a", "b", "c"]),
            (many, {"first": "a", "scale": "b", "else": "c"}),
            (many, {"first": "a"}),
            (add, {"b": "x", "a": "y"}),
            (optional, {"a": "x"}),
            (optional, {"b": "y", "a": "x"}),
            (lambda **given: given, {"any": "x", "thing": "y"}),
            (lambda *given: given, ["a"]),
            (keyword_only, {"share": "a"}),
            (optional, "a"),
            (optional, ["a", "b"]),
            (with_log, "a"),
            (dict, ["a"]),
            (max, ["a", "b"]),
            (functools.partial(add, b=1), "a"),
        ],
    )
    def test_inputs_that_fit_the_signature_are_taken(self, func, inputs):
        assert node(func, inputs, "out").func is func

    def test_an_async_function_that_yields_is_refused(self):
        async def stream(value):
            yield value

        with pytest.raises(PipelineError, match="its function is `async`"):
            node(stream, "a", "b")

    def test_an_async_function_is_refused(self):
        async def later(value):
            return value

        with pytest.raises(PipelineError, match="its function is `async`"):
            node(later, "a", "b")


class Chunked:
    def __call__(self, value):
        yield value

    def cut(self, value):
        yield value


def chunks(*values):
    yield from values


def pairs(value):
    yield value, 1
    yield value, 2


def keyed(value):
    yield {"k": value}
    yield {"other": value}


def handed_on(value):
    return chunks(value)


class TestYielding:
    @pytest.mark.parametrize("func", [chunks, functools.partial(chunks, 1), Chunked(), Chunked().cut])
    def test_a_function_that_yields_is_known(self, func):
        assert node(func, "a", "b").yields

    @pytest.mark.parametrize("func", [same, dict, functools.partial(same), Model(), handed_on])
    def test_any_other_does_not(self, func):
        assert not node(func, "a", "b").yields

    def test_each_chunk_is_bound_to_the_outputs(self):
        assert list(node(chunks, ["x", "y"], "b").chunks({"x": 1, "y": 2})) == [{"b": 1}, {"b": 2}]
        assert list(node(pairs, "a", ["b", "c"]).chunks({"a": 0})) == [{"b": 0, "c": 1}, {"b": 0, "c": 2}]
        assert list(node(chunks, "a", None).chunks({"a": 1})) == [{}]
        assert list(node(same, "a", "b").chunks({"a": 1})) == [{"b": 1}]

    def test_a_chunk_is_made_when_it_is_taken(self):
        made = []

        def slow(value):
            for number in range(3):
                made.append(number)
                yield number

        taken = node(slow, "a", "b").chunks({"a": 1})

        assert made == []
        assert next(taken) == {"b": 0}
        assert made == [0]

    def test_a_chunk_is_let_go_before_the_next_is_made(self):
        class Chunk:
            pass

        gone = []

        def big(value):
            chunk = Chunk()
            reference = weakref.ref(chunk)
            yield chunk
            del chunk
            gone.append(reference() is None)

        taken = node(big, "a", "b").chunks({"a": 1})
        while next(taken, None) is not None:
            pass

        assert gone == [True]

    def test_a_chunk_that_does_not_fit_is_told_with_its_number(self):
        taken = node(keyed, "a", {"k": "b"}, name="cut").chunks({"a": 1})

        assert next(taken) == {"b": 1}
        with pytest.raises(PipelineError, match="Node 'cut', chunk 2: the outputs are a dict with the keys 'k'"):
            next(taken)

    def test_what_the_function_raises_in_the_middle_comes_as_it_is(self):
        def broken(value):
            yield value
            raise PipelineError("mine")

        taken = node(broken, "a", "b").chunks({"a": 1})

        assert next(taken) == {"b": 1}
        with pytest.raises(PipelineError, match="^mine$"):
            next(taken)

    def test_run_gives_an_iterator_for_each_output(self):
        made = node(pairs, "a", ["b", "c"]).run({"a": 0})

        assert (list(made["c"]), list(made["b"])) == ([1, 2], [0, 0])
        assert node(pairs, "a", None).run({"a": 0}) == {}


class TestEach:
    def test_it_is_one_of_the_inputs(self):
        made = node(add, ["parts", "params:share"], "clean", each="parts")

        assert made.each == "parts"
        assert node(add, ["a", "b"], "c").each is None
        assert made != node(add, ["parts", "params:share"], "clean")
        assert repr(made) == "Node(add, ['parts', 'params:share'], 'clean', each='parts')"
        assert pickle.loads(pickle.dumps(made)).each == "parts"

    @pytest.mark.parametrize(
        ("func", "inputs", "each", "message"),
        [
            (same, "parts", "part", r"'each' is 'part', and must be one of the inputs\. Did you mean 'parts'"),
            (same, "parts", "xyzzy", "must be one of the inputs: 'parts'"),
            (nothing, None, "parts", "must be one of the inputs: there are none"),
            (same, "parts@csv", "parts", "must be one of the inputs"),
            (same, "params:parts", "params:parts", "parameters have no partitions"),
            (same, "parts", ["parts"], "must be one of the inputs"),
            (same, "parts", "", "must be one of the inputs"),
            (chunks, "parts", "parts", "returns, and does not yield"),
        ],
    )
    def test_anything_else_is_refused(self, func, inputs, each, message):
        with pytest.raises(PipelineError, match=message):
            node(func, inputs, "out", each=each)


class TestRewired:
    def test_all_names_of_datasets_change_and_the_namespace_grows(self):
        made = node(add, {"a": "x", "b": "params:y"}, ["z"], name="n", namespace="in", confirms="w", each="x", tags="t")
        again = made.rewired(str.upper, "out")

        assert (again.name, again.namespace, again.short_name) == ("out.in.n", "out.in", "n")
        assert again.namespace_prefixes == ["out", "out.in"]
        assert (again.inputs, again.outputs, again.confirms, again.each) == (["X", "PARAMS:Y"], ["Z"], ["W"], "X")
        assert (again.func, again.tags) == (add, {"t"})
        assert (made.name, made.inputs) == ("in.n", ["x", "params:y"])

    def test_a_name_of_the_wiring_follows_it(self):
        assert node(same, "a", "b").rewired(str.upper).name == "same([A]) -> [B]"

    def test_what_is_no_node_is_refused(self):
        with pytest.raises(PipelineError, match="Node 'n': 'z' is both input and output"):
            node(same, "a", "b", name="n").rewired(lambda _: "z")


class TestRun:
    def test_inputs_go_in_and_outputs_come_out_by_name(self):
        assert node(add, ["x", "y"], "z").run({"y": 2, "x": 1}) == {"z": 3}
        assert node(add, {"b": "x", "a": "y"}, "z").run({"x": "B", "y": "A"}) == {"z": "AB"}
        assert node(lambda a: (a, a + 1), "x", ["y", "z"]).run({"x": 1}) == {"y": 1, "z": 2}
        assert node(lambda a: {"k": a}, "x", {"k": "y"}).run({"x": 1}) == {"y": 1}
        assert node(nothing, None, "z").run() == {"z": 1}
        assert node(same, "x", None).run({"x": 1}) == {}

    @pytest.mark.parametrize("values", [{}, {"x": 1}, {"x": 1, "y": 2, "z": 3}, None])
    def test_other_inputs_than_its_own_are_refused(self, values):
        with pytest.raises(PipelineError, match=r"Node 'sum' takes the inputs \['x', 'y'\], but got"):
            node(add, ["x", "y"], "s", name="sum").run(values)

    def test_inputs_are_a_dictionary(self):
        with pytest.raises(PipelineError, match=r"Node 'sum' takes a dictionary of dataset name -> data, not \[1, 2\]"):
            node(add, ["x", "y"], "s", name="sum").run([1, 2])

    def test_a_node_can_be_called(self):
        assert node(add, {"b": "x", "a": "y"}, "z")(x="B", y="A") == {"z": "AB"}

    def test_what_does_not_fit_the_outputs_is_told_with_the_node(self):
        with pytest.raises(PipelineError, match=r"Node 'copy': the outputs are a list of 2 \('y', 'z'\)"):
            node(same, "x", ["y", "z"], name="copy").run({"x": 1})

    def test_what_the_function_raises_comes_as_it_is(self):
        with pytest.raises(ZeroDivisionError):
            node(lambda a: a / 0, "x", "y").run({"x": 1})


class TestRetries:
    def test_a_node_may_say_how_often_it_is_tried_again(self):
        assert node(same, "x", "y").retries is None
        made = node(same, "x", "y", retries=2)
        assert (made.retries, made.tag("t").retries, made.rewired(str.upper).retries) == (2, 2, 2)
        assert made == node(same, "x", "y")

    @pytest.mark.parametrize("retries", [-1, 1.5, "2", True])
    def test_what_is_no_number_of_times_is_refused(self, retries):
        with pytest.raises(PipelineError, match=r"Node same\(\[x\]\) -> \[y\]: 'retries' is .*: give a whole number"):
            node(same, "x", "y", retries=retries)


def draw():
    return MermaidPreview("graph LR")


class TestPreview:
    @pytest.mark.parametrize(
        ("preview", "shown"),
        [
            (TextPreview("some"), {"content": "some", "kind": "text"}),
            (MermaidPreview("graph LR"), {"content": "graph LR", "kind": "mermaid"}),
            (ImagePreview("a.png"), {"content": "a.png", "kind": "image"}),
            (
                CustomPreview("k", {"a": [1, None]}),
                {"renderer_key": "k", "content": {"a": [1, None]}, "kind": "custom"},
            ),
        ],
    )
    def test_a_node_shows_what_its_function_makes(self, preview, shown):
        made = node(same, "x", "y", preview_fn=lambda: preview).preview()
        assert made is preview
        assert made.to_dict() == {"meta": None, **shown}

    def test_it_goes_where_the_node_goes_and_makes_no_other_node_of_it(self):
        made = node(same, "x", "y", name="n", preview_fn=draw)
        inside = Pipeline([made], namespace="in", tags="t").nodes[0]
        assert inside.preview() == draw()
        assert pickle.loads(pickle.dumps(inside)).preview() == draw()
        assert made == node(same, "x", "y", name="n")

    def test_there_may_be_none(self):
        assert node(same, "x", "y").preview() is None

    def test_what_is_no_function_or_makes_no_preview_is_refused(self):
        with pytest.raises(PipelineError, match="'preview_fn' is 3, and must be a function"):
            node(same, "x", "y", preview_fn=3)
        with pytest.raises(PipelineError, match="Node 'n': its `preview_fn` returned a str. Return one of TextP"):
            node(same, "x", "y", name="n", preview_fn=lambda: "some").preview()

    @pytest.mark.parametrize(
        ("make", "words"),
        [
            (lambda: TextPreview(3), "content of a TextPreview is a string, not a int"),
            (lambda: CustomPreview("", {}), "names a component"),
            (lambda: CustomPreview("k", [1]), "is a dictionary, not a list"),
            (lambda: CustomPreview("k", {"a": [object()]}).to_dict(), r"`content\.a\[0\]` is a object"),
            (lambda: CustomPreview("k", {"a": {1: 2}}).to_dict(), r"`content\.a` has the key 1"),
            (lambda: TextPreview("t", meta={"a": {1}}).to_dict(), r"`meta\.a` is a set"),
        ],
    )
    def test_what_is_no_json_is_refused(self, make, words):
        with pytest.raises(TypeError, match=words):
            make()
