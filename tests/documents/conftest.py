"""The two ways in which the documents' code runs, and a project such as they describe."""

from __future__ import annotations

import ast
import importlib
import io
import sys
from types import SimpleNamespace
from typing import ClassVar

import numpy as np
import pytest
from fsspec.implementations.memory import MemoryFileSystem
from fsspec.registry import _registry
from PIL import Image

from tests.documents.document import block, files_drawn, session, with_our_root
from tidemill import compat
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


@pytest.fixture(params=["tidemill", "kedro"])
def dialect(request):
    verbatim = request.param == "kedro"
    if verbatim:
        compat.install()
    yield Dialect(verbatim=verbatim)
    if verbatim:
        compat.uninstall()


def picture(number=0):
    """Return the bytes of a small PNG file, another one for each number."""
    pixels = np.full((3, 2, 4), 255, np.uint8)
    pixels[..., 0], pixels[..., 1] = number // 256, number % 256
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, format="PNG")
    return file.getvalue()


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


@pytest.fixture
def project(tmp_path, monkeypatch, dialect):
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path / "src")
    monkeypatch.setattr(sys, "dont_write_bytecode", True)  # the module is written anew, faster than the clock ticks
    yield Project(tmp_path, dialect)
    forget("kedro_pokemon", "company")


@pytest.fixture
def context():
    """What a session of `kedro ipython` begins with."""
    return SimpleNamespace(catalog=None)


@pytest.fixture
def s3(s3_server, monkeypatch):
    """The S3 server as what `s3://` means without further options, as on a machine with a profile; make a bucket."""
    from s3fs import S3FileSystem

    for name, value in {
        "AWS_ENDPOINT_URL": s3_server,
        "AWS_ACCESS_KEY_ID": "a-key",
        "AWS_SECRET_ACCESS_KEY": "a-secret",
        "AWS_DEFAULT_REGION": "us-east-1",
    }.items():
        monkeypatch.setenv(name, value)
    S3FileSystem.clear_instance_cache()
    fs = S3FileSystem()
    made = []

    def bucket(name):
        fs.mkdir(name)
        made.append(name)
        return fs

    yield bucket
    for name in made:
        fs.rm(name, recursive=True)
    S3FileSystem.clear_instance_cache()


class Drive(MemoryFileSystem):
    """A filesystem in memory that notes how it is made and searched; `drive` gives it the protocols of others."""

    cachable = False
    store: ClassVar[dict] = {}
    pseudo_dirs: ClassVar[list] = [""]
    made: ClassVar[list] = []
    searched: ClassVar[list] = []

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.made.append((self.protocol, options))

    @classmethod
    def _strip_protocol(cls, path):
        return MemoryFileSystem._strip_protocol(path.removeprefix(f"{cls.protocol}://"))

    def find(self, path, maxdepth=None, withdirs=False, **options):
        self.searched.append(options)
        return super().find(path, maxdepth, withdirs, **options)


@pytest.fixture
def drive(monkeypatch):
    """A real filesystem for any protocol, with notes of the options that it was made with."""

    class Notes:
        made, searched = [], []

        def at(self, protocol):
            kind = type(
                "Drive",
                (Drive,),
                {"protocol": protocol, "store": {}, "pseudo_dirs": [""], "made": self.made, "searched": self.searched},
            )
            monkeypatch.setitem(_registry, protocol, kind)
            filesystem = kind()
            self.made.clear()
            return filesystem

    return Notes()
