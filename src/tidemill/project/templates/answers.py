"""The variables of a template: what was given, what was asked for, and the defaults of the rest."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from tidemill.errors import TemplateError
from tidemill.names import did_you_mean
from tidemill.project.metadata import KEDRO_VERSION
from tidemill.project.templates import naming
from tidemill.project.templates.layout import Prompt
from tidemill.project.templates.render import environment, render_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from tidemill.project.templates.layout import Template

    Ask = Callable[[Prompt, str, list[str], Callable[[str], Any]], str]

_PROJECT, _REPO, _PACKAGE = "project_name", "repo_name", "python_package"
_CHECKS = {
    _PROJECT: naming.check_project_name,
    _REPO: naming.check_folder_name,
    _PACKAGE: naming.check_package_name,
}
_DERIVED = {_REPO: naming.folder_name, _PACKAGE: naming.package_name}


class Answers:
    """Works out the variables of one template, in the order it lists them."""

    def __init__(self, template: Template, given: Mapping[str, Any], ask: Ask | None = None) -> None:
        """Begin.

        Args:
            template: The template.
            given: Variables that need no question.
            ask: Called with a question, the default, the choices if there are only some, and what raises a
                TemplateError for an answer that does not fit; returns the answer.
        """
        self._template, self._given, self._ask = template, given, ask
        self._environment = environment(template.jinja)

    def values(self) -> dict[str, Any]:
        """Return every variable with its value.

        Raises:
            TemplateError: Something given is no variable, or a value does not fit.
        """
        from tidemill.io.manifest import writer

        known = {name for name in self._template.variables if not name.startswith("_")}
        for name in self._given:
            if name not in known | _CHECKS.keys():
                raise TemplateError(
                    f"The template has no variable '{name}'{did_you_mean(name, sorted(known)) or '.'} "
                    f"It has: {', '.join(sorted(known))}."
                )
        values: dict[str, Any] = {"kedro_version": KEDRO_VERSION, "tidemill_version": writer()["tidemill"]}
        values |= {name: value for name, value in self._given.items() if name in _CHECKS}
        asked = self._template.asked() if self._ask else []
        for name, default in self._template.variables.items():
            if name in values and name not in _CHECKS and name not in self._given:
                continue
            values[name] = self._value(name, default, values, ask=name in asked)
        return values

    def _value(self, name: str, default: Any, values: Mapping[str, Any], *, ask: bool) -> Any:
        if name.startswith("_") and not name.startswith("__"):
            return default
        default = self._default(name, default, values)
        choices = default if isinstance(default, list) else []
        if name in self._given:
            return self._checked(name, self._given[name], default)
        if not ask or isinstance(default, Mapping):
            first = choices[0] if choices else default
            return self._checked(name, first, default)
        prompt = self._template.prompts.get(name) or Prompt(name.replace("_", " "))
        shown = ("yes" if default else "no") if isinstance(default, bool) else str(choices[0] if choices else default)
        check = partial(self._checked, name, default=default)
        answer = self._ask(prompt, shown, choices, check) if self._ask else default
        return self._checked(name, answer, default)

    def _default(self, name: str, default: Any, values: Mapping[str, Any]) -> Any:
        if name in _DERIVED and _PROJECT in values:
            return _DERIVED[name](str(values[_PROJECT]))
        return self._rendered(name, default, values)

    def _rendered(self, name: str, value: Any, values: Mapping[str, Any]) -> Any:
        if isinstance(value, list):
            return [self._rendered(name, each, values) for each in value]
        if isinstance(value, Mapping):
            return {key: self._rendered(name, each, values) for key, each in value.items()}
        if value is None or isinstance(value, bool):
            return value
        context = {**values, "cookiecutter": values}
        return render_text(self._environment, str(value), context, f"cookiecutter.json, '{name}'")

    def _checked(self, name: str, value: Any, default: Any) -> Any:
        if isinstance(default, list):
            if str(value) not in default:
                raise TemplateError(f"'{name}' is one of {', '.join(map(str, default))}; not {value!r}.")
            return str(value)
        if isinstance(default, bool):
            return value if isinstance(value, bool) else _yes(name, str(value))
        if isinstance(default, Mapping):
            return value
        text = str(value)
        prompt = self._template.prompts.get(name)
        if name in _CHECKS:
            return _CHECKS[name](text)
        if prompt and prompt.regex and not re.match(prompt.regex, text):
            raise TemplateError(f"'{name}' cannot be {text!r}. {prompt.error or f'It must fit {prompt.regex}.'}")
        return text


def _yes(name: str, text: str) -> bool:
    low = text.strip().lower()
    if low in {"y", "yes", "true", "t", "1", "on"}:
        return True
    if low in {"n", "no", "false", "f", "0", "off"}:
        return False
    raise TemplateError(f"'{name}' is yes or no; not {text!r}.")
