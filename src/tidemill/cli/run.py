"""`tidemill run`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from tidemill.cli.command import command
from tidemill.cli.complete import datasets, namespaces, nodes, pipelines, runners, tags
from tidemill.cli.invocation import Invocation, pass_invocation
from tidemill.cli.options import OLD, RunOptions, read_options
from tidemill.cli.shared_options import env_option

if TYPE_CHECKING:
    from collections.abc import Callable


def _names(*spellings: str, help: str, complete: Any = None, metavar: str = "NAMES") -> Callable[[Any], Any]:  # noqa: A002 - click's word
    return click.option(*spellings, multiple=True, metavar=metavar, help=help, shell_complete=complete)


@command(
    in_project=True,
    context_settings={"token_normalize_func": lambda token: OLD.get(token, token)},
    examples=[
        "tidemill run                                            # the default pipeline",
        "tidemill run --pipeline reporting --env prod",
        "tidemill run --from-nodes train --params model.depth=3  # a part of it, with another parameter",
        "tidemill run --only-missing-outputs --keep-going --runner process",
    ],
)
@click.option("--pipeline", "-p", metavar="NAME", shell_complete=pipelines, help="The pipeline to run.")
@_names("--pipelines", help="Several pipelines, run as one.", complete=pipelines)
@_names("--nodes", "-n", help="Only these nodes.", complete=nodes)
@_names("--from-nodes", help="These nodes, and all that need what they make.", complete=nodes)
@_names("--to-nodes", help="These nodes, and all whose work they need.", complete=nodes)
@_names("--from-inputs", help="The nodes that load these datasets, and what comes after.", complete=datasets)
@_names("--to-outputs", help="The nodes that save these datasets, and what comes before.", complete=datasets)
@_names("--tags", "-t", help="Only nodes with one of these tags.", complete=tags)
@_names("--namespaces", "-ns", help="Only nodes in these namespaces.", complete=namespaces)
@click.option("--runner", "-r", metavar="RUNNER", shell_complete=runners,
              help="sequential (the default), thread, process or dask; or the path of a class.")  # fmt: skip
@_names("--runner-params", help="What the runner is made with.", metavar="KEY=VALUE,...")
@click.option("--async", "is_async", is_flag=True, default=None,
              help="Load the inputs of a node at once, and save its outputs so.")  # fmt: skip
@env_option
@_names("--params", help="Parameters instead of those in the configuration; dots lead into nested ones.",
        metavar="KEY=VALUE,...")  # fmt: skip
@_names("--load-versions", "-lv", help="Versions to load instead of the latest.", metavar="DATASET:VERSION,...",
        complete=datasets)  # fmt: skip
@click.option("--conf-source", metavar="PATH", help="The configuration: a folder, or a zip or tar archive.")
@click.option("--only-missing-outputs", is_flag=True, default=None,
              help="Leave out nodes whose outputs are there.")  # fmt: skip
@click.option("--keep-going", is_flag=True, default=None,
              help="After a failure, run all the same what does not need the failed node.")  # fmt: skip
@click.option("--retries", type=click.IntRange(min=0), metavar="N", help="How often to try again what failed.")
@click.option("--config", "-c", type=click.Path(exists=True, dir_okay=False), metavar="FILE",
              help="A file of these options: YAML, with `run:` above them.")  # fmt: skip
@pass_invocation
def run(invocation: Invocation, /, config: str | None, **given: Any) -> None:
    """Run the project's pipelines, or a part of them.

    Names are separated by commas, and options can be repeated. What the run reads from outside is looked for before
    the first node starts. After a failure, the last line is the command that goes on.
    """
    try:
        said = {"async" if key == "is_async" else key: value for key, value in given.items() if value not in (None, ())}
        options = RunOptions.of({**said, "project": None})
        if config is not None:
            options = options.over(read_options(config))
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    from tidemill.cli.running import run_project

    run_project(invocation, options)
