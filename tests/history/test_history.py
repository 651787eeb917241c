from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import threading

import pytest

from tidemill.history import History, NodeRecord, RunRecord
from tidemill.history.estimate import Past, remaining


def run(run_id="r1", outcome="done", runner="SequentialRunner", seconds=3.0, **nodes):
    records = tuple(NodeRecord(name, "done", took) for name, took in (nodes or {"a": 1.0, "b": 2.0}).items())
    return RunRecord(run_id, "__default__", "local", runner, "2020-01-01T00:00:00Z", seconds, outcome, records)


def test_what_is_added_is_found(tmp_path):
    history = History(tmp_path / "runs.sqlite")
    assert history.runs() == []
    assert history.past(["a"], "SequentialRunner") == Past({})

    history.add(run("r1"))
    history.add(run("r2", a=5.0, c=1.0))

    assert [each.run_id for each in history.runs()] == ["r2", "r1"]
    assert history.nodes("r2") == [NodeRecord("a", "done", 5.0), NodeRecord("c", "done", 1.0)]
    assert history.past(["a", "b", "x"], "SequentialRunner") == Past({"a": 5.0, "b": 2.0}, 2.0)


def test_only_so_many_runs_are_kept(tmp_path):
    history = History(tmp_path / "runs.sqlite")
    for number in range(203):
        history.add(run(f"r{number}"))

    assert len(history.runs(1000)) == 200
    assert history.nodes("r0") == []
    assert history.nodes("r202") != []


def test_runs_at_once_are_all_written(tmp_path):
    path = tmp_path / "runs.sqlite"
    code = f"""
import sys
sys.path[:0] = {sys.path!r}
from tidemill.history import History, RunRecord
for n in range(20):
    History({str(path)!r}).add(RunRecord(f"{{sys.argv[1]}}-{{n}}", "p", "", "r", "now", 1.0, "done"))
"""
    writers = [subprocess.Popen([sys.executable, "-W", "error", "-c", code, str(number)]) for number in range(3)]

    assert [each.wait(60) for each in writers] == [0, 0, 0]
    assert len(History(path).runs(1000)) == 60


def test_a_file_that_is_no_database_is_put_aside(tmp_path):
    path = tmp_path / "runs.sqlite"
    path.write_bytes(b"something else entirely" * 100)
    for ending in ("-wal", "-shm"):
        (tmp_path / f"runs.sqlite{ending}").write_bytes(b"of the damaged one")
    history = History(path)

    with pytest.warns(UserWarning, match="was damaged"):
        assert history.runs() == []
    assert [each.name for each in tmp_path.iterdir()] == ["runs.sqlite.damaged"]
    history.add(run())

    assert len(history.runs()) == 1
    assert (tmp_path / "runs.sqlite.damaged").read_bytes().startswith(b"something else")


def test_a_torn_database_is_put_aside(tmp_path):
    path = tmp_path / "runs.sqlite"
    history = History(path)
    for number in range(50):
        history.add(run(f"r{number}", **{f"n{each}": 1.0 for each in range(20)}))
    content = path.read_bytes()
    path.write_bytes(content[:100] + b"\xff" * (len(content) - 100))

    with pytest.warns(UserWarning, match="was damaged"):
        history.add(run("new"))

    assert [each.run_id for each in history.runs()] == ["new"]


def test_one_that_cannot_be_put_aside_is_one_warning(tmp_path):
    path = tmp_path / "runs.sqlite"
    path.write_bytes(b"something else entirely" * 100)
    (tmp_path / "runs.sqlite.damaged").mkdir()
    history = History(path)

    with pytest.warns(UserWarning, match="is damaged .*, and cannot be put aside: .* The run is not affected") as told:
        [history.add(run()) for _ in range(2)]

    assert len(told) == 1
    assert path.read_bytes().startswith(b"something else")


def test_a_file_with_nothing_in_it_is_a_history_without_runs(tmp_path):
    path = tmp_path / "runs.sqlite"
    path.touch()

    assert History(path).runs() == []
    History(path).add(run("r1"))
    assert [each.run_id for each in History(path).runs()] == ["r1"]


@pytest.mark.parametrize("name", [None, ["a", "list"], "no \udc80 text", 1 << 70])
def test_a_record_that_does_not_fit_is_a_warning_and_no_damage(tmp_path, name):
    history = History(tmp_path / "runs.sqlite")
    history.add(run("r1"))

    with pytest.warns(UserWarning, match="cannot be written"):
        history.add(run("r2")._replace(pipeline=name))

    assert [each.run_id for each in history.runs()] == ["r1"]
    assert not (tmp_path / "runs.sqlite.damaged").exists()


def test_what_a_later_release_wrote_is_left_alone(tmp_path):
    path = tmp_path / "runs.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 7")
    connection.close()
    before = path.read_bytes()

    with pytest.warns(UserWarning, match="later release"):
        History(path).add(run())

    assert path.read_bytes() == before


def test_a_place_that_cannot_be_written_is_one_warning(tmp_path):
    history = History(tmp_path / "no folder" / "runs.sqlite")

    with pytest.warns(UserWarning, match="cannot be written") as told:
        [history.add(run()) for _ in range(2)]

    assert len(told) == 1


def test_a_lock_that_is_never_released_is_a_warning(tmp_path, monkeypatch):
    path = tmp_path / "runs.sqlite"
    History(path).add(run("r1"))
    monkeypatch.setattr("tidemill.history.store._PATIENCE", 0.1)
    holder = sqlite3.connect(path, check_same_thread=False)
    holder.execute("BEGIN EXCLUSIVE")
    try:
        with pytest.warns(UserWarning, match="locked"):
            History(path).add(run("r2"))
    finally:
        holder.rollback()
        holder.close()

    assert [each.run_id for each in History(path).runs()] == ["r1"]
    assert threading.active_count() >= 1
    assert os.path.exists(path)


@pytest.mark.parametrize(
    ("past", "waiting", "running", "left"),
    [
        (Past({"a": 4.0, "b": 6.0}), ["a", "b"], {}, 10.0),
        (Past({"a": 4.0, "b": 6.0}, at_once=2.0), ["a", "b"], {}, 5.0),
        (Past({"a": 4.0, "b": 6.0}), ["b"], {"a": 1.0}, 9.0),
        (Past({"a": 4.0, "b": 6.0}), [], {"a": 9.0}, 0.0),
        (Past({"a": 4.0, "b": 6.0}, at_once=4.0), [], {"a": 1.0, "b": 1.0}, 5.0),
        (Past({"a": 4.0}), ["a", "new"], {}, 8.0),
        (Past({"a": 4.0}), ["a", "new", "newer"], {}, None),
        (Past({}), ["a"], {}, None),
        (Past({"a": 4.0}), [], {}, None),
    ],
)
def test_estimates(past, waiting, running, left):
    assert remaining(past, waiting, running) == left
