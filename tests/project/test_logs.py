from __future__ import annotations

import io
import logging

import pytest

from tidemill.errors import ProjectError
from tidemill.project import LOGGING, Session, bootstrap_project, logs
from tidemill.runner import preparation

FILE = """
version: 1
disable_existing_loggers: false
formatters: {short: {format: "%(levelname)s|%(name)s|%(message)s"}}
handlers:
  file: {class: logging.FileHandler, filename: logs/all.log, formatter: short, delay: true}
loggers: {shop: {level: INFO, handlers: [file], propagate: false}}
"""


@pytest.fixture(autouse=True)
def loggers():
    yield
    for name in ("shop", "other", "tidemill.runner"):
        logger = logging.getLogger(name)
        for handler in list(logger.handlers):
            logger.removeHandler(handler)
            handler.close()
        logger.setLevel(logging.NOTSET)
        logger.propagate = True


def test_a_library_leaves_logging_alone(fresh_python, make_project):
    home = make_project()
    told = fresh_python(
        "import logging, sys\n"
        "from tidemill.project import Session\n"
        f"with Session.create({str(home)!r}) as session: session.run()\n"
        "print(logging.root.handlers, logging.root.level, logging.getLogger('tidemill').handlers)"
    )

    assert told == "[] 30 []"


def test_an_application_shows_warnings_of_all_and_news_of_the_project(make_project):
    home, stream = bootstrap_project(make_project()), io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logs._Short())
    root = logging.getLogger()
    others = list(root.handlers)
    for each in others:
        root.removeHandler(each)
    try:
        logs.set_up(home, handler=handler)
        logs.set_up(home, handler=logging.StreamHandler(stream))
        for name in ("shop.nodes", "other", "tidemill.catalog"):
            for level in (logging.DEBUG, logging.INFO, logging.WARNING):
                logging.getLogger(name).log(level, "from %s", name)
    finally:
        root.removeHandler(handler)
        for each in others:
            root.addHandler(each)

    assert stream.getvalue().splitlines() == [
        "from shop.nodes",
        "WARNING shop.nodes: from shop.nodes",
        "WARNING other: from other",
        "WARNING tidemill.catalog: from tidemill.catalog",
    ]


@pytest.mark.parametrize("place", ["conf/logging.yml", "conf/base/logging.yml", "conf/local/logging.yaml"])
def test_the_projects_own_file_takes_effect_and_its_paths_are_in_the_project(make_project, place):
    home = make_project({place: FILE})

    bootstrap_project(home)
    logging.getLogger("shop.nodes").info("seen")
    logging.getLogger("other").info("not seen")

    assert (home / "logs" / "all.log").read_text() == "INFO|shop.nodes|seen\n"
    assert LOGGING["version"] == 1


def test_a_variable_names_another_one(make_project, tmp_path, monkeypatch):
    home = make_project({"conf/logging.yml": FILE})
    (tmp_path / "mine.yml").write_text(FILE.replace("all.log", "mine.log"))
    monkeypatch.setenv("KEDRO_LOGGING_CONFIG", str(tmp_path / "mine.yml"))

    bootstrap_project(home)
    logging.getLogger("shop").info("seen")

    assert (home / "logs" / "mine.log").exists()
    assert not (home / "logs" / "all.log").exists()
    monkeypatch.setenv("TIDEMILL_LOGGING_CONFIG", "absent.yml")
    with pytest.raises(ProjectError, match="TIDEMILL_LOGGING_CONFIG names 'absent.yml', and there is no such file"):
        bootstrap_project(home)


def test_a_session_uses_the_file_of_its_environment(make_project):
    home = make_project({"conf/base/logging.yml": FILE, "conf/prod/logging.yml": FILE.replace("all.log", "prod.log")})

    Session.create(home, env="prod")
    logging.getLogger("shop").info("seen")

    assert (home / "logs" / "prod.log").read_text() == "INFO|shop|seen\n"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("- a list\n", "holds a list"),
        ("version: 1\nroot: {handlers: [absent]}\n", "Unable to configure root logger"),
        ("version: 1\nhandlers: {h: {class: no.such.Handler}}\n", "Unable to configure handler 'h'"),
    ],
)
def test_a_file_that_is_wrong_is_an_error_that_names_it(make_project, text, says):
    home = make_project({"conf/logging.yml": text})

    with pytest.raises(ProjectError, match=says) as caught:
        bootstrap_project(home)
    assert "conf/logging.yml" in str(caught.value)


def test_workers_log_as_this_process_does(make_project):
    bootstrap_project(make_project({"conf/logging.yml": FILE}))

    assert logs.configure_logging in preparation._SET


def test_the_handler_of_rich_can_be_named(make_project):
    text = "version: 1\nhandlers: {rich: {class: tidemill.project.logs.RichHandler, rich_tracebacks: true}}\n"
    bootstrap_project(make_project({"conf/logging.yml": text}))

    from rich.logging import RichHandler

    assert issubclass(logs.RichHandler, RichHandler)
    with pytest.raises(AttributeError, match="no attribute 'RichHandlr'"):
        _ = logs.RichHandlr


def test_news_of_libraries_that_are_talkative_stay_out(make_project, monkeypatch):
    said, root = io.StringIO(), logging.getLogger()
    monkeypatch.setattr("sys.stderr", said)
    monkeypatch.setattr(root, "handlers", [])
    logs.set_up(bootstrap_project(make_project()))
    logging.getLogger("other").setLevel(logging.INFO)
    for name in ("other", "shop.nodes"):
        monkeypatch.setattr(logging.getLogger(name), "disabled", False)  # as another test's configuration leaves them

    logging.getLogger("other").info("a heartbeat")
    logging.getLogger("other").warning("a warning")
    logging.getLogger("shop.nodes").info("news")

    assert said.getvalue() == "WARNING other: a warning\nnews\n"


def test_without_a_project_warnings_of_all_and_news_of_ours_are_shown(monkeypatch):
    said = io.StringIO()
    monkeypatch.setattr("sys.stderr", said)
    monkeypatch.setattr(logging.getLogger(), "handlers", [])
    for name in ("other", "tidemill.runner"):
        monkeypatch.setattr(logging.getLogger(name), "disabled", False)  # as another test's configuration leaves them
    logging.getLogger("tidemill.runner").setLevel(logging.INFO)
    logs.set_up()

    logging.getLogger("tidemill.runner").info("news")
    logging.getLogger("other").warning("a warning")

    assert said.getvalue() == "news\nWARNING other: a warning\n"


def test_a_configuration_takes_effect_when_it_is_given(make_project):
    bootstrap_project(make_project())
    LOGGING.configure({"version": 1, "disable_existing_loggers": False, "loggers": {"shop": {"level": "ERROR"}}})

    assert logging.getLogger("shop").level == logging.ERROR
    assert LOGGING["loggers"] == {"shop": {"level": "ERROR"}}


def test_two_projects_with_the_same_file_log_each_into_its_own_folder(make_project):
    first, second = (make_project({"conf/logging.yml": FILE}, name=name) for name in ("first", "second"))
    for home, text in ((first, "one"), (second, "two")):
        bootstrap_project(home)
        logging.getLogger("shop").info(text)

    assert (first / "logs" / "all.log").read_text() == "INFO|shop|one\n"
    assert (second / "logs" / "all.log").read_text() == "INFO|shop|two\n"
