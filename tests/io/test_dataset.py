"""AbstractDataset: what its authors may write, and what its users can rely on."""

from __future__ import annotations

import errno
import fnmatch
import glob
import os
import pickle
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, get_args

import pytest
from tests.messages import assert_short

from tidemill import AbstractDataset, AbstractVersionedDataset, DatasetError, Version
from tidemill.datasets.text import TextDataset
from tidemill.errors import DatasetConfigError, VersionAlreadyExistsError
from tidemill.io.definition import build


class Held(AbstractDataset[Any, Any]):
    """The older style."""

    def __init__(self, value=0, fail=None):
        self.value, self.fail = value, fail

    def _load(self):
        if self.fail:
            raise self.fail
        return ["Held._load"]

    def _save(self, data):
        if self.fail:
            raise self.fail
        self.saved = [*getattr(self, "saved", []), ("Held._save", data)]

    def _describe(self):
        return {"value": self.value}


class Public(AbstractDataset[Any, Any]):
    """The newer style."""

    def load(self):
        return ["Public.load"]

    def save(self, data):
        self.saved = [*getattr(self, "saved", []), ("Public.save", data)]

    def _describe(self):
        return {}


class VersionedText(AbstractVersionedDataset[str, str]):
    def __init__(self, filepath, version=None):
        super().__init__(PurePosixPath(filepath), version)

    def _load(self):
        return Path(self._get_load_path()).read_text()

    def _save(self, data):
        Path(self._get_save_path()).write_text(data)

    def _describe(self):
        return {"filepath": self._filepath, "version": self._version}


BASES = [Held, Public]


class TestEitherStyle:
    @pytest.mark.parametrize("base", BASES)
    def test_both_names_load_and_save(self, base):
        dataset = base()
        assert dataset.load() == dataset._load()
        dataset.save(1)
        dataset._save(2)
        assert [data for _, data in dataset.saved] == [1, 2]

    @pytest.mark.parametrize("base", BASES)
    @pytest.mark.parametrize("written", ["load", "_load"])
    @pytest.mark.parametrize("called", ["load", "_load"])
    def test_super_in_every_combination(self, base, written, called):
        def load(self):
            return [f"Child.{written}", *getattr(super(child, self), called)()]

        child = type("Child", (base,), {written: load})

        assert child().load() == [f"Child.{written}", *base().load()]

    @pytest.mark.parametrize("base", BASES)
    @pytest.mark.parametrize("written", ["save", "_save"])
    @pytest.mark.parametrize("called", ["save", "_save"])
    def test_super_of_a_save_in_every_combination(self, base, written, called):
        def save(self, data):
            getattr(super(child, self), called)(data + 1)

        child = type("Child", (base,), {written: save})
        dataset = child()
        dataset.save(1)

        assert [data for _, data in dataset.saved] == [2]

    @pytest.mark.parametrize("styles", [(a, b, c) for a in ("load", "_load") for b in ("load", "_load") for c in BASES])
    def test_three_generations(self, styles):
        middle_style, child_style, base = styles

        def middle_load(self):
            return ["middle", *super(middle, self).load()]

        def child_load(self):
            return ["child", *super(child, self).load()]

        middle = type("Middle", (base,), {middle_style: middle_load})
        child = type("Child", (middle,), {child_style: child_load})

        assert child().load() == ["child", "middle", *base().load()]

    def test_a_load_that_calls_the_inherited_private_one(self):
        class Child(Held):
            def load(self):
                return ["Child.load", *self._load()]

        class Grandchild(Child):
            pass

        assert Child().load() == Grandchild().load() == ["Child.load", "Held._load"]
        assert Child()._load() == ["Held._load"]

    def test_a_class_that_writes_both_calls_one_from_the_other(self):
        class Template(AbstractDataset):
            def load(self):
                return ["Template.load", *self._load()]

            def _load(self):
                return ["Template._load"]

            def save(self, data):
                self._save(data + 1)

            def _save(self, data):
                self.saved = data

            def _describe(self):
                return {}

        class Child(Template):
            def _load(self):
                return ["Child._load", *super()._load()]

            def _save(self, data):
                super()._save(data * 10)

        dataset = Child()
        dataset.save(1)

        assert dataset.saved == 20
        assert dataset.load() == ["Template.load", "Child._load", "Template._load"]

    @pytest.mark.parametrize("base", BASES)
    def test_plain_mixins_before_and_after(self, base):
        class Loud:
            def load(self):
                return ["Loud.load", *super().load()]

        class Quiet:
            def _load(self):
                return ["Quiet._load", *super()._load()]

        class Other:
            def helps(self):
                return "helped"

        assert type("A", (Loud, base), {})().load() == ["Loud.load", *base().load()]
        assert type("B", (Quiet, base), {})().load() == ["Quiet._load", *base().load()]
        assert type("C", (Loud, Quiet, base), {})().load()[0] == "Loud.load"
        assert type("D", (base, Other), {})().helps() == "helped"
        assert type("E", (base, Loud), {})().load() == base().load()

    def test_a_mixin_can_bring_all_that_is_missing(self):
        class Json:
            def _load(self):
                return "loaded"

            def _save(self, data):
                self.saved = data

        class Mixed(Json, AbstractDataset):
            def _describe(self):
                return {}

        class MixedLast(AbstractDataset, Json):
            def _describe(self):
                return {}

        assert Mixed().load() == "loaded"
        assert MixedLast().load() == "loaded"

    def test_a_mixin_is_guarded_too(self):
        class Broken:
            def load(self):
                raise ValueError("broken")

        with pytest.raises(DatasetError, match="ValueError: broken"):
            type("Mixed", (Broken, Held), {})().load()

    @pytest.mark.parametrize(("left_out", "names"), [("_load", "`_load` or `load`"), ("_save", "`_save` or `save`")])
    def test_what_the_author_has_not_written_is_said(self, left_out, names):
        methods = {"_load": lambda self: 1, "_save": lambda self, data: None, "_describe": lambda self: {}}
        del methods[left_out]

        with pytest.raises(TypeError, match=names):
            type("Half", (AbstractDataset,), methods)()

    def test_describe_is_wanted(self):
        with pytest.raises(TypeError, match="_describe"):
            type("Half", (AbstractDataset,), {"_load": lambda self: 1, "_save": lambda self, data: None})()

    def test_names_and_docstrings_stay(self):
        assert Public.load.__name__ == Held.load.__name__ == "load"
        assert Held.load.__doc__

    def test_it_is_generic(self):
        alias = AbstractDataset[int, str]
        assert get_args(alias) == (int, str)

        class Numbers(AbstractDataset[int, int]):
            def _load(self) -> int:
                return 1

            def _save(self, data: int) -> None: ...

            def _describe(self):
                return {}

        assert Numbers().load() == 1

    def test_a_method_of_another_class_may_be_borrowed(self):
        class Borrowing(Held):
            load, save = Public.load, Public.save

        dataset = Borrowing()
        dataset.save("x")

        assert dataset.load() == ["Public.load"]
        assert dataset.saved == [("Public.save", "x")]
        with pytest.raises(DatasetError):  # it is guarded as every other
            dataset.save(None)


class TestErrors:
    def test_a_failed_load_says_which_what_why_and_keeps_the_cause(self):
        cause = ValueError("bad header")
        dataset = build("cars", {"type": Held, "fail": cause})

        with pytest.raises(DatasetError) as error:
            dataset.load()

        assert_short(error.value, "Loading 'cars' (Held) failed", "ValueError: bad header")
        assert error.value.__cause__ is cause

    def test_where(self, tmp_path):
        dataset = VersionedText(str(tmp_path / "notes.txt"))
        (tmp_path / "notes.txt").write_bytes(b"\xff")

        with pytest.raises(DatasetError) as error:
            dataset.load()

        assert_short(error.value, f"Loading VersionedText failed at {tmp_path}/notes.txt.", "UnicodeDecodeError")

    def test_a_failed_save_too(self):
        with pytest.raises(DatasetError, match=r"^Saving Held failed\.\n  KeyError: 'x'$") as error:
            Held(fail=KeyError("x")).save(1)

        assert isinstance(error.value.__cause__, KeyError)

    @pytest.mark.parametrize("method", ["exists", "release"])
    def test_the_rest_too(self, method):
        class Broken(Held):
            def _exists(self):
                raise RuntimeError("no network")

            _release = _exists

        with pytest.raises(DatasetError, match="RuntimeError: no network"):
            getattr(Broken(), method)()

    def test_the_authors_own_dataset_error_is_raised_as_it_is(self):
        own = DatasetError("I know better")

        with pytest.raises(DatasetError) as error:
            Held(fail=own).load()

        assert error.value is own

    @pytest.mark.parametrize("kind", [KeyboardInterrupt, SystemExit])
    def test_what_is_no_error_passes(self, kind):
        with pytest.raises(kind):
            Held(fail=kind()).load()

    def test_a_long_message_is_cut_and_an_empty_one_is_named(self):
        with pytest.raises(DatasetError) as error:
            Held(fail=ValueError("\n".join(["x" * 5000] * 50))).load()
        assert_short(error.value, "ValueError: xxx", "...")
        assert len(str(error.value)) < 1000

        with pytest.raises(DatasetError, match=r"ValueError: no message$"):
            Held(fail=ValueError()).load()

    def test_a_broken_describe_hides_no_error(self):
        class Broken(Held):
            def _describe(self):
                raise RuntimeError("oops")

        assert repr(Broken()) == "Broken(<_describe failed: RuntimeError>)"
        with pytest.raises(DatasetError, match="the cause"):
            Broken(fail=ValueError("the cause")).load()

    def test_an_error_that_cannot_be_printed_is_told_all_the_same(self):
        class Unprintable(Exception):  # noqa: N818
            def __str__(self):
                raise RuntimeError

            __repr__ = __str__

        with pytest.raises(DatasetError, match="Unprintable: <Unprintable that cannot be shown: RuntimeError>"):
            Held(fail=Unprintable(Unprintable())).load()

    @pytest.mark.parametrize(
        ("number", "remedy"),
        [
            (errno.EACCES, f"This user (uid {os.getuid()}) may not do that there: change the permissions"),
            (errno.EPERM, "change the permissions, or the filepath"),
            (errno.EROFS, "mounted read-only: choose another filepath"),
            (errno.ENOSPC, "The disk is full"),
        ],
    )
    def test_what_the_system_refuses_comes_with_a_remedy(self, number, remedy):
        with pytest.raises(DatasetError) as error:
            Held(fail=OSError(number, os.strerror(number), "a.txt")).save("x")
        assert_short(error.value, os.strerror(number), remedy)

    def test_arguments_that_cannot_be_compared_hide_no_error(self):
        import pandas as pd

        with pytest.raises(DatasetError, match="the cause"):
            Held(pd.DataFrame({"a": [1, 2]}), fail=ValueError("the cause")).load()

    def test_a_missing_library_comes_with_the_command(self):
        with pytest.raises(DatasetError) as error:
            Held(fail=ModuleNotFoundError("No module named 'snowflake'", name="snowflake")).load()
        assert_short(error.value, "ModuleNotFoundError", "pip install snowflake-connector-python")

        # Installed, or a module of the author's own: nobody knows what helps.
        for name in ("pandas.nothing", None):
            with pytest.raises(DatasetError) as error:
                Held(fail=ModuleNotFoundError("No module", name=name)).load()
            assert "pip" not in str(error.value)


class TestNone:
    @pytest.mark.parametrize("base", BASES)
    def test_none_is_refused(self, base):
        dataset = build("cars", {"type": base})

        with pytest.raises(DatasetError) as error:
            dataset.save(None)

        assert_short(error.value, "'cars'", "None cannot be saved", "Return a value from the node")
        assert not hasattr(dataset, "saved")

    def test_what_is_false_is_saved(self):
        dataset = Held()
        for data in (0, "", [], False):
            dataset.save(data)
        assert len(dataset.saved) == 4


class TestExists:
    @pytest.mark.parametrize("base", BASES)
    def test_without_exists_it_warns_and_says_no(self, base):
        with pytest.warns(UserWarning, match=f"{base.__name__} has no `_exists` method") as caught:
            assert base().exists() is False
        assert caught[0].filename == __file__

    def test_release_needs_none(self):
        Held().release()


class TestWhatIsInTheWay:
    class Plain(Held):
        def __init__(self, path):
            self.path = path

        def _save(self, data):
            with open(self.path, "w") as file:
                file.write(data)

    def test_a_plain_save_into_a_missing_folder_is_what_python_calls_it_too(self, tmp_path):
        with pytest.raises(FileNotFoundError) as error:
            self.Plain(tmp_path / "missing" / "a.txt").save("x")
        assert isinstance(error.value, DatasetError)
        assert_short(error.value, "Saving Plain failed", str(tmp_path / "missing" / "a.txt"))
        assert pickle.loads(pickle.dumps(error.value)).args == error.value.args

    def test_and_so_is_a_file_that_is_no_folder(self, tmp_path):
        (tmp_path / "file").touch()
        with pytest.raises(NotADirectoryError) as error:
            self.Plain(tmp_path / "file" / "a.txt").save("x")
        assert isinstance(error.value, DatasetError)
        assert_short(error.value, "Saving Plain failed", str(tmp_path / "file" / "a.txt"))

    @pytest.mark.parametrize("version", [Version(), Version(None, "v1")], ids=["automatic", "fixed"])
    def test_a_versioned_one_says_what_is_in_the_way(self, tmp_path, version):
        path = tmp_path / "notes.txt"
        path.write_text("not versioned")

        with pytest.raises(DatasetError) as error:
            VersionedText(str(path), version).save("x")

        assert_short(error.value, "VersionedText", str(path), "is a file", "Move")
        assert path.read_text() == "not versioned"

    @pytest.mark.parametrize("version", [Version(), Version(None, "v1")], ids=["automatic", "fixed"])
    @pytest.mark.parametrize("inside", ["", "deeper/and/deeper/"])
    def test_though_it_is_in_the_way_of_a_folder_above(self, tmp_path, inside, version):
        (tmp_path / "data").write_text("a file")
        path = tmp_path / "data" / inside / "notes.txt"

        with pytest.raises(DatasetError) as error:
            VersionedText(str(path), version).save("x")

        assert_short(error.value, "VersionedText", f"needs the folder {path}", f"{tmp_path / 'data'} is a file")
        assert (tmp_path / "data").read_text() == "a file"

    def test_a_versioned_load_says_how_to_make_it_the_first_version(self, tmp_path):
        path = tmp_path / "notes.txt"
        path.write_text("not versioned")
        dataset = VersionedText(str(path), Version())

        with pytest.raises(DatasetError) as error:
            dataset.load()

        assert_short(error.value, "VersionedText", f"{path} is a file", "Make it the first version", f"{path}/20")
        assert not dataset.exists()

    def test_and_never_guesses(self, tmp_path):
        class Elsewhere(VersionedText):
            def _save(self, data):
                raise FileNotFoundError(2, "No such file or directory", "settings.ini")

        with pytest.raises(DatasetError) as error:
            Elsewhere(str(tmp_path / "notes.txt"), Version()).save("x")

        assert "settings.ini" in str(error.value)
        assert "is a file" not in str(error.value)


class Shelved(AbstractVersionedDataset[str, str]):
    """Texts at a place that only its own functions know."""

    def __init__(self, shelf, version=None, filepath="notes.txt"):
        super().__init__(
            PurePosixPath(filepath), version, shelf.__contains__, lambda pattern: fnmatch.filter(shelf, pattern)
        )
        self.shelf = shelf

    def _load(self):
        return self.shelf[str(self._get_load_path())]

    def _save(self, data):
        self.shelf[str(self._get_save_path())] = data

    def _describe(self):
        return {}


class TestItsOwnFunctions:
    def test_they_say_which_versions_there_are(self):
        shelf = {"notes.txt/2020/notes.txt": "old", "notes.txt/2019/other.txt": "no version of it"}
        dataset = Shelved(shelf, Version())
        assert dataset.exists()
        assert dataset.load() == "old"

        dataset.save("new")

        assert dataset.load() == Shelved(shelf, Version()).load() == "new"
        assert Shelved(shelf, Version("2020", None)).load() == "old"
        saved, old = dataset.list_versions()
        assert (shelf[f"notes.txt/{saved}/notes.txt"], old) == ("new", "2020")
        assert dataset.fingerprint() == saved
        assert dataset.manifest() is None

    def test_a_version_never_changes(self):
        shelf = {}
        Shelved(shelf, Version(None, "v1")).save("old")

        with pytest.raises(VersionAlreadyExistsError, match="'v1' exists already under notes.txt"):
            Shelved(shelf, Version(None, "v1")).save("new")

        assert shelf == {"notes.txt/v1/notes.txt": "old"}

    def test_without_versions_it_writes_where_it_always_did(self):
        shelf = {}
        dataset = Shelved(shelf)
        assert not dataset.exists()

        dataset.save("old")
        dataset.save("new")

        assert shelf == {"notes.txt": "new"}
        assert dataset.exists()
        assert dataset.load() == "new"
        assert dataset.fingerprint() is None

    def test_a_version_that_is_missing_is_told(self):
        with pytest.raises(DatasetError, match=r"no version '2021' under notes.txt. The newest are 2020"):
            Shelved({"notes.txt/2020/notes.txt": "old"}, Version("2021", None)).load()

    def test_those_of_the_local_disk_get_all_its_promises(self, tmp_path):
        class Local(VersionedText):
            def __init__(self, filepath, version=None):
                AbstractVersionedDataset.__init__(self, PurePosixPath(filepath), version, os.path.exists, glob.glob)

        class Failing(Local):
            def _save(self, data):
                super()._save(data)
                raise RuntimeError("the library had enough")

        path = str(tmp_path / "notes.txt")
        Local(path, Version()).save("old")
        with pytest.raises(DatasetError, match="had enough"):
            Failing(path, Version()).save("half")

        assert Local(path, Version()).load() == "old"
        assert len(os.listdir(path)) == 1


class TestPathsOfVersions:
    def test_outside_of_a_save_it_is_where_the_next_one_goes(self, tmp_path):
        dataset = VersionedText(str(tmp_path / "notes.txt"), Version(None, "v1"))
        path = dataset._get_save_path()
        assert str(path) == f"{tmp_path}/notes.txt/v1/notes.txt"

        dataset.save("x")

        assert Path(path).read_text() == "x"
        with pytest.raises(VersionAlreadyExistsError, match="notes.txt/v1/notes.txt exists, and a version never"):
            dataset._get_save_path()

    def test_outside_of_a_save_without_versions_it_is_the_filepath(self, tmp_path):
        assert VersionedText(str(tmp_path / "notes.txt"))._get_save_path() == PurePosixPath(tmp_path, "notes.txt")

    def test_an_author_may_ask_which_version_a_save_makes(self, tmp_path):
        class Signed(VersionedText):
            def _save(self, data):
                super()._save(f"{data}, version {self.resolve_save_version()}")

        dataset = Signed(str(tmp_path / "notes.txt"), Version())
        dataset.save("x")

        assert dataset.load() == f"x, version {dataset.resolve_load_version()}"

    @pytest.mark.parametrize("version", [None, Version()], ids=["unversioned", "versioned"])
    def test_an_author_may_write_in_threads(self, tmp_path, version):
        class Threaded(VersionedText):
            def _save(self, data):
                with ThreadPoolExecutor(1) as pool:
                    pool.submit(super()._save, data).result()
                    assert not Path(self._filepath).is_file()  # it is not seen before it is whole

        dataset = Threaded(str(tmp_path / "notes.txt"), version)
        dataset.save("x")

        assert dataset.load() == "x"

    @pytest.mark.parametrize("place", ["local", "memory", "own"])
    def test_a_version_of_no_fixed_name_gives_way_to_one_that_was_faster(self, tmp_path, place):
        shelf, path = {}, {"local": tmp_path, "memory": f"memory://{tmp_path}"}.get(place)

        def made(version):
            return Shelved(shelf, version) if place == "own" else TextDataset(f"{path}/notes.txt", version=version)

        slow = made(Version())
        name = slow.resolve_save_version()
        made(Version(None, name)).save("of who was faster")
        slow.save("of who was slower")

        newest, older = slow.list_versions()
        assert older == name
        assert made(Version(newest, None)).load() == slow.load() == "of who was slower"
        assert made(Version(older, None)).load() == "of who was faster"


@pytest.mark.parametrize("version", [None, Version()], ids=["unversioned", "versioned"])
@pytest.mark.parametrize("place", ["", "memory://"])
def test_what_is_not_there_has_no_fingerprint(place, version, tmp_path):
    dataset = TextDataset(f"{place}{tmp_path}/missing.txt", version=version)
    assert dataset.fingerprint() is None

    dataset.save("x")

    assert dataset.fingerprint() is not None


class TestCopies:
    def test_copy_is_deep_and_takes_attributes(self):
        dataset = Held({"a": [1]})
        other = dataset._copy(fail=KeyError())

        other.value["a"].append(2)

        assert dataset.value == {"a": [1]}
        assert isinstance(other.fail, KeyError)
        assert dataset.fail is None

    def test_it_pickles_and_still_knows_how_it_was_made(self):
        other = pickle.loads(pickle.dumps(Held(5)))
        assert other.value == 5
        assert other.to_config() == Held(5).to_config()


class TestDefinitions:
    def test_round_trip(self, tmp_path):
        dataset = VersionedText(str(tmp_path / "a.txt"), version=Version(None, "2020"))
        config = dataset.to_config()

        assert config == {
            "type": f"{__name__}.VersionedText",
            "filepath": str(tmp_path / "a.txt"),
            "versioned": True,
        }
        other = AbstractDataset.from_config("a", {**config, "type": VersionedText}, save_version="2020")
        assert other.to_config() == config
        assert (other._name, other._version) == ("a", Version(None, "2020"))

    def test_positional_arguments_are_named(self):
        assert Held(7).to_config() == {"type": f"{__name__}.Held", "value": 7}

    def test_paths_classes_and_datasets_in_it_are_plain(self):
        config = Held({"inner": Held(1), "path": Path("a/b"), "kind": Held}).to_config()
        held = f"{__name__}.Held"
        assert config["value"] == {"inner": {"type": held, "value": 1}, "path": "a/b", "kind": held}

    def test_a_class_that_cannot_be_imported_is_given_itself(self):
        class Local(Held):
            pass

        config = Local(3).to_config()
        assert config["type"] is Local
        assert build("x", config).value == 3

    def test_arguments_of_the_outermost_class_count(self):
        class Child(Held):
            def __init__(self, half):
                super().__init__(half * 2)

        assert Child(4).to_config()["half"] == 4

    def test_a_version_key_is_dropped_with_a_warning(self, tmp_path):
        with pytest.warns(UserWarning, match=r"'a': left out `version`.*`load_versions`"):
            dataset = build("a", {"type": VersionedText, "filepath": str(tmp_path / "a"), "version": "2020"})
        assert dataset._version is None

    def test_a_class_that_is_versioned_by_itself(self, tmp_path):
        class Always(VersionedText):
            versioned = True

        definition = {"type": Always, "filepath": str(tmp_path / "a")}
        assert build("a", definition, "1", "2")._version == Version("1", "2")
        assert build("a", {**definition, "versioned": False})._version == Version()

    def test_one_that_keeps_no_versions_says_so(self):
        with pytest.raises(DatasetConfigError, match=r"'a': Held keeps no versions.*Drop `versioned: true`"):
            build("a", {"type": Held, "versioned": True})

    def test_a_load_version_of_what_has_none_is_told(self):
        with pytest.warns(UserWarning, match=r"'a' is not versioned, so version '1' has no effect"):
            build("a", {"type": Held}, load_version="1")

    def test_the_definition_stays_as_it_was(self):
        definition = {"type": Held, "value": {"a": [1]}}
        build("a", definition).value["a"].append(2)
        assert definition == {"type": Held, "value": {"a": [1]}}


class TestUnusualClasses:
    def test_its_own_new(self):
        class Counted(Held):
            made = 0

            def __new__(cls, *args, **kwargs):
                cls.made += 1
                return super().__new__(cls, *args, **kwargs)

        assert Counted(3).to_config()["value"] == 3
        assert Counted.made == 1

    def test_a_new_that_passes_nothing_on_cannot_tell(self):
        class Silent(Held):
            def __new__(cls, needed):
                return super().__new__(cls)

            def __init__(self, needed):
                super().__init__(needed)

        assert Silent(3).value == 3
        with pytest.raises(DatasetError, match="'needed' did not reach AbstractDataset"):
            Silent(3).to_config()

    def test_slots(self):
        class Slotted(Held):
            __slots__ = ("more",)

            def __init__(self, more):
                super().__init__()
                self.more = more

        assert Slotted(1).to_config()["more"] == 1
        assert pickle.loads(pickle.dumps(Held(2))).value == 2

    def test_a_dataclass(self):
        @dataclass
        class Data(AbstractDataset):
            filepath: str
            limit: int = 5

            def _load(self):
                return self.limit

            def _save(self, data): ...

            def _describe(self):
                return {"filepath": self.filepath}

        dataset = build("x", {"type": Data, "filepath": "a"})
        assert dataset.load() == 5
        assert dataset.to_config() == {"type": Data, "filepath": "a"}
        with pytest.raises(DatasetConfigError, match=r"no argument 'limt'. Did you mean 'limit'"):
            build("x", {"type": Data, "filepath": "a", "limt": 1})

    def test_no_constructor_takes_no_arguments(self):
        class Bare(Public):
            pass

        assert build("x", {"type": Bare}).load() == ["Public.load"]
        with pytest.raises(TypeError, match="takes no arguments"):
            Bare(filepath="a")
        with pytest.raises(DatasetConfigError, match=r"'x': Bare has no argument 'filepath'.\nIt takes: none"):
            build("x", {"type": Bare, "filepath": "a"})

    def test_any_keyword(self):
        class Open(Held):
            def __init__(self, value, **options):
                super().__init__(value)
                self.options = options

        dataset = build("x", {"type": Open, "value": 1, "anything": 2})
        assert dataset.options == {"anything": 2}
        assert dataset.to_config() == {"type": Open, "value": 1, "anything": 2}

    def test_threads_of_one_dataset_do_not_disturb_each_other(self):
        from concurrent.futures import ThreadPoolExecutor

        dataset = Held()
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(dataset.save, range(100)))
        assert {name for name, _ in dataset.saved} == {"Held._save"}
