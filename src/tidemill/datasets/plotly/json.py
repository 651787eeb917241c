"""plotly.JSONDataset."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING, Any

from tidemill.io.file import FileDataset

if TYPE_CHECKING:
    from plotly.graph_objects import Figure


class JSONDataset(FileDataset["Figure", "Figure"]):
    """A Plotly figure as JSON.

    `load_args` go to `plotly.io.from_json`, `save_args` to `Figure.write_json`.
    """

    OPEN_LOAD = {"mode": "r", "encoding": "utf-8"}
    OPEN_SAVE = {"mode": "w", "encoding": "utf-8"}

    def _read(self, file: IO[str], **load_args: Any) -> Figure:
        from plotly import io

        figure: Figure = io.from_json(file.read(), **{**self._load_args, **load_args})
        return figure

    def _write(self, file: IO[str], data: Figure) -> None:
        data.write_json(file, **self._save_args)
