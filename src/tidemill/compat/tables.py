"""Kedro's modules and names, of the releases 0.16 to 0.19 and 1.x, and their counterparts in Tidemill."""

from __future__ import annotations

import re

from tidemill.datasets import DATASETS, RENAMED

#: The packages whose names mean Tidemill; the second only where it is not really installed.
FRAMEWORK, PLUGIN = "kedro", "kedro_datasets"

_IO, _CORE, _COMMANDS, _LOADERS = (
    "tidemill.io",
    "tidemill.compat.io_names",
    "tidemill.compat.commands",
    "tidemill.compat.loaders",
)

#: Module of Kedro -> the module of Tidemill that has its names, or None for a package that only holds others.
_MODULES: dict[str, str | None] = {
    "kedro": None,
    "kedro.cli": _COMMANDS,
    "kedro.cli.cli": _COMMANDS,
    "kedro.cli.utils": _COMMANDS,
    "kedro.config": "tidemill.config",
    "kedro.config.abstract_config": "tidemill.config",
    "kedro.config.common": None,
    "kedro.config.config": None,
    "kedro.config.omegaconf_config": "tidemill.config",
    "kedro.config.templated_config": None,
    "kedro.context": None,
    "kedro.context.context": None,
    "kedro.extras": None,
    "kedro.extras.extensions": None,
    "kedro.extras.extensions.ipython": "tidemill.ipython",
    "kedro.extras.logging": None,
    "kedro.extras.logging.color_logger": None,
    "kedro.framework": None,
    "kedro.framework.cli": _COMMANDS,
    "kedro.framework.cli.cli": _COMMANDS,
    "kedro.framework.cli.hooks": _COMMANDS,
    "kedro.framework.cli.hooks.markers": _COMMANDS,
    "kedro.framework.cli.project": _COMMANDS,
    "kedro.framework.cli.starters": None,
    "kedro.framework.cli.utils": _COMMANDS,
    "kedro.framework.context": None,
    "kedro.framework.context.context": None,
    "kedro.framework.hooks": "tidemill.hooks",
    "kedro.framework.hooks.manager": "tidemill.hooks",
    "kedro.framework.hooks.markers": "tidemill.hooks",
    "kedro.framework.hooks.specs": None,
    "kedro.framework.project": None,
    "kedro.framework.session": None,
    "kedro.framework.session.abstract_session": None,
    "kedro.framework.session.session": None,
    "kedro.framework.session.shelvestore": None,
    "kedro.framework.session.store": None,
    "kedro.framework.startup": None,
    "kedro.io": _IO,
    "kedro.io.cached_dataset": _IO,
    "kedro.io.catalog_config_resolver": None,
    "kedro.io.core": "tidemill.io.core",
    "kedro.io.data_catalog": _IO,
    "kedro.io.incremental_dataset": _IO,
    "kedro.io.kedro_data_catalog": _IO,
    "kedro.io.lambda_dataset": _IO,
    "kedro.io.memory_dataset": _IO,
    "kedro.io.partitioned_dataset": _IO,
    "kedro.io.shared_memory_dataset": _IO,
    "kedro.ipython": "tidemill.ipython",
    "kedro.logging": None,
    "kedro.pipeline": "tidemill.pipeline",
    "kedro.pipeline.modular_pipeline": "tidemill.pipeline",
    "kedro.pipeline.node": "tidemill.pipeline",
    "kedro.pipeline.pipeline": "tidemill.pipeline",
    "kedro.pipeline.preview_contract": "tidemill.pipeline.preview",
    "kedro.pipeline.transcoding": None,
    "kedro.runner": "tidemill.runner",
    "kedro.runner.parallel_runner": "tidemill.runner",
    "kedro.runner.runner": "tidemill.runner",
    "kedro.runner.sequential_runner": "tidemill.runner",
    "kedro.runner.thread_runner": "tidemill.runner",
    "kedro.utils": _CORE,
    "kedro_datasets.partitions": _IO,
}


_WARNINGS = dict.fromkeys(("KedroDeprecationWarning", "KedroPythonVersionWarning"), _CORE)
_EXCEPTIONS = {
    "MissingConfigException": "tidemill.errors:MissingConfigError",
    "BadConfigException": "tidemill.errors:ConfigError",
}
_OLD_LOADERS = {"ConfigLoader": _LOADERS, "TemplatedConfigLoader": _LOADERS}
_CONTEXT = {"KedroContext": "tidemill.project:Context", "KedroContextError": "tidemill.errors:ProjectError"}
_SESSION = {"KedroSession": "tidemill.compat.session", "KedroSessionError": "tidemill.errors:ProjectError"}
_STORE = {"BaseSessionStore": "tidemill.project.stores", "ShelveStore": "tidemill.project.stores"}
_SPECIFICATIONS = {
    f"{each}Specs": "tidemill.hooks:Specifications"
    for each in ("DataCatalog", "Dataset", "DataSet", "KedroContext", "Node", "Pipeline")
}
_PIPELINE_ERRORS = dict.fromkeys(
    (
        "CircularDependencyError",
        "ConfirmNotUniqueError",
        "ModularPipelineError",
        "OutputNotUniqueError",
        "PipelineError",
    ),
    "tidemill.errors:PipelineError",
)
_TRANSCODING = {
    "TRANSCODING_SEPARATOR": _CORE,
    "_strip_transcoding": "tidemill.pipeline.transcoding:base_name",
    "_transcode_split": _CORE,
}
_CATALOGS = dict.fromkeys(
    ("CatalogProtocol", "KedroDataCatalog", "SharedMemoryCatalogProtocol", "SharedMemoryDataCatalog"),
    "tidemill.catalog.catalog:DataCatalog",
)
_SHARED = {"SharedMemoryDataset": "tidemill.io:MemoryDataset"}
_CORE_NAMES = dict.fromkeys(
    (
        "CATALOG_KEY",
        "CLOUD_PROTOCOLS",
        "CREDENTIALS_KEY",
        "HTTP_PROTOCOLS",
        "PROTOCOL_DELIMITER",
        "TCopyMode",
        "TYPE_KEY",
        "VALIDATOR_KEY",
        "VERSIONED_FLAG_KEY",
        "VERSION_FORMAT",
        "VERSION_KEY",
        "_parse_filepath",
        "is_parameter",
        "load_obj",
        "parse_dataset_definition",
        "validate_on_forbidden_chars",
    ),
    _CORE,
)
_PARTITIONED = dict.fromkeys(
    (
        "CHECKPOINT_CREDENTIALS_KEY",
        "CREDENTIALS_KEY",
        "DATASET_CREDENTIALS_KEY",
        "KEY_PROPAGATION_WARNING",
        "S3_PROTOCOLS",
        "VERSIONED_FLAG_KEY",
        "VERSION_KEY",
        "load_obj",
        "parse_dataset_definition",
    ),
    _CORE,
)
_RUNNER = {"AbstractRunner": "tidemill.compat.runners", "run_node": "tidemill.compat.run_node"}
_MANAGER = {
    "_create_hook_manager": "tidemill.hooks:hook_manager",
    "HOOK_NAMESPACE": "tidemill.hooks:_PROJECT",
    "hook_spec": "tidemill.hooks",
}
_STARTUP = {
    "ProjectMetadata": "tidemill.project:Metadata",
    "_get_project_metadata": "tidemill.compat.projects:project_metadata",
    "_is_project": f"{_CORE}:is_kedro_project",
    "bootstrap_project": "tidemill.project",
    "configure_project": "tidemill.project",
}
_PROJECT = dict.fromkeys(
    (
        "LOGGING",
        "PACKAGE_NAME",
        "configure_logging",
        "configure_project",
        "find_pipelines",
        "pipelines",
        "settings",
        "validate_settings",
    ),
    "tidemill.project",
)

#: Module of Kedro -> name in it -> what it is: the module of Tidemill that has it, and its name there if it differs.
NAMES: dict[str, dict[str, str]] = {
    "kedro": {
        "__version__": "tidemill.project.metadata:KEDRO_VERSION",
        "load_ipython_extension": "tidemill.ipython",
        **_WARNINGS,
    },
    "kedro.cli": {"KedroCliError": _COMMANDS, "main": _COMMANDS},
    "kedro.cli.cli": {"KedroCliError": _COMMANDS, "main": _COMMANDS},
    "kedro.cli.utils": {"CommandCollection": _COMMANDS, "KedroCliError": _COMMANDS},
    "kedro.config": {**_EXCEPTIONS, **_OLD_LOADERS},
    "kedro.config.abstract_config": _EXCEPTIONS,
    "kedro.config.common": _EXCEPTIONS,
    "kedro.config.config": {**_OLD_LOADERS, **_EXCEPTIONS},
    "kedro.config.omegaconf_config": _EXCEPTIONS,
    "kedro.config.templated_config": _OLD_LOADERS,
    "kedro.context": _CONTEXT,
    "kedro.context.context": _CONTEXT,
    "kedro.extras.logging": {"ColorHandler": "tidemill.project.logs:RichHandler"},
    "kedro.extras.logging.color_logger": {"ColorHandler": "tidemill.project.logs:RichHandler"},
    "kedro.framework.cli": {"KedroCliError": _COMMANDS, "main": _COMMANDS},
    "kedro.framework.cli.cli": {"KedroCliError": _COMMANDS, "main": _COMMANDS},
    "kedro.framework.cli.project": {
        "KedroCliError": _COMMANDS,
        "KedroSession": "tidemill.compat.session",
        "load_obj": _CORE,
        "run": _COMMANDS,
        "settings": "tidemill.project",
    },
    "kedro.framework.cli.starters": {"KedroStarterSpec": "tidemill.project.templates.starters:StarterSpec"},
    "kedro.framework.cli.utils": dict.fromkeys(
        (
            "CommandCollection",
            "KedroCliError",
            "_config_file_callback",
            "_get_values_as_tuple",
            "_split_load_versions",
            "_split_params",
        ),
        _COMMANDS,
    ),
    "kedro.framework.context": _CONTEXT,
    "kedro.framework.context.context": {**_CONTEXT, "MissingConfigException": "tidemill.errors:MissingConfigError"},
    "kedro.framework.hooks": _MANAGER,
    "kedro.framework.hooks.manager": {
        **_MANAGER,
        **_SPECIFICATIONS,
        "_register_hooks": "tidemill.compat.projects:register_hooks",
        "_register_hooks_entry_points": "tidemill.hooks:load_entry_points",
    },
    "kedro.framework.hooks.markers": _MANAGER,
    "kedro.framework.hooks.specs": _SPECIFICATIONS,
    "kedro.framework.project": _PROJECT,
    "kedro.framework.session": {**_SESSION, "AbstractSession": "tidemill.project:Session"},
    "kedro.framework.session.abstract_session": {**_SESSION, "AbstractSession": "tidemill.project:Session"},
    "kedro.framework.session.session": {**_SESSION, "generate_timestamp": _IO},
    "kedro.framework.session.shelvestore": _STORE,
    "kedro.framework.session.store": _STORE,
    "kedro.framework.startup": _STARTUP,
    "kedro.io": {**_CATALOGS, **_SHARED},
    "kedro.io.cached_dataset": {"VERSIONED_FLAG_KEY": _CORE},
    "kedro.io.catalog_config_resolver": {"CREDENTIALS_KEY": _CORE, "DEFAULT_RUNTIME_PATTERN": _CORE},
    "kedro.io.core": {**_CORE_NAMES, **_CATALOGS},
    "kedro.io.data_catalog": {**_CATALOGS, **_SHARED, **_CORE_NAMES},
    "kedro.io.incremental_dataset": _PARTITIONED,
    "kedro.io.kedro_data_catalog": _CATALOGS,
    "kedro.io.memory_dataset": {"_is_memory_dataset": _CORE},
    "kedro.io.partitioned_dataset": _PARTITIONED,
    "kedro.io.shared_memory_dataset": _SHARED,
    "kedro.logging": {"RichHandler": "tidemill.project.logs"},
    "kedro.pipeline": _PIPELINE_ERRORS,
    "kedro.pipeline.modular_pipeline": {**_PIPELINE_ERRORS, **_TRANSCODING},
    "kedro.pipeline.pipeline": {**_PIPELINE_ERRORS, **_TRANSCODING},
    "kedro.pipeline.transcoding": _TRANSCODING,
    "kedro.runner": _RUNNER,
    "kedro.runner.runner": _RUNNER,
    "kedro.utils": {
        "_find_kedro_project": f"{_CORE}:find_kedro_project",
        "_is_project": f"{_CORE}:is_kedro_project",
        "_is_kedro_project": f"{_CORE}:is_kedro_project",
        "_parse_filepath": _CORE,
    },
}

#: Short name -> the module of Kedro that has it, where that is not called as the class is.
_FILES = {
    "email.EmailMessageDataset": "message_dataset",
    "holoviews.HoloviewsWriter": "holoviews_writer",
    "matplotlib.MatplotlibWriter": "matplotlib_writer",
    "pandas.GBQQueryDataset": "gbq_dataset",
    "pandas.GBQTableDataset": "gbq_dataset",
    "pandas.SQLQueryDataset": "sql_dataset",
    "pandas.SQLTableDataset": "sql_dataset",
    "redis.PickleDataset": "redis_dataset",
    "tensorflow.TensorFlowModelDataset": "tensorflow_model_dataset",
}
_ROOM_DEPTH = 3  # tidemill.datasets.pandas


def _rows() -> dict[str, str | None]:
    """Return the modules above, and those of the formats: `pandas` and `pandas.csv_dataset` for a row of theirs."""
    found = dict(_MODULES)
    for root in ("kedro.extras.datasets", PLUGIN):
        found[root] = "tidemill.datasets"
        for short in (*DATASETS, *RENAMED):
            row = DATASETS[RENAMED.get(short, short)]
            room = f"{root}.{short.partition('.')[0]}"
            found[room] = ".".join(row.module.split(".")[:_ROOM_DEPTH])
            for file in sorted(_files(short)):
                found[f"{room}.{file}"] = row.module
    return found


def _files(short: str) -> set[str]:
    """Return what the module of a class may be called: theirs are `deltatable_dataset`, and `spark_hive_dataset`."""
    if short in _FILES:
        return {_FILES[short]}
    name = short.rpartition(".")[2].removesuffix("Dataset")
    words = re.findall("[A-Z]+(?![a-z])|[A-Z][a-z0-9]*", name)
    return {f"{each.lower()}_dataset" for each in (name, "_".join(words))}


COUNTERPARTS = _rows()


def modern(module: str) -> str:
    """Return a module's name as the table spells it: older releases have `kedro.io.memory_data_set`."""
    return module.replace("data_set", "dataset")
