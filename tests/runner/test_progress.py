from __future__ import annotations

import io

import pytest

from tidemill.catalog import DataCatalog
from tidemill.pipeline import Pipeline, node
from tidemill.runner import SequentialRunner, ThreadRunner
from tidemill.runner.progress import Progress


def same(value):
    return value


def fail(value):
    raise ValueError("no wheels\nand no engine")


def refuse_p1(value):
    if value == 1:
        raise ValueError("one")
    return value


CATALOG = {"a": 1, "parts": {"p0": 0, "p1": 1}}


def shown(nodes, *, live, **options):
    file = io.StringIO()
    with Progress(file, live=live) as progress:
        try:
            SequentialRunner(on_event=progress, **options).run(Pipeline(nodes), DataCatalog(CATALOG))
        except Exception as error:  # noqa: BLE001 - what is shown is the matter here
            return file.getvalue(), error
    return file.getvalue(), None


def test_plain_lines_where_there_is_no_terminal():
    told, _ = shown([node(same, "a", "b", name="one"), node(same, "parts", "c", each="parts", name="each")], live=None)

    lines = told.splitlines()
    assert lines[0] == "Running 2 nodes"
    assert lines[1].startswith("[1/2] one: done, 0.0 s")
    assert lines[-2].startswith("[2/2] each: done, 0.0 s")
    assert lines[-1].startswith("Done: 2 nodes in 0.0 s")


def test_a_failure_in_five_lines_with_the_users_own_line():
    told, _ = shown([node(same, "a", "b", name="one"), node(fail, "b", "c", name="two")], live=False)

    lines = told.splitlines()
    assert lines[2].startswith("[1/2] two: FAILED")
    assert len(lines[3:]) <= 5
    assert lines[3] == "Node 'two' failed while running."
    assert lines[4:6] == ["  ValueError: no wheels", "  and no engine"]
    assert lines[6].endswith(' in fail: raise ValueError("no wheels\\nand no engine")')
    assert "test_progress.py:" in lines[6]


def test_what_failed_and_what_was_skipped_when_it_keeps_going():
    nodes = [
        node(refuse_p1, "parts", "c", each="parts", name="each"),
        node(same, "c", "d", name="after"),
        node(same, "a", "b", name="one"),
    ]
    told, error = shown(nodes, live=False, keep_going=True)

    assert "each, partition 'p1': FAILED" in told
    assert "after: skipped" in told
    assert told.endswith(f"{error}\n")
    assert "each, partition 'p1': ValueError: one" in told


def test_a_terminal_shows_it_live_and_is_left_clean():
    told, _ = shown([node(same, "a", "b", name="one"), node(fail, "b", "c", name="two")], live=True)

    assert "2 nodes" in told
    assert "\x1b[?25l" in told  # the cursor is hidden,
    assert told.rindex("\x1b[?25h") > told.rindex("\x1b[?25l")  # and shown again
    assert "Node 'two' failed while running." in told.rpartition("\x1b[?25h")[2]


def test_what_is_drawn():
    from rich.console import Console

    progress = Progress(io.StringIO(), live=False)
    drawn = []

    def look(event):
        progress(event)
        console = Console(file=io.StringIO(), width=100)
        console.print(progress)
        drawn.append(console.file.getvalue())

    nodes = [node(same, "parts", "c", each="parts", name="each")]
    ThreadRunner(2, on_event=look).run(Pipeline(nodes), DataCatalog(CATALOG))

    assert any("each: 1/2 partitions" in text for text in drawn)
    assert "1/1 nodes" in drawn[-1]


def test_an_interrupted_run_says_so():
    def interrupt(_):
        raise KeyboardInterrupt

    file = io.StringIO()
    with pytest.raises(KeyboardInterrupt):
        SequentialRunner(on_event=Progress(file, live=False)).run(
            Pipeline([node(interrupt, "a", "b")]), DataCatalog(CATALOG)
        )
    assert file.getvalue().splitlines()[-1] == "Stopped after 0.0 s, 0 of 1 nodes done"
