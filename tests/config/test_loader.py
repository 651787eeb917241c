from __future__ import annotations

import inspect
import traceback

import pytest
from omegaconf import OmegaConf
from omegaconf.resolvers import oc
from tests.messages import assert_short

from tidemill import config
from tidemill.config import AbstractConfigLoader, ConfigLoader, OmegaConfigLoader
from tidemill.errors import ConfigError, MissingConfigError


def error_of(loader, kind, *parts):
    with pytest.raises(ConfigError) as error:
        loader[kind]
    assert_short(error.value, *parts)
    return str(error.value)


class TestKinds:
    def test_the_constructor_users_know(self):
        names = [*inspect.signature(ConfigLoader).parameters]
        assert names == [
            "conf_source", "env", "runtime_params", "config_patterns", "base_env", "default_run_env",
            "custom_resolvers", "merge_strategy", "ignore_hidden", "restrict_runtime_params_type_selection",
        ]  # fmt: skip
        assert OmegaConfigLoader is ConfigLoader
        assert issubclass(ConfigLoader, AbstractConfigLoader)
        assert config.MissingConfigError is MissingConfigError

    def test_a_mapping(self, conf):
        loader = conf({"base/catalog.yml": "a: {x: 1}"}).loader()
        assert [*loader] == [*loader.keys()] == ["catalog", "parameters", "credentials", "globals", "logging"]
        assert len(loader) == 5
        assert "catalog" in loader
        assert "spark" not in loader
        assert loader.get("catalog") == {"a": {"x": 1}}
        assert loader.get("credentials") is None
        assert loader.get("credentials", {}) == loader.get("spark", {}) == {}
        assert repr(loader).startswith("ConfigLoader(conf_source='")

    def test_read_anew_each_time(self, conf):
        made = conf({"base/catalog.yml": "a: {x: 1}"})
        loader = made.loader()
        first = loader["catalog"]
        first["a"]["x"] = 5
        assert loader["catalog"] == {"a": {"x": 1}}
        made.write({"base/catalog.yml": "b: {x: 1}"})
        assert loader["catalog"] == {"b": {"x": 1}}

    def test_set_in_code(self, conf):
        loader = conf({"base/catalog.yml": "a: {x: 1}", "base/parameters.yml": "p: ${globals:g}"}).loader()
        loader["catalog"] = {"b": {}}
        loader["spark"] = {"cores": 2}
        loader["globals"] = {"g": 3}
        assert loader["catalog"] == {"b": {}}
        assert loader["parameters"] == {"p": 3}
        assert loader.keys() >= {"spark", "catalog"}
        assert "spark" in loader

    def test_a_subclass(self, conf):
        class Mine(AbstractConfigLoader):
            def __getitem__(self, key):
                return {"kind": key, "env": self.env, "params": self.runtime_params}

        loader = Mine(conf_source=conf({}).root, env="prod", runtime_params={"a": 1}, base_env="base")
        assert loader["catalog"] == {"kind": "catalog", "env": "prod", "params": {"a": 1}}
        assert loader.get("credentials")["kind"] == "credentials"
        assert AbstractConfigLoader("conf").runtime_params == {}

    def test_a_kind_that_a_subclass_has_not(self):
        loader = AbstractConfigLoader("conf")
        loader["catalog"] = {"a": {}}
        assert loader.get("catalog") == {"a": {}}
        assert loader.get("credentials", {}) == {}
        error_of(loader, "credentials", "AbstractConfigLoader has no configuration of the kind 'credentials'")

    def test_custom_kinds_and_patterns(self, conf):
        files = {"base/spark.yml": "a: 1", "local/spark/more.yml": "b: 1\na: 2", "base/tables.yml": "t: {}"}
        patterns = {"spark": ["spark*", "spark*/**"], "catalog": ["tables*"]}
        loader = conf(files).loader(config_patterns=patterns)
        assert loader["spark"] == {"a": 2, "b": 1}
        assert loader["catalog"] == {"t": {}}

    def test_no_such_kind(self, conf):
        loader = conf({}).loader()
        with pytest.raises(MissingConfigError, match="no kind of configuration 'catalogue'. Did you mean 'catalog'"):
            loader["catalogue"]
        with pytest.raises(KeyError, match="Known are catalog, parameters"):
            loader["spark"]

    @pytest.mark.parametrize("kind", ["catalog", "parameters", "credentials", "logging"])
    def test_no_such_files(self, conf, kind):
        made = conf({"base/other.yml": "a: 1"})
        with pytest.raises(MissingConfigError) as error:
            made.loader()[kind]
        assert_short(error.value, f"'{kind}'", str(made.root / "base"), str(made.root / "local"), f"{kind}*", ".yml")
        assert made.loader()["globals"] == {}


class TestFiles:
    def test_names(self, conf):
        files = {
            "base/catalog.yml": "a: 1",
            "base/catalog_x.yaml": "b: 1",
            "base/catalog/deep/er.yml": "c: 1",
            "base/sub/catalog_z.yml": "d: 1",
            "base/catalogs.json": '{"f": 1}',
            "base/catalog_dir/x.yml": "j: 1",
            "base/sub/catalog/q.yml": "no: 1",
            "base/catalog.txt": "no: 1",
            "base/catalog.yml.bak": "no: 1",
            "base/my_catalog.yml": "no: 1",
            "catalog.yml": "no: 1",
        }
        assert conf(files).loader()["catalog"] == dict.fromkeys("abcdfj", 1)

    def test_globals_in_one_file(self, conf):
        files = {"base/globals.yml": "a: 1", "base/sub/globals.yml": "b: 1", "base/globals_old.yml": "c: 1"}
        assert conf(files).loader()["globals"] == {"a": 1}

    def test_hidden(self, conf):
        made = conf(
            {"base/catalog.yml": "a: 1", "base/.ipynb_checkpoints/catalog.yml": "b: 1", "base/catalog/.c.yml": "c: 1"}
        )
        assert made.loader()["catalog"] == {"a": 1}
        assert made.loader(ignore_hidden=False)["catalog"] == {"a": 1, "b": 1, "c": 1}

    def test_a_hidden_folder_above(self, tmp_path):
        (tmp_path / ".hidden" / "base").mkdir(parents=True)
        (tmp_path / ".hidden" / "base" / "catalog.yml").write_text("a: 1")
        assert ConfigLoader(tmp_path / ".hidden", base_env="base")["catalog"] == {"a": 1}

    def test_without_environments(self, tmp_path):
        (tmp_path / "catalog.yml").write_text("a: {x: '${globals:g}'}")
        (tmp_path / "globals.yml").write_text("g: 1")
        assert ConfigLoader(tmp_path)["catalog"] == {"a": {"x": 1}}

    def test_flat_patterns_do_not_look_below(self, tmp_path, monkeypatch):
        (tmp_path / "catalog.yml").write_text("a: 1")
        (tmp_path / "data").mkdir()
        monkeypatch.setattr("os.walk", lambda *_, **__: pytest.fail("walked through the data"))
        assert ConfigLoader(tmp_path, config_patterns={"catalog": ["catalog*"]})["catalog"] == {"a": 1}

    def test_underscored_keys(self, conf):
        made = conf(
            {
                "base/catalog.yml": "_csv: {type: T}\na: ${_csv}",
                "base/credentials.yml": "_k: x\ndev: {key: '${_k}'}",
                "base/parameters.yml": "_m: 1\nn: ${_m}",
            }
        )
        assert made.loader()["catalog"] == {"a": {"type": "T"}}
        assert made.loader()["credentials"] == {"dev": {"key": "x"}}
        assert made.loader()["parameters"] == {"_m": 1, "n": 1}

    def test_numbers_and_dates_as_omegaconf_reads_them(self, conf):
        made = conf({"base/parameters.yml": "lr: 1e-3\nday: 2020-01-01\nat: 2020-01-01 10:00:00\nbig: 1_000\nyes: on"})
        assert made.loader()["parameters"] == {
            "lr": 0.001, "day": "2020-01-01", "at": "2020-01-01 10:00:00", "big": 1000, True: True,
        }  # fmt: skip

    def test_keys_that_are_no_text(self, conf):
        made = conf({"base/parameters.yml": "3: z\na: {1: x}", "base/catalog.yml": "3: {}"})
        assert made.loader()["parameters"] == {3: "z", "a": {1: "x"}}
        error_of(made.loader(), "catalog", "catalog.yml, line 1", "the key 3", "Quote it")


class TestDuplicates:
    def test_in_a_catalog(self, conf):
        made = conf({"base/catalog.yml": "a: {}\nb: {}", "base/catalog_2.yml": "b: {}\na: {}"})
        error_of(made.loader(), "catalog", str(made.root / "base/catalog.yml"), "base/catalog_2.yml", "define b, a")

    @pytest.mark.parametrize("kind", ["credentials", "globals", "spark"])
    def test_in_other_kinds(self, conf, kind):
        made = conf({f"base/{kind}.yml": "a: {x: 1}", f"base/{kind}_2.yml": "a: {y: 1}"})
        loader = made.loader(config_patterns={kind: [f"{kind}*"]})
        error_of(loader, kind, f"{kind}.yml", f"{kind}_2.yml", "both define a.")

    @pytest.mark.parametrize(
        ("one", "other", "shared"),
        [
            ("a: {b: 1}", "a: {b: 2}", "a.b"),
            ("a: [1]", "a: [1]", "a"),
            ("a: 1", "a: {b: 2}", "a.b"),
            ("a: {b: {c: 1}}", "a: {b: 2}", "a.b"),
            ("a: {}", "a: {b: {c: 2}}", "a.b.c"),
        ],
    )
    def test_in_parameters(self, conf, one, other, shared):
        made = conf({"base/parameters.yml": one, "base/parameters_2.yml": other})
        error_of(made.loader(), "parameters", "parameters.yml", "parameters_2.yml", f"both define {shared}.")

    def test_parameters_share_mappings(self, conf):
        made = conf({"base/parameters.yml": "a: {b: 1}", "base/parameters_2.yml": "a: {c: 2}"})
        assert made.loader()["parameters"] == {"a": {"b": 1, "c": 2}}

    def test_templates_may_be_there_twice(self, conf):
        made = conf({"base/catalog.yml": "_a: 1\nb: ${_a}", "base/catalog_2.yml": "_a: 1\nc: ${_a}"})
        assert made.loader()["catalog"] == {"b": 1, "c": 1}

    def test_templates_of_parameters_too(self, conf):
        made = conf({"base/parameters.yml": "_a: 1\nb: ${_a}", "base/parameters_2.yml": "_a: 1\nc: ${_a}"})
        assert made.loader()["parameters"] == {"_a": 1, "b": 1, "c": 1}

    def test_many(self, conf):
        keys = "".join(f"k{n}: {{}}\n" for n in range(20))
        made = conf({"base/catalog.yml": keys, "base/catalog_2.yml": keys})
        error_of(made.loader(), "catalog", "k0, k1, k2, k3, k4 and 15 more")


class TestEnvironments:
    def test_the_environment_wins(self, conf):
        files = {
            "base/catalog.yml": "a: {x: 1, y: 1}\nb: {}",
            "local/catalog.yml": "a: {x: 2}",
            "prod/catalog.yml": "c: {}",
        }
        assert conf(files).loader()["catalog"] == {"a": {"x": 2}, "b": {}}
        assert conf(files).loader(env="prod")["catalog"] == {"a": {"x": 1, "y": 1}, "b": {}, "c": {}}
        assert conf(files).loader(env="base")["catalog"] == {"a": {"x": 1, "y": 1}, "b": {}}

    def test_strategies(self, conf):
        files = {
            "base/parameters.yml": "m: {a: 1, b: [1, 2], c: {d: 1}}",
            "local/parameters.yml": "m: {b: [3], c: {e: 1}}",
        }
        assert conf(files).loader()["parameters"] == {"m": {"b": [3], "c": {"e": 1}}}
        soft = conf(files).loader(merge_strategy={"parameters": "soft"})["parameters"]
        assert soft == {"m": {"a": 1, "b": [3], "c": {"d": 1, "e": 1}}}
        error_of(
            conf(files).loader(merge_strategy={"parameters": "sotf"}), "parameters", "'sotf'", "Did you mean 'soft'?"
        )

    def test_no_such_environment(self, conf):
        made = conf({"base/catalog.yml": "a: {}", "prod/catalog.yml": "a: {}"})
        with pytest.raises(MissingConfigError) as error:
            made.loader(env="prd")["catalog"]
        assert_short(
            error.value, str(made.root / "prd"), "no such environment. Did you mean 'prod'?", "Make the folder"
        )
        with pytest.raises(MissingConfigError, match="There are: base, local, prod"):
            made.loader(base_env="zzzzzz")["catalog"]

    def test_the_default_environment_need_not_exist(self, conf):
        made = conf({"base/catalog.yml": "a: {}"})
        (made.root / "local").rmdir()
        assert made.loader()["catalog"] == {"a": {}}

    def test_a_base_alone(self, conf):
        made = conf({"base/catalog.yml": "a: {}", "catalog.yml": "b: {}"})
        assert ConfigLoader(made.root, base_env="base")["catalog"] == {"a": {}, "b": {}}

    def test_no_such_source(self, tmp_path):
        (tmp_path / "config").mkdir()
        with pytest.raises(MissingConfigError) as error:
            ConfigLoader(tmp_path / "confg")["catalog"]
        assert_short(error.value, str(tmp_path / "confg"), "no such folder. Did you mean 'config'?", "conf_source")

    def test_references_stay_in_their_environment_first(self, conf):
        made = conf(
            {
                "base/catalog.yml": "a: {x: '${_v}'}\n_v: base\n_only: here",
                "local/catalog.yml": "b: {x: '${_v}', y: '${_only}'}\n_v: local",
            }
        )
        assert made.loader()["catalog"] == {"a": {"x": "base"}, "b": {"x": "local", "y": "here"}}

    def test_the_keys_of_a_mapping_in_the_base(self, conf):
        made = conf({"base/parameters.yml": "t: {x: 1, y: 2}", "local/parameters.yml": "a: ${oc.dict.keys:t}"})
        assert made.loader()["parameters"]["a"] == ["x", "y"]


class TestRuntimeParameters:
    BASE = "m: {a: 1, b: 2}\nz: ${m.a}\nlist: [1, 2]"

    @pytest.mark.parametrize(
        ("params", "expected"),
        [
            ({"m": {"a": 5}}, {"m": {"a": 5, "b": 2}, "z": 5, "list": [1, 2]}),
            ({"m.a": 5}, {"m": {"a": 5, "b": 2}, "z": 5, "list": [1, 2]}),
            ({"list": [9], "new": {"q": 1}}, {"m": {"a": 1, "b": 2}, "z": 1, "list": [9], "new": {"q": 1}}),
            ({"z": "${m.b}"}, {"m": {"a": 1, "b": 2}, "z": 2, "list": [1, 2]}),
            ({"m": None}, None),
        ],
    )
    def test_they_go_over_the_parameters(self, conf, params, expected):
        loader = conf({"base/parameters.yml": self.BASE}).loader(runtime_params=params)
        if expected is None:
            error_of(loader, "parameters", "'z'", "'m' is no mapping")
        else:
            assert loader["parameters"] == expected

    def test_over_both_environments(self, conf):
        files = {"base/parameters.yml": self.BASE, "local/parameters.yml": "m: {c: 3}"}
        loader = conf(files).loader(runtime_params={"m": {"a": 5}})
        assert loader["parameters"] == {"m": {"c": 3, "a": 5}, "z": 5, "list": [1, 2]}

    @pytest.mark.parametrize("params", [{"new": "${nope}"}, {"m": {"new": "${nope}"}}])
    def test_errors_in_them_name_no_file(self, conf, params):
        loader = conf({"base/parameters.yml": self.BASE}).loader(runtime_params=params)
        said = error_of(loader, "parameters", "new': there is no 'nope' to refer to")
        assert said.startswith("runtime parameter '")

    def test_what_they_do_not_name_stays(self, conf):
        files = {"base/parameters.yml": self.BASE, "local/parameters.yml": "q: 1"}
        loader = conf(files).loader(runtime_params={"m": {"a": 5}})
        assert loader["parameters"] == {"m": {"a": 5, "b": 2}, "z": 5, "list": [1, 2], "q": 1}

    def test_without_files(self, conf):
        assert conf({}).loader(runtime_params={"a.b": 1})["parameters"] == {"a": {"b": 1}}

    def test_a_dotted_key_of_the_files(self, conf):
        loader = conf({"base/parameters.yml": "a.b: 1\na: {b: 2}"}).loader(runtime_params={"a.b": 5})
        assert loader["parameters"] == {"a.b": 5, "a": {"b": 2}}

    def test_in_interpolation(self, conf):
        named = {"x": "p.q", "y": "none,[1, 2]", "z": "r"}
        entries = "".join(f"  {key}: '${{runtime_params:{name}}}'\n" for key, name in named.items())
        text = f"a:\n{entries}  w: 'x${{runtime_params:n,}}'"
        loader = conf({"base/catalog.yml": text}).loader(runtime_params={"p": {"q": 5}, "r": "${p.q}"})
        assert loader["catalog"] == {"a": {"x": 5, "y": [1, 2], "z": 5, "w": "x"}}
        assert loader.runtime_params_used == {"p.q", "none", "r", "n"}

    def test_one_that_is_missing(self, conf):
        loader = conf({"base/catalog.yml": "a:\n  x: ${runtime_params:aplha}"}).loader(runtime_params={"alpha": 1})
        error_of(loader, "catalog", "catalog.yml, line 2: 'a.x'", "no runtime parameter 'aplha'. Did you mean 'alpha'?")

    @pytest.mark.parametrize("value", ["${oc.env:HOME}", "x${do:1}", "${a.${do:1}}", "${do:", "${oc.decode:'${do:1}'}"])
    @pytest.mark.parametrize(
        "wrapped", [lambda value: value, lambda value: {"k": [1, {"l": value}]}], ids=["bare", "inside"]
    )
    def test_they_call_nothing(self, conf, value, wrapped):
        called = []
        files = {"base/parameters.yml": "a: 1", "base/catalog.yml": "c: {x: '${runtime_params:v}'}"}
        params = {"v": wrapped(value)}
        loader = conf(files).loader(runtime_params=params, custom_resolvers={"do": called.append, "oc.env": oc.env})
        error_of(loader, "parameters", "runtime parameter 'v", "call no resolver")
        error_of(loader, "catalog", "runtime parameter 'v", "call no resolver")
        assert called == []

    def test_they_choose_a_type_only_where_that_is_allowed(self, conf):
        files = {"base/catalog.yml": "_t: ${runtime_params:t}\na:\n  dataset:\n    type: ${_t}"}
        made = conf(files)
        assert made.loader(runtime_params={"t": "T"})["catalog"] == {"a": {"dataset": {"type": "T"}}}
        strict = made.loader(runtime_params={"t": "T"}, restrict_runtime_params_type_selection=True)
        error_of(strict, "catalog", "catalog.yml, line 4: 'a.dataset.type'", "may not choose what code runs")

    def test_they_choose_anything_else(self, conf):
        made = conf({"base/catalog.yml": "a: {type: T, filepath: '${runtime_params:path}'}"})
        loader = made.loader(runtime_params={"path": "p"}, restrict_runtime_params_type_selection=True)
        assert loader["catalog"] == {"a": {"type": "T", "filepath": "p"}}


class TestGlobals:
    def test_values_of_any_kind(self, conf):
        made = conf(
            {
                "base/globals.yml": "root: s3://b\nd: {e: [1, 2]}\nother: ${d.e}",
                "local/globals.yml": "root: here",
                "base/catalog.yml": "a: {x: '${globals:root}/x', d: '${globals:d}', e: 'n${globals:other}'}",
                "base/parameters.yml": "p: ${globals:no.such,${globals:root}}",
            }
        )
        assert made.loader()["catalog"] == {"a": {"x": "here/x", "d": {"e": [1, 2]}, "e": "n[1, 2]"}}
        assert made.loader()["parameters"] == {"p": "here"}

    def test_one_that_is_missing(self, conf):
        made = conf({"base/globals.yml": "folders: {raw: x}", "base/catalog.yml": "\na:\n  x: ${globals:folders.row}"})
        error_of(
            made.loader(), "catalog", "base/catalog.yml, line 3: 'a.x'",
            "no global 'folders.row'. Did you mean 'folders.raw'",
            "${globals:folders.row,<default>}",
        )  # fmt: skip

    def test_private(self, conf):
        made = conf({"base/globals.yml": "_a: 1", "base/catalog.yml": "a: {x: '${globals:_a}'}"})
        error_of(made.loader(), "catalog", "'_a' begins with '_'")

    def test_runtime_parameters_in_globals(self, conf):
        made = conf(
            {"base/globals.yml": "day: ${runtime_params:day,today}", "base/parameters.yml": "d: ${globals:day}"}
        )
        assert made.loader()["parameters"] == {"d": "today"}
        assert made.loader(runtime_params={"day": 1})["parameters"] == {"d": 1, "day": 1}

    def test_a_broken_file_of_globals_is_named(self, conf):
        made = conf({"base/globals.yml": "a: b: c", "base/catalog.yml": "a: {x: '${globals:a}'}"})
        error_of(made.loader(), "catalog", "globals.yml, line 1")


class TestEnvironmentVariables:
    def test_in_credentials(self, conf, monkeypatch):
        monkeypatch.setenv("TM_KEY", "hunter2")
        monkeypatch.delenv("TM_NONE", raising=False)
        text = "dev: {key: '${oc.env:TM_KEY}', n: '${oc.env:TM_NONE,10}', none: '${oc.env:TM_NONE,null}'}"
        loader = conf({"base/credentials.yml": text}).loader()
        assert loader["credentials"] == {"dev": {"key": "hunter2", "n": "10", "none": None}}

    def test_not_set(self, conf, monkeypatch):
        monkeypatch.setenv("TM_SECRET_KEY", "hunter2")
        loader = conf({"base/credentials.yml": "dev:\n  key: ${oc.env:TM_SECRT_KEY}"}).loader()
        message = error_of(
            loader, "credentials", "credentials.yml, line 2: 'dev.key'", "TM_SECRT_KEY", "'TM_SECRET_KEY'"
        )
        assert "hunter2" not in message

    @pytest.mark.parametrize("kind", ["catalog", "parameters", "globals"])
    def test_elsewhere_only_if_allowed(self, conf, kind, monkeypatch):
        monkeypatch.setenv("TM_KEY", "x")
        made = conf({f"base/{kind}.yml": "a: {b: '${oc.env:TM_KEY}'}"})
        error_of(made.loader(), kind, f"{kind}.yml, line 1: 'a.b'", "for credentials only", "custom_resolvers")
        assert made.loader(custom_resolvers={"oc.env": oc.env})[kind] == {"a": {"b": "x"}}
        error_of(made.loader(), kind, "for credentials only")


class TestResolvers:
    def test_custom(self, conf):
        text = "a: '${add:1,2}'\nb: '${ns.list:x,[1, {k: v}],null}'\nc: '${add:${a},${add:1,1}}'\nd: '${raw:}'"
        resolvers = {"add": lambda x, y: x + y, "ns.list": lambda *given: list(given), "raw": lambda: {"x": "${a}"}}
        loader = conf({"base/parameters.yml": text}).loader(custom_resolvers=resolvers)
        assert loader["parameters"] == {"a": 3, "b": ["x", [1, {"k": "v"}], None], "c": 5, "d": {"x": "${a}"}}

    def test_builtins_and_classes(self, conf):
        loader = conf({"base/parameters.yml": "a: '${max:1,2}'\nb: '${set:[1,1]}'"}).loader(
            custom_resolvers={"max": max, "set": set}
        )
        assert loader["parameters"] == {"a": 2, "b": {1}}

    def test_root_and_parent(self, conf):
        text = "a: {b: '${see:}', c: 1}\nd: 2"
        see = {"see": lambda *, _root_, _parent_: (_root_.d, _parent_.c)}
        assert conf({"base/parameters.yml": text}).loader(custom_resolvers=see)["parameters"]["a"]["b"] == (2, 1)

    def test_one_that_fails(self, conf):
        def fail(value):
            raise ZeroDivisionError(f"got {value}")

        made = conf({"base/parameters.yml": "\na: ${do:hunter2}", "base/credentials.yml": "a: ${do:hunter2}"})
        loader = made.loader(custom_resolvers={"do": fail})
        with pytest.raises(ConfigError) as error:
            loader["parameters"]
        assert_short(error.value, "parameters.yml, line 2: 'a'", "'do' failed: ZeroDivisionError: got hunter2")
        assert isinstance(error.value.__cause__, ZeroDivisionError)
        with pytest.raises(ConfigError) as error:
            loader["credentials"]
        assert_short(error.value, "credentials.yml, line 1: 'a'", "'do' failed: ZeroDivisionError.")
        assert "hunter2" not in "".join(traceback.format_exception(error.value)).replace("${do:hunter2}", "")

    def test_unknown(self, conf):
        made = conf({"base/parameters.yml": "a: ${today:}"})
        error_of(
            made.loader(custom_resolvers={"todays": str}), "parameters", "no resolver is called 'today'", "'todays'"
        )
        error_of(made.loader(), "parameters", "Known are globals, oc.create", "custom_resolvers")

    def test_what_is_registered_with_omegaconf_is_found(self, conf):
        loader = conf(
            {"base/parameters.yml": "a: '${tm_twice:4}'\nb: '${tm_twice:[1]}'\nc: '${tm_twice:null}'"}
        ).loader()
        register = getattr(OmegaConf, "register_resolver", OmegaConf.register_new_resolver)  # since 2.4, and before
        register("tm_twice", lambda value: value * 2)
        try:
            error_of(loader, "parameters", "'c'", "'tm_twice' failed: TypeError")
            assert conf({"base/parameters.yml": "a: '${tm_twice:4}'"}).loader()["parameters"] == {"a": 8}
            secret = conf({"base/credentials.yml": "a: '${tm_int:hunter2}'"}).loader()
            register("tm_int", lambda value: int(value, 10))
            with pytest.raises(ConfigError, match="'tm_int' failed: ValueError\\.") as error:
                secret["credentials"]
            assert "'hunter2'" not in "".join(traceback.format_exception(error.value))
        finally:
            OmegaConf.clear_resolver("tm_twice")
            OmegaConf.clear_resolver("tm_int")

    def test_nothing_is_registered(self, conf):
        before = OmegaConf.has_resolver("oc.env")
        loader = conf({"base/parameters.yml": "a: ${mine:}${globals:x,1}"}).loader(custom_resolvers={"mine": lambda: 1})
        assert loader["parameters"] == {"a": "11"}
        assert not OmegaConf.has_resolver("mine")
        assert not OmegaConf.has_resolver("globals")
        assert OmegaConf.has_resolver("oc.env") == before

    def test_loaders_in_threads_know_nothing_of_each_other(self, conf):
        from concurrent.futures import ThreadPoolExecutor

        made = conf({"base/parameters.yml": "".join(f"k{n}: '${{who:}}'\n" for n in range(200))})
        loaders = [made.loader(custom_resolvers={"who": lambda number=number: number}) for number in range(8)]
        with ThreadPoolExecutor(8) as pool:
            found = [*pool.map(lambda loader: set(loader["parameters"].values()), loaders)]
        assert found == [{number} for number in range(8)]


class TestErrors:
    @pytest.mark.parametrize(
        ("text", "parts"),
        [
            ("a: '${b}'\nb: '${c.d}'\nc: {d: '${a}'}", ["line 1: 'a'", "a -> b -> c.d -> a", "Write out"]),
            ("a:\n  b: ${a}", ["line 2: 'a.b'", "refers to 'a', in which it stands"]),
            ("alpha: 1\na: ${alpah}", ["line 2: 'a'", "no 'alpah' to refer to. Did you mean 'alpha'?"]),
            ("a: [1, {b: '${.c}'}]", ["line 1: 'a.1.b'", "no 'a.1.c'"]),
            ("a: ${...b}", ["leads out of the file", "dots"]),
            ("a: ${b", ["the interpolation cannot be read", "'}'", r"Write \${"]),
            ("a: '${b c}'", ["cannot be read"]),
            ("a: '${add:1}${b:(}'", ["cannot be read"]),
            ("a: ???\nb: ${a}", ["line 2: 'b'", "'a' is ???"]),
            ("a: 1\nb: ${a.c}", ["'a' is no mapping, so there is no 'a.c'"]),
            ("a: [1]\nb: ${a[5]}", ["no 'a.5'"]),
            ("a: ${oc.env:X}", ["for credentials only"]),
            ("a: '${globals:}'", ["takes a name and maybe a default"]),
            ("a: ${oc.decode:1,2}", ["'oc.decode' takes 1 argument, not 2"]),
            ("a: ${oc.decode:'[1'}", ["'oc.decode' cannot read its text"]),
            ("a: ${oc.dict.keys:b}\nb: 1", ["takes the key of a mapping"]),
            ("a: ${b.${c}}\nb: {}\nc: [1]", ["a key in the interpolation is no text"]),
            ("x: &x {k: '${nope}'}\na: {<<: *x, l: 1}", ["line 1", "'x.k'"]),
            ("t:\n  n: 1\n  x: &x\n    k: ${..n}\na:\n  l: 1\n  <<: *x", ["line 4: 'a.k'", "no 'n'"]),
            ("t:\n  n: 1\n  y: &y {z: 1}\n  x: &x\n    k: ${..n}\na:\n  <<: [*y, *x]", ["line 5: 'a.k'", "no 'n'"]),
            ("b: 1\na: '${oc.create:{x: \"\\${nope}\"}}'", ["line 2: 'a.x'", "no 'nope'"]),
            ("b: 1\na: '${oc.create:{${b}: 1}}'", ["line 2: 'a'", "a key in '{...}' cannot be an interpolation"]),
            ("b: 1\na: ${oc.dict.values:b}", ["line 2: 'a'", "'oc.dict.values' takes the key of a mapping"]),
            ("b: 1\na: ${oc.dict.values:[b]}", ["line 2: 'a'", "'oc.dict.values' takes the key of a mapping"]),
            ("b: 1\na: ${oc.deprecated:b,gone,now}", ["line 2: 'a'", "takes a key and maybe a message"]),
            ("a: {l: [{}, {m: 1}, '${nope}']}", ["'a.l.2'"]),
        ],
    )
    def test_each_says_where_and_what(self, conf, text, parts):
        error_of(conf({"base/parameters.yml": text}).loader(), "parameters", "base/parameters.yml, line ", *parts)

    def test_the_file_is_the_one_it_stands_in(self, conf):
        made = conf(
            {
                "base/parameters.yml": "a: {x: 1}",
                "base/parameters_b.yml": "\n\na:\n  y: ${nope}",
                "local/parameters.yml": "c: 1",
            }
        )
        error_of(made.loader(), "parameters", "base/parameters_b.yml, line 4: 'a.y'")

    def test_in_json(self, conf):
        made = conf({"base/parameters.json": '{\n "a": {\n  "b": "${nope}"}}'})
        error_of(made.loader(), "parameters", "parameters.json, line 3: 'a.b'")

    @pytest.mark.parametrize(
        "value",
        [
            "${hunter2}",
            "hunter2${",
            "${oc.env:TM_NOT,'hunter2}",
            "x ${nope} hunter2",
            "hunter2 ${a.key}",
            "${do:hunter2}",
        ],
    )
    def test_no_error_shows_a_secret(self, conf, value):
        made = conf({"local/credentials.yml": f'dev:\n  key: "{value}"\na: {{key: hunter2, more: "${{x}}"}}'})
        loader = made.loader(custom_resolvers={"do": int})
        with pytest.raises(ConfigError) as error:
            loader["credentials"]
        shown = "".join(traceback.format_exception(error.value))
        assert "hunter2" not in (shown.replace("'hunter2' to refer to", "") if value == "${hunter2}" else shown)
