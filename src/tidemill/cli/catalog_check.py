"""`tidemill catalog check`: everything that is wrong with the catalog, with file and line, for people and for CI."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import click

from tidemill.cli.catalog_files import KindFiles, Spot, loaded, relative
from tidemill.cli.command import command
from tidemill.cli.invocation import Invocation, pass_invocation
from tidemill.cli.looked import Looked
from tidemill.cli.parsing import versions
from tidemill.cli.shared_options import env_option
from tidemill.errors import TidemillError
from tidemill.names import did_you_mean

if TYPE_CHECKING:
    from tidemill.catalog.check import Problem
    from tidemill.catalog.usage import Uses

    Found = list[tuple[Spot | None, Problem]]

_PLACE = re.compile(r"^(?P<file>.+?), line (?P<line>\d+)")
_CREDENTIALS = "credentials"
_SECONDS = 10.0


@command(
    in_project=True,
    examples=[
        "tidemill catalog check",
        "tidemill catalog check --live            # asks the stores too",
        "tidemill catalog check --format json     # for CI: exit code 1 if there are errors",
        "tidemill catalog check --env prod --strict",
    ],
)
@click.option("--live", is_flag=True, help="Ask the stores too: are they there, and what pipelines read?")
@click.option("--timeout", type=click.FloatRange(min=0.1), default=_SECONDS, show_default=True, metavar="SECONDS",
              help="How long --live waits.")  # fmt: skip
@click.option("--strict", is_flag=True, help="Warnings fail too.")
@click.option("--load-versions", metavar="NAME:VERSION,...", help="Versions that a run would load.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="How to print it.")
@env_option
@pass_invocation
def check(
    invocation: Invocation,
    live: bool,
    timeout: float,
    strict: bool,
    load_versions: str | None,
    form: str,
    env: str | None,
) -> None:
    """Find everything that is wrong with the catalog, without loading any data.

    Types, libraries, arguments, credentials, paths, versions, secrets, factories, and whether pipelines find what they
    need. The exit code is 1 if there are errors.
    """
    try:
        pinned = versions(load_versions)
    except ValueError as exc:
        raise click.BadParameter(str(exc), param_hint="--load-versions") from exc
    checked = _Check(Looked(invocation, env), invocation, env, pinned)
    found = checked.problems()
    if live:
        found += checked.live({problem.dataset for _, problem in found if problem.level == "error"}, timeout)
    found = [*dict.fromkeys(found)]  # an environment that is not there is missed by every kind of configuration
    errors = sum(1 for _, problem in found if problem.level == "error")
    if form == "json":
        _print_json(found, errors, checked.count)
    else:
        _print_text(found, errors, checked.count)
    if errors or (strict and found):
        raise click.exceptions.Exit(1)


class _Check:
    def __init__(self, looked: Looked, invocation: Invocation, env: str | None, pinned: dict[str, str]) -> None:
        self._looked, self._invocation, self._env, self._pinned = looked, invocation, env, pinned
        self._files = KindFiles(looked.loader, "catalog")
        self._uses: dict[str, Uses] = {}
        self._credentials: dict[str, Any] = {}
        self._definitions: dict[Any, Any] = {}

    @property
    def count(self) -> int:
        return len(self._definitions)

    def problems(self) -> Found:
        from tidemill.catalog.check import Problem
        from tidemill.catalog.diagnosis import diagnose

        self._definitions, broken = loaded(self._looked.loader, "catalog", self._files)
        credential_files = KindFiles(self._looked.loader, "credentials")
        self._credentials, unreadable = loaded(self._looked.loader, "credentials", credential_files)
        found: Found = [_of_file(exc) for exc in (*broken, *unreadable)]
        uses = None
        try:
            uses = self._uses = self._looked.uses()
        except Exception as exc:  # noqa: BLE001 - the user's own modules: told like the rest, and the check goes on
            found.append((None, Problem("", _no_pipelines(exc), "pipelines")))
        problems = diagnose(self._definitions, self._credentials, self._pinned, uses)
        if any(each.kind == "credentials" for each in problems) and self._more_credentials():
            problems = diagnose(self._definitions, self._credentials, self._pinned, uses)
        problems = self._without_what_hooks_add(problems)
        if broken and not self._definitions:  # what is missing stands in the file that cannot be read
            problems = [each for each in problems if each.kind != "undefined"]
        found += [(self._files.spot((each.dataset, *each.keys)), each) for each in problems]
        found += self._parameters() if uses is not None else []
        return found + self._credentials_in_catalog() + self._secrets("parameters") + self._secrets("globals")

    def live(self, broken: set[str], limit: float) -> Found:
        from tidemill.catalog.catalog import DataCatalog
        from tidemill.catalog.live import live_problems
        from tidemill.catalog.patterns import Patterns
        from tidemill.catalog.usage import given
        from tidemill.project.context import anchored

        sound = {
            name: each
            for name, each in self._definitions.items()
            if isinstance(name, str) and name not in broken and not name.startswith("_") and "type" in each
        }
        root = self._looked.metadata.project_path.as_posix()
        catalog = DataCatalog.from_config(anchored(sound, root), self._credentials)
        needed = given(self._uses)
        names = {name for name in sound if not Patterns.is_pattern(name)}
        names |= {name for name in needed if name in catalog}
        made, found = {}, []
        for name in sorted(names):
            try:
                made[name] = catalog[name]
            except TidemillError as exc:
                found.append(_made(name, exc))
        found += live_problems(made, needed, limit)
        return [(self._files.spot((each.dataset,)), each) for each in found]

    def _parameters(self) -> Found:
        """Find the parameters that nodes take and no file has."""
        from tidemill.catalog.check import Problem
        from tidemill.catalog.parameters import is_parameter, named
        from tidemill.project import pipelines

        values, broken = loaded(self._looked.loader, "parameters", KindFiles(self._looked.loader, "parameters"))
        known = [*named(values)]
        if broken:
            return [_of_file(exc) for exc in broken]
        found: Found = []
        users: dict[str, str] = {}
        for pipeline in pipelines.values():
            for node in pipeline.nodes:
                for name in node.inputs:
                    if is_parameter(name) and name not in known:
                        users.setdefault(name, node.name)
        for name, user in sorted(users.items()):
            near = did_you_mean(name, known) or ". Write it into parameters.yml."
            message = f"'{name}': the node '{user}' takes it, and no file of parameters has it{near}"
            found.append((None, Problem(name, message, "undefined")))
        return found

    def _more_credentials(self) -> bool:
        """Take the credentials that hooks add, if there are any."""
        from tidemill.project.loading import of_kind

        with self._invocation.session(self._env) as session:
            added = of_kind(session.load_context().config_loader, "credentials")
        more = {name: each for name, each in added.items() if name not in self._credentials}
        self._credentials = {**self._credentials, **more}
        return bool(more)

    def _without_what_hooks_add(self, problems: list[Problem]) -> list[Problem]:
        """Leave out the datasets that hooks add to the catalog; what one may add before a run is only a warning."""
        from tidemill.catalog.check import ERROR, WARNING

        lacking = {each.dataset for each in problems if each.kind == "undefined" and each.level == ERROR}
        if not lacking or any(each.level == ERROR and each.kind != "undefined" for each in problems):
            return problems  # a catalog that cannot be made tells nothing of hooks
        with self._invocation.session(self._env) as session:
            hook = session.hook_manager.hook
            is_asked, may_come = hook.after_catalog_created.get_hookimpls(), hook.before_pipeline_run.get_hookimpls()
            catalog = session.load_context().catalog if is_asked else ()
        kept = [each for each in problems if each.dataset not in lacking or each.dataset not in catalog]
        doubt = " Or does a hook add it before the run?"
        return [
            each._replace(level=WARNING, message=each.message + doubt) if may_come and each.dataset in lacking else each
            for each in kept
        ]

    def _credentials_in_catalog(self) -> Found:
        """Find credentials that stand in the catalog itself, which is shared, instead of a name of some."""
        from tidemill.catalog.check import Problem
        from tidemill.catalog.secrets import secret_keys

        found: Found = []
        for file, values in self._files.each().items():
            for path in secret_keys(values):
                within = path[: path.index(_CREDENTIALS) + 1] if _CREDENTIALS in path else ()
                if not within or not isinstance(_inside(values, within), dict) or "${" in str(_inside(values, path)):
                    continue
                message = (
                    f"'{path[0]}': its credentials stand in plain sight. Move them to credentials.yml, "
                    "and name them here."
                )
                problem = Problem(str(path[0]), message, "secret", tuple(map(str, within[1:])))
                found.append((self._files.spot(within, file), problem))
        return list(dict.fromkeys(found))

    def _secrets(self, kind: str) -> Found:
        from tidemill.catalog.check import Problem
        from tidemill.catalog.secrets import secret_keys

        files = KindFiles(self._looked.loader, kind)
        found: Found = [_of_file(exc) for exc in files.errors] if kind != "parameters" or not self._uses else []
        for file, values in files.each().items():
            for path in secret_keys(values):
                if "${" in str(_inside(values, path)):
                    continue  # it comes from elsewhere
                named = ".".join(map(str, path))
                message = f"'{named}': a secret stands in plain sight. Move it to credentials.yml."
                found.append((files.spot(path, file), Problem(kind, message, "secret", tuple(map(str, path)))))
        return found


def _inside(values: Any, path: tuple[Any, ...]) -> Any:
    for key in path:
        values = values[key]
    return values


def _of_file(exc: TidemillError) -> tuple[Spot | None, Problem]:
    from tidemill.catalog.check import Problem

    found = _PLACE.match(str(exc))
    if found is None:
        return None, Problem("", str(exc), "file")
    shown = relative(found["file"])
    return Spot(shown, int(found["line"])), Problem("", f"{shown}{str(exc)[len(found['file']) :]}", "file")


def _made(name: str, exc: TidemillError) -> Problem:
    from tidemill.catalog.check import Problem

    return Problem(name, str(exc), "definition")


def _no_pipelines(exc: Exception) -> str:
    from tidemill.io.show import first_lines

    why = str(exc) if isinstance(exc, TidemillError) else f"{type(exc).__name__}: {first_lines(exc)}"
    return f"The pipelines cannot be imported, so what they use was not checked. {why}"


def _print_json(found: Found, errors: int, count: int) -> None:
    import json

    problems = [
        {
            "level": problem.level,
            "kind": problem.kind,
            "dataset": problem.dataset or None,
            "keys": list(problem.keys),
            "file": spot.file if spot else None,
            "line": spot.line if spot else None,
            "message": problem.message,
        }
        for spot, problem in found
    ]
    whole = {"datasets": count, "errors": errors, "warnings": len(found) - errors, "problems": problems}
    click.echo(json.dumps(whole, indent=2, ensure_ascii=False))


def _print_text(found: Found, errors: int, count: int) -> None:
    for spot, problem in sorted(found, key=_order):
        colour = "red" if problem.level == "error" else "yellow"
        first, *more = problem.message.splitlines()
        where = f"{spot}: " if spot and not first.startswith(spot.file) else ""
        click.echo(f"{where}{click.style(problem.level, fg=colour)}: {first}")
        for line in more:
            click.echo(f"  {line.strip()}")
    said = [_counted(errors, "error"), _counted(len(found) - errors, "warning")]
    what = " and ".join(each for each in said if each) or "nothing wrong"
    click.echo(f"{count:,} definition{'s' if count != 1 else ''} checked: {what}.", err=True)


def _order(each: tuple[Spot | None, Problem]) -> tuple[bool, str, int]:
    spot, problem = each
    return problem.level != "error", spot.file if spot else "", spot.line if spot else 0


def _counted(number: int, what: str) -> str:
    return f"{number:,} {what}{'s' if number > 1 else ''}" if number else ""
