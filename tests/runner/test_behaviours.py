from __future__ import annotations

from tests.runner.behaviours import RunnerBehaviours

from tidemill.runner import SequentialRunner, ThreadRunner


class TestSequential(RunnerBehaviours):
    def make(self, **options):
        return SequentialRunner(**options)


class TestThreads(RunnerBehaviours):
    def make(self, **options):
        return ThreadRunner(3, **options)


class TestOneThread(RunnerBehaviours):
    def make(self, **options):
        return ThreadRunner(1, **options)
