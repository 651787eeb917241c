from __future__ import annotations

import importlib
import pickle
import sys
import threading

import pytest

import tidemill.datasets.json
import tidemill.datasets.pandas
import tidemill.io.core
import tidemill.pipeline
import tidemill.runner
from tidemill.compat import install, uninstall
from tidemill.compat.tables import COUNTERPARTS


@pytest.fixture
def installed():
    install()
    yield
    uninstall()


@pytest.fixture
def elsewhere(tmp_path, monkeypatch):
    """Make a package that may be imported from a folder of its own, and take it out of Python again."""

    def make(name, text):
        module = tmp_path.joinpath(*name.split("."), "__init__.py")
        module.parent.mkdir(parents=True)
        module.write_text(text)

    monkeypatch.syspath_prepend(tmp_path)
    before = set(sys.modules)
    yield make
    uninstall()
    for name in {each for each in sys.modules if each.startswith("kedro")} - before:
        del sys.modules[name]


@pytest.mark.parametrize(
    ("name", "same"),
    [
        ("kedro.io.AbstractDataSet", tidemill.io.AbstractDataset),
        ("kedro.io.AbstractVersionedDataSet", tidemill.io.AbstractVersionedDataset),
        ("kedro.io.DataCatalog", tidemill.DataCatalog),
        ("kedro.io.DataSetError", tidemill.DatasetError),
        ("kedro.io.DatasetError", tidemill.DatasetError),
        ("kedro.io.IncrementalDataSet", tidemill.IncrementalDataset),
        ("kedro.io.PartitionedDataSet", tidemill.PartitionedDataset),
        ("kedro.io.Version", tidemill.Version),
        ("kedro.io.core.AbstractVersionedDataSet", tidemill.AbstractVersionedDataset),
        ("kedro.io.core.Version", tidemill.Version),
        ("kedro.io.core.generate_timestamp", tidemill.generate_timestamp),
        ("kedro.io.core.get_filepath_str", tidemill.get_filepath_str),
        ("kedro.io.core.get_protocol_and_path", tidemill.get_protocol_and_path),
        ("kedro.io.data_catalog.DataCatalog", tidemill.DataCatalog),
        ("kedro.io.memory_dataset.MemoryDataset", tidemill.MemoryDataset),
        ("kedro.io.partitioned_data_set.PartitionedDataSet", tidemill.PartitionedDataset),
        ("kedro.pipeline.node", tidemill.node),
        ("kedro.pipeline.Pipeline", tidemill.Pipeline),
        ("kedro.pipeline.pipeline", tidemill.pipeline.pipeline),
        ("kedro.runner.SequentialRunner", tidemill.SequentialRunner),
        ("kedro.runner.sequential_runner.SequentialRunner", tidemill.SequentialRunner),
        ("kedro.extras.datasets.pandas.CSVDataSet", tidemill.datasets.pandas.CSVDataset),
        ("kedro.extras.datasets.pandas.csv_dataset.CSVDataSet", tidemill.datasets.pandas.CSVDataset),
        ("kedro.extras.datasets.json.JSONDataSet", tidemill.datasets.json.JSONDataset),
        ("kedro.extras.datasets.json.json_dataset.JSONDataSet", tidemill.datasets.json.JSONDataset),
        ("kedro_datasets.pandas.CSVDataset", tidemill.datasets.pandas.CSVDataset),
        ("kedro_datasets.partitions.PartitionedDataset", tidemill.PartitionedDataset),
    ],
)
def test_a_name_is_the_same_object(installed, name, same):
    module, _, last = name.rpartition(".")

    assert getattr(importlib.import_module(module), last) is same


@pytest.mark.parametrize("module", COUNTERPARTS)
def test_every_row_of_the_table_can_be_imported_and_starred(installed, module):
    names: dict[str, object] = {}

    exec(f"from {module} import *", names)  # noqa: S102

    assert importlib.import_module(module).__name__ == module
    assert len(names) > 1 or COUNTERPARTS[module] in (None, "tidemill.datasets")


def test_the_function_node_is_not_hidden_by_the_module_of_that_name(installed):
    importlib.import_module("kedro.pipeline.node")
    importlib.import_module("kedro.pipeline.pipeline")
    room = importlib.import_module("kedro.pipeline")

    assert room.node is tidemill.node
    assert room.pipeline is tidemill.pipeline.pipeline
    assert sys.modules["kedro.pipeline.node"].node is tidemill.node


def test_a_module_below_a_module_is_reached_in_every_way(installed):
    import kedro
    import kedro.extras.datasets.pandas.csv_dataset as by_path
    from kedro.extras.datasets import pandas
    from kedro.extras.datasets.pandas import csv_dataset

    assert by_path is csv_dataset is pandas.csv_dataset is kedro.extras.datasets.pandas.csv_dataset
    assert pandas.CSVDataSet is by_path.CSVDataSet is tidemill.datasets.pandas.CSVDataset
    assert not hasattr(kedro.extras.datasets, "functools")


def test_a_module_is_an_attribute_before_anybody_imports_it(installed):
    kedro = importlib.import_module("kedro")
    assert "kedro.runner" not in sys.modules

    assert kedro.runner.SequentialRunner is importlib.import_module("tidemill.runner").SequentialRunner


def test_tidemills_modules_are_left_alone(installed):
    before = dict(vars(tidemill.io))

    import kedro.io.core

    assert kedro.io is not tidemill.io
    assert dict(vars(tidemill.io)).keys() >= before.keys()
    assert tidemill.io.__spec__.name == "tidemill.io"
    assert "AbstractDataSet" in dir(kedro.io)


def test_what_is_pickled_under_a_kedro_name_needs_no_compat_to_load():
    install()
    dataset = importlib.import_module("kedro.io").MemoryDataSet(data=1)
    dumped = pickle.dumps(dataset)
    uninstall()

    assert b"kedro" not in dumped
    assert pickle.loads(dumped).load() == 1


@pytest.mark.parametrize(
    ("statement", "says"),
    [
        ("import kedro.runer", "no counterpart of 'kedro.runer'. Did you mean 'runner'"),
        ("import kedro.framework.sesion", "no counterpart of 'kedro.framework.sesion'. Did you mean 'session'"),
        ("from kedro import framewrk", "no counterpart of 'kedro.framewrk'. Did you mean 'framework'"),
        ("import kedro.server", "no counterpart of 'kedro.server', on purpose: Tidemill has no HTTP server"),
        ("import kedro.server.models", "no counterpart of 'kedro.server', on purpose"),
        ("from kedro.io import CatalogConfigResolver", "'kedro.io.CatalogConfigResolver', on purpose"),
        ("from kedro.runner import Task", "no counterpart of 'kedro.runner.Task', on purpose"),
        ("from kedro.io import DataCatlog", "no counterpart of 'kedro.io.DataCatlog'. Did you mean 'DataCatalog'"),
        ("from kedro.io.core import CSVDatset", "no counterpart of 'kedro.io.core.CSVDatset'"),
        ("from kedro.extras.datasets.pandas import CSVDatSet", "Did you mean 'CSVDataset'"),
        ("import kedro.extras.datasets.panda", "Did you mean 'pandas'"),
        ("import kedro.extras.datasets.nowhere", "no counterpart of 'kedro.extras.datasets.nowhere'"),
        ("from kedro.extras.datasets.pandas.csv_dataset import CSVDataSett", "Did you mean 'CSVDataset'"),
    ],
)
def test_what_has_no_counterpart_is_named_and_what_is_near(installed, statement, says):
    with pytest.raises(ImportError) as caught:
        exec(statement, {})  # noqa: S102

    assert says in str(caught.value)
    assert str(caught.value).count("\n") < 3


def test_an_attribute_that_is_missing_is_named_too(installed):
    with pytest.raises(AttributeError, match="Did you mean 'DataCatalog'"):
        _ = importlib.import_module("kedro.io").DataCatalogue


def test_installing_twice_is_installing_once():
    before = list(sys.meta_path)

    install()
    io = importlib.import_module("kedro.io")
    install()
    assert len(sys.meta_path) == len(before) + 1
    assert importlib.import_module("kedro.io") is io

    uninstall()
    uninstall()
    assert sys.meta_path == before
    assert not [name for name in sys.modules if name.partition(".")[0] in ("kedro", "kedro_datasets")]


def test_nothing_happens_before_install(fresh_python):
    told = fresh_python(
        "import sys; before = list(sys.meta_path); import tidemill.compat.finder as finder;"
        "print(sys.meta_path == before, [name for name in sys.modules if 'kedro' in name])"
    )

    assert told == "True []"


def test_a_kedro_that_is_installed_stays_what_it_is_but_between_install_and_uninstall(elsewhere):
    elsewhere("kedro", "whose = 'theirs'")
    theirs = importlib.import_module("kedro")
    assert theirs.whose == "theirs"

    install()
    assert importlib.import_module("kedro.io").AbstractDataSet is tidemill.AbstractDataset
    assert not hasattr(importlib.import_module("kedro"), "whose")

    uninstall()
    assert importlib.import_module("kedro") is theirs
    with pytest.raises(ModuleNotFoundError, match=r"No module named 'kedro\.io'"):
        importlib.import_module("kedro.io")


def test_kedro_datasets_that_is_installed_stands_on_our_base_classes(elsewhere):
    elsewhere("kedro_datasets.fancy", "from kedro.io import AbstractDataset\nclass FancyDataset(AbstractDataset): ...")

    install()
    fancy = importlib.import_module("kedro_datasets.fancy").FancyDataset

    assert issubclass(fancy, tidemill.AbstractDataset)
    with pytest.raises(ModuleNotFoundError, match=r"No module named 'kedro_datasets\.pandas'"):
        importlib.import_module("kedro_datasets.pandas")
    uninstall()
    assert "kedro_datasets.fancy" not in sys.modules


def test_many_threads_import_at_once(installed):
    found = []
    threads = [
        threading.Thread(
            target=lambda: found.append(importlib.import_module("kedro.extras.datasets.pandas.csv_dataset"))
        )
        for _ in range(16)
    ]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    assert len({id(each) for each in found}) == 1
