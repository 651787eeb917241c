"""What was asked of a run and would be ignored: parameters that nobody uses, versions that do not fit, unknown tags."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tidemill.io.cached import uncached
from tidemill.io.versioned import AbstractVersionedDataset
from tidemill.names import did_you_mean
from tidemill.pipeline.transcoding import base_name
from tidemill.pipeline.wiring import ALL_PARAMETERS, ONE_PARAMETER

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from tidemill.catalog.catalog import DataCatalog
    from tidemill.pipeline.pipeline import Pipeline


class Answer(NamedTuple):
    """What is wrong with what was asked, and what only has no effect here."""

    problems: list[str]
    notices: list[str]


def used_keys(keys: Iterable[str], pipeline: Pipeline) -> list[str]:
    """Return those of these dotted keys of parameters that a node of the pipeline is given."""
    names = pipeline.all_inputs()
    keys = list(keys)
    if ALL_PARAMETERS in names:
        return keys
    given = [name.removeprefix(ONE_PARAMETER) for name in names if name.startswith(ONE_PARAMETER)]
    exact = set(given)
    above = {".".join(each.split(".")[:depth]) for each in given for depth in range(1, each.count(".") + 1)}
    return [key for key in keys if key in above or not exact.isdisjoint(_with_parents(key))]


def about_params(
    keys: Collection[str], pipeline: Pipeline, *, read: Collection[str] = (), hooks: Collection[str] = ()
) -> Answer:
    """Return which parameters that were given would be ignored.

    Args:
        keys: Those that were given, dotted.
        pipeline: What will run.
        read: The keys that the configuration itself read: `${runtime_params:key}`.
        hooks: Who may read parameters and does not say so; then it is a notice.
    """
    used = {*used_keys(keys, pipeline)}
    unused = [key for key in keys if key not in used and not is_read(key, read)]
    if not unused:
        return Answer([], [])
    if hooks:
        by = ", ".join(sorted(hooks)[:3])
        return Answer(
            [], [f"`--params {key}`: no node of this run uses it; maybe a hook does: {by}." for key in unused]
        )
    known = sorted(name.removeprefix(ONE_PARAMETER) for name in pipeline.all_inputs() if name.startswith(ONE_PARAMETER))
    return Answer([f"`--params {key}`: no node of this run uses it{_near(key, known)}" for key in unused], [])


def is_read(key: str, read: Collection[str]) -> bool:
    """Tell whether a dotted key, or one that it is inside of, is among those that are read."""
    return not _with_parents(key).isdisjoint(read)


def about_versions(load_versions: Mapping[str, str], pipeline: Pipeline, catalog: DataCatalog) -> Answer:
    """Return which load versions cannot be, or would be ignored."""
    problems, notices = [], []
    made = {base_name(name) for name in pipeline.all_outputs()}
    read = pipeline.inputs()
    for name in load_versions:
        if name not in catalog:
            problems.append(f"`--load-versions {name}`: the catalog has no such dataset{_near(name, catalog.keys())}")
            continue
        kind = type(catalog[name]).__name__
        dataset = uncached(catalog[name])
        if not (isinstance(dataset, AbstractVersionedDataset) and vars(dataset).get("_version")):
            can = isinstance(dataset, AbstractVersionedDataset)
            remedy = "Add `versioned: true` to it." if can else "Leave the option out."
            problems.append(f"`--load-versions {name}`: '{name}' ({kind}) keeps no versions. {remedy}")
        elif base_name(name) in made:
            problems.append(
                f"`--load-versions {name}`: this run makes '{name}' anew. Drop the version, or run only the nodes that "
                "come after."
            )
        elif name not in read:
            notices.append(f"`--load-versions {name}`: this run does not read '{name}', so the version has no effect.")
    return Answer(problems, notices)


def about_tags(tags: Iterable[str], pipeline: Pipeline) -> list[str]:
    """Return which tags no node has."""
    known = {tag for node in pipeline.graph.nodes for tag in node.tags}
    return [f"`--tags {tag}`: no node has it{_near(tag, sorted(known))}" for tag in tags if tag not in known]


def _with_parents(key: str) -> set[str]:
    parts = key.split(".")
    return {".".join(parts[:depth]) for depth in range(1, len(parts) + 1)}


def _near(name: str, known: list[str]) -> str:
    return did_you_mean(name, known) or (f". There are {', '.join(map(repr, known))}." if 0 < len(known) < 6 else ".")
