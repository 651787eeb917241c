"""DaskRunner: what every runner does, and what only a cluster can get wrong."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import numpy as np
import pytest
from tests.messages import assert_short
from tests.runner.behaviours import Noting, RaisingToo, RunnerBehaviours, leave, notes
from tests.runner.leftovers import SOON, assert_no_more, processes

from tidemill import DataCatalog, MemoryDataset, Pipeline, node
from tidemill.datasets.text import TextDataset
from tidemill.errors import PipelineError, WorkerLostError
from tidemill.runner.dask import DaskRunner
from tidemill.runner.failure import failure_of

distributed = pytest.importorskip("distributed")

# Dask's own: sockets and loops that it leaves to the garbage collector when a worker is killed.
pytestmark = [
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@pytest.fixture(scope="module")
def client():
    before = processes()
    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    with tempfile.TemporaryDirectory() as folder:
        cluster = distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, dashboard_address=":0", local_directory=folder, silence_logs=50
        )
        with cluster, distributed.Client(cluster, set_as_default=False) as client:
            yield client
    assert_no_more(before, patience=10)


class TestBehaviours(RunnerBehaviours):
    @pytest.fixture(autouse=True)
    def on_the_cluster(self, client):
        self.client = client

    def make(self, **options):
        return DaskRunner(self.client, **options)

    def test_hooks_around_a_partition_and_an_exit(self, log):
        pipe = Pipeline([node(leave, "parts", "c", each="parts", name="n")])
        with pytest.raises(PipelineError, match="called `sys.exit") as caught:
            self.make().run(pipe, DataCatalog({"parts": {"p": 1}}), [Noting(log), RaisingToo()])
        assert failure_of(caught.value)[:3] == ("n", "running", "p")
        *loads, run = notes(log)
        assert run.startswith("before run n {'parts': 1}")
        assert set(loads) == {"before load parts n", "after load parts {'p': 1}"}  # once or twice: for each worker


def same(value):
    return value


def one_array(size):
    return np.ones(size)


def total(data):
    return float(data.sum())


def change(data):
    data[0] = 5
    return float(data.sum())


def both(one, other):
    return one, other


def join(*values):
    return "+".join(map(str, values))


def kill_once(path, value):
    mark = Path(path)
    if not mark.exists():
        mark.write_text("tried")
        os.kill(os.getpid(), signal.SIGKILL)
    return value


def kill_always(value):
    os.kill(os.getpid(), signal.SIGKILL)


def slow(value):
    time.sleep(0.05)
    return value


def fail(value):
    raise KeyError(value)


def touch(path, _):
    Path(path).write_text("touched")
    return 1


def pid(value):
    return os.getpid()


def test_nodes_run_in_workers(client):
    assert DaskRunner(client).run(Pipeline([node(pid, "x", "p")]), DataCatalog({"x": 1}))["p"] != os.getpid()


@pytest.mark.parametrize("given", ["address", "client_args", "cluster"])
def test_a_cluster_that_runs_elsewhere_is_named_by_its_address(client, given):
    address = client.scheduler.address
    named = {
        "address": {"address": address},
        "client_args": {"client_args": {"address": address}},
        "cluster": {"address": client.cluster},
    }
    runner = DaskRunner(**named[given])

    assert runner.run(Pipeline([node(pid, "x", "p")]), DataCatalog({"x": 1}))["p"] in client.run(os.getpid).values()
    assert len(client.nthreads()) == 2  # it stays


def test_lambdas_travel(client):
    pipe = Pipeline([node(lambda x: x + 1, "x", "y"), node(lambda y: y * 2, "y", "z")])
    assert DaskRunner(client).run(pipe, DataCatalog({"x": 1})) == {"z": 4}


def test_what_cannot_travel_is_named_before_anything_runs(client):
    lock = threading.Lock()
    catalog = DataCatalog({"x": 1, "lock": MemoryDataset(lock, copy_mode="assign"), "m": TextDataset("memory://a/b")})
    pipe = Pipeline([node(lambda x: lock, "x", "y", name="closure"), node(same, "lock", "z"), node(same, "m", "w")])
    with pytest.raises(PipelineError) as caught:
        DaskRunner(client).run(pipe, catalog)
    assert all(words in str(caught.value) for words in ("'closure'", "'lock'", "'m'", "memory://"))


def test_each_node_changes_its_own(client):
    nodes = [
        node(one_array, "n", "a"),
        *[node(change, "a", f"c{i}", name=f"c{i}") for i in range(6)],
        node(total, "a", "t"),
    ]
    result = DaskRunner(client).run(Pipeline(nodes), DataCatalog({"n": 1000}))
    assert result == {**{f"c{i}": 1004.0 for i in range(6)}, "t": 1000.0}


def test_the_users_datasets_in_memory_travel_both_ways(client):
    catalog = DataCatalog(
        {"given": np.ones(1_000_000), "params:n": 2, "middle": MemoryDataset(), "end": MemoryDataset()}
    )
    pipe = Pipeline([node(total, "given", "middle"), node(join, ["middle", "params:n"], "end")])
    assert DaskRunner(client).run(pipe, catalog) == {}
    assert catalog.load("end") == "1000000.0+2"
    assert not catalog.exists("middle")
    assert catalog.load("given").sum() == 1_000_000


def test_several_outputs(client):
    pipe = Pipeline([node(both, ["a", "b"], ["c", "d"]), node(join, ["c", "d"], "e")])
    assert DaskRunner(client).run(pipe, DataCatalog({"a": 1, "b": 2})) == {"e": "1+2"}


def test_a_large_result_does_not_touch_the_drivers_memory(client):
    seen = []
    gathered = client.gather
    client.gather = lambda futures, *args, **kwargs: seen.append(len(futures)) or gathered(futures, *args, **kwargs)
    try:
        before = int(Path("/proc/self/statm").read_text().split()[1]) * 4096
        peak = [0]
        stop = threading.Event()

        def watch():
            while not stop.wait(0.01):
                peak[0] = max(peak[0], int(Path("/proc/self/statm").read_text().split()[1]) * 4096)

        thread = threading.Thread(target=watch)
        thread.start()
        pipe = Pipeline([node(one_array, "n", "a"), node(same, "a", "b"), node(total, "b", "t")])
        result = DaskRunner(client).run(pipe, DataCatalog({"n": 25_000_000}))  # 200 MB
        stop.set()
        thread.join()
    finally:
        del client.gather
    assert result == {"t": 25e6}
    assert peak[0] - before < 50e6
    assert seen == [1]  # the one number


def test_a_failure_ends_what_was_sent_ahead_of_it(client, tmp_path):
    path = str(tmp_path / "mark")
    pipe = Pipeline([node(fail, "x", "y"), node(same, "y", "z"), node(touch, ["path", "z"], "w"), node(slow, "x", "s")])
    with pytest.raises(KeyError) as caught:
        DaskRunner(client).run(pipe, DataCatalog({"x": 1, "path": path}))
    assert any("fail([x]) -> [y]" in each for each in caught.value.__notes__)
    assert not os.path.exists(path)


def test_a_worker_that_is_killed_is_survived(client, tmp_path):
    nodes = [node(slow, "x", "y0")] + [node(slow, f"y{n}", f"y{n + 1}") for n in range(8)]
    nodes += [node(kill_once, ["path", "y4"], "k"), node(join, ["y8", "k"], "end")]
    result = DaskRunner(client).run(Pipeline(nodes), DataCatalog({"x": 1, "path": str(tmp_path / "mark")}))
    assert result == {"end": "1+1"}


def test_a_worker_that_is_killed_after_a_save_does_not_save_twice(client, tmp_path):
    catalog = DataCatalog.from_config(
        {
            "text": {"type": "text.TextDataset", "filepath": str(tmp_path / "t.txt"), "versioned": True},
        }
    )
    catalog["x"], catalog["path"] = "hello", str(tmp_path / "mark")
    pipe = Pipeline([node(both, ["x", "x"], ["text", "kept"]), node(kill_once, ["path", "kept"], "end")])
    assert DaskRunner(client).run(pipe, catalog) == {"end": "hello"}
    assert catalog.load("text") == "hello"
    assert len(catalog["text"].list_versions()) == 1


def test_a_node_that_kills_every_worker_ends_the_run(client):
    begin = time.monotonic()
    with pytest.raises(WorkerLostError, match="guilty"):
        DaskRunner(client).run(Pipeline([node(kill_always, "x", "y", name="guilty")]), DataCatalog({"x": 1}))
    assert time.monotonic() - begin < 60  # Dask starts four workers in the meantime


def test_a_chain_and_a_wide_graph(client):
    nodes = [node(same, f"x{n}", f"x{n + 1}") for n in range(300)] + [node(same, "x0", f"w{n}") for n in range(300)]
    result = DaskRunner(client).run(Pipeline(nodes), DataCatalog({"x0": 7}))
    assert len(result) == 301
    assert set(result.values()) == {7}


def test_nothing_is_kept_in_the_cluster(client):
    DaskRunner(client).run(Pipeline([node(same, "x", "y"), node(same, "y", "z")]), DataCatalog({"x": 1}))
    with pytest.raises(KeyError) as caught:  # and whoever has the error does not hold what was made
        DaskRunner(client).run(Pipeline([node(same, "x", "y"), node(fail, "y", "z")]), DataCatalog({"x": 1}))
    assert caught.tb is not None
    end = time.monotonic() + 5
    while (left := [key for keys in client.has_what().values() for key in keys]) and time.monotonic() < end:
        time.sleep(0.05)
    assert not left
    from tidemill.runner import cluster

    assert client.run(lambda: len(cluster._TASKS) + len(cluster._PICKLED)) == dict.fromkeys(client.has_what(), 0)


def test_a_failure_takes_back_what_is_still_going_on(client):
    pipe = Pipeline([node(fail, "x", "y"), *(node(slow, "x", f"s{number}") for number in range(6))])
    with pytest.raises(KeyError):
        DaskRunner(client).run(pipe, DataCatalog({"x": 1}))
    end = time.monotonic() + 5
    while any(client.processing().values()) and time.monotonic() < end:
        time.sleep(0.02)
    assert not any(client.processing().values())


def test_a_cluster_of_threads_in_this_process(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    runner = DaskRunner(max_workers=1, client_args={"processes": False})
    assert runner.run(Pipeline([node(pid, "x", "p")]), DataCatalog({"x": 1})) == {"p": os.getpid()}
    with pytest.raises(KeyError):  # and it ends without this process
        runner.run(Pipeline([node(fail, "x", "y")]), DataCatalog({"x": 1}))
    assert not [*tmp_path.iterdir()]


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        ({"no_such_argument": 1}, "unexpected keyword argument 'no_such_argument'"),  # each worker finds that out
        ({"n_workers": "two"}, "TypeError"),  # and this the cluster, before there is any
        ({"protocol": "pigeon"}, "pigeon"),
    ],
)
def test_arguments_that_a_cluster_does_not_take_leave_nothing_of_it(arguments, why, tmp_path, monkeypatch):
    before = processes()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with pytest.raises(PipelineError, match="No Dask cluster can be started") as caught:
        DaskRunner(max_workers=1, client_args=arguments).run(Pipeline([node(same, "x", "y")]), DataCatalog({"x": 1}))
    assert_short(caught.value, why, "`client_args` go to `distributed.LocalCluster`")
    assert_no_more(before, patience=10)
    assert not [*tmp_path.iterdir()]


def test_a_cluster_of_its_own(tmp_path, monkeypatch):
    before = processes()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    assert DaskRunner(max_workers=1).run(Pipeline([node(same, "x", "y")]), DataCatalog({"x": 1})) == {"y": 1}
    assert_no_more(before, patience=10)
    assert not [*tmp_path.iterdir()]


def slowly(value):
    time.sleep(30)
    return value


def test_a_run_ends_when_all_workers_of_its_own_are_gone_for_good(tmp_path, monkeypatch):
    from tidemill.runner import dispatch

    found = []
    make = distributed.LocalCluster.__init__
    monkeypatch.setattr(
        distributed.LocalCluster, "__init__", lambda self, **more: (found.append(self), make(self, **more))[1]
    )
    monkeypatch.setattr(dispatch, "_LOOK_AFTER", 0.2)
    monkeypatch.setattr(dispatch, "_PATIENCE", 1.0)

    catalog = DataCatalog({"x": 1, "y": MemoryDataset("what was there")})

    def lose_workers(event):
        if event.what == "node begins":
            threading.Timer(0.5, found[0].scale, [0]).start()

    with pytest.raises(WorkerLostError, match="All Dask workers were lost, and none has come back"):
        DaskRunner(max_workers=1, on_event=lose_workers).run(Pipeline([node(slowly, "x", "y")]), catalog)
    assert catalog.load("y") == "what was there"


def test_a_cluster_without_workers_is_waited_for(tmp_path, monkeypatch, caplog):
    from tidemill.runner import dispatch

    monkeypatch.setattr(dispatch, "_LOOK_AFTER", 0.2)
    monkeypatch.setattr(dispatch, "_PATIENCE", 0.5)
    log = logging.getLogger("of this test")  # projects that other tests open may have set up logging as they like
    log.setLevel(logging.WARNING)
    log.addHandler(caplog.handler)
    monkeypatch.setattr(dispatch, "_LOG", log)
    with (
        distributed.LocalCluster(
            n_workers=0, threads_per_worker=1, dashboard_address=":0", local_directory=str(tmp_path), silence_logs=50
        ) as cluster,
        distributed.Client(cluster, set_as_default=False) as client,
    ):
        threading.Timer(2.0, cluster.scale, [1]).start()
        assert DaskRunner(client).run(Pipeline([node(same, "x", "y")]), DataCatalog({"x": 1})) == {"y": 1}
    assert "The Dask cluster has no workers. Waiting for some." in caplog.text


def held_back(_):
    return signal.pthread_sigmask(signal.SIG_BLOCK, [])


def test_programs_that_nodes_start_hear_ctrl_c():
    catalog = DataCatalog({"x": MemoryDataset(1)})

    assert DaskRunner(max_workers=1).run(Pipeline([node(held_back, "x", "y")]), catalog) == {"y": set()}


SCRIPT = """
import sys
sys.path.insert(0, {root!r})
from tests.runner import test_dask as t
from tidemill import DataCatalog, Pipeline, node
from tidemill.runner.dask import DaskRunner
from tidemill.runner.failure import failure_of

if __name__ == "__main__":
    print("here", flush=True)
    pipe = Pipeline([node(t.announce, "path", "y"), node(t.announce, "other", "z")])
    DaskRunner(max_workers=2).run(pipe, DataCatalog({{"path": {path!r}, "other": {path!r}}}))
"""


def announce(path):
    Path(path).write_text("here")
    time.sleep(100)


@pytest.mark.parametrize(
    ("whole_group", "moment"),
    [
        pytest.param(True, None, id="running, terminal"),
        pytest.param(False, None, id="running, kill"),
        pytest.param(False, 0.05, id="starting"),
        pytest.param(True, 0.7, id="starting, later"),
    ],
)
def test_ctrl_c_stops_and_leaves_nothing(tmp_path, whole_group, moment):
    before = processes()
    script, mark = tmp_path / "script.py", tmp_path / "mark"
    script.write_text(SCRIPT.format(root=str(Path(__file__).parents[2]), path=str(mark)))
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    command = [sys.executable, str(script)]
    child = subprocess.Popen(
        command, start_new_session=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    )
    try:
        child.stdout.readline()
        end = time.monotonic() + 60
        while moment is None and not mark.exists() and time.monotonic() < end:
            assert child.poll() is None
            time.sleep(0.02)
        time.sleep(moment or 0.3)
        begin = time.monotonic()
        (os.killpg if whole_group else os.kill)(child.pid, signal.SIGINT)
        child.wait(timeout=30)
        took = time.monotonic() - begin
        told = child.stderr.read()
        assert told.splitlines()[-1] == "KeyboardInterrupt"
        # Nothing of workers that were starting, and nothing of Dask's own of what it misses.
        assert not any(each in told for each in ('File "<string>", line 1', "Process Dask", " - ERROR - ")), told
    finally:
        child.kill()
        child.communicate()
    assert took < SOON
    assert_no_more(before, patience=1)
    assert not [*tmp_path.glob("tidemill-*")]
