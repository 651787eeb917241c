"""What only threads have: many of them, and a Ctrl-C that does not wait for them."""

from __future__ import annotations

import gc
import os
import random
import signal
import subprocess
import sys
import tempfile
import textwrap
import threading
import time
from pathlib import Path

import pytest
from tests.runner.leftovers import SOON

from tidemill.catalog import DataCatalog
from tidemill.io import MemoryDataset
from tidemill.pipeline import Pipeline, node
from tidemill.runner import DaskRunner, ParallelRunner, SequentialRunner, ThreadRunner

# Runs until it is stopped, over datasets in files, versioned and in partitions, and says when it has begun.
PROGRAM = """
import sys, time
from tidemill.catalog import DataCatalog
from tidemill.io import PartitionedDataset
from tidemill.pipeline import Pipeline, node
from tidemill.runner import SequentialRunner, ThreadRunner

folder, kind, pause = sys.argv[1], sys.argv[2], float(sys.argv[3])
def slowly(value, number=0):
    print("begun", flush=True)
    time.sleep(pause)
    return "x" * 100_000
catalog = DataCatalog.from_config(
    {f"d{n}": {"type": "text.TextDataset", "filepath": f"{folder}/d{n}.txt", "versioned": True} for n in range(200)}
)
catalog["a"] = "A"
catalog["parts"] = {f"p{n}": n for n in range(200)}
catalog["out"] = PartitionedDataset(f"{folder}/out", "text.TextDataset")
nodes = [node(slowly, "a", f"d{n}", name=f"n{n}") for n in range(200)]
nodes.append(node(slowly, "parts", "out", each="parts", name="fan"))
runners = {"threads": ThreadRunner(8), "async": ThreadRunner(8, is_async=True), "sequential": SequentialRunner()}
runners[kind].run(Pipeline(nodes), catalog)
"""


@pytest.fixture
def memory_path():
    """A folder in memory where there is such a place: a save that waits for a slow disk outlasts the second."""
    with tempfile.TemporaryDirectory(dir="/dev/shm" if os.path.isdir("/dev/shm") else None) as folder:
        yield Path(folder)


@pytest.mark.parametrize("kind", ["sequential", "threads", "async"])
@pytest.mark.parametrize("pause", [0.001, 30.0])
def test_ctrl_c_at_random_moments_stops_and_leaves_nothing(memory_path, kind, pause):
    for round_ in range(3):
        folder = memory_path / str(round_)
        folder.mkdir()
        command = [sys.executable, "-c", PROGRAM, str(folder), kind, str(pause)]
        environment = {**os.environ, "TMPDIR": str(folder)}
        with subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
        ) as process:
            try:
                process.stdout.readline()
                time.sleep(random.uniform(0, 0.3 if pause > 1 else 0.05))  # noqa: S311 - a moment
                began = time.monotonic()
                process.send_signal(signal.SIGINT)
                _, told = process.communicate(timeout=2 * SOON)
                took = time.monotonic() - began
            finally:
                process.kill()
        assert process.returncode in {-signal.SIGINT, 130, 0}, told
        assert "KeyboardInterrupt" in told
        assert took < SOON, told
        whole = [each for each in folder.rglob("*") if each.is_file() and each.name.startswith("d")]
        assert all(each.stat().st_size == 100_000 for each in whole)
        left = [str(each) for each in folder.rglob("*") if ".tmp" in each.name and "tidemill-node" not in each.name]
        assert left == []
        assert [each for each in folder.rglob(".tidemill") if any(each.iterdir())] == []


def test_64_threads_over_1000_nodes_on_one_catalog(tmp_path):
    count = 1000
    config = {
        f"d{number}": {"type": "text.TextDataset", "filepath": str(tmp_path / f"{number}.txt"), "versioned": True}
        for number in range(0, count, 2)
    }
    config["{other}_p"] = {"type": "text.TextDataset", "filepath": str(tmp_path / "{other}.txt")}
    catalog = DataCatalog.from_config(config)
    catalog["raw"] = "r"

    def join(*values):
        return str(sum(len(value) for value in values))

    draw = random.Random(0)  # noqa: S311 - a graph
    nodes, names = [], ["raw"]
    for number in range(count):
        name = f"d{number}" if number % 3 else f"d{number}_p"
        nodes.append(node(join, draw.sample(names, min(3, len(names))), name, name=f"n{number}"))
        names.append(name)
    pipeline = Pipeline(nodes)
    began = time.monotonic()
    made = ThreadRunner(64).run(pipeline, catalog)
    assert time.monotonic() - began < 60

    expected = SequentialRunner().run(pipeline, DataCatalog({"raw": "r"}))
    for name, data in expected.items():
        assert (made[name] if name in made else catalog.load(name)) == data
    for name in (each for each in names if each in catalog and each != "raw"):
        assert catalog.load(name)
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("tidemill")]


def resident():
    gc.collect()
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


@pytest.mark.parametrize("make", [SequentialRunner, lambda: ThreadRunner(4)])
def test_memory_and_descriptors_stay_flat_over_10000_nodes(tmp_path, make):
    """Each node loads and saves 100 kB in memory; were they not released, there would be a gigabyte."""

    def run(count):
        catalog = DataCatalog({"d0": bytearray(100_000)})
        nodes = [node(bytearray, f"d{number}", f"d{number + 1}", name=f"n{number}") for number in range(count)]
        made = make().run(Pipeline(nodes), catalog)
        assert [len(each) for each in made.values()] == [100_000]

    run(1000)
    before, descriptors = resident(), len(os.listdir("/proc/self/fd"))
    run(10_000)
    assert resident() - before < 50_000_000
    assert len(os.listdir("/proc/self/fd")) == descriptors


@pytest.mark.slow
def test_10000_saves_and_loads_of_files_leak_nothing(memory_path):
    folder = str(memory_path)
    names = {f"d{number}": os.path.join(folder, f"{number}.txt") for number in range(100)}

    def run(rounds):
        for _ in range(rounds):
            catalog = DataCatalog.from_config(
                {name: {"type": "text.TextDataset", "filepath": path} for name, path in names.items()}
            )
            catalog["raw"] = "x" * 1000
            nodes = [node(str, "raw" if name == "d0" else f"d{int(name[1:]) - 1}", name) for name in names]
            SequentialRunner().run(Pipeline(nodes), catalog)

    run(10)
    before, descriptors = resident(), len(os.listdir("/proc/self/fd"))
    run(100)
    assert resident() - before < 10_000_000
    assert len(os.listdir("/proc/self/fd")) == descriptors
    assert len(os.listdir(folder)) == 100


def test_a_run_leaves_no_cycle_that_keeps_its_data():
    import weakref

    class Thing:
        pass

    made = []

    def make():
        thing = Thing()
        made.append(weakref.ref(thing))
        return thing

    gc.disable()
    try:
        catalog = DataCatalog({"kept": MemoryDataset(copy_mode="assign")})
        for runner in (SequentialRunner(), ThreadRunner(2)):
            runner.run(Pipeline([node(make, None, "kept"), node(lambda thing: 1, "kept", "x")]), catalog)
            catalog.release("kept")
            deadline = time.monotonic() + 2
            while made[-1]() is not None and time.monotonic() < deadline:
                time.sleep(0.01)
            assert made[-1]() is None
    finally:
        gc.enable()


@pytest.mark.parametrize("runner", [ThreadRunner, ParallelRunner, DaskRunner])
@pytest.mark.parametrize("number", [0, -1])
def test_no_worker_is_no_runner(runner, number):
    with pytest.raises(ValueError, match=f"{runner.__name__}: `max_workers` is {number}; give 1 or more"):
        runner(max_workers=number)


def test_an_abandoned_node_does_not_save():
    code = textwrap.dedent("""
        import _thread, threading, time
        from tidemill.catalog import DataCatalog
        from tidemill.io import LambdaDataset
        from tidemill.pipeline import Pipeline, node
        from tidemill.runner import ThreadRunner
        log = []
        begun = threading.Event()
        def slowly():
            begun.set()
            time.sleep(1.5)
            return 1
        def interrupt():
            begun.wait()
            _thread.interrupt_main()
        threading.Thread(target=interrupt).start()
        try:
            ThreadRunner().run(
                Pipeline([node(slowly, None, "out")]), DataCatalog({"out": LambdaDataset(None, log.append)})
            )
        except KeyboardInterrupt:
            log.append("interrupted")
        time.sleep(2)
        print(log)
    """)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout.strip() == "['interrupted']", done.stderr


def test_a_node_of_which_several_partitions_fail_at_once_fails_once():
    both, told = threading.Barrier(2), []

    def fail(part):
        both.wait(10)
        raise ValueError(part)

    fan = Pipeline([node(fail, "parts", "out", each="parts", name="fan")])
    with pytest.raises(ValueError):  # noqa: PT011 - one of two
        ThreadRunner(2, on_event=told.append).run(fan, DataCatalog({"parts": {"a": 1, "b": 2}}))

    assert [each.what for each in told][-4:] == ["partition failed", "node failed", "partition failed", "run failed"]
