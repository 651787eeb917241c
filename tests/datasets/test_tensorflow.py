from __future__ import annotations

import importlib.util
import os

import numpy as np
import pytest

from tidemill import DataCatalog, DatasetError, Version
from tidemill.datasets.tensorflow import TensorFlowModelDataset
from tidemill.testing import VersionedDatasetTests

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
if importlib.util.find_spec("keras") is None:
    pytest.skip("TensorFlow is not installed: pip install 'tidemill[tensorflow]'", allow_module_level=True)

# Keras is imported by the first test that needs it (`last`: see conftest.py), not when tests are collected.
pytestmark = [
    pytest.mark.last,
    pytest.mark.filterwarnings(  # TensorFlow's own; the second since Python 3.13, where it rewrites functions
        "ignore:__array__ implementation:DeprecationWarning", "ignore:.*___pyct_anno:DeprecationWarning"
    ),
]

ONES = np.ones((2, 3), "float32")


def model(units):
    import keras

    keras.utils.set_random_seed(units)
    made = keras.Sequential([keras.layers.Input((3,)), keras.layers.Dense(units)])
    made.compile("sgd", keras.losses.MeanSquaredError())
    return made


def predicts_alike(one, two):
    alike = [each.predict(ONES, verbose=0).tolist() for each in (one, two)]
    return len(alike[0][0]) == len(alike[1][0]) and np.allclose(*alike)


class TestSavedModel(VersionedDatasetTests):
    """The folder; a model in one file is saved as every file by its path is, and loaded below."""

    kind, forks, filename = TensorFlowModelDataset, False, "tide"
    places = ("disk", "memory")  # S3 below: importing TensorFlow and saving models take their time
    sample, other = property(lambda _: model(2)), property(lambda _: model(4))

    def make(self, filepath, version=None):
        return TensorFlowModelDataset(filepath, save_args={"save_format": "tf"}, version=version)

    def equal(self, a, b):
        return predicts_alike(a, b)

    @pytest.mark.slow  # each full disk is a TensorFlow of its own
    def test_a_full_disk_leaves_no_version(self, new_folder):
        super().test_a_full_disk_leaves_no_version(new_folder)

    def pytest_generate_tests(self, metafunc):
        """Let all deaths be slow: each child imports TensorFlow."""
        if "most_points" in metafunc.fixturenames:
            metafunc.parametrize("most_points", [pytest.param(5, id="some", marks=pytest.mark.slow)])
        else:
            super().pytest_generate_tests(metafunc)


def saved(path, **arguments):
    dataset = TensorFlowModelDataset(str(path), **arguments)
    dataset.save(model(2))  # a new one: Keras leaves a mark on those that it saves as HDF5
    return dataset


@pytest.mark.parametrize(
    ("name", "save_args", "start"),
    [
        ("tide.keras", {}, b"PK"),
        ("tide.h5", {}, b"\x89HDF"),
        ("tide", {}, b"PK"),
        ("tide", {"save_format": "keras"}, b"PK"),
        ("tide", {"save_format": "h5"}, b"\x89HDF"),
        ("tide.model", {}, b"PK"),
    ],
)
def test_a_file_is_a_whole_model_that_can_be_trained(tmp_path, name, save_args, start):
    dataset = saved(tmp_path / name, save_args=save_args, load_args={"tf_device": "/CPU:0"})

    assert (tmp_path / name).read_bytes().startswith(start)
    loaded = dataset.load()
    assert predicts_alike(loaded, model(2))
    loaded.compile("sgd", "mse")
    loaded.fit(ONES, np.zeros((2, 2)), verbose=0)


def test_a_saved_model_is_a_folder_as_tensorflow_serving_wants_it(tmp_path, capfd):
    dataset = saved(tmp_path / "tide", save_args={"save_format": "tf"}, version=Version(None, None))

    folder = tmp_path / "tide" / dataset.resolve_load_version() / "tide"
    assert {"saved_model.pb", "variables"} <= {*os.listdir(folder)}
    assert "tide/saved_model.pb" in {each.path for each in dataset.manifest().files}
    assert predicts_alike(dataset.load(), model(2))
    assert "Saved artifact" not in capfd.readouterr().out


@pytest.mark.parametrize("save_args", [{}, {"save_format": "tf"}])
def test_it_goes_to_s3_and_back(save_args, tmp_path, monkeypatch):
    from tidemill.testing.places import new_place

    with new_place("s3", tmp_path, monkeypatch) as bucket:
        for version in (None, Version(None, None)):
            dataset = saved(f"{bucket}/{version is None}/tide", save_args=save_args, version=version)
            dataset.save(model(4))
            assert predicts_alike(dataset.load(), model(4))


def test_a_saved_model_replaces_another_file_by_file(tmp_path):
    saved(tmp_path / "tide", save_args={"save_format": "tf"})
    (tmp_path / "tide" / "assets" / "old.txt").write_text("of the old one")
    saved(tmp_path / "tide", save_args={"save_format": "tf"})

    assert not (tmp_path / "tide" / "assets" / "old.txt").exists()


def test_what_a_load_is_told_goes_to_keras(tmp_path):
    dataset = saved(tmp_path / "tide.keras")

    assert dataset.load().optimizer is not None
    assert getattr(dataset.load(compile=False), "optimizer", None) is None


def test_code_in_a_model_is_not_run_unless_the_catalog_says_so(tmp_path):
    import keras

    made = keras.Sequential([keras.layers.Input((3,)), keras.layers.Lambda(lambda x: x * 2)])
    dataset = TensorFlowModelDataset(str(tmp_path / "tide.keras"))
    dataset.save(made)

    with pytest.raises(DatasetError, match="safe_mode|unsafe|lambda"):
        dataset.load()
    assert predicts_alike(TensorFlowModelDataset(str(tmp_path / "tide.keras"), {"safe_mode": False}).load(), made)


@pytest.mark.parametrize(
    ("data", "save_args", "message"),
    [
        (str, {}, "Keras models, not objects of type str"),
        (lambda: model(2), {"save_format": "onnx"}, "one of keras, h5, hdf5, tf, not 'onnx'"),
    ],
)
def test_what_does_not_fit_is_refused_and_nothing_is_written(tmp_path, data, save_args, message):
    with pytest.raises(DatasetError, match=message):
        TensorFlowModelDataset(str(tmp_path / "tide"), save_args=save_args).save(data())

    assert os.listdir(tmp_path) == []


def test_a_folder_of_keras_2_without_its_library_predicts(tmp_path, monkeypatch):
    import tensorflow as tf

    class Doubling(tf.Module):
        @tf.function(input_signature=[tf.TensorSpec([None, 3], tf.float32)])
        def double(self, x):
            return {"doubled": x * 2}

    made = Doubling()
    tf.saved_model.save(made, str(tmp_path / "tide"), signatures={"serving_default": made.double})
    (tmp_path / "tide" / "keras_metadata.pb").touch()
    monkeypatch.setattr("tidemill.datasets.tensorflow.is_installed", lambda _: False)

    with pytest.warns(UserWarning, match="to predict only; for the whole model, pip install tf-keras"):
        loaded = TensorFlowModelDataset(str(tmp_path / "tide")).load()
    assert loaded.predict(ONES, verbose=0).tolist() == (2 * ONES).tolist()


@pytest.mark.filterwarnings("ignore")  # tf-keras warns of many things, HDF5 among them
@pytest.mark.parametrize(
    ("name", "save_args"), [("tide", {"save_format": "tf"}), ("tide.keras", {}), ("tide.h5", {}), ("tide", {})]
)
def test_a_model_of_keras_2_comes_back_as_one(tmp_path, name, save_args):
    keras_2 = pytest.importorskip("tf_keras", reason="Keras 2 is not installed: pip install tf-keras")
    made = keras_2.Sequential([keras_2.layers.Input((3,)), keras_2.layers.Dense(2)])
    made.compile("sgd", "mse")
    dataset = TensorFlowModelDataset(str(tmp_path / name), save_args=save_args)
    dataset.save(made)

    loaded = dataset.load()
    assert isinstance(loaded, keras_2.Model)
    assert os.path.isdir(tmp_path / name) == (save_args != {})
    assert predicts_alike(loaded, made)


@pytest.mark.parametrize(
    "kind",
    [
        "kedro.extras.datasets.tensorflow.TensorFlowModelDataset",
        "kedro.extras.datasets.tensorflow.TensorFlowModelDataSet",
        "kedro_datasets.tensorflow.tensorflow_model_dataset.TensorFlowModelDataset",
        "tensorflow.TensorFlowModelDataset",
    ],
)
def test_it_is_found_by_all_its_names(tmp_path, kind):
    entry = {"type": kind, "filepath": str(tmp_path / "tide.keras"), "versioned": True}
    catalog = DataCatalog.from_config({"tide": entry})
    catalog.save("tide", model(2))

    assert predicts_alike(catalog.load("tide"), model(2))


def test_a_saved_model_that_says_nothing_of_its_use_is_loaded_as_it_is(tmp_path):
    import tensorflow as tf

    made = tf.Module()
    made.metres = tf.Variable([4.0, 1.0])
    tf.saved_model.save(made, str(tmp_path / "tide"))

    assert TensorFlowModelDataset(str(tmp_path / "tide")).load().metres.numpy().tolist() == [4.0, 1.0]


@pytest.mark.parametrize("content", [b"no model", b"\x89HDF\r\n\x1a\nno model"], ids=["keras", "h5"])
def test_a_file_that_is_no_model_is_told(tmp_path, content):
    (tmp_path / "tide").write_bytes(content)

    with pytest.raises(DatasetError, match="Loading TensorFlowModelDataset failed at"):
        TensorFlowModelDataset(str(tmp_path / "tide")).load()
