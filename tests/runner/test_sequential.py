"""What a run means, shown with the sequential runner; and that another executor gives the same."""

from __future__ import annotations

import json
import os
import traceback

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.runner.behaviours import FailingOnce, notes

from tidemill.catalog import DataCatalog
from tidemill.errors import DatasetError, PipelineError
from tidemill.io import AbstractDataset, IncrementalDataset, LambdaDataset, MemoryDataset
from tidemill.pipeline import Pipeline, node
from tidemill.runner import SequentialRunner, ThreadRunner

TEXT = "text.TextDataset"


@pytest.fixture(params=[SequentialRunner, ThreadRunner])
def runner(request):
    return request.param()


class Logged(AbstractDataset):
    """Data in memory that tells what is done with it."""

    def __init__(self, name, log, data=None):
        self.name, self.log, self.data = name, log, data

    def _load(self):
        self.log.append(f"load {self.name}")
        return self.data

    def _save(self, data):
        self.log.append(f"save {self.name}")
        self.data = data

    def _release(self):
        self.log.append(f"release {self.name}")

    def confirm(self):
        self.log.append(f"confirm {self.name}")

    def _describe(self):
        return {}


def logged(*names):
    log = []
    return log, DataCatalog({name: Logged(name, log, data=name) for name in names})


def same(value):
    return value


def join(*values):
    return "+".join(values)


class TestResults:
    def test_free_outputs_that_the_catalog_does_not_have_are_returned(self, runner):
        catalog = DataCatalog({"a": "A", "kept": MemoryDataset()})
        nodes = [node(join, ["a", "b"], "c"), node(same, "a", "b"), node(same, "a", "kept"), node(same, "a", None)]

        assert runner.run(Pipeline(nodes), catalog) == {"c": "A+A"}
        assert catalog.load("kept") == "A"

    def test_the_catalog_of_the_user_gains_nothing(self, runner):
        catalog = DataCatalog({"a": "A"})

        runner.run(Pipeline([node(same, "a", "b"), node(same, "b", "c")]), catalog)

        assert catalog.keys() == ["a"]
        assert "b" not in catalog

    def test_an_empty_pipeline_returns_nothing(self, runner):
        assert runner.run(Pipeline([]), DataCatalog()) == {}

    def test_a_run_can_be_repeated(self, runner):
        catalog = DataCatalog({"a": "A", "b": MemoryDataset()})
        steps = Pipeline([node(same, "a", "b"), node(same, "b", "c")])

        assert runner.run(steps, catalog) == runner.run(steps, catalog) == {"c": "A"}

    def test_parameters_are_ordinary_inputs(self, runner):
        catalog = DataCatalog({"a": "A"})
        catalog.add_parameters({"model": {"share": 0.2}})
        nodes = [node(lambda a, share, every: (a, share, every), ["a", "params:model.share", "parameters"], "b")]

        assert runner.run(Pipeline(nodes), catalog) == {"b": ("A", 0.2, {"model": {"share": 0.2}})}

    def test_no_node_changes_what_another_gets(self, runner):
        def spoil(items):
            items.clear()
            return items

        catalog = DataCatalog({"items": [1, 2]})
        nodes = [
            node(spoil, "items", "none"),
            node(len, "items", "count"),
            node(lambda *given: given, ["none", "items"], "both"),
        ]

        assert runner.run(Pipeline(nodes), catalog) == {"count": 2, "both": ([], [1, 2])}
        assert catalog.load("items") == [1, 2]

    def test_a_save_of_what_is_kept_in_memory_too_that_is_tried_again_makes_no_second_version(self, runner, tmp_path):
        inner = {"type": TEXT, "filepath": str(tmp_path / "b.txt"), "versioned": True}
        catalog = DataCatalog.from_config({"b": {"type": "CachedDataset", "dataset": inner}})
        catalog["a"] = "A"

        type(runner)(retries=1).run(Pipeline([node(same, "a", "b")]), catalog, [FailingOnce(tmp_path / "log")])
        assert len(notes(tmp_path / "log")) == 2
        assert len(os.listdir(tmp_path / "b.txt")) == 1
        assert catalog.load("b") == "A"

    def test_patterns_catch_what_nobody_named(self, runner, tmp_path):
        catalog = DataCatalog.from_config({"{name}": {"type": TEXT, "filepath": str(tmp_path / "{name}.txt")}})
        catalog.save("a", "A")

        assert runner.run(Pipeline([node(same, "a", "b"), node(same, "b", "c")]), catalog) == {}
        assert (tmp_path / "b.txt").read_text() == catalog.load("c") == "A"

    def test_two_ways_of_one_dataset(self, runner, tmp_path):
        place = str(tmp_path / "cars.json")
        catalog = DataCatalog.from_config(
            {
                "cars@text": {"type": TEXT, "filepath": place},
                "cars@json": {"type": "json.JSONDataset", "filepath": place},
            }
        )
        nodes = [node(same, "cars@json", "out"), node(lambda: '{"vw": 1}', None, "cars@text")]

        assert runner.run(Pipeline(nodes), catalog) == {"out": {"vw": 1}}

    @given(st.data())
    def test_random_pipelines_give_what_calling_the_functions_gives(self, data):
        values = {"raw": "r"}
        nodes = []
        for number in range(data.draw(st.integers(1, 8))):
            needs = data.draw(st.lists(st.sampled_from(sorted(values)), max_size=3))
            nodes.append(node(join, needs, f"d{number}", name=f"n{number}"))
            values[f"d{number}"] = join(*(values[need] for need in needs))
        steps = Pipeline(data.draw(st.permutations(nodes)))

        for each in (SequentialRunner(), ThreadRunner(3)):
            assert each.run(steps, DataCatalog({"raw": "r"})) == {name: values[name] for name in steps.outputs()}

    def test_a_long_chain_runs_without_recursion(self):
        nodes = [node(same, f"d{number}", f"d{number + 1}") for number in range(2000)]

        assert SequentialRunner().run(Pipeline(nodes[::-1]), DataCatalog({"d0": 1})) == {"d2000": 1}


class TestOrder:
    def test_nodes_run_in_the_order_of_the_pipeline(self):
        log, catalog = logged("a", "b", "c", "d")
        nodes = [node(same, "a", "b"), node(same, "c", "d"), node(join, ["b", "d"], None)]

        SequentialRunner().run(Pipeline(nodes), catalog)

        assert log == [
            *("load a", "save b"),
            *("load c", "save d"),
            *("load b", "load d"),
            *("release b", "release d"),
        ]

    def test_an_input_that_feeds_two_arguments_is_loaded_once(self):
        log, catalog = logged("a")

        assert SequentialRunner().run(Pipeline([node(join, ["a", "a"], "b")]), catalog) == {"b": "a+a"}
        assert log == ["load a"]


class TestRelease:
    def test_what_is_made_on_the_way_is_released_after_its_last_reader(self):
        log, catalog = logged("a", "b", "c")
        nodes = [node(same, "a", "b"), node(same, "b", "x"), node(join, ["b", "x"], "c"), node(same, "c", "d")]

        SequentialRunner().run(Pipeline(nodes), catalog)

        assert log == ["load a", "save b", "load b", "load b", "save c", "release b", "load c", "release c"]

    def test_what_the_user_gave_and_what_is_free_stays(self, runner):
        catalog = DataCatalog({"a": "A", "way": MemoryDataset(), "out": MemoryDataset()})

        runner.run(Pipeline([node(same, "a", "way"), node(same, "way", "out")]), catalog)

        assert (catalog.load("a"), catalog.load("out")) == ("A", "A")
        with pytest.raises(DatasetError, match="Nothing has been saved to 'way'"):
            catalog.load("way")

    def test_a_confirmed_input_is_released_after_its_last_reader_and_its_confirmation(self):
        log, catalog = logged("a")
        nodes = [node(same, "a", "b"), node(same, "b", None, confirms="a"), node(join, ["a", "b"], "c")]

        SequentialRunner().run(Pipeline(nodes), catalog)

        assert log == ["load a", "confirm a", "load a", "release a"]


class TestConfirming:
    """The two pipelines of document 001, over files."""

    @pytest.fixture
    def catalog(self, tmp_path):
        for day in ("01", "02"):
            (tmp_path / "parts").mkdir(exist_ok=True)
            (tmp_path / "parts" / day).write_text(day)
        return DataCatalog({"parts": IncrementalDataset(str(tmp_path / "parts"), TEXT)})

    @pytest.fixture
    def checkpoint(self, tmp_path):
        return tmp_path / "parts" / "CHECKPOINT"

    def test_within_the_same_node(self, runner, catalog, checkpoint):
        steps = Pipeline([node(list, "parts", "days", confirms="parts")])

        assert runner.run(steps, catalog) == {"days": ["01", "02"]}
        assert checkpoint.read_text() == "02"

    def test_deferred_to_a_later_node_after_which_the_same_partitions_are_loaded(self, runner, catalog, checkpoint):
        def check(days):
            assert not checkpoint.exists()
            (checkpoint.parent / "03").write_text("arrived during the run")
            return "fine"

        def again(parts, days, _):
            assert checkpoint.read_text() == "02"
            return list(parts) == days

        nodes = [
            node(list, "parts", "days"),
            node(check, "days", "checked", confirms="parts"),
            node(again, ["parts", "days", "checked"], "same"),
        ]

        assert runner.run(Pipeline(nodes), catalog) == {"same": True}

    def test_the_next_run_sees_what_is_new_only(self, runner, catalog, checkpoint):
        steps = Pipeline([node(list, "parts", "days", confirms="parts")])
        runner.run(steps, catalog)
        (checkpoint.parent / "03").write_text("03")

        assert runner.run(steps, catalog) == {"days": ["03"]}
        assert runner.run(steps, catalog) == {"days": []}
        assert checkpoint.read_text() == "03"

    def test_a_later_run_may_confirm_what_an_earlier_one_loaded(self, runner, catalog, checkpoint):
        runner.run(Pipeline([node(list, "parts", "days")]), catalog)
        (checkpoint.parent / "03").write_text("not loaded yet")
        runner.run(Pipeline([node(lambda: 1, None, "ok", confirms="parts")]), catalog)

        assert checkpoint.read_text() == "02"
        assert list(catalog.load("parts")) == ["03"]

    def test_nothing_is_confirmed_when_the_node_or_its_save_fails(self, runner, catalog, checkpoint):
        def fail(_):
            raise OSError("the disk is full")

        catalog["full"] = LambdaDataset(None, fail)
        for func, outputs in ((fail, "days"), (list, "full"), (lambda _: None, "days")):
            with pytest.raises((OSError, DatasetError)):
                runner.run(Pipeline([node(func, "parts", outputs, confirms="parts")]), catalog)
            assert not checkpoint.exists()

        steps = Pipeline([node(list, "parts", "days", confirms="parts")])
        assert runner.run(steps, catalog) == {"days": ["01", "02"]}

    def test_confirming_what_nobody_loaded_is_refused(self, runner, catalog, checkpoint):
        with pytest.raises(DatasetError, match="not loaded, so there is nothing to confirm"):
            runner.run(Pipeline([node(lambda: 1, None, "ok", confirms="parts")]), catalog)
        assert not checkpoint.exists()


class TestFailing:
    def test_nothing_runs_when_inputs_are_missing(self, runner):
        log, catalog = logged("a", "b")
        steps = Pipeline([node(same, "a", "b"), node(join, ["b", "missing", "params:x"], "c")])

        with pytest.raises(PipelineError, match="'missing'") as caught:
            runner.run(steps, catalog)

        assert "'params:x'" in str(caught.value)
        assert log == []

    def test_what_the_function_raised_comes_as_it_is_and_names_the_node(self, runner):
        raised = KeyError("wheels")

        def count(cars):
            raise raised

        with pytest.raises(KeyError) as caught:
            runner.run(Pipeline([node(count, "cars", "n", name="count", namespace="x")]), DataCatalog({"cars": 1}))

        assert caught.value is raised
        assert caught.value.__cause__ is None
        assert caught.value.__notes__ == ["While running node 'x.count: count([cars]) -> [n]'."]
        assert traceback.extract_tb(caught.value.__traceback__)[-1].line == "raise raised"

    @pytest.mark.parametrize(
        ("func", "inputs", "outputs", "doing", "message"),
        [
            (same, "broken", "b", "loading the inputs of", "broken.*no disk"),
            (same, "a", "broken", "saving the outputs of", "broken.*no disk"),
            (lambda _: None, "a", "b", "saving the outputs of", "Saving 'b': None cannot be saved"),
            (same, "a", ["b", "c"], "running", "Node 'n': the outputs are a list of 2"),
        ],
    )
    def test_what_a_dataset_raised_names_the_dataset_and_the_node(self, runner, func, inputs, outputs, doing, message):
        def fail(*_):
            raise OSError("no disk")

        catalog = DataCatalog({"a": "A", "broken": LambdaDataset(fail, fail)})

        with pytest.raises((DatasetError, PipelineError), match=f"(?s){message}") as caught:
            runner.run(Pipeline([node(func, inputs, outputs, name="n")]), catalog)
        assert any(f"While {doing} node 'n: " in note for note in caught.value.__notes__)

    def test_no_later_node_runs_after_a_failure(self):
        log, catalog = logged("a", "b", "c")
        nodes = [node(same, "a", "b"), node(lambda _: 1 / 0, "b", "x"), node(same, "b", "c")]

        with pytest.raises(ZeroDivisionError):
            SequentialRunner().run(Pipeline(nodes), catalog)

        assert log == ["load a", "save b", "load b"]


class TestProvenance:
    @pytest.fixture
    def catalog(self, tmp_path):
        config = {
            name: {"type": "json.JSONDataset", "filepath": str(tmp_path / f"{name}.json"), "versioned": True}
            for name in ("raw", "out", "other")
        }
        DataCatalog.from_config(config, save_version="one").save("raw", {"n": 1})
        catalog = DataCatalog.from_config(config, save_version="two")
        catalog.add_parameters({"share": {"train": 0.8}, "seed": 1})
        return catalog

    @staticmethod
    def manifest(tmp_path, name):
        return json.loads((tmp_path / f"{name}.json" / "two" / ".manifest.json").read_text())

    def test_the_manifest_says_which_run_and_node_made_it_from_what(self, runner, catalog, tmp_path):
        nodes = [
            node(lambda *given: list(given), ["raw", "params:share", "memory"], "out", name="join", namespace="x"),
            node(same, "raw", "memory"),
            node(same, "out", "other", name="copy"),
        ]
        runner.run(Pipeline(nodes), catalog, run_id="run 1")

        made = self.manifest(tmp_path, "out")
        assert made["run"] == {"id": "run 1", "node": "x.join"}
        assert made["inputs"] == {"raw": "one", "memory": None}
        assert made["parameters"] == {"share": {"train": 0.8}}
        assert self.manifest(tmp_path, "other")["inputs"] == {"out": "two"}

    def test_all_parameters_stand_under_their_names(self, runner, catalog, tmp_path):
        runner.run(Pipeline([node(lambda raw, every: raw, ["raw", "parameters"], "out")]), catalog)

        made = self.manifest(tmp_path, "out")
        assert made["parameters"] == {"share": {"train": 0.8}, "seed": 1}
        assert made["run"]["id"]

    def test_parameters_stand_as_they_were_given_whatever_the_function_did_to_them(self, runner, catalog, tmp_path):
        def spoil(raw, share):
            share["train"] = 2
            return raw

        runner.run(Pipeline([node(spoil, ["raw", "params:share"], "out")]), catalog)

        assert self.manifest(tmp_path, "out")["parameters"] == {"share": {"train": 0.8}}

    def test_a_save_after_the_run_is_nobodys(self, runner, catalog, tmp_path):
        runner.run(Pipeline([node(same, "raw", "out")]), catalog, run_id="run 1")
        catalog.save("other", {})

        assert "run" not in self.manifest(tmp_path, "other")
