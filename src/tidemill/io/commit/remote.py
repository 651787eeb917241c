"""One save on a filesystem that cannot rename a folder at once: claim the version, write, commit by its manifest."""

from __future__ import annotations

import contextlib
import os
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tidemill.io.commit.liveness import is_gone, this_process
from tidemill.io.commit.objects import read_object, write_object
from tidemill.io.commit.staging import taken
from tidemill.io.manifest import WRITING, File, Manifest
from tidemill.io.paths import MANIFEST, join, protocols_of
from tidemill.io.threadlock import ThreadLock
from tidemill.io.versions import next_timestamp
from tidemill.io.warning import warn

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem

    from tidemill.errors import VersionAlreadyExistsError
    from tidemill.io.versions import Wanted

# Filesystems without a conditional put check and then write: within one process nobody may come between.
_CLAIMING = ThreadLock()
#: Where `mode="create"` is known to create or fail; elsewhere it may be ignored.
_CONDITIONAL = {"s3", "s3a", "az", "abfs", "abfss", "memory", "hadoop"}
_HEIR = ".heir.json"


class ClaimedVersion:
    """A new version under its final path, which readers skip until its manifest says `committed`."""

    def __init__(self, fs: AbstractFileSystem, root: str, name: str, wanted: Wanted, claim: Manifest) -> None:
        """Claim the version.

        Args:
            fs: The filesystem.
            root: The folder of the versions.
            name: What the version's data is called.
            wanted: The version's name; unless it is fixed, the next free one will do.
            claim: What the manifest says from now on, apart from its version and state.
        """
        self._fs, self._root, self._name, self._wanted = fs, root, name, wanted
        self._known: dict[str, File] = {}
        self._committing = False
        self._nonce = os.urandom(8).hex()
        self._claim = replace(claim, state=WRITING, writer={**claim.writer, **this_process(), "claim": self._nonce})
        version = wanted.version
        while not self._take(version):
            if wanted.fixed:
                raise self._taken(version)
            version = next_timestamp(version)
        self.version = version
        self.path = join(root, version, name)

    def add(self, path: str, size: int, checksum: str) -> None:
        """Remember the checksum of a file that was uploaded to this path."""
        relative = self._relative(path, self.version)
        self._known[relative] = File(relative, size, checksum)

    def is_written(self) -> bool:
        """Tell whether the dataset has written its data; what was not `add`ed is looked for."""
        if not self._known:
            self._known = {each.path: each for each in self._found(self.version)}
        return any(each == self._name or each.startswith(f"{self._name}/") for each in self._known)

    def publish(self, manifest: Manifest) -> str:
        """Commit what was written and return the version's name."""
        committed = replace(manifest, version=self.version).committed(tuple(self._known.values()))
        self._committing = True
        write_object(self._fs, self._manifest_path(self.version), committed.to_json().encode())
        self._fs.invalidate_cache(self._root)
        return self.version

    def abort(self) -> None:
        """Remove what was written, and last the claim: there is no such version."""
        try:
            if self._committing:  # that failed, and may have arrived all the same: readers must not see it half gone
                self._write_claim(self.version)
            self._clear(self.version)
            self._fs.rm_file(self._manifest_path(self.version))
            self._clear_folders(self.version)
        except Exception as exc:  # noqa: BLE001 - whatever it is must not hide why the save failed
            warn(
                f"Version '{self.version}' under {self._root} stays unfinished: {type(exc).__name__}: {exc}. Readers "
                "skip it."
            )
        self._fs.invalidate_cache(self._root)

    # What is in the version's folder.

    def _manifest_path(self, version: str) -> str:
        return join(self._root, version, MANIFEST)

    def _relative(self, path: str, version: str) -> str:
        folder = str(self._fs._strip_protocol(join(self._root, version)))
        return str(self._fs._strip_protocol(path))[len(folder) + 1 :]

    def _found(self, version: str) -> list[File]:
        folder = join(self._root, version)
        self._fs.invalidate_cache(folder)
        infos: dict[str, dict[str, Any]] = self._fs.find(folder, detail=True)
        return [
            File(self._relative(path, version), int(info.get("size") or 0), _etag(info))
            for path, info in sorted(infos.items())
            if not _is_ours(path)
        ]

    def _clear(self, version: str) -> None:
        folder = join(self._root, version)
        self._fs.invalidate_cache(folder)
        for path in self._fs.find(folder):
            if not path.endswith(MANIFEST):
                self._fs.rm_file(path)

    def _clear_folders(self, version: str) -> None:
        """Remove empty folders, where there are folders: one that is called like the data would count as a version."""
        if self._fs.async_impl:
            return
        folder = join(self._root, version)
        self._fs.invalidate_cache(folder)
        for path in sorted(self._fs.find(folder, withdirs=True), reverse=True):
            with contextlib.suppress(OSError):  # somebody has claimed the version by now
                self._fs.rmdir(path)

    # Who has the version.

    def _take(self, version: str) -> bool:
        with _CLAIMING:
            if self._create(self._manifest_path(version), version):
                return not (self._wanted.fixed and self._wanted.seen and self._is_foreign(version))
            holder = self._holder(self._manifest_path(version))
            return self._wanted.fixed and holder is not None and self._succeed(version, holder)

    def _create(self, path: str, version: str) -> bool:
        """Write the claim if nothing is there; by one conditional request where the filesystem has it."""
        conditional = not _CONDITIONAL.isdisjoint(protocols_of(self._fs))
        if not conditional:
            self._fs.invalidate_cache(path)
            if self._fs.exists(path):
                return False
        try:
            write_object(self._fs, path, self._claim_text(version), mode="create")
        except FileExistsError:
            return False
        except (NotImplementedError, TypeError, ValueError):
            write_object(self._fs, path, self._claim_text(version))
            conditional = False
        except OSError:
            if self._holder(path) is None:
                raise
            return self._is_mine(path)  # two at once, and the store asks both to look again
        return conditional or self._is_mine(path)

    def _succeed(self, version: str, dead: Manifest) -> bool:
        """Take over from a writer that is gone. Of several that try, the one that creates the heir's note wins."""
        holder: Manifest | None = dead
        while holder is not None and is_gone(holder.writer):
            note = join(self._root, version, f".{holder.writer.get('claim')}{_HEIR}")
            if self._create(note, version):
                if self._holder(self._manifest_path(version)) != dead:
                    self._fs.rm_file(note)  # somebody else has been the heir, from beginning to end
                    return False
                self._write_claim(version)
                self._clear(version)
                return True
            holder = self._holder(note)  # which may have died in its turn
        return False

    def _write_claim(self, version: str) -> None:
        write_object(self._fs, self._manifest_path(version), self._claim_text(version))

    def _claim_text(self, version: str) -> bytes:
        return replace(self._claim, version=version).to_json().encode()

    def _is_mine(self, path: str) -> bool:
        holder = self._holder(path)
        return holder is not None and holder.writer.get("claim") == self._nonce

    def _holder(self, path: str) -> Manifest | None:
        """Return the claim that stands there, or None."""
        try:
            manifest = Manifest.from_json(read_object(self._fs, path))
        except (FileNotFoundError, ValueError, KeyError, TypeError):
            return None
        return manifest if manifest.state == WRITING else None

    def _is_foreign(self, version: str) -> bool:
        """Tell whether a version from elsewhere, without a manifest, has this name; the claim is taken back then."""
        if not self._found(version):
            return False
        self._fs.rm_file(self._manifest_path(version))
        return True

    def _taken(self, version: str) -> VersionAlreadyExistsError:
        holder = self._holder(self._manifest_path(version))
        if holder is None:
            return taken(version, self._root)
        return taken(
            version,
            self._root,
            f"A writer on {holder.writer.get('host')} (process {holder.writer.get('pid')}) has claimed it and not "
            f"finished. If that is gone, delete {join(self._root, version)}.",
        )


def _is_ours(path: str) -> bool:
    return path.endswith((f"/{MANIFEST}", _HEIR))


def _etag(info: dict[str, Any]) -> str | None:
    tag = info.get("ETag") or info.get("etag") or info.get("md5Hash")
    return f"etag:{str(tag).strip(chr(34))}" if tag else None
