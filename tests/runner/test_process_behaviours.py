"""ParallelRunner does what every runner does, however its processes start."""

from __future__ import annotations

from multiprocessing.forkserver import ensure_running

import pytest
from tests.runner.behaviours import RunnerBehaviours
from tests.runner.leftovers import assert_no_more, processes

from tidemill.runner.process import ParallelRunner

pytestmark = pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")  # fork, where there are threads


@pytest.fixture(scope="module", autouse=True)
def forkserver():
    ensure_running()  # it has a socket in the temporary folder, as long as this program runs


@pytest.fixture(autouse=True)
def nothing_left():
    before = processes()
    yield
    assert_no_more(before)


class TestFork(RunnerBehaviours):
    def make(self, **options):
        return ParallelRunner(max_workers=2, start_method="fork", **options)


class TestForkserver(RunnerBehaviours):
    def make(self, **options):
        return ParallelRunner(max_workers=2, start_method="forkserver", **options)


@pytest.mark.slow
class TestSpawn(RunnerBehaviours):
    def make(self, **options):
        return ParallelRunner(max_workers=2, start_method="spawn", **options)
