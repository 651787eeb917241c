"""What a project, its folder and its package may be called, and what they are called where nobody says."""

from __future__ import annotations

import keyword
import re
import sys
import unicodedata

from tidemill.errors import TemplateError

_PROJECT = re.compile(r"[\w][\w .\-]*", re.UNICODE)
_FOLDER = re.compile(r"\w[\w.\-]*", re.UNICODE)
_PACKAGE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_PIPELINE = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_LONGEST = 100
_SPOKEN_FOR = frozenset({"tidemill", "kedro", "kedro_datasets", "conf", "data", "src", "tests"})


def folder_name(project_name: str) -> str:
    """Return `tide-tables` for `Tide Tables`."""
    return re.sub(r"[\s_]+", "-", project_name.strip()).lower()


def package_name(project_name: str) -> str:
    """Return `tide_tables` for `Tide Tables`: plain letters, digits and underscores."""
    plain = unicodedata.normalize("NFKD", project_name.strip().replace("ß", "ss")).encode("ascii", "ignore").decode()
    name = re.sub(r"[^A-Za-z0-9]+", "_", plain).strip("_").lower()
    return f"project_{name}".rstrip("_") if not name or name[0].isdigit() else name


def check_project_name(name: str) -> str:
    """Return the name of a project without blanks around it.

    Raises:
        TemplateError: It is empty, too long, or has other characters than it may have.
    """
    name = name.strip()
    if not _PROJECT.fullmatch(name) or len(name) > _LONGEST:
        raise TemplateError(
            f"The project name {_shown(name)} cannot be used: write up to {_LONGEST} letters, digits, spaces, dots, "
            "hyphens and underscores, the first of them a letter or digit, such as 'Tide Tables'."
        )
    return name


def check_folder_name(name: str) -> str:
    """Return the name of a project's folder.

    Raises:
        TemplateError: It is no plain name of a folder.
    """
    if not _FOLDER.fullmatch(name) or len(name) > _LONGEST:
        raise TemplateError(
            f"The folder name {_shown(name)} cannot be used: write letters, digits, dots, hyphens and underscores, "
            f"such as '{folder_name(re.sub(r'[^A-Za-z0-9 ]+', ' ', name)).strip('-') or 'tide-tables'}'."
        )
    return name


def check_package_name(name: str) -> str:
    """Return the name of a Python package.

    Raises:
        TemplateError: It is none, or one that is taken.
    """
    if not _PACKAGE.fullmatch(name) or len(name) > _LONGEST:
        raise TemplateError(
            f"The package name {_shown(name)} cannot be used: write letters, digits and underscores, the first no "
            f"digit, such as '{package_name(name)}'. Say it with --package."
        )
    _check_free("package", name, "Say another with --package.")
    return name


def check_pipeline_name(name: str) -> str:
    """Return the name of a pipeline, which is a package in `pipelines/`.

    Raises:
        TemplateError: It is no name, or a word of Python's.
    """
    if not _PIPELINE.fullmatch(name) or len(name) > _LONGEST:
        raise TemplateError(
            f"The pipeline name {_shown(name)} cannot be used: write letters, digits and underscores, the first a "
            f"letter, such as '{package_name(name)}'."
        )
    if keyword.iskeyword(name):
        raise TemplateError(f"The pipeline name '{name}' is a word of Python's. Choose another, such as '{name}_data'.")
    return name


def _check_free(what: str, name: str, remedy: str) -> None:
    from tidemill.datasets import DATASETS

    low = name.lower()
    if keyword.iskeyword(name) or keyword.iskeyword(low):
        raise TemplateError(f"The {what} name '{name}' is a word of Python's. {remedy}")
    if low in sys.stdlib_module_names:
        raise TemplateError(f"The {what} name '{name}' would hide a module of Python's. {remedy}")
    if low in _SPOKEN_FOR or any(low in row.needs for row in DATASETS.values()):
        raise TemplateError(f"The {what} name '{name}' is taken by something that the project uses. {remedy}")


def _shown(name: str) -> str:
    return repr(name) if len(name) <= _LONGEST else f"{name[:_LONGEST]!r}..."
