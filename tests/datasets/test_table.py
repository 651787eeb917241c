"""The table of datasets: what it says is so, and each of them is held to the suite of every dataset."""

from __future__ import annotations

import ast
import importlib
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tidemill.datasets import DATASETS, RENAMED, find
from tidemill.errors import DatasetConfigError
from tidemill.io.classes import is_installed, resolve
from tidemill.io.dataset import AbstractDataset

HERE = Path(__file__).parent
ROOT = HERE.parent.parent

SEVENTEEN = (
    "matplotlib.MatplotlibWriter", "holoviews.HoloviewsWriter", "networkx.NetworkXDataSet", "pandas.CSVDataSet",
    "pandas.ExcelDataSet", "pandas.FeatherDataSet", "pandas.HDFDataSet", "pandas.JSONDataSet", "pandas.ParquetDataSet",
    "pickle.PickleDataSet", "pillow.ImageDataSet", "text.TextDataSet", "spark.SparkDataSet", "yaml.YAMLDataSet",
    "api.APIDataSet", "tensorflow.TensorFlowModelDataset", "json.JSONDataSet",
)  # fmt: skip
#: What the suite cannot be asked of, and where it is shown instead.
OTHERWISE = {
    "pandas.GBQQueryDataset": "Google BigQuery has no server that runs here: test_pandas_gbq.py",
    "pandas.GBQTableDataset": "Google BigQuery has no server that runs here: test_pandas_gbq.py",
    "spark.DeltaTableDataset": "Delta's jars are not on PyPI; the error without them: test_spark.py",
    "spark.SparkStreamingDataset": "what is saved goes on, and what is loaded never ends: test_spark.py",
}

# One Python for all rows: each library is hidden in turn, and everything that was imported is forgotten in between.
BLOCKED = """
import importlib.abc, json, sys
from tidemill.errors import DatasetConfigError

class Hidden(importlib.abc.MetaPathFinder):
    names = frozenset()
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in self.names:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

hidden = Hidden()
sys.meta_path.insert(0, hidden)
import tidemill.datasets, tidemill.io
from tidemill.io.classes import resolve, _from_table
before = set(sys.modules)
said = {}
for name, needs in json.load(sys.stdin).items():
    for library in needs:
        hidden.names = frozenset({library})
        _from_table.cache_clear()
        try:
            resolve(name, "cars")
        except DatasetConfigError as exc:
            cause = str(exc)
        else:
            cause = "it resolves"
        said[f"{name} without {library}"] = [cause, sorted(set(sys.modules) - before)]
print(json.dumps(said))
"""


def extras():
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        tomllib = pytest.importorskip("tomli")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    return project["optional-dependencies"]


@pytest.fixture(scope="module")
def said():
    """What each row says when one of its libraries is missing, and which modules were imported all the same."""
    rows = {name: row.needs for name, row in DATASETS.items() if row.needs}
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", BLOCKED],
        input=json.dumps(rows),
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


@pytest.mark.parametrize("name", [name for name, row in DATASETS.items() if row.needs])
def test_a_missing_library_is_one_line_with_the_pip_command_and_nothing_is_imported(said, name):
    for library in DATASETS[name].needs:
        message, imported = said[f"{name} without {library}"]

        assert "\n" not in message
        assert message.startswith(f"'cars': {name} needs ")
        assert library in message
        assert message.endswith(f"pip install 'tidemill[{DATASETS[name].extra}]'")
        assert imported == []


@pytest.mark.parametrize("name", DATASETS)
def test_a_row_is_true(name):
    row = DATASETS[name]
    assert row.about
    assert not row.about.endswith(".")
    assert (row.extra in extras()) if row.needs else not row.extra
    missing = [each for each in row.needs if not is_installed(each)]
    if missing:
        pytest.skip(f"{', '.join(missing)} not installed: pip install 'tidemill[{row.extra}]'")

    kind = getattr(importlib.import_module(row.module), name.rpartition(".")[2])

    assert issubclass(kind, AbstractDataset)
    assert getattr(importlib.import_module(kind.__module__), kind.__name__) is kind  # so it pickles
    assert (kind.__doc__ or "").strip()
    assert find(name) is kind
    assert row.versioned == _takes_version(kind)


def _takes_version(kind):
    import inspect

    return "version" in inspect.signature(kind.__init__).parameters or getattr(kind, "versioned", False)


@pytest.mark.parametrize("name", [*DATASETS, *RENAMED])
def test_every_name_resolves_in_both_spellings_and_under_its_old_modules(name):
    row = DATASETS[RENAMED.get(name, name)]
    if not all(map(is_installed, row.needs)):
        pytest.skip(f"pip install 'tidemill[{row.extra}]'")
    room, _, short = name.partition(".")
    kind = find(name)
    old = short.replace("Dataset", "DataSet")

    for path in (name, f"{room}.{old}", f"kedro_datasets.{name}", f"tidemill.datasets.{name}"):
        assert resolve(path) is kind
    assert resolve(f"kedro.extras.datasets.{room}.{old}") is kind
    package = importlib.import_module(f"tidemill.datasets.{room}")
    assert getattr(package, short) is getattr(package, old) is kind


def test_the_seventeen_of_the_documents_keep_versions():
    assert len(SEVENTEEN) == 17

    for name in SEVENTEEN:
        today = name.replace("DataSet", "Dataset")
        assert DATASETS[RENAMED.get(today, today)].versioned, name


def test_what_resolves_to_nothing_is_told_with_what_is_near():
    with pytest.raises(DatasetConfigError, match="Did you mean 'pandas.FeatherDataset'"):
        resolve("pandas.FetherDataset")


def test_an_extra_brings_what_its_rows_import():
    """By name: `pip` knows some libraries by another one."""
    known = extras()
    distributions = {
        "Bio": "biopython", "PIL": "pillow", "cv2": "opencv-python-headless", "google": "google-cloud-bigquery",
        "ibis": "ibis-framework", "pandas_gbq": "pandas-gbq", "sklearn": "scikit-learn", "torch": "torch",
        "bs4": "beautifulsoup4", "delta": "delta-spark",
    }  # fmt: skip
    for name, row in DATASETS.items():
        required = [re.split(r"[<>=!~; ]", each)[0].lower() for each in known.get(row.extra, ())]
        brought = {*required, *(each.partition("[")[0] for each in required)}
        for library in row.needs:
            assert distributions.get(library, library) in brought or _comes_along(library, brought), (
                f"{name}: {library}"
            )


def _comes_along(library, brought):
    """Tell whether one of the extra's requirements is known to require it."""
    with_them = {
        "pandas": ("dask[dataframe]",),
        "pyarrow": ("dask[dataframe]", "pyiceberg[pyarrow,sql-sqlite]"),
        "numpy": ("pandas", "scipy", "opencv-python-headless"),
        "PIL": ("matplotlib",),
        "pyspark": ("delta-spark",),
    }
    return any(each in brought for each in with_them.get(library, ()))


# Each class of the table is held to the suite.


def covered():
    """Return the classes that a test class uses which inherits the kit, found in the sources of these tests."""
    found = set()
    for path in sorted(HERE.glob("test_*.py")):
        tree = ast.parse(path.read_text())
        names = {
            alias.asname or alias.name: f"{each.module}.{alias.name}"
            for each in ast.walk(tree)
            if isinstance(each, ast.ImportFrom) and (each.module or "").startswith("tidemill.datasets")
            for alias in each.names
        }
        suites = {"DatasetTests", "VersionedDatasetTests"}
        local = {each.name: _names(each) for each in ast.walk(tree) if isinstance(each, ast.ClassDef)}
        for each in [node for node in tree.body if isinstance(node, ast.ClassDef)]:
            if {base.id for base in each.bases if isinstance(base, ast.Name)} & suites:
                suites.add(each.name)
                used = set().union(*(local.get(name, {name}) | {name} for name in _names(each)))
                found |= {_row_of(names[name]) for name in used if name in names}
    return found


def _names(tree):
    return {each.id for each in ast.walk(tree) if isinstance(each, ast.Name)}


def _row_of(path):
    """Return the short name of a class, from its module or its room."""
    name = path.rpartition(".")[2].replace("DataSet", "Dataset")
    for short, row in DATASETS.items():
        room, _, kind = short.partition(".")
        if kind == name and path.rpartition(".")[0] in {row.module, f"tidemill.datasets.{room}"}:
            return short
    return path


@pytest.mark.parametrize("name", DATASETS)
def test_every_dataset_inherits_the_suite(name):
    if name in OTHERWISE:
        pytest.skip(OTHERWISE[name])
    assert name in covered(), f"no class under tests/datasets inherits the kit for {name}"
