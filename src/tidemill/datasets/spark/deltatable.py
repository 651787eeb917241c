"""spark.DeltaTableDataset."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, NoReturn

from tidemill.datasets.spark.paths import spark_url, without_dbfs
from tidemill.datasets.spark.session import session
from tidemill.errors import DatasetError
from tidemill.io.dataset import AbstractDataset
from tidemill.io.paths import get_protocol_and_path
from tidemill.io.secrets.redaction import mask_url

if TYPE_CHECKING:
    import os

    from delta.tables import DeltaTable


class DeltaTableDataset(AbstractDataset["Any", "DeltaTable"]):
    """A Delta table as a `delta.DeltaTable`, whose `update`, `delete` and `merge` are called in the node that loads it.

    The table is made by a SparkDataset with `file_format: delta`. The session needs Delta's jars:
    `delta.configure_spark_with_delta_pip(builder)` says where they are.
    """

    _SINGLE_PROCESS: ClassVar[bool] = True

    def __init__(self, filepath: str | os.PathLike[str], metadata: Any = None) -> None:
        """Set where the table is.

        Args:
            filepath: A path, or a URL.
            metadata: Anything.
        """
        self._url = without_dbfs(str(filepath))
        self._protocol, self._filepath = get_protocol_and_path(self._url)
        self.metadata = metadata

    def _load(self) -> DeltaTable:
        if not self._exists():
            raise FileNotFoundError(f"There is no Delta table at {mask_url(self._url)}.")
        return self._tables().forPath(session(), spark_url(self._protocol, self._filepath))

    def _save(self, data: Any) -> NoReturn:  # noqa: ARG002
        raise DatasetError(
            "A DeltaTableDataset is not saved to: change the table by its own methods, or write it by a SparkDataset "
            "with `file_format: delta`."
        )

    def _exists(self) -> bool:
        try:
            return bool(self._tables().isDeltaTable(session(), spark_url(self._protocol, self._filepath)))
        except TypeError as exc:  # py4j takes a class that is not there for a package, which cannot be called
            raise DatasetError(
                "Spark's session has no jars of Delta. Make it with them: "
                "`delta.configure_spark_with_delta_pip(SparkSession.builder...).getOrCreate()`."
            ) from exc

    def _tables(self) -> type[DeltaTable]:
        from delta.tables import DeltaTable

        found: type[DeltaTable] = DeltaTable
        return found

    def _why_missing(self) -> str | None:
        return "Write it once by a SparkDataset with `file_format: delta`, or correct the filepath."

    def _describe(self) -> dict[str, Any]:
        return {"filepath": mask_url(self._url)}
