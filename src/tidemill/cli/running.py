"""One run of a project, from its options to its summary."""

from __future__ import annotations

import logging
import warnings
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

import click

from tidemill.cli import parsing
from tidemill.cli.display import Display, is_terminal
from tidemill.cli.errors import make_own_folder
from tidemill.cli.resuming import resuming
from tidemill.cli.runners import runner, runner_class
from tidemill.cli.summary import summary
from tidemill.errors import DatasetNotFoundError, PipelineError, PipelineNotFoundError
from tidemill.history.records import RunRecord
from tidemill.history.store import History
from tidemill.project import asked, pipelines
from tidemill.project.plain import DEFAULT
from tidemill.project.session import Session

if TYPE_CHECKING:
    from tidemill.cli.invocation import Invocation
    from tidemill.cli.options import RunOptions
    from tidemill.history.records import Outcome
    from tidemill.project import Prepared

#: The hooks that are given parameters, of which nobody knows what they read.
_READING = ("after_context_created", "after_catalog_created", "before_pipeline_run")


def run_project(invocation: Invocation, options: RunOptions) -> None:
    """Run a project as it was asked.

    Raises:
        Exception: What kept the run from starting, or ended it.
    """
    options = replace(options, project=invocation.folder, program=invocation.program or options.program)
    logging.getLogger("tidemill.runner.failure").disabled = True  # what it says is said below, where Python is old too
    with invocation.session(options.env, conf_source=options.conf_source, params=options.params) as session:
        kind = runner_class(options.runner).__name__  # a wrong name is told before anything is made
        prepared = _prepared(session, options)
        read = _read_by_configuration(prepared)
        _check_asked(prepared, options, read, session)
        history = _history(prepared)
        names = [node.name for node in prepared.pipeline.graph.nodes]
        past = history.past(names, kind)
        display = Display(past, names, live=is_terminal())
        made = runner(options.runner, _arguments(options), display)
        outcome: Outcome = "failed"
        try:
            with display:
                if type(session).run is Session.run:
                    prepared.run(made)
                else:  # a session of the user's own
                    session.run(runner=made, **options.selection())
            outcome = "done"
        except BaseException as error:  # Ctrl-C too: it is told how to go on
            outcome = "stopped" if isinstance(error, KeyboardInterrupt) else "failed"
            if display.begun:
                done = [name for name, each in display.records.items() if each.outcome == "done"]
                invocation.after = [resuming(options, prepared.pipeline, prepared.catalog, done, read)]
                if outcome == "stopped":
                    invocation.after.insert(0, f"{len(done)} of {display.state.nodes} nodes are done.")
            raise
        finally:
            if display.begun:
                history.add(_record(prepared, options, kind, display, outcome))
        parts = {name: done for name, (done, _) in display.state.partitions.items()}
        lines = summary(prepared.pipeline, prepared.catalog, display.records, display.seconds, parts)
        click.echo("\n".join(lines), err=True)


def _prepared(session: Session, options: RunOptions) -> Prepared:
    """Return the run, prepared.

    Raises:
        UsageError: Something named on the command line is not there.
    """
    # A pin on what keeps no versions is a mistake here, and told below with the others.
    warnings.filterwarnings("ignore", ".* is not versioned, so version .* has no effect", UserWarning)
    try:
        for name in options.pipelines or [DEFAULT]:
            pipelines[name]  # whatever is wrong with the pipelines themselves is no mistake on the command line
    except PipelineNotFoundError as error:
        raise click.UsageError(str(error)) if options.pipelines else error from error
    try:
        return session.prepare(**options.selection())
    except (PipelineError, DatasetNotFoundError) as error:
        raise click.UsageError(str(error)) from error


def _check_asked(prepared: Prepared, options: RunOptions, read: set[str], session: Session) -> None:
    """Refuse what was asked for and would be ignored."""
    hooks = {
        _name(each.plugin) for hook in _READING for each in getattr(session.hook_manager.hook, hook).get_hookimpls()
    }
    keys = parsing.dotted(options.params)
    params = asked.about_params(keys, prepared.pipeline, read=read, hooks=hooks)
    versions = asked.about_versions(options.load_versions, prepared.pipeline, prepared.catalog)
    problems = [*asked.about_tags(options.tags, prepared.whole), *params.problems, *versions.problems]
    for notice in [*params.notices, *versions.notices]:
        click.echo(f"Note: {notice}", err=True)
    if problems:
        shown = problems[:8] + ([f"and {len(problems) - 8} more"] if len(problems) > 8 else [])
        raise click.UsageError("\n".join(["The run cannot start:", *(f"  {problem}" for problem in shown)]))


def _read_by_configuration(prepared: Prepared) -> set[str]:
    return set(getattr(prepared.context.config_loader, "runtime_params_used", ()))


def _arguments(options: RunOptions) -> dict[str, Any]:
    given = {"is_async": options.is_async, "keep_going": options.keep_going, "retries": options.retries}
    return {**{name: value for name, value in given.items() if value}, **options.runner_params}


def _history(prepared: Prepared) -> History:
    folder = prepared.context.project_path / ".tidemill"
    with suppress(OSError):  # read-only: the history says so when it is written
        make_own_folder(folder)
    return History(folder / "runs.sqlite")


def _record(prepared: Prepared, options: RunOptions, kind: str, display: Display, outcome: Outcome) -> RunRecord:
    records = tuple(display.records.values())
    seconds = display.seconds or sum(each.seconds for each in records)
    began = datetime.fromtimestamp(datetime.now(timezone.utc).timestamp() - seconds, timezone.utc)
    return RunRecord(
        run_id=prepared.run_id,
        pipeline=",".join(options.pipelines) or DEFAULT,
        env=prepared.context.env or "",
        runner=kind,
        began=began.isoformat(timespec="milliseconds"),
        seconds=seconds,
        outcome=outcome,
        nodes=records,
    )


def _name(plugin: Any) -> str:
    return getattr(plugin, "__name__", None) or type(plugin).__qualname__
