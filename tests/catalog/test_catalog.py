"""DataCatalog: names -> datasets."""

from __future__ import annotations

import logging
import pickle
import re
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from tests.messages import assert_short

from tidemill import (
    AbstractDataset,
    CachedDataset,
    DataCatalog,
    DatasetError,
    MemoryDataset,
    PartitionedDataset,
    Version,
)
from tidemill.config import parse_yaml
from tidemill.datasets.pandas import CSVDataset
from tidemill.datasets.text import TextDataset
from tidemill.errors import (
    CredentialsNotFoundError,
    DatasetAlreadyExistsError,
    DatasetConfigError,
    DatasetNotFoundError,
    VersionAlreadyExistsError,
    VersionNotFoundError,
)


class Counted(AbstractDataset):
    """A dataset that counts how often one was made, and takes a while to make."""

    made = 0

    def __init__(self, delay=0.0, credentials=None, **options):
        time.sleep(delay)
        type(self).made += 1
        self.credentials, self.options = credentials, options

    def _load(self):
        return self.options

    def _save(self, data):
        self.options = data

    def _exists(self):
        return True

    def _describe(self):
        return {}


@pytest.fixture(autouse=True)
def _count_anew():
    Counted.made = 0


COUNTED = f"{__name__}.Counted"


@pytest.fixture
def text(tmp_path):
    """The definition of a text file of this name."""

    def definition(name, **more):
        return {"type": "text.TextDataset", "filepath": str(tmp_path / name), **more}

    return definition


class TestMapping:
    @pytest.fixture
    def catalog(self, text):
        made = DataCatalog.from_config({"cars": text("cars"), "{name}@csv": {"type": COUNTED}})
        made["answer"] = 42
        return made

    def test_in(self, catalog):
        assert "cars" in catalog
        assert "answer" in catalog
        assert "bikes@csv" in catalog
        assert "bikes" not in catalog
        assert 5 not in catalog
        assert len(catalog) == 2  # asking makes nothing

    def test_iteration_is_over_names_in_order_and_may_change_the_catalog(self, catalog):
        assert [*catalog] == catalog.keys() == catalog.list() == ["cars", "answer"]
        for name in catalog:
            del catalog[name]
        assert len(catalog) == 0

    def test_items(self, catalog):
        assert isinstance(catalog["cars"], TextDataset)
        assert catalog["cars"] is catalog["cars"] is catalog.get("cars")
        assert isinstance(catalog["answer"], MemoryDataset)
        assert catalog.values() == [catalog["cars"], catalog["answer"]]
        assert catalog.items() == [("cars", catalog["cars"]), ("answer", catalog["answer"])]

    def test_assignment_of_data_and_of_datasets(self, catalog):
        catalog["numbers"] = [1, 2]
        catalog["mine"] = dataset = MemoryDataset("x")
        assert catalog.load("numbers") == [1, 2]
        assert catalog["mine"] is dataset
        assert dataset._name == "mine"
        catalog["cars"] = "replaced"
        assert catalog.load("cars") == "replaced"

    def test_a_dataset_keeps_the_name_it_got_first(self, catalog):
        catalog["again"] = catalog["cars"]
        assert catalog["again"]._name == "cars"

    def test_deletion(self, catalog):
        del catalog["answer"]
        assert "answer" not in catalog
        with pytest.raises(DatasetNotFoundError, match="'answer'"):
            del catalog["answer"]

    def test_get(self, catalog):
        assert catalog.get("bikes") is None
        assert "bikes" not in catalog
        assert isinstance(catalog.get("bikes@csv"), Counted)
        assert isinstance(catalog.get("new", fallback_to_runtime_pattern=True), MemoryDataset)
        assert "new" in catalog

    @pytest.mark.parametrize("method", ["load", "release", "confirm", "__getitem__", "__delitem__"])
    def test_an_unknown_name_is_told_with_a_near_one(self, catalog, method):
        with pytest.raises(DatasetNotFoundError) as error:
            getattr(catalog, method)("carz")
        assert_short(error.value, "The catalog has no dataset 'carz'. Did you mean 'cars'?")

    def test_what_is_near_among_very_many(self):
        catalog = DataCatalog({**{f"table_{number:05}": number for number in range(6000)}, "weather": "rain"})
        with pytest.raises(DatasetNotFoundError) as error:
            catalog.load("weathr")
        assert_short(error.value, "The catalog has no dataset 'weathr'. Did you mean 'weather'?")
        assert isinstance(error.value, KeyError)
        assert not catalog.exists("carz")

    def test_a_dataset_that_is_false_is_made_once(self):
        class Empty(Counted):
            def __len__(self):
                return 0

        catalog = DataCatalog.from_config({"empty": {"type": Empty}})
        assert catalog["empty"] is catalog["empty"]
        catalog.save("empty", {"a": 1})
        assert catalog.load("empty") == {"a": 1}
        assert Empty.made == 1

    def test_the_older_names_of_the_mapping(self, catalog):
        assert catalog._data_sets["cars"] is catalog["cars"]
        assert [*catalog._datasets] == [*catalog]
        assert DataCatalog(data_sets={"a": 1}).load("a") == 1


class TestFinding:
    @pytest.fixture
    def catalog(self, text, tmp_path):
        return DataCatalog.from_config(
            {
                "raw.cars": text("cars"),
                "raw.bikes": {"type": "pandas.CSVDataset", "filepath": str(tmp_path / "bikes")},
                "Model": {"type": "MemoryDataset"},
            }
        )

    @pytest.mark.parametrize(
        ("regex", "names"),
        [
            (None, ["raw.cars", "raw.bikes", "Model"]),
            ("", ["raw.cars", "raw.bikes", "Model"]),
            ("RAW", ["raw.cars", "raw.bikes"]),
            ("^model$", ["Model"]),
            (r"\.b", ["raw.bikes"]),
            ("nothing", []),
        ],
    )
    def test_list(self, catalog, regex, names):
        assert catalog.list(regex) == names

    def test_list_by_a_compiled_expression_minds_the_case(self, catalog):
        assert catalog.list(re.compile("model")) == []

    def test_what_is_no_expression(self, catalog):
        with pytest.raises(DatasetConfigError, match=r"'\[' is no regular expression"):
            catalog.list("[")

    def test_filter(self, catalog):
        assert catalog.filter(type_regex="pandas") == ["raw.bikes"]
        assert catalog.filter(by_type=MemoryDataset) == ["Model"]
        assert catalog.filter(by_type=(TextDataset, CSVDataset)) == ["raw.cars", "raw.bikes"]
        assert catalog.filter(by_type=[TextDataset, CSVDataset], name_regex="cars") == ["raw.cars"]

    def test_get_type(self, catalog):
        assert catalog.get_type("raw.cars") == "tidemill.datasets.text.TextDataset"
        assert catalog.get_type("nothing") is None


class TestUse:
    def test_load_save_exists_release(self, text, tmp_path):
        catalog = DataCatalog.from_config({"note": text("note")})
        assert not catalog.exists("note")
        catalog.save("note", "x")
        assert catalog.exists("note")
        assert catalog.load("note") == (tmp_path / "note").read_text() == "x"
        catalog.release("note")

    def test_arguments_of_one_load(self, tmp_path):
        (tmp_path / "cars.csv").write_text("a;b\n1;2\n")
        catalog = DataCatalog.from_config(
            {"cars": {"type": "pandas.CSVDataset", "filepath": str(tmp_path / "cars.csv")}}
        )
        assert [*catalog.load("cars", sep=";").columns] == ["a", "b"]
        assert [*catalog.load("cars").columns] == ["a;b"]

    def test_confirm(self, tmp_path):
        (tmp_path / "a").write_text("a")
        catalog = DataCatalog.from_config(
            {"parts": {"type": "IncrementalDataset", "path": str(tmp_path), "dataset": "text.TextDataset"}}
        )
        catalog.load("parts")
        catalog.confirm("parts")
        catalog.release("parts")
        assert catalog.load("parts") == {}

    def test_confirm_of_what_cannot_be(self):
        with pytest.raises(DatasetError) as error:
            DataCatalog({"answer": 42}).confirm("answer")
        assert_short(error.value, "'answer' (MemoryDataset) cannot be confirmed", "Drop it from the node's `confirms`")

    def test_logs_name_what_is_loaded_and_saved(self, caplog):
        caplog.set_level(logging.DEBUG, "tidemill")
        catalog = DataCatalog({"answer": 42})
        catalog.load("answer")
        catalog.save("answer", 43)
        assert [*caplog.messages] == ["Loading 'answer' (MemoryDataset)", "Saving 'answer' (MemoryDataset)"]


class TestAdding:
    def test_add(self):
        catalog = DataCatalog({"a": 1})
        catalog.add("b", MemoryDataset(2))
        with pytest.raises(DatasetAlreadyExistsError, match="has 'b' already.*`replace=True`"):
            catalog.add("b", 3)
        catalog.add("b", 3, replace=True)
        catalog.add_all({"c": 4})
        assert [catalog.load(name) for name in catalog] == [1, 3, 4]

    def test_add_feed_dict(self):
        catalog = DataCatalog()
        frame = {"x": [1]}
        catalog.add_feed_dict({"frame": frame, "dataset": MemoryDataset(1)})
        frame["x"].append(2)
        assert catalog.load("frame") == {"x": [1]}
        with pytest.raises(DatasetAlreadyExistsError):
            catalog.add_feed_dict({"frame": 1})
        catalog.add_feed_dict({"frame": 1}, replace=True)
        assert catalog.load("frame") == 1

    def test_add_parameters(self):
        catalog = DataCatalog()
        catalog.add_parameters({"model": {"depth": 3, "grid": {"a.b": [1]}}, "none": None, "n": 0})
        assert {*catalog} == {
            "parameters",
            "params:model",
            "params:model.depth",
            "params:model.grid",
            "params:model.grid.a.b",
            "params:none",
            "params:n",
        }
        assert catalog.load("parameters")["model"]["depth"] == catalog.load("params:model.depth") == 3
        assert catalog.load("params:none") is None
        assert catalog.load("params:n") == 0
        catalog.load("params:model")["depth"] = 100
        assert catalog.load("params:model") == {"depth": 3, "grid": {"a.b": [1]}}

    def test_what_is_no_text_is_no_name(self):
        for add in (DataCatalog().add, DataCatalog().__setitem__):
            with pytest.raises(DatasetConfigError, match="names must be text"):
                add(5, 1)

    def test_shallow_copy(self, text):
        catalog = DataCatalog.from_config({"cars": text("cars"), "{x}@c": {"type": COUNTED}}, save_version="2020")
        other = catalog.shallow_copy()
        other["new"] = 1
        del other["cars"]
        assert catalog.list() == ["cars"]
        assert other.list() == ["new"]
        assert "a@c" in other
        assert other.save_version == "2020"

    def test_a_shallow_copy_shares_its_datasets(self, text):
        catalog = DataCatalog.from_config({"cars": text("cars")})
        other = catalog.shallow_copy()
        assert other["cars"] is catalog["cars"]

    def test_of_a_subclass(self):
        class Own(DataCatalog):
            pass

        assert type(Own.from_config({}).shallow_copy()) is Own


class TestVersions:
    def test_all_are_saved_under_one(self, text, tmp_path):
        catalog = DataCatalog.from_config({name: text(name, versioned=True) for name in "ab"})
        for name in "ab":
            catalog.save(name, name)
        assert [path.name for path in tmp_path.glob("*/*")] == [catalog.save_version] * 2
        assert catalog.load("a") == "a"

    def test_which_does_not_change(self, text):
        catalog = DataCatalog.from_config({"a": text("a", versioned=True)})
        catalog.save("a", "1")
        with pytest.raises(VersionAlreadyExistsError, match=catalog.save_version):
            catalog.save("a", "2")
        catalog.release("a")
        with pytest.raises(VersionAlreadyExistsError):
            catalog.save("a", "2")
        assert catalog.load("a") == "1"

    def test_and_may_be_given(self, text, tmp_path):
        DataCatalog.from_config({"a": text("a", versioned=True)}, save_version="mine").save("a", "1")
        assert (tmp_path / "a" / "mine" / "a").read_text() == "1"

    def test_two_catalogs_have_two(self):
        assert DataCatalog.from_config({}).save_version < DataCatalog.from_config({}).save_version

    @pytest.fixture
    def saved(self, text):
        for version in ("2019", "2020", "2021"):
            DataCatalog.from_config({"a": text("a", versioned=True)}, save_version=version).save("a", version)
        return {"a": text("a", versioned=True), "plain": text("plain")}

    def test_load_versions(self, saved):
        assert DataCatalog.from_config(saved).load("a") == "2021"
        assert DataCatalog.from_config(saved, load_versions={"a": "2019"}).load("a") == "2019"
        with pytest.raises(VersionNotFoundError, match="no version '2018'.*newest are 2021, 2020, 2019"):
            DataCatalog.from_config(saved, load_versions={"a": "2018"}).load("a")

    def test_load_versions_of_factories(self, text):
        pattern = {"{name}@text": text("{name}", versioned=True)}
        DataCatalog.from_config(pattern, save_version="1").save("a@text", "one")
        DataCatalog.from_config(pattern, save_version="2").save("a@text", "two")
        assert DataCatalog.from_config(pattern, load_versions={"a@text": "1"}).load("a@text") == "one"

    def test_load_versions_of_what_is_not_there(self, saved):
        with pytest.raises(DatasetNotFoundError, match="`load_versions` names 'b', which the catalog does not have"):
            DataCatalog.from_config(saved, load_versions={"b": "2019"})

    def test_load_versions_of_what_has_none(self, saved):
        catalog = DataCatalog.from_config(saved, load_versions={"plain": "2019"})
        with pytest.warns(UserWarning, match=r"'plain' is not versioned, so version '2019' has no effect"):
            catalog["plain"]

    def test_an_exact_version_of_one_load(self, saved):
        catalog = DataCatalog.from_config(saved)
        assert catalog.load("a") == "2021"
        assert catalog.load("a", version="2019") == "2019"
        assert catalog.load("a") == "2021"
        with pytest.raises(VersionNotFoundError):
            catalog.load("a", version="2018")
        with pytest.raises(DatasetError, match=r"'plain' is not versioned.*Add `versioned: true`"):
            catalog.load("plain", version="2019")

    def test_of_what_can_have_none(self):
        with pytest.raises(DatasetError, match=r"'a' \(MemoryDataset\) keeps no versions"):
            DataCatalog({"a": 1}).load("a", version="2019")

    def test_a_dataset_with_an_exact_version(self, saved):
        catalog = DataCatalog.from_config(saved)
        catalog.load("a")
        pinned = catalog.get("a", version=Version("2020", "2030"))
        assert pinned.load() == "2020"
        assert pinned._version == Version("2020", "2030")
        assert catalog.get("a").load() == "2021"

    def test_what_the_same_catalog_saved_is_loaded(self, saved):
        catalog = DataCatalog.from_config(saved, save_version="2022")
        assert catalog.load("a") == "2021"
        catalog.save("a", "new")
        assert catalog.load("a") == "new"

    def test_what_others_save_meanwhile_is_not(self, saved):
        catalog = DataCatalog.from_config(saved)
        assert catalog.load("a") == "2021"
        DataCatalog.from_config(saved, save_version="2022").save("a", "2022")
        assert catalog.load("a") == "2021"
        catalog.release("a")
        assert catalog.load("a") == "2022"


class TestDefinitions:
    def test_nothing_is_made_before_it_is_used(self):
        catalog = DataCatalog.from_config({"a": {"type": COUNTED}, "b": {"type": "no.such.Dataset"}})
        assert Counted.made == 0
        assert (len(catalog), "b" in catalog, catalog.list("b"), repr(catalog)) == (
            2,
            True,
            ["b"],
            "DataCatalog(2 datasets: a, b)",
        )
        catalog.load("a")
        assert Counted.made == 1

    def test_names_with_an_underscore_and_anchors(self, text):
        catalog = DataCatalog.from_config(
            parse_yaml(
                """
_text: &text {type: text.TextDataset, fs_args: {open_args_save: {mode: w}}}
_note: just a note
cars: {<<: *text, filepath: cars.txt}
bikes: {<<: *text, filepath: bikes.txt}
""",
                "catalog.yml",
            )
        )
        assert catalog.list() == ["cars", "bikes"]
        assert "_text" not in catalog
        assert catalog["cars"]._filepath.name == "cars.txt"

    def test_definitions_are_copied(self):
        options = {"a": [1]}
        definition = {"type": COUNTED, "options": options}
        catalog = DataCatalog.from_config({"a": definition})
        options["a"].append(2)
        definition["type"] = "other"
        catalog.load("a")["options"]["a"].append(3)
        assert catalog.to_config()[0]["a"] == {"type": COUNTED, "options": {"a": [1]}}
        assert options == {"a": [1, 2]}

    @pytest.mark.parametrize("catalog", [None, {}])
    def test_an_empty_one(self, catalog):
        assert len(DataCatalog.from_config(catalog)) == 0

    def test_credentials_by_name_at_any_depth(self):
        catalog = DataCatalog.from_config(
            {
                "a": {"type": COUNTED, "credentials": "dev"},
                "b": {"type": COUNTED, "inner": {"credentials": "dev"}},
                "c": {"type": COUNTED, "credentials": {"written": "out"}},
                "{d}@x": {"type": COUNTED, "credentials": "dev"},
            },
            {"dev": {"key": "k"}},
        )
        assert catalog["a"].credentials == catalog["d@x"].credentials == {"key": "k"}
        assert catalog.load("b") == {"inner": {"credentials": {"key": "k"}}}
        assert catalog["c"].credentials == {"written": "out"}

    @pytest.mark.parametrize("name", ["a", "{name}@a"])
    def test_missing_credentials_are_found_at_once(self, name):
        with pytest.raises(CredentialsNotFoundError) as error:
            DataCatalog.from_config({name: {"type": COUNTED, "credentials": "dve"}}, {"dev": {}})
        assert_short(error.value, f"'{name}'", "'credentials'", "'dve'", "Did you mean 'dev'")

    def test_credentials_that_depend_on_the_name(self):
        catalog = DataCatalog.from_config({"{env}.a": {"type": COUNTED, "credentials": "dev"}}, {"dev": {"k": 1}})
        assert catalog["x.a"].credentials == {"k": 1}


class TestFactories:
    def test_the_most_specific_wins_and_the_catch_all_is_last(self, tmp_path):
        def at(path):
            return {"type": "text.TextDataset", "filepath": str(tmp_path / path)}

        catalog = DataCatalog.from_config(
            {
                "{default}": {"type": "MemoryDataset"},
                "{name}@csv": at("{name}.csv"),
                "{namespace}.{name}@csv": at("{namespace}/{name}.csv"),
                "raw.{name}@csv": at("raw_{name}.csv"),
                "raw.cars@csv": at("exact.csv"),
            }
        )
        for name, path in [
            ("bikes@csv", "bikes.csv"),
            ("a.bikes@csv", "a/bikes.csv"),
            ("raw.bikes@csv", "raw_bikes.csv"),
            ("raw.cars@csv", "exact.csv"),
        ]:
            assert str(catalog[name]._filepath) == str(tmp_path / path)
        assert isinstance(catalog["anything"], MemoryDataset)
        assert len(catalog) == 5
        assert catalog["anything"] is catalog["anything"]

    def test_what_a_pattern_made_is_named(self, text):
        catalog = DataCatalog.from_config({"{name}@text": text("{name}")})
        with pytest.raises(DatasetError, match=r"Loading 'cars@text' \(TextDataset\)"):
            catalog.load("cars@text")

    def test_what_a_pattern_cannot_make_is_not_kept(self):
        catalog = DataCatalog.from_config({"{name}": {"type": "no.such.{name}"}})
        for _ in range(2):
            with pytest.raises(DatasetConfigError, match=r"'Cars': type 'no.such.Cars' is unknown"):
                catalog.load("Cars")
        assert len(catalog) == 0

    def test_patterns_are_no_names(self):
        catalog = DataCatalog.from_config({"{name}@x": {"type": "MemoryDataset"}})
        assert [*catalog] == catalog.list() == catalog.values() == []


def test_transcoded_names_are_entries_of_their_own(tmp_path):
    path = str(tmp_path / "cars.csv")
    catalog = DataCatalog.from_config(
        {
            "cars@pandas": {"type": "pandas.CSVDataset", "filepath": path},
            "cars@text": {"type": "text.TextDataset", "filepath": path},
        }
    )
    catalog.save("cars@text", "a,b\n1,2\n")
    assert catalog.load("cars@pandas").to_dict("list") == {"a": [1], "b": [2]}
    assert "cars" not in catalog


class TestTogether:
    @pytest.mark.parametrize("name", ["slow", "slow@pattern"])
    def test_32_threads_make_one(self, name):
        definition = {"type": COUNTED, "delay": 0.05}
        catalog = DataCatalog.from_config({"slow": definition, "{name}@pattern": definition})
        barrier = threading.Barrier(32)

        def use(_):
            barrier.wait()
            return catalog[name]

        with ThreadPoolExecutor(32) as pool:
            datasets = {id(each) for each in pool.map(use, range(32))}

        assert (len(datasets), Counted.made) == (1, 1)

    def test_a_dataset_that_uses_the_catalog_while_it_is_made(self):
        catalog = DataCatalog({"answer": 42})

        class Using(Counted):
            def __init__(self):
                super().__init__(answer=catalog.load("answer"))

        catalog["using"] = Using()
        assert catalog.load("using") == {"answer": 42}

    def test_what_is_set_while_another_is_made_in_its_place_stays(self):
        class Slow(Counted):
            def __init__(self):
                super().__init__(answer=1)
                catalog["name"] = 42  # as another thread may

        catalog = DataCatalog.from_config({"name": {"type": Slow}})

        assert catalog.load("name") == {"answer": 1}
        assert catalog.load("name") == 42

    def test_adding_while_others_look(self):
        catalog = DataCatalog()
        stop = threading.Event()

        def look():
            while not stop.is_set():
                for name in catalog:
                    assert name in catalog
                catalog.list("1")
                catalog.shallow_copy()

        with ThreadPoolExecutor(4) as pool:
            looking = [pool.submit(look) for _ in range(3)]
            for number in range(2000):
                catalog[f"name{number}"] = number
            stop.set()
            for each in looking:
                each.result()


def test_it_pickles_with_all_it_holds(text, tmp_path):
    (tmp_path / "part").write_text("x")
    catalog = DataCatalog.from_config(
        {
            "a": text("a", versioned=True),
            "cached": {"type": "CachedDataset", "dataset": text("c")},
            "parts": {"type": "PartitionedDataset", "path": str(tmp_path), "dataset": "text.TextDataset"},
            "{name}@x": {"type": COUNTED, "credentials": "dev"},
        },
        {"dev": {"k": 1}},
        save_version="2020",
    )
    catalog["answer"] = 42
    catalog.save("a", "x")
    catalog.load("parts")
    for other in (pickle.loads(pickle.dumps(catalog)), pickle.loads(pickle.dumps(catalog.shallow_copy()))):
        assert other.list() == catalog.list()
        assert (other.load("a"), other.load("answer"), other.save_version) == ("x", 42, "2020")
        assert isinstance(other["cached"], CachedDataset)
        assert isinstance(other["parts"], PartitionedDataset)
        assert other["new@x"].credentials == {"k": 1}
        other["more"] = 1
        assert "more" not in catalog


def test_datasets_that_cannot_be_pickled_say_which():
    from tidemill import LambdaDataset

    catalog = DataCatalog({"bad": LambdaDataset(lambda: 1)})
    with pytest.raises((pickle.PicklingError, AttributeError)):
        pickle.dumps(catalog)
