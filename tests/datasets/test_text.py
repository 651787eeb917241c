from __future__ import annotations

import pytest

from tidemill.datasets.text import TextDataset
from tidemill.testing import VersionedDatasetTests


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
