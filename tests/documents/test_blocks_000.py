"""Each block of the document about custom datasets, in its order, run verbatim and with our import root."""

from __future__ import annotations

import importlib.metadata
import re
import subprocess
from multiprocessing.reduction import ForkingPickler

import fsspec
import numpy as np
import pytest
from PIL import Image, ImageShow
from tests.documents.document import block, files_drawn
from tests.documents.picture import picture
from tests.documents.project import RAW

from tidemill import DataCatalog, DatasetError, PartitionedDataset, Version

# A PNG file cannot be read through a file that is open as text: the document says `mode="r"` where it means "rb".
AS_BYTES = ('mode="r")', 'mode="rb")')
FIRST = "2020-02-22T00.00.00.000Z"


@pytest.fixture
def shown():
    """The images that a session shows, in a viewer that is always there."""

    class Screen(ImageShow.Viewer):
        def show(self, image, **options):
            images.append(image)
            return 1

    images = []
    ImageShow.register(Screen, order=0)
    yield images
    del ImageShow._viewers[0]


def run_in_shell(commands):
    done = subprocess.run(["sh", "-euc", commands], capture_output=True, text=True, check=True, timeout=60)  # noqa: S607
    return done.stdout


def pixels(data):
    return np.asarray(Image.open(data).convert("RGBA"))


def test_01_pillow_is_installed():
    assert block("000_01_install.txt").split()[-1] == "Pillow"
    assert importlib.metadata.version("Pillow")


def test_02_the_skeleton_is_a_dataset_class(dialect):
    skeleton = dialect.run("000_02_skeleton.py")["ImageDataSet"]("/img/file/path.png")

    assert repr(skeleton) == "ImageDataSet()"  # its `_describe` says nothing yet


def test_03_the_folders_make_a_package(project):
    assert files_drawn(block("000_03_folders.txt")) == [
        "src/kedro_pokemon/extras/__init__.py",
        "src/kedro_pokemon/extras/datasets/__init__.py",
        "src/kedro_pokemon/extras/datasets/image_dataset.py",
    ]


def test_04_load_reads_a_picture(project, dialect):
    """The class shows `_load` only, so that it takes a `_save` and a `_describe` to make one of it."""
    project.draw()
    half = dialect.run("000_04_load.py")["ImageDataSet"]
    with pytest.raises(TypeError, match="author wrote no `_save`"):
        half(f"{RAW}/pikachu.png")

    whole = type("Whole", (half,), {"_save": lambda self, data: None, "_describe": lambda self: {}})
    assert whole(f"{RAW}/pikachu.png").load().shape == (3, 2, 4)


def test_04_07_09_are_together_what_10_is(project, dialect):
    project.draw()
    names = dialect.run("000_04_load.py")
    parts = [names["ImageDataSet"]]
    parts += [dialect.run(name, names)["ImageDataSet"] for name in ("000_07_save.py", "000_09_describe.py")]
    together = type("Together", tuple(parts), {})(f"{RAW}/pikachu.png")
    complete = project.write("000_10_complete.py", AS_BYTES)(f"{RAW}/pikachu.png")

    image = together.load()
    together.save(image[:, :1])
    np.testing.assert_array_equal(complete.load(), image[:, :1])
    assert repr(together).replace("Together", "ImageDataSet") == repr(complete)
    assert f"filepath='{RAW}/pikachu.png', protocol='file'" in repr(complete)


def test_05_06_pikachu_is_loaded_and_shown_in_a_session(project, dialect, context, shown):
    project.draw()
    project.write("000_10_complete.py", AS_BYTES)
    context.catalog = DataCatalog.from_config(dialect.catalog("000_05_pikachu.yml"))

    dialect.replay("000_06_load_session.txt", {"context": context})

    np.testing.assert_array_equal(np.asarray(shown[0]), pixels(project.raw / "pikachu.png"))


def test_05_08_pikachu_is_saved_in_a_session(project, dialect, context):
    project.draw()
    project.write("000_10_complete.py", AS_BYTES)
    context.catalog = DataCatalog.from_config(dialect.catalog("000_05_pikachu.yml"))
    before = pixels(project.raw / "pikachu.png")
    names = {"context": context}

    dialect.replay("000_08_save_session.txt", names)

    np.testing.assert_array_equal(names["image"], before)
    np.testing.assert_array_equal(pixels(project.raw / "pikachu.png"), before)


def test_10_a_picture_cannot_be_read_as_text_and_the_error_says_so(project):
    """Verbatim, the complete example opens the PNG file with mode="r", which no PNG survives."""
    project.draw()
    dataset = project.write("000_10_complete.py")(f"{RAW}/pikachu.png")

    with pytest.raises(
        DatasetError, match=r"Loading ImageDataSet failed at .*pikachu\.png\.\n  UnicodeDecodeError"
    ) as caught:
        dataset.load()

    assert isinstance(caught.value.__cause__, UnicodeDecodeError)
    assert len(str(caught.value)) < 600
    dataset.save(pixels(project.raw / "pikachu.png"))


@pytest.mark.parametrize("protocol", ["memory", "s3"])
def test_10_elsewhere_than_on_local_disk_it_loads_and_pillow_has_to_be_told_the_format(project, request, protocol):
    """Pillow infers the format of a file from its `name`, which the files of fsspec's other filesystems do not have."""
    in_memory = protocol == "memory"
    filesystem = fsspec.filesystem("memory") if in_memory else request.getfixturevalue("s3")("pictures")
    filesystem.pipe_file("pictures/pikachu.png", picture(7))
    dataset = project.write("000_10_complete.py", AS_BYTES)(f"{protocol}://pictures/pikachu.png")

    image = dataset.load()
    assert tuple(image[0, 0]) == (0, 7, 255, 255)
    with pytest.raises(DatasetError, match="ValueError: unknown file extension"):
        dataset.save(image)

    told = ("image.save(f)", 'image.save(f, format="PNG")')
    project.write("000_10_complete.py", AS_BYTES, told)(f"{protocol}://pictures/pikachu.png").save(image[:, :1])
    assert dataset.load().shape == (3, 1, 4)


def test_11_12_13_there_are_721_pictures(project, dialect, context):
    project.draw(721)
    project.write("000_10_complete.py", AS_BYTES)
    context.catalog = DataCatalog.from_config(dialect.catalog("000_11_pokemon.yml"))
    names = {"context": context}

    dialect.replay("000_12_pokemon_session.txt", names)

    command, counted = block("000_13_count.txt").removeprefix("$ ").splitlines()
    assert int(run_in_shell(command)) == int(counted) == 721
    assert {load()[0, 0, :2].tobytes() for load in names["images"].values()} == {
        bytes(divmod(number, 256)) for number in range(721)
    }


@pytest.mark.parametrize("where", ["outside", "inside"])
def test_14_partitions_and_versions_do_not_go_together(project, dialect, where):
    assert "Versioning doesn't work with `PartitionedDataSet`" in block("000_14_not_partitioned.txt")
    project.write("000_15_versioned.py", AS_BYTES)
    definitions = dialect.catalog("000_11_pokemon.yml")
    if where == "outside":
        definitions["pokemon"]["versioned"] = True
    else:
        definitions["pokemon"]["dataset"] = {"type": definitions["pokemon"]["dataset"], "versioned": True}

    with pytest.raises(DatasetError, match=r"pokemon.*version"):
        DataCatalog.from_config(definitions).load("pokemon")


def test_15_every_save_is_a_version(project):
    dataset = project.write("000_15_versioned.py", AS_BYTES)(f"{RAW}/new.png", Version(None, None))
    image = np.asarray(Image.new("RGBA", (2, 3), "yellow"))

    dataset.save(image)
    dataset.save(image[:1])

    newest, oldest = dataset.list_versions()
    assert (project.raw / "new.png" / newest / "new.png").is_file()
    assert pixels(project.raw / "new.png" / oldest / "new.png").shape == (3, 2, 4)
    assert dataset.load().shape == (1, 2, 4)


def test_15_without_a_version_it_is_a_plain_file(project):
    project.draw()
    dataset = project.write("000_15_versioned.py", AS_BYTES)(f"{RAW}/pikachu.png")

    dataset.save(dataset.load()[:, :1])

    assert pixels(project.raw / "pikachu.png").shape == (3, 1, 4)


def test_15_a_version_cannot_be_read_as_text_either(project):
    dataset = project.write("000_15_versioned.py")(f"{RAW}/new.png", Version(None, None))
    dataset.save(np.zeros((1, 1, 4), np.uint8))

    with pytest.raises(DatasetError, match="UnicodeDecodeError"):
        dataset.load()


def test_16_the_difference_is_the_one_between_10_and_15():
    difference = block("000_16_difference.txt").splitlines()

    assert [line[1:] for line in difference if line[:1] in " -"] == block("000_10_complete.py").splitlines()
    assert [line[1:] for line in difference if line[:1] in " +"] == block("000_15_versioned.py").splitlines()


def test_17_19_20_21_the_first_version_is_made_by_hand_and_the_next_by_saving(project, dialect, context):
    project.draw()
    project.write("000_15_versioned.py", AS_BYTES)
    before = pixels(project.raw / "pikachu.png")
    run_in_shell(re.sub("^[$] ", "", block("000_19_first_version.txt"), flags=re.MULTILINE))
    (drawn,) = files_drawn(block("000_20_folders_versioned.txt"))
    assert [str(path.relative_to(project.root)) for path in project.raw.rglob("*.*") if path.is_file()] == [drawn]
    assert FIRST in drawn
    context.catalog = DataCatalog.from_config(dialect.catalog("000_17_pikachu_versioned.yml"))
    names = {"context": context}

    dialect.replay("000_21_versioned_session.txt", names)

    np.testing.assert_array_equal(names["img"], before)
    versions = context.catalog["pikachu"].list_versions()
    assert versions == [context.catalog.save_version, FIRST]
    np.testing.assert_array_equal(pixels(project.raw / "pikachu.png" / versions[0] / "pikachu.png"), before)


@pytest.mark.parametrize("protocol", ["http", "https"])
def test_18_http_has_no_versions(project, dialect, protocol):
    assert "HTTP(S)-based `filepath` with `versioned: true` is NOT supported" in block("000_18_not_http.txt")
    definitions = dialect.catalog("000_17_pikachu_versioned.yml", ("filepath: ", f"filepath: {protocol}://127.0.0.1/"))
    project.write("000_15_versioned.py", AS_BYTES)

    with pytest.raises(DatasetError, match=r"'pikachu'.*HTTP\(S\) cannot keep versions"):
        DataCatalog.from_config(definitions).load("pikachu")


def test_22_the_dataset_is_serialisable(project, dialect, context):
    project.write("000_10_complete.py", AS_BYTES)
    project.draw(3)
    context.catalog = DataCatalog.from_config(dialect.catalog("000_11_pokemon.yml"))

    dataset = dialect.run("000_22_serialisable.py", {"context": context})["dataset"]

    again = ForkingPickler.loads(ForkingPickler.dumps(dataset))
    assert isinstance(dataset, PartitionedDataset)
    assert again.load().keys() == dataset.load().keys() == {"001", "002", "pikachu"}


def with_the_rest(names):
    """Return the class of block 24, its dots replaced by what block 15 has there."""
    versioned, begun = names["versioned"], names["ImageDataSet"]

    class ImageDataSet(begun):
        def __init__(self, filepath, version=None, credentials=None, fs_args=None):
            begun.__init__(self, filepath, version, credentials, fs_args)
            path = names["PurePosixPath"](names["get_protocol_and_path"](filepath)[1])
            super(begun, self).__init__(path, version, self._fs.exists, self._fs.glob)
            self.received = credentials, fs_args

        _load, _save, _describe = versioned._load, versioned._save, versioned._describe

    return ImageDataSet


def credentials_example(dialect):
    names = dialect.run("000_15_versioned.py", None, AS_BYTES)
    names["versioned"] = names["ImageDataSet"]
    return with_the_rest(dialect.run("000_24_credentials.py", names))


def test_23_24_credentials_and_fs_args_reach_the_constructor_and_the_filesystem(dialect, s3, s3_server):
    """`arg_1` is a placeholder, which no filesystem takes; it is replaced by an option of S3's."""
    s3("data").pipe_file(f"{RAW}/pikachu.png", picture(9))
    definitions = dialect.catalog("000_23_credentials.yml", ("arg_1: <value>", "use_ssl: false"))
    definitions["pikachu"]["type"] = credentials_example(dialect)
    secrets = {"key": "a-key", "secret": "a-secret", "client_kwargs": {"endpoint_url": s3_server}}

    catalog = DataCatalog.from_config(definitions, credentials={"<your_credentials>": secrets})

    assert tuple(catalog.load("pikachu")[0, 0]) == (0, 9, 255, 255)
    assert catalog["pikachu"].received == (secrets, {"use_ssl": False})
    assert catalog["pikachu"]._fs.key == "a-key"
    assert catalog["pikachu"]._fs.use_ssl is False


def test_23_24_verbatim_the_placeholder_is_refused_by_the_filesystem_and_the_error_says_which(dialect, s3, s3_server):
    definitions = dialect.catalog("000_23_credentials.yml")
    definitions["pikachu"]["type"] = credentials_example(dialect)

    with pytest.raises(DatasetError, match=r"(?s)'pikachu'.*arg_1") as caught:
        DataCatalog.from_config(definitions, credentials={"<your_credentials>": {"secret": "a-secret"}}).load("pikachu")

    assert "a-secret" not in str(caught.value)


@pytest.mark.parametrize("given", [{}, {"credentials": {}}, {"fs_args": {}}])
def test_24_left_out_they_are_none_which_cannot_be_unpacked(dialect, given):
    """`fsspec.filesystem(protocol, **credentials, **fs_args)` with the defaults: the class needs `or {}` for both."""
    definition = {"type": credentials_example(dialect), "filepath": "pikachu.png", **given}

    with pytest.raises(
        DatasetError, match=r"'pikachu': ImageDataSet could not be made\. .*must be a mapping, not NoneType"
    ):
        DataCatalog.from_config({"pikachu": definition}).load("pikachu")

    assert DataCatalog.from_config({"pikachu": {**definition, "credentials": {}, "fs_args": {}}})["pikachu"]


def test_25_a_room_of_ones_own_beside_the_others(project, dialect, tmp_path):
    """What the drawing adds to Kedro itself is a package like any other: here one of a company."""
    files = [path.replace("kedro/extras", "src/company") for path in files_drawn(block("000_25_contribution.txt"))]
    assert files == ["src/company/datasets/image/__init__.py", "src/company/datasets/image/image_dataset.py"]
    for path in files:
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(dialect.text("000_10_complete.py", AS_BYTES) if "image_dataset" in path else "")
    project.draw()
    definitions = dialect.catalog("000_05_pikachu.yml", ("kedro_pokemon.extras.datasets", "company.datasets.image"))

    assert DataCatalog.from_config(definitions).load("pikachu").shape == (3, 2, 4)
