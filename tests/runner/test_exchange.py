"""Exchange: data that one process writes once and others map."""

from __future__ import annotations

import errno
import multiprocessing
import os
import pickle
import signal
import subprocess
import sys
import time
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.runner.leftovers import files

from tidemill.runner.exchange import Exchange, Parcel

MEGABYTE = 1 << 20


@pytest.fixture
def exchange():
    with Exchange() as made:
        yield made
    assert not files()


def moved(exchange: Exchange, data):
    """Put, send and load, as two processes do."""
    parcel = pickle.loads(pickle.dumps(exchange.put(data)))
    return parcel.load()


def test_small_data_travels_in_the_message(exchange):
    parcel = exchange.put({"a": [1, 2, 3]})
    assert not parcel.path
    assert parcel.load() == {"a": [1, 2, 3]}
    parcel.free()


def test_an_array_is_mapped_and_may_be_changed_by_each_reader(exchange):
    data = np.arange(MEGABYTE, dtype="f8")
    parcel = exchange.put(data)
    assert parcel.path
    first, second = parcel.load(), parcel.load()
    first[0] = -1
    assert first[0] == -1
    assert second[0] == 0
    assert parcel.load()[0] == 0
    assert not first.flags.owndata


def test_readers_keep_what_is_freed(exchange):
    parcel = exchange.put(np.ones(MEGABYTE))
    data = parcel.load()
    parcel.free()
    parcel.free()
    assert not os.path.exists(parcel.path)
    assert data.sum() == MEGABYTE


FRAMES = {
    "numbers": lambda: pd.DataFrame(np.random.default_rng(0).random((20_000, 10))),
    "strings": lambda: pd.DataFrame({"a": [f"text {n}" for n in range(50_000)], "b": range(50_000)}),
    "dates": lambda: pd.DataFrame({"at": pd.date_range("2020", periods=50_000, freq="s")}),
    "zones": lambda: pd.DataFrame({"at": pd.date_range("2020", periods=50_000, freq="s", tz="UTC")}),
    "categories": lambda: pd.DataFrame({"c": pd.Categorical(["a", "b"] * 50_000)}),
    "missing": lambda: pd.DataFrame({"i": pd.array([1, None] * 50_000, dtype="Int64")}),
    "objects": lambda: pd.DataFrame({"o": [Decimal(n) for n in range(10_000)]}),
    "rows left out": lambda: pd.DataFrame(np.random.default_rng(0).random((40_000, 10))).iloc[::2],
    "index": lambda: pd.DataFrame({"a": range(50_000)}, index=[f"row {n}" for n in range(50_000)]),
}


@pytest.mark.parametrize("kind", FRAMES)
def test_a_frame_comes_back_equal_and_may_be_changed(exchange, kind):
    frame = FRAMES[kind]()
    before = frame.copy(deep=True)
    parcel = exchange.put(frame)
    got = parcel.load()
    pd.testing.assert_frame_equal(got, frame)
    got.iloc[0, 0] = got.iloc[1, 0]
    got["more"] = 1
    pd.testing.assert_frame_equal(parcel.load(), before)


@pytest.mark.parametrize("kind", ["numbers", "strings", "dates", "rows left out"])
def test_the_buffers_of_a_frame_are_not_pickled(exchange, kind):
    frame = FRAMES[kind]()
    if kind == "strings":  # before pandas 3, Arrow's only where they are asked for
        frame = frame.astype(pd.ArrowDtype(pa.string()))
    parcel = exchange.put(frame)
    assert parcel.ends[0] < 10_000  # the pickle; the rest is buffers


ARRAYS = {
    "fortran": np.asfortranarray(np.arange(40_000.0).reshape(200, 200)),
    "gaps": np.arange(40_000.0)[::2],
    "turned": np.arange(80_000.0).reshape(200, 20, 20).transpose(1, 0, 2),
    "dates": np.arange(40_000).astype("M8[s]"),
    "dates with gaps": np.arange(40_000).astype("M8[s]")[::2],
    "durations": np.arange(40_000).astype("m8[ns]").reshape(200, 200).T,
    "structured": np.zeros(40_000, dtype=[("a", "i4"), ("b", "f8")]),
    "objects": np.array([None, "a", 1] * 100, dtype=object),
    "text": np.array(["abc"] * 20_000),
    "scalar": np.array(3.0),
    "empty": np.zeros((0, 5)),
    "big endian": np.arange(40_000, dtype=">f8"),
}


@pytest.mark.parametrize("kind", ARRAYS)
def test_arrays_of_every_layout(exchange, kind):
    got = moved(exchange, ARRAYS[kind])
    assert got.dtype == ARRAYS[kind].dtype
    np.testing.assert_array_equal(got, ARRAYS[kind])
    assert got.flags.writeable


@given(
    st.recursive(
        st.none() | st.integers() | st.text() | st.binary(max_size=100) | st.floats(allow_nan=False),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner) | st.tuples(inner, inner),
    ),
    st.lists(st.integers(0, 300_000), max_size=4),
)
def test_whatever_is_put_is_what_is_loaded(plain, sizes):
    with Exchange() as exchange:
        arrays = [np.full(size, 7, dtype="u1") for size in sizes]
        got, rest = moved(exchange, (plain, [*arrays, [bytes(each) for each in arrays], bytearray(b"x" * 70_000)]))
        assert got == plain
        assert all((a == b).all() for a, b in zip(rest, arrays, strict=False))
        assert rest[-2] == [bytes(each) for each in arrays]


def test_more_buffers_than_one_write_takes(exchange):
    arrays = [np.full(20_000, n % 256, dtype="u1") for n in range(1_500)]
    got = moved(exchange, arrays)
    assert [each[0] for each in got] == [n % 256 for n in range(1_500)]


def test_what_does_not_pickle_leaves_nothing(exchange):
    with pytest.raises((pickle.PicklingError, AttributeError, TypeError)):
        exchange.put([np.ones(MEGABYTE), lambda: None])
    assert not [each for folder in files() for each in os.listdir(folder)]


def test_a_second_place_is_used_where_the_first_is_full(tmp_path, monkeypatch):
    first, second = tmp_path / "first", tmp_path / "second"
    first.mkdir()
    second.mkdir()
    real = os.writev

    def full(descriptor, parts):
        if str(first) in os.readlink(f"/proc/self/fd/{descriptor}"):
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(descriptor, parts)

    monkeypatch.setattr(os, "writev", full)
    with Exchange([str(first), str(second)]) as exchange:
        parcel = exchange.put(np.ones(MEGABYTE))
        assert parcel.path.startswith(str(second))
        assert parcel.load().sum() == MEGABYTE
        assert not [*first.glob("*/*")]
        parcel.free()
    assert not [*first.iterdir(), *second.iterdir()]


def test_a_place_that_is_missing_is_left_out(tmp_path):
    with Exchange([str(tmp_path / "missing"), str(tmp_path)]) as exchange:
        assert exchange.put(b"x" * MEGABYTE).path.startswith(str(tmp_path))
    with pytest.raises(FileNotFoundError, match="no folder"):
        Exchange([str(tmp_path / "missing")])


@pytest.mark.skipif(sys.platform != "linux", reason="where no folder can be made, whoever asks")
def test_so_is_one_in_which_no_folder_can_be_made(tmp_path):
    with Exchange([str(tmp_path), "/proc"]) as exchange:
        assert exchange.put(b"x" * 100_000).load() == b"x" * 100_000
    assert os.listdir(tmp_path) == []


def test_no_room_anywhere_is_an_error_that_says_so(tmp_path, monkeypatch):
    def full(descriptor, parts):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "writev", full)
    with Exchange([str(tmp_path)]) as exchange:
        with pytest.raises(OSError, match="No space"):
            exchange.put(np.ones(MEGABYTE))
        assert not [*tmp_path.glob("*/*")]


def test_what_there_is_no_room_for_is_not_begun(tmp_path, monkeypatch):
    real = os.fstatvfs

    def nearly_full(descriptor):
        found = real(descriptor)
        return os.statvfs_result((found.f_bsize, found.f_frsize, found.f_blocks, 1, 1, *found[5:]))

    monkeypatch.setattr(os, "fstatvfs", nearly_full)
    with Exchange([str(tmp_path)]) as exchange:
        with pytest.raises(OSError, match="No room for 8.4 MB on their way between processes"):
            exchange.put(np.ones(MEGABYTE))
        assert not [*tmp_path.glob("*/*")]


def test_what_the_system_takes_in_pieces_arrives_whole(exchange, monkeypatch):
    real = os.writev
    monkeypatch.setattr(os, "writev", lambda descriptor, parts: real(descriptor, [parts[0][:100_000]]))

    data = {"a": np.arange(MEGABYTE), "b": b"x" * MEGABYTE}
    found = moved(exchange, data)
    assert found["a"].tolist() == data["a"].tolist()
    assert found["b"] == data["b"]


OWNER = """
import sys, numpy
from tidemill.runner.exchange import Exchange
exchange = Exchange([sys.argv[1]])
print(exchange.put(numpy.ones(1_000_000)).path, flush=True)
sys.stdin.read()
"""


def test_the_next_run_sweeps_what_the_dead_left_and_nothing_else(tmp_path):
    command = [sys.executable, "-c", OWNER, str(tmp_path)]
    owners = [subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    try:
        dead, alive = (Path(owner.stdout.readline().strip()) for owner in owners)
        owners[0].send_signal(signal.SIGKILL)
        owners[0].wait()
        assert dead.exists()
        bystanders = [
            tmp_path / name / "notes.txt"
            for name in ("tidemill-abcdefgh", "tidemill-12-abcdefgh", "tidemill-exchange", "tidemill-exchange-mine")
        ]
        for each in bystanders:
            each.parent.mkdir()
            each.write_text("somebody else's")
        file = tmp_path / "tidemill-exchange-1-abcdefgh"
        file.write_text("no folder")
        with Exchange([str(tmp_path)]):
            assert not dead.exists()
            assert not dead.parent.exists()
            assert alive.exists()
            assert all(each.exists() for each in [*bystanders, file])
    finally:
        for owner in owners:
            owner.kill()
            owner.communicate()


def _load_and_change(parcel: Parcel, answers) -> None:
    data = parcel.load()
    data[0] += 1
    answers.put(float(data[0]))


@pytest.mark.parametrize("method", ["fork", "spawn"])
@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_other_processes_change_their_own(exchange, method):
    context = multiprocessing.get_context(method)
    answers = context.SimpleQueue()
    parcel = exchange.put(np.zeros(MEGABYTE))
    children = [context.Process(target=_load_and_change, args=(parcel, answers)) for _ in range(2)]
    for child in children:
        child.start()
    assert [answers.get() for _ in children] == [1.0, 1.0]
    for child in children:
        child.join()
    assert parcel.load()[0] == 0


def test_a_fork_does_not_keep_the_folder_locked(tmp_path):
    exchange = Exchange([str(tmp_path)])
    pid = os.fork()
    if not pid:
        exchange.leave()
        time.sleep(60)
        os._exit(0)
    try:
        time.sleep(0.2)
        lock = exchange._locks.pop()
        os.close(lock)  # as when the owner dies
        Exchange([str(tmp_path)]).close()
        assert not [*tmp_path.iterdir()]
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
