"""plotly.HTMLDataset."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING, Any, NoReturn

from tidemill.errors import DatasetError
from tidemill.io.file import FileDataset

if TYPE_CHECKING:
    from plotly.graph_objects import Figure


class HTMLDataset(FileDataset["Figure", "NoReturn"]):
    """A Plotly figure as a page to look at. It cannot be loaded.

    `save_args` go to `Figure.write_html`; with `include_plotlyjs: cdn` the page is small, and needs the network.
    """

    OPEN_SAVE = {"mode": "w", "encoding": "utf-8"}

    def _load(self, **_: Any) -> NoReturn:
        raise DatasetError(
            f"{type(self).__name__} only saves: a figure cannot be made from its page. To load it again, save it as "
            "plotly.JSONDataset too."
        )

    def _write(self, file: IO[str], data: Figure) -> None:
        data.write_html(file, **self._save_args)
