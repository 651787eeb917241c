"""plotly.PlotlyDataset."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING, Any

from tidemill.datasets.plotly.json import JSONDataset
from tidemill.errors import DatasetConfigError, DatasetError
from tidemill.names import did_you_mean

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping

    from tidemill.io.versions import Version


class PlotlyDataset(JSONDataset):
    """A table, drawn by Plotly Express when it is saved; what is kept, and loaded, is the figure.

    What is saved as a figure already is kept as it is, with the layout and theme of this dataset.
    """

    def __init__(
        self,
        filepath: str | os.PathLike[str],
        plotly_args: Mapping[str, Any],
        load_args: Mapping[str, Any] | None = None,
        save_args: Mapping[str, Any] | None = None,
        version: Version | None = None,
        credentials: Mapping[str, Any] | None = None,
        fs_args: Mapping[str, Any] | None = None,
        metadata: Any = None,
    ) -> None:
        """Set where the figure goes and how the table is drawn.

        Args:
            filepath: As of FileDataset, like the other arguments.
            plotly_args: `type` (a function of `plotly.express`, such as `bar`), `fig` (its arguments), and if wanted
                `theme` (a template) and `layout` (what `Figure.update_layout` takes).
            load_args: Options of `plotly.io.from_json`.
            save_args: Options of `Figure.write_json`.
            version: Which version to load and save.
            credentials: Options for the filesystem that nobody may see.
            fs_args: Other options for the filesystem.
            metadata: Anything.

        Raises:
            DatasetConfigError: `plotly_args` have no `type`.
        """
        super().__init__(filepath, load_args, save_args, version, credentials, fs_args, metadata)
        if not plotly_args.get("type"):
            raise DatasetConfigError(
                "PlotlyDataset: `plotly_args` need a `type`, a plot of plotly.express such as `bar`."
            )
        self._plotly_args = dict(plotly_args)

    def _write(self, file: IO[str], data: Any) -> None:
        super()._write(file, self._drawn(data))

    def _drawn(self, data: Any) -> Any:
        from plotly import express as px
        from plotly.graph_objects import Figure

        kind = self._plotly_args["type"]
        draw = getattr(px, str(kind), None)
        if not callable(draw):
            raise DatasetConfigError(
                f"PlotlyDataset: plotly.express has no plot '{kind}'{did_you_mean(str(kind), list(px.__all__)) or '.'}"
            )
        if isinstance(data, (str, bytes, int, float)):
            raise DatasetError(
                f"PlotlyDataset draws tables, and keeps figures; it was given an object of type {type(data).__name__}."
            )
        figure = Figure(data) if isinstance(data, Figure) else draw(data, **(self._plotly_args.get("fig") or {}))
        figure.update_layout(template=self._plotly_args.get("theme", "plotly"))
        figure.update_layout(self._plotly_args.get("layout") or {})
        return figure

    def _describe(self) -> dict[str, Any]:
        return {**super()._describe(), "plotly_args": self._plotly_args}
