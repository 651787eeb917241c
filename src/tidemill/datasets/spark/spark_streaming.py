"""spark.SparkStreamingDataset."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from tidemill.datasets.spark.paths import spark_url, without_dbfs
from tidemill.datasets.spark.session import missing_paths_told, schema_of, session
from tidemill.errors import DatasetError
from tidemill.io.dataset import AbstractDataset
from tidemill.io.paths import get_protocol_and_path
from tidemill.io.secrets.redaction import redact

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping

    from pyspark.sql import DataFrame


class SparkStreamingDataset(AbstractDataset["DataFrame", "DataFrame"]):
    """A stream as a streaming Spark DataFrame: a folder that files arrive in, Kafka, a rate ...

    A load is `spark.readStream`, with `load_args` as its options and `schema` as SparkDataset takes it. A save starts
    a query and returns: it goes on until it is awaited or stopped (`spark.streams.active`). In `save_args` stand
    `checkpoint` (required, for a stream that is stopped goes on from there), `output_mode`, `trigger`, and options.
    """

    _SINGLE_PROCESS: ClassVar[bool] = True

    def __init__(
        self,
        filepath: str | os.PathLike[str] = "",
        file_format: str = "",
        save_args: Mapping[str, Any] | None = None,
        load_args: Mapping[str, Any] | None = None,
        metadata: Any = None,
    ) -> None:
        """Set where the stream comes from or goes to.

        Args:
            filepath: The folder; empty for what is no folder, such as Kafka.
            file_format: What Spark calls it.
            save_args: As above.
            load_args: As above.
            metadata: Anything.
        """
        self._url = without_dbfs(str(filepath)) if filepath else ""
        self._protocol, self._filepath = get_protocol_and_path(self._url) if self._url else ("", "")
        self._file_format, self.metadata = file_format, metadata
        self._load_args, self._save_args = dict(load_args or {}), dict(save_args or {})

    def _load(self, **load_args: Any) -> DataFrame:
        options = {**self._load_args, **load_args}
        reader = session().readStream.format(self._file_format).options(**_without(options, {"schema"}))
        schema = schema_of(options.get("schema"))
        if schema is not None:
            reader = reader.schema(schema)
        with missing_paths_told():
            return reader.load(self._place()) if self._url else reader.load()

    def _save(self, data: DataFrame) -> None:
        options = dict(self._save_args)
        checkpoint = options.pop("checkpoint", None) or options.get("checkpointLocation")
        if not checkpoint:
            raise DatasetError(
                "A stream is saved with `checkpoint` in `save_args`: the folder that says how far it is."
            )
        options["checkpointLocation"] = spark_url(*get_protocol_and_path(without_dbfs(str(checkpoint))))
        mode, trigger = options.pop("output_mode", "append"), options.pop("trigger", None)
        writer = data.writeStream.format(self._file_format).outputMode(mode).options(**options)
        if trigger:
            writer = writer.trigger(**trigger)
        _ = writer.start(self._place()) if self._url else writer.start()

    def _exists(self) -> bool:
        try:
            self._load()
        except FileNotFoundError:
            return False
        return True

    def _place(self) -> str:
        return spark_url(self._protocol, self._filepath)

    def _describe(self) -> dict[str, Any]:
        described: dict[str, Any] = redact(
            {
                "filepath": self._url,
                "file_format": self._file_format,
                "load_args": self._load_args,
                "save_args": self._save_args,
            }
        )
        return described


def _without(options: Mapping[str, Any], names: set[str]) -> dict[str, Any]:
    return {name: value for name, value in options.items() if name not in names}
