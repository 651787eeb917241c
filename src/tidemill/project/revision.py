"""Which state of the code runs: the git commit of a project, and whether files were changed since."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

_COMMIT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_REFERENCES = 5
_SECONDS = 10


def of(project: Path) -> dict[str, Any]:
    """Return `{"git": {"commit": ..., "dirty": ...}}`, or nothing where the project is in no repository with a commit.

    New files that git does not know are no change. Without `git` on the path, the commit is read from its files, and
    `dirty` is left out.
    """
    folder = _git_folder(project)
    if folder is None:
        return {}
    found = _asked(project) or _read(folder)
    return {"git": found} if found else {}


def _git_folder(project: Path) -> Path | None:
    for above in (project, *project.parents):
        place = above / ".git"
        if place.is_dir():
            return place
        if place.is_file():  # of a worktree or a submodule: a pointer
            text = _text(place)
            return above / text.removeprefix("gitdir:").strip() if text.startswith("gitdir:") else None
    return None


def _asked(project: Path) -> dict[str, Any] | None:
    """Return what `git` says, or None where it says nothing: it is not there, or does not trust the repository."""
    import subprocess

    # A run that git itself started, in a hook, has variables that name another repository than the project's.
    environment = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    try:
        told = subprocess.run(
            # No lock is taken: a commit that somebody makes meanwhile must not fail because of us.
            ["git", "--no-optional-locks", "status", "--porcelain=v2", "--branch", "--untracked-files=no"],  # noqa: S607
            cwd=project,
            env=environment,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_SECONDS,
            check=True,
        ).stdout.splitlines()
    except (OSError, subprocess.SubprocessError):
        return None
    commit = next((line.split()[-1] for line in told if line.startswith("# branch.oid ")), "")
    if not _COMMIT.fullmatch(commit):
        return None
    return {"commit": commit, "dirty": any(not line.startswith("#") for line in told)}


def _read(folder: Path) -> dict[str, Any] | None:
    """Return the commit that the files of a repository name."""
    try:
        common = folder / (folder / "commondir").read_text(encoding="utf-8").strip()
    except OSError:
        common = folder
    name = "HEAD"
    for _ in range(_REFERENCES):
        text = _text(folder / name) or _text(common / name) or _packed(common, name)
        if _COMMIT.fullmatch(text):
            return {"commit": text}
        if not text.startswith("ref: "):
            return None
        name = text.removeprefix("ref: ")
    return None


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""


def _packed(common: Path, name: str) -> str:
    for line in _text(common / "packed-refs").splitlines():
        commit, _, packed = line.partition(" ")
        if packed == name:
            return commit
    return ""
