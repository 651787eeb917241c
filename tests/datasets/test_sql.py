"""Tables and queries, on SQLite and on a PostgreSQL server that is started for these tests."""

from __future__ import annotations

import itertools
import os
import signal
import sqlite3
import traceback
from concurrent.futures import ThreadPoolExecutor

import pandas as pd
import psycopg
import pytest
from sqlalchemy import event
from tests.servers import postgresql

from tidemill import DataCatalog, DatasetError, ParallelRunner, Pipeline, ThreadRunner, node
from tidemill.datasets.pandas import SQLQueryDataset, SQLTableDataset
from tidemill.datasets.pandas.engines import close_all, engine_for
from tidemill.errors import DatasetConfigError
from tidemill.testing import DatasetTests, faults

TIDES = pd.DataFrame({"tide": ["high", "low"], "metres": [4, 1]})


_numbers = itertools.count()


@pytest.fixture(autouse=True)
def _nothing_stays_open():
    yield
    close_all()


class SQLTests(DatasetTests):
    """A path is all that the suite knows: each is a database, or a schema of one."""

    kind = SQLTableDataset
    sample, other = TIDES, pd.DataFrame({"tide": ["slack"], "metres": [2]})
    places = ("disk",)  # where a table is, its database decides

    def equal(self, a, b):
        return a.equals(b)


class TestSQLTableDatasetOnSQLite(SQLTests):
    def make(self, filepath, version=None):
        return self.kind("tides", {"con": f"sqlite:///{filepath}.db"}, save_args={"if_exists": "replace"})


class TestSQLTableDatasetOnPostgreSQL(SQLTests):
    def make(self, filepath, version=None):
        schema = f"at_{abs(hash(filepath)):x}"
        execute(f"create schema if not exists {schema}")
        return self.kind("tides", {"con": postgresql()}, {"schema": schema}, {"schema": schema, "if_exists": "replace"})


class TestSQLQueryDataset(SQLTests):
    """What a table holds, read by a query from a file; what saves is the table."""

    kind = SQLQueryDataset

    def make(self, filepath, version=None):
        con = {"con": f"sqlite:///{filepath}.db"}
        return _QueryOfATable(con)


class _QueryOfATable(SQLQueryDataset):
    def __init__(self, con):
        super().__init__("select * from tides", con)
        self._table = SQLTableDataset("tides", con, save_args={"if_exists": "replace"})

    def _save(self, data):
        self._table.save(data)

    def _exists(self):
        return self._table.exists()


@pytest.fixture(params=["sqlite", "postgresql"])
def con(request, tmp_path):
    """Credentials of an empty database."""
    if request.param == "sqlite":
        return {"con": f"sqlite:///{tmp_path}/tides.db"}
    name = f"tides_{os.getpid()}_{next(_numbers)}"
    execute(f"create database {name}")
    return {"con": postgresql().rpartition("/")[0] + f"/{name}"}


def execute(statement):
    with psycopg.connect(postgresql().replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(statement)


# Tables


def test_a_table_that_exists_is_an_error_unless_said_otherwise(con):
    SQLTableDataset("tides", con).save(TIDES)

    with pytest.raises(DatasetError, match="already exists"):
        SQLTableDataset("tides", con).save(TIDES)
    assert SQLTableDataset("tides", con).load().equals(TIDES)
    SQLTableDataset("tides", con, save_args={"if_exists": "append"}).save(TIDES)
    assert len(SQLTableDataset("tides", con).load()) == 4


def test_a_save_that_fails_leaves_the_old_table(con):
    dataset = SQLTableDataset("tides", con, save_args={"if_exists": "replace", "chunksize": 1})
    dataset.save(TIDES)

    with pytest.raises(DatasetError):  # the second row fails when the first has been inserted
        dataset.save(pd.DataFrame({"metres": [1, object()]}))

    assert dataset.load().equals(TIDES)


def test_a_process_that_dies_in_a_save_leaves_the_old_table(con):
    dataset = SQLTableDataset("tides", con, save_args={"if_exists": "replace", "chunksize": 1})
    dataset.save(TIDES)
    statements = []

    def save_and_die_before(number):
        left = itertools.count(number, -1)

        def on_statement(*_):
            if next(left) == 0:
                os.kill(os.getpid(), signal.SIGKILL)

        event.listen(engine_for("a test", con), "before_cursor_execute", on_statement)
        event.listen(engine_for("a test", con), "commit", on_statement)
        dataset.save(pd.concat([TIDES, TIDES]))

    for number in itertools.count():
        ended = faults.run(lambda number=number: save_and_die_before(number))
        if not ended.signal:
            break
        statements.append(number)
        assert dataset.load().equals(TIDES)

    assert ended.error == ""
    assert len(statements) > 5  # it looks, drops, creates, inserts, commits
    assert len(dataset.load()) == 4


def test_a_load_selects(con):
    catalog = DataCatalog.from_config(
        {
            "tides": {"type": "pandas.SQLTableDataset", "table_name": "tides", "credentials": "db"},
            "high": {
                "type": "pandas.SQLQueryDataset",
                "sql": "select * from tides where metres > 2",
                "credentials": "db",
            },
        },
        credentials={"db": con},
    )
    catalog.save("tides", TIDES)

    assert catalog.exists("tides")
    assert [*catalog.load("tides", columns=["tide"]).columns] == ["tide"]
    assert [*catalog.load("tides", index_col="tide").index] == ["high", "low"]
    assert [*catalog.load("high")["tide"]] == ["high"]
    assert [*catalog.load("high", index_col="tide").index] == ["high"]
    assert [len(part) for part in catalog.load("tides", chunksize=1)] == [1, 1]


def test_types_come_back(con):
    table = pd.DataFrame(
        {
            "when": pd.to_datetime(["2020-01-01 12:30", None]),
            "size": pd.array([1, None], "Int64"),
            "share": [0.5, float("nan")],
            "is_high": pd.array([True, None], "boolean"),
            "name ö 'quoted' \"so\"": ["ä", None],
        }
    )
    dataset = SQLTableDataset('Tides of "2020"', con)
    dataset.save(table)
    loaded = dataset.load(dtype_backend="numpy_nullable")

    assert [*loaded.columns] == [*table.columns]
    assert loaded["when"][0] == table["when"][0]
    assert loaded.isna().equals(table.isna())
    assert loaded["size"][0] == 1
    assert loaded["share"][0] == 0.5
    assert loaded["is_high"][0] == True  # noqa: E712 - NumPy's, or 1 where the database has no booleans
    assert loaded.iloc[0, 4] == "ä"


def test_an_empty_table_keeps_its_columns(con):
    dataset = SQLTableDataset("tides", con)
    dataset.save(TIDES.head(0))

    assert [*dataset.load().columns] == ["tide", "metres"]
    assert dataset.exists()


def test_existence_looks_into_the_schema():
    con = {"con": postgresql()}
    execute("create schema if not exists elsewhere")
    dataset = SQLTableDataset(
        "only_there", con, {"schema": "elsewhere"}, {"schema": "elsewhere", "if_exists": "replace"}
    )
    dataset.save(TIDES)

    assert dataset.exists()
    assert not SQLTableDataset("only_there", con).exists()


def test_what_is_missing_is_told_when_it_is_made():
    with pytest.raises(DatasetConfigError, match="con"):
        SQLTableDataset("tides", {})
    with pytest.raises(DatasetConfigError, match="table_name"):
        SQLTableDataset("", {"con": "sqlite://"})
    with pytest.raises(DatasetConfigError, match="con"):
        SQLQueryDataset("select 1")
    with pytest.raises(DatasetConfigError, match="sql.*or.*filepath"):
        SQLQueryDataset(credentials={"con": "sqlite://"})
    with pytest.raises(DatasetConfigError, match="both"):
        SQLQueryDataset("select 1", {"con": "sqlite://"}, filepath="a.sql")
    with pytest.raises(DatasetConfigError, match="keeps no versions"):
        DataCatalog.from_config(
            {"t": {"type": "pandas.SQLTableDataset", "table_name": "t", "credentials": {"con": "x"}, "versioned": True}}
        )["t"]


# Queries


def test_a_query_takes_parameters_and_options(con):
    SQLTableDataset("tides", con).save(TIDES)
    mark = "?" if "sqlite" in con["con"] else "%s"
    dataset = SQLQueryDataset(
        f"select * from tides where metres > {mark}",  # noqa: S608
        con,
        load_args={"params": (0,), "chunksize": 1},
        execution_options={"stream_results": True},
    )

    assert [len(part) for part in dataset.load()] == [1, 1]
    assert [*dataset.load(params=(2,), chunksize=None)["tide"]] == ["high"]


@pytest.mark.parametrize("where", ["disk", "memory"])
def test_a_query_is_read_from_a_file_each_time(con, tmp_path, where):
    from tidemill.datasets.text import TextDataset

    path = str(tmp_path / "q.sql") if where == "disk" else "memory://queries/q.sql"
    SQLTableDataset("tides", con).save(TIDES)
    dataset = SQLQueryDataset(filepath=path, credentials=con, encoding="latin-1")
    TextDataset(path, fs_args={"open_args_save": {"encoding": "latin-1"}}).save("select 'ö' as o from tides")
    assert [*dataset.load()["o"]] == ["ö", "ö"]
    assert dataset.exists()

    TextDataset(path).save("select tide from tides")
    assert [*dataset.load()["tide"]] == ["high", "low"]


def test_a_query_is_not_saved_to(con):
    with pytest.raises(DatasetError, match="SQLTableDataset"):
        SQLQueryDataset("select 1", con).save(TIDES)


def test_a_query_file_that_is_missing_is_named(tmp_path):
    dataset = SQLQueryDataset(filepath=tmp_path / "nowhere.sql", credentials={"con": "sqlite://"})

    assert not dataset.exists()
    with pytest.raises(DatasetError, match="nowhere.sql"):
        dataset.load()


# Secrets, drivers


SECRET = "hunter2-hunter2"  # noqa: S105 - made up


@pytest.mark.parametrize(
    "con",
    [
        f"postgresql+psycopg://tide:{SECRET}@127.0.0.1:1/tides",
        f"sqlite:////nowhere/at/all/{SECRET}.db",
        f"no string at all {SECRET}",
        f"postgresql+psycopg://tide:{SECRET}",
        f"nonsense://tide:{SECRET}@host/db",
        f"mysql+mysqldb://tide:{SECRET}@host/db",
        f"mssql+pyodbc:///?odbc_connect=DRIVER={{x}};UID=tide;PWD={SECRET}",
    ],
)
@pytest.mark.parametrize("call", ["load", "save", "exists"])
def test_no_error_and_no_repr_shows_the_connection_string(con, call):
    for dataset in (SQLTableDataset("tides", {"con": con}), SQLQueryDataset("select 1", {"con": con})):
        assert SECRET not in repr(dataset)
        assert SECRET not in str(dataset.to_config())
        if call == "exists" and isinstance(dataset, SQLQueryDataset):
            continue
        with pytest.raises(DatasetError) as raised:
            getattr(dataset, call)(*([TIDES] if call == "save" else []))
        assert SECRET not in "".join(traceback.format_exception(raised.value))


@pytest.mark.parametrize(
    ("con", "command"),
    [
        ("mysql+mysqldb://host/db", "pip install mysqlclient"),
        ("mssql+pyodbc://host/db", "pip install pyodbc"),
        ("snowflake://host/db", "pip install snowflake-sqlalchemy"),
        ("bigquery://project", "pip install sqlalchemy-bigquery"),
        ("nonsense://host/db", "pip install sqlalchemy-nonsense"),
    ],
)
def test_a_driver_that_is_missing_is_one_line_with_the_pip_command(con, command):
    catalog = DataCatalog.from_config(
        {"tides": {"type": "pandas.SQLTableDataset", "table_name": "t", "credentials": {"con": con}}}
    )
    with pytest.raises(DatasetError) as raised:
        catalog.load("tides")

    assert str(raised.value).startswith("'tides': ")
    assert str(raised.value).endswith(command)
    assert "\n" not in str(raised.value)


# Engines


def test_an_engine_is_shared_by_all_that_name_the_same_database(con, tmp_path):
    assert engine_for("a", con) is engine_for("b", dict(con))
    assert engine_for("a", con) is not engine_for("a", {**con, "echo": False, "pool_recycle": 10})
    assert engine_for("a", con) is not engine_for("a", {"con": f"sqlite:///{tmp_path}/other.db"})


def test_many_threads_use_one_engine(con):
    dataset = SQLTableDataset("tides", con)
    dataset.save(TIDES)

    with ThreadPoolExecutor(8) as pool:
        assert all(each.equals(TIDES) for each in pool.map(lambda _: dataset.load(), range(40)))


def test_a_forked_process_has_connections_of_its_own(con):
    dataset = SQLTableDataset("tides", con)
    dataset.save(TIDES)
    dataset.load()
    engine = engine_for("a", con)

    def work(number):
        assert engine_for("a", con) is not engine
        for _ in range(5):
            assert dataset.load().equals(TIDES)

    assert [each.error for each in faults.run_together(work, 4)] == [""] * 4
    assert dataset.load().equals(TIDES)
    assert engine_for("a", con) is engine


def doubled(tides):
    return pd.concat([tides, tides])


@pytest.mark.parametrize("runner", [ThreadRunner, ParallelRunner])
def test_a_pipeline_reads_and_writes_one_database_at_once(con, runner):
    names = [f"out_{number}" for number in range(4)]
    tables = {name: SQLTableDataset(name, con, save_args={"if_exists": "replace"}) for name in ("tides", *names)}
    catalog = DataCatalog(tables)
    catalog.save("tides", TIDES)

    runner(max_workers=2).run(Pipeline([node(doubled, "tides", name, name=name) for name in names]), catalog)

    assert all(len(catalog.load(name)) == 4 for name in names)


def test_another_process_sees_what_is_saved(tmp_path):
    SQLTableDataset("tides", {"con": f"sqlite:///{tmp_path}/t.db"}).save(TIDES)

    with sqlite3.connect(tmp_path / "t.db") as connection:
        assert connection.execute("select * from tides").fetchall() == [("high", 4), ("low", 1)]
    connection.close()
