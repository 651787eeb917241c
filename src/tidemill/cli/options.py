"""RunOptions: what was asked of `tidemill run`, on the command line and in a file of options."""

from __future__ import annotations

import shlex
from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any

from tidemill.cli import parsing
from tidemill.errors import ConfigError
from tidemill.names import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

#: Older names, of options and of keys in a file -> today's, as it is typed.
OLD = {
    "node": "nodes",
    "node-names": "nodes",
    "tag": "tags",
    "load-version": "load-versions",
    "namespace": "namespaces",
    "extra-params": "params",
    "runtime-params": "params",
    "is-async": "async",
    "pipeline-name": "pipeline",
    "pipeline-names": "pipelines",
    "from-node": "from-nodes",
    "to-node": "to-nodes",
    "from-input": "from-inputs",
    "to-output": "to-outputs",
}
_NAMES = ("pipelines", "nodes", "from_nodes", "to_nodes", "from_inputs", "to_outputs", "tags", "namespaces")
_FLAGS = ("only_missing_outputs", "keep_going")


@dataclass(frozen=True)
class RunOptions:
    """What is to run, and how."""

    pipelines: tuple[str, ...] = ()
    nodes: tuple[str, ...] = ()
    from_nodes: tuple[str, ...] = ()
    to_nodes: tuple[str, ...] = ()
    from_inputs: tuple[str, ...] = ()
    to_outputs: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    namespaces: tuple[str, ...] = ()
    runner: str = ""
    runner_params: dict[str, Any] = field(default_factory=dict)
    is_async: bool = False
    retries: int | None = None
    env: str | None = None
    params: dict[str, Any] = field(default_factory=dict)
    load_versions: dict[str, str] = field(default_factory=dict)
    conf_source: str | None = None
    only_missing_outputs: bool = False
    keep_going: bool = False
    #: Where the project is, if it was said.
    project: str | None = None
    #: The program whose options these are.
    program: str = "tidemill run"

    @classmethod
    def of(cls, given: Mapping[str, Any], where: str = "the command line") -> RunOptions:
        """Return the options that these are, named as on the command line, `_` for `-`; what is None is not given.

        Raises:
            ValueError: A value that cannot be one, or a key that is none; the message says which.
        """
        today = {_today(key): value for key, value in given.items() if value is not None}
        known = [*_KEYS, "pipeline"]
        for key in today:
            if key not in known:
                raise ValueError(f"{where}: there is no option '{key}'{did_you_mean(key, known) or '.'}")
        pipelines = [*parsing.names(today.pop("pipelines", ())), *_one(today.pop("pipeline", None))]
        return cls(
            pipelines=tuple(dict.fromkeys(pipelines)),
            **{_KEYS[key]: _value(key, value) for key, value in today.items()},
        )

    def over(self, below: RunOptions) -> RunOptions:
        """Return these options, and where they say nothing, those of another."""
        unsaid = RunOptions()
        own = {each.name: getattr(self, each.name) for each in fields(self)}
        return replace(below, **{name: value for name, value in own.items() if value != getattr(unsaid, name)})

    def selection(self) -> dict[str, Any]:
        """Return the keyword arguments of `Session.prepare`."""
        return {
            "pipeline_name": self.pipelines[0] if len(self.pipelines) == 1 else None,
            "pipeline_names": list(self.pipelines) if len(self.pipelines) > 1 else None,
            "tags": list(self.tags) or None,
            "node_names": list(self.nodes) or None,
            "from_nodes": list(self.from_nodes) or None,
            "to_nodes": list(self.to_nodes) or None,
            "from_inputs": list(self.from_inputs) or None,
            "to_outputs": list(self.to_outputs) or None,
            "namespaces": list(self.namespaces) or None,
            "load_versions": self.load_versions or None,
            "only_missing_outputs": self.only_missing_outputs,
        }

    def as_command(self) -> str:
        """Return the command that means these options."""
        words = self.program.split()
        words += ["--project", self.project] if self.project else []
        if len(self.pipelines) == 1:
            words += ["--pipeline", self.pipelines[0]]
        for name in _NAMES[len(self.pipelines) == 1 :]:
            words += _option(name, ",".join(sorted(getattr(self, name)) if name == "tags" else getattr(self, name)))
        for name in ("env", "conf_source", "runner"):
            words += _option(name, getattr(self, name))
        for name in ("runner_params", "params"):
            values = parsing.dotted(getattr(self, name))
            words += _option(name, ",".join(f"{key}={_typed_back(value)}" for key, value in values.items()))
        words += _option("load_versions", ",".join(f"{name}:{each}" for name, each in self.load_versions.items()))
        words += _option("retries", str(self.retries or ""))  # 0 is what holds where nothing is said
        words += [f"--{name.replace('_', '-')}" for name in _FLAGS if getattr(self, name)]
        words += ["--async"] if self.is_async else []
        return " ".join(_quoted(word) for word in words)


#: The options as they are typed, `_` for `-` -> the attribute that holds them.
_KEYS = {
    **{each.name: each.name for each in fields(RunOptions) if each.name not in {"is_async", "project", "program"}},
    "async": "is_async",
}


def read_options(path: str) -> RunOptions:
    """Return the options that a file of YAML or JSON says, under `run` or at its top.

    Raises:
        ValueError: It cannot be read, or says what is no option.
    """
    from tidemill.config.sources import read_config

    try:
        content = read_config(path)
    except ConfigError as error:
        raise ValueError(str(error)) from error
    run = content.get("run", content)
    if not isinstance(run, dict):
        raise ValueError(f"{path}: `run` is a {type(run).__name__}: write option: value below it.")  # noqa: TRY004 - as others
    return RunOptions.of(run, path)


def _today(key: str) -> str:
    typed = key.replace("_", "-")
    return OLD.get(typed, typed).replace("-", "_")


def _one(value: Any) -> list[str]:
    return [str(value)] if value else []


def _value(key: str, value: Any) -> Any:
    if key in _NAMES:
        return tuple(parsing.names(value))
    if key in {"params", "runner_params"}:
        return parsing.parameters(value)
    if key == "load_versions":
        return parsing.versions(value)
    if key in {*_FLAGS, "async"}:
        if not isinstance(value, bool):
            raise ValueError(f"`{key}` is {value!r}: write true or false.")
        return value
    if key == "retries":
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            raise ValueError(f"`retries` is {value!r}: write how often, a number.")
        return value
    return str(value)


def _option(name: str, value: str | None) -> list[str]:
    return [f"--{name.replace('_', '-')}", value] if value else []


def _typed_back(value: Any) -> str:
    """Return a value as it would be typed to mean the same."""
    if isinstance(value, str):
        if not all(map(str.isprintable, value)) or "\\" in value:
            return '"' + "".join(map(_escaped, value)) + '"'
        needs_quotes = (
            not value or parsing.typed(value) != value or set(value) & set(",'\"[]{}()") or value != value.strip()
        )
        return "'" + value.replace("'", "''") + "'" if needs_quotes else value
    if isinstance(value, list):
        return f"[{', '.join(map(_typed_back, value))}]"
    import json

    return json.dumps(value)


def _escaped(letter: str) -> str:
    if letter in '"\\':
        return f"\\{letter}"
    return letter if letter.isprintable() else f"\\U{ord(letter):08x}"


def _quoted(word: str) -> str:
    if not set(word) & set(" \t\n\"'$`\\!&|;<>()[]{}*?~#"):
        return word
    return f'"{word}"' if not set(word) & set('"$`\\!\n') else shlex.quote(word)


def only_used(options: RunOptions, params: Iterable[str], datasets: Iterable[str]) -> RunOptions:
    """Return the options without parameters and load versions that a smaller run would not use.

    Args:
        options: Those of the larger run.
        params: The dotted keys that it uses.
        datasets: What it reads from outside.
    """
    used, read = set(params), set(datasets)
    kept = {key: value for key, value in parsing.dotted(options.params).items() if key in used}
    return replace(
        options,
        params=parsing.parameters(kept),
        load_versions={name: each for name, each in options.load_versions.items() if name in read},
    )
