"""What happens around the runs of the project."""

import logging
from typing import Any, Dict, Optional

from kedro.framework.context import KedroContext
from kedro.framework.hooks import hook_impl
from kedro.io import MemoryDataset
from kedro.io.catalog_config_resolver import CREDENTIALS_KEY  # noqa: F401
from kedro.pipeline import Pipeline
from kedro.pipeline.node import Node

logger = logging.getLogger(__name__)


class TellingHooks:
    """Write down what a run was told, and what it did."""

    @hook_impl
    def after_context_created(self, context: KedroContext) -> None:
        context.config_loader["credentials"] = {
            **context.config_loader["credentials"],
            "added": {"by": "a hook"},
        }
        self.told: Dict[str, Any] = {"params": sorted(context.params), "env": context.env, "nodes": []}

    @hook_impl
    def after_catalog_created(self, catalog, conf_catalog, conf_creds, feed_dict, save_version, load_versions) -> None:
        catalog["words"] = MemoryDataset({"greeting": "hello"})
        catalog["number"] = 3
        self.told["credentials"] = sorted(conf_creds)
        self.told["entries"] = sorted(conf_catalog)
        self.told["feed"] = sorted(feed_dict)
        self.told["found"] = ["summary" in catalog, "absent" in catalog, sorted(catalog.list("^s"))]

    @hook_impl
    def before_pipeline_run(self, run_params: Dict[str, Any], pipeline: Pipeline, catalog) -> None:
        for key in ("env", "extra_params", "pipeline_name", "namespace"):
            self.told[key] = run_params[key]
        for key in ("tags", "from_nodes", "to_nodes", "node_names", "from_inputs", "to_outputs"):
            self.told[key] = sorted(run_params[key] or [])
        self.told["versions"] = sorted(run_params["load_versions"] or [])
        self.told["reads"] = sorted(pipeline.inputs())
        self.told["makes"] = sorted(pipeline.outputs())
        self.told["same"] = run_params["session_id"].endswith("Z")

    @hook_impl
    def before_node_run(self, node: Node, inputs: Dict[str, Any], session_id: str) -> Optional[Dict[str, Any]]:
        self.told["nodes"].append([node.name, node.short_name, node.namespace, sorted(node.tags), sorted(inputs)])
        if node.short_name == "describe":
            return {"words": {**inputs["words"], "greeting": "good day"}}
        return None

    @hook_impl
    def after_pipeline_run(self, run_params, run_result: Dict[str, Any], pipeline, catalog) -> None:
        self.told["nodes"].sort()
        self.told["result"] = {name: repr(value) for name, value in sorted(run_result.items())}
        catalog.save("told", self.told)


class CountingHooks:
    """Count what is loaded and saved."""

    def __init__(self) -> None:
        self.counts: Dict[str, int] = {}

    @hook_impl
    def after_dataset_loaded(self, dataset_name: str, data: Any, node: Node) -> None:
        self.counts[f"loaded {dataset_name}"] = self.counts.get(f"loaded {dataset_name}", 0) + 1

    @hook_impl
    def before_dataset_saved(self, dataset_name: str, data: Any, node: Node) -> None:
        self.counts[f"saved {dataset_name}"] = self.counts.get(f"saved {dataset_name}", 0) + 1

    @hook_impl(trylast=True)
    def before_pipeline_run(self) -> None:
        self.counts.clear()

    @hook_impl(tryfirst=True)
    def after_pipeline_run(self, catalog) -> None:
        catalog["counts"] = MemoryDataset(dict(sorted(self.counts.items())))
        catalog.save("counted", catalog.load("counts"))
