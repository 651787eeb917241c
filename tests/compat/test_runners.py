from __future__ import annotations

import importlib

import pytest

from tidemill import DataCatalog, MemoryDataset, Pipeline, SequentialRunner, node
from tidemill.errors import PipelineError

PIPELINE = Pipeline([node(abs, "a", "b", name="one"), node(str, "b", "c", name="two")])


@pytest.fixture
def dry(alias):
    """A runner of the user's own, as Kedro's documentation of several releases explains to write one."""
    runner = importlib.import_module("kedro.runner.runner")

    class DryRunner(runner.AbstractRunner):
        def __init__(self, is_async=False, extra_dataset_patterns=None):
            self.told = []
            super().__init__(is_async=is_async, extra_dataset_patterns=extra_dataset_patterns)

        def create_default_data_set(self, ds_name):
            self.told.append(ds_name)
            return MemoryDataset()

        def _run(self, pipeline, catalog, hook_manager=None, session_id=None):
            for each in pipeline.nodes:
                runner.run_node(each, catalog, hook_manager, self._is_async, session_id)
                self.told.append(each.name)

    return DryRunner


def test_a_runner_of_the_users_own_runs_all_nodes_itself(dry):
    runner = dry()
    catalog = DataCatalog({"a": -3})

    assert runner.run(PIPELINE, catalog) == {"c": "3"}
    assert sorted(runner.told[:2]) == ["b", "c"]
    assert runner.told[2:] == ["one", "two"]
    assert list(catalog) == ["a"]


def test_what_is_missing_is_told_before_it_begins(dry):
    runner = dry()
    with pytest.raises(PipelineError, match="'a'"):
        runner.run(PIPELINE, DataCatalog())
    assert runner.told == []


def test_only_what_is_missing_is_handed_on(dry, tmp_path):
    from tidemill.datasets.text import TextDataset

    done = TextDataset(filepath=str(tmp_path / "c.txt"))
    done.save("3")
    runner = dry()

    runner.run(PIPELINE, DataCatalog({"a": -3, "c": done}), only_missing_outputs=True)
    assert runner.told == []


def test_our_runners_pass_for_theirs_and_one_without_run_says_what_it_lacks(alias):
    kind = importlib.import_module("kedro.runner").AbstractRunner

    class Nothing(kind): ...

    assert isinstance(SequentialRunner(), kind)
    assert issubclass(SequentialRunner, kind)
    assert not isinstance(SequentialRunner(), Nothing)
    assert not isinstance(3, kind)
    with pytest.raises(NotImplementedError, match="Nothing has no `_run"):
        Nothing().run(PIPELINE, DataCatalog({"a": 1}))
