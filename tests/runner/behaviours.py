"""What every runner does, as a class to inherit: `class TestX(RunnerBehaviours): def make(self, **options): ...`.

All functions and hooks are at the level of this module, and what they tell goes to files, so that other processes can
run them.
"""

from __future__ import annotations

import functools
import json
import os
import random
import sys
import tempfile
import threading
import time
from pathlib import Path

import pytest

from tidemill.catalog import DataCatalog
from tidemill.errors import DatasetError, PipelineError, RunError
from tidemill.hooks import hook_impl, hook_manager
from tidemill.io import IncrementalDataset, LambdaDataset, MemoryDataset, PartitionedDataset
from tidemill.pipeline import Pipeline, node
from tidemill.runner import SequentialRunner
from tidemill.runner.failure import failure_of, told

TEXT = "text.TextDataset"
JSON = "json.JSONDataset"


def note(path, *words):
    """Add a line to a file, whole, from any process."""
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    try:
        os.write(descriptor, (" ".join(map(str, words)) + "\n").encode())
    finally:
        os.close(descriptor)


def notes(path):
    return Path(path).read_text().splitlines() if os.path.exists(path) else []


def same(value):
    return value


def join(*values):
    return "+".join(map(str, values))


def told_join(log, name, *values):
    note(log, "begin", name)
    made = f"{name}({','.join(values)})"
    note(log, "end", name)
    return made


def fill(*_):
    return bytearray(1 << 60)


def fail(*_):
    raise ValueError("no wheels")


def nothing(*_):
    return None


def two(value):
    return value, value


def three(value):
    return value, value, value


def recurse(value):
    return recurse(value) + 1


def leave(_):
    sys.exit(3)


def spoil(items):
    items.clear()
    return items


def marked(log, value):
    note(log, value)
    return value


def fail_twice(log, items):
    note(log, *items)
    items.append("spoilt")
    if len(notes(log)) < 3:
        raise OSError("try again")
    return items


def numbers(count):
    yield from range(count)


def letters(text):
    yield from text


def parts_of(count):
    for number in range(count):
        yield {f"p{number}": str(number)}


def both_of(count):
    for number in range(count):
        yield number, -number


def break_after(log, count):
    for number in range(count):
        note(log, number)
        yield {f"p{number}": str(number)}
    raise ValueError("the source is gone")


def under_its_name(day):
    return {day: day}


def upper(log, fail_on, text):
    if text in Path(fail_on).read_text().split():
        raise ValueError(f"cannot take {text}")
    note(log, text)
    return text.upper()


def times(number, factor):
    return number * factor


def with_length(text):
    return text, len(text)


def pause(seconds, value):
    time.sleep(seconds)
    return value


def both(left, right):
    return left, right


def not_saved(_):
    raise OSError("the disk is full")


def not_loaded():
    raise OSError("the disk is gone")


class UnspeakableError(Exception):
    """An error of a library whose `__str__` has an error itself."""

    def __str__(self):
        raise KeyError("message")


def unspeakable(*_):
    raise UnspeakableError


class Noting:
    """Hooks that tell a file what they see."""

    def __init__(self, log):
        self.log = log

    @hook_impl
    def before_dataset_loaded(self, dataset_name, node):
        note(self.log, "before load", dataset_name, node.name)

    @hook_impl
    def after_dataset_loaded(self, dataset_name, data):
        note(self.log, "after load", dataset_name, data)

    @hook_impl
    def before_node_run(self, node, catalog, inputs, is_async, run_id, session_id):
        assert catalog.exists(next(iter(inputs)))
        note(self.log, "before run", node.name, inputs, is_async, run_id, session_id)

    @hook_impl
    def after_node_run(self, node, inputs, outputs):
        note(self.log, "after run", node.name, inputs, outputs)

    @hook_impl
    def on_node_error(self, error, node, inputs):
        note(self.log, "error", type(error).__name__, node.name, inputs)

    @hook_impl
    def before_dataset_saved(self, dataset_name, data, node):
        note(self.log, "before save", dataset_name, data, node.name)

    @hook_impl
    def after_dataset_saved(self, dataset_name, data):
        note(self.log, "after save", dataset_name, data)


class Replacing:
    """A hook that gives a node another input."""

    @hook_impl
    def before_node_run(self, node):
        return {"a": "replaced"} if node.name == "first" else None


class Raising:
    """A hook that raises."""

    def __init__(self, where):
        self.where = where

    def _raise(self, where):
        if where == self.where:
            raise RuntimeError(f"the hook {where}")

    @hook_impl
    def before_node_run(self):
        self._raise("before_node_run")

    @hook_impl
    def after_node_run(self):
        self._raise("after_node_run")

    @hook_impl
    def before_dataset_loaded(self):
        self._raise("before_dataset_loaded")

    @hook_impl
    def after_dataset_saved(self):
        self._raise("after_dataset_saved")


class Confused:
    """A hook that returns something else than inputs."""

    @hook_impl
    def before_node_run(self):
        return ["a"]


class FailingOnce:
    """A hook that fails the first time that something has been saved."""

    def __init__(self, log):
        self.log = log

    @hook_impl
    def after_dataset_saved(self, dataset_name):
        note(self.log, dataset_name)
        if len(notes(self.log)) == 1:
            raise OSError("the lineage server does not answer")


class Curious:
    """A hook that looks at what a node is about to make."""

    def __init__(self, log):
        self.log = log

    @hook_impl
    def before_node_run(self, node, catalog):
        for name in node.outputs:
            try:
                found = catalog.load(name)
            except DatasetError as exc:
                found = type(exc).__name__
            note(self.log, name, catalog.exists(name), found)


class RaisingToo:
    """A hook that raises when a node has failed already."""

    @hook_impl
    def on_node_error(self):
        raise RuntimeError("as well")


class RunnerBehaviours:
    """Inherit, and say how the runner is made."""

    def make(self, **options):
        raise NotImplementedError

    @pytest.fixture(autouse=True)
    def leave_nothing_behind(self, tmp_path, monkeypatch):
        """Check that no file, thread or process is left over."""
        temporary = tmp_path / "temporary"
        temporary.mkdir()
        monkeypatch.setenv("TMPDIR", str(temporary))
        monkeypatch.setattr(tempfile, "tempdir", None)
        before = {thread for thread in threading.enumerate() if thread.name.startswith("tidemill")}
        yield
        assert list(temporary.iterdir()) == []
        end = time.monotonic() + 5
        while (left := self.left_over(before)) and time.monotonic() < end:
            time.sleep(0.01)
        assert left == set()

    def left_over(self, before):
        return {thread for thread in threading.enumerate() if thread.name.startswith("tidemill")} - before

    @pytest.fixture
    def log(self, tmp_path):
        return str(tmp_path / "log")

    @pytest.fixture
    def parts(self, tmp_path):
        """A folder of five partitions."""
        (tmp_path / "parts").mkdir()
        for letter in "abcde":
            (tmp_path / "parts" / f"{letter}.txt").write_text(letter)
        return PartitionedDataset(str(tmp_path / "parts"), TEXT, filename_suffix=".txt")

    # Results and order.

    def test_free_outputs_are_returned_and_the_catalog_gains_nothing(self, tmp_path):
        catalog = DataCatalog.from_config({"kept": {"type": TEXT, "filepath": str(tmp_path / "kept.txt")}})
        catalog["a"] = "A"
        nodes = [node(join, ["a", "b"], "c"), node(same, "a", "b"), node(same, "a", "kept"), node(same, "a", None)]

        assert self.make().run(Pipeline(nodes), catalog) == {"c": "A+A"}
        assert catalog.load("kept") == "A"
        assert sorted(catalog.keys()) == ["a", "kept"]

    def test_an_empty_pipeline(self):
        assert self.make().run(Pipeline([]), DataCatalog()) == {}

    @pytest.mark.parametrize("seed", range(3))
    def test_random_graphs_run_in_a_valid_order_and_give_what_sequential_gives(self, seed, log):
        draw = random.Random(seed)  # noqa: S311 - a graph
        nodes, names = [], ["raw"]
        for number in range(25):
            needs = draw.sample(names, min(len(names), draw.randint(0, 3)))
            nodes.append(node(told_join, ["log", f"name{number}", *needs], f"d{number}", name=f"n{number}"))
            names.append(f"d{number}")
        draw.shuffle(nodes)
        pipeline = Pipeline(nodes)
        data = {"raw": "r", "log": log, **{f"name{number}": f"n{number}" for number in range(25)}}

        assert self.make().run(pipeline, DataCatalog(data)) == SequentialRunner().run(
            pipeline, DataCatalog({**data, "log": f"{log}2"})
        )
        lines = notes(log)
        assert len(lines) == 50
        for each in pipeline.nodes:
            for name in each.inputs:
                if name.startswith("d"):
                    assert lines.index(f"end n{name[1:]}") < lines.index(f"begin {each.name}")

    def test_no_node_changes_what_another_gets(self):
        catalog = DataCatalog({"items": [1, 2]})
        nodes = [node(spoil, "items", "none"), node(len, "items", "count"), node(both, ["none", "items"], "both")]

        assert self.make().run(Pipeline(nodes), catalog) == {"count": 2, "both": ([], [1, 2])}
        assert catalog.load("items") == [1, 2]

    def test_versions_and_provenance(self, tmp_path):
        config = {
            name: {"type": JSON, "filepath": str(tmp_path / f"{name}.json"), "versioned": True}
            for name in ("raw", "out")
        }
        DataCatalog.from_config(config, save_version="one").save("raw", 1)
        catalog = DataCatalog.from_config(config, save_version="two")
        catalog.add_parameters({"factor": 3})
        nodes = [node(times, ["raw", "params:factor"], "out", name="times"), node(same, "out", "end")]

        assert self.make().run(Pipeline(nodes), catalog, run_id="run 1") == {"end": 3}
        made = json.loads((tmp_path / "out.json" / "two" / ".manifest.json").read_text())
        assert made["run"] == {"id": "run 1", "node": "times"}
        assert made["inputs"] == {"raw": "one"}
        assert made["parameters"] == {"factor": 3}

    def test_increments_are_confirmed_by_a_later_node(self, tmp_path):
        folder = tmp_path / "parts"
        folder.mkdir()
        for day in ("01", "02"):
            (folder / day).write_text(day)
        catalog = DataCatalog({"parts": IncrementalDataset(str(folder), TEXT)})
        pipeline = Pipeline([node(list, "parts", "days"), node(same, "days", "out", confirms="parts")])

        assert self.make().run(pipeline, catalog) == {"out": ["01", "02"]}
        assert (folder / "CHECKPOINT").read_text() == "02"
        (folder / "03").write_text("03")
        assert self.make().run(pipeline, catalog) == {"out": ["03"]}
        assert self.make().run(pipeline, catalog) == {"out": []}

    def test_a_ledger_is_kept_whoever_loads(self, tmp_path):
        folder = tmp_path / "parts"
        folder.mkdir()
        (folder / "02").write_text("02")
        catalog = DataCatalog({"parts": IncrementalDataset(str(folder), TEXT, {"ledger": True})})
        pipeline = Pipeline([node(list, "parts", "days"), node(same, "days", "out", confirms="parts")])

        assert self.make().run(pipeline, catalog) == {"out": ["02"]}
        (folder / "01").write_text("late")
        assert self.make().run(pipeline, catalog) == {"out": ["01"]}
        (folder / "02").write_text("longer")
        assert self.make().run(pipeline, catalog) == {"out": ["02"]}
        assert self.make().run(pipeline, catalog) == {"out": []}

    def test_a_node_may_add_to_increments_that_nobody_has_loaded(self, tmp_path):
        folder = tmp_path / "parts"
        catalog = DataCatalog({"day": "01", "parts": IncrementalDataset(str(folder), TEXT)})
        nodes = [node(under_its_name, "day", "parts"), node(list, "parts", "days", confirms="parts")]

        assert self.make().run(Pipeline(nodes), catalog) == {"days": ["01"]}
        assert (folder / "CHECKPOINT").read_text() == "01"

    def test_only_missing_outputs(self, tmp_path, log):
        catalog = DataCatalog.from_config(
            {name: {"type": TEXT, "filepath": str(tmp_path / f"{name}.txt")} for name in ("b", "d")}
        )
        catalog["a"], catalog["log"] = "A", log
        nodes = [node(marked, ["log", source], made) for source, made in ("ab", "bc", "cd")]
        pipeline = Pipeline(nodes)

        self.make().run(pipeline, catalog, only_missing_outputs=True)
        assert len(notes(log)) == 3
        assert self.make().run(pipeline, catalog, only_missing_outputs=True) == {}
        assert len(notes(log)) == 3
        os.unlink(tmp_path / "d.txt")
        self.make().run(pipeline, catalog, only_missing_outputs=True)
        assert len(notes(log)) == 5

    # Generators.

    def test_chunks_in_memory_become_a_list_or_one_dictionary(self):
        nodes = [
            node(numbers, "count", "numbers"),
            node(parts_of, "count", "parts"),
            node(both_of, "count", ["up", "down"]),
            node(len, "numbers", "length"),
        ]

        assert self.make().run(Pipeline(nodes), DataCatalog({"count": 3})) == {
            "parts": {"p0": "0", "p1": "1", "p2": "2"},
            "up": [0, 1, 2],
            "down": [0, -1, -2],
            "length": 3,
        }

    def test_chunks_are_saved_as_they_come(self, tmp_path, log):
        catalog = DataCatalog({"count": 3, "log": log, "parts": PartitionedDataset(str(tmp_path / "made"), TEXT)})

        with pytest.raises(ValueError, match="the source is gone"):
            self.make().run(Pipeline([node(break_after, ["log", "count"], "parts")]), catalog)
        assert sorted(os.listdir(tmp_path / "made")) == ["p0", "p1", "p2"]

    @pytest.mark.parametrize("versioned", [True, False])
    def test_chunks_that_would_replace_each_other_are_refused(self, tmp_path, versioned):
        catalog = DataCatalog.from_config(
            {"out": {"type": JSON, "filepath": str(tmp_path / "out.json"), "versioned": versioned}}
        )
        catalog["count"] = 3

        with pytest.raises(PipelineError, match="'out', made in chunks by 'n', is") as caught:
            self.make().run(Pipeline([node(numbers, "count", "out", name="n")]), catalog)
        assert "Use a PartitionedDataset and yield dictionaries" in str(caught.value)
        assert not (tmp_path / "out.json").exists()

    def test_chunks_for_a_dataset_in_the_catalog_that_is_memory_are_refused(self):
        catalog = DataCatalog({"count": 3, "out": MemoryDataset()})

        with pytest.raises(PipelineError, match="is a MemoryDataset: .* Leave it out of the catalog"):
            self.make().run(Pipeline([node(numbers, "count", "out")]), catalog)

    def test_a_dataset_of_the_users_own_takes_each_chunk(self, log):
        catalog = DataCatalog({"count": 3, "out": LambdaDataset(None, functools.partial(note, log))})

        assert self.make().run(Pipeline([node(numbers, "count", "out")]), catalog) == {}
        assert notes(log) == ["0", "1", "2"]

    def test_a_file_that_appends_takes_chunks(self, tmp_path):
        definition = {"type": TEXT, "filepath": str(tmp_path / "a.txt")}
        with pytest.raises(PipelineError, match="or append: `fs_args: {open_args_save: {mode: a}}`"):
            self.make().run(Pipeline([node(map_text, "n", "out")]), DataCatalog.from_config({"out": definition}))
        definition["fs_args"] = {"open_args_save": {"mode": "a"}}
        catalog = DataCatalog.from_config({"out": definition})
        catalog["count"] = 3

        self.make().run(Pipeline([node(map_text, "count", "out")]), catalog)
        assert (tmp_path / "a.txt").read_text() == "012"

    # Once per partition.

    def fan(self, tmp_path, log, parts, **options):
        (tmp_path / "fail on").touch()
        out = PartitionedDataset(str(tmp_path / "out"), TEXT, filename_suffix=".txt")
        catalog = DataCatalog({"parts": parts, "log": log, "fail on": str(tmp_path / "fail on"), "out": out})
        each = node(upper, ["log", "fail on", "parts"], "out", each="parts", name="upper")
        return self.make(**options), Pipeline([each, node(sorted, "out", "names", name="sort")]), catalog

    def test_a_node_runs_once_per_partition(self, tmp_path, log, parts):
        runner, pipeline, catalog = self.fan(tmp_path, log, parts)

        assert runner.run(pipeline, catalog) == {"names": ["a", "b", "c", "d", "e"]}
        assert sorted(notes(log)) == ["a", "b", "c", "d", "e"]
        assert sorted(os.listdir(tmp_path / "out")) == [f"{letter}.txt" for letter in "abcde"]
        assert (tmp_path / "out" / "c.txt").read_text() == "C"

    def test_after_a_failure_only_what_is_missing_is_done(self, tmp_path, log, parts):
        runner, pipeline, catalog = self.fan(tmp_path, log, parts, keep_going=True)
        runner.run(pipeline, catalog)  # all are there, from an earlier run
        os.unlink(log)
        (tmp_path / "fail on").write_text("b d")

        with pytest.raises(RunError) as caught:
            runner.run(pipeline, catalog)
        assert sorted(caught.value.failures) == ["upper, partition 'b'", "upper, partition 'd'"]
        assert caught.value.skipped == ("sort",)
        assert sorted(notes(log)) == ["a", "c", "e"]

        (tmp_path / "fail on").write_text("d")
        with pytest.raises(RunError):
            runner.run(pipeline, catalog)
        assert sorted(notes(log)) == ["a", "b", "c", "e"]

        (tmp_path / "fail on").write_text("")
        (tmp_path / "parts" / "a.txt").write_text("new")
        runner.run(pipeline, catalog)
        assert sorted(notes(log)) == ["a", "b", "c", "d", "e", "new"]  # a changed meanwhile

        runner.run(pipeline, catalog)  # after a success, all of them
        assert len(notes(log)) == 11
        assert sorted(os.listdir(tmp_path / "out")) == [f"{letter}.txt" for letter in "abcde"]

    def test_only_missing_outputs_of_partitions(self, tmp_path, log, parts):
        runner, pipeline, catalog = self.fan(tmp_path, log, parts)
        runner.run(pipeline, catalog)
        os.unlink(tmp_path / "out" / "b.txt")

        runner.run(pipeline, catalog, only_missing_outputs=True)
        assert notes(log)[5:] == ["b"]

    def test_partitions_in_memory(self):
        catalog = DataCatalog({"parts": {"b": 2, "a": 1}, "factor": 10, "none": {}})
        nodes = [
            node(times, ["parts", "factor"], "more", each="parts"),
            node(times, ["more", "factor"], "most", each="more"),
            node(times, ["none", "factor"], "still none", each="none"),
        ]

        assert self.make().run(Pipeline(nodes), catalog) == {"most": {"a": 100, "b": 200}, "still none": {}}

    def test_several_outputs_per_partition(self, parts):
        nodes = [node(with_length, "parts", ["text", "length"], each="parts")]

        made = self.make().run(Pipeline(nodes), DataCatalog({"parts": parts}))
        assert made == {"text": {letter: letter for letter in "abcde"}, "length": dict.fromkeys("abcde", 1)}

    @pytest.mark.parametrize("value", [3, {1: 2}])
    def test_what_has_no_partitions_is_refused(self, value):
        with pytest.raises(PipelineError, match=r"(?s)'n' runs for each partition of 'a'.*"):
            self.make().run(Pipeline([node(same, "a", "b", each="a", name="n")]), DataCatalog({"a": value}))

    def test_partitions_that_would_replace_each_other_are_refused(self, tmp_path, parts):
        catalog = DataCatalog.from_config({"file": {"type": JSON, "filepath": str(tmp_path / "out.json")}})
        catalog["parts"] = parts
        catalog["replaced"] = PartitionedDataset(str(tmp_path / "out"), TEXT, overwrite=True)
        nodes = [
            node(same, "parts", name, each="parts", name=f"to {name}".replace(" ", "_")) for name in catalog.keys()[::2]
        ]

        with pytest.raises(PipelineError, match="each piece would") as caught:
            self.make().run(Pipeline(nodes), catalog)
        assert "'file', made partition by partition by 'to_file', is a JSONDataset" in str(caught.value)
        assert "'replaced', made partition by partition by 'to_replaced', has `overwrite: true`" in str(caught.value)

    # Failures.

    def test_nothing_runs_when_inputs_are_missing(self, log):
        nodes = [node(marked, ["log", "a"], "b"), node(join, ["b", "missing"], "c")]

        with pytest.raises(PipelineError, match="'missing'"):
            self.make().run(Pipeline(nodes), DataCatalog({"a": 1, "log": log}))
        assert notes(log) == []

    @pytest.mark.parametrize(
        ("func", "outputs", "kind", "message", "doing"),
        [
            (fail, "b", ValueError, "no wheels", "running"),
            (two, ["b", "c", "d"], PipelineError, "list of 3.*returned 2", "running"),
            (three, ["b", "c"], PipelineError, "list of 2.*returned 3", "running"),
            (nothing, "b", DatasetError, "Saving 'b': None cannot be saved", "saving the outputs of"),
            (recurse, "b", RecursionError, "recursion", "running"),
            (fill, "b", MemoryError, "", "running"),
            (leave, "b", PipelineError, r"called `sys.exit\(3\)`", "running"),
        ],
    )
    def test_a_node_that_fails(self, func, outputs, kind, message, doing):
        began = time.monotonic()
        with pytest.raises(kind, match=f"(?s){message}") as caught:
            self.make().run(Pipeline([node(func, "a", outputs, name="n")]), DataCatalog({"a": 1}))

        assert time.monotonic() - began < 20
        failure = failure_of(caught.value)
        assert (failure.node, failure.doing, failure.part) == ("n", doing, None)
        assert any(f"While {doing} node 'n: " in each for each in caught.value.__notes__)
        lines = told(caught.value).splitlines()
        assert len(lines) <= 5
        assert lines[0].startswith("Node 'n' failed while ")

    def test_the_users_own_line_is_told(self):
        with pytest.raises(ValueError, match="no wheels") as caught:
            self.make().run(Pipeline([node(fail, "a", "b", name="n")]), DataCatalog({"a": 1}))

        place = failure_of(caught.value).place
        assert (os.path.basename(place.file), place.function) == ("behaviours.py", "fail")
        assert place.text == 'raise ValueError("no wheels")'
        assert f"behaviours.py:{place.line} in fail: raise ValueError" in told(caught.value)

    def test_a_dataset_that_fails(self):
        for doing, broken, nodes in (
            ("loading the inputs of", LambdaDataset(not_loaded), [node(same, "broken", "b", name="n")]),
            ("saving the outputs of", LambdaDataset(None, not_saved), [node(same, "a", "broken", name="n")]),
        ):
            with pytest.raises(DatasetError, match="(?s)broken.*the disk is") as caught:
                self.make().run(Pipeline(nodes), DataCatalog({"a": "A", "broken": broken}))
            assert failure_of(caught.value)[:2] == ("n", doing)

    def test_a_failing_partition_is_named(self, tmp_path, log, parts):
        runner, pipeline, catalog = self.fan(tmp_path, log, parts)
        (tmp_path / "fail on").write_text("c")

        with pytest.raises(ValueError, match="cannot take c") as caught:
            runner.run(pipeline, catalog)
        assert failure_of(caught.value)[:3] == ("upper", "running", "c")
        assert "Node 'upper', partition 'c' failed" in told(caught.value)

    @pytest.mark.parametrize("retries", [0, 1])
    def test_an_error_that_cannot_be_shown_is_still_the_one_that_is_raised(self, retries):
        pipeline = Pipeline([node(unspeakable, "a", "b", name="n")])

        with pytest.raises(UnspeakableError) as caught:
            self.make(retries=retries).run(pipeline, DataCatalog({"a": 1}))
        assert failure_of(caught.value)[:2] == ("n", "running")
        assert "UnspeakableError that cannot be shown: KeyError" in told(caught.value)
        with pytest.raises(RunError, match="n: UnspeakableError: .* cannot be shown"):
            self.make(retries=retries, keep_going=True).run(pipeline, DataCatalog({"a": 1}))

    def test_an_error_of_a_dataset_that_cannot_be_shown(self):
        catalog = DataCatalog({"a": LambdaDataset(unspeakable)})

        with pytest.raises(DatasetError, match="'a'.*failed") as caught:
            self.make().run(Pipeline([node(same, "a", "b", name="n")]), catalog)
        assert "UnspeakableError that cannot be shown" in str(caught.value)

    def test_of_very_many_failures_the_first_are_told(self):
        nodes = [node(fail, "a", f"b{number}", name=f"n{number}") for number in range(23)]

        with pytest.raises(RunError) as caught:
            self.make(keep_going=True).run(Pipeline(nodes), DataCatalog({"a": 1}))
        assert len(caught.value.failures) == 23
        lines = str(caught.value).splitlines()
        assert (lines[0], lines[-1]) == ("23 failed, 0 could not run, 0 done.", "  and 3 more")

    def test_keep_going_runs_what_does_not_depend_on_it(self, tmp_path):
        catalog = DataCatalog.from_config({"x": {"type": TEXT, "filepath": str(tmp_path / "x.txt")}})
        catalog["a"] = "A"
        nodes = [
            node(fail, "a", "b", name="breaks"),
            node(same, "b", "c", name="after"),
            node(join, ["c", "a"], "d", name="later"),
            node(same, "a", "x", name="fine"),
            node(same, "x", "y", name="fine_too"),
            node(nothing, "a", "z", name="breaks_too"),
        ]

        with pytest.raises(RunError) as caught:
            self.make(keep_going=True).run(Pipeline(nodes), catalog)

        error = caught.value
        assert {name: type(each) for name, each in error.failures.items()} == {
            "breaks": ValueError,
            "breaks_too": DatasetError,
        }
        assert set(error.skipped) == {"after", "later"}
        assert error.outputs == {"y": "A"}
        assert error.__cause__ in error.failures.values()
        assert str(error).startswith("2 failed, 2 could not run, 2 done.\n")
        assert "breaks: ValueError: no wheels" in str(error)

    def test_retries(self, log):
        catalog = DataCatalog({"items": ["a"], "log": log})
        pipeline = Pipeline([node(fail_twice, ["log", "items"], "out", name="n")])

        assert self.make(retries=2).run(pipeline, catalog) == {"out": ["a", "spoilt"]}
        assert notes(log) == ["a", "a", "a"]
        os.unlink(log)
        with pytest.raises(OSError, match="try again"):
            self.make(retries={"n": 1}).run(pipeline, catalog)
        assert len(notes(log)) == 2

    def test_a_node_may_say_itself_how_often_it_is_tried_again(self, log):
        pipeline = Pipeline([node(fail_twice, ["log", "items"], "out", name="n", retries=2)])

        def tries(**options):
            Path(log).unlink(missing_ok=True)
            try:
                self.make(**options).run(pipeline, DataCatalog({"items": ["a"], "log": log}))
            except OSError:
                return -len(notes(log))
            return len(notes(log))

        assert tries() == 3
        assert tries(retries=1) == 3  # the node's own comes before a number for all
        assert tries(retries={"n": 1}) == -2  # what is said of it by name comes first
        assert tries(retries={"n": 0}) == -1

    @pytest.mark.parametrize("retries", [-1, "2", {"n": 1.5}, {"n": -1}, True])
    def test_retries_are_numbers(self, retries):
        with pytest.raises(PipelineError, match="`retries`.* give a whole number, 0 or more"):
            self.make(retries=retries).run(Pipeline([node(same, "a", "b", name="n")]), DataCatalog({"a": 1}))

    def test_retries_of_a_node_that_there_is_not(self):
        with pytest.raises(PipelineError, match="`retries` names 'frist', .* Did you mean 'first'"):
            self.make(retries={"frist": 1}).run(Pipeline([node(same, "a", "b", name="first")]), DataCatalog({"a": 1}))

    def test_how_to_go_on_is_said(self, tmp_path):
        catalog = DataCatalog.from_config({"b": {"type": TEXT, "filepath": str(tmp_path / "b.txt")}})
        catalog["a"] = "A"
        nodes = [
            node(same, "a", "b", name="kept"),
            node(same, "b", "c", name="in_memory"),
            node(same, "c", "d", name="in_memory_too"),
            node(fail, "d", "e", name="breaks"),
            node(same, "e", "f", name="last"),
        ]

        with pytest.raises(ValueError, match="no wheels") as caught:
            self.make().run(Pipeline(nodes), catalog)
        assert caught.value.__notes__[-1] == 'To go on from here: tidemill run --from-nodes "in_memory"'
        assert told(caught.value).endswith(caught.value.__notes__[-1])

    # Hooks.

    def test_hooks_see_everything(self, log):
        nodes = [node(same, "a", "b", name="first"), node(fail, "b", "c", name="second")]

        with pytest.raises(ValueError, match="no wheels"):
            self.make().run(Pipeline(nodes), DataCatalog({"a": "A"}), hook_manager([Noting(log)]), run_id="r")

        assert notes(log) == [
            "before load a first",
            "after load a A",
            "before run first {'a': 'A'} False r r",
            "after run first {'a': 'A'} {'b': 'A'}",
            "before save b A first",
            "after save b A",
            "before load b second",
            "after load b A",
            "before run second {'b': 'A'} False r r",
            "error ValueError second {'b': 'A'}",
        ]

    def test_a_hook_may_replace_inputs(self):
        pipeline = Pipeline([node(same, "a", "b", name="first"), node(join, ["a", "b"], "c")])

        assert self.make().run(pipeline, DataCatalog({"a": "A"}), [Replacing()]) == {"c": "A+replaced"}

    def test_a_hook_may_replace_inputs_of_a_node_that_yields(self):
        pipeline = Pipeline([node(letters, "a", "b", name="first")])

        assert self.make().run(pipeline, DataCatalog({"a": "A"}), [Replacing()]) == {"b": [*"replaced"]}

    def test_a_node_that_yields_runs_between_its_hooks_once(self, tmp_path, log):
        parts = PartitionedDataset(str(tmp_path / "made"), TEXT)
        catalog = DataCatalog({"count": 2, "parts": parts})

        self.make().run(Pipeline([node(parts_of, "count", "parts", name="n")]), catalog, [Noting(log)], run_id="r")
        assert notes(log)[2:] == [
            "before run n {'count': 2} False r r",
            "before save parts {'p0': '0'} n",
            "after save parts {'p0': '0'}",
            "before save parts {'p1': '1'} n",
            "after save parts {'p1': '1'}",
            "after run n {'count': 2} {}",
        ]

    def test_a_hook_that_returns_no_inputs_is_told_what_it_returns(self):
        with pytest.raises(TypeError, match="`before_node_run` hook returned a list; it returns None, or") as caught:
            self.make().run(Pipeline([node(same, "a", "b", name="n")]), DataCatalog({"a": 1}), [Confused()])
        assert failure_of(caught.value)[:2] == ("n", "running")

    def test_a_hook_that_looks_at_what_is_not_made_yet_finds_nothing(self, log):
        catalog = DataCatalog({"parts": {"p": 1}})
        nodes = [node(same, "parts", "b", name="n"), node(same, "b", "c", each="b", name="each")]

        assert self.make().run(Pipeline(nodes), catalog, [Curious(log)]) == {"c": {"p": 1}}
        assert notes(log)[0] == "b False DatasetError"

    def test_a_save_that_is_tried_again_after_it_was_committed_makes_no_second_version(self, tmp_path, log):
        catalog = DataCatalog.from_config({"b": self.versioned(tmp_path)})
        catalog["a"] = "A"

        self.make(retries=1).run(Pipeline([node(same, "a", "b")]), catalog, [FailingOnce(log)])
        assert notes(log) == ["b", "b"]
        assert len(catalog["b"].list_versions()) == 1
        assert catalog.load("b") == "A"

    def test_a_version_that_another_run_has_saved_is_not_taken_for_ones_own(self, tmp_path):
        pipeline = Pipeline([node(same, "a", "b", name="n")])
        for value in ("first", "second"):
            catalog = DataCatalog.from_config({"b": self.versioned(tmp_path)}, save_version="v")
            catalog["a"] = value
            if value == "first":
                self.make().run(pipeline, catalog, run_id="r")
                time.sleep(0.002)  # manifests tell milliseconds
                continue
            with pytest.raises(DatasetError, match="'b'.*'v'") as caught:
                self.make(retries=1).run(pipeline, catalog, run_id="r")
            assert failure_of(caught.value)[:2] == ("n", "saving the outputs of")
            assert catalog.load("b") == "first"

    def versioned(self, tmp_path):
        return {"type": TEXT, "filepath": str(tmp_path / "b.txt"), "versioned": True}

    @pytest.mark.parametrize(
        "where", ["before_node_run", "after_node_run", "before_dataset_loaded", "after_dataset_saved"]
    )
    def test_a_hook_that_raises_fails_its_node(self, where):
        pipeline = Pipeline([node(same, "a", "b", name="n"), node(same, "b", "c")])

        with pytest.raises(RuntimeError, match=f"the hook {where}") as caught:
            self.make().run(pipeline, DataCatalog({"a": "A"}), [Raising(where)])
        assert failure_of(caught.value).node == "n"

    def test_hooks_around_a_partition_and_an_exit(self, log):
        nodes = [node(leave, "parts", "c", each="parts", name="n")]

        with pytest.raises(PipelineError, match="called `sys.exit") as caught:
            self.make().run(Pipeline(nodes), DataCatalog({"parts": {"p": 1}}), [Noting(log), RaisingToo()])
        assert failure_of(caught.value)[:3] == ("n", "running", "p")
        assert "The hook `on_node_error` raised too: RuntimeError: as well" in caught.value.__notes__
        assert notes(log) == [
            "before load parts n",
            "after load parts {'p': 1}",
            "before run n {'parts': 1} False " + " ".join([notes(log)[2].split()[-1]] * 2),
        ]

    # Loading and saving at once; events.

    def test_async_loads_and_saves_give_the_same(self, tmp_path, log):
        names = ["x", "y", "z"]
        catalog = DataCatalog.from_config(
            {name: {"type": JSON, "filepath": str(tmp_path / f"{name}.json"), "versioned": True} for name in names}
        )
        catalog["a"] = "A"
        nodes = [node(three, "a", names, name="split"), node(join, names, "joined")]

        made = self.make(is_async=True).run(Pipeline(nodes), catalog, [Noting(log)], run_id="r")
        assert made == {"joined": "A+A+A"}
        for name in names:
            manifest = json.loads(next((tmp_path / f"{name}.json").glob("*/.manifest.json")).read_text())
            assert manifest["run"] == {"id": "r", "node": "split"}
        assert sum(line.startswith("after save") for line in notes(log)) == 4

    def test_what_fails_while_datasets_are_loaded_at_once_fails_the_node(self):
        catalog = DataCatalog({"a": "A", "broken": LambdaDataset(not_loaded)})

        with pytest.raises(DatasetError, match="(?s)broken.*the disk is gone") as caught:
            self.make(is_async=True).run(Pipeline([node(join, ["a", "broken"], "b", name="n")]), catalog)
        assert failure_of(caught.value)[:2] == ("n", "loading the inputs of")

    def test_events(self, tmp_path, log, parts):
        events = []
        runner, pipeline, catalog = self.fan(tmp_path, log, parts, on_event=events.append)
        runner.run(pipeline, catalog)

        seen = [event.what for event in events]
        assert (seen[0], seen[1], seen[-1]) == ("run begins", "node begins", "run done")
        assert (events[0].number, next(each.number for each in events if each.what == "partitions")) == (2, 5)
        assert {each.part for each in events if each.what == "partition done"} == set("abcde")
        assert [each.node for each in events if each.what == "node done"] == ["upper", "sort"]

    def test_nothing_is_told_to_the_root_logger(self, caplog):
        import logging

        before = list(logging.root.handlers)
        self.make().run(Pipeline([node(same, "a", "b")]), DataCatalog({"a": 1}))
        assert logging.root.handlers == before
        assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []


def map_text(count):
    for number in range(count):
        yield str(number)
