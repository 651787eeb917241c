"""Tables as Spark DataFrames: files and folders, Hive tables, databases by JDBC, Delta tables, streams."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tidemill.names import front_door

if TYPE_CHECKING:
    from tidemill.datasets.spark.deltatable import DeltaTableDataset as DeltaTableDataset
    from tidemill.datasets.spark.spark import SparkDataset as SparkDataset
    from tidemill.datasets.spark.spark_hive import SparkHiveDataset as SparkHiveDataset
    from tidemill.datasets.spark.spark_jdbc import SparkJDBCDataset as SparkJDBCDataset
    from tidemill.datasets.spark.spark_streaming import SparkStreamingDataset as SparkStreamingDataset

__getattr__, __dir__, __all__ = front_door(
    __name__,
    {
        "DeltaTableDataset": "tidemill.datasets.spark.deltatable",
        "SparkDataset": "tidemill.datasets.spark.spark",
        "SparkHiveDataset": "tidemill.datasets.spark.spark_hive",
        "SparkJDBCDataset": "tidemill.datasets.spark.spark_jdbc",
        "SparkStreamingDataset": "tidemill.datasets.spark.spark_streaming",
    },
)
