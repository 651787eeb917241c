"""What the shell offers for values: names of the project, found when they are asked for."""

from __future__ import annotations

import contextlib
import io
from typing import TYPE_CHECKING, Any

from click.shell_completion import CompletionItem

from tidemill.cli.invocation import Invocation

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    import click


def completing(find: Callable[[Invocation, click.Context], Iterable[str]]) -> Callable[..., list[CompletionItem]]:
    """Return what a shell offers where `find` tells the names that there are; names may stand between commas."""

    def complete(ctx: click.Context, _: click.Parameter, incomplete: str) -> list[CompletionItem]:
        before, comma, begun = incomplete.rpartition(",")
        try:
            # What a project prints or warns of while it is imported is nothing that a shell should offer.
            with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
                found = sorted(find(ctx.ensure_object(Invocation), ctx))
        except Exception:  # noqa: BLE001 - a key was pressed: there is nothing to offer, and no place to say why
            return []
        return [CompletionItem(f"{before}{comma}{name}") for name in found if name.startswith(begun)]

    return complete


def _chosen(invocation: Invocation, ctx: click.Context) -> Any:
    invocation.project()
    from tidemill.project import pipelines as registered

    return registered[ctx.params.get("pipeline") or "__default__"]


def _pipelines(invocation: Invocation, _: click.Context) -> list[str]:
    invocation.project()
    from tidemill.project import pipelines as registered

    return list(registered)


def _environments(invocation: Invocation, _: click.Context) -> list[str]:
    project = invocation.find_project()
    conf = None if project is None else project.project_path / "conf"
    if conf is None or not conf.is_dir():
        return []
    return [each.name for each in conf.iterdir() if each.is_dir() and not each.name.startswith((".", "_"))]


def _runners(_: Invocation, __: click.Context) -> list[str]:
    from tidemill.cli.runners import RUNNERS

    return list(RUNNERS)


def _definitions(invocation: Invocation, _: click.Context) -> list[str]:
    from tidemill.cli.looked import Looked

    return [*Looked(invocation, None).parsed()[0]]


def _datasets(invocation: Invocation, ctx: click.Context) -> list[str]:
    from tidemill.pipeline.wiring import is_parameter

    return [name for name in _chosen(invocation, ctx).datasets() if not is_parameter(name)]


def _with_outer(found: Iterable[str | None]) -> set[str]:
    """Return namespaces, and those that they are in."""
    parts = [each.split(".") for each in found if each]
    return {".".join(each[:depth]) for each in parts for depth in range(1, len(each) + 1)}


pipelines = completing(_pipelines)
definitions = completing(_definitions)
environments = completing(_environments)
runners = completing(_runners)
nodes = completing(lambda invocation, ctx: [node.name for node in _chosen(invocation, ctx).nodes])
tags = completing(lambda invocation, ctx: {tag for node in _chosen(invocation, ctx).nodes for tag in node.tags})
namespaces = completing(lambda invocation, ctx: _with_outer(node.namespace for node in _chosen(invocation, ctx).nodes))
datasets = completing(_datasets)
