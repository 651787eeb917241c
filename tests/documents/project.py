"""The project of the document about custom datasets, and the two ways in which the documents' code runs in it."""

from __future__ import annotations

import ast
import importlib
import sys

from tests.documents.document import block, files_drawn, session, with_our_root
from tests.documents.picture import picture

from tidemill.config.sources import parse_yaml

RAW = "data/01_raw/pokemon-images-and-types/images/images"


class Dialect:
    """A way to run the documents' code: verbatim, with `tidemill.compat` installed, or with our import root."""

    def __init__(self, *, verbatim):
        self._verbatim = verbatim

    def text(self, name, *replaced):
        """Return a block, with placeholders replaced: pairs of old and new text."""
        text = block(name)
        for old, new in replaced:
            assert old in text
            text = text.replace(old, new)
        return text if self._verbatim else with_our_root(text)

    def run(self, name, names=None, *replaced):
        """Run a block of Python, and return its names; `_` is the value of its last line, as in a console."""
        names = {"__name__": "document"} if names is None else names
        tree = ast.parse(self.text(name, *replaced), name)
        last = ast.Expression(tree.body.pop().value) if isinstance(tree.body[-1], ast.Expr) else None
        exec(compile(tree, name, "exec"), names)  # noqa: S102
        names["_"] = eval(compile(last, name, "eval"), names) if last else None  # noqa: S307
        return names

    def catalog(self, name, *replaced):
        """Return the definitions of a block of YAML."""
        return parse_yaml(self.text(name, *replaced), name)

    def replay(self, name, names):
        """Type a console session, and compare what it shows."""
        for line, shown in session(block(name)):
            if shown is None:
                exec(line, names)  # noqa: S102
            else:
                assert repr(eval(line, names)) == shown  # noqa: S307


def forget(*packages):
    """Take packages out of Python, and let it look for them anew."""
    for name in [each for each in sys.modules if each.partition(".")[0] in packages]:
        del sys.modules[name]
    importlib.invalidate_caches()


class Project:
    """The project of the document about custom datasets: its package, and a folder of pictures."""

    def __init__(self, root, dialect):
        self.root, self._dialect = root, dialect
        self.raw = root / RAW
        self.raw.mkdir(parents=True)
        self.package = root / "src"
        for path in files_drawn(block("000_03_folders.txt")):
            file = root / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.touch()
        (self.package / "kedro_pokemon" / "__init__.py").touch()

    def write(self, name, *replaced):
        """Make a block the module `image_dataset`, and return its class."""
        path = "kedro_pokemon.extras.datasets.image_dataset"
        (self.package / (path.replace(".", "/") + ".py")).write_text(self._dialect.text(name, *replaced))
        forget("kedro_pokemon")
        return importlib.import_module(path).ImageDataSet

    def draw(self, count=1):
        """Make pictures, the first of which is Pikachu."""
        (self.raw / "pikachu.png").write_bytes(picture())
        for number in range(1, count):
            (self.raw / f"{number:03}.png").write_bytes(picture(number))
