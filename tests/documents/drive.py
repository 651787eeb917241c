"""A filesystem that tells what it was asked, under any protocol."""

from __future__ import annotations

from typing import ClassVar

from fsspec.implementations.memory import MemoryFileSystem


class Drive(MemoryFileSystem):
    """A filesystem in memory that notes how it is made and searched; `drive` gives it the protocols of others."""

    cachable = False
    store: ClassVar[dict] = {}
    pseudo_dirs: ClassVar[list] = [""]
    made: ClassVar[list] = []
    searched: ClassVar[list] = []

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.made.append((self.protocol, options))

    @classmethod
    def _strip_protocol(cls, path):
        return MemoryFileSystem._strip_protocol(path.removeprefix(f"{cls.protocol}://"))

    def find(self, path, maxdepth=None, withdirs=False, **options):
        self.searched.append(options)
        return super().find(path, maxdepth, withdirs, **options)
