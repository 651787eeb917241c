"""The folders of a new pipeline: its package, a file of parameters, its tests; all of them, or none."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from tidemill.errors import TemplateError
from tidemill.project.templates.answers import Answers
from tidemill.project.templates.layout import Template
from tidemill.project.templates.making import write
from tidemill.project.templates.render import Renderer
from tidemill.project.templates.source import opened

if TYPE_CHECKING:
    from collections.abc import Iterator

_SHIPPED = Path(__file__).parent.parent / "starters" / "pipeline"
_CONFIG, _TESTS = "config", "tests"


def create(
    name: str, *, package: Path, conf: Path | None, tests: Path, source: str | None = None, framework: str = "tidemill"
) -> list[Path]:
    """Make the files of a pipeline and return them.

    Args:
        name: What it is called.
        package: The folder of the project's package; the code goes to `pipelines/<name>` in it.
        conf: Where files of the template's `config` go; None leaves them out.
        tests: Where a folder of tests is made.
        source: A template: what is in its `tests` and its `config` goes there, all else is code. What is shipped if
            left out.
        framework: What the shipped code imports from: `kedro.pipeline` in a project that Kedro runs too.

    Raises:
        TemplateError: Something is there already, or the template cannot be rendered. Nothing was changed then.
    """
    with opened(source or str(_SHIPPED)) as folder, tempfile.TemporaryDirectory(prefix="tidemill-") as scratch:
        template = Template.read(folder)
        asked = {"pipeline_name": name, "framework": framework}
        known = {key: value for key, value in asked.items() if key in template.variables}
        values = {**Answers(template, known).values(), **asked, "repo_name": name}
        rendered = Path(scratch)
        paths = write(Renderer(template, values), rendered)
        room = package / "pipelines"
        moves = [(rendered / path, _target(path, name, room, conf, tests)) for path in sorted(paths)]
        wanted = [(origin, target) for origin, target in moves if target is not None]
        if not (package / "__init__.py").exists() and not package.is_dir():
            raise TemplateError(f"The project has no package {package}. Correct `package_name` in its pyproject.toml.")
        taken = [target for _, target in wanted if os.path.lexists(target)]
        if os.path.lexists(room / name) or taken:
            there = taken[0] if taken else room / name
            raise TemplateError(f"{there} is there already, and nothing is overwritten. Choose another name.")
        return _placed([*wanted, *_packages(rendered, room, tests, name, {target for _, target in wanted})])


def _target(path: str, name: str, room: Path, conf: Path | None, tests: Path) -> Path | None:
    top, _, rest = path.partition("/")
    if top == _CONFIG and rest:
        return conf / rest if conf is not None else None
    if top == _TESTS and rest:
        return tests / name / rest
    return room / name / path


def _packages(rendered: Path, room: Path, tests: Path, name: str, there: set[Path]) -> Iterator[tuple[Path, Path]]:
    """Yield what makes packages of the folders around: a project may have none of them yet."""
    empty = rendered / ".empty"
    empty.touch()
    for folder in (room, tests / name):
        if not (folder / "__init__.py").exists() and folder / "__init__.py" not in there:
            yield empty, folder / "__init__.py"


def _placed(moves: list[tuple[Path, Path]]) -> list[Path]:
    done: list[Path] = []
    made: list[Path] = []
    try:
        for origin, target in moves:
            made += [each for each in reversed([target.parent, *target.parent.parents]) if not each.exists()]
            target.parent.mkdir(parents=True, exist_ok=True)
            with target.open("xb") as file:
                done.append(target)
                file.write(origin.read_bytes())
            shutil.copymode(origin, target)
    except BaseException as exc:  # Ctrl-C too: all of it, or none
        for each in done:
            each.unlink(missing_ok=True)
        for folder in reversed([each for each in made if each.is_dir()]):  # the last of them could not be made
            folder.rmdir()
        if isinstance(exc, OSError):
            raise TemplateError(f"{exc.filename} cannot be made: {exc.strerror}. Nothing was changed.") from exc
        raise
    return done
