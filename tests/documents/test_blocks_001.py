"""Each block of the document about IO, in its order, run verbatim and with our import root."""

from __future__ import annotations

import os

import pandas as pd
import pytest
from tests.documents.document import block
from tests.documents.project import forget

from tidemill import DataCatalog, DatasetError, IncrementalDataset, PartitionedDataset, Pipeline, SequentialRunner
from tidemill.datasets.pandas import CSVDataset

FOLDER = "my-bucket-name/path/to/folder"
# `load_arg1` and its kin are placeholders, and no filesystem takes them; these are arguments of S3's `find`.
LOAD_ARGS = ("load_arg1: value1\n    load_arg2: value2", "maxdepth: 2\n    withdirs: false")


@pytest.fixture
def here(tmp_path, monkeypatch):
    """A folder for everything that has a relative path."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    yield tmp_path
    forget("my_module", "my_own")


@pytest.fixture
def bucket(s3):
    """The bucket `my-bucket-name` with a table in each of three folders of days."""
    fs = s3("my-bucket-name")
    for number, day in enumerate(["2019-12-04", "2020-01-01", "2020-01-02"]):
        fs.pipe_file(f"{FOLDER}/{day}/data.csv", f"a\n{number}\n".encode())
    return fs


def csv_files(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*.csv") if path.is_file())


def test_01_an_error_is_caught_by_its_old_name(dialect, capsys):
    dialect.run("001_01_error.py")

    assert capsys.readouterr().out == "Error raised.\n"


def test_02_a_dataset_is_loaded_directly(dialect, here):
    (here / "parts.csv").write_text("a\n1\n")

    names = dialect.run("001_02_parts.py", {"parts": CSVDataset("parts.csv")})

    assert names["parts_df"].to_dict("list") == {"a": [1]}


def test_03_04_ones_own_versioned_dataset(dialect, here):
    """The type is a placeholder: the class is in a module of its own here."""
    (here / "my_own.py").write_text(dialect.text("001_03_my_own_dataset.py"))
    definitions = dialect.catalog("001_04_my_dataset.yml", ("<path-to-my-own-dataset>", "my_own"))
    catalog = DataCatalog.from_config(definitions)
    assert not catalog.exists("my_dataset")

    catalog.save("my_dataset", pd.DataFrame({"a": [1, 2]}))

    path = f"data/01_raw/my_data.csv/{catalog.save_version}/my_data.csv"
    assert csv_files(here) == [path]
    assert catalog.exists("my_dataset")
    assert catalog.load("my_dataset")["a"].tolist() == [1, 2]
    assert "param1='<param1-value>', param2=True" in repr(catalog["my_dataset"])


@pytest.mark.parametrize(
    ("line", "says"),
    [("  param1:", "MyOwnDataSet needs 'param1'"), ("  versioned:", r"needs 'version'.* Add `versioned: true`")],
)
def test_03_04_without_one_of_its_lines(dialect, here, line, says):
    """`param1` is required, as the comment says; `version` too, for this class has no default for it."""
    (here / "my_own.py").write_text(dialect.text("001_03_my_own_dataset.py"))
    definitions = dialect.catalog("001_04_my_dataset.yml", ("<path-to-my-own-dataset>", "my_own"), (line, f"# {line}"))

    with pytest.raises(DatasetError, match=f"'my_dataset': .*{says}"):
        DataCatalog.from_config(definitions).load("my_dataset")


def test_05_06_an_exact_version_is_loaded(dialect, here):
    definitions = dialect.catalog("001_05_cars.yml")
    exact = here / "data/01_raw/company/car_data.csv/2019-02-13T14.35.36.518Z/car_data.csv"
    exact.parent.mkdir(parents=True)
    exact.write_text("speed\n1\n")
    catalog = DataCatalog.from_config(definitions)
    catalog.save("cars", pd.DataFrame({"speed": [2]}))
    assert (here / f"data/01_raw/company/car_data.csv/{catalog.save_version}/car_data.csv").is_file()

    names = {"DataCatalog": DataCatalog, "catalog_config": definitions, "credentials": {}}
    dialect.run("001_06_load_versions.py", names)

    assert names["cars"].to_dict("list") == {"speed": [1]}
    assert DataCatalog.from_config(definitions).load("cars").to_dict("list") == {"speed": [2]}


def test_07_08_09_versions_by_code(dialect, here):
    """The three blocks share their names and their file, so they run one after the other, as they stand there."""
    names = dialect.run("001_07_versions_by_code.py")
    automatic = csv_files(here / "data/01_raw/test.csv")
    assert len(automatic) == 2

    with pytest.raises(DatasetError, match=r"(?s)'test_data_set'.*my_exact_version"):
        dialect.run("001_08_exact_version.py", names)
    assert names["data1"].equals(names["reloaded"])
    assert csv_files(here / "data/01_raw/test.csv") == [*automatic, "my_exact_version/test.csv"]
    assert names["data1"].equals(pd.read_csv("data/01_raw/test.csv/my_exact_version/test.csv"))

    with (
        pytest.warns(UserWarning, match="save and load versions do not match") as warned,
        pytest.raises(DatasetError, match="exact_load_version"),
    ):
        dialect.run("001_09_inconsistent_versions.py", names)
    assert [each.filename for each in warned] == ["001_09_inconsistent_versions.py"]  # it points at the line that saves
    assert "exact_save_version/test.csv" in csv_files(here / "data/01_raw/test.csv")


@pytest.mark.parametrize("name", ["001_10_partitioned.yml", "001_12_partitioned_in_full.yml"])
def test_10_12_partitions_by_a_definition(dialect, bucket, s3_server, name):
    definitions = dialect.catalog(name, LOAD_ARGS)
    credentials = {"key": "a-key", "secret": "a-secret", "client_kwargs": {"endpoint_url": s3_server}}
    catalog = DataCatalog.from_config(definitions, {"my_credentials": credentials})
    bucket.pipe_file(f"{FOLDER}/too/deep/for/maxdepth.csv", b"a\n")

    partitions = catalog.load("my_partitioned_dataset")

    ending = "" if "filename_suffix" in block(name) else ".csv"
    assert [*partitions] == [f"{day}/data{ending}" for day in ("2019-12-04", "2020-01-01", "2020-01-02")]
    assert [load().a.tolist() for load in partitions.values()] == [[0], [1], [2]]


@pytest.mark.parametrize("name", ["001_10_partitioned.yml", "001_12_partitioned_in_full.yml"])
def test_10_12_verbatim_the_placeholders_reach_the_filesystem(dialect, drive, name):
    drive.at("s3").pipe_file(f"{FOLDER}/part.csv", b"a\n1\n")
    catalog = DataCatalog.from_config(dialect.catalog(name), {"my_credentials": {"user": "me"}})

    (load,) = catalog.load("my_partitioned_dataset").values()

    assert load().a.tolist() == [1]
    assert drive.searched == [{"load_arg1": "value1", "load_arg2": "value2"}]
    assert drive.made == [("s3", {"user": "me"})] * 2  # for the folder, and for the partition


def test_11_partitions_by_code(dialect, drive):
    drive.at("s3").pipe_file(f"{FOLDER}/part.csv", b"a\n1\n")

    names = dialect.run("001_11_partitioned.py", None, ("{...}", "{'user': 'me'}"))

    assert names["my_partitioned_dataset"].load()["part.csv"]().a.tolist() == [1]
    assert drive.searched == [{"load_arg1": "value1", "load_arg2": "value2"}]
    assert drive.made == [("s3", {"user": "me"})] * 2


def test_11_verbatim_the_credentials_are_a_set_which_is_refused(dialect):
    """`{...}` stands for "a dictionary"; to Python it is a set that holds an ellipsis."""
    with pytest.raises(DatasetError, match="`credentials` must be a mapping; it is a set"):
        dialect.run("001_11_partitioned.py")


@pytest.mark.parametrize("number", range(5))
def test_13_the_credentials_table(dialect, drive, number):
    """`CSVDataSet` is short for `pandas.CSVDataSet`."""
    drive.at("s3").pipe_file("bucket-name/path/to/folder/part.csv", b"a\n1\n")
    to_filesystem, to_dataset = [
        ({}, {}),
        ({}, {"secret": True}),
        ({"secret": True}, {"secret": True}),
        ({"dataset_secret": True}, {}),
        ({"secret": True}, {"dataset_secret": True}),
    ][number]

    example = block("001_13_credentials_table.py").splitlines()[number]
    dataset = eval(example, {"PartitionedDataSet": PartitionedDataset})  # noqa: S307

    assert dataset.load()["part.csv"]().a.tolist() == [1]
    assert drive.made == [("s3", to_filesystem), ("s3", to_dataset)]


def test_14_15_partitions_are_concatenated_by_a_node(dialect, bucket):
    names = dialect.run("001_15_concat_partitions.py")
    concat = dialect.run("001_14_concat_node.py", names)["_"]
    catalog = DataCatalog({"my_partitioned_dataset": PartitionedDataset(f"s3://{FOLDER}", "pandas.CSVDataSet")})

    result = SequentialRunner().run(Pipeline([concat]), catalog)["concatenated_result"]

    assert result.to_dict("list") == {"a": [0, 1, 2]}


def test_16_17_18_partitions_are_created_by_a_node(dialect, s3):
    fs = s3("my-bucket-name")
    catalog = DataCatalog.from_config(dialect.catalog("001_16_new_partitioned.yml"))
    names = dialect.run("001_18_create_partitions.py")
    create = dialect.run("001_17_create_node.py", names)["_"]

    SequentialRunner().run(Pipeline([create]), catalog)

    assert {path: fs.cat_file(path) for path in fs.find("my-bucket-name")} == {
        "my-bucket-name/part/bar.csv.csv": b"data\n3\n4\n",
        "my-bucket-name/part/foo.csv": b"data\n1\n2\n",
    }


def test_19_a_node_processes_and_confirms(dialect, here):
    dataset = IncrementalDataset("folder", "text.TextDataSet")
    dataset.save({"a": "1", "b": "2"})
    names = {"process_partitions": lambda partitions: "".join(partitions.values())}

    confirming = dialect.run("001_19_confirm_in_the_same_node.py", names)["_"]
    result = SequentialRunner().run(Pipeline([confirming]), DataCatalog({"my_partitioned_dataset": dataset}))

    assert result == {"my_processed_dataset": "12"}
    assert (here / "folder" / "CHECKPOINT").read_text() == "b"


def test_20_a_later_node_confirms_and_the_next_still_gets_the_partitions(dialect, here):
    dataset = IncrementalDataset("folder", "text.TextDataSet")
    dataset.save({"a": "1", "b": "2"})
    seen = []
    names = {
        "process_partitions": lambda partitions: [*partitions],
        "confirm_partitions": lambda processed: seen.append(os.path.exists("folder/CHECKPOINT")),
        "do_something_else_with_partitions": lambda partitions, processed: seen.append([*partitions]),
    }

    pipeline = dialect.run("001_20_confirm_downstream.py", names)["_"]
    SequentialRunner().run(pipeline, DataCatalog({"my_partitioned_dataset": dataset}))

    assert seen == [False, ["a", "b"]]
    assert (here / "folder" / "CHECKPOINT").read_text() == "b"


def test_21_the_checkpoint_lies_elsewhere(dialect, drive, bucket):
    """Verbatim but for Google's storage, in place of which stands a filesystem in memory that answers to `gcs://`."""
    other = drive.at("gcs")
    catalog = DataCatalog.from_config(dialect.catalog("001_21_checkpoint_elsewhere.yml"))

    loaded = catalog.load("my_partitioned_dataset")
    catalog.confirm("my_partitioned_dataset")

    assert len(loaded) == 3
    assert other.cat_file("other-bucket/CHECKPOINT") == b"2020-01-02/data.csv"
    assert not bucket.exists(f"{FOLDER}/CHECKPOINT")
    catalog.release("my_partitioned_dataset")
    assert catalog.load("my_partitioned_dataset") == {}


def test_22_a_comparison_of_ones_own(dialect, bucket, here):
    (here / "my_module" / "path").mkdir(parents=True)
    (here / "my_module" / "path" / "to.py").write_text(
        "def custom_comparison_function(partition, checkpoint):\n    return partition[:4] >= checkpoint[:4]\n"
    )
    bucket.pipe_file(f"{FOLDER}/CHECKPOINT", b"2020-01-02/data.csv")

    catalog = DataCatalog.from_config(dialect.catalog("001_22_comparison_func.yml"))

    assert [*catalog.load("my_partitioned_dataset")] == ["2020-01-01/data.csv", "2020-01-02/data.csv"]


@pytest.mark.parametrize("name", ["001_23_force_checkpoint.yml", "001_24_force_checkpoint_shorthand.yml"])
def test_23_24_a_forced_checkpoint(dialect, bucket, name):
    bucket.pipe_file(f"{FOLDER}/CHECKPOINT", b"2020-01-02/data.csv")

    catalog = DataCatalog.from_config(dialect.catalog(name))

    assert [*catalog.load("my_partitioned_dataset")] == ["2020-01-02/data.csv"]


def test_25_an_empty_checkpoint_loads_everything(dialect, bucket):
    bucket.pipe_file(f"{FOLDER}/CHECKPOINT", b"2020-01-02/data.csv")

    catalog = DataCatalog.from_config(dialect.catalog("001_25_everything.yml"))

    assert len(catalog.load("my_partitioned_dataset")) == 3
