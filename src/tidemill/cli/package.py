"""`tidemill package`: a wheel of the project's code, and an archive of its configuration without secrets."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tidemill.cli.catalog_files import relative
from tidemill.cli.columns import readable_size
from tidemill.cli.command import command
from tidemill.cli.errors import CommandError
from tidemill.cli.invocation import Invocation, pass_invocation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tidemill.project import Metadata

_LOCAL, _CREDENTIALS = "local", "credentials"
_LEFT_OUT = frozenset({"__pycache__", ".ipynb_checkpoints", ".DS_Store"})
_MOST_LINES = 6
_DEFAULT_BACKEND = "setuptools.build_meta"


@command(in_project=True, examples=["tidemill package", "tidemill package --out /tmp/wheels"])
@click.option("--out", "-o", metavar="FOLDER", help="Where they go, instead of dist.")
@pass_invocation
def package(invocation: Invocation, out: str | None) -> None:
    """Make a wheel of the project, and an archive of its configuration without conf/local and credentials.

    Where the wheel is installed, `python -m <package> --conf-source conf-<package>.tar.gz` runs the project.
    """
    metadata = invocation.find_project()
    if metadata is None or metadata.config_file is None:
        from tidemill.errors import ProjectNotFoundError

        raise ProjectNotFoundError(
            f"There is no project with a pyproject.toml in {invocation.folder or os.getcwd()}, nor above. "
            "Make one with `tidemill new`, or go to the folder where it is."
        )
    _check_tools(metadata)
    folder = Path(out) if out else metadata.project_path / "dist"
    with tempfile.TemporaryDirectory(prefix="tidemill-package-") as scratch:
        wheel = _wheel(metadata, Path(scratch))
        archive = _archive(metadata, Path(scratch))
        folder.mkdir(parents=True, exist_ok=True)
        made = [Path(shutil.move(each, folder / each.name)) for each in (wheel, archive) if each is not None]
    for each in made:
        click.echo(f"Made {relative(str(each))} ({readable_size(each.stat().st_size)})")
    source = f" --conf-source {made[1].name}" if len(made) > 1 else ""
    click.echo(f"\nRun it where it is installed:\n  python -m {metadata.package_name}{source}")


def _check_tools(metadata: Metadata) -> None:
    from tidemill.io.classes import is_installed

    requires, backend = _build_system(metadata)
    missing = [] if is_installed("build") else ["build"]
    if not is_installed(backend.partition(".")[0]):
        missing += requires or [backend.partition(".")[0]]
    if missing:
        raise CommandError(
            f"Making a wheel needs {' and '.join(missing)}, which {'is' if len(missing) == 1 else 'are'} not installed "
            f"(nothing is fetched by itself): pip install {' '.join(map(shlex.quote, missing))}"
        )


def _build_system(metadata: Metadata) -> tuple[list[str], str]:
    from tidemill.project.metadata import parsed_toml

    file = metadata.config_file
    said: dict[str, Any] = parsed_toml(file, file.read_bytes()).get("build-system", {}) if file else {}
    return [str(each) for each in said.get("requires", [])], str(said.get("build-backend") or _DEFAULT_BACKEND)


def _wheel(metadata: Metadata, scratch: Path) -> Path:
    root = metadata.project_path
    before = set(_litter(root, metadata.source_dir))
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(scratch), str(root)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=scratch)  # noqa: S603 - Python itself
    for each in set(_litter(root, metadata.source_dir)) - before:
        shutil.rmtree(each, ignore_errors=True)
    made = sorted(scratch.glob("*.whl"))
    if done.returncode or not made:
        said = [line.strip() for line in (done.stdout + done.stderr).splitlines() if line.strip()]
        raise CommandError("The wheel could not be made:\n  " + "\n  ".join(said[-_MOST_LINES:]))
    return made[0]


def _litter(root: Path, source: Path) -> Iterator[Path]:
    """Yield the folders that setuptools leaves behind."""
    if (root / "build").is_dir():
        yield root / "build"
    yield from source.glob("*.egg-info")


def _archive(metadata: Metadata, scratch: Path) -> Path | None:
    conf = metadata.project_path / "conf"
    if not conf.is_dir():
        return None
    path = scratch / f"conf-{metadata.package_name}.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        for each in _shared(conf):
            archive.add(each, each.relative_to(conf.parent).as_posix(), recursive=False)
    return path


def _shared(conf: Path) -> Iterator[Path]:
    """Yield the files that others may have: none of conf/local, none of credentials."""
    for folder, folders, files in os.walk(conf):
        here = Path(folder)
        folders[:] = sorted(
            each for each in folders
            if each not in _LEFT_OUT and not (here == conf and each == _LOCAL) and _CREDENTIALS not in each.lower()
        )  # fmt: skip
        for name in sorted(files):
            if name not in _LEFT_OUT and _CREDENTIALS not in name.lower():
                yield here / name
