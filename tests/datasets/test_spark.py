"""Spark in local mode with two workers. Its start takes seconds, so one session serves all tests of a process."""

from __future__ import annotations

import contextlib
import functools
import json
import os
import resource
import signal
import subprocess
import sys
import time
import uuid

import pytest
from tests.servers import postgresql, program, unavailable
from tests.spark_session import VIEW, pid, rows, session, table

from tidemill import DataCatalog, DatasetError, Version
from tidemill.datasets.spark import SparkDataset, SparkHiveDataset, SparkJDBCDataset, SparkStreamingDataset
from tidemill.datasets.spark.paths import spark_url, without_dbfs
from tidemill.datasets.spark.session import settle
from tidemill.errors import DatasetConfigError
from tidemill.testing import DatasetTests, VersionedDatasetTests, apart, faults
from tidemill.testing.places import leftovers
from tidemill.testing.steps import DiskSteps

pytestmark = [
    pytest.mark.xdist_group("spark"),
    pytest.mark.filterwarnings("ignore:PySpark does not yet fully support pandas:FutureWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),  # py4j's sockets, closed when they are collected
]
TIDES = [("high", 4), ("low", 1), ("Größe", None)]


@pytest.fixture(autouse=True)
def _session():
    session()


def test_all_of_these_tests_have_one_spark(request):
    """As `--dist loadgroup` sees to, which a new pytest may break without a word: each Spark takes many seconds."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        pytest.skip("one process runs all tests")
    assert request.node.nodeid.endswith("@spark")


@pytest.fixture
def view():
    """A folder that Spark reaches by a filesystem which is not the local disk to it."""
    return f"{VIEW}/{uuid.uuid4().hex}"


class SparkTests(VersionedDatasetTests):
    sample = property(lambda self: table(TIDES))
    other = property(lambda self: table([("slack", metres) for metres in range(2000)]))
    kind, file_format, load_args, save_args = SparkDataset, "parquet", {}, {"mode": "overwrite"}
    places = ("disk", "file")  # Spark reaches S3 by a jar that PyPI does not have, and no memory but its own
    forks = False

    def make(self, filepath, version=None):
        return SparkDataset(filepath, self.file_format, self.load_args, self.save_args, version)

    def equal(self, a, b):
        return a.columns == b.columns and rows(a) == rows(b)

    @pytest.mark.slow  # each full disk is a Spark of its own
    def test_a_full_disk_leaves_no_version(self, new_folder):
        super().test_a_full_disk_leaves_no_version(new_folder)

    def test_every_version_has_a_manifest(self, place):
        dataset = self.versioned(place)
        dataset.save(self.sample)

        manifest = self.versioned(place).manifest()
        assert manifest.version == dataset.resolve_load_version()
        assert sum(each.bytes for each in manifest.files) > 0  # `_SUCCESS` has none
        assert all(each.path.startswith(f"{self.filename}/") for each in manifest.files)

    # Each child starts a Spark of its own, which takes many seconds: there are few, and all among the slow tests.
    # Where the process dies does not depend on the format.
    def pytest_generate_tests(self, metafunc):
        if "most_points" in metafunc.fixturenames:
            metafunc.parametrize("most_points", [pytest.param(3, id="some", marks=pytest.mark.slow)])
        else:
            super().pytest_generate_tests(metafunc)

    def drill(self, scenario, new_folder, most_points):
        return faults.drill(
            scenario, new_folder, DiskSteps, sizes=False, most=most_points, runs=functools.partial(apart.run, __name__)
        )

    def run_on_full_disk(self, action, room):
        with limited(pid(), room):
            try:
                action()
            except Exception as exc:  # noqa: BLE001 - the suite looks at it
                return faults.Ended([], 0, f"{type(exc).__name__}: {exc}")
        return faults.Ended([], 0, "")


@contextlib.contextmanager
def limited(process, room):
    """Let no file of another process grow longer."""
    old = resource.prlimit(process, resource.RLIMIT_FSIZE, (room, resource.RLIM_INFINITY))
    try:
        yield
    finally:
        resource.prlimit(process, resource.RLIMIT_FSIZE, old)


class TestParquet(SparkTests):
    filename = "tides.parquet"


class TestCSV(SparkTests):
    file_format, filename = "csv", "tides.csv"
    places = ("disk",)  # where Spark reaches does not depend on the format
    load_args = {"header": True, "schema": "tide string, metres int"}
    save_args = {"mode": "overwrite", "header": True}

    def pytest_generate_tests(self, metafunc):
        """Leave the drills to Parquet."""
        if "most_points" in metafunc.fixturenames:
            metafunc.parametrize("most_points", [])
        else:
            super().pytest_generate_tests(metafunc)


@pytest.mark.parametrize("file_format", ["json", "orc", "parquet", "csv"])
def test_formats_come_back(file_format, tmp_path):
    schema = "tide string, metres int, at timestamp, `Ebbe, 'Größe'` double"
    data = session().sql(
        "SELECT 'high' tide, 4 metres, timestamp '2026-03-29 01:30:00' at, 0.5D `Ebbe, 'Größe'` "
        "UNION ALL SELECT 'lo\"w,', null, null, null"
    )
    dataset = SparkDataset(str(tmp_path / "tides"), file_format, {"schema": schema, "escape": '"'}, {"escape": '"'})
    dataset.save(data)

    assert dataset.load().columns == data.columns
    assert rows(dataset.load()) == rows(data)


def test_what_tasks_of_a_failed_job_still_write_is_waited_for_right_after_another_job(tmp_path):
    ended = tmp_path / "ended"

    def fail_or_be_slow(number, rows):
        if number == 0:
            raise ValueError("a bad row")
        time.sleep(2)
        ended.touch()
        return rows

    tides = session().sparkContext.parallelize(TIDES, 2)
    for _ in range(5):
        tides.map(str).collect()  # its end is news for a tenth of a second, in which Spark's status shows no other
    with pytest.raises(Exception, match="a bad row"):
        tides.mapPartitionsWithIndex(fail_or_be_slow).collect()
    assert not ended.exists()

    settle()

    assert ended.exists()


def test_texts_and_an_empty_table_come_back(tmp_path):
    SparkDataset(str(tmp_path / "log"), "text").save(table([("flood",), ("ebb",)], "value string"))
    SparkDataset(str(tmp_path / "none")).save(table([]))

    assert rows(SparkDataset(str(tmp_path / "log"), "text").load()) == [("ebb",), ("flood",)]
    assert SparkDataset(str(tmp_path / "none")).load().dtypes == [("tide", "string"), ("metres", "int")]


@pytest.mark.parametrize("how", ["DDL", "JSON", "a file of DDL", "a file of JSON"])
def test_a_schema_is_given_or_in_a_file(how, tmp_path):
    data = table([("high", 4)])
    ddl, as_json = "tide string, metres int", json.loads(data.schema.json())
    (tmp_path / "schema").write_text(json.dumps(as_json) if "JSON" in how else ddl)
    schema = {"filepath": str(tmp_path / "schema")} if "file" in how else ddl if how == "DDL" else as_json
    dataset = SparkDataset(str(tmp_path / "tides.csv"), "csv", {"schema": schema})
    dataset.save(data)

    assert dataset.load().schema == data.schema
    with pytest.raises(DatasetError, match="give it `filepath`"):
        dataset.load(schema={"file": "schema.json"})


def test_a_save_is_refused_where_something_is_unless_it_says_what_to_do(tmp_path):
    path = str(tmp_path / "tides")
    SparkDataset(path).save(table([("high", 4)]))

    with pytest.raises(DatasetError, match=r"exists, and `mode` is 'errorifexists'. Set `mode: overwrite`"):
        SparkDataset(path).save(table([("low", 1)]))
    SparkDataset(path, save_args={"mode": "ignore"}).save(table([("low", 1)]))
    assert rows(SparkDataset(path).load()) == [("high", 4)]

    SparkDataset(path, save_args={"mode": "append"}).save(table([("low", 1)]))
    assert rows(SparkDataset(path).load()) == [("high", 4), ("low", 1)]
    assert leftovers(tmp_path) == []


def test_a_frame_is_saved_over_what_it_was_read_from(tmp_path):
    dataset = SparkDataset(str(tmp_path / "tides"), save_args={"mode": "overwrite"})
    dataset.save(table(TIDES))
    dataset.save(dataset.load().where("metres > 1"))

    assert rows(dataset.load()) == [("high", 4)]


def test_partitions_are_overwritten_one_by_one_where_that_is_asked_for(tmp_path):
    path = str(tmp_path / "tides")
    arguments = {"mode": "overwrite", "partitionBy": ["tide"]}
    SparkDataset(path, save_args=arguments).save(table([("high", 4), ("low", 1)]))
    SparkDataset(path, save_args={**arguments, "partitionOverwriteMode": "dynamic"}).save(table([("low", 2)]))

    assert rows(SparkDataset(path).load().select("tide", "metres")) == [("high", 4), ("low", 2)]

    SparkDataset(path, save_args=arguments).save(table([("slack", 3)]))
    assert rows(SparkDataset(path).load().select("tide", "metres")) == [("slack", 3)]
    assert leftovers(tmp_path) == []


@pytest.mark.parametrize("filepath", ["disk", "a pattern", "view"])
def test_what_is_not_there_is_told_by_its_error(filepath, tmp_path, view):
    path = {"disk": str(tmp_path / "tides"), "a pattern": str(tmp_path / "*.csv"), "view": f"{view}/tides"}[filepath]
    dataset = SparkDataset(path)

    assert not dataset.exists()
    with pytest.raises(DatasetError, match="FileNotFoundError"):
        dataset.load()


@pytest.mark.parametrize("versioned", [False, True])
def test_it_is_kept_wherever_spark_reaches(versioned, view):
    options = {"save_args": {"mode": "overwrite"}, "version": Version() if versioned else None}
    dataset = SparkDataset(f"{view}/tides", **options)
    dataset.save(table([("high", 4)]))
    dataset.save(dataset.load().where("metres > 9").union(table([("low", 1)])))

    assert rows(SparkDataset(f"{view}/tides", **options).load()) == [("low", 1)]
    assert dataset.exists()
    assert len(dataset.list_versions()) == (2 if versioned else 0)


def test_versions_elsewhere_are_claimed_and_committed(view):
    SparkDataset(f"{view}/tides", version=Version(None, "v1")).save(table([("high", 4)]))

    with pytest.raises(DatasetError, match="'v1' exists already"):
        SparkDataset(f"{view}/tides", version=Version(None, "v1")).save(table([("low", 1)]))
    found = SparkDataset(f"{view}/tides", version=Version())
    assert rows(found.load()) == [("high", 4)]
    assert found.manifest().state == "committed"
    with pytest.raises(DatasetError, match="v9"):
        SparkDataset(f"{view}/tides", version=Version("v9", None)).load()


def test_additions_elsewhere_are_spark_s(view):
    SparkDataset(f"{view}/tides").save(table([("high", 4)]))
    SparkDataset(f"{view}/tides", save_args={"mode": "append"}).save(table([("low", 1)]))

    assert rows(SparkDataset(f"{view}/tides").load()) == [("high", 4), ("low", 1)]


@pytest.mark.parametrize(
    ("protocol", "path", "url"),
    [
        ("file", "/data/tides", "file:///data/tides"),
        ("file", "/dbfs/mnt/tides", "dbfs:/mnt/tides"),
        ("s3", "bucket/tides", "s3a://bucket/tides"),
        ("s3n", "bucket/tides", "s3a://bucket/tides"),
        ("s3a", "bucket/tides", "s3a://bucket/tides"),
        ("hdfs", "host:8020/tides", "hdfs://host:8020/tides"),
        ("abfss", "c@a.dfs.core.windows.net/tides", "abfss://c@a.dfs.core.windows.net/tides"),
        ("gcs", "bucket/tides", "gs://bucket/tides"),
    ],
)
def test_paths_are_spelled_as_spark_does(protocol, path, url):
    assert spark_url(protocol, path) == url


def test_databricks_has_two_names_for_one_place(monkeypatch):
    assert without_dbfs("dbfs:/mnt/tides") == without_dbfs("dbfs:///mnt/tides") == "dbfs:///mnt/tides"
    monkeypatch.setattr(os.path, "isdir", lambda path: path == "/dbfs/")
    assert without_dbfs("dbfs:/mnt/tides") == "/dbfs/mnt/tides"


def test_s3_versions_are_found_by_fsspec_where_credentials_are_given(s3_bucket):
    # Spark itself reaches S3 by a jar that is not on PyPI: what is shown is where it would write and read.
    import fsspec

    url = f"{s3_bucket.url}/tides"
    fs = fsspec.filesystem("s3", **s3_bucket.credentials)
    fs.pipe_file(f"{s3_bucket.name}/tides/v1/tides/part-0", b"")
    dataset = SparkDataset(url, version=Version(), credentials=s3_bucket.credentials)

    assert dataset.list_versions() == ["v1"]
    assert spark_url("s3", dataset._on_fs(str(dataset._get_load_path()))) == f"s3a://{s3_bucket.name}/tides/v1/tides"
    assert s3_bucket.credentials["secret"] not in repr(dataset)


def test_a_mode_that_does_not_fit_is_refused_when_the_dataset_is_made():
    with pytest.raises(DatasetConfigError, match="is one of append.*, not 'replace'"):
        SparkDataset("tides", save_args={"mode": "replace"})
    with pytest.raises(DatasetConfigError, match="does not go with `versioned: true`"):
        SparkDataset("tides", save_args={"mode": "append"}, version=Version())
    with pytest.raises(DatasetConfigError, match="keeps versions of its own"):
        SparkDataset("tides", "delta", version=Version())


def test_a_catalog_makes_it_in_the_old_spelling(tmp_path):
    (tmp_path / "tides.csv").write_text("tide,metres\nhigh,4\n")
    catalog = DataCatalog.from_config(
        {
            "tides": {
                "type": "spark.SparkDataSet",
                "filepath": str(tmp_path / "tides.csv"),
                "file_format": "csv",
                "load_args": {"header": True, "inferSchema": True},
            }
        }
    )

    assert rows(catalog.load("tides")) == [("high", 4)]
    assert catalog.load("tides", header=False).count() == 2


_DYING = """
import sys, time
from pathlib import Path
from tests.spark_session import session, table
from tidemill import Version
from tidemill.datasets.spark import SparkDataset
folder, version = sys.argv[1:]
def slowly(row):
    Path(folder, f"writing-{row[1]}").touch()
    time.sleep(600)
    return row
data = session().createDataFrame(table([("low", n) for n in range(4)]).rdd.map(slowly), "tide string, metres int")
arguments = {"version": Version(None, "v2")} if version else {"save_args": {"mode": "overwrite"}}
SparkDataset(f"{folder}/tides", **arguments).save(data)
"""


@pytest.mark.slow  # each starts a Spark of its own, to be killed
@pytest.mark.parametrize("versioned", [False, True])
def test_a_death_in_the_middle_of_writing_leaves_nothing(versioned, tmp_path):
    def dataset(save=None):
        return SparkDataset(
            f"{tmp_path}/tides",
            save_args={"mode": "overwrite"},
            version=Version(None, save) if versioned else None,
        )

    dataset("v1").save(table([("high", 4)]))
    command = [sys.executable, "-c", _DYING, str(tmp_path), "yes" if versioned else ""]
    with subprocess.Popen(command, start_new_session=True, stderr=subprocess.DEVNULL) as writer:
        try:
            end = time.monotonic() + 300
            while not [*tmp_path.glob("writing-*")]:
                assert writer.poll() is None
                assert time.monotonic() < end
                time.sleep(0.1)
        finally:
            os.killpg(writer.pid, signal.SIGKILL)  # Spark's Java and its workers die with it

    assert rows(dataset().load()) == [("high", 4)]
    assert dataset().list_versions() == (["v1"] if versioned else [])
    dataset("v2").save(table([("low", 1)]))
    assert rows(dataset().load()) == [("low", 1)]
    assert leftovers(tmp_path) == []


# Tables of Spark's catalog.


class TableTests(DatasetTests):
    """A table of its own for each folder that the suite asks for."""

    sample = property(lambda self: table(TIDES))
    other = property(lambda self: table([("slack", 2)] * 5))
    places = ("disk",)  # where the table is, its database decides
    forks = False

    def equal(self, a, b):
        return a.columns == b.columns and rows(a) == rows(b)


class TestSparkHiveDataset(TableTests):
    kind = SparkHiveDataset

    def make(self, filepath, version=None):
        session().sql("CREATE DATABASE IF NOT EXISTS suite")
        return SparkHiveDataset("suite", f"tides_{abs(hash(filepath))}", "overwrite")


class TestSparkJDBCDataset(TableTests):
    kind = SparkJDBCDataset

    def make(self, filepath, version=None):
        return database_table(f"tides_{abs(hash(filepath))}", save_args={"mode": "overwrite"})


@pytest.fixture
def tides(request):
    """A table of a database that no other test uses, as a function from the way it is saved to its dataset."""
    database = f"tides_{uuid.uuid4().hex}"
    session().sql(f"CREATE DATABASE {database}")
    return lambda mode="errorifexists", **options: SparkHiveDataset(database, "tides", mode, **options)


def test_a_table_is_made_by_its_first_save(tides):
    assert not tides().exists()
    with pytest.raises(DatasetError, match=r"There is no table .*\n.*Save it once"):
        tides().load()

    tides().save(table(TIDES))

    assert tides().exists()
    assert rows(tides().load()) == rows(table(TIDES))
    with pytest.raises(DatasetError, match="exists, and `write_mode` is 'errorifexists'"):
        tides().save(table(TIDES))
    tides("ignore").save(table([("slack", 2)]))
    assert rows(tides().load()) == rows(table(TIDES))


@pytest.mark.parametrize("file_format", ["hive", "parquet"])
def test_a_table_is_added_to_replaced_and_merged_into(tides, file_format):
    options = {"save_args": {"format": file_format}}
    tides(**options).save(table([("high", 4), ("low", 1)]))

    tides("insert", **options).save(table([(2, "slack")], "metres int, tide string"))
    assert rows(tides().load()) == [("high", 4), ("low", 1), ("slack", 2)]

    tides("upsert", table_pk=["tide"], **options).save(table([("low", 0), ("spring", 6)]))
    assert rows(tides().load()) == [("high", 4), ("low", 0), ("slack", 2), ("spring", 6)]

    tides("overwrite", **options).save(tides().load().where("metres > 3"))
    assert rows(tides().load()) == [("high", 4), ("spring", 6)]
    assert [each.name for each in session().catalog.listTables(tides()._database)] == ["tides"]


def test_a_save_that_fails_leaves_the_table(tides):
    tides().save(table([("high", 4)]))
    broken = session().sql("SELECT 'low' tide, assert_true(false, 'the gauge is broken') metres")

    with pytest.raises(DatasetError, match="Saving SparkHiveDataset failed"):  # Spark 3.5 says far below why
        tides("overwrite").save(broken.selectExpr("tide", "cast(metres as int) metres"))
    with pytest.raises(DatasetError, match="has the columns tide, metres; what is saved has tide, at"):
        tides("append").save(table([("low", 1)], "tide string, at int"))

    assert rows(tides().load()) == [("high", 4)]
    assert [each.name for each in session().catalog.listTables(tides()._database)] == ["tides"]


def test_a_way_to_write_that_is_none_is_refused_when_the_dataset_is_made():
    with pytest.raises(DatasetConfigError, match="is one of append.*, not 'x'"):
        SparkHiveDataset("d", "t", "x")
    with pytest.raises(DatasetConfigError, match="needs `table_pk`"):
        SparkHiveDataset("d", "t", "upsert")


# Databases.


def database_table(name, **options):
    if not os.path.exists("/usr/share/java/postgresql.jar"):
        unavailable("PostgreSQL's JDBC driver is not on this machine: apt-get install libpostgresql-jdbc-java")
    address = postgresql().rpartition("@")[2]
    credentials = {"user": "tide", "password": "flood", "driver": "org.postgresql.Driver"}
    return SparkJDBCDataset(name, f"jdbc:postgresql://{address}", credentials, **options)


def test_a_table_of_a_database_is_saved_and_loaded():
    name = f"tides_{uuid.uuid4().hex}"

    def tides(**options):
        return database_table(name, **options)

    assert not tides().exists()
    with pytest.raises(DatasetError, match=name):
        tides().load()
    tides().save(table(TIDES))
    assert tides().exists()
    assert rows(tides().load()) == rows(table(TIDES))
    assert rows(tides().load(predicates=["metres = 4", "metres = 1"])) == [("high", 4), ("low", 1)]

    tides(save_args={"mode": "append"}).save(table([("slack", 2)]))
    assert tides().load().count() == 4
    assert "flood" not in repr(tides())
    with pytest.raises(DatasetError, match="(?i)exists"):
        tides().save(table(TIDES))


def test_what_a_database_needs_is_asked_for():
    with pytest.raises(DatasetConfigError, match="`table` is empty"):
        SparkJDBCDataset("", "jdbc:x")
    with pytest.raises(DatasetConfigError, match="`url` is missing"):
        SparkJDBCDataset("tides")
    with pytest.raises(DatasetConfigError, match="`password` is empty"):
        SparkJDBCDataset("tides", "jdbc:x", {"user": "tide", "password": None})


# Streams.


def test_a_stream_arrives(tmp_path):
    (tmp_path / "gauges").mkdir()
    source = SparkStreamingDataset(
        str(tmp_path / "gauges"), "json", load_args={"schema": "tide string, metres int", "maxFilesPerTrigger": 1}
    )
    sink = SparkStreamingDataset(
        str(tmp_path / "tides"),
        "parquet",
        {"checkpoint": str(tmp_path / "checkpoint"), "output_mode": "append", "trigger": {"availableNow": True}},
    )
    for number, each in enumerate(TIDES[:2]):
        (tmp_path / "gauges" / f"{number}.json").write_text(
            json.dumps(dict(zip(["tide", "metres"], each, strict=True)))
        )
        assert source.load().isStreaming
        sink.save(source.load())
        for query in session().streams.active:
            query.awaitTermination(60)

    assert rows(SparkDataset(str(tmp_path / "tides")).load()) == [("high", 4), ("low", 1)]
    assert source.exists()


def test_a_stream_without_a_checkpoint_is_refused(tmp_path):
    stream = session().readStream.format("rate").load()

    with pytest.raises(DatasetError, match="`checkpoint` in `save_args`"):
        SparkStreamingDataset(str(tmp_path / "tides"), "parquet").save(stream)
    assert not SparkStreamingDataset(str(tmp_path / "nothing"), "text").exists()


# Delta tables.


def test_a_session_without_delta_s_jars_is_told_how_to_get_them(tmp_path):
    pytest.importorskip(
        "delta", reason="not in [all], as its jars are not on PyPI: pip install 'tidemill[spark-delta]'"
    )
    from tidemill.datasets.spark import DeltaTableDataset

    with pytest.raises(DatasetError, match="configure_spark_with_delta_pip"):
        DeltaTableDataset(str(tmp_path / "tides")).load()
    with pytest.raises(DatasetError, match="delta"):
        SparkDataset(str(tmp_path / "tides"), "delta").save(table(TIDES))


def test_without_java_it_is_said_what_is_missing(fresh_python, monkeypatch):
    program("java", install="apt-get install openjdk-17-jre-headless")
    monkeypatch.setenv("PATH", "")
    monkeypatch.delenv("JAVA_HOME", raising=False)
    said = fresh_python(
        "import warnings; warnings.simplefilter('ignore')\n"
        "from tidemill.datasets.spark import SparkDataset\n"
        "try: SparkDataset('/tmp').load()\n"
        "except Exception as exc: print(exc)"
    )

    assert "Spark needs Java 17" in said
