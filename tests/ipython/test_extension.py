from __future__ import annotations

from importlib.metadata import EntryPoint

import pytest
from IPython.core.completer import provisionalcompleter
from tests.messages import assert_short

from tidemill import DataCatalog, compat
from tidemill.cli import plugins
from tidemill.ipython import reload_tidemill, reloading
from tidemill.project import Session, configured


def run(shell, code):
    done = shell.run_cell(code)
    return done.error_in_exec or done.result


def completions(shell, text):
    with provisionalcompleter():
        return [each.text for each in shell.Completer.completions(text, len(text))]


class TestVariables:
    def test_they_are_there(self, shell, folder):
        names = shell.user_ns
        assert isinstance(names["catalog"], DataCatalog)
        assert isinstance(names["session"], Session)
        assert names["catalog"] is names["context"].catalog
        assert [*names["pipelines"]] == ["__default__", "again"]
        assert names["context"].project_path == folder

    def test_outside_of_a_project(self, shell, tmp_path_factory, monkeypatch, capsys):
        monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))
        monkeypatch.setattr(reloading, "_opened", {})
        monkeypatch.setattr(configured, "package_name", None)
        capsys.readouterr()
        shell.extension_manager.reload_extension("tidemill.ipython")
        assert capsys.readouterr().out == "There is no project here. Open one: %reload_tidemill <folder>\n"

    def test_a_broken_project_leaves_the_extension_there(self, shell, folder, capsys):
        (folder / "conf/base/catalog.yml").write_text("a: [")
        shell.extension_manager.reload_extension("tidemill.ipython")
        assert "catalog.yml, line" in capsys.readouterr().out
        (folder / "conf/base/catalog.yml").write_text("fresh: {type: MemoryDataset}")
        run(shell, "%reload_tidemill")
        assert "fresh" in shell.user_ns["catalog"]

    def test_a_project_whose_code_fails(self, shell, folder, capsys):
        (folder / "src/tides/settings.py").write_text("1 / 0")
        shell.extension_manager.reload_extension("tidemill.ipython")
        assert "Mend it, then: %reload_tidemill" in capsys.readouterr().out
        (folder / "src/tides/settings.py").write_text("")
        run(shell, "%reload_tidemill")
        assert "are here" in capsys.readouterr().out

    def test_into_a_namespace(self, folder):
        names = {}
        session = reload_tidemill(folder / "src", local_namespace=names, runtime_params={"rate": 1})
        assert names["session"] is session
        assert names["context"].params == {"rate": 1}

    def test_without_a_shell(self, folder, capsys):
        session = reload_tidemill(folder)
        assert "cars" in session.load_context().catalog
        assert capsys.readouterr().out == ""


@pytest.mark.parametrize("magic", ["%reload_tidemill", "%reload_kedro"])
class TestReload:
    def test_arguments(self, shell, folder, magic, monkeypatch):
        monkeypatch.chdir("/")
        run(shell, f"{magic} {folder} --env prod --params a.b=1,c=x")
        assert shell.user_ns["context"].params == {"rate": 0.9, "a": {"b": 1}, "c": "x"}
        run(shell, magic)
        assert shell.user_ns["context"].params == {"rate": 0.5}
        (folder / "other/base").mkdir(parents=True)
        (folder / "other/base/catalog.yml").write_text("only: {type: MemoryDataset}")
        run(shell, f"{magic} --conf-source {folder / 'other'}")
        assert shell.user_ns["catalog"].keys()[0] == "only"

    def test_code_is_read_anew(self, shell, folder, magic):
        before = shell.user_ns["pipelines"]["again"]
        registry = folder / "src/tides/pipeline_registry.py"
        registry.write_text(registry.read_text().replace('"again"', '"renamed"'))
        run(shell, magic)
        assert [*shell.user_ns["pipelines"]] == ["__default__", "renamed"]
        assert before != shell.user_ns["pipelines"]["renamed"]

    @pytest.mark.parametrize("wrong", ["--what", "a b", "'", "--params novalue"])
    def test_what_is_wrong(self, shell, magic, wrong):
        assert_short(run(shell, f"{magic} {wrong}"), "Write %reload_tidemill [folder] [--env NAME]")


class TestErrors:
    def test_ours_are_short(self, shell, capsys):
        run(shell, "catalog.load('carz')")
        shown = capsys.readouterr().out
        assert "DatasetNotFoundError: The catalog has no dataset 'carz'. Did you mean 'cars'?" in shown
        assert len(shown.splitlines()) <= 3
        run(shell, "%tb")
        assert "Traceback (most recent call last)" in capsys.readouterr().out

    def test_others_are_whole(self, shell, capsys):
        run(shell, "1 / 0")
        assert "ZeroDivisionError" in (shown := capsys.readouterr().out)
        assert "Traceback" in shown


class TestCompletion:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("catalog.load('ca", ["cars"]),
            ('context.catalog.save("r', ["raw"]),
            ("x = catalog.exists( name = 'mo", ["more"]),
            ('catalog["ca', ["cars"]),
            ("catalog.load('params:", ["params:rate"]),
            ("%load_node gr", ["grow"]),
        ],
    )
    def test_names(self, shell, text, expected):
        assert completions(shell, text)[: len(expected)] == expected

    def test_nothing_of_ours_for_others(self, shell):
        shell.user_ns["other"] = {"load": 1}
        assert "cars" not in completions(shell, "other.load('ca")
        assert "cars" not in completions(shell, "nobody.load('ca")

    def test_a_large_catalog(self, shell):
        shell.user_ns["catalog"] = DataCatalog.from_config(
            {f"table_{number:06}": {"type": "MemoryDataset"} for number in range(100_000)}
        )
        assert len(completions(shell, "catalog.load('table_")) == 500
        assert completions(shell, "catalog.load('table_09999") == [f"table_09999{digit}" for digit in range(10)]


class TestLoadNode:
    def test_all_of_it(self, shell):
        run(shell, "%load_node grow")
        code = shell.rl_next_input
        assert code.startswith("from __future__ import annotations\n# The inputs of node 'grow'\n")
        assert "table = catalog.load('raw')\nrate = catalog.load('params:rate')\n" in code
        assert "rest_1 = catalog.load('more')\nrest_2 = catalog.load('cars')\n" in code
        assert "import json\nimport os.path as osp\n" in code
        assert "from tides.words import word\nfrom tides.nodes import helper\n" in code
        assert '"""Make more of it."""' in code
        assert code.endswith("grow(table, rate, rest_1, rest_2, deep=False)")

    def test_it_runs(self, shell):
        shell.user_ns["catalog"].save("cars", "c")
        run(shell, "%load_node grow")
        assert run(shell, shell.rl_next_input) == "6w0.5('m', 'c')False"

    def test_inputs_by_name(self, shell):
        run(shell, "%load_node sink")
        assert shell.rl_next_input.endswith("sink(x=x)")
        assert "x = catalog.load('grown')" in shell.rl_next_input

    @pytest.mark.parametrize(
        ("line", "parts"),
        [
            ("%load_node grwo", ["no pipeline has a node 'grwo'. Did you mean 'grow'?"]),
            ("%load_node builtin", ["'builtin'", "source", "cannot be found"]),
            ("%load_node in.shadow", ["'in.shadow'", "lambda", "def"]),
            ("%load_node", ["needs the name of a node"]),
        ],
    )
    def test_what_it_cannot(self, shell, line, parts):
        error = run(shell, line)
        assert_short(error)
        assert not [part for part in parts if part.lower() not in str(error).lower()], str(error)


class TestPlugins:
    @pytest.fixture
    def announced(self, folder, monkeypatch):
        (folder / "src" / "tide_plugin.py").write_text("def greet(line):\n    return 'hello ' + line\n")
        entries = [
            EntryPoint("greet", "tide_plugin:greet", "tidemill.line_magic"),
            EntryPoint("broken", "tide_no_such_module:x", "tidemill.line_magic"),
            EntryPoint("greet", "tide_plugin:greet", "kedro.line_magic"),
        ]

        def entry_points(groups):
            return iter([each for each in entries if each.group in groups])

        monkeypatch.setattr(plugins, "entry_points", entry_points)
        return entries

    @pytest.mark.usefixtures("announced")
    def test_a_line_magic(self, shell, capsys):
        assert run(shell, "%greet you") == "hello you"
        run(shell, "%reload_tidemill")
        assert "the plugin 'broken' (tide_no_such_module:x) is left out" in capsys.readouterr().err

    def test_kedros_count_where_the_project_says_so(self, shell, folder, announced):
        del announced[:2]
        run(shell, "%reload_tidemill")
        assert "greet" not in shell.magics_manager.magics["line"]
        (folder / "pyproject.toml").write_text("[tool.kedro]\npackage_name = 'tides'\nproject_name = 'Tides'\n")
        run(shell, "%reload_tidemill")
        assert run(shell, "%greet you") == "hello you"


def test_under_both_names_it_is_there_once(shell):
    compat.install()
    before = len(shell.Completer.custom_matchers)

    shell.extension_manager.load_extension("kedro.ipython")
    assert len(shell.Completer.custom_matchers) == before
    shell.extension_manager.unload_extension("kedro.ipython")
    shell.extension_manager.unload_extension("tidemill.ipython")
    assert len(shell.Completer.custom_matchers) == before - 1
    assert "reload_kedro" not in shell.magics_manager.magics["line"]


def test_unloading(shell):
    shell.extension_manager.unload_extension("tidemill.ipython")
    assert "reload_tidemill" not in shell.magics_manager.magics["line"]
    assert "cars" not in completions(shell, "catalog.load('ca")
    shell.extension_manager.load_extension("tidemill.ipython")
