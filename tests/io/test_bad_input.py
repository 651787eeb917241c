"""Bad input, one by one: each a short error that names the dataset, the key and the way out."""

from __future__ import annotations

import importlib
import subprocess
import sys
import tempfile
import textwrap
from pathlib import Path
from typing import Optional

import pandas as pd
import pytest
from tests.messages import MOST_LINES, assert_short

from tidemill import AbstractDataset, DataCatalog, DatasetError, IncrementalDataset, PartitionedDataset, Version
from tidemill.datasets.json import JSONDataset
from tidemill.datasets.pandas import CSVDataset
from tidemill.datasets.text import TextDataset
from tidemill.errors import ConfigError, DatasetConfigError, DatasetNotFoundError
from tidemill.io.classes import resolve

CSV = {"type": "pandas.CSVDataset", "filepath": "data/cars.csv"}
FOLDER = {"type": "PartitionedDataset", "path": "data/cars", "dataset": "pandas.CSVDataset"}
INCREMENTS = {**FOLDER, "type": "IncrementalDataset"}


class Strict(AbstractDataset):
    """As users write them: annotated, and taking what they are given at its word."""

    def __init__(self, filepath: str, options: dict | None = None):
        self._filepath = filepath
        self.options = {**(options or {})}

    def _load(self):
        return Path(self._filepath).read_text()

    def _save(self, data):
        Path(self._filepath).write_text(data)

    def _describe(self):
        return {"filepath": self._filepath}


class NotOne:
    pass


def catalog_of(definition, **given):
    return DataCatalog.from_config({"cars": definition}, **given)


def refused(definition, *parts, **given):
    """Check that a definition becomes no dataset, and that the error says all this."""
    with pytest.raises(DatasetConfigError) as error:
        catalog_of(definition, **given)["cars"]
    assert_short(error.value, "'cars'", *parts)
    return str(error.value)


@pytest.mark.parametrize("catalog", [5, "cars", [CSV], {CSV["type"]}])
def test_a_catalog_that_is_no_mapping(catalog):
    with pytest.raises(DatasetConfigError) as error:
        DataCatalog.from_config(catalog)
    assert_short(error.value, "mapping", type(catalog).__name__)


@pytest.mark.parametrize("name", [5, None, True, 2.5, ("a",), b"cars", ""])
def test_names_that_are_no_text(name):
    with pytest.raises(DatasetConfigError) as error:
        DataCatalog.from_config({name: CSV})
    assert_short(error.value, repr(name), "Quote it")
    with pytest.raises(DatasetNotFoundError):
        DataCatalog().load(name)


@pytest.mark.parametrize("name", [5, None, True, ("a",)])
def test_names_that_are_no_text_are_not_added(name):
    with pytest.raises(DatasetConfigError, match="names must be text"):
        DataCatalog().add(name, 1)


@pytest.mark.parametrize("key", ["credentials", "load_versions"])
@pytest.mark.parametrize("value", [5, "dev", ["dev"]])
def test_what_is_given_beside_the_definitions_must_be_mappings(key, value):
    with pytest.raises(DatasetConfigError) as error:
        catalog_of(CSV, **{key: value})
    assert_short(error.value, f"`{key}` must be a mapping", type(value).__name__)


@pytest.mark.parametrize("definition", [None, 5, "pandas.CSVDataset", [CSV], True])
def test_a_definition_that_is_no_mapping(definition):
    refused(definition, "must be a mapping with a `type`", type(definition).__name__, "start with '_'")


def test_no_type():
    refused({"filepath": "x"}, "no `type`", "such as `type: pandas.CSVDataset`")
    refused({"tpye": "pandas.CSVDataset"}, "no `type`", "It has 'tpye': write `type`")


@pytest.mark.parametrize("kind", [5, None, ["pandas.CSVDataset"], {"a": 1}, True])
def test_a_type_that_is_none(kind):
    refused({"type": kind}, "`type` must be a class or its path")


@pytest.mark.parametrize("path", ["", " ", ".CSVDataset", "..datasets.X", "a..b", "datasets.", "."])
def test_relative_paths_of_classes(path):
    refused({"type": path}, f"type '{path}'", "write it in full, such as `my_project.datasets.MyDataset`")


@pytest.mark.parametrize(
    ("path", "near"),
    [
        ("pandas.CSVDatset", "pandas.CSVDataset"),
        ("pandas.CSVDataSett", "pandas.CSVDataset"),
        ("pandsa.CSVDataset", "pandas.CSVDataset"),
        ("CSVDatset", "pandas.CSVDataset"),
        ("text.TextDatset", "text.TextDataset"),
        ("MemoryDatset", "MemoryDataset"),
        ("PartitionDataset", "PartitionedDataset"),
        (f"{__name__}.Strikt", "Strict"),
    ],
)
def test_a_typo_in_a_type(path, near):
    message = refused({**CSV, "type": path}, f"type '{path}' is unknown", f"Did you mean '{near}'")
    assert message.count("\n") == 0


@pytest.mark.parametrize("path", ["my_project.datasets.Cars", "Wheels", "kedro_datasets.ponds.FishDataset"])
def test_a_type_that_is_nowhere(path):
    refused({"type": path}, f"type '{path}' is unknown", "such as `my_project.datasets.MyDataset`")


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("pandas.DataFrame", "must inherit AbstractDataset"),
        (NotOne, "type 'NotOne' is a class, but no dataset"),
        (dict, "must inherit AbstractDataset"),
        ("DataCatalog", "must inherit AbstractDataset"),
        ("os.path.join", "of type function"),
        ("os.path", "of type module"),
        (print, "of type builtin_function_or_method"),
        (f"{__name__}.CSV", "of type dict"),
    ],
)
def test_a_type_that_is_no_dataset(kind, said):
    refused({"type": kind}, said)


def test_an_abstract_class():
    refused({"type": "AbstractDataset"}, "wrote no `_load`")


def test_a_dataset_of_kedros_needs_the_bridge():
    base = type("AbstractDataset", (), {"__module__": "kedro.io.core"})
    refused({"type": type("Theirs", (base,), {})}, "a dataset of Kedro's", "tidemill.compat.install()")


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("filepath", 5, "must be a path, not int"),
        ("filepath", None, "is empty"),
        ("filepath", "", "is empty"),
        ("filepath", ["a"], "must be a path, not list"),
        ("filepath", b"a", "must be a path, not bytes"),
        ("load_args", "sep=;", "must be a mapping, not str"),
        ("load_args", ["sep"], "must be a mapping, not list"),
        ("save_args", 5, "must be a mapping, not int"),
        ("credentials", 5, "must be a mapping, not int"),
        ("fs_args", True, "must be a mapping, not bool"),
        ("versioned", "false", "must be true or false, not str"),
        ("versioned", 1, "must be true or false, not int"),
        ("versioned", None, "must be true or false"),
    ],
)
def test_values_of_the_wrong_type(key, value, said):
    refused({**CSV, key: value}, f"`{key}` {said}")


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("path", 5, "`path` must be a path"),
        ("dataset", 5, "`dataset` must be a type, a class or a definition"),
        ("dataset", {"filepath": "x"}, "`dataset` has no `type`"),
        ("dataset", "pandas.CSVDatset", "Did you mean 'pandas.CSVDataset'"),
        ("dataset", {"type": "pandas.CSVDataset", "lod_args": {}}, "`dataset`: CSVDataset has no argument 'lod_args'"),
        ("dataset", {"type": "pandas.CSVDataset", "versioned": True}, "`dataset` has the key 'versioned'"),
        ("overwrite", "false", "`overwrite` must be true or false, not str"),
        ("save_lazily", 0, "`save_lazily` must be true or false, not int"),
        ("filename_suffix", 5, "`filename_suffix` must be text, not int"),
        ("filepath_arg", None, "`filepath_arg` is empty"),
        ("load_args", [1], "`load_args` must be a mapping"),
    ],
)
def test_partitions_of_the_wrong_type(key, value, said):
    refused({**FOLDER, key: value}, said)


@pytest.mark.parametrize(
    ("checkpoint", "said"),
    [
        (["a"], "`force_checkpoint` must be text, not list"),
        ({"force_checkpoint": {"a": 1}}, "`force_checkpoint` must be text, not dict"),
        ({"type": "text.TextDatset"}, "'checkpoint': type 'text.TextDatset' is unknown. Did you mean"),
        ({"versioned": True}, "`checkpoint` has the key 'versioned'"),
        ({"comparison_func": "operator.gtt"}, "`comparison_func`: 'operator.gtt' is no function"),
        ({"comparison_func": "no_such_module.gt"}, "`comparison_func`: 'no_such_module.gt' cannot be imported"),
        ({"comparison_func": 5}, "`comparison_func`: '5' is no function"),
    ],
)
def test_checkpoints_that_cannot_be_one(checkpoint, said):
    refused({**INCREMENTS, "checkpoint": checkpoint}, said)


@pytest.mark.parametrize(
    ("definition", "said"),
    [
        ({"type": "CachedDataset", "dataset": 5}, "`dataset` must be a dataset or its definition, not int"),
        ({"type": "CachedDataset", "dataset": {"type": "pandas.CSVDatset"}}, "Did you mean 'pandas.CSVDataset'"),
        ({"type": "MemoryDataset", "copy_mode": "deep"}, "unknown copy_mode 'deep'"),
        ({"type": "LambdaDataset", "load": 5}, "`load` must be a function, or left out, not int"),
        ({**CSV, "fs_args": {"open_args_load": "r"}}, "`fs_args.open_args_load` must be a mapping"),
        ({**CSV, "filepath": "https://host/a.csv", "versioned": True}, "Drop `versioned: true`"),
        ({**CSV, "filepath": Path("s3://bucket/a.csv")}, "Write the URL as text, with '://'"),
        ({"type": "pickle.PickleDataset", "filepath": "a", "backend": "no_such"}, "pip install no-such"),
    ],
)
def test_what_else_cannot_be_made(definition, said):
    refused(definition, said)


@pytest.mark.parametrize(
    ("argument", "near"),
    [
        ("filepth", "Did you mean 'filepath'?"),
        ("load_arg", "Did you mean 'load_args'?"),
        ("versoned", "Did you mean 'versioned'?"),
        ("wheels", "'wheels'."),
        (5, "'5'."),
    ],
)
def test_unknown_arguments(argument, near):
    valid = "It takes: filepath, load_args, save_args, credentials, fs_args, metadata."
    refused({**CSV, argument: 1}, "CSVDataset has no argument", near, valid)


def test_many_unknown_arguments_and_versions_are_not_all_listed():
    refused({**CSV, **{f"wrong{n}": n for n in range(1000)}}, "'wrong0', 'wrong1'", "and 994 more")
    with pytest.raises(DatasetNotFoundError) as error:
        catalog_of(CSV, load_versions={f"wrong{n}": "2020" for n in range(1000)})
    assert_short(error.value, "'wrong0'", "and 994 more")


def test_a_definition_that_contains_itself():
    definition = {**CSV, "load_args": {}}
    definition["load_args"]["again"] = definition
    refused(definition, "contains itself")


def test_missing_arguments():
    refused({"type": "pandas.CSVDataset"}, "CSVDataset needs 'filepath'", "Add it")
    refused({"type": "PartitionedDataset"}, "needs 'path' and 'dataset'")
    refused({"type": Strict}, "Strict needs 'filepath'")


def test_a_custom_class_that_fails_is_quoted_and_its_annotation_told():
    refused({"type": Strict, "filepath": "a", "options": 5}, "TypeError: 'int' object", "`options` must be a mapping")
    # Its annotations are its author's business as long as it works.
    assert catalog_of({"type": Strict, "filepath": 5})["cars"]._filepath == 5


@pytest.mark.parametrize(
    "annotation",
    [Optional[dict], dict | None, "Optional[dict]", "typing.Optional[dict[str, int]]"],  # noqa: UP045 - as it was
)
def test_an_annotation_may_be_written_as_it_used_to_be(annotation):
    class Older(Strict):
        def __init__(self, filepath, options=None):
            super().__init__(filepath, options)

        __init__.__annotations__["options"] = annotation

    refused({"type": Older, "filepath": "a", "options": 5}, "`options` must be a mapping, not int")


@pytest.mark.parametrize("key", ["load_args", "save_args"])
def test_options_of_the_store_among_those_of_the_library_are_left_out_and_mentioned(tmp_path, key):
    definition = {"type": "pandas.CSVDataset", "filepath": str(tmp_path / "a"), key: {"storage_options": {"a": 1}}}
    catalog = catalog_of(definition)

    with pytest.warns(UserWarning, match="left out `storage_options`; give them as `fs_args` or `credentials`"):
        catalog.save("cars", pd.DataFrame({"a": [1]}))
    assert "a" in catalog.load("cars")


def test_an_optional_argument_may_be_left_empty(tmp_path):
    catalog = catalog_of({"type": "text.TextDataset", "filepath": str(tmp_path / "a"), "fs_args": None})
    catalog.save("cars", "x")
    assert catalog.load("cars") == "x"


@pytest.mark.parametrize("key", ["load_versions", "save_version"])
@pytest.mark.parametrize(
    ("version", "said"),
    [
        ("../2020", "has a slash"),
        ("2020/01", "has a slash"),
        ("..", "leave that folder"),
        (".hidden", "keeps such names for itself"),
        (".tidemill", "keeps such names for itself"),
        ("a\\b", "has a backslash"),
        ("a\nb", "control characters"),
        ("a\0b", "control characters"),
        (5, "no text"),
    ],
)
def test_versions_that_climb_out(key, version, said):
    given = {"cars": version} if key == "load_versions" else version
    refused({**CSV, "versioned": True}, repr(version), "data/cars.csv", said, **{key: given})


@pytest.mark.parametrize("version", ["../../secrets", "..", "a/../../b"])
def test_a_version_asked_for_at_a_load_cannot_climb_out(version, tmp_path):
    catalog = catalog_of({**CSV, "filepath": str(tmp_path / "cars.csv"), "versioned": True})
    with pytest.raises(DatasetConfigError, match="version"):
        catalog.load("cars", version=version)
    with pytest.raises(DatasetConfigError, match="version"):
        catalog.get("cars", version=Version(version, None))


@pytest.mark.parametrize("overwrite", [False, True])
@pytest.mark.parametrize(
    ("partition", "said"),
    [
        ("../escaped", "leave that folder"),
        ("a/../../escaped", "leave that folder"),
        ("/escaped", "leave that folder"),
        ("./a", "leave that folder"),
        ("", "is empty"),
        ("a//b", "slash too many"),
        ("a/", "slash too many"),
        ("a\\b", "backslash"),
        ("a\0b", "control characters"),
        (".tidemill/a", "keeps such names for itself"),
        (5, "no text"),
        (None, "no text"),
    ],
)
def test_partition_ids_that_climb_out(tmp_path, partition, said, overwrite):
    folder = tmp_path / "parts"
    dataset = PartitionedDataset(str(folder), TextDataset, overwrite=overwrite)

    with pytest.raises(DatasetConfigError) as error:
        dataset.save({"fine": "x", partition: "x"})

    assert_short(error.value, "partition id", repr(partition), str(folder), said)
    assert [each for each in tmp_path.rglob("*") if each.is_file()] == []


def test_an_unknown_name_or_version_of_the_catalog():
    with pytest.raises(DatasetNotFoundError) as error:
        catalog_of(CSV).load("carz")
    assert_short(error.value, "'carz'", "Did you mean 'cars'?")

    with pytest.raises(DatasetNotFoundError) as error:
        catalog_of(CSV, load_versions={"carz": "2020"})
    assert_short(error.value, "'carz'", "Did you mean 'cars'?")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("cars: {type: a}\ncars: {type: b}", "line 2"),
        ("cars: !!python/object/apply:os.system [ls]", "line 1"),
        ("a: &a [x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\n" * 1 + "cars: {type: *c}", "line 3"),
        ("cars: [", "line"),
        ("5: {type: a}", "line 1"),
        ("- a", "mapping"),
    ],
)
def test_yaml(tmp_path, text, said):
    from tidemill.config import read_config

    path = tmp_path / "catalog.yml"
    path.write_text(text)
    with pytest.raises(ConfigError) as error:
        read_config(path)
    assert_short(error.value, str(path), said)


class TestLibraries:
    """What is missing is truly missing: in a Python of its own, without any library, or with one hidden from it."""

    CODE = """
        import sys
        class Hidden:
            def find_spec(self, name, path=None, target=None):
                if name.partition(".")[0] == {hidden!r}:
                    raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)
        sys.meta_path.insert(0, Hidden())
        sys.path[:0] = {paths!r}
        from tidemill.errors import DatasetError
        from tidemill.io.definition import build
        try:
            build("cars", {definition!r}).load()
        except DatasetError as error:
            print(error)
    """

    @pytest.fixture(autouse=True)
    def alone(self, tmp_path_factory):
        """A folder with Tidemill and nothing else: beside an installed one is what should be missing."""
        import tidemill

        self.folder = tmp_path_factory.mktemp("alone")
        (self.folder / "tidemill").symlink_to(Path(tidemill.__file__).parent)

    def said(self, definition, *flags, hidden="", path=""):
        paths = [str(self.folder), str(path)]
        code = textwrap.dedent(self.CODE).format(paths=paths, definition=definition, hidden=hidden)
        done = subprocess.run([sys.executable, *flags, "-c", code], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    @pytest.mark.parametrize(
        ("kind", "needs", "extra"),
        [
            ("pandas.CSVDataset", "pandas", "pandas"),
            ("pandas.ParquetDataset", "pandas and pyarrow", "pandas"),
            ("pandas.ExcelDataSet", "pandas and openpyxl", "excel"),
            ("kedro.extras.datasets.pandas.CSVDataSet", "pandas", "pandas"),
        ],
    )
    def test_ours(self, kind, needs, extra):
        message = self.said({"type": kind, "filepath": "a"}, "-I", "-S")
        assert_short(message, "'cars'", f"needs {needs}, which", "not installed", f"pip install 'tidemill[{extra}]'")

    def test_one_of_two(self):
        message = self.said({"type": "pandas.ParquetDataset", "filepath": "a"}, hidden="pyarrow")
        assert_short(message, "needs pyarrow, which is not installed", "pip install 'tidemill[pandas]'")

    def test_a_typo_is_told_without_the_library(self):
        assert_short(self.said({"type": "pandas.CSVDatset"}, "-I", "-S"), "Did you mean 'pandas.CSVDataset'?")

    @pytest.mark.parametrize(
        ("library", "command"),
        [
            ("PIL", "pip install Pillow"),
            ("sklearn.svm", "pip install scikit-learn"),
            ("lightgbm", "pip install lightgbm"),
        ],
    )
    def test_a_users_module_needs_one(self, tmp_path, library, command):
        (tmp_path / "image_dataset.py").write_text(f"import {library}\n")
        message = self.said({"type": "image_dataset.ImageDataset"}, hidden=library.partition(".")[0], path=tmp_path)
        assert_short(message, "'cars'", "image_dataset.ImageDataset", "not installed", command)

    @pytest.mark.parametrize(
        ("protocol", "library", "command"),
        [
            ("s3", "s3fs", "pip install 'tidemill[s3]'"),
            ("gs", "gcsfs", "pip install gcsfs"),
            ("abfs", "adlfs", "pip install adlfs"),
            ("https", "aiohttp", "pip install aiohttp"),
        ],
    )
    def test_a_filesystem_needs_one(self, protocol, library, command):
        filepath = f"{protocol}://bucket/a.txt"
        message = self.said({"type": "text.TextDataset", "filepath": filepath}, hidden=library)
        assert_short(message, "'cars'", filepath, "ImportError", command)

    def test_a_filesystem_that_nobody_knows(self):
        with pytest.raises(DatasetError) as error:
            catalog_of({"type": "text.TextDataset", "filepath": "s4://bucket/a.txt"}).load("cars")
        assert_short(error.value, "'cars'", "s4://bucket/a.txt", "No filesystem has the protocol 's4'")

    def test_a_store_that_refuses(self):
        class Refused(Strict):
            def _load(self):
                raise PermissionError("Access Denied")

        dataset = Refused("bucket/a.txt")
        dataset._protocol = "s3"
        with pytest.raises(DatasetError) as error:
            dataset.load()
        assert_short(error.value, "s3://bucket/a.txt", "Access Denied", "check the credentials")
        assert "uid" not in str(error.value)


@pytest.fixture
def importable(tmp_path, monkeypatch):
    """A folder from which modules can be imported, and forgotten afterwards."""

    def forget():
        for name in [*sys.modules]:
            if name.partition(".")[0] in {"my_datasets", "kedro_datasets"}:
                del sys.modules[name]

    forget()
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    yield tmp_path
    forget()


class TestModules:
    def write(self, folder, text):
        sys.modules.pop("my_datasets", None)
        (folder / "my_datasets.py").write_text(textwrap.dedent(text))
        importlib.invalidate_caches()

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("raise ValueError('no config')", "ValueError: no config"),
            ("import sys; sys.exit(3)", "SystemExit: 3"),
            ("def f(:", "SyntaxError"),
            ("import my_datasets.parts", "ModuleNotFoundError"),
            ("from os import no_such_name", "ImportError"),
            ("open('/no/such/file')", "FileNotFoundError"),
        ],
    )
    def test_that_cannot_be_imported(self, importable, text, said):
        self.write(importable, text)
        message = refused({"type": "my_datasets.Cars"}, "my_datasets.Cars", "cannot be imported", said)
        assert "pip install" not in message

    def test_a_class_that_is_not_in_them(self, importable):
        self.write(importable, "class CarsDataset: pass")
        refused({"type": "my_datasets.CarDataset"}, "module 'my_datasets' has no 'CarDataset'", "'CarsDataset'")

    def test_one_that_is_imported_again_gives_the_new_class(self, importable):
        text = """
            from tidemill import AbstractDataset
            class Cars(AbstractDataset):
                def __init__(self, {argument}=0): pass
                def _load(self): return {argument!r}
                def _save(self, data): pass
                def _describe(self): return {{}}
        """
        self.write(importable, text.format(argument="doors"))
        assert catalog_of({"type": "my_datasets.Cars", "doors": 5}).load("cars") == "doors"

        self.write(importable, text.format(argument="wheels"))

        assert catalog_of({"type": "my_datasets.Cars", "wheels": 4}).load("cars") == "wheels"
        refused({"type": "my_datasets.Cars", "doors": 5}, "It takes: wheels.")


class TestResolution:
    @pytest.mark.parametrize(
        "path",
        [
            "pandas.CSVDataset",
            "pandas.CSVDataSet",
            "CSVDataset",
            "CSVDataSet",
            "tidemill.datasets.pandas.CSVDataset",
            "tidemill.datasets.pandas.csv.CSVDataset",
            "kedro.extras.datasets.pandas.CSVDataSet",
            "kedro.extras.datasets.pandas.csv_dataset.CSVDataSet",
            "kedro_datasets.pandas.CSVDataset",
            "kedro_datasets.pandas.csv_dataset.CSVDataset",
        ],
    )
    def test_a_format_of_ours(self, path):
        assert resolve(path) is CSVDataset

    @pytest.mark.parametrize(
        "path",
        [
            "PartitionedDataset",
            "PartitionedDataSet",
            "tidemill.io.PartitionedDataset",
            "tidemill.io.partitioned.PartitionedDataset",
            "kedro.io.PartitionedDataSet",
            "kedro.io.partitioned_data_set.PartitionedDataSet",
            "partitions.PartitionedDataset",
            "kedro_datasets.partitions.PartitionedDataset",
            "kedro_datasets.partitions.partitioned_dataset.PartitionedDataset",
        ],
    )
    def test_a_dataset_of_this_room(self, path):
        assert resolve(path) is PartitionedDataset

    @pytest.mark.parametrize("path", ["kedro_datasets.ponds.CSVDataset", "ponds.CSVDataset", "modin.csv.CSVDataset"])
    def test_another_librarys_is_never_taken_for_ours(self, path):
        with pytest.raises(DatasetConfigError, match="is unknown"):
            resolve(path)

    def test_a_bare_name_of_several_rooms_is_asked_back(self):
        with pytest.raises(DatasetConfigError, match=r"one of pandas\.JSONDataset, json\.JSONDataset, .*Write which"):
            resolve("JSONDataset")

    def test_the_datasets_of_others_have_short_names_too(self, importable):
        package = importable / "kedro_datasets" / "ponds"
        package.mkdir(parents=True)
        (package / "__init__.py").write_text(
            "from tidemill.datasets.json import JSONDataset\nclass PondDataset(JSONDataset): ..."
        )
        found = [resolve(path) for path in ("ponds.PondDataset", "kedro_datasets.ponds.PondDataset")]
        assert found[0] is found[1]
        assert issubclass(found[0], JSONDataset)

    @pytest.mark.parametrize("name", ["MemoryDataset", "CSVDataset", "PartitionedDataSet"])
    def test_a_users_class_of_the_same_name_is_the_users(self, importable, name):
        (importable / "my_datasets.py").write_text(f"from tidemill.datasets.json import JSONDataset as {name}")
        importlib.invalidate_caches()
        assert resolve(f"my_datasets.{name}") is JSONDataset

    def test_a_class_is_itself(self):
        assert resolve(Strict) is Strict


class TestFilesThatVanish:
    def test_partitions(self, tmp_path):
        for name in "abc":
            (tmp_path / f"{name}.txt").write_text(name)
        dataset = PartitionedDataset(str(tmp_path), TextDataset, filename_suffix=".txt")
        partitions = dataset.load()
        (tmp_path / "b.txt").unlink()

        with pytest.raises(DatasetError) as error:
            partitions["b"]()

        assert_short(error.value, str(tmp_path / "b.txt"), "FileNotFoundError", "Nothing is there")
        assert partitions["c"]() == "c"
        dataset.release()
        assert [*dataset.load()] == ["a", "c"]

    def test_increments(self, tmp_path):
        (tmp_path / "a").write_text("a")
        dataset = IncrementalDataset(str(tmp_path), TextDataset)
        dataset.exists()
        dataset._list_partitions()
        (tmp_path / "a").unlink()

        with pytest.raises(DatasetError) as error:
            dataset.load()

        assert_short(error.value, str(tmp_path / "a"), "FileNotFoundError")
        with pytest.raises(DatasetError, match="not loaded, so there is nothing to confirm"):
            dataset.confirm()

    def test_a_version(self, tmp_path):
        dataset = TextDataset(str(tmp_path / "a.txt"), version=Version(None, None))
        dataset.save("one")
        assert dataset.load() == "one"
        for path in (tmp_path / "a.txt").rglob("a.txt"):
            path.unlink()

        with pytest.raises(DatasetError) as error:
            dataset.load()

        assert_short(error.value, "TextDataset", "FileNotFoundError")

    def test_a_folder_where_a_file_should_be(self, tmp_path):
        with pytest.raises(DatasetError) as error:
            TextDataset(str(tmp_path)).load()
        assert_short(error.value, "It is a folder", "add `versioned: true`", "PartitionedDataset")

    def test_a_missing_file_with_a_near_name(self, tmp_path):
        (tmp_path / "cars.csv").touch()
        with pytest.raises(DatasetError) as error:
            TextDataset(str(tmp_path / "carz.csv")).load()
        assert_short(error.value, "Nothing is there", "Did you mean 'cars.csv'?")


class TestCheckpoints:
    def dataset(self, folder, content):
        for name in "abc":
            (folder / name).write_text(name)
        (folder / "CHECKPOINT").write_bytes(content)
        return catalog_of({"type": "IncrementalDataset", "path": str(folder), "dataset": "text.TextDataset"})

    @pytest.mark.parametrize("content", [b"b", b"b\n", b"b\r\n"])
    def test_a_trailing_newline_is_fine(self, tmp_path, content):
        assert [*self.dataset(tmp_path, content).load("cars")] == ["c"]

    @pytest.mark.parametrize("content", [b"", b"\n"])
    def test_empty(self, tmp_path, content):
        with pytest.raises(DatasetError) as error:
            self.dataset(tmp_path, content).load("cars")
        assert_short(error.value, "'cars'", f"{tmp_path}/CHECKPOINT", "is empty", "delete it")

    def test_not_utf8(self, tmp_path):
        with pytest.raises(DatasetError) as error:
            self.dataset(tmp_path, b"\xff\xfe\x00").load("cars")
        assert_short(error.value, "'cars.checkpoint'", f"{tmp_path}/CHECKPOINT", "UnicodeDecodeError", "delete it")

    def test_a_folder(self, tmp_path):
        catalog = self.dataset(tmp_path, b"")
        (tmp_path / "CHECKPOINT").unlink()
        (tmp_path / "CHECKPOINT").mkdir()
        with pytest.raises(DatasetError) as error:
            catalog.load("cars")
        assert_short(error.value, "'cars.checkpoint'", f"{tmp_path}/CHECKPOINT", "IsADirectoryError")


class TestManifests:
    @pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"format": 1}', b"\xff\xfe\x00", b"[" * 100_000])
    def test_a_corrupt_one_is_ignored_with_a_warning(self, tmp_path, content):
        dataset = TextDataset(str(tmp_path / "a.txt"), version=Version(None, "2020"))
        dataset.save("whole")
        manifest = tmp_path / "a.txt" / "2020" / ".manifest.json"
        manifest.write_bytes(content)
        dataset.release()

        with pytest.warns(UserWarning, match="Ignored the manifest") as caught:
            assert dataset.load() == "whole"

        assert str(manifest) in str(caught[0].message)


NOBODY = 65534


class TestPlaces:
    """Places that may not be read or written: in a process of its own, which is nobody's where the tests are root's."""

    CODE = """
        import contextlib, io, os, sys
        from tidemill import DatasetError, PartitionedDataset, Version
        from tidemill.datasets.text import TextDataset
        root = {root!r}
        def tell(call):
            try:
                call()
            except DatasetError as error:
                print(error, end="\\n\\n")
            except Exception as error:
                print("NOT OURS", repr(error), end="\\n\\n")
            else:
                print("NO ERROR", end="\\n\\n")
        def versioned(path):
            return TextDataset(path, version=Version(None, None))
        def all():
            {body}
        if os.getuid() == 0 and {drop!r}:
            with contextlib.redirect_stdout(io.StringIO()):  # imports all that is needed, while it may be read
                all()
                tell(TextDataset(root + "/missing").load)
            os.setgid({nobody})
            os.setuid({nobody})
        all()
    """

    def said(self, root, *calls, drop=True, prefix=()):
        body = f"for call in ({', '.join(calls)},): tell(call)"
        code = textwrap.dedent(self.CODE).format(root=str(root), body=body, nobody=NOBODY, drop=drop)
        command = [*prefix, sys.executable, "-c", code]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip().split("\n\n")

    @pytest.fixture
    def place(self):
        """A folder that everybody may enter; pytest's own is closed to others."""
        with tempfile.TemporaryDirectory() as folder:
            Path(folder).chmod(0o755)
            closed = Path(folder, "closed")
            (closed / "a.txt" / "2020").mkdir(parents=True)
            (closed / "a.txt" / "2020" / "a.txt").write_text("x")
            (closed / "b.txt").write_text("x")
            Path(folder, "unreadable.txt").write_text("x")
            Path(folder, "unreadable.txt").chmod(0)
            yield Path(folder)
            closed.chmod(0o700)

    def test_a_closed_folder(self, place):
        (place / "closed").chmod(0)
        said = self.said(
            place,
            "TextDataset(root + '/closed/b.txt').load",
            "lambda: TextDataset(root + '/closed/b.txt').save('y')",
            "lambda: versioned(root + '/closed/a.txt').load()",
            "lambda: versioned(root + '/closed/a.txt').save('y')",
            "lambda: PartitionedDataset(root + '/closed', TextDataset).load()",
            "lambda: PartitionedDataset(root + '/closed', TextDataset).save({'a': 'y'})",
            "lambda: PartitionedDataset(root + '/closed', TextDataset, overwrite=True).save({'a': 'y'})",
            "TextDataset(root + '/unreadable.txt').load",
        )
        assert len(said) == 8
        for message in said:
            assert_short(message, "failed", str(place), "PermissionError", "may not", "change the permissions")

    def test_a_folder_that_may_only_be_read(self, place):
        (place / "closed").chmod(0o555)
        said = self.said(
            place,
            "TextDataset(root + '/closed/b.txt').load",
            "lambda: TextDataset(root + '/closed/b.txt').save('y')",
            "lambda: versioned(root + '/closed/c.txt').save('y')",
            "lambda: PartitionedDataset(root + '/closed', TextDataset).save({'c': 'y'})",
        )
        assert said[0] == "NO ERROR"
        for message in said[1:]:
            assert_short(message, "failed", str(place), "PermissionError", "change the permissions")

    def test_one_that_may_be_entered_and_not_listed(self, place):
        (place / "closed").chmod(0o711)
        said = self.said(place, "TextDataset(root + '/closed/nothing.txt').load")
        assert_short(said[0], "failed", f"{place}/closed/nothing.txt", "FileNotFoundError")

    def test_a_file_system_that_is_mounted_read_only(self, tmp_path):
        mount = (
            f"mount -t tmpfs none {tmp_path} && echo x > {tmp_path}/b.txt && mkdir {tmp_path}/v.txt && "
            f'mount -o remount,ro {tmp_path} && exec "$@"'
        )
        prefix = ["unshare", "-m", "sh", "-c", mount, "sh"]
        try:
            subprocess.run([*prefix, "true"], check=True, capture_output=True)
        except (OSError, subprocess.CalledProcessError) as exc:
            pytest.skip(f"nothing can be mounted here: {exc}")
        said = self.said(
            tmp_path,
            "TextDataset(root + '/b.txt').load",
            "lambda: TextDataset(root + '/b.txt').save('y')",
            "lambda: versioned(root + '/v.txt').save('y')",
            "lambda: PartitionedDataset(root + '/new', TextDataset).save({'c': 'y'})",
            drop=False,
            prefix=prefix,
        )
        assert said[0] == "NO ERROR"
        for message in said[1:]:
            assert_short(message, "failed", str(tmp_path), "Read-only file system", "choose another filepath")

    def test_the_errors_have_no_guesses(self, place):
        """What cannot be known is not told: a closed folder may hold the file or not."""
        (place / "closed").chmod(0)
        said = self.said(place, "TextDataset(root + '/closed/b.txt').load")
        assert "Nothing is there" not in said[0]
        assert "exists" not in said[0]
        assert len(said[0].splitlines()) < MOST_LINES
