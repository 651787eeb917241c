from __future__ import annotations

import pytest
from Bio.Seq import Seq
from Bio.SeqRecord import SeqRecord

from tidemill import DatasetError
from tidemill.datasets.biosequence import BioSequenceDataset
from tidemill.testing import VersionedDatasetTests


def record(name, letters, **annotations):
    return SeqRecord(Seq(letters), id=name, name=name, description=name, annotations=annotations)


class SequenceTests(VersionedDatasetTests):
    sample = [record("herring", "ACGTAC"), record("plaice", "GGTTAA")]
    other = [record("sole", "TTTT"), record("turbot", "ACACAC")]

    def make(self, filepath, version=None):
        return BioSequenceDataset(filepath, load_args={"format": "fasta"}, version=version)

    def equal(self, a, b):
        return [(each.id, each.seq) for each in a] == [(each.id, each.seq) for each in b]


class TestFasta(SequenceTests):
    filename = "fish.fa"


class TestGenBank(SequenceTests):
    sample, other = [record("herring", "ACGTAC", molecule_type="DNA")], [record("sole", "TTT", molecule_type="DNA")]
    filename = "fish.gb"

    def make(self, filepath, version=None):
        return BioSequenceDataset(filepath, save_args={"format": "genbank"}, version=version)


class TestAFormatOfBytes(SequenceTests):
    sample, other = [record("herring", "ACGTAC", molecule_type="DNA")], [record("sole", "TTT", molecule_type="DNA")]
    filename = "fish.xdna"

    def make(self, filepath, version=None):
        modes = {"open_args_load": {"mode": "rb", "encoding": None}, "open_args_save": {"mode": "wb", "encoding": None}}
        return BioSequenceDataset(filepath, load_args={"format": "xdna"}, fs_args=modes, version=version)

    def equal(self, a, b):
        return [each.seq for each in a] == [each.seq for each in b]


def test_without_a_format_nothing_is_written(tmp_path):
    with pytest.raises(DatasetError, match="format of the sequences"):
        BioSequenceDataset(str(tmp_path / "fish.fa")).save(SequenceTests.sample)

    assert [*tmp_path.iterdir()] == []


def test_arguments_of_a_load_win(tmp_path):
    dataset = BioSequenceDataset(
        str(tmp_path / "fish.fa"), load_args={"format": "genbank"}, save_args={"format": "fasta"}
    )
    dataset.save(SequenceTests.sample)

    assert [each.id for each in dataset.load(format="fasta")] == ["herring", "plaice"]


@pytest.mark.parametrize("data", [7, "ACGT", ["ACGT"], [*SequenceTests.sample, 7]])
def test_what_is_no_record_is_told_and_leaves_the_old_file(tmp_path, data):
    dataset = BioSequenceDataset(str(tmp_path / "fish.fa"), load_args={"format": "fasta"})
    dataset.save(SequenceTests.sample[0])

    with pytest.raises(DatasetError, match=r"saves Biopython's records, not .* type (int|str): make a SeqRecord"):
        dataset.save(data)

    assert [each.id for each in dataset.load()] == ["herring"]
