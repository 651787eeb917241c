from __future__ import annotations

import tracemalloc

import pytest

from tidemill import DatasetError
from tidemill.datasets.json import JSONDataset
from tidemill.datasets.text import TextDataset
from tidemill.testing import VersionedDatasetTests
from tidemill.testing.places import new_place

MB = 1 << 20


class TestTextDataset(VersionedDatasetTests):
    sample, other = "high tide\n", "Ebbe, Größe 1 m²\n"

    def make(self, filepath, version=None):
        return TextDataset(filepath, version=version)


@pytest.mark.parametrize("base", ["disk", "memory"])
def test_a_text_that_is_appended_to_keeps_what_was_there(base, tmp_path):
    folder = str(tmp_path) if base == "disk" else "memory://appended"
    for line in ("flood\n", "ebb\n"):
        TextDataset(f"{folder}/tides.txt", fs_args={"open_args_save": {"mode": "a"}}).save(line)

    assert TextDataset(f"{folder}/tides.txt").load() == "flood\nebb\n"


@pytest.mark.parametrize("text", ["flood\r\nebb\rslack\n", "", "\N{BOM}bom", "\0 and \x85 and \u2028", "🌊" * 3 * MB])
@pytest.mark.parametrize("base", ["disk", "memory"])
def test_what_comes_back_is_what_went_in(base, tmp_path, text):
    dataset = TextDataset(f"{tmp_path if base == 'disk' else 'memory://texts'}/tides.txt")
    dataset.save(text)

    assert dataset.load() == text


def test_ends_of_lines_become_one_if_asked_for(tmp_path):
    (tmp_path / "tides.txt").write_bytes(b"flood\r\nebb\r\n")

    assert TextDataset(str(tmp_path / "tides.txt")).load() == "flood\r\nebb\r\n"
    one = {"open_args_load": {"newline": None}}
    assert TextDataset(str(tmp_path / "tides.txt"), fs_args=one).load() == "flood\nebb\n"


def test_another_encoding_or_bytes_are_for_fs_args_to_say(tmp_path):
    latin = {"open_args_load": {"encoding": "latin-1"}, "open_args_save": {"encoding": "latin-1"}}
    dataset = TextDataset(str(tmp_path / "latin.txt"), fs_args=latin)
    dataset.save("Größe")
    assert (tmp_path / "latin.txt").read_bytes() == b"Gr\xf6\xdfe"
    assert dataset.load() == "Größe"
    with pytest.raises(DatasetError, match="utf-8"):
        TextDataset(str(tmp_path / "latin.txt")).load()

    plain = dict.fromkeys(("encoding", "newline"))
    raw = {"open_args_load": {"mode": "rb", **plain}, "open_args_save": {"mode": "wb", **plain}}
    dataset = TextDataset(str(tmp_path / "raw"), fs_args=raw)
    dataset.save(b"\0\xff")
    assert dataset.load() == b"\0\xff"


@pytest.mark.parametrize("wrong", [b"bytes", 1, ["a", "list"]])
def test_what_is_no_text_is_refused_and_changes_nothing(tmp_path, wrong):
    dataset = TextDataset(str(tmp_path / "tides.txt"))
    dataset.save("high")

    with pytest.raises(DatasetError):
        dataset.save(wrong)
    assert dataset.load() == "high"


@pytest.mark.parametrize(
    ("kind", "data"),
    [(TextDataset, ("high tide " * 10 + "\n") * MB), (JSONDataset, ["x" * MB] * 96)],
    ids=["text", "json"],
)
@pytest.mark.parametrize(("place", "most"), [("disk", 12 * MB), ("s3", 80 * MB)])
def test_a_long_save_is_not_in_memory_twice(tmp_path, monkeypatch, kind, data, place, most):
    with new_place(place, tmp_path, monkeypatch) as folder:
        dataset = kind(f"{folder}/tides")
        dataset.exists()  # makes the client
        tracemalloc.start()
        try:
            dataset.save(data)
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        assert dataset.load() == data

    assert peak < most
