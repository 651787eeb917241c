"""SQLAlchemy engines: one in each process for each connection string and its options, shared by all that name it."""

from __future__ import annotations

import atexit
import os
import re
from typing import TYPE_CHECKING, Any

from tidemill.errors import DatasetConfigError, DatasetError
from tidemill.io.threadlock import ThreadLock

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.engine import Engine

_ENGINES: dict[tuple[int, str, str], Engine] = {}
_LOCK = ThreadLock()
#: The execution option of connections that write.
WRITES = "tidemill_writes"

#: What brings the driver of a module that is missing, or the dialect of a name, where pip knows it by another.
_PACKAGES = {
    "MySQLdb": "mysqlclient",
    "access": "sqlalchemy-access",
    "athena": "PyAthena",
    "awsathena": "PyAthena",
    "bigquery": "sqlalchemy-bigquery",
    "clickhouse": "clickhouse-sqlalchemy",
    "cockroachdb": "sqlalchemy-cockroachdb",
    "cx_Oracle": "oracledb",
    "databricks": "databricks-sqlalchemy",
    "db2": "ibm-db-sa",
    "drill": "sqlalchemy-drill",
    "duckdb": "duckdb-engine",
    "firebird": "sqlalchemy-firebird",
    "hana": "sqlalchemy-hana",
    "hive": "PyHive",
    "ibm_db_sa": "ibm-db-sa",
    "mariadb": "mariadb",
    "presto": "PyHive",
    "psycopg": "'psycopg[binary]'",
    "psycopg2": "psycopg2-binary",
    "redshift": "sqlalchemy-redshift",
    "snowflake": "snowflake-sqlalchemy",
    "teradatasql": "teradatasqlalchemy",
    "trino": "'trino[sqlalchemy]'",
    "vertica": "sqlalchemy-vertica-python",
}


def check_credentials(owner: str, credentials: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return a copy of the credentials of a database.

    Raises:
        DatasetConfigError: There is no connection string in them.
    """
    found = dict(credentials or {})
    if not isinstance(found.get("con"), str) or not found["con"].strip():
        raise DatasetConfigError(
            f"{owner} needs `credentials` with a connection string `con`, such as `postgresql://host/name`, in "
            "credentials.yml."
        )
    return found


def engine_for(owner: str, credentials: Mapping[str, Any]) -> Engine:
    """Return the engine for a connection string, made when it is first asked for in this process.

    Args:
        owner: Who asks, for messages.
        credentials: The connection string `con`, and what else `sqlalchemy.create_engine` takes.

    Raises:
        DatasetError: The driver is missing, and the message has the pip command; or it is no connection string.
    """
    options = {key: value for key, value in credentials.items() if key != "con"}
    # The connections that came through a fork are the parent's: neither used nor closed, so its engines are kept.
    key = os.getpid(), credentials["con"], repr(sorted(options.items()))
    with _LOCK:
        if not any(pid == key[0] for pid, _, _ in _ENGINES):
            atexit.register(close_all)
        if key not in _ENGINES:
            _ENGINES[key] = _new_engine(owner, credentials["con"], options)
        return _ENGINES[key]


def close_all() -> None:
    """Close the connections of this process that nobody is using; engines stay, and connect anew."""
    for (pid, _, _), engine in _ENGINES.items():
        if pid == os.getpid():
            engine.dispose()


def _new_engine(owner: str, con: str, options: dict[str, Any]) -> Engine:
    import sqlalchemy

    try:
        engine = sqlalchemy.create_engine(con, **options)
    except ModuleNotFoundError as exc:
        module = (exc.name or "").partition(".")[0]
        raise DatasetError(
            f"{owner}: this database needs the driver {module}, which is not installed: "
            f"pip install {_PACKAGES.get(module, module)}"
        ) from exc
    except sqlalchemy.exc.NoSuchModuleError as exc:
        dialect = re.split(r"[+:]", con, maxsplit=1)[0]
        package = _PACKAGES.get(dialect, f"sqlalchemy-{dialect}")
        raise DatasetError(
            f"{owner}: SQLAlchemy knows no database '{dialect}'. If that is no typo, what brings it is not installed: "
            f"pip install {package}"
        ) from exc
    except (sqlalchemy.exc.ArgumentError, ValueError):
        # Its message would show the string, of which nobody knows what is secret.
        raise DatasetError(
            f"{owner}: `con` in the credentials is no connection string that SQLAlchemy understands. It looks like "
            "`postgresql://host:5432/name`, with `user:password@` before the host, `@`, `/` and `:` in these "
            "percent-encoded."
        ) from None
    if engine.dialect.name == "sqlite":
        _make_transactional(engine)
    return engine


def _make_transactional(engine: Engine) -> None:
    """Let SQLite's DROP and CREATE be part of a transaction; Python's module begins one no sooner than at an INSERT."""
    from sqlalchemy import event

    def take_over(connection: Any, _: Any) -> None:
        connection.isolation_level = None

    def begin(connection: Any) -> None:
        writes = connection.get_execution_options().get(WRITES)
        # A writer that has read before would not wait for another, it would fail.
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    event.listen(engine, "connect", take_over)
    event.listen(engine, "begin", begin)
