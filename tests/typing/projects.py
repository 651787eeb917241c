"""Never run: read by mypy and pyright, which must agree that projects are used so."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tidemill import DataCatalog, Pipeline, SequentialRunner
from tidemill.compat import bootstrap
from tidemill.project import (
    Context,
    Metadata,
    Prepared,
    Session,
    bootstrap_project,
    find_pipelines,
    find_project,
    pipelines,
)
from tidemill.project import settings as project_settings


def open_and_run(folder: Path) -> dict[str, Any]:
    metadata: Metadata = bootstrap_project(folder)
    found: Metadata | None = find_project()
    also: Metadata = bootstrap(str(folder))
    name: str = metadata.package_name + also.project_name
    source: Path | None = found.source_dir if found else None
    with Session.create(source or folder, env="prod", runtime_params={name: 1}) as session:
        context: Context = session.load_context()
        catalog: DataCatalog = context.catalog
        params: dict[str, Any] = context.params
        prepared: Prepared = session.prepare(tags=["a"], load_versions={"cars": "1"})
        nodes: Pipeline = prepared.pipeline + context.pipelines["__default__"] + pipelines["other"]
        session.run("name", runner=SequentialRunner(), only_missing_outputs=bool(nodes))
        return {**prepared.run(), **params, "found": [*catalog, *find_pipelines(raise_errors=True)]}


def read_settings() -> tuple[object, ...]:
    source: str = project_settings.CONF_SOURCE
    return (source, *project_settings.HOOKS, project_settings.get("MINE", 1))
