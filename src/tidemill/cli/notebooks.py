"""`tidemill ipython` and `tidemill jupyter`: IPython and Jupyter with the project opened."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import click

from tidemill.cli.command import command, group
from tidemill.cli.errors import CommandError
from tidemill.cli.invocation import Invocation, pass_invocation
from tidemill.cli.shared_options import env_option

if TYPE_CHECKING:
    from tidemill.project import Metadata

#: The room beside this one, which is named and not imported, and the variable by which it finds the project.
_EXTENSION, _VARIABLE = "tidemill.ipython", "TIDEMILL_PROJECT_PATH"
_PASSED_ON = {"ignore_unknown_options": True}
_arguments = click.argument("arguments", nargs=-1, type=click.UNPROCESSED)


@command(
    in_project=True,
    context_settings=_PASSED_ON,
    examples=["tidemill ipython", "tidemill ipython --env prod", "tidemill ipython -- -c 'catalog.keys()'"],
)
@env_option
@_arguments
@pass_invocation
def ipython(invocation: Invocation, env: str | None, arguments: tuple[str, ...]) -> None:
    """Open IPython with `catalog`, `context`, `session` and `pipelines`; what follows `--` goes to IPython."""
    project = _project(invocation)
    _needs("IPython", "IPython")
    from IPython import start_ipython

    os.environ.update(_environment(project, env))
    sys.exit(start_ipython(argv=["--ext", _EXTENSION, *arguments]))


@group(examples=["tidemill jupyter lab", "tidemill jupyter setup"])
def jupyter() -> None:
    """Open Jupyter with a kernel that knows the project, or only install that kernel."""


@jupyter.command("setup", in_project=True, examples=["tidemill jupyter setup"])
@pass_invocation
def setup(invocation: Invocation) -> None:
    """Install a kernel that opens this project, for any Jupyter of yours."""
    project = _project(invocation)
    click.echo(f"The kernel '{_install_kernel(project)}' opens {project.project_name}.")


@jupyter.command(
    "notebook", in_project=True, context_settings=_PASSED_ON, examples=["tidemill jupyter notebook -- --no-browser"]
)
@env_option
@_arguments
@pass_invocation
def notebook(invocation: Invocation, env: str | None, arguments: tuple[str, ...]) -> None:
    """Open Jupyter Notebook; what follows `--` goes to Jupyter."""
    _open("notebook", _project(invocation), env, arguments)


@jupyter.command("lab", in_project=True, context_settings=_PASSED_ON, examples=["tidemill jupyter lab --env prod"])
@env_option
@_arguments
@pass_invocation
def lab(invocation: Invocation, env: str | None, arguments: tuple[str, ...]) -> None:
    """Open JupyterLab; what follows `--` goes to Jupyter."""
    _open("lab", _project(invocation), env, arguments)


def _project(invocation: Invocation) -> Metadata:
    """Return the project; its code is imported where it is opened, not here."""
    return invocation.find_project() or invocation.project()  # the second says what is missing


def _environment(project: Metadata, env: str | None) -> dict[str, str]:
    """Return the variables by which the extension finds the project."""
    return {_VARIABLE: str(project.project_path), **({"TIDEMILL_ENV": env} if env else {})}


def _needs(module: str, package: str) -> None:
    from importlib.util import find_spec

    if find_spec(module) is None:
        raise CommandError(f"{package} is not installed here.\nInstall it: pip install 'tidemill[notebook]'")


def _open(what: str, project: Metadata, env: str | None, arguments: tuple[str, ...]) -> None:
    _needs("notebook" if what == "notebook" else "jupyterlab", f"Jupyter ({what})")
    import subprocess

    kernel = _install_kernel(project)
    asked = [sys.executable, "-m", "jupyter", what, f"--MultiKernelManager.default_kernel_name={kernel}", *arguments]
    variables = {**os.environ, **_environment(project, env)}
    sys.exit(subprocess.call(asked, env=variables))  # noqa: S603 - Jupyter, with what the user passes on


def _install_kernel(project: Metadata) -> str:
    """Install the kernel of a project for this user, and return its name."""
    _needs("ipykernel", "ipykernel")
    import json
    import tempfile

    from jupyter_client.kernelspec import KernelSpecManager

    name = f"tidemill_{project.package_name}".lower()
    launch = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}", "--ext", _EXTENSION]
    specification = {
        "argv": launch,
        "display_name": f"Tidemill ({project.project_name})",
        "language": "python",
        "env": {_VARIABLE: str(project.project_path)},
    }
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, "kernel.json"), "w", encoding="utf-8") as file:
            json.dump(specification, file, indent=2)
        KernelSpecManager().install_kernel_spec(folder, name, user=True)
    return name
