"""ParallelRunner: what only processes can get wrong."""

from __future__ import annotations

import faulthandler
import functools
import multiprocessing
import os
import resource
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import ClassVar

import numpy as np
import pandas as pd
import pytest
from tests.runner.leftovers import SOON, assert_no_more, files, processes

from tidemill import (
    AbstractDataset,
    CachedDataset,
    DataCatalog,
    DatasetError,
    IncrementalDataset,
    MemoryDataset,
    PartitionedDataset,
    Pipeline,
    Version,
    node,
)
from tidemill.datasets.pandas import CSVDataset
from tidemill.datasets.text import TextDataset
from tidemill.errors import PipelineError, RunError, WorkerLostError
from tidemill.hooks import hook_impl
from tidemill.runner.process import ParallelRunner

pytestmark = pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")  # fork, where there are threads

METHODS = ["fork", "forkserver", pytest.param("spawn", marks=pytest.mark.slow)]


@pytest.fixture(autouse=True)
def nothing_left():
    before = processes()
    yield
    assert_no_more(before)


@pytest.fixture(params=METHODS)
def runner(request):
    return ParallelRunner(max_workers=2, start_method=request.param)


def quick(**options) -> ParallelRunner:
    return ParallelRunner(max_workers=2, start_method="fork", **options)


# Functions of nodes: at the top level, where workers find them.


def same(value):
    return value


def add(one, other):
    return one + other


def pid(*_):
    return os.getpid()


def make_array(size):
    return np.arange(size, dtype="f8")


def make_frame(size):
    return pd.DataFrame({"n": range(size), "text": [f"row {n}" for n in range(size)]})


def change_array(data):
    data[0] = -1
    return float(data.sum())


def array_sum(data, *_):
    return float(data.sum())


def fail(value):
    raise KeyError(f"no {value}")


def exit_at_once(value):
    os._exit(3)


def call_exit(value):
    sys.exit(4)


def kill_itself(value):
    os.kill(os.getpid(), signal.SIGKILL)


def crash(value):
    faulthandler.disable()  # it would tell at length
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # where the machine keeps cores, this one has gigabytes
    os.kill(os.getpid(), signal.SIGSEGV)


def fill_memory(value):
    resource.setrlimit(resource.RLIMIT_AS, (1 << 31, 1 << 31))
    return [bytes(1 << 28) for _ in range(100)]


def recurse(value):
    return recurse(value)


def a_lambda(value):
    return lambda: value


def a_lock(value):
    return threading.Lock()


class StubbornError(Exception):
    """One that does not come back from a pickle: it is made from two values and keeps one."""

    def __init__(self, one, other):
        super().__init__(f"{one} and {other}")
        self.lock = threading.Lock()
        self.kept = one


def fail_stubbornly(value):
    raise StubbornError("this", "that")


def fail_locally(value):
    class LocalError(Exception):
        pass

    raise LocalError("from inside")


def fail_with_a_cause(value):
    try:
        int("x")
    except ValueError as exc:
        raise RuntimeError("outer") from exc


def sleep(seconds):
    time.sleep(seconds)
    return seconds


def sleep_in_a_process_of_its_own(seconds):
    subprocess.run([sys.executable, "-c", f"import time; time.sleep({seconds})"], check=True)


def leave_a_child_and_die(value):
    subprocess.Popen([sys.executable, "-c", "import time; time.sleep(3)"], close_fds=False)  # holds our connection open
    os._exit(3)


def kill_itself_once(path):
    mark = Path(path)
    if not mark.exists():
        mark.write_text("tried")
        os.kill(os.getpid(), signal.SIGKILL)
    return "survived"


# Results.


def test_results_and_order(runner):
    pipe = Pipeline(
        [
            node(add, ["a", "b"], "sum"),
            node(same, "sum", "copy"),
            node(add, ["sum", "copy"], "end"),
            node(pid, "a", "p"),
        ]
    )
    result = runner.run(pipe, DataCatalog({"a": 1, "b": 2}))
    assert result["end"] == 6
    assert result["p"] != os.getpid()


def test_spawn():
    spawning = ParallelRunner(max_workers=1, start_method="spawn")
    assert spawning.run(Pipeline([node(same, "x", "y"), node(same, "y", "z")]), DataCatalog({"x": 1})) == {"z": 1}


def test_arrays_travel_and_each_node_changes_its_own(runner):
    pipe = Pipeline(
        [
            node(make_array, "size", "data"),
            node(change_array, "data", "changed"),
            node(array_sum, ["data", "changed"], "sum"),
            node(same, "changed", "copy"),
            node(same, "data", "again"),
        ]
    )
    result = runner.run(pipe, DataCatalog({"size": 100_000}))
    assert result["copy"] == result["sum"] - 1
    assert result["again"][0] == 0
    result["again"][0] = 5  # what comes back is the caller's


def test_a_worker_is_started_once_and_runs_many_nodes():
    pipe = Pipeline([node(pid, "x", f"p{n}", name=f"n{n}") for n in range(20)])
    assert len(set(quick().run(pipe, DataCatalog({"x": 0})).values())) <= 2


def test_what_is_released_is_freed():
    seen = []

    def look(event):
        if event.what == "node done":
            seen.append(sum(path.stat().st_size for each in files() for path in Path(each).iterdir()))

    count = 10
    nodes = [node(make_array, "size", "x0")] + [node(same, f"x{n}", f"x{n + 1}") for n in range(count)]
    quick(on_event=look).run(Pipeline(nodes), DataCatalog({"size": 100_000}))
    assert max(seen) < 2.5 * 800_000


def test_the_users_datasets_in_memory_travel_both_ways(runner):
    data = np.ones(50_000)
    catalog = DataCatalog({"given": data, "middle": MemoryDataset(), "end": MemoryDataset(), "params:n": 2})
    pipe = Pipeline([node(array_sum, ["given", "params:n"], "middle"), node(same, "middle", "end")])
    assert runner.run(pipe, catalog) == {}
    assert catalog.load("end") == 50_000
    assert not catalog.exists("middle")  # as with every runner: nobody needs it any more
    assert catalog.load("given")[0] == 1


def test_what_is_done_before_a_failure_is_the_users():
    catalog = DataCatalog({"x": 1, "end": MemoryDataset()})
    with pytest.raises(KeyError):
        quick().run(Pipeline([node(same, "x", "end"), node(fail, "x", "never", name="z")]), catalog)
    assert catalog.load("end") == 1


def test_datasets_on_disk_and_their_versions(runner, tmp_path):
    CSVDataset(tmp_path / "in.csv").save(make_frame(3))
    CSVDataset(tmp_path / "end.csv", version=Version()).save(make_frame(1))
    time.sleep(0.002)  # versions are named after milliseconds
    catalog = DataCatalog.from_config(
        {
            "in": {"type": "pandas.CSVDataset", "filepath": str(tmp_path / "in.csv")},
            "middle": {"type": "pandas.CSVDataset", "filepath": str(tmp_path / "middle.csv"), "versioned": True},
            "end": {"type": "pandas.CSVDataset", "filepath": str(tmp_path / "end.csv"), "versioned": True},
        }
    )
    assert len(catalog.load("end")) == 1
    runner.run(Pipeline([node(same, "in", "middle"), node(same, "middle", "end")]), catalog, run_id="the run")
    assert len(catalog.load("middle")) == 3
    assert len(catalog.load("end")) == 3
    manifest = catalog["end"].manifest()
    assert manifest.run["id"] == "the run"
    assert manifest.inputs == {"middle": catalog.save_version}


def save_a_version_and_load(path, _):
    TextDataset(path, version=Version()).save("new")


def test_all_processes_load_the_same_version(tmp_path):
    path = str(tmp_path / "text.txt")
    TextDataset(path, version=Version()).save("old")
    catalog = DataCatalog({"text": TextDataset(path, version=Version()), "path": path})
    pipe = Pipeline(
        [
            node(same, "text", "first"),
            node(save_a_version_and_load, ["path", "first"], None, name="meanwhile"),
            *[node(add, ["text", "first"], f"second{n}", name=f"later{n}") for n in range(6)],
        ]
    )
    for _ in range(3):
        result = quick().run(pipe, catalog)
        assert {result[f"second{n}"] for n in range(6)} == {"oldold"}


def count(parts, *_):
    return len(parts)


def test_what_one_process_loaded_another_confirms(runner, tmp_path):
    for name in "ab":
        TextDataset(tmp_path / "in" / f"{name}.txt").save(name)
    catalog = DataCatalog({"in": IncrementalDataset(str(tmp_path / "in"), "text.TextDataset")})
    pids = Pipeline(
        [
            node(count, "in", "count"),
            node(pid, "count", "busy"),
            node(pid, "count", "other", confirms="in", name="confirm"),
        ]
    )
    assert runner.run(pids, catalog)["busy"] > 0
    assert (tmp_path / "in" / "CHECKPOINT").read_text() == "b.txt"
    assert runner.run(Pipeline([node(count, "in", "count")]), catalog) == {"count": 0}


def upper(text):
    return text.upper()


def test_partitions_fan_out(runner, tmp_path):
    parts = {f"p{n}": f"text {n}" for n in range(6)}
    PartitionedDataset(str(tmp_path / "in"), "text.TextDataset").save(parts)
    catalog = DataCatalog(
        {
            "in": PartitionedDataset(str(tmp_path / "in"), "text.TextDataset"),
            "out": PartitionedDataset(str(tmp_path / "out"), "text.TextDataset"),
        }
    )
    pipe = Pipeline([node(upper, "in", "out", each="in"), node(upper, "in", "kept", each="in", name="in-memory")])
    kept = runner.run(pipe, catalog)["kept"]
    assert kept == {key: text.upper() for key, text in parts.items()}
    assert {key: load() for key, load in catalog.load("out").items()} == kept


class Hooks:
    """Notes in a file what was called where."""

    def __init__(self, path):
        self.path = str(path)

    def note(self, what):
        with open(self.path, "a") as file:
            file.write(f"{what} {os.getpid()}\n")

    @hook_impl
    def before_node_run(self, node, inputs):
        self.note(f"before {node.name}")
        return {"x": 41} if "x" in inputs else None

    @hook_impl
    def after_dataset_saved(self, dataset_name, data):
        self.note(f"saved {dataset_name}")


def test_hooks_run_in_workers(runner, tmp_path):
    path = tmp_path / "notes"
    pipe = Pipeline([node(same, "x", "y", name="one")])
    assert runner.run(pipe, DataCatalog({"x": 1}), hook_manager=[Hooks(path)]) == {"y": 41}
    lines = [line.rpartition(" ") for line in path.read_text().splitlines()]
    assert [line[0] for line in lines] == ["before one", "saved y"]
    assert str(os.getpid()) not in {line[2] for line in lines}


@pytest.mark.s3
def test_remote_datasets_work(runner, s3_bucket):
    definition = {"type": "text.TextDataset", "versioned": True, "credentials": s3_bucket.credentials}
    catalog = DataCatalog.from_config(
        {name: {**definition, "filepath": f"{s3_bucket.url}/{name}.txt"} for name in ("in", "out")}
    )
    catalog.save("in", "from afar")
    catalog.load("in")  # the parent has a connection and threads of its own
    runner.run(Pipeline([node(upper, "in", "middle"), node(same, "middle", "out")]), catalog)
    assert catalog.load("out") == "FROM AFAR"


def test_is_async(tmp_path):
    catalog = DataCatalog({name: TextDataset(tmp_path / name) for name in ("a", "b", "c")})
    catalog.save("a", "1")
    catalog.save("b", "2")
    quick(is_async=True).run(Pipeline([node(add, ["a", "b"], "c")]), catalog)
    assert catalog.load("c") == "12"


# Before anything runs.


class SingleProcess(MemoryDataset):
    _SINGLE_PROCESS: ClassVar[bool] = True


class Ephemeral(AbstractDataset):
    _EPHEMERAL: ClassVar[bool] = True

    def _load(self):
        return 1

    def _save(self, data):
        pass

    def _describe(self):
        return {}


def test_all_that_cannot_travel_is_named_before_anything_runs(runner, tmp_path):
    ran = tmp_path / "ran"
    catalog = DataCatalog(
        {
            "path": str(ran),
            "single": SingleProcess(data=1),
            "cached": CachedDataset(TextDataset(tmp_path / "cached")),
            "lock": MemoryDataset(threading.Lock(), copy_mode="assign"),
            "mem": TextDataset("memory://bucket/a.txt"),
            "parts": PartitionedDataset("memory://bucket/parts", "text.TextDataset"),
            "lost": Ephemeral(),
        }
    )

    def closure(value):
        return ran

    pipe = Pipeline(
        [
            node(kill_itself_once, "path", "begun", name="first"),
            node(lambda value: value, "single", "y1", name="the-lambda"),
            node(closure, "cached", "y2", name="the-closure"),
            node(functools.partial(lambda a, b: a, 1), "lock", "y3", name="the-partial"),
            node(same, "mem", "y4", name="fine"),
            node(same, "parts", "lost", name="fine-too"),
        ]
    )
    with pytest.raises(PipelineError) as caught:
        runner.run(pipe, catalog)
    message = str(caught.value)
    for words in (
        "'the-lambda'", "'the-closure'", "'the-partial'", "'single'", "'cached'", "'lock'", "'mem'", "'parts'",
        "'lost'", "memory://", "_SINGLE_PROCESS", "_EPHEMERAL",
    ):  # fmt: skip
        assert words in message
    assert "'fine" not in message
    assert "'first'" not in message
    assert not ran.exists()


def test_hooks_that_do_not_pickle_are_told():
    class Local:
        @hook_impl
        def before_node_run(self, node):
            pass

    with pytest.raises(PipelineError, match="Local"):
        quick().run(Pipeline([node(same, "x", "y")]), DataCatalog({"x": 1}), hook_manager=[Local()])


def test_what_the_pipeline_does_not_use_does_not_matter():
    catalog = DataCatalog({"x": 1, "lock": MemoryDataset(threading.Lock(), copy_mode="assign")})
    assert quick().run(Pipeline([node(same, "x", "y")]), catalog) == {"y": 1}


@pytest.mark.parametrize(("options", "words"), [({"max_workers": 0}, "max_workers"), ({"start_method": "x"}, "fork")])
def test_wrong_options(options, words):
    with pytest.raises(PipelineError, match=words):
        ParallelRunner(**options)


# Failures.


def error_of(function, runner=None, **inputs):
    begin = time.monotonic()
    pipe = Pipeline([node(same, "x", "before", name="before"), node(function, "before", "y", name="guilty")])
    with pytest.raises(BaseException) as caught:  # noqa: PT011 - each test says what it must be
        (runner or quick()).run(pipe, DataCatalog({"x": "a value", **inputs}))
    assert time.monotonic() - begin < 3 * SOON  # one of them fills the memory first
    assert any("guilty" in text for text in (str(caught.value), *getattr(caught.value, "__notes__", [])))
    return caught.value


def all_text(error):
    import traceback

    return "".join(traceback.format_exception(error))


def test_an_exception_comes_back_with_its_traceback(runner):
    error = error_of(fail, runner)
    assert type(error) is KeyError
    assert error.args == ("no a value",)
    assert 'raise KeyError(f"no {value}")' in all_text(error)


def test_causes_come_back():
    error = error_of(fail_with_a_cause)
    assert type(error) is RuntimeError
    assert type(error.__cause__) is ValueError


def test_an_exception_that_does_not_pickle_comes_back_all_the_same(runner):
    error = error_of(fail_stubbornly, runner)
    assert isinstance(error, StubbornError)
    assert str(error) == "this and that"
    assert error.kept == "this"
    assert "raise StubbornError" in all_text(error)


def test_an_exception_of_a_class_that_nobody_can_import():
    error = error_of(fail_locally)
    assert "LocalError" in str(error)
    assert "from inside" in str(error)


@pytest.mark.parametrize(
    ("function", "words"),
    [(exit_at_once, "exit code 3"), (kill_itself, "SIGKILL"), (crash, "SIGSEGV"), (leave_a_child_and_die, "code 3")],
)
def test_a_worker_that_dies_ends_the_run(runner, function, words):
    error = error_of(function, runner)
    assert isinstance(error, WorkerLostError)
    assert words in str(error)
    if function is leave_a_child_and_die:
        time.sleep(3)  # until that child has ended


@pytest.mark.parametrize(
    ("function", "kind"),
    [(fill_memory, MemoryError), (recurse, RecursionError), (a_lambda, DatasetError), (a_lock, DatasetError)],
)
def test_faults_that_the_worker_survives(function, kind):
    assert isinstance(error_of(function), kind)


def test_sys_exit_is_a_failure():
    assert isinstance(error_of(call_exit), PipelineError)


def test_what_a_worker_was_doing_is_tried_again_elsewhere(runner, tmp_path):
    again = ParallelRunner(max_workers=2, start_method=runner._context.get_start_method(), retries=1)
    pipe = Pipeline([node(kill_itself_once, "path", "y"), node(same, "y", "z")])
    assert again.run(pipe, DataCatalog({"path": str(tmp_path / "mark")})) == {"z": "survived"}


def test_independent_branches_go_on_when_a_worker_dies():
    pipe = Pipeline(
        [node(kill_itself, "x", "y", name="bad"), *[node(same, "x", f"z{n}", name=f"n{n}") for n in range(9)]]
    )
    with pytest.raises(RunError) as caught:
        quick(keep_going=True).run(pipe, DataCatalog({"x": 1}))
    assert len(caught.value.outputs) == 9


def test_idle_workers_may_die():
    pipe = Pipeline(
        [node(pid, "x", "p"), node(sleep, "long", "s"), node(kill_pid, ["p", "s"], "k"), node(same, "k", "e")]
    )
    assert "e" in quick().run(pipe, DataCatalog({"x": 1, "long": 0.1}))


class Killing:
    """Kill the worker of the first node when that is done, and wait until it is dead."""

    def __init__(self, path):
        self.path = path

    def __call__(self, event):
        if (event.what, event.node) == ("node done", "first"):
            victim = int(self.path.read_text())
            os.kill(victim, signal.SIGKILL)
            os.waitid(os.P_PID, victim, os.WEXITED | os.WNOWAIT)
            self.path.write_text("dead")


def tell_pid(path):
    Path(path).write_text(str(os.getpid()))


def wait_for_death(path):
    end = time.monotonic() + SOON
    while Path(path).read_text() != "dead" and time.monotonic() < end:
        time.sleep(0.01)
    time.sleep(0.05)  # for the other process to see it too
    return "seen"


@pytest.mark.parametrize("workers", [1, 2])
def test_work_that_a_dead_idle_worker_was_to_do_is_done_by_another(tmp_path, workers):
    path = tmp_path / "pid"
    nodes = [node(tell_pid, "path", None, name="first"), node(wait_for_death, "path", "a"), node(same, "a", "b")]
    runner = ParallelRunner(max_workers=workers, start_method="fork", on_event=Killing(path))

    path.write_text("")
    assert runner.run(Pipeline(nodes), DataCatalog({"path": str(path)})) == {"b": "seen"}


def kill_pid(victim, _):
    if victim != os.getpid():
        os.kill(victim, signal.SIGKILL)
    return 0


# The end.

SCRIPT = """
import sys, os
sys.path.insert(0, {root!r})
from tests.runner import test_process as t
from tidemill import DataCatalog, Pipeline, node
from tidemill.runner.process import ParallelRunner

def main():
    pipe = Pipeline([
        node(t.make_array, "size", "data"), node(t.announce, ["data", "path"], "p1"),
        node(t.sleep_in_a_process_of_its_own, "some", "p2", name="long"),
        node(t.sleep, "long", "p3", name="longer"),
    ])
    ParallelRunner(max_workers=4, start_method={method!r}).run(
        pipe, DataCatalog({{"size": 1_000_000, "long": 100, "some": 5, "path": {path!r}}}))

if __name__ == "__main__":
    main()
"""


def announce(data, path):
    Path(path).write_text("here")
    time.sleep(100)


@pytest.fixture
def started(tmp_path, request):
    """A program that is in the middle of a run, with a worker in each kind of wait, and its process group."""
    script, path = tmp_path / "script.py", tmp_path / "mark"
    root = str(Path(__file__).parents[2])
    script.write_text(SCRIPT.format(root=root, method=request.param, path=str(path)))
    child = subprocess.Popen([sys.executable, str(script)], start_new_session=True, stderr=subprocess.PIPE, text=True)
    end = time.monotonic() + 30
    while not path.exists() and time.monotonic() < end:
        assert child.poll() is None
        time.sleep(0.02)
    time.sleep(0.2)
    yield child
    child.kill()
    child.communicate()


def shared_of(child):
    return [*Path("/dev/shm").glob(f"tidemill-exchange-{child.pid}-*")]


@pytest.mark.parametrize("started", METHODS, indirect=True)
@pytest.mark.parametrize("whole_group", [True, False], ids=["terminal", "kill"])
def test_ctrl_c_stops_and_leaves_nothing(started, whole_group):
    assert shared_of(started)
    begin = time.monotonic()
    (os.killpg if whole_group else os.kill)(started.pid, signal.SIGINT)
    _, stderr = started.communicate(timeout=2 * SOON)
    assert time.monotonic() - begin < SOON
    assert "KeyboardInterrupt" in stderr
    assert not shared_of(started)


@pytest.mark.parametrize("started", ["fork"], indirect=True)
def test_a_parent_that_is_killed_takes_its_workers_along(started):
    workers = len(processes())
    started.kill()
    started.wait()
    assert workers >= 4
    assert shared_of(started)
    quick().run(Pipeline([node(same, "x", "y")]), DataCatalog({"x": 1}))  # the next run sweeps
    assert not shared_of(started)


INTERRUPTED = """
import os, signal, sys
sys.path.insert(0, {root!r})
from tests.runner import test_process as t
from tidemill import DataCatalog, Pipeline, node
from tidemill.runner.process import ParallelRunner

{before}
pipe = Pipeline([node(t.same, "x", "out"), node(t.sleep, "x", "z")])
ParallelRunner(max_workers=2, start_method="fork").run(pipe, DataCatalog({{"x": 100, "out": t.SlowText({path!r})}}))
"""


class SlowText(TextDataset):
    def _write(self, file, data):
        file.write(str(data))
        Path(str(self._filepath) + ".begun").touch()
        time.sleep(100)


def interrupted(path, before, *, after=None):
    root = str(Path(__file__).parents[2])
    command = [sys.executable, "-c", INTERRUPTED.format(root=root, path=str(path), before=before)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as child:
        try:
            if after is not None:
                end = time.monotonic() + 30
                while not after.exists() and time.monotonic() < end:
                    time.sleep(0.01)
                child.send_signal(signal.SIGINT)
            _, told = child.communicate(timeout=30)
        finally:
            child.kill()
    assert told.rstrip().endswith("KeyboardInterrupt")
    assert not shared_of(child)
    return told


@pytest.mark.parametrize("moment", ["before", "after_in_parent"])
def test_ctrl_c_while_a_worker_is_forked_is_not_lost(moment, tmp_path):
    """Python drops what is raised in the functions that it calls around a fork."""
    told = interrupted(
        tmp_path / "out.txt", f"os.register_at_fork({moment}=lambda: os.kill(os.getpid(), signal.SIGINT))"
    )
    assert "Exception ignored" not in told


def test_ctrl_c_while_a_worker_saves_leaves_no_temporary_file(tmp_path):
    interrupted(tmp_path / "out.txt", "", after=tmp_path / "out.txt.begun")
    assert [each.name for each in tmp_path.rglob("*")] == ["out.txt.begun"]


def test_a_script_without_a_guard_is_told_so(tmp_path):
    script = tmp_path / "script.py"
    root = str(Path(__file__).parents[2])
    text = SCRIPT.format(root=root, method="spawn", path="").replace('if __name__ == "__main__":\n    main()', "main()")
    script.write_text(text)
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, timeout=60, check=False)
    assert "__main__" in done.stderr.splitlines()[-1]


def test_start_methods_are_the_systems_by_default():
    assert ParallelRunner()._context.get_start_method() == multiprocessing.get_context().get_start_method()
