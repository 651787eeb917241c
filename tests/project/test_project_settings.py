from __future__ import annotations

import pytest

from tidemill.catalog import DataCatalog
from tidemill.config import OmegaConfigLoader
from tidemill.errors import SettingsError
from tidemill.project import Context, Session, bootstrap_project, configure_project, settings, validate_settings


def of(make_project, text):
    return bootstrap_project(make_project({"src/shop/settings.py": text}))


def test_without_a_file_the_defaults_hold(make_project):
    bootstrap_project(make_project())

    assert (settings.HOOKS, settings.DISABLE_HOOKS_FOR_PLUGINS, settings.CONF_SOURCE) == ((), (), "conf")
    assert (Context, Session) == (settings.CONTEXT_CLASS, settings.SESSION_CLASS)
    assert (DataCatalog, OmegaConfigLoader) == (settings.DATA_CATALOG_CLASS, settings.CONFIG_LOADER_CLASS)
    assert settings.CONFIG_LOADER_ARGS == {"base_env": "base", "default_run_env": "local"}


def test_what_the_file_says_counts_and_other_names_in_capitals_can_be_asked_for(make_project):
    of(make_project, "HOOKS = [1]\nCONF_SOURCE = 'configuration'\nOUR_FOLDER = 'data'\nlower = 1\n_PRIVATE = 2")

    assert (settings.HOOKS, settings.CONF_SOURCE, settings.OUR_FOLDER) == ((1,), "configuration", "data")
    assert settings.get("our_folder") == "data"
    assert settings.get("NOTHING", 5) == 5
    assert settings.is_set("HOOKS")
    assert not settings.is_set("CONTEXT_CLASS")
    assert {"HOOKS", "OUR_FOLDER", "CONTEXT_CLASS"} <= set(dir(settings))
    with pytest.raises(AttributeError, match="no setting 'lower'"):
        _ = settings.lower


def test_the_file_is_read_when_a_setting_is_asked_for_and_not_before(make_project):
    of(make_project, "raise RuntimeError('read')")

    with pytest.raises(RuntimeError, match="read"):
        _ = settings.HOOKS


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("HOOK = ()", "no setting 'HOOK'. Did you mean 'HOOKS'?"),
        ("CONFIG_LOADER_ARG = {}", "Did you mean 'CONFIG_LOADER_ARGS'?"),
        (
            "class Hooks: ...\nHOOKS = Hooks()",
            "HOOKS is one Hooks, and must be a tuple, with a comma: HOOKS = (Hooks(),)",
        ),
        ("DISABLE_HOOKS_FOR_PLUGINS = 'a'", "must be a tuple, with a comma: DISABLE_HOOKS_FOR_PLUGINS = ('a',)"),
        ("CONFIG_LOADER_ARGS = [1]", "CONFIG_LOADER_ARGS is a list, and must be a dict"),
        ("CONTEXT_CLASS = 'Context'", "CONTEXT_CLASS is 'Context', and must be a class"),
        ("DATA_CATALOG_CLASS = dict", "has no from_config and no load and no save. Inherit from tidemill.catalog"),
    ],
)
def test_what_cannot_be_is_an_error_with_the_way_out(make_project, text, says):
    of(make_project, text)

    with pytest.raises(SettingsError) as caught:
        validate_settings()
    assert says in str(caught.value)
    assert "settings.py" in str(caught.value)


def test_a_package_that_is_not_there_is_named():
    configure_project("no_such_package")

    with pytest.raises(SettingsError, match="'no_such_package' cannot be imported"):
        _ = settings.HOOKS


def test_what_the_settings_import_and_is_missing_is_its_own_error(make_project):
    of(make_project, "import no_such_module")

    with pytest.raises(ModuleNotFoundError, match="no_such_module"):
        _ = settings.HOOKS


def test_code_for_kedro_that_is_opened_as_ours_is_told_how_to_open_it(make_project, monkeypatch):
    import sys

    of(make_project, "from kedro.config import OmegaConfigLoader")
    monkeypatch.setitem(sys.modules, "kedro", None)  # as where it is not installed

    with pytest.raises(SettingsError, match="tidemill.compat.bootstrap"):
        _ = settings.HOOKS


def test_one_can_be_set_for_this_process(make_project):
    bootstrap_project(make_project())
    settings.set("CONF_SOURCE", "elsewhere")

    assert settings.CONF_SOURCE == "elsewhere"
    with pytest.raises(SettingsError):
        settings.set("HOOKS", 3)
