"""`tidemill catalog check`: everything at once, with its place, for people and for CI."""

from __future__ import annotations

import json
import threading
import time

import fsspec
import pytest


def checked(tidemill, *arguments):
    said = tidemill("catalog", "check", "--format", "json", *arguments)
    told = json.loads(said.out)
    assert said.code == (1 if told["errors"] else 0)
    return [(each["kind"], each["dataset"], each["file"], each["line"]) for each in told["problems"]]


def add(shop, text, file="conf/base/catalog.yml"):
    with (shop / file).open("a") as opened:
        opened.write(text)


@pytest.fixture
def clean(shop):
    """The shop, without the pipeline that needs what another one keeps in memory."""
    registry = shop / "src/shop/pipeline_registry.py"
    registry.write_text(registry.read_text().split('        "reporting"')[0] + "    }\n")
    return shop


def test_what_another_pipeline_keeps_in_memory(tidemill, shop):
    said = tidemill("catalog", "check")

    assert said.code == 0
    [line] = said.out.splitlines()
    assert line.startswith(
        "warning: 'count': the pipeline 'reporting' needs it, and another pipeline makes it and keeps"
    )


def test_nothing_wrong(tidemill, clean):
    said = tidemill("catalog", "check", "--live", "--strict")

    assert (said.code, said.out, said.err) == (0, "", "3 definitions checked: nothing wrong.\n")


def test_everything_at_once(tidemill, clean):
    add(
        clean,
        """
typo: {type: text.TextDatset, filepath: data/t.txt}
keys:
  type: text.TextDataset
  filepath: data/k.txt
  lod_args: {}
  fs_args:
    secret: abcdefgh
  credentials: nobody
same: {type: text.TextDataset, filepath: ./data/raw.txt}
pin: {type: text.TextDataset, filepath: data/p.txt, version: "2020"}
"{x}_a": {type: text.TextDataset, filepath: "data/{y}.txt"}
"{x}_b": {type: text.TextDataset, filepath: "data/{x}.txt"}
"{y}_b": {type: text.TextDataset, filepath: "data/{y}.txt"}
word: yes
""",
    )
    add(clean, "a: [1\n", "conf/base/catalog_broken.yml")
    add(clean, "x: {b: 1\n", "conf/base/catalog_worse.yml")
    add(clean, "db_password: abcdefgh\n", "conf/base/parameters.yml")
    (clean / "conf/base/catalog.yml").write_text((clean / "conf/base/catalog.yml").read_text().replace("raw:", "row:"))
    base = "conf/base/catalog.yml"

    found = checked(tidemill)

    expected = {
        ("file", None, "conf/base/catalog_broken.yml", 2),
        ("file", None, "conf/base/catalog_worse.yml", 2),
        ("definition", "word", base, 19),
        ("pattern", "{x}_a", base, 16),
        ("pattern", "{y}_b", base, 18),
        ("type", "typo", base, 6),
        ("credentials", "keys", base, 13),
        ("secret", "keys", base, 12),
        ("argument", "keys", base, 10),
        ("version", "pin", base, 15),
        ("path", "same", base, 14),
        ("undefined", "raw", None, None),
        ("secret", "parameters", "conf/base/parameters.yml", 2),
    }
    assert {each for each in found if each[0] != "unused"} == expected
    assert {each[1] for each in found if each[0] == "unused"} >= {"row", "keys", "same", "pin", "{x}_b"}


def test_for_people(tidemill, clean):
    add(clean, "typo: {type: text.TextDatset, filepath: t}\nold: {type: text.TextDataset, filepath: o}\n")

    said = tidemill("catalog", "check")

    assert said.code == 1
    assert said.out.splitlines() == [
        "conf/base/catalog.yml:5: error: 'typo': type 'text.TextDatset' is unknown. Did you mean 'text.TextDataset'?",
        "conf/base/catalog.yml:5: warning: 'typo': no pipeline uses it. Remove it, or leave it for notebooks.",
        "conf/base/catalog.yml:6: warning: 'old': no pipeline uses it. Remove it, or leave it for notebooks.",
    ]
    assert said.err == "5 definitions checked: 1 error and 2 warnings.\n"


def test_warnings_fail_when_asked(tidemill, clean):
    add(clean, "old: {type: text.TextDataset, filepath: o}\n")

    assert tidemill("catalog", "check").code == 0
    assert tidemill("catalog", "check", "--strict").code == 1


def test_parameters_that_nobody_sets(tidemill, clean):
    (clean / "conf/base/parameters.yml").write_text("model: {deepth: 2}\n")

    said = tidemill("catalog", "check")

    assert said.code == 1
    assert said.out.startswith(
        "error: 'params:model.depth': the node 'clean' takes it, and no file of parameters has it. "
        "Did you mean 'params:model.deepth'"
    )


def test_parameters_that_cannot_be_read(tidemill, clean):
    (clean / "conf/base/parameters.yml").write_text("model: {depth: 2\n")

    found = checked(tidemill)

    assert found == [("file", None, "conf/base/parameters.yml", 2)]


def test_one_name_in_two_files(tidemill, clean):
    add(clean, "raw: {type: text.TextDataset, filepath: x}\n", "conf/base/catalog_more.yml")

    [(kind, *_)] = checked(tidemill)

    assert kind == "file"


def test_references_to_nothing(tidemill, clean):
    add(clean, "more: {type: text.TextDataset, filepath: '${globals:nowhere}/x'}\n")
    add(clean, "other: {type: text.TextDataset, filepath: '${_nowhere}/x'}\n")
    add(clean, "typo: {type: text.TextDatset, filepath: x}\n")

    found = checked(tidemill)

    base = "conf/base/catalog.yml"
    assert [each for each in found if each[0] != "unused"] == [
        ("file", None, base, 5),
        ("file", None, base, 6),
        ("type", "typo", base, 7),
    ]


def test_environments(tidemill, clean):
    (clean / "conf/prod").mkdir()
    add(clean, "raw: {type: text.TextDatset, filepath: x}\n", "conf/prod/catalog.yml")

    assert checked(tidemill) == []
    assert checked(tidemill, "--env", "prod") == [("type", "raw", "conf/prod/catalog.yml", 1)]


def test_versions_that_a_run_would_load(tidemill, clean):
    assert checked(tidemill, "--load-versions", "raw:2020,claen:2020,clean:2020") == [
        ("version", "raw", "conf/base/catalog.yml", 2),
        ("version", "claen", None, None),
    ]


def test_pipelines_that_cannot_be_imported(tidemill, clean):
    (clean / "src/shop/pipeline_registry.py").write_text("import nothing_there\n")

    said = tidemill("catalog", "check")

    assert said.code == 1
    assert "The pipelines cannot be imported" in said.out
    assert "nothing_there" in said.out


@pytest.mark.parametrize(("hook", "level"), [("after_catalog_created", None), ("before_pipeline_run", "warning")])
def test_datasets_that_a_hook_brings(tidemill, clean, hook, level):
    registry = clean / "src/shop/pipeline_registry.py"
    code = registry.read_text().replace(
        "def register_pipelines", "def double(x):\n    return x\n\n\ndef register_pipelines"
    )
    registry.write_text(
        code.replace("    }\n", '        "more": Pipeline([node(double, "brought", "doubled")]),\n    }\n')
    )
    (clean / "src/shop/hooks.py").write_text(
        "from tidemill.hooks import hook_impl\n\n\nclass Brings:\n    @hook_impl\n"
        f"    def {hook}(self, catalog):\n        catalog['brought'] = 1\n"
    )
    (clean / "src/shop/settings.py").write_text("from shop.hooks import Brings\n\nHOOKS = (Brings(),)\n")

    told = json.loads(tidemill("catalog", "check", "--format", "json").out)

    assert [each["level"] for each in told["problems"] if each["dataset"] == "brought"] == ([level] if level else [])
    assert told["errors"] == 0


def test_credentials_that_a_hook_brings(tidemill, clean):
    add(clean, "far: {type: text.TextDataset, filepath: data/f.txt, credentials: vault}\n")
    add(clean, "lost: {type: text.TextDataset, filepath: data/l.txt, credentials: none}\n")
    (clean / "src/shop/settings.py").write_text(
        "from tidemill.hooks import hook_impl\n\n\nclass Vault:\n    @hook_impl\n"
        "    def after_context_created(self, context):\n"
        "        context.config_loader['credentials'] = {'vault': {'key': 'x'}}\n\n\nHOOKS = (Vault(),)\n"
    )

    found = checked(tidemill)

    assert [each[1] for each in found if each[0] == "credentials"] == ["lost"]


def test_versions_that_are_none(tidemill, clean):
    said = tidemill("catalog", "check", "--load-versions", "clean")

    assert said.code == 2
    assert "'clean' has no version: write it as `dataset:version`" in said.err


def test_what_a_factory_makes_is_not_missed(tidemill, clean):
    registry = clean / "src/shop/pipeline_registry.py"
    registry.write_text(registry.read_text().replace('node(clean, ["raw"', 'node(clean, ["north_sales"'))
    assert [each[:2] for each in checked(tidemill)] == [("undefined", "north_sales"), ("unused", "raw")]
    add(clean, '"{kind}_sales": {type: text.TextDataset, filepath: "data/{kind}.txt"}\n')

    assert [each[:2] for each in checked(tidemill)] == [("unused", "raw")]


def test_a_secret_that_comes_from_elsewhere_is_none(tidemill, clean):
    add(clean, "key: abcdefgh\n", "conf/base/globals.yml")
    add(clean, "api: {token: '${globals:key}'}\n", "conf/base/parameters.yml")

    assert [each for each in checked(tidemill) if each[2] == "conf/base/parameters.yml"] == []


def test_a_loader_of_the_users_own_has_no_files_to_name(tidemill, clean):
    (clean / "src/shop/settings.py").write_text(
        "from tidemill.config import AbstractConfigLoader\n\n\nclass Loader(AbstractConfigLoader):\n"
        "    def __init__(self, *args, **kwargs):\n        super().__init__(*args, **kwargs)\n"
        "        self.update(catalog={'raw': {'type': 'text.TextDatset'}}, parameters={'model': {'depth': 2}})\n\n\n"
        "CONFIG_LOADER_CLASS = Loader\n"
    )

    assert checked(tidemill) == [("type", "raw", None, None)]


def test_configuration_that_is_not_there_is_one_mistake(tidemill, clean):
    (clean / "src/shop/settings.py").write_text("CONF_SOURCE = 'cnf'\n")

    said = tidemill("catalog", "check")

    assert said.code == 1
    assert said.out.count("cnf: there is no such folder. Did you mean 'conf'?") == 1


def test_configuration_elsewhere_is_named_by_its_address(tidemill, clean):
    filesystem = fsspec.filesystem("memory")
    filesystem.pipe("/check/base/catalog.yml", b"raw: {type: text.TextDatset, filepath: data/raw.txt}\n")
    filesystem.pipe("/check/base/parameters.yml", b"model: {depth: 2}\n")
    (clean / "src/shop/settings.py").write_text("CONF_SOURCE = 'memory://check'\n")

    assert ("type", "raw", "memory://check/base/catalog.yml", 1) in checked(tidemill)
    filesystem.rm("/check", recursive=True)


class TestLive:
    def test_what_cannot_be_made(self, tidemill, clean):
        add(clean, "bad: {type: shop.bad.BadDataset}\n")
        (clean / "src/shop/bad.py").write_text(
            "from tidemill import AbstractDataset\n\n\nclass BadDataset(AbstractDataset):\n"
            "    def __init__(self):\n        raise ValueError('no wheels')\n"
        )

        unused = ("unused", "bad", "conf/base/catalog.yml", 5)
        assert checked(tidemill) == [unused]
        assert checked(tidemill, "--live") == [unused, ("definition", "bad", "conf/base/catalog.yml", 5)]

    def test_what_is_missing(self, tidemill, clean):
        (clean / "data/raw.txt").unlink()

        assert checked(tidemill) == []
        assert checked(tidemill, "--live") == [("missing", "raw", "conf/base/catalog.yml", 2)]

    def test_what_is_made_on_the_way_may_be_missing(self, tidemill, clean):
        assert checked(tidemill, "--live") == []

    def test_what_cannot_be_reached(self, tidemill, clean):
        (clean / "data").rename(clean / "moved")
        (clean / "data").write_text("no folder")
        add(clean, "far: {type: text.TextDataset, filepath: 'nowhere://x/y.txt'}\n")

        found = checked(tidemill, "--live")

        assert ("missing", "raw", "conf/base/catalog.yml", 2) in found
        assert any(each[1] == "far" and each[0] in {"unreachable", "definition"} for each in found)

    def test_what_never_answers(self, tidemill, clean):
        add(clean, "slow: {type: shop.slow.SlowDataset}\nquick: {type: text.TextDataset, filepath: data/q.txt}\n")
        (clean / "src/shop/slow.py").write_text(
            "import threading\nfrom tidemill import AbstractDataset\nASLEEP = threading.Event()\n\n\n"
            "class SlowDataset(AbstractDataset):\n    def _load(self): ...\n    def _save(self, data): ...\n"
            "    def _describe(self): return {}\n    def _exists(self): return ASLEEP.wait(60)\n"
        )
        begin = time.monotonic()

        said = tidemill("catalog", "check", "--live", "--timeout", "0.5")

        assert time.monotonic() - begin < 30  # it did not wait for the store
        assert said.code == 1
        assert "'slow': its store has not answered within 0.5 seconds" in said.out
        for each in threading.enumerate():
            if each.name.startswith("tidemill-live"):
                import shop.slow

                shop.slow.ASLEEP.set()
                each.join()


def test_a_file_that_cannot_be_read_is_one_mistake(tidemill, clean):
    (clean / "conf/base/catalog.yml").write_text("raw: [1\n")

    said = tidemill("catalog", "check")

    assert said.code == 1
    assert said.err.splitlines()[-1] == "0 definitions checked: 1 error."
    assert "needs it" not in said.out


def test_an_environment_that_is_not_there_is_one_mistake(tidemill, clean):
    said = tidemill("catalog", "check", "--env", "staging")

    assert said.code == 1
    assert said.err.splitlines()[-1] == "0 definitions checked: 1 error."
    assert said.out.count("there is no such environment") == 1


def test_credentials_in_the_catalog_itself_are_in_plain_sight(tidemill, clean):
    entry = (
        "{type: text.TextDataset, filepath: data/raw.txt, credentials: {user: me, password: abcdefgh, token: ijklmnop}}"
    )
    catalog = clean / "conf/base/catalog.yml"
    catalog.write_text(f"{catalog.read_text()}\nmore: {entry}\n")

    said = tidemill("catalog", "check")

    assert said.out.count("'more': its credentials stand in plain sight. Move them to credentials.yml") == 1
    assert "abcdefgh" not in said.out + said.err
