"""Hooks, with the arguments of those releases."""

import logging
from typing import Any, Dict

from kedro.framework.hooks import hook_impl
from kedro.io import DataCatalog
from kedro.pipeline.node import Node


class TellingHooks:
    """Tell what happens, in a dataset."""

    @property
    def _logger(self):
        return logging.getLogger(__name__)

    @hook_impl
    def after_context_created(self, context) -> None:
        self.told = {"params": sorted(context.params), "env": context.env}

    @hook_impl
    def after_catalog_created(self, catalog: DataCatalog, conf_catalog, feed_dict: Dict[str, Any], save_version) -> None:
        self.told["feed"] = sorted(feed_dict)
        self.told["types"] = {name: entry["type"] for name, entry in sorted(conf_catalog.items())}
        catalog.add_feed_dict({"fed": "fed by a hook"})
        self._logger.info("catalog created: %s", "sizes" in catalog.list())

    @hook_impl
    def before_pipeline_run(self, run_params: Dict[str, Any], pipeline, catalog) -> None:
        self.told["extra"] = run_params["extra_params"]
        self.told["pipeline"] = run_params["pipeline_name"]
        self.told["same"] = run_params["session_id"].endswith("Z")

    @hook_impl
    def before_node_run(self, node: Node, session_id: str) -> None:
        self.told.setdefault("nodes", []).append([node.func.__name__, session_id.endswith("Z")])

    @hook_impl
    def after_pipeline_run(self, run_params, run_result: Dict[str, Any], catalog: DataCatalog) -> None:
        self.told["nodes"].sort()
        self.told["result"] = {name: repr(value) for name, value in sorted(run_result.items())}
        catalog.save("told", self.told)
