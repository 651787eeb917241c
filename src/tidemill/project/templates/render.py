"""Jinja2 in its sandbox: texts, names of files, and whole folders."""

from __future__ import annotations

import fnmatch
import functools
import json
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from tidemill.errors import TemplateError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from jinja2 import Environment

    from tidemill.project.templates.layout import Template

_SKIPPED = frozenset({".git", "__pycache__", ".DS_Store", ".ipynb_checkpoints"})
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_DRIVE = re.compile(r"^[A-Za-z]:")


class Rendered(NamedTuple):
    """A file of the new project: its path in there, its content, and whether it may be executed."""

    path: str
    content: bytes
    executable: bool


class Renderer:
    """Fills the variables of a template in."""

    def __init__(self, template: Template, values: Mapping[str, Any]) -> None:
        """Keep both.

        Args:
            template: The template.
            values: Its variables.
        """
        self._template, self._values = template, values
        self._environment = environment(template.jinja)
        self._context = {**values, "cookiecutter": values}
        # A template may name what it copies by a variable too.
        self._copied = [self.text(each, "_copy_without_render") for each in template.copied] + [*template.copied]

    def text(self, text: str, where: str) -> str:
        """Return a text with its variables filled in; `where` is what errors call it."""
        return render_text(self._environment, text, self._context, where)

    def root_name(self) -> str:
        """Return the name of the new project's folder."""
        if self._template.is_plain:
            return str(self._values["repo_name"])
        return self._name(self._template.root.name, self._template.root.name)

    def files(self) -> Iterator[Rendered]:
        """Yield the files of the new project, and `path/` for each folder.

        Raises:
            TemplateError: One cannot be rendered, would be written elsewhere, or is written twice.
        """
        seen: dict[str, str] = {}
        for relative, is_folder in _walk(self._template.root):
            as_it_is = self._is_copied(relative)
            path = relative if as_it_is else self._path(relative)
            if path is None:
                continue  # a name that is empty for these answers: the template leaves it out
            if is_folder:
                yield Rendered(f"{path}/", b"", executable=False)
                continue
            if path in seen:
                raise TemplateError(f"The template has two files for '{path}': {seen[path]!r} and {relative!r}.")
            seen[path] = relative
            source = self._template.root / relative
            content = source.read_bytes()
            if not as_it_is:
                content = self._content(content, relative)
            yield Rendered(path, content, executable=os.access(source, os.X_OK))

    def _is_copied(self, relative: str) -> bool:
        parts = relative.split("/")
        below = ["/".join(parts[: end + 1]) for end in range(len(parts))]
        whole = [f"{self._template.root.name}/{each}" for each in below]
        return any(fnmatch.fnmatch(each, pattern) for each in (*below, *whole) for pattern in self._copied)

    def _path(self, relative: str) -> str | None:
        parts = []
        for part in relative.split("/"):
            name = self._name(part, relative) if "{" in part else part
            if not name:
                return None
            parts.append(name)
        return "/".join(parts)

    def _name(self, name: str, where: str) -> str:
        rendered = self.text(name, where).strip()
        parts = rendered.split("/")
        if rendered and (
            not {"..", ".", ""}.isdisjoint(parts)
            or "\\" in rendered
            or _CONTROL.search(rendered)
            or _DRIVE.match(rendered)
        ):
            raise TemplateError(
                f"The template's {where!r} would be written to {rendered!r}, outside of the project. Nothing was made. "
                "Correct the answers, or the template."
            )
        return rendered

    def _content(self, content: bytes, relative: str) -> bytes:
        if b"\0" in content or b"{" not in content:
            return content
        try:
            text = content.decode()
        except UnicodeDecodeError:
            return content  # a picture, an archive ...: nothing to fill in
        return self.text(text, relative).encode()


def render_text(jinja: Environment, text: str, context: Mapping[str, Any], where: str) -> str:
    """Return a text with its variables filled in.

    Raises:
        TemplateError: It is no template, uses what is not there, or reaches for what the sandbox forbids.
    """
    import jinja2

    if "{" not in text and "\r" not in text:
        return text
    try:
        return jinja.from_string(text).render(context)
    except jinja2.TemplateSyntaxError as exc:
        raise TemplateError(f"{where}, line {exc.lineno}: {exc.message}. Correct the template there.") from exc
    except jinja2.UndefinedError as exc:
        raise TemplateError(f"{where}: {exc.message}. Give it in the template's cookiecutter.json.") from exc
    except jinja2.TemplateError as exc:
        raise TemplateError(f"{where}: not allowed in a template: {exc}") from exc
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError, RecursionError) as exc:
        raise TemplateError(f"{where}: {type(exc).__name__}: {exc}. Correct the template there.") from exc


def environment(options: Mapping[str, Any]) -> Environment:
    """Return Jinja2 in its sandbox, with the filters that cookiecutter's templates know.

    Raises:
        TemplateError: Options that it does not take.
    """
    import jinja2.sandbox

    try:
        made = jinja2.sandbox.ImmutableSandboxedEnvironment(
            **{"keep_trailing_newline": True, **options},
            undefined=jinja2.StrictUndefined,
            autoescape=False,
        )
    except (AssertionError, TypeError, ValueError) as exc:
        raise TemplateError(f"cookiecutter.json: `_jinja2_env_vars` cannot be used: {exc}") from exc
    made.filters.update(jsonify=functools.partial(json.dumps, sort_keys=True, indent=4), slugify=_slug)
    return made


def _slug(value: object) -> str:
    import unicodedata

    plain = unicodedata.normalize("NFKD", str(value)).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


def _walk(root: Path) -> Iterator[tuple[str, bool]]:
    """Yield the relative path of each folder and file, and whether it is a folder."""
    for folder, folders, files in os.walk(root):
        folders[:] = sorted(set(folders) - _SKIPPED)
        for name in [*folders, *sorted(files)]:
            path = Path(folder, name)
            relative = path.relative_to(root).as_posix()
            if path.is_symlink():
                raise TemplateError(
                    f"The template's {relative!r} is a symbolic link, which may lead anywhere. Put a copy in its place."
                )
            if name in folders or (name not in _SKIPPED and not name.endswith(".pyc")):
                yield relative, name in folders
