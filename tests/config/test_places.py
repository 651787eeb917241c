from __future__ import annotations

import io
import random
import tarfile
import zipfile

import fsspec
import pytest
from tests.messages import assert_short

from tidemill.config import ConfigLoader
from tidemill.errors import ConfigError, MissingConfigError

FILES = {
    "base/catalog.yml": "a: {x: '${globals:g}'}\nb: {}",
    "base/globals.yml": "g: 1",
    "base/catalog/more.yml": "c: {}",
    "local/catalog.yml": "b: {x: 2}",
}
EXPECTED = {"a": {"x": 1}, "b": {"x": 2}, "c": {}}


def packed(path, files):
    if path.suffix == ".zip":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, text in files.items():
                archive.writestr(name, text)
    else:
        modes = {".gz": "w:gz", ".tgz": "w:gz", ".xz": "w:xz", ".bz2": "w:bz2"}
        with tarfile.open(path, modes.get(path.suffix, "w")) as archive:
            for name, text in files.items():
                member = tarfile.TarInfo(name)
                member.size = len(text.encode())
                archive.addfile(member, io.BytesIO(text.encode()))
    return path


def loader(source, **arguments):
    return ConfigLoader(source, **{"base_env": "base", "default_run_env": "local", **arguments})


@pytest.mark.parametrize("name", ["conf.zip", "conf.tar.gz", "conf.tgz", "conf.tar"])
@pytest.mark.parametrize("top", ["", "./", "conf/", "my-project-conf/"])
class TestArchives:
    def test_all_of_it(self, tmp_path, name, top):
        path = packed(tmp_path / name, {f"{top}{each}": text for each, text in FILES.items()})
        assert loader(path)["catalog"] == EXPECTED
        assert loader(str(path), env="base")["catalog"] == {"a": {"x": 1}, "b": {}, "c": {}}

    def test_one_environment(self, tmp_path, name, top):
        path = packed(tmp_path / name, {f"{top}base/catalog/more.yml": "c: {}"})
        assert loader(path)["catalog"] == {"c": {}}

    def test_errors_name_the_file_in_it(self, tmp_path, name, top):
        path = packed(tmp_path / name, {f"{top}base/catalog.yml": "\na: ${nope}", f"{top}prod/catalog.yml": "b: 1"})
        with pytest.raises(ConfigError) as error:
            loader(path)["catalog"]
        assert_short(error.value, f"{path}/", "base/catalog.yml, line 2: 'a'")
        with pytest.raises(MissingConfigError, match="no such environment. Did you mean 'prod'"):
            loader(path, env="prd")["catalog"]


@pytest.mark.parametrize("name", ["conf.zip", "conf.tar"])
def test_names_that_lead_out_are_left_alone(tmp_path, name):
    out = {"../catalog.yml": "x: 1", "/base/catalog_x.yml": "x: 1", "base/../../catalog.yml": "x: 1"}
    inside = tmp_path / "inside"
    inside.mkdir()
    path = packed(inside / name, {**FILES, **out})
    assert loader(path)["catalog"] == EXPECTED
    assert sorted(each.name for each in tmp_path.rglob("*")) == sorted(["inside", name])


def test_links_in_archives_are_left_alone(tmp_path):
    (tmp_path / "secret.yml").write_text("secret: 1")
    path = packed(tmp_path / "conf.tar", FILES)
    with tarfile.open(path, "a") as archive:
        link = tarfile.TarInfo("base/catalog_link.yml")
        link.type, link.linkname = tarfile.SYMTYPE, "../../secret.yml"
        archive.addfile(link)
    assert loader(path)["catalog"] == EXPECTED


@pytest.mark.parametrize("name", ["conf.zip", "conf.tar.gz"])
def test_no_archive(tmp_path, name):
    (tmp_path / name).write_text("no archive")
    with pytest.raises(ConfigError) as error:
        loader(tmp_path / name)["catalog"]
    assert_short(error.value, str(tmp_path / name), "no archive that can be read", "Pack it again")


@pytest.mark.parametrize("name", ["conf.zip", "conf.tar.gz", "conf.tar.xz", "conf.tar.bz2"])
@pytest.mark.parametrize("part", [0.3, 0.5, 0.7])
def test_an_archive_that_was_damaged_is_none(tmp_path, name, part):
    text = random.Random(0).randbytes(4000).hex()  # noqa: S311 - no secret
    path = packed(tmp_path / name, {f"base/catalog_{each}.yml": f"d{each}: {{x: {text}}}" for each in range(4)})
    content = bytearray(path.read_bytes())
    at = int(len(content) * part)
    content[at : at + 20] = (each ^ 0xFF for each in content[at : at + 20])
    path.write_bytes(content)

    with pytest.raises(ConfigError, match=f"{name}: this is no archive that can be read") as caught:
        loader(path)["catalog"]
    assert_short(caught.value)


def test_a_file_is_no_place(tmp_path):
    (tmp_path / "catalog.yml").write_text("a: {}")
    with pytest.raises(ConfigError, match=r"no folder, nor an archive"):
        loader(tmp_path / "catalog.yml")["catalog"]


def test_a_link_to_nothing(tmp_path):
    (tmp_path / "base").mkdir()
    (tmp_path / "base/catalog.yml").symlink_to(tmp_path / "gone.yml")
    with pytest.raises(ConfigError, match=r"base/catalog.yml: cannot be read: No such file or directory"):
        loader(tmp_path)["catalog"]


class TestRemote:
    @pytest.fixture
    def memory(self):
        filesystem = fsspec.filesystem("memory")
        for name, text in FILES.items():
            filesystem.pipe(f"/conf/{name}", text.encode())
        yield filesystem
        filesystem.rm("/conf", recursive=True)

    @pytest.mark.parametrize("source", ["memory://conf", "memory://conf/"])
    def test_a_folder(self, memory, source):
        assert loader(source)["catalog"] == EXPECTED
        memory.pipe("/conf/base/catalog_new.yml", b"d: {}")
        assert loader(source)["catalog"] == {**EXPECTED, "d": {}}

    @pytest.mark.usefixtures("memory")
    def test_errors(self):
        with pytest.raises(MissingConfigError) as error:
            loader("memory://conf", env="loacl")["catalog"]
        assert_short(error.value, "memory://conf/loacl", "Did you mean 'local'?")
        with pytest.raises(MissingConfigError, match="no such environment"):
            loader("memory://nowhere")["catalog"]

    def test_an_archive(self, memory, tmp_path):
        memory.pipe("/conf/packed.zip", packed(tmp_path / "x.zip", FILES).read_bytes())
        assert loader("memory://conf/packed.zip")["catalog"] == EXPECTED
        with pytest.raises(MissingConfigError, match="no such archive"):
            loader("memory://conf/other.zip")["catalog"]

    def test_flat(self, memory):
        memory.pipe("/conf/catalog.yml", b"flat: {}")
        found = ConfigLoader("memory://conf", config_patterns={"catalog": ["catalog*"]})["catalog"]
        assert found == {"flat": {}}


def test_a_file_address(tmp_path):
    (tmp_path / "base").mkdir()
    (tmp_path / "base" / "catalog.yml").write_text("a: {}")
    assert loader(f"file://{tmp_path}")["catalog"] == {"a": {}}


@pytest.mark.s3
def test_on_s3(s3_bucket, monkeypatch):
    monkeypatch.setitem(fsspec.config.conf, "s3", s3_bucket.credentials)
    filesystem = fsspec.filesystem("s3")
    for name, text in FILES.items():
        filesystem.pipe(f"{s3_bucket.name}/conf/{name}", text.encode())
    assert loader(f"{s3_bucket.url}/conf")["catalog"] == EXPECTED
    with pytest.raises(MissingConfigError, match="Did you mean 'local'"):
        loader(f"{s3_bucket.url}/conf", env="locl")["catalog"]
