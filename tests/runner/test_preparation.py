"""Preparation: workers know what the application set up in the process that started them."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import textwrap

import pytest

from tidemill import DataCatalog, ParallelRunner, Pipeline, node
from tidemill.errors import PipelineError
from tidemill.runner.dask import DaskRunner
from tidemill.runner.preparation import no_longer_prepare_workers_with, preparation, prepare_workers_with

pytestmark = pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")  # fork, where there are threads
NEW = ["forkserver", pytest.param("spawn", marks=pytest.mark.slow)]
CALLS: list[tuple[str, ...]] = []


@pytest.fixture(autouse=True)
def clean():
    CALLS.clear()
    yield
    CALLS.clear()
    for function in (configure, log_to, fail, leave):
        no_longer_prepare_workers_with(function)


def configure(*words: str) -> None:
    CALLS.append(words)


def log_to(name: str, level: int) -> None:
    logging.getLogger(name).setLevel(level)
    CALLS.append(("log", name))


def fail() -> None:
    raise OSError("no such project")


def leave() -> None:
    sys.exit(3)


class Touchy:
    """Data that can be unpickled only where workers are prepared."""

    def __setstate__(self, state) -> None:
        assert CALLS or state["home"] == os.getpid(), "not prepared"

    def __getstate__(self):
        return {"home": os.getpid(), "much": b"." * 2_000_000}


def told(*_: object) -> tuple[int, list[tuple[str, ...]], int]:
    return os.getpid(), list(CALLS), logging.getLogger("a.package").level


PIPELINE = Pipeline([node(told, None, "first"), node(told, "first", "second")])


@pytest.mark.parametrize("method", NEW)
def test_workers_that_start_anew_are_prepared_once_and_in_order(method):
    prepare_workers_with(configure, "old", "arguments")
    prepare_workers_with(log_to, "a.package", 17)
    prepare_workers_with(configure, "new")
    process, calls, level = ParallelRunner(1, start_method=method).run(PIPELINE, DataCatalog({}))["second"]
    assert process != os.getpid()
    assert (calls, level) == ([("new",), ("log", "a.package")], 17)
    assert CALLS == []  # not here


def test_forked_workers_have_what_is_here_and_are_not_prepared_again():
    prepare_workers_with(configure, "new")
    CALLS.append(("of", "the", "parent"))
    result = ParallelRunner(1, start_method="fork").run(PIPELINE, DataCatalog({}))["second"]
    assert result[1] == [("of", "the", "parent")]


def test_dask_workers_are_prepared_once_before_data_comes():
    from distributed import Client, LocalCluster

    prepare_workers_with(configure, "new")
    pipeline = Pipeline([node(told, "touchy", "first"), node(told, ["first", "touchy"], "second")])
    with LocalCluster(n_workers=1, threads_per_worker=1, dashboard_address=":0") as cluster, Client(cluster) as client:
        for _ in range(2):
            made = DaskRunner(client).run(pipeline, DataCatalog({"touchy": Touchy()}))
            assert made["second"][1] == [("new",)]
    assert CALLS == []


def test_what_was_taken_back_is_not_called():
    prepare_workers_with(configure, "new")
    no_longer_prepare_workers_with(configure)
    no_longer_prepare_workers_with(configure)  # nothing to take back
    assert preparation().steps == ()
    assert ParallelRunner(1, start_method="forkserver").run(PIPELINE, DataCatalog({}))["second"][1] == []


def test_arguments_are_those_of_the_moment():
    words = ["new"]
    prepare_workers_with(configure, words)
    words.append("newer")
    assert ParallelRunner(1, start_method="forkserver").run(PIPELINE, DataCatalog({}))["second"][1] == [(["new"],)]


@pytest.mark.parametrize("runner", [ParallelRunner(1, start_method="forkserver"), DaskRunner(max_workers=1)])
def test_a_preparation_that_fails_ends_the_run_and_is_named(runner):
    prepare_workers_with(fail)
    with pytest.raises(PipelineError, match=r"test_preparation\.fail` failed there: OSError: no such project"):
        runner.run(PIPELINE, DataCatalog({}))


def test_a_preparation_that_exits_ends_the_run():
    prepare_workers_with(leave)
    with pytest.raises(PipelineError, match="cannot load what it is to run|before it could begin"):
        ParallelRunner(1, start_method="forkserver").run(PIPELINE, DataCatalog({}))


def test_what_does_not_pickle_is_refused_at_once():
    with pytest.raises(PipelineError, match=r"cannot be prepared with `.*<lambda>`.*top level of a module"):
        prepare_workers_with(lambda: None)
    with pytest.raises(PipelineError, match="arguments that pickle"):
        prepare_workers_with(configure, iter([lambda: None]))
    assert preparation().steps == ()


@pytest.mark.parametrize(
    "runner",
    [
        "ParallelRunner(1, start_method='forkserver')",
        pytest.param("ParallelRunner(1, start_method='spawn')", marks=pytest.mark.slow),
        pytest.param("DaskRunner(max_workers=1)", marks=pytest.mark.slow),
    ],
)
def test_modules_that_import_kedro_are_imported_by_workers(runner, tmp_path):
    tmp_path.joinpath("steps.py").write_text(
        textwrap.dedent("""
            from kedro.io import AbstractDataset
            from kedro.pipeline import node

            class Answer(AbstractDataset):
                def _load(self): return 42
                def _save(self, data): raise NotImplementedError
                def _describe(self): return {}

            def ask(answer): return answer

            asking = node(ask, "answer", "asked")
        """)
    )
    tmp_path.joinpath("program.py").write_text(
        textwrap.dedent(f"""
            from tidemill import DaskRunner, DataCatalog, ParallelRunner, Pipeline

            if __name__ == "__main__":
                from tidemill.compat import install

                install()
                import steps

                print({runner}.run(Pipeline([steps.asking]), DataCatalog({{"answer": steps.Answer()}})))
        """)
    )
    command = [sys.executable, "program.py"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=100, check=False)
    assert done.stdout.strip() == "{'asked': 42}", done.stderr
