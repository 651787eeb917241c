"""One Spark session for all tests of a process: local mode, two workers, Hive in a temporary folder."""

from __future__ import annotations

import atexit
import functools
import glob
import os
import shutil
import sys
import tempfile
from typing import TYPE_CHECKING

from tests.servers import library, program

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

#: `viewfs://tides/...` is this folder: a filesystem that Spark reaches, and that is not the local disk to it.
VIEW = "viewfs://tides/data"
_DRIVERS = "/usr/share/java/postgresql.jar"


@functools.cache
def session() -> SparkSession:
    """Return the session; without Java the test is skipped."""
    library("pyspark")
    if not os.environ.get("JAVA_HOME"):
        program("java", install="apt-get install openjdk-17-jre-headless")
    from pyspark.sql import SparkSession

    os.environ["PYSPARK_PYTHON"] = sys.executable  # otherwise its workers are what `python3` is on the PATH
    folder = tempfile.mkdtemp(prefix="tidemill-spark-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)  # registered first, so done last
    os.mkdir(f"{folder}/view")
    settings = {
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.extraJavaOptions": f"-Dderby.system.home={folder}/derby -Djava.io.tmpdir={folder}",
        "spark.driver.host": "127.0.0.1",
        "spark.hadoop.fs.viewfs.mounttable.tides.link./data": f"file://{folder}/view",
        "spark.hadoop.hive.exec.scratchdir": f"{folder}/hive",
        "spark.hadoop.javax.jdo.option.ConnectionURL": "jdbc:derby:memory:metastore;create=true",
        "spark.jars": ",".join(glob.glob(_DRIVERS)),
        "spark.local.dir": f"{folder}/local",
        "spark.log.level": "OFF",
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.shuffle.partitions": "2",
        "spark.sql.warehouse.dir": f"{folder}/warehouse",
        "spark.ui.enabled": "false",
    }
    builder = SparkSession.builder.master("local[2]").appName("tests").enableHiveSupport()
    for name, value in settings.items():
        builder = builder.config(name, value)
    made = builder.getOrCreate()
    atexit.register(_end, made)
    return made


def table(rows: list[tuple[object, ...]], schema: str = "tide string, metres int") -> DataFrame:
    """Return rows as a DataFrame."""
    return session().createDataFrame(rows, schema)


def rows(data: DataFrame) -> list[tuple[object, ...]]:
    """Return what a DataFrame holds, sorted: Spark promises no order."""
    return sorted((tuple(row) for row in data.collect()), key=repr)


def pid() -> int:
    """Return the number of the process that Spark runs in."""
    jvm = session().sparkContext._jvm
    assert jvm is not None
    return int(jvm.java.lang.ProcessHandle.current().pid())


def _end(made: SparkSession) -> None:
    """Stop it and wait for the end of its Java, which would otherwise outlive this process for a moment."""
    gateway = made.sparkContext._gateway
    made.stop()
    if gateway is not None:
        gateway.shutdown()
        process = gateway.proc
        process.stdin.close()
        process.wait(30)
