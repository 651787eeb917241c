"""Two pictures: ratios to the floor, and how cost grows with size."""

from __future__ import annotations

import importlib
from math import isinf
from typing import TYPE_CHECKING, Any

from measure import MEGABYTES, REQUESTS

if TYPE_CHECKING:
    from pathlib import Path

    from measure import Curve, Row

#: Of our own, of the peer, of the floor: they can be told apart without colours too, and on light and dark.
_OURS, _PEER, _FLOOR, _INK = "#0d9488", "#d97706", "#8b8f98", "#7d828c"
_STYLE = {
    "svg.fonttype": "none",
    "svg.hashsalt": "tidemill",
    "font.family": "sans-serif",
    "font.size": 9,
    "text.color": _INK,
    "axes.labelcolor": _INK,
    "axes.edgecolor": _INK,
    "axes.titlecolor": _INK,
    "xtick.color": _INK,
    "ytick.color": _INK,
}


def ratios(topics: dict[str, list[Row]], path: Path) -> None:
    """Draw how many times its floor each line costs, ours and the peer's."""
    rows = [row for each in topics.values() for row in each if row.peer is not None and not isinf(row.peer)]
    plt = _pyplot()
    with plt.rc_context(_STYLE):
        figure, axes = plt.subplots(figsize=(8.5, 1.2 + 0.24 * len(rows)))
        for place, row in enumerate(rows):
            ours, peer = row.ours / row.floor, (row.peer or 0) / row.floor
            axes.plot([ours, peer], [place, place], color=_FLOOR, linewidth=0.8, zorder=1)
            axes.scatter([ours], [place], color=_OURS, zorder=2, label="Tidemill" if not place else None)
            axes.scatter([peer], [place], color=_PEER, marker="D", s=22, zorder=2, label="Kedro" if not place else None)
        axes.axvline(1, color=_FLOOR, linewidth=0.8, linestyle="--")
        axes.set(xscale="log", xlabel="times its floor (dashed), logarithmic", ylim=(len(rows), -1))
        axes.set_yticks(range(len(rows)), [row.line.strip() for row in rows])
        _finish(figure, axes, path)


def growth(curves: list[Curve], path: Path) -> None:
    """Draw what each size costs."""
    plt = _pyplot()
    with plt.rc_context(_STYLE):
        figure, grid = plt.subplots(-(-len(curves) // 3), 3, figsize=(8.5, 2.6 * -(-len(curves) // 3)), squeeze=False)
        for curve, axes in zip(curves, grid.flat, strict=False):
            sizes = [size for size, _ in curve.points]
            rows = [row for _, row in curve.points]
            axes.plot(sizes, [row.floor for row in rows], color=_FLOOR, linestyle="--", label="floor")
            axes.plot(sizes, [row.ours for row in rows], color=_OURS, marker="o", markersize=4, label="Tidemill")
            peers = [(size, row.peer) for size, row in curve.points if row.peer is not None and not isinf(row.peer)]
            if peers:
                axes.plot(*zip(*peers, strict=True), color=_PEER, marker="D", markersize=4, label="Kedro")
            unit = rows[0].unit if rows else ""
            axes.set(xscale="log", yscale="log", title=curve.what, xlabel=curve.counts)
            axes.set_ylabel(unit if unit in {MEGABYTES, REQUESTS} else f"{unit} seconds")
        _finish(figure, grid.flat[0], path)


def _pyplot() -> Any:
    import matplotlib as mpl

    mpl.use("Agg")
    return importlib.import_module("matplotlib.pyplot")


def _finish(figure: Any, axes: Any, path: Path) -> None:
    if axes.get_legend_handles_labels()[0]:
        axes.legend(frameon=False, labelcolor=_INK)
    for each in figure.axes:
        each.spines[["top", "right"]].set_visible(False)
    figure.tight_layout()
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, transparent=True, metadata={"Date": None})
    _pyplot().close(figure)
