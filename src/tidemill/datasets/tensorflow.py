"""tensorflow.TensorFlowModelDataset."""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import sys
import zipfile
from tempfile import TemporaryDirectory
from typing import Any

from tidemill.datasets.choice import chosen
from tidemill.datasets.local_path import LocalPathDataset
from tidemill.errors import DatasetError
from tidemill.io.classes import is_installed
from tidemill.io.warning import warn
from tidemill.names import both_spellings

__getattr__ = both_spellings(__name__)

_KERAS, _H5, _FOLDER = "keras", "h5", "tf"
_FORMATS = {"keras": _KERAS, "h5": _H5, "hdf5": _H5, "tf": _FOLDER}
_ENDINGS = {".keras": _KERAS, ".h5": _H5, ".hdf5": _H5}
_TF_KERAS = "tf_keras"
_HDF5_MAGIC = b"\x89HDF"
# In the SavedModel of a model of Keras 2, and in no other.
_KERAS_2 = "keras_metadata.pb"
_ENDPOINTS = ("serve", "serving_default")


class TensorFlowModelDataset(LocalPathDataset[Any, Any]):
    """A Keras model, whole: a `.keras` archive, HDF5 (`.h5`), or with `save_format: tf` a SavedModel folder.

    `save_args` go to `Model.save`, or to `Model.export` for a SavedModel, which Keras 3 writes for inference only:
    what is loaded from it predicts, and cannot be trained. A path with another ending, or none, is a `.keras` archive
    of that name. `load_args` go to `keras.models.load_model`; `tf_device` in them says on which device. Models of
    Keras 2 are those of the package `tf-keras`, where it is installed.
    """

    DEFAULT_LOAD_ARGS = {"safe_mode": True}

    def _read_local(self, path: str, **load_args: Any) -> Any:
        arguments = {**self._load_args, **load_args}
        device = arguments.pop("tf_device", None)
        with _on(device):
            if os.path.isdir(path):
                return _read_folder(path, arguments)
            return _read_file(path, arguments)

    def _write_local(self, path: str, data: Any) -> None:
        arguments = dict(self._save_args)
        wanted = arguments.pop("save_format", None)
        if wanted is None:
            form = _ENDINGS.get(os.path.splitext(path)[1].lower(), _KERAS)
        else:
            form = _FORMATS[chosen("TensorFlowModelDataset", "save_format", wanted, _FORMATS)]
        if not hasattr(data, "save") or not hasattr(data, "export"):
            raise DatasetError(f"TensorFlowModelDataset saves Keras models, not objects of type {type(data).__name__}.")
        if _is_keras_2(data):
            arguments["save_format"] = form
        if form == _FOLDER and _is_keras_2(data):
            data.save(path, **arguments)
        elif form == _FOLDER:
            data.export(path, format="tf_saved_model", **{"verbose": False, **arguments})
        else:
            named = f"{path}.{form}"  # Keras goes by the ending
            data.save(named, **arguments)
            os.rename(named, path)


def _on(device: str | None) -> Any:
    if device is None:
        return contextlib.nullcontext()
    import tensorflow as tf

    return tf.device(device)


def _read_file(path: str, arguments: dict[str, Any]) -> Any:
    with open(path, "rb") as file:
        form = _H5 if file.read(len(_HDF5_MAGIC)) == _HDF5_MAGIC else _KERAS
    is_keras_2 = _written_by(path, form).startswith("2.") and is_installed(_TF_KERAS)
    keras = importlib.import_module(_TF_KERAS if is_keras_2 else "keras")
    with TemporaryDirectory(prefix="tidemill-") as folder:
        named = os.path.join(folder, f"model.{form}")  # Keras goes by the ending
        os.symlink(os.path.abspath(path), named)
        return keras.models.load_model(named, **arguments)


def _read_folder(path: str, arguments: dict[str, Any]) -> Any:
    if os.path.exists(os.path.join(path, _KERAS_2)):
        if is_installed(_TF_KERAS):
            options = {key: each for key, each in arguments.items() if key != "safe_mode"}
            return importlib.import_module(_TF_KERAS).models.load_model(path, **options)
        warn(
            f"{path} is a model of Keras 2. It was loaded to predict only; for the whole model, pip install tf-keras.",
        )
    import keras
    import tensorflow as tf

    # The very functions are tried, for a name that is not there is an error of its own in each release.
    signatures = tf.saved_model.load(path)
    endpoint = next((each for each in _ENDPOINTS if hasattr(signatures, each) or each in signatures.signatures), None)
    if endpoint is None:
        return signatures
    layers = [keras.layers.TFSMLayer(path, call_endpoint=endpoint)]
    if not hasattr(signatures, endpoint) and len(signatures.signatures[endpoint].structured_outputs) == 1:
        layers.append(keras.layers.Lambda(_only))  # a signature names what it returns, as a model does not
    return keras.Sequential(layers)


def _only(outputs: dict[str, Any]) -> Any:
    return next(iter(outputs.values()))


def _written_by(path: str, form: str) -> str:
    """Return the release of Keras that wrote a file, or nothing where it does not say."""
    try:
        if form == _KERAS:
            with zipfile.ZipFile(path) as archive:
                return str(json.loads(archive.read("metadata.json"))["keras_version"])
        import h5py

        with h5py.File(path) as file:
            return str(file.attrs.get("keras_version", ""))
    except (KeyError, ValueError, OSError, zipfile.BadZipFile):
        return ""  # what is wrong with it, Keras says when it loads


def _is_keras_2(model: Any) -> bool:
    module = sys.modules.get(_TF_KERAS)  # a model of it can only be there if it is loaded
    return module is not None and isinstance(model, module.Model)
