from __future__ import annotations

import sqlite3

import pytest


def test_a_run_tells_what_it_does_and_what_it_wrote(tidemill, shop):
    said = tidemill("run")

    assert said.code == 0
    lines = said.err.splitlines()
    assert lines[0] == "Running 3 nodes"
    assert lines[1].startswith("[1/3] clean: done, ")
    assert lines[4].startswith("Done: 3 nodes in ")
    assert lines[5] == "Written:"
    version = next(each.name for each in (shop / "data/clean.txt").iterdir() if not each.name.startswith("."))
    assert lines[6].split()[:4] == ["clean", version, "12", "B"]
    assert lines[7].split()[:3] == ["report", "2", "B"]
    assert lines[8] == "In memory only, gone now: count"
    assert (shop / "data/report.txt").read_text() == "12"


def test_only_missing_outputs(tidemill, shop):
    tidemill("run")
    (shop / "data/report.txt").unlink()

    said = tidemill("run", "--only-missing-outputs")

    assert said.code == 0
    assert "Running 2 nodes" in said.err
    assert "Skipped, nothing of theirs is missing: clean" in said.err


@pytest.mark.parametrize(
    ("arguments", "ran"),
    [
        (["--nodes", "clean"], ["clean"]),
        (["--node", "clean"], ["clean"]),
        (["-n", "clean, count"], ["clean", "count"]),
        (["-n", "clean", "-n", "count"], ["clean", "count"]),
        (["--to-nodes", "count"], ["clean", "count"]),
        (["--from-nodes", "clean"], ["clean", "count", "report"]),
        (["--tags", "first,last"], ["clean", "report"]),
        (["--tag", "first"], ["clean"]),
        (["--to-outputs", "count"], ["clean", "count"]),
        (["--from-inputs", "raw"], ["clean", "count", "report"]),
        (["--pipelines", "reporting,__default__", "--nodes", "copy,clean"], ["clean", "copy"]),
        (["--runner", "ThreadRunner", "--async"], ["clean", "count", "report"]),
        (["--runner", "thread", "--runner-params", "max_workers=1"], ["clean", "count", "report"]),
        (["--runner", "tidemill.runner.SequentialRunner"], ["clean", "count", "report"]),
        (["--params", "model.depth:3"], ["clean", "count", "report"]),
        (["--keep-going", "--retries", "1"], ["clean", "count", "report"]),
    ],
)
def test_options_choose_what_runs(tidemill, shop, arguments, ran):
    if "--tags" in arguments:
        with (shop / "conf/base/catalog.yml").open("a") as file:
            file.write("count: {type: json.JSONDataset, filepath: data/count.json}\n")
        tidemill("run")

    said = tidemill("run", *arguments)

    assert said.code == 0, said.err
    done = [line.split()[1].rstrip(":") for line in said.err.splitlines() if ": done, " in line]
    assert sorted(done) == ran


@pytest.mark.usefixtures("shop")
@pytest.mark.parametrize(
    ("arguments", "parts"),
    [
        (["--nodes", "claen"], ["'claen'", "Did you mean 'clean'"]),
        (["--pipeline", "reprting"], ["'reprting'", "Did you mean 'reporting'"]),
        (["--tags", "first,lst"], ["--tags lst", "Did you mean 'last'"]),
        (["--from-inputs", "rwa"], ["'rwa'", "Did you mean 'raw'"]),
        (["--params", "model.dept=3"], ["--params model.dept", "Did you mean 'model.depth'"]),
        (["--params", "model"], ["'model' has no value", "model=value"]),
        (["--params", "model.depth=[1,2"], ["'2' has no value", "a bracket that is not closed"]),
        (["--load-versions", "claen:1"], ["'claen'", "Did you mean 'clean'"]),
        (["--load-versions", "raw:1"], ["'raw' (TextDataset) keeps no versions", "versioned: true"]),
        (["--load-versions", "clean:1"], ["makes 'clean' anew", "Drop the version"]),
        (["--load-versions", "clean"], ["'clean' has no version", "dataset:version"]),
        (["--runner", "treads"], ["'treads'", "Did you mean 'thread'"]),
        (["--runner", "shop.Runner"], ["'shop.Runner' cannot be imported"]),
        (["--runner", "pathlib.Path"], ["'pathlib.Path' is no runner", "AbstractRunner"]),
        (["--runner", "thread", "--runner-params", "max_worker=2"], ["'max_worker'", "Did you mean 'max_workers'"]),
        (["--piepline", "x"], ["'--piepline'", "Did you mean '--pipeline'"]),
        (["--config", "no.yml"], ["'no.yml' does not exist"]),
        (["--retries", "-1"], ["-1"]),
        (["extra"], ["extra"]),
    ],
)
def test_what_is_wrong_on_the_command_line_ends_with_code_2(tidemill, arguments, parts):
    said = tidemill("run", *arguments)

    assert said.code == 2, said.err
    assert [part for part in parts if part not in said.err] == []
    assert said.err.splitlines()[-1] == "See `tidemill run --help`."
    assert "done" not in said.err


def test_what_is_missing_is_told_at_once_before_anything_runs(tidemill, shop):
    (shop / "data/raw.txt").rename(shop / "data/row.txt")

    said = tidemill("run")

    assert said.code == 1
    assert "'raw', needed by 'clean', does not exist at" in said.err
    assert "Did you mean 'row.txt'" in said.err
    assert "Running" not in said.err


def test_a_pin_on_what_the_run_does_not_read_is_told_and_no_error(tidemill, shop):
    tidemill("run")

    said = tidemill(
        "run", "--nodes", "report", "--to-nodes", "report", "--only-missing-outputs", "--load-versions", "clean:1"
    )

    assert said.code == 0, said.err
    assert "does not read 'clean'" in said.err


def test_a_failure_tells_the_users_line_and_how_to_go_on(tidemill, shop):
    said = tidemill("run", "--pipeline", "broken", "--env", "base", "--runner", "thread", "--params", "model.depth=3")

    assert said.code == 1
    lines = said.err.splitlines()
    at = lines.index("Error: Node 'fail' failed while running.")
    assert lines[at + 1] == "  ValueError: no wheels"
    assert lines[at + 2].startswith("  src/shop/pipeline_registry.py:")
    assert 'raise ValueError("no wheels")' in lines[at + 2]
    # What only the nodes before it use is left out: it would be refused.
    assert lines[at + 3] == (
        "To go on from here: tidemill run --pipeline broken --from-nodes fail --env base --runner thread"
    )
    assert lines[at + 4] == "The whole traceback: .tidemill/last_error.txt"
    kept = (shop / ".tidemill/last_error.txt").read_text()
    assert "Traceback (most recent call last)" in kept
    assert "ValueError: no wheels" in kept

    again = tidemill(*lines[at + 3].partition("tidemill ")[2].split())
    assert [line for line in again.err.splitlines() if "[" in line] == ["[0/1] fail: FAILED, 0.0 s"]


def test_where_nothing_was_kept_one_starts_again_with_the_same_options(tidemill, shop):
    (shop / "conf/base/catalog.yml").write_text("raw: {type: text.TextDataset, filepath: data/raw.txt}\n")

    said = tidemill("run", "-p", "broken", "--params", "model.depth=3", "--keep-going")

    assert said.code == 1
    assert "To start again: tidemill run --pipeline broken --params model.depth=3 --keep-going" in said.err
    assert "To go on" not in said.err
    where = [line for line in said.err.splitlines() if "no wheels" in line]
    assert len(where) == 2  # what was raised, and the user's line, each once
    assert where[1].startswith("    src/shop/pipeline_registry.py:")


def test_the_whole_traceback_where_it_is_asked_for(tidemill, shop):
    said = tidemill("run", "-p", "broken", "--traceback")

    assert said.code == 1
    assert "Traceback (most recent call last)" in said.err


@pytest.mark.usefixtures("shop")
def test_options_from_a_file_and_the_command_line_over_them(tidemill, shop):
    (shop / "run.yml").write_text("run:\n  nodes: [clean]\n  params: {model.depth: 4}\n  runner: ThreadRunner\n")

    assert tidemill("run", "--config", "run.yml").code == 0
    assert "Running 1 node\n" in tidemill("run", "-c", "run.yml").err
    assert "Running 2 nodes" in tidemill("run", "-c", "run.yml", "--nodes", "clean,count").err
    newest = max(
        (each for each in (shop / "data/clean.txt").iterdir() if each.name[0] != "."), key=lambda each: each.name
    )
    assert (newest / "clean.txt").read_text() == "a line" * 4


@pytest.mark.parametrize(
    ("content", "part"),
    [
        ("run: {nodez: clean}", "there is no option 'nodez'. Did you mean 'nodes'"),
        ("run: 3", "`run` is a int"),
        ("run: {keep_going: maybe}", "`keep_going` is 'maybe'"),
        ("run: {retries: -1}", "`retries` is -1"),
        ("run: [", "run.yml, line 2"),
    ],
)
def test_a_file_of_options_that_is_none(tidemill, shop, content, part):
    (shop / "run.yml").write_text(content)

    said = tidemill("run", "--config", "run.yml")

    assert said.code == 2
    assert part in said.err


def test_runs_are_written_down(tidemill, shop):
    tidemill("run")
    tidemill("run", "-p", "broken")

    with sqlite3.connect(shop / ".tidemill/runs.sqlite") as connection:
        assert connection.execute("SELECT pipeline, runner, outcome FROM runs ORDER BY number").fetchall() == [
            ("__default__", "SequentialRunner", "done"),
            ("broken", "SequentialRunner", "failed"),
        ]
        nodes = connection.execute("SELECT node, outcome FROM nodes WHERE run = 2 ORDER BY node").fetchall()
    connection.close()
    assert nodes == [("clean", "done"), ("count", "done"), ("fail", "failed"), ("report", "done")]
    assert (shop / ".tidemill/.gitignore").read_text() == "*\n"


def test_a_history_that_is_damaged_breaks_no_run(tidemill, shop):
    tidemill("run")
    (shop / ".tidemill/runs.sqlite").write_bytes(b"no database at all" * 100)

    with pytest.warns(UserWarning, match="was damaged"):
        said = tidemill("run")

    assert said.code == 0
    assert (shop / ".tidemill/runs.sqlite.damaged").exists()


def test_parameters_that_only_the_configuration_reads(tidemill, shop):
    catalog = (shop / "conf/base/catalog.yml").read_text()
    (shop / "conf/base/catalog.yml").write_text(
        catalog.replace("data/report.txt", '"data/${runtime_params:name,report}.txt"')
    )

    said = tidemill("run", "--params", "name=other")

    assert said.code == 0, said.err
    assert (shop / "data/other.txt").exists()


def test_parameters_that_only_a_hook_may_read_are_a_note(tidemill, shop):
    (shop / "src/shop/settings.py").write_text(
        "from tidemill import hook_impl\n\nclass Reader:\n    @hook_impl\n"
        "    def after_context_created(self, context):\n        pass\n\nHOOKS = (Reader(),)\n"
    )

    said = tidemill("run", "--params", "run_date=2020-01-01")

    assert said.code == 0, said.err
    assert "Note: `--params run_date`: no node of this run uses it; maybe a hook does: Reader." in said.err


def test_outside_of_a_project(tidemill, tmp_path, monkeypatch):
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path / "empty")

    said = tidemill("run")

    assert said.code == 1
    assert "There is no project in" in said.err
    assert "tidemill new" in said.err


def test_a_project_elsewhere(tidemill, shop, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)

    assert tidemill("run", "--project", str(shop)).code == 0
    assert tidemill("--project", str(shop), "registry", "list").code == 0
    said = tidemill("run", "--project", str(shop), "-p", "broken")
    assert f"tidemill run --project {shop} --pipeline broken --from-nodes fail" in said.err


RUNNERS = """
from tidemill.runner import SequentialRunner


class Plain(SequentialRunner):
    def __init__(self):
        super().__init__()


class Handing(SequentialRunner):
    def __init__(self, pace=1, **options):
        super().__init__(**options)
        if pace < 0:
            raise ValueError("a pace is not negative")
"""


@pytest.mark.parametrize("arguments", [["shop.runners.Plain"], ["shop.runners.Handing", "--runner-params", "pace=2"]])
def test_a_runner_of_the_users_own_is_told_like_ours(tidemill, shop, arguments):
    (shop / "src/shop/runners.py").write_text(RUNNERS)

    said = tidemill("run", "--runner", *arguments)

    assert said.code == 0, said.err
    assert [line.partition(",")[0] for line in said.err.splitlines() if line.startswith("[")] == [
        "[1/3] clean: done", "[2/3] count: done", "[3/3] report: done"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["shop.runners.Plain", "--runner-params", "pace=2"], "Plain takes no 'pace'. It takes nothing."),
        (["shop.runners.Handing", "--runner-params", "pcae=2"], "Handing takes no 'pcae'. Did you mean 'pace'?"),
        (["shop.runners.Handing", "--runner-params", "pace=-1"], "Handing cannot be made: a pace is not negative"),
    ],
)
def test_a_runner_of_the_users_own_that_cannot_be_made(tidemill, shop, arguments, told):
    (shop / "src/shop/runners.py").write_text(RUNNERS)

    said = tidemill("run", "--runner", *arguments)

    assert said.code == 2
    assert told in said.err


def test_a_failure_among_missing_outputs_is_mended_by_the_same_command(tidemill, shop):
    with (shop / "conf/base/catalog.yml").open("a") as file:
        file.write("never: {type: text.TextDataset, filepath: data/never.txt}\n")

    said = tidemill("run", "--pipeline", "broken", "--only-missing-outputs")

    assert said.code == 1
    assert "To go on from here: tidemill run --pipeline broken --only-missing-outputs" in said.err.splitlines()


def test_a_session_that_fails_before_the_run_says_nothing_of_going_on(tidemill, shop):
    (shop / "src/shop/settings.py").write_text(
        "from tidemill.project import Session\n\nclass Mine(Session):\n    def run(self, *args, **kwargs):\n"
        "        raise ValueError('not today')\n\nSESSION_CLASS = Mine\n"
    )

    said = tidemill("run")

    assert said.code == 1
    assert "not today" in said.err
    assert "To go on" not in said.err
    assert not (shop / ".tidemill/runs.sqlite").exists()


def test_a_run_in_a_command_of_the_users_own_says_how_to_go_on(tidemill, shop):
    (shop / "src/shop/cli.py").write_text(
        "import click\nfrom tidemill.project import Session\n\n@click.group()\ndef cli():\n    pass\n\n"
        "@cli.command()\ndef nightly():\n    with Session.create() as session:\n        session.run('broken')\n"
    )

    said = tidemill("nightly")

    assert said.code == 1
    assert "no wheels" in said.err
    assert said.err.count("To go on from here") == 1


def test_a_session_of_the_users_own_runs_as_it_says(tidemill, shop):
    (shop / "src/shop/settings.py").write_text(
        "from tidemill.project import Session\n\nclass Mine(Session):\n    def run(self, *args, **kwargs):\n"
        "        print('mine', kwargs['node_names'])\n        return super().run(*args, **kwargs)\n\n"
        "SESSION_CLASS = Mine\n"
    )

    said = tidemill("run", "--nodes", "clean")

    assert said.code == 0, said.err
    assert said.out == "mine ['clean']\n"
    assert "Done: 1 node" in said.err
