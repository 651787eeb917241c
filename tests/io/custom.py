"""Datasets as users write them: the two documents' own, one that saves a folder, and ones that fail half way."""

from __future__ import annotations

import os
import shutil
from pathlib import Path, PurePosixPath

import fsspec
import numpy as np
import pandas as pd
from PIL import Image

from tidemill import AbstractDataset, AbstractVersionedDataset, get_filepath_str, get_protocol_and_path


class PlainImageDataset(AbstractDataset):
    """Document 000, before it adds versions: it writes to a path of its own choice."""

    def __init__(self, filepath):
        protocol, path = get_protocol_and_path(filepath)
        self._protocol = protocol
        self._filepath = PurePosixPath(path)
        self._fs = fsspec.filesystem(self._protocol)

    def _load(self):
        with self._fs.open(get_filepath_str(self._filepath, self._protocol), mode="rb") as f:
            return np.asarray(Image.open(f).convert("RGBA"))

    def _save(self, data):
        with self._fs.open(get_filepath_str(self._filepath, self._protocol), mode="wb") as f:
            Image.fromarray(data).save(f, format="PNG")

    def _exists(self):
        return self._fs.exists(get_filepath_str(self._filepath, self._protocol))

    def _describe(self):
        return {"filepath": self._filepath, "protocol": self._protocol}


class ImageDataset(AbstractVersionedDataset):
    """Document 000, with versions."""

    def __init__(self, filepath, version=None):
        protocol, path = get_protocol_and_path(filepath)
        self._protocol = protocol
        self._fs = fsspec.filesystem(self._protocol)
        super().__init__(
            filepath=PurePosixPath(path),
            version=version,
            exists_function=self._fs.exists,
            glob_function=self._fs.glob,
        )

    def _load(self):
        with self._fs.open(get_filepath_str(self._get_load_path(), self._protocol), mode="rb") as f:
            return np.asarray(Image.open(f).convert("RGBA"))

    def _save(self, data):
        with self._fs.open(get_filepath_str(self._get_save_path(), self._protocol), mode="wb") as f:
            Image.fromarray(data).save(f, format="PNG")

    def _describe(self):
        return {"filepath": self._filepath, "version": self._version, "protocol": self._protocol}


class MyOwnDataset(AbstractVersionedDataset):
    """Document 001: local paths only."""

    def __init__(self, filepath, version=None, param1=None, param2=True):
        super().__init__(PurePosixPath(filepath), version)
        self._param1 = param1
        self._param2 = param2

    def _load(self):
        return pd.read_csv(self._get_load_path(), index_col=0)

    def _save(self, df):
        df.to_csv(self._get_save_path())

    def _exists(self):
        return Path(self._get_load_path()).exists()

    def _describe(self):
        return {"version": self._version, "param1": self._param1, "param2": self._param2}


class FolderDataset(AbstractVersionedDataset):
    """A folder of text files, from a dictionary; what was in the folder is replaced."""

    def __init__(self, filepath, version=None):
        super().__init__(PurePosixPath(filepath), version)

    def _load(self):
        path = Path(self._get_load_path())
        if not path.is_dir():
            raise FileNotFoundError(path)
        return {str(each.relative_to(path)): each.read_text() for each in path.rglob("*") if each.is_file()}

    def _save(self, texts):
        path = str(self._get_save_path())
        shutil.rmtree(path, ignore_errors=True)
        for name, text in texts.items():
            os.makedirs(os.path.dirname(f"{path}/{name}"), exist_ok=True)
            Path(path, name).write_text(text)

    def _describe(self):
        return {"filepath": self._filepath, "version": self._version}


class RemoteFolderDataset(AbstractVersionedDataset):
    """The same on any filesystem; what was in the folder stays unless it is replaced."""

    def __init__(self, filepath, version=None):
        protocol, path = get_protocol_and_path(filepath)
        self._fs = fsspec.filesystem(protocol, **({"auto_mkdir": True} if protocol == "file" else {}))
        super().__init__(PurePosixPath(path), version, self._fs.exists, self._fs.glob)

    def _load(self):
        path = self._fs._strip_protocol(str(self._get_load_path()))
        found = {each[len(path) + 1 :]: self._fs.cat_file(each).decode() for each in self._fs.find(path)}
        if not found:
            raise FileNotFoundError(path)
        return found

    def _save(self, texts):
        for name, text in texts.items():
            with self._fs.open(f"{self._get_save_path()}/{name}", "wb") as file:
                file.write(text.encode())

    def _describe(self):
        return {"filepath": self._filepath, "version": self._version}


class HalfDataset(ImageDataset):
    """It fails in the middle of its file, which `with` closes all the same."""

    def _save(self, data):
        with self._fs.open(get_filepath_str(self._get_save_path(), self._protocol), mode="wb") as f:
            f.write(b"half of")
            raise RuntimeError("the library had enough")
