"""svmlight.SVMLightDataset."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING, Any

from tidemill.io.file import FileDataset
from tidemill.names import both_spellings

if TYPE_CHECKING:
    from collections.abc import Sequence

__getattr__ = both_spellings(__name__)


class SVMLightDataset(FileDataset["Sequence[Any]", "tuple[Any, ...]"]):
    """Features and labels in the format of svmlight and libsvm: `(X, y)`, or `(X, y, query_id)`, X a sparse matrix.

    `load_args` go to `sklearn.datasets.load_svmlight_file`, `save_args` to `dump_svmlight_file`. Zeros are not stored:
    without `n_features` in `load_args`, columns of zeros at the end are lost.
    """

    def _read(self, file: IO[bytes], **load_args: Any) -> tuple[Any, ...]:
        from sklearn.datasets import load_svmlight_file

        loaded: tuple[Any, ...] = load_svmlight_file(file, **{**self._load_args, **load_args})
        return loaded

    def _write(self, file: IO[bytes], data: Sequence[Any]) -> None:
        from sklearn.datasets import dump_svmlight_file

        features, labels, *queries = data
        arguments = {"query_id": queries[0], **self._save_args} if queries else self._save_args
        dump_svmlight_file(features, labels, file, **arguments)
