"""`tidemill new` and `tidemill starter list`: a project from what is shipped, or from a template of one's own."""

from __future__ import annotations

import shlex
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tidemill.cli.command import command, group
from tidemill.cli.errors import CommandError
from tidemill.errors import TemplateError

if TYPE_CHECKING:
    from collections.abc import Callable

    from tidemill.project.templates.layout import Prompt

_YES, _NO = frozenset({"y", "yes", "true", "1"}), frozenset({"n", "no", "false", "0"})
#: Keys of Kedro's config files that are no variables of a template of ours.
_OUTPUT, _EXAMPLE, _TOOLS = "output_dir", "example_pipeline", "tools"
_NOTHING = frozenset({"", "none", "[]", "['none']"})


@command(
    examples=[
        "tidemill new tide-tables              # a small project that runs",
        "tidemill new tide-tables --example    # one with data: partitions, versions, an increment",
        "tidemill new                          # asks",
        "tidemill new --name 'Tide Tables' --package tides",
        "tidemill new --starter my-template.zip --set licence=MIT",
    ]
)
@click.argument("path", required=False, type=click.Path(path_type=Path))
@click.option("--name", "-n", help="The project's name, for people to read.")
@click.option("--package", help="The name of its Python package; made from the name if left out.")
@click.option(
    "--example", "-e", is_flag=False, flag_value="yes", default=None, metavar="", help="With data and a pipeline."
)
@click.option(
    "--starter", "--template", "-s", metavar="NAME|PATH", help="A starter by name, or a folder, zip or tar archive."
)
@click.option("--directory", metavar="FOLDER", help="Where the template is inside of that.")
@click.option("--set", "assigned", multiple=True, metavar="KEY=VALUE", help="A variable of the template; repeatable.")
@click.option(
    "--config", "-c", type=click.Path(exists=True, dir_okay=False), help="A YAML or JSON file that has the answers."
)
@click.option("--yes", "-y", is_flag=True, help="Ask nothing: defaults for what is not given.")
@click.option("--checkout", hidden=True)
@click.option("--tools", "-t", hidden=True)
@click.option("--telemetry", "-tc", hidden=True, help="Kedro's: there is none here.")
def new(
    path: Path | None,
    name: str | None,
    package: str | None,
    example: str | None,
    starter: str | None,
    directory: str | None,
    assigned: tuple[str, ...],
    config: str | None,
    yes: bool,
    checkout: str | None,
    tools: str | None,
    telemetry: str | None,
) -> None:
    """Make a project in a new folder, PATH or one named after the project.

    Nothing is fetched, no script of a template is executed, and a folder that is there is left alone.
    """
    del telemetry
    from tidemill.project.templates import Answers, Template, create, naming, opened

    if example is not None and example.lower() not in _YES | _NO:
        if path is not None:
            raise click.UsageError(f"--example is yes or no; not '{example}'.")
        path, example = Path(example), "yes"  # `tidemill new --example tide-tables`
    given = _given(config, assigned)
    _refuse_what_needs_git(checkout)
    _refuse_tools(tools, given)
    given |= {key: value for key, value in (("project_name", name), ("python_package", package)) if value}
    parent, folder = _place(path, given)
    quiet = yes or bool(config) or ("project_name" in given and not starter)
    wanted = example or (str(given.pop(_EXAMPLE)) if _EXAMPLE in given and not starter else None)
    if wanted is None and not starter and not quiet:
        given["project_name"] = _ask_name(naming.check_project_name)
        wanted, quiet = "yes" if _answered(click.confirm, "With data and a pipeline to look at?") else "no", True
    spec = _spec(starter, directory, example=wanted is not None and wanted.lower() in _YES)
    with ExitStack() as stack:
        template = Template.read(stack.enter_context(opened(spec.template_path, spec.directory)))
        values = Answers(template, given, None if quiet else _ask).values()
        made = create(template, values, parent, folder)
        _tell(made, values, template.notes)


@group(examples=["tidemill starter list"])
def starter() -> None:
    """Tell what a project can start from."""


@starter.command("list", examples=["tidemill starter list"])
def list_starters() -> None:
    """List the starters: what is shipped, and what installed packages bring."""
    from tidemill.compat import install
    from tidemill.project.templates import starters

    install()  # packages for Kedro import it
    about = {
        starters.BLANK: "a small project that runs",
        starters.EXAMPLE: "with data: partitions, versions, an increment",
    }
    for spec in {**starters.installed(), **starters.shipped()}.values():
        what = about.get(spec.alias) if spec.origin == "tidemill" else f"{spec.origin}: {spec.template_path}"
        click.echo(f"{spec.alias:<20}  {what}")
    click.echo("\nUse one: tidemill new --starter NAME", err=True)


def _spec(starter: str | None, directory: str | None, *, example: bool) -> Any:
    from tidemill.project.templates import starters

    if starter is None:
        if directory:
            raise click.UsageError("--directory is a folder inside a template: give --starter too.")
        return starters.find(starters.EXAMPLE if example else starters.BLANK)
    if starter not in starters.shipped() and not Path(starter).expanduser().exists():
        from tidemill.compat import install

        install()  # a package that brings starters for Kedro imports it
    return starters.find(starter, directory)


def _given(config: str | None, assigned: tuple[str, ...]) -> dict[str, Any]:
    given: dict[str, Any] = {}
    if config:
        from tidemill.config import read_config

        given.update(read_config(config))
    for each in assigned:
        key, equals, value = each.partition("=")
        if not equals or not key:
            raise click.BadParameter(f"{each!r} is not KEY=VALUE.", param_hint="--set")
        given[key.strip()] = value
    return given


def _place(path: Path | None, given: dict[str, Any]) -> tuple[Path, str | None]:
    """Return where the new folder will be, and its name if PATH says it; the project is called so too."""
    from tidemill.project.templates import naming

    output = Path(str(given.pop(_OUTPUT, ".")))
    if path is None:
        return output, None
    path = path if path.name else path.resolve()  # `.`, which is there already
    folder = naming.check_folder_name(path.name)
    given.setdefault("project_name", folder.replace("-", " ").replace("_", " ").strip().title() or folder)
    given["repo_name"] = folder
    return path.parent, folder


def _refuse_what_needs_git(checkout: str | None) -> None:
    if checkout:
        raise click.UsageError(
            f"--checkout needs git, and Tidemill fetches nothing. Fetch it yourself, then name the folder:\n"
            f"  git clone --branch {checkout} URL template\n  tidemill new --starter template"
        )


def _refuse_tools(tools: str | None, given: dict[str, Any]) -> None:
    wanted = tools if tools is not None else given.pop(_TOOLS, "none")
    if str(wanted).strip().lower() not in _NOTHING:
        raise click.UsageError(
            f"--tools {wanted}: projects of Tidemill have no add-ons. Leave it out, and install what you use: "
            "pip install ruff pytest"
        )


def _ask_name(check: Callable[[str], str]) -> str:
    from tidemill.project.templates.layout import Prompt

    text = "Such as Tide Tables: its folder will be tide-tables, its package tide_tables."
    return _ask(Prompt("Project name", text), "New Project", [], check)


def _ask(prompt: Prompt, default: str, choices: list[str], check: Callable[[str], Any]) -> str:
    """Ask until the answer fits."""

    def fits(text: str) -> str:
        try:
            check(text)
        except TemplateError as exc:
            raise click.UsageError(str(exc)) from exc
        return text

    if prompt.text:
        click.echo(prompt.text)
    among = f" ({', '.join(choices)})" if choices else ""
    answer: str = _answered(click.prompt, f"{prompt.title}{among}", default=default, value_proc=fits)
    return answer


def _answered(question: Callable[..., Any], text: str, **options: Any) -> Any:
    try:
        return question(text, **options)
    except click.Abort:
        if sys.stdin.isatty():
            raise
        raise CommandError(
            f"There was no answer to '{text}'. Give the name (tidemill new NAME), or --yes for the defaults."
        ) from None


def _tell(made: Path, values: dict[str, Any], notes: tuple[str, ...]) -> None:
    count = sum(1 for each in made.rglob("*") if each.is_file())
    name = values.get("project_name", made.name)
    click.echo(f"Made the project '{name}' in {made} ({count} files; README.md says what is what).")
    for note in notes:
        click.echo(note)
    click.echo(f"\n  cd {shlex.quote(str(made))}\n  tidemill run")
