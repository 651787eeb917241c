"""The commands: where each is, and its line of help, so that `--help` imports none of them."""

from __future__ import annotations

from typing import NamedTuple


class Row(NamedTuple):
    """A command: the module and the name in it that are imported when it is called."""

    module: str
    attribute: str
    help: str
    section: str


RUN, LOOK, PROJECT = "Run", "Look", "Projects"

#: By name, in the order of the help.
COMMANDS = {
    "run": Row("tidemill.cli.run", "run", "Run the project's pipelines, or a part of them.", RUN),
    "ipython": Row("tidemill.cli.notebooks", "ipython", "Open IPython with the catalog and the pipelines.", RUN),
    "jupyter": Row("tidemill.cli.notebooks", "jupyter", "Open Jupyter with the catalog and the pipelines.", RUN),
    "catalog": Row("tidemill.cli.catalog", "catalog", "List, describe and check the datasets.", LOOK),
    "versions": Row("tidemill.cli.versions", "versions", "List, show and verify the versions of a dataset.", LOOK),
    "registry": Row("tidemill.cli.registry", "registry", "List and describe the pipelines.", LOOK),
    "new": Row("tidemill.cli.new", "new", "Make a project.", PROJECT),
    "starter": Row("tidemill.cli.new", "starter", "List what a project can start from.", PROJECT),
    "pipeline": Row("tidemill.cli.pipeline", "pipeline", "Create, delete and list a project's pipelines.", PROJECT),
    "package": Row("tidemill.cli.package", "package", "Make a wheel of the project.", PROJECT),
    "completion": Row("tidemill.cli.completion", "completion", "Complete commands in bash, zsh and fish.", PROJECT),
    "info": Row("tidemill.cli.info", "info", "Tell the version, the project and the plugins.", PROJECT),
}
