"""Import all of the package kedro-datasets on top of Tidemill, and save, load and version with classes of its own.

python .ci/check_kedro_datasets.py    # in an environment that has both, with Kedro or without
"""

from __future__ import annotations

import importlib
import pkgutil
import tempfile
import warnings
from pathlib import Path

from tidemill import DataCatalog
from tidemill.compat import install
from tidemill.io import AbstractDataset, DatasetError

install()
import kedro_datasets  # noqa: E402 - under the names that were just put in place


def import_all() -> tuple[int, list[str]]:
    """Return how many modules can be imported, and the libraries that the others lack."""
    count, lacking = 0, []
    for each in pkgutil.walk_packages(kedro_datasets.__path__, "kedro_datasets.", onerror=lambda _: None):
        try:
            importlib.import_module(each.name)
            count += 1
        except ModuleNotFoundError as error:
            lacking.append(f"{error.name}")
    assert not [each for each in lacking if each.startswith(("kedro", "tidemill"))], lacking
    return count, sorted(set(lacking))


def definitions(folder: Path) -> dict[str, object]:
    """Return definitions by classes of the package: short names would mean our own."""
    from kedro_datasets import json, pandas, partitions, pickle, text, yaml

    csv = {"type": pandas.CSVDataset, "save_args": {"index": False}}
    return {
        "frame": {**csv, "filepath": f"{folder}/frame.csv", "versioned": True},
        "json": {"type": json.JSONDataset, "filepath": f"{folder}/a.json", "versioned": True},
        "pickle": {"type": pickle.PickleDataset, "filepath": f"{folder}/a.pkl"},
        "text": {"type": text.TextDataset, "filepath": f"{folder}/a.txt", "metadata": {"x": 1}},
        "yaml": {"type": yaml.YAMLDataset, "filepath": f"{folder}/a.yml"},
        "parts": {
            "type": partitions.PartitionedDataset,
            "path": f"{folder}/parts",
            "dataset": csv,
            "filename_suffix": ".csv",
        },
        "days": {
            "type": partitions.IncrementalDataset,
            "path": f"{folder}/days",
            "dataset": {"type": text.TextDataset},
            "filename_suffix": ".txt",
        },
        "{name}_factory": {"type": json.JSONDataset, "filepath": f"{folder}/{{name}}.json"},
        "kept": {"type": "CachedDataset", "dataset": {"type": json.JSONDataset, "filepath": f"{folder}/kept.json"}},
    }


def save_and_load(folder: Path) -> int:
    """Save and load with each of them, and return how many versions were told apart."""
    import pandas as pd

    frame = pd.DataFrame({"a": [1, 2], "b": ["x", "y"]})
    first = DataCatalog.from_config(definitions(folder))
    for name, data in {"json": {"a": 1}, "pickle": {"b"}, "text": "c", "yaml": {"d": [1]}, "one_factory": [2]}.items():
        first.save(name, data)
        assert first.load(name) == data, name
        assert type(first[name]).__module__.startswith("kedro_datasets."), name
        assert isinstance(first[name], AbstractDataset), name
    first.save("frame", frame)
    first.save("kept", 5)
    try:
        first.save("frame", frame)
    except DatasetError:
        pass
    else:
        raise AssertionError("a version was saved twice")
    first.save("parts", {"x/one": frame, "two": lambda: frame})
    assert {key: len(load()) for key, load in first.load("parts").items()} == {"two": 2, "x/one": 2}
    (folder / "days").mkdir()
    (folder / "days" / "1.txt").write_text("one")
    assert first.load("days") == {"1": "one"}
    first.confirm("days")
    first.release("days")  # it keeps its listing until then
    (folder / "days" / "2.txt").write_text("two")
    assert first.load("days") == {"2": "two"}

    second = DataCatalog.from_config(definitions(folder), load_versions={"frame": first.save_version})
    second.save("frame", frame.assign(a=0))
    second.save("json", {"a": 2})
    third = DataCatalog.from_config(definitions(folder))
    assert third.load("frame").a.tolist() == [0, 0]
    assert (
        DataCatalog.from_config(definitions(folder), load_versions={"frame": first.save_version})
        .load("frame")
        .equals(frame)
    )
    assert third.load("json") == {"a": 2}
    assert third.exists("frame")
    return len([*(folder / "frame.csv").iterdir()])


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    imported, absent = import_all()
    print(f"kedro-datasets: {imported} modules imported; not installed here: {', '.join(absent) or 'nothing'}")
    assert imported >= 40
    with tempfile.TemporaryDirectory() as scratch:
        assert save_and_load(Path(scratch)) == 2
    print("datasets of its own saved, loaded, versioned, partitioned, confirmed")
