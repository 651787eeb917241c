from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import ibis
import pandas as pd
import pytest
from tests.servers import library, postgresql

from tidemill import DataCatalog, DatasetError, Version
from tidemill.datasets.ibis import FileDataset, TableDataset
from tidemill.errors import DatasetConfigError
from tidemill.testing import DatasetTests, VersionedDatasetTests

# Ibis 12 asks DuckDB 1.5 and pandas 3.1 for what they will not do for long.
pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning:ibis"),
    pytest.mark.filterwarnings("ignore:The 'future.infer_string' option"),
]
TIDES = {"tide": ["high", "low", "Größe"], "metres": [4.0, 1.0, None]}


def rows(data):
    table = data.execute() if isinstance(data, ibis.expr.types.Table) else data
    return sorted(table.astype(object).where(table.notna(), None).itertuples(index=False, name=None), key=str)


class IbisTests:
    sample = property(lambda self: ibis.memtable(TIDES))
    other = property(lambda self: ibis.memtable({"tide": ["slack"] * 300, "metres": [float(n) for n in range(300)]}))
    forks = False

    def equal(self, a, b):
        return rows(a) == rows(b)


class TestFileDataset(IbisTests, VersionedDatasetTests):
    kind, filename = FileDataset, "tides.parquet"

    def make(self, filepath, version=None):
        return FileDataset(filepath, version=version)


class TestTableDataset(IbisTests, DatasetTests):
    kind, filename, places = TableDataset, "tides.db", ("disk",)  # a database is a file on local disk

    def make(self, filepath, version=None):
        connection = {"backend": "sqlite", "database": filepath}
        return TableDataset("tides", connection=connection, save_args={"materialized": "table"})


@pytest.fixture(params=["duckdb", "sqlite", "postgres"])
def engine(request, tmp_path):
    """A function from a table's name to its dataset, at each engine."""
    if request.param == "postgres":
        library("psycopg", install="'ibis-framework[postgres]'")
        host, port = postgresql().rpartition("@")[2].partition("/")[0].split(":")
        connection = {"backend": "postgres", "host": host, "port": int(port), "database": "postgres", "user": "tide"}
        credentials = {"password": "flood"}
    else:
        connection, credentials = {"backend": request.param, "database": str(tmp_path / "tides.db")}, None

    def made(name, **save_args):
        return TableDataset(
            f"{name}_{abs(hash(str(tmp_path)))}", connection=connection, credentials=credentials, save_args=save_args
        )

    return made


def test_tables_and_views_of_every_engine(engine):
    tides, high = engine("tides", materialized="table"), engine("high")
    assert not tides.exists()
    with pytest.raises(DatasetError, match="There is no table 'tides_"):
        tides.load()
    tides.save(ibis.memtable(TIDES))
    high.save(tides.load().filter(ibis._.metres > 1))
    assert rows(high.load()) == [("high", 4.0)]

    engine("tides", materialized="table", mode="append").save(ibis.memtable({"tide": ["spring"], "metres": [6.0]}))
    assert rows(high.load()) == [("high", 4.0), ("spring", 6.0)]  # a view
    engine("tides", materialized="table", mode="ignore").save(ibis.memtable({"tide": ["neap"], "metres": [2.0]}))
    with pytest.raises(DatasetError, match="exists, and `mode` is 'error'"):
        engine("tides", materialized="table", mode="error").save(ibis.memtable(TIDES))
    assert "flood" not in repr(tides)


def test_a_table_is_saved_over_what_it_reads(tmp_path):
    connection = {"backend": "duckdb", "database": str(tmp_path / "tides.db")}
    tides = TableDataset("tides", connection=connection, save_args={"materialized": "table"})
    tides.save(ibis.memtable(TIDES))
    tides.save(tides.load().filter(ibis._.metres > 1))
    assert rows(tides.load()) == [("high", 4.0)]

    TableDataset(
        "tides", connection=connection, save_args={"materialized": "table", "mode": "upsert", "on": "tide"}
    ).save(ibis.memtable({"tide": ["high", "low"], "metres": [5.0, 1.0]}))
    assert rows(tides.load()) == [("high", 5.0), ("low", 1.0)]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"save_args": {"mode": "apend"}}, r"not 'apend'. Did you mean 'append'"),
        ({"save_args": {"materialized": "tables"}}, r"not 'tables'. Did you mean 'table'"),
        ({"save_args": {"mode": "append"}}, "views have no rows"),
        ({"save_args": {"mode": "upsert", "materialized": "table"}}, "needs `on`"),
        ({"connection": {"database": "x"}}, "names no `backend`"),
    ],
)
def test_what_does_not_fit_is_refused_when_the_dataset_is_made(arguments, said):
    with pytest.raises(DatasetConfigError, match=said):
        TableDataset("tides", **arguments)


def test_a_backend_that_is_none_is_named():
    with pytest.raises(DatasetError, match=r"no backend 'duckdv'. Did you mean 'duckdb'"):
        TableDataset("tides", connection={"backend": "duckdv"}).load()
    with pytest.raises(DatasetError, match=r"no backend 'zzzzz'\.$"):
        TableDataset("tides", connection={"backend": "zzzzz"}).load()


@pytest.mark.parametrize("file_format", ["parquet", "csv"])
def test_files_are_tables_and_combine_with_others(file_format, tmp_path):
    catalog = DataCatalog.from_config(
        {
            "tides": {"type": "ibis.FileDataset", "filepath": str(tmp_path / "t"), "file_format": file_format},
            "gauges": {
                "type": "ibis.FileDataSet",
                "filepath": str(tmp_path / "gauges.parquet"),
                "table_name": "gauges",
            },
        }
    )
    catalog.save("tides", ibis.memtable(TIDES))
    catalog.save("gauges", ibis.memtable({"tide": ["high"], "gauge": ["Cuxhaven"]}))

    assert rows(catalog.load("tides").join(catalog.load("gauges"), "tide").select("tide", "gauge")) == [
        ("high", "Cuxhaven")
    ]
    assert catalog.load("gauges").get_name() == "gauges"
    with pytest.raises(DatasetError, match="has no `to_parket`"):
        FileDataset(str(tmp_path / "t"), "parket").save(ibis.memtable(TIDES))


@pytest.mark.parametrize("versioned", [False, True])
def test_a_file_is_saved_over_what_it_reads(versioned, tmp_path):
    dataset = FileDataset(str(tmp_path / "tides.parquet"), version=Version() if versioned else None)
    dataset.save(ibis.memtable(TIDES))
    dataset.save(dataset.load().filter(ibis._.metres > 1))

    assert rows(dataset.load()) == [("high", 4.0)]


def test_an_odd_table_comes_back(tmp_path):
    table = pd.DataFrame({f"Größe, {number}": [number] for number in range(1000)})
    dataset = FileDataset(str(tmp_path / "tides.parquet"))
    dataset.save(ibis.memtable(table))

    assert dataset.load().execute().equals(table)


def test_threads_take_turns_at_a_connection(tmp_path):
    connection = {"backend": "duckdb", "database": str(tmp_path / "x.db")}
    datasets = [
        TableDataset(f"t{number}", connection=connection, save_args={"materialized": "table"}) for number in range(4)
    ]
    for number, dataset in enumerate(datasets):
        dataset.save(ibis.memtable({"a": [number] * 9}))

    with ThreadPoolExecutor(8) as pool:
        found = [*pool.map(lambda number: {*datasets[number % 4].load().execute()["a"]}, range(80))]

    assert found == [{number % 4} for number in range(80)]
