"""matlab.MatlabDataset."""

from __future__ import annotations

from collections.abc import Mapping
from typing import IO, Any

from tidemill.io.file import FileDataset
from tidemill.names import both_spellings

__getattr__ = both_spellings(__name__)


class MatlabDataset(FileDataset[Any, "dict[str, Any]"]):
    """A MATLAB file (.mat) as a dictionary of variables.

    A dictionary is saved as the variables it names, anything else as the variable `data`. MATLAB's arrays have two
    dimensions at least: a list comes back as a matrix of one row. `load_args` go to `scipy.io.loadmat`, `save_args` to
    `scipy.io.savemat`.
    """

    def _read(self, file: IO[bytes], **load_args: Any) -> dict[str, Any]:
        from scipy import io

        variables: dict[str, Any] = io.loadmat(file, **{**self._load_args, **load_args})
        return variables

    def _write(self, file: IO[bytes], data: Any) -> None:
        from scipy import io

        variables = data if isinstance(data, Mapping) else {"data": data}
        # What scipy adds when it loads is no variable, and it warns of names that begin with `_`.
        io.savemat(file, {key: each for key, each in variables.items() if not _is_header(key)}, **self._save_args)


def _is_header(name: object) -> bool:
    return name in {"__header__", "__version__", "__globals__"}
