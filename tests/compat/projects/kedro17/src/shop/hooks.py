"""What happens around the runs of the project."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any

from kedro.framework.context import KedroContext
from kedro.framework.hooks import hook_impl
from kedro.io import DataCatalog, MemoryDataset
from kedro.pipeline import Pipeline
from kedro.pipeline.node import Node
from kedro_datasets.json import JSONDataset

log = logging.getLogger(__name__)


class AuditHooks:
    """Write down what happens."""

    def __init__(self) -> None:
        self.told: list[Any] = []

    @hook_impl
    def after_context_created(self, context: KedroContext) -> None:
        self.project_path = Path(context.project_path)
        self.told.append(["context", context.env, sorted(context.params)])

    @hook_impl
    def after_catalog_created(self, catalog: DataCatalog, conf_catalog, conf_creds, parameters, load_versions) -> None:
        path = self.project_path / "data" / "08_out" / "audit.json"
        catalog["audit"] = JSONDataset(filepath=str(path), save_args={"indent": 1, "sort_keys": True})
        self.told.append(["catalog", sorted(conf_catalog), sorted(conf_creds), sorted(parameters), load_versions or {}])

    @hook_impl
    def before_pipeline_run(self, run_params: dict[str, Any], pipeline: Pipeline, catalog: DataCatalog) -> None:
        known = {key: run_params[key] for key in ("env", "runtime_params", "only_missing_outputs")}
        for key in ("from_nodes", "to_nodes", "from_inputs", "to_outputs", "node_names", "tags", "namespaces"):
            known[key] = list(run_params[key] or [])  # not given: None, or empty
        self.told.append(["before", known, sorted(pipeline.inputs()), sorted(pipeline.outputs())])
        catalog["greeting"] = MemoryDataset("hello")

    @hook_impl
    def before_node_run(self, node: Node, catalog: DataCatalog, inputs: dict[str, Any], is_async: bool, run_id: str):
        self.told.append(["node", node.func.__name__, node.namespace, sorted(node.tags), sorted(inputs)])

    @hook_impl
    def after_node_run(self, node: Node, outputs: dict[str, Any]) -> None:
        self.told.append(["done", node.func.__name__, node.namespace, sorted(outputs)])

    @hook_impl
    def after_dataset_saved(self, dataset_name: str, data: Any) -> None:
        self.told.append(["saved", dataset_name, type(data).__name__])

    @hook_impl
    def before_dataset_loaded(self, dataset_name: str, node: Node) -> None:
        self.told.append(["load", dataset_name, node.func.__name__, node.namespace])

    @hook_impl
    def on_node_error(self, error: Exception, node: Node) -> None:
        self.told.append(["node error", node.func.__name__, type(error).__name__])

    @hook_impl
    def on_pipeline_error(self, error: Exception, run_params: dict[str, Any], catalog: DataCatalog) -> None:
        self.told.append(["error", type(error).__name__])
        self._write(catalog)

    @hook_impl
    def after_pipeline_run(self, run_params, run_result: dict[str, Any], pipeline, catalog: DataCatalog) -> None:
        results = {name: type(dataset.load()).__mro__[-2].__name__ for name, dataset in run_result.items()}
        self.told.append(["after", results])
        self._write(catalog)

    def _write(self, catalog: DataCatalog) -> None:
        # Nodes that do not wait for each other may run in any order.
        first, nodes, last = self.told[:3], self.told[3:-1], self.told[-1]
        told = {"first": first, "nodes": sorted(nodes, key=json.dumps), "last": last}
        catalog.save("audit", json.loads(json.dumps(told)))
        self.told.clear()


class PriceHooks:
    """Change what one node is given."""

    def __init__(self, surcharge: float) -> None:
        self.surcharge = surcharge

    @hook_impl
    def before_node_run(self, node: Node, inputs: dict[str, Any]) -> dict[str, Any] | None:
        if node.name == "wholesale.set_prices":
            return {"wholesale.amounts": inputs["wholesale.amounts"] + self.surcharge}
        return None
