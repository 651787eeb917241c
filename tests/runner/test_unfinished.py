"""A node that runs for each partition goes on where it stopped, however it stopped, and wherever its output is."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys

import pytest

from tidemill.catalog import DataCatalog
from tidemill.io import MemoryDataset, PartitionedDataset
from tidemill.pipeline import Pipeline, node
from tidemill.runner import SequentialRunner, ThreadRunner

TEXT = "text.TextDataset"
PROGRAM = """
import sys, time
from tidemill.catalog import DataCatalog
from tidemill.io import PartitionedDataset
from tidemill.pipeline import Pipeline, node
from tidemill.runner import ThreadRunner
folder = sys.argv[1]
def slowly(text):
    print(text + chr(10), end="")  # in one go, from several threads
    sys.stdout.flush()
    time.sleep(0.05)
    return text.upper()
catalog = DataCatalog({name: PartitionedDataset(f"{folder}/{name}", "text.TextDataset") for name in ("parts", "out")})
ThreadRunner(2).run(Pipeline([node(slowly, "parts", "out", each="parts", name="n")]), catalog)
"""


def test_after_a_kill_only_the_rest_is_done(tmp_path):
    (tmp_path / "parts").mkdir()
    for number in range(60):
        (tmp_path / "parts" / f"{number:02}").write_text(f"p{number:02}")
    command = [sys.executable, "-c", PROGRAM, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        begun = [process.stdout.readline().strip() for _ in range(20)]
        process.send_signal(signal.SIGKILL)
        process.stdout.read()
    done = {each for each in os.listdir(tmp_path / "out") if not each.startswith(".")}
    assert 10 < len(done) < 30

    again = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout.split()
    assert set(again) == {f"p{number:02}" for number in range(60)} - {f"p{each}" for each in done}
    assert len(begun) + len(again) >= 60
    assert sorted(os.listdir(tmp_path / "out")) == [f"{number:02}" for number in range(60)]
    everything = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout.split()
    assert len(everything) == 60


class Recording:
    """A function of a node that fails for what it is told, and remembers the rest."""

    def __init__(self):
        self.fails, self.seen = set(), []

    def __call__(self, text, share=1):
        if text in self.fails:
            raise ValueError(text)
        self.seen.append(text)
        return text * share

    def taken(self):
        seen, self.seen = sorted(self.seen), []
        return seen


def stop_and_go(source, out, runner):
    """Run with a failure, and again, and return what each run did."""
    function = Recording()
    catalog = DataCatalog({"parts": source, "out": out, "params:share": 2})
    pipeline = Pipeline([node(function, ["parts", "params:share"], "out", each="parts", name="n")])
    done = []
    for fails in ({"b"}, set(), set()):
        function.fails = fails
        with contextlib.suppress(ValueError):
            runner.run(pipeline, catalog)
        done.append(function.taken())
    assert {part: load() for part, load in out.load().items()} == {letter: letter * 2 for letter in "abc"}
    return done


def test_in_memory_filesystems():
    import fsspec

    fs = fsspec.filesystem("memory")
    source = PartitionedDataset("memory://fan/parts", TEXT)
    source.save({letter: letter for letter in "abc"})
    try:
        out = PartitionedDataset("memory://fan/out", TEXT)
        assert stop_and_go(source, out, SequentialRunner()) == [["a"], ["b", "c"], ["a", "b", "c"]]
        assert sorted(fs.find("/fan/out")) == ["/fan/out/a", "/fan/out/b", "/fan/out/c"]
    finally:
        fs.rm("/fan", recursive=True)


def test_on_s3(s3_bucket):
    options = {"credentials": s3_bucket.credentials}
    source = PartitionedDataset(f"{s3_bucket.url}/parts", TEXT, **options)
    source.save({letter: letter for letter in "abc"})
    out = PartitionedDataset(f"{s3_bucket.url}/out", TEXT, **options)

    first, second, third = stop_and_go(source, out, ThreadRunner(2))
    assert sorted({*first, *second}) == ["a", "b", "c"]
    assert not {*first} & {*second}
    assert third == ["a", "b", "c"]


@pytest.mark.parametrize("shared", ["params:share", "share"])
def test_other_parameters_or_shared_inputs_make_all_of_it_anew(tmp_path, shared):
    source = PartitionedDataset(str(tmp_path / "parts"), TEXT)
    source.save({letter: letter for letter in "abc"})
    function = Recording()
    catalog = DataCatalog.from_config({"share": {"type": "json.JSONDataset", "filepath": str(tmp_path / "share.json")}})
    catalog["parts"], catalog["out"] = source, PartitionedDataset(str(tmp_path / "out"), TEXT)
    catalog["params:share"] = MemoryDataset(2)
    catalog.save(shared, 2)
    pipeline = Pipeline([node(function, ["parts", shared], "out", each="parts", name="n")])
    function.fails = {"b"}
    with pytest.raises(ValueError, match="b"):
        SequentialRunner().run(pipeline, catalog)
    function.fails = set()
    catalog.save(shared, 300)
    function.taken()

    SequentialRunner().run(pipeline, catalog)
    assert function.taken() == ["a", "b", "c"]
    assert (tmp_path / "out" / "a").read_text() == "a" * 300


def test_an_output_that_vanished_meanwhile_is_made_again(tmp_path):
    source = PartitionedDataset(str(tmp_path / "parts"), TEXT)
    source.save({letter: letter for letter in "abc"})
    function = Recording()
    catalog = DataCatalog({"parts": source, "out": PartitionedDataset(str(tmp_path / "out"), TEXT)})
    pipeline = Pipeline([node(function, "parts", "out", each="parts", name="n")])
    function.fails = {"c"}
    with pytest.raises(ValueError, match="c"):
        SequentialRunner().run(pipeline, catalog)
    os.unlink(tmp_path / "out" / "a")
    function.fails = set()
    function.taken()

    SequentialRunner().run(pipeline, catalog)
    assert function.taken() == ["a", "c"]
