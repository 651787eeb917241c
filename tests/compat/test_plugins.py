"""What packages that extend Kedro do in their hooks works here: they are found by the group `kedro.hooks`."""

from __future__ import annotations

import shutil
import sys

import pytest
from tests.compat.scenarios import PROJECTS

from tidemill.compat import bootstrap
from tidemill.project import Session

PLUGIN = '''
"""Tracks runs, in the way of the plugins that do."""

from typing import Any

from kedro.config import MissingConfigException
from kedro.framework.context import KedroContext
from kedro.framework.hooks import hook_impl
from kedro.framework.startup import _get_project_metadata
from kedro.io import AbstractDataset, CatalogProtocol, MemoryDataset
from kedro.pipeline import Pipeline
from kedro.pipeline.node import Node
from kedro.utils import _find_kedro_project


class Tracked(AbstractDataset):
    def __init__(self, dataset, told):
        self._dataset, self._told = dataset, told

    def _load(self):
        return self._dataset.load()

    def _save(self, data):
        self._told.append(["tracked", self._name if hasattr(self, "_name") else None])
        self._dataset.save(data)

    def _exists(self):
        return self._dataset.exists()

    def _describe(self):
        return {"dataset": repr(self._dataset)}


class TrackingHook:
    def __init__(self):
        self.told = []

    @hook_impl(trylast=True)
    def after_context_created(self, context: KedroContext) -> None:
        context.config_loader.config_patterns["tracking"] = ["tracking*", "tracking*/**", "**/tracking*"]
        try:
            self.config = context.config_loader["tracking"]
        except MissingConfigException:
            self.config = {}
        context.tracking = self.config
        found = _find_kedro_project(context.project_path / "src")
        self.told.append(["package", context._package_name, _get_project_metadata(found).project_name, self.config])

    @hook_impl
    def after_catalog_created(self, catalog: CatalogProtocol, conf_catalog, conf_creds, save_version, load_versions):
        for name, dataset in list(catalog._datasets.items()):
            if name in self.config.get("datasets", []):
                catalog._datasets[name] = Tracked(dataset, self.told)

    @hook_impl
    def before_pipeline_run(self, run_params: dict[str, Any], pipeline: Pipeline, catalog: CatalogProtocol) -> None:
        name = run_params.get("pipeline_name") or (run_params.get("pipeline_names") or ["__default__"])[0]
        self.told.append(["run", name, run_params["extra_params"], sorted(n.name for n in pipeline.nodes)])

    @hook_impl
    def before_node_run(self, node: Node, catalog: CatalogProtocol, inputs: dict[str, Any], is_async: bool) -> None:
        self.told.append(["params", {k: v for k, v in inputs.items() if k.startswith("params:")}])

    @hook_impl
    def after_pipeline_run(self, run_params, pipeline, catalog) -> None:
        self.told.append(["end", isinstance(catalog["params:scale"], MemoryDataset)])


tracking = TrackingHook()
'''


@pytest.fixture
def plugin(tmp_path, monkeypatch, alias):
    site = tmp_path / "site"
    info = site / "kedro_tracking-1.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: kedro-tracking\nVersion: 1\n")
    (info / "entry_points.txt").write_text("[kedro.hooks]\ntracking = kedro_tracking:tracking\n")
    (site / "kedro_tracking.py").write_text(PLUGIN)
    monkeypatch.syspath_prepend(site)
    monkeypatch.setenv("PYTHONPATH", "")


def test_a_plugin_that_tracks_runs(plugin, tmp_path, monkeypatch):
    home = tmp_path / "home"
    shutil.copytree(PROJECTS / "kedro18", home, ignore=shutil.ignore_patterns("__pycache__", "logging.yml"))
    (home / "conf" / "base" / "tracking.yml").write_text("datasets: [sizes]\n")
    monkeypatch.chdir(home)
    bootstrap(home)

    with Session.create(home, runtime_params={"scale": 3}) as session:
        session.run("measuring")

    assert session.load_context().tracking == {"datasets": ["sizes"]}
    assert sys.modules["kedro_tracking"].tracking.told == [
        ["package", "gallery", "Gallery", {"datasets": ["sizes"]}],
        ["run", "measuring", {"scale": 3}, ["invert", "measure"]],
        ["params", {"params:scale": 3}],
        ["tracked", "sizes"],
        ["params", {}],
        ["end", True],
    ]
    assert (home / "data/08_out/sizes.csv" / session.session_id / "sizes.csv").read_text().splitlines()[
        1
    ] == "small,6,3"
