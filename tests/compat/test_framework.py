from __future__ import annotations

import importlib
import shutil

import pytest
from tests.compat.scenarios import PROJECTS

import tidemill
import tidemill.project
from tidemill.compat import bootstrap, is_installed, uninstall
from tidemill.errors import ConfigError, MissingConfigError, PipelineError, ProjectError, ProjectNotFoundError
from tidemill.project import configured

SAME = [
    ("kedro.__version__", "1.7.0"),
    ("kedro.config.BadConfigException", ConfigError),
    ("kedro.config.MissingConfigException", MissingConfigError),
    ("kedro.config.OmegaConfigLoader", tidemill.config.OmegaConfigLoader),
    ("kedro.config.abstract_config.AbstractConfigLoader", tidemill.config.AbstractConfigLoader),
    ("kedro.framework.context.KedroContext", tidemill.project.Context),
    ("kedro.framework.context.KedroContextError", ProjectError),
    ("kedro.framework.hooks.hook_impl", tidemill.hook_impl),
    ("kedro.framework.hooks.markers.hook_impl", tidemill.hook_impl),
    ("kedro.framework.project.find_pipelines", tidemill.project.find_pipelines),
    ("kedro.framework.project.pipelines", tidemill.project.pipelines),
    ("kedro.framework.project.settings", tidemill.project.settings),
    ("kedro.framework.project.PACKAGE_NAME", None),
    ("kedro.framework.session.store.BaseSessionStore", tidemill.project.BaseSessionStore),
    ("kedro.framework.session.shelvestore.ShelveStore", tidemill.project.ShelveStore),
    ("kedro.framework.startup.ProjectMetadata", tidemill.project.Metadata),
    ("kedro.framework.startup.bootstrap_project", tidemill.project.bootstrap_project),
    ("kedro.io.KedroDataCatalog", tidemill.DataCatalog),
    ("kedro.io.SharedMemoryDataset", tidemill.MemoryDataset),
    ("kedro.io.core.PROTOCOL_DELIMITER", "://"),
    ("kedro.io.catalog_config_resolver.CREDENTIALS_KEY", "credentials"),
    ("kedro.io.data_catalog.CatalogProtocol", tidemill.DataCatalog),
    ("kedro.pipeline.modular_pipeline.ModularPipelineError", PipelineError),
    ("kedro.pipeline.pipeline.TRANSCODING_SEPARATOR", "@"),
    # What one module of Kedro imports from another is found there too.
    ("kedro.runner.sequential_runner.MemoryDataset", tidemill.MemoryDataset),
    ("kedro.extras.datasets.pandas.csv_dataset.get_filepath_str", tidemill.get_filepath_str),
    ("kedro.framework.session.session.settings", tidemill.project.settings),
]


@pytest.mark.parametrize(("name", "same"), SAME, ids=[name for name, _ in SAME])
def test_a_name_of_the_framework_is_ours(alias, name, same):
    module, _, last = name.rpartition(".")
    found = getattr(importlib.import_module(module), last)

    assert found is same or found == same


def test_which_package_is_meant_is_told_as_it_is_now(alias):
    project = importlib.import_module("kedro.framework.project")
    project.configure_project("one_package")

    assert project.PACKAGE_NAME == "one_package"


def test_small_functions_do_what_plugins_expect(alias):
    core, utils = importlib.import_module("kedro.io.core"), importlib.import_module("kedro.utils")

    kind, arguments = core.parse_dataset_definition(
        {"type": "text.TextDataset", "filepath": "a", "versioned": True}, "1", "2"
    )
    assert (kind.__name__, arguments) == ("TextDataset", {"filepath": "a", "version": core.Version("1", "2")})
    assert core.parse_dataset_definition({"type": "text.TextDataset", "filepath": "a"})[1] == {"filepath": "a"}
    assert [core.is_parameter(name) for name in ("params:a", "parameters", "param")] == [True, True, False]
    assert utils.load_obj("TextDataset", "tidemill.datasets.text") is kind
    assert utils.load_obj("json.dumps").__name__ == "dumps"
    with pytest.raises(AttributeError):
        utils.load_obj("json.absent")
    assert core._parse_filepath("s3://bucket/key") == {"protocol": "s3", "path": "bucket/key"}
    assert core._parse_filepath("https://host/x") == {"protocol": "https", "path": "https://host/x"}
    transcoding = importlib.import_module("kedro.pipeline.transcoding")
    assert transcoding._transcode_split("cars@spark") == ("cars", "spark")
    assert transcoding._transcode_split("cars") == ("cars", "")
    memory = importlib.import_module("kedro.io.memory_dataset")
    assert [memory._is_memory_dataset(each) for each in (memory.MemoryDataset(1), kind(filepath="a"))] == [True, False]
    assert utils.experimental(len) is len
    core.validate_on_forbidden_chars(delimiter=",")
    with pytest.raises(core.DatasetError, match="'delimiter' is ';a'"):
        core.validate_on_forbidden_chars(delimiter=";a")


def test_run_node_runs_one(alias):
    runner = importlib.import_module("kedro.runner")
    catalog = tidemill.DataCatalog({"a": 2, "b": tidemill.MemoryDataset()})

    runner.run_node(tidemill.node(lambda a: (a + 1, a), "a", ["b", "c"], name="n"), catalog, None)
    assert (catalog.load("b"), catalog.load("c")) == (3, 2)


def test_bootstrap_installs_the_alias_in_projects_of_kedro_only(tmp_path, alias, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", "")
    uninstall()
    for name, table in (("ours", "tidemill"), ("theirs", "kedro")):
        (tmp_path / name / "src").mkdir(parents=True)
        (tmp_path / name / "pyproject.toml").write_text(f'[tool.{table}]\npackage_name = "p"\n')

    assert not bootstrap(tmp_path / "ours").is_kedro
    assert not is_installed()
    assert bootstrap(tmp_path / "theirs").is_kedro
    assert is_installed()
    with pytest.raises(ProjectNotFoundError):
        bootstrap(tmp_path)


def test_an_installed_package_runs_where_one_is(tmp_path, alias, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "gallery_package").mkdir()
    (tmp_path / "gallery_package/__init__.py").write_text("")
    monkeypatch.syspath_prepend(tmp_path)
    project = importlib.import_module("kedro.framework.project")
    project.configure_project("gallery_package")

    metadata = bootstrap()

    assert (metadata.package_name, metadata.project_path) == ("gallery_package", tmp_path)
    assert metadata.is_kedro


def test_hooks_are_registered_once(alias):
    manager = importlib.import_module("tidemill.hooks").hook_manager()
    hooks = importlib.import_module("kedro.framework.hooks.manager")
    mine = type("Mine", (), {})()

    hooks._register_hooks(manager, (mine,))
    hooks._register_hooks(manager, (mine,))

    assert [each for each in manager.get_plugins() if each is mine] == [mine]


@pytest.fixture
def kedro18(tmp_path, alias, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", "")
    home = tmp_path / "home"
    shutil.copytree(PROJECTS / "kedro18", home, ignore=shutil.ignore_patterns("__pycache__", "logging.yml"))
    monkeypatch.chdir(home)
    bootstrap(home)
    return home


@pytest.mark.parametrize(
    "create",
    [
        lambda kind, home: kind.create(project_path=home, extra_params={"scale": 5}),
        lambda kind, home: kind.create("gallery", home, extra_params={"scale": 5}),
        lambda kind, home: kind.create("gallery", extra_params={"scale": 5}),
        lambda kind, home: kind.create(package_name="gallery", project_path=str(home), extra_params={"scale": 5}),
        lambda kind, home: kind.create(home, runtime_params={"scale": 5}, save_on_close=False),
        lambda kind, home: kind.create(str(home), False, None, {"scale": 5}),
        lambda kind, home: kind.create("gallery", home, False, "local", {"scale": 5}),
    ],
    ids=["keyword", "package and folder", "package", "both by name", "runtime_params", "by position", "0.18"],
)
def test_a_session_is_created_as_in_every_release(kedro18, create):
    kind = importlib.import_module("kedro.framework.session").KedroSession

    with create(kind, kedro18) as session:
        assert session.load_context().project_path == kedro18
        assert session.load_context().params["scale"] == 5
        assert session.run(pipeline_name="measuring", tags="pixels") == {}


def test_a_session_of_a_package_that_nobody_configured(kedro18, monkeypatch):
    monkeypatch.setattr(configured, "package_name", None)
    kind = importlib.import_module("kedro.framework.session").KedroSession

    with kind.create(package_name="gallery", project_path=kedro18, extra_params={"scale": 5}) as session:
        assert session.run(pipeline_name="measuring", tags="pixels") == {}


def test_metadata_of_a_folder_that_is_no_project_is_an_error(alias, tmp_path):
    startup = importlib.import_module("kedro.framework.startup")

    assert startup._get_project_metadata(PROJECTS / "kedro17").package_name == "shop"
    assert startup._is_project(PROJECTS / "kedro17")
    assert not startup._is_project(tmp_path)
    with pytest.raises(ProjectNotFoundError, match="There is no project in"):
        startup._get_project_metadata(tmp_path)
