"""Draws the pictures of docs/architecture.md: `python docs/pictures.py`.

Boxes and arrows, which can be read on light and dark.
"""

from __future__ import annotations

from html import escape
from pathlib import Path

IMAGES = Path(__file__).parent / "images"
INK, LINE = "#7d828c", "#8b8f98"
EDGE, MIDDLE, CORE, OUTSIDE = "#0f766e", "#0d9488", "#115e59", "#57606a"

#: From top to bottom: what stands on what, each room with a few words.
ROOMS = [
    (EDGE, [("cli", "the program tidemill"), ("ipython", "notebooks"), ("testing", "the test kit, shipped")]),
    (EDGE, [("compat", "import kedro... means Tidemill")]),
    (MIDDLE, [("project", "settings, sessions, contexts: knows the others")]),
    (
        MIDDLE,
        [("runner", "one loop, four executors"), ("history", "runs in SQLite"), ("config", "YAML, layers, ${...}")],
    ),
    (
        CORE,
        [("catalog", "names -> datasets"), ("pipeline", "nodes, graph"), ("hooks", "pluggy"), ("datasets", "formats")],
    ),
    (CORE, [("io", "datasets, versions, partitions; in it: commit, secrets")]),
    (OUTSIDE, [("errors", "one tree"), ("names", "front doors, both spellings")]),
]
#: Lane -> its steps, each with the module where it happens.
WAYS = {
    "once": [
        ("catalog.yml", "conf/", OUTSIDE),
        ("one mapping", "config.loader", EDGE),
        ("names + patterns", "catalog.spec", MIDDLE),
        ("definition", "an entry, no class yet", MIDDLE),
    ],
    "load": [
        ("catalog.load(name)", "catalog.catalog", OUTSIDE),
        ("class -> dataset", "first time; io.definition", MIDDLE),
        ("guard", "errors named; io.dataset", CORE),
        ("which version", "newest manifest; io.store", CORE),
        ("_read(file)", "the format; datasets", EDGE),
        ("data", "the library's own", OUTSIDE),
    ],
    "save": [
        ("catalog.save(name, df)", "catalog.catalog", OUTSIDE),
        ("guard", "io.dataset", CORE),
        ("stage", "a place nobody reads", CORE),
        ("_write(file)", "the format; datasets", EDGE),
        ("flush, manifest", "sizes, checksums, origin", CORE),
        ("one rename", "the commit", EDGE),
    ],
}


class Picture:
    """SVG, written bit by bit."""

    def __init__(self, width: int, height: int, says: str) -> None:
        self.width, self.height = width, height
        self.parts = [
            (
                f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" '
                f'font-family="system-ui, sans-serif" font-size="13"><title>{escape(says)}</title>'
            ),
            (
                f'<defs><marker id="end" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" '
                f'orient="auto"><path d="M0 0 8 4 0 8z" fill="{LINE}"/></marker></defs>'
            ),
        ]

    def box(self, x: float, y: float, width: float, height: float, fill: str, name: str, words: str) -> None:
        """Draw a box with a name and a line below it."""
        middle = x + width / 2
        self.parts += [
            f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" rx="6" fill="{fill}"/>',
            (
                f'<text x="{middle:g}" y="{y + height / 2 - 3:g}" text-anchor="middle" fill="#fff" '
                f'font-weight="600">{escape(name)}</text>'
            ),
            (
                f'<text x="{middle:g}" y="{y + height / 2 + 13:g}" text-anchor="middle" fill="#e6f4f1" '
                f'font-size="11">{escape(words)}</text>'
            ),
        ]

    def arrow(self, x1: float, y1: float, x2: float, y2: float) -> None:
        """Draw an arrow."""
        self.parts.append(
            f'<path d="M{x1:g} {y1:g} L{x2:g} {y2:g}" stroke="{LINE}" stroke-width="1.5" marker-end="url(#end)"/>'
        )

    def words(self, x: float, y: float, text: str, *, is_bold: bool = False) -> None:
        """Write beside the boxes."""
        weight = ' font-weight="600"' if is_bold else ""
        self.parts.append(f'<text x="{x:g}" y="{y:g}" fill="{INK}"{weight}>{escape(text)}</text>')

    def write(self, name: str) -> None:
        """Write the file."""
        IMAGES.mkdir(exist_ok=True)
        (IMAGES / name).write_text("\n".join([*self.parts, "</svg>", ""]), encoding="utf-8")


def rooms() -> Picture:
    """Draw the rooms: who stands on whom."""
    left, width, height, gap = 60, 860, 46, 10
    picture = Picture(
        left + width + 10, len(ROOMS) * (height + gap) + 10, "The rooms of Tidemill, from the edges to the core"
    )
    for row, (fill, each) in enumerate(ROOMS):
        part = (width - gap * (len(each) - 1)) / len(each)
        for column, (name, words) in enumerate(each):
            picture.box(left + column * (part + gap), 5 + row * (height + gap), part, height, fill, name, words)
    picture.arrow(35, 15, 35, picture.height - 15)
    picture.parts.append(
        f'<text x="22" y="{picture.height / 2:g}" fill="{INK}" text-anchor="middle" '
        f'transform="rotate(-90 22 {picture.height / 2:g})">imports point down only</text>'
    )
    return picture


def ways() -> Picture:
    """Draw the way of a load and the way of a save."""
    width, height, gap = 158, 46, 26
    picture = Picture(6 * (width + gap), 3 * (height + 60) - 10, "The way of a load and of a save")
    notes = {
        "once": "Once: the catalog is parsed, and no dataset is made",
        "load": "A load: the dataset is made when its name is first used",
        "save": "A save on local disk: before the rename nothing has changed, after it everything has",
    }
    for row, (lane, steps) in enumerate(WAYS.items()):
        y = 30 + row * (height + 60)
        picture.words(5, y - 10, notes[lane], is_bold=True)
        for column, (name, words, fill) in enumerate(steps):
            x = 5 + column * (width + gap)
            picture.box(x, y, width, height, fill, name, words)
            if column:
                picture.arrow(x - gap + 2, y + height / 2, x - 3, y + height / 2)
    return picture


if __name__ == "__main__":
    rooms().write("rooms.svg")
    ways().write("load-save.svg")
