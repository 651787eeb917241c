"""biosequence.BioSequenceDataset."""

from __future__ import annotations

from collections.abc import Iterable
from typing import IO, TYPE_CHECKING, Any

from tidemill.errors import DatasetConfigError, DatasetError
from tidemill.io.file import FileDataset
from tidemill.names import both_spellings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from Bio.SeqRecord import SeqRecord

__getattr__ = both_spellings(__name__)


class BioSequenceDataset(FileDataset["list[SeqRecord]", "list[SeqRecord]"]):
    """Biological sequences (FASTA, GenBank ...) as a list of Biopython's records.

    `load_args` go to `Bio.SeqIO.parse`, `save_args` to `Bio.SeqIO.write`; the `format` of one counts for both. Formats
    of bytes need `fs_args: {open_args_load: {mode: rb}, open_args_save: {mode: wb}}`.
    """

    OPEN_LOAD = {"mode": "r", "encoding": "utf-8"}
    OPEN_SAVE = {"mode": "w", "encoding": "utf-8"}

    def _read(self, file: IO[str], **load_args: Any) -> list[SeqRecord]:
        from Bio import SeqIO

        parse: Any = SeqIO.parse  # untyped in some releases
        return [*parse(file, **self._with_format({**self._load_args, **load_args}, self._save_args))]

    def _write(self, file: IO[str], data: list[SeqRecord]) -> None:
        from Bio import SeqIO

        SeqIO.write(_records(data), file, **self._with_format(self._save_args, self._load_args))

    def _with_format(self, arguments: Mapping[str, Any], others: Mapping[str, Any]) -> dict[str, Any]:
        known = arguments.get("format") or others.get("format")
        if not known:
            raise DatasetConfigError(
                "BioSequenceDataset needs the format of the sequences: `load_args: {format: fasta}`, or in `save_args`."
            )
        return {**arguments, "format": known}


def _records(data: Any) -> Iterator[SeqRecord]:
    """Yield the records, one or many; what is none is told here, for Biopython only misses an attribute of it."""
    from Bio.SeqRecord import SeqRecord

    for each in data if isinstance(data, Iterable) and not isinstance(data, SeqRecord) else [data]:
        if not isinstance(each, SeqRecord):
            raise DatasetError(
                f"BioSequenceDataset saves Biopython's records, not objects of type {type(each).__name__}: make a "
                "SeqRecord of each, such as `SeqRecord(Seq('ACGT'), id='one')`."
            )
        yield each
