from __future__ import annotations

import contextlib
import io
import os
import time

import pytest
from rich.console import Console

from tidemill import DataCatalog, Pipeline, node
from tidemill.cli.columns import readable_size
from tidemill.cli.display import Display
from tidemill.cli.summary import summary
from tidemill.errors import RunError
from tidemill.history.estimate import Past
from tidemill.history.records import NodeRecord
from tidemill.io.bypath import PathDataset
from tidemill.runner import SequentialRunner
from tidemill.runner.loop import Event
from tidemill.runner.progress import duration


def same(value):
    return value


def fail(value):
    raise ValueError("no wheels")


def run(nodes, past=Past({}), **options):  # noqa: B008 - never changed
    file = io.StringIO()
    pipeline = Pipeline(nodes)
    with Display(past, [each.name for each in pipeline.nodes], live=False, file=file) as display:
        runner, catalog = (
            SequentialRunner(on_event=display, **options),
            DataCatalog({"a": 1, "parts": {"x": 1, "y": 2}}),
        )
        with contextlib.suppress(RunError):
            runner.run(pipeline, catalog)
    return file.getvalue().splitlines(), display


def test_the_estimate_of_the_last_run_is_told_at_the_start():
    lines, _ = run([node(same, "a", "b", name="one")], Past({"one": 200.0}))

    assert lines[0] == "Running 1 node, about 3 min 20 s"
    assert run([node(same, "a", "b", name="one")])[0][0] == "Running 1 node"


def test_what_takes_longer_than_the_last_time_promises_nothing():
    drawn = io.StringIO()
    display = Display(Past({"one": 0.5, "two": 0.2}), ["one"], live=False, file=io.StringIO())
    display(Event("run begins", number=1, at=time.monotonic()))
    display(Event("node begins", "one", at=time.monotonic() - 2))
    Console(file=drawn, width=80).print(display)

    assert "0/1 nodes" in drawn.getvalue()
    assert "left" not in drawn.getvalue()


def test_what_is_left_is_not_told_anew_with_every_drawing():
    drawn = io.StringIO()
    display = Display(Past({"one": 90.0, "two": 60.0}), ["one", "two"], live=False, file=io.StringIO())
    display(Event("run begins", number=2, at=time.monotonic()))
    Console(file=drawn, width=80).print(display)
    display(Event("node begins", "one", at=time.monotonic() - 30))
    Console(file=drawn, width=80).print(display)

    assert drawn.getvalue().count("2 min 30 s left") == 2


def test_what_became_of_each_node_is_known():
    nodes = [node(same, "a", "b", name="one"), node(fail, "b", "c", name="two"), node(same, "c", "d", name="three")]

    lines, display = run(nodes, keep_going=True)

    assert {name: each.outcome for name, each in display.records.items()} == {
        "one": "done", "two": "failed", "three": "skipped"
    }  # fmt: skip
    assert [line.partition(",")[0] for line in lines[1:]] == ["[1/3] one: done", "[1/3] two: FAILED", "three: skipped"]
    assert display.seconds > 0


def test_partitions_are_one_node():
    _, display = run([node(same, "parts", "c", each="parts", name="each")])

    assert [*display.records] == ["each"]


@pytest.mark.parametrize(
    ("seconds", "said"), [(0.2, "0 s"), (59.4, "59 s"), (60, "1 min 0 s"), (3599, "59 min 59 s"), (7500, "2 h 5 min")]
)
def test_durations(seconds, said):
    assert duration(seconds) == said


@pytest.mark.parametrize(
    ("size", "said"),
    [(0, "0 B"), (999, "999 B"), (1500, "1.5 kB"), (123456789, "123 MB"), (1.5e12, "1.5 TB"), (2e15, "2,000.0 TB")],
)
def test_sizes(size, said):
    assert readable_size(size) == said


def test_a_summary_of_much_is_a_dozen_lines(tmp_path):
    names = [f"a_dataset_with_a_name_that_is_longer_than_most_of_them_{n}" for n in range(500)]
    catalog = DataCatalog.from_config(
        {name: {"type": "text.TextDataset", "filepath": f"{tmp_path}/{name}.txt", "versioned": n % 2 == 0}
         for n, name in enumerate(names)}
    )  # fmt: skip
    nodes = [node(same, "a", name, name=f"n{n}") for n, name in enumerate(names)]
    nodes += [node(same, "a", f"m{n}", name=f"m{n}") for n in range(500)]
    nodes += [node(same, "a", f"s{n}", name=f"s{n}") for n in range(500)]
    for name in names[:10]:
        catalog.save(name, "text")
    records = {each.name: NodeRecord(each.name, "done", 0.1) for each in nodes[:1000]}

    lines = summary(Pipeline(nodes), catalog, records, 12.0)

    assert len(lines) <= 12
    assert max(map(len, lines)) <= 200
    assert lines[0] == "Done: 1000 nodes in 12.0 s"
    assert lines[-3] == "  and 493 more"
    assert lines[-2] == "In memory only, gone now: m0, m1, m2, m3 and 496 more"
    assert lines[-1] == "Skipped, nothing of theirs is missing: s0, s1, s2, s3 and 496 more"


class Album(PathDataset):
    """A folder."""

    def _write_path(self, path, data):
        os.makedirs(path)
        for name in data:
            with open(f"{path}/{name}", "w") as file:
                file.write("12345")


class Unseen(Album):
    """One that cannot be looked at afterwards."""

    def resolve_save_version(self):
        raise OSError("no")


def test_a_folder_has_the_size_of_its_files(tmp_path):
    catalog = DataCatalog({"album": Album(filepath=f"{tmp_path}/a"), "unseen": Unseen(filepath=f"{tmp_path}/u")})
    nodes = [node(same, "x", name, name=name) for name in ("album", "unseen")]
    catalog.save("album", ["one", "two"])

    lines = summary(Pipeline(nodes), catalog, {each.name: NodeRecord(each.name, "done", 1.0) for each in nodes}, 2.0)

    assert [line.split() for line in lines[2:]] == [["album", "10", "B", "1.0", "s"], ["unseen", "1.0", "s"]]


def test_what_is_kept_in_memory_too_was_written_as_a_version(tmp_path):
    inner = {"type": "text.TextDataset", "filepath": str(tmp_path / "a.txt"), "versioned": True}
    catalog = DataCatalog.from_config({"notes": {"type": "CachedDataset", "dataset": inner}}, save_version="v1")
    catalog.save("notes", "12345")
    nodes = [node(same, "x", "notes", name="n")]

    lines = summary(Pipeline(nodes), catalog, {"n": NodeRecord("n", "done", 1.0)}, 2.0)

    assert lines[-1].split() == ["notes", "v1", "5", "B", "1.0", "s"]


def test_what_was_written_elsewhere_has_its_size_too(tmp_path):
    catalog = DataCatalog.from_config(
        {
            "far": {"type": "text.TextDataset", "filepath": "memory://summary/far.txt"},
            "parts": {
                "type": "partitions.PartitionedDataset",
                "path": f"{tmp_path}/parts",
                "dataset": "text.TextDataset",
            },
        }
    )
    catalog.save("far", "12345")
    catalog.save("parts", {"a": "1"})
    nodes = [node(same, "a", "far", name="f"), node(same, "a", "parts", name="p")]

    lines = summary(Pipeline(nodes), catalog, {each.name: NodeRecord(each.name, "done", 1.0) for each in nodes}, 2.0)

    assert [line.split() for line in lines[2:]] == [["far", "5", "B", "1.0", "s"], ["parts", "1.0", "s"]]

    records = {each.name: NodeRecord(each.name, "done", 1.0) for each in nodes}
    lines = summary(Pipeline(nodes), catalog, records, 2.0, {"p": 1})  # called for each, as the run tells

    assert lines[-1].split() == ["parts", "1", "partition", "1.0", "s"]
