"""What a template says of itself: its variables, its questions, and the folder that becomes the project."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tidemill.config.sources import read_config
from tidemill.errors import ConfigError, TemplateError
from tidemill.io.show import listed

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_COOKIECUTTER, _PROMPTS = "cookiecutter.json", "prompts.yml"
#: Variables of a template that says nothing of itself: a folder of files, each of which may use them.
_PLAIN = {"project_name": "New Project", "repo_name": "new-project", "python_package": "new_project"}
_HOOKS = re.compile(r"^(?:pre_prompt|pre_gen_project|post_gen_project)\b.*")
# What a template may say about Jinja2; the rest would let it choose code to run.
_JINJA = frozenset(
    {"trim_blocks", "lstrip_blocks", "keep_trailing_newline", "newline_sequence"}
    | {f"{kind}_{end}_string" for kind in ("block", "variable", "comment") for end in ("start", "end")}
)


@dataclass(frozen=True)
class Prompt:
    """A question: what it is called, what it says, and what its answer must look like."""

    title: str
    text: str = ""
    regex: str = ""
    error: str = ""


@dataclass(frozen=True)
class Template:
    """A template that was read.

    Attributes:
        folder: The template itself.
        root: The folder in it that becomes the project; its name may have variables. The template where it is plain.
        variables: Name -> default: a text that may have earlier variables, a list to choose from, a mapping, true or
            false. Names that begin with an underscore are never asked for.
        prompts: Name -> what to ask.
        copied: Patterns of paths that are copied as they are.
        jinja: Options of Jinja2.
        notes: What it wants and does not get.
    """

    folder: Path
    root: Path
    variables: Mapping[str, Any]
    prompts: Mapping[str, Prompt] = field(default_factory=dict)
    copied: tuple[str, ...] = ()
    jinja: Mapping[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @property
    def is_plain(self) -> bool:
        """Tell whether its files are the project's, without a folder around them."""
        return self.root == self.folder

    @classmethod
    def read(cls, folder: Path) -> Template:
        """Return the template in a folder: a cookiecutter layout, or just files.

        Raises:
            TemplateError: It is none.
        """
        if not (folder / _COOKIECUTTER).is_file():
            if not any(folder.iterdir()):
                raise TemplateError(f"The template {folder} is empty.")
            return cls(folder, folder, dict(_PLAIN), _prompts(folder))
        said = _read(folder / _COOKIECUTTER)
        more = said.pop("__prompts__", None)
        prompts = {**_prompts_of(more, folder / _COOKIECUTTER), **_prompts(folder)}
        copied = said.get("_copy_without_render", [])
        options = said.get("_jinja2_env_vars", {})
        if not isinstance(copied, list) or not isinstance(options, dict):
            raise TemplateError(
                f"{folder / _COOKIECUTTER}: `_copy_without_render` must be a list, `_jinja2_env_vars` a mapping."
            )
        return cls(
            folder,
            _root_of(folder),
            said,
            prompts,
            tuple(map(str, copied)),
            {key: value for key, value in options.items() if key in _JINJA},
            tuple(_notes(folder, said)),
        )

    def asked(self) -> list[str]:
        """Return the names that are asked for; all of them where the template has no list of questions."""
        public = [name for name in self.variables if not name.startswith("_")]
        return [name for name in public if name in self.prompts] if self.prompts else public


def _root_of(folder: Path) -> Path:
    """Return the folder whose name has a variable."""
    found = [each for each in sorted(folder.iterdir()) if each.is_dir() and "{{" in each.name and "}}" in each.name]
    if len(found) == 1:
        return found[0]
    raise TemplateError(
        f"The template {folder} has {len(found) or 'no'} folder{'s' if len(found) != 1 else ''} whose name has a "
        "variable, such as '{{ cookiecutter.repo_name }}'; it needs one, which becomes the project."
    )


def _read(path: Path) -> dict[str, Any]:
    try:
        return read_config(path)
    except ConfigError as exc:
        raise TemplateError(str(exc)) from exc


def _prompts(folder: Path) -> dict[str, Prompt]:
    path = folder / _PROMPTS
    return _prompts_of(_read(path), path) if path.is_file() else {}


def _prompts_of(said: object, path: Path) -> dict[str, Prompt]:
    if said is None:
        return {}
    if not isinstance(said, dict):
        raise TemplateError(f"{path}: the prompts must be a mapping of variable -> question.")
    return {str(name): _prompt(str(name), each, path) for name, each in said.items()}


def _prompt(name: str, said: object, path: Path) -> Prompt:
    if isinstance(said, str):
        return Prompt(said)
    if not isinstance(said, dict):
        raise TemplateError(f"{path}: the prompt '{name}' must be a text, or a mapping with a `title`.")
    regex = str(said.get("regex_validator") or "")
    try:
        re.compile(regex)
    except re.error as exc:
        raise TemplateError(f"{path}: the `regex_validator` of '{name}' is no regular expression: {exc}") from exc
    title = said.get("title") or said.get("__prompt__") or name
    return Prompt(str(title), str(said.get("text") or "").strip(), regex, str(said.get("error_message") or "").strip())


def _notes(folder: Path, said: Mapping[str, Any]) -> list[str]:
    notes = []
    hooks = folder / "hooks"
    if hooks.is_dir():
        scripts = [f"hooks/{each.name}" for each in sorted(hooks.iterdir()) if _HOOKS.match(each.name)]
        if scripts:
            notes.append(f"Not executed, as scripts of templates never are: {', '.join(scripts)}.")
    if said.get("_extensions"):
        notes.append(f"Not loaded, as code of templates never is: the extensions {listed(said['_extensions'])}.")
    return notes
