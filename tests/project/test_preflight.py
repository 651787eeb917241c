from __future__ import annotations

import threading
import time

import pytest

from tidemill import DataCatalog, LambdaDataset, Pipeline, node
from tidemill.errors import DatasetError, PipelineError
from tidemill.io.dataset import AbstractDataset
from tidemill.project import preflight


def same(*values):
    return values[0]


def text(name, **more):
    return {"type": "text.TextDataset", "filepath": name, **more}


def told(pipeline, catalog, **options):
    with pytest.raises(PipelineError) as error:
        preflight.check(pipeline, catalog, **options)
    return str(error.value)


@pytest.fixture(autouse=True)
def _here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def test_everything_is_named_at_once(tmp_path):
    (tmp_path / "there.txt").write_text("x")
    catalog = DataCatalog.from_config(
        {
            "there": text("there.txt"),
            "gone": text("their.txt"),
            "versioned": text("v.txt", versioned=True),
            "empty": {"type": "partitions.PartitionedDataset", "path": "parts", "dataset": "text.TextDataset"},
        }
    )
    pipeline = Pipeline([node(same, ["there", "gone", "versioned", "empty", "unknown"], "out", name="join")])

    lines = told(pipeline, catalog).splitlines()

    assert lines[0] == "The run cannot start:"
    assert lines[1] == "  'unknown', needed by 'join', is not in the catalog."
    assert lines[2].startswith("  'empty', needed by 'join', does not exist at parts")
    assert lines[3].startswith("  'gone', needed by 'join', does not exist at their.txt. Nothing is there")
    assert "Did you mean 'there.txt'?" in lines[3]
    assert lines[4].startswith(
        "  'versioned', needed by 'join', cannot be loaded: 'versioned': no versions under v.txt"
    )


def test_all_definitions_that_cannot_be_built_are_named():
    catalog = DataCatalog.from_config(
        {"a": {"type": "text.TextDatset", "filepath": "a"}, "b": {"type": "text.TextDataset", "filpath": "b"}}
    )

    message = told(Pipeline([node(same, "a", "b", name="n")]), catalog)

    assert "'a'" in message
    assert "Did you mean" in message
    assert "'b'" in message


def test_what_the_run_makes_itself_and_what_cannot_tell_is_left_alone():
    class Unknown(AbstractDataset):
        def _load(self):
            return 1

        def _save(self, data):
            raise NotImplementedError

        def _describe(self):
            return {}

    class Unsure(Unknown):
        def _exists(self):
            raise OSError("the service does not say")

    class APIDataset(Unknown):
        def _exists(self):
            raise AssertionError("this would send the request")

    catalog = DataCatalog(
        {"a": Unknown(), "b": LambdaDataset(lambda: 1, None), "c": 3, "d": Unsure(), "e": APIDataset()}
    )
    catalog["made"] = DataCatalog.from_config({"made": text("made.txt")})["made"]
    pipeline = Pipeline([node(same, ["a", "b", "c", "d", "e"], "made"), node(same, "made", "out")])

    preflight.check(pipeline, catalog)


def test_increments_may_have_nothing_new(tmp_path):
    (tmp_path / "parts").mkdir()
    catalog = DataCatalog.from_config(
        {"new": {"type": "partitions.IncrementalDataset", "path": "parts", "dataset": "text.TextDataset"}}
    )

    preflight.check(Pipeline([node(same, "new", "out")]), catalog)


def test_a_folder_of_increments_that_is_not_there_is_told():
    catalog = DataCatalog.from_config(
        {"new": {"type": "partitions.IncrementalDataset", "path": "parst", "dataset": "text.TextDataset"}}
    )

    with pytest.warns(UserWarning, match=r"'new': there is no folder .*parst, so nothing of it is read"):
        preflight.check(Pipeline([node(same, "new", "out")]), catalog)


def test_two_datasets_at_one_path_are_told(tmp_path):
    (tmp_path / "in.txt").write_text("x")
    catalog = DataCatalog.from_config(
        {"in": text("in.txt"), "a": text("out.txt"), "b": text("./out.txt"), "c@x": text("c.txt"), "c@y": text("c.txt")}
    )
    nodes = [node(same, "in", "a"), node(same, "in", "b"), node(same, "in", "c@x"), node(same, "c@y", "d")]

    with pytest.warns(UserWarning, match=r"'a' and 'b' share the path .*out.txt") as told:
        preflight.check(Pipeline(nodes), catalog)
    assert len(told) == 1


def test_a_version_that_there_is_not(tmp_path):
    catalog = DataCatalog.from_config({"a": text("a.txt", versioned=True)})
    catalog.save("a", "one")
    pinned = DataCatalog.from_config({"a": text("a.txt", versioned=True)}, load_versions={"a": "2001"})

    message = told(Pipeline([node(same, "a", "out", name="n")]), pinned)

    assert "no version '2001' under a.txt. The newest are 20" in message


def test_inputs_of_nodes_that_are_left_out_are_not_missed(tmp_path):
    catalog = DataCatalog.from_config({"raw": text("raw.txt"), "clean": text("clean.txt")})
    (tmp_path / "clean.txt").write_text("x")
    pipeline = Pipeline([node(same, "raw", "clean", name="n")])

    preflight.check(pipeline, catalog, only_missing_outputs=True)
    assert "'raw'" in told(pipeline, catalog)


def test_a_thousand_problems_are_a_few_lines():
    catalog = DataCatalog.from_config({f"a{n}": text(f"a{n}.txt") for n in range(1000)})

    lines = told(Pipeline([node(same, [f"a{n}" for n in range(1000)], "out", name="n")]), catalog).splitlines()

    assert len(lines) <= 9
    assert lines[-1].startswith("  and 99")


def test_far_places_are_asked_together():
    running, most, lock = [0], [0], threading.Lock()

    class Far(AbstractDataset):
        def _load(self):
            return 1

        def _save(self, data):
            raise NotImplementedError

        def _describe(self):
            return {}

        def _exists(self):
            with lock:
                running[0] += 1
                most[0] = max(most[0], running[0])
            time.sleep(0.05)
            with lock:
                running[0] -= 1
            return True

    catalog = DataCatalog({f"a{n}": Far() for n in range(16)})
    preflight.check(Pipeline([node(same, [f"a{n}" for n in range(16)], "out")]), catalog)

    assert most[0] > 1


def test_a_place_that_cannot_be_asked(monkeypatch):
    catalog = DataCatalog.from_config({"a": text("memory://bucket/a.txt")})

    def refuse():
        raise DatasetError("no credentials")

    monkeypatch.setattr(catalog["a"], "exists", refuse)
    assert "'a', needed by 'n', cannot be looked for: no credentials" in told(
        Pipeline([node(same, "a", "out", name="n")]), catalog
    )
