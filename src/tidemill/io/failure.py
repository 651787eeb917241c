"""From whatever went wrong in a dataset's code to an error that a person can act on."""

from __future__ import annotations

import errno
import os
import re
from typing import TYPE_CHECKING, Any

from tidemill.errors import DatasetError, NotAFolderError, PlaceNotFoundError
from tidemill.io.arguments import arguments_of
from tidemill.io.classes import install_command, is_installed
from tidemill.io.secrets.hiding import hide
from tidemill.io.secrets.redaction import has_mask, mask_text, secrets_in
from tidemill.io.secrets.sensitive import is_secret
from tidemill.io.show import first_lines
from tidemill.names import did_you_mean

if TYPE_CHECKING:
    from tidemill.io.dataset import AbstractDataset

#: How Python says that a function has no such argument.
_NOT_TAKEN = re.compile(r"(unexpected|invalid) keyword argument")
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
#: What fsspec needs for a protocol: an extra of ours, or a library.
_EXTRAS = {"s3": "s3", "s3a": "s3"}
_LIBRARIES = {
    **dict.fromkeys(("gs", "gcs"), "gcsfs"),
    **dict.fromkeys(("abfs", "abfss", "az", "adl"), "adlfs"),
    **dict.fromkeys(("http", "https"), "aiohttp"),
    **dict.fromkeys(("sftp", "ssh"), "paramiko"),
}


def failure(dataset: AbstractDataset[Any, Any], doing: str, cause: Exception, data: object = None) -> DatasetError:
    """Return the error that says which dataset, what was tried, where, why, and what may help.

    The cause's own message is masked too, so that a traceback does not print what the message hides.

    Args:
        dataset: Whose code failed.
        doing: What it was about to do: `Loading`, `Saving` ...
        cause: What it raised.
        data: What was to be saved.
    """
    secrets = secrets_of(dataset)
    place = _place(dataset)
    what = f"'{dataset._name}' ({type(dataset).__name__})" if dataset._name else type(dataset).__name__
    head = f"{doing} {what} failed{' at ' if place else ''}{mask_text(place, secrets, place)}."
    why = mask_text(first_lines(cause), secrets, head)
    hide(cause, secrets, head)
    lines = [head, f"  {type(cause).__name__}: {why}"]
    remedy = _wrong_data(dataset, cause, data) or _wrong_argument(doing, cause) or _remedy(dataset, doing, cause)
    if remedy:
        lines.append(f"  {mask_text(remedy, secrets, head)}")
    return _kind_of(doing, cause)("\n".join(lines))


def _kind_of(doing: str, cause: Exception) -> type[DatasetError]:
    """Return what to raise: code for Kedro, where a save lets these through, catches them as what Python calls them."""
    if doing == "Saving" and isinstance(cause, FileNotFoundError):
        return PlaceNotFoundError
    return NotAFolderError if doing == "Saving" and isinstance(cause, NotADirectoryError) else DatasetError


def tell(dataset: AbstractDataset[Any, Any], error: DatasetError) -> None:
    """Let an error that its author wrote say which dataset it is of, and no secrets."""
    text = str(error)
    if dataset._name and f"'{dataset._name}'" not in text and error.args == (text,):
        error.args = (f"'{dataset._name}': {text}",)
    hide(error, secrets_of(dataset))


def absent(dataset: AbstractDataset[Any, Any]) -> str:
    """Return where a dataset that does not exist would be, and what may help: ` at data/cars.csv. Nothing is ...`."""
    place = _place(dataset)
    remedy = _why_missing(dataset)
    at = f" at {mask_text(place, secrets_of(dataset), place)}" if place else ""
    return f"{at}. {mask_text(remedy, secrets_of(dataset), at)}" if remedy else f"{at}."


def secrets_of(dataset: AbstractDataset[Any, Any]) -> set[str]:
    """Return the secrets that a dataset was made with, or keeps under a name that says so."""
    kept = {key: value for key, value in vars(dataset).items() if is_secret(key)}
    return secrets_in((arguments_of(dataset), kept))


def _place(dataset: AbstractDataset[Any, Any]) -> str:
    attributes = vars(dataset)
    place = attributes.get("_filepath") or attributes.get("_path")
    protocol = attributes.get("_protocol") or "file"
    if not isinstance(place, (str, os.PathLike)):
        return ""
    text = str(place)
    return text if protocol == "file" or "://" in text else f"{protocol}://{text}"


def _wrong_data(dataset: AbstractDataset[Any, Any], cause: Exception, data: object) -> str | None:
    """Return what to do about data that lacks what the format asks of it."""
    if data is None or not isinstance(cause, AttributeError) or getattr(cause, "obj", None) is not data:
        return None
    kind = type(dataset).__name__
    return f"{kind} does not save objects of type {type(data).__name__}: save another, or choose another `type`."


def _wrong_argument(doing: str, cause: Exception) -> str | None:
    """Return where an argument was given that a library does not take."""
    if not isinstance(cause, TypeError) or not _NOT_TAKEN.search(str(cause)):
        return None
    if doing == "Saving":
        return "If `save_args` give it, correct them: they go to the library."
    return (
        "If `load_args` or the call of `load` give it, correct them: they go to the library."
        if doing == "Loading"
        else None
    )


def _remedy(dataset: AbstractDataset[Any, Any], doing: str, cause: Exception) -> str | None:
    """Return what is known to help; nothing that is only likely."""
    protocol = vars(dataset).get("_protocol") or "file"
    if isinstance(cause, ImportError):
        return _library(cause, protocol)
    if isinstance(cause, FileNotFoundError) and doing == "Saving":
        on_disk = protocol == "file" or cause.filename  # of this machine: what its author reads or writes there
        return None if on_disk else "Make the bucket or the folder first, or correct the filepath."
    if isinstance(cause, (FileNotFoundError, IsADirectoryError)):
        return _why_missing(dataset)
    if isinstance(cause, OSError) and (protocol == "file" or cause.errno in _FULL):
        return _remedy_on_disk(cause)
    if has_mask(arguments_of(dataset)):
        return "It was made with `***` in the place of a secret, as `to_config` shows one: put the secret back."
    if isinstance(cause, PermissionError):
        return "The store refused it: check the credentials, and what they allow."
    return _unknown_protocol(protocol) if isinstance(cause, ValueError) and protocol != "file" else None


def _remedy_on_disk(cause: OSError) -> str | None:
    if cause.errno in _FULL:
        return "The disk is full, or a limit is reached. What was there before is unchanged; make room and save again."
    if cause.errno == errno.EROFS:
        return "That file system is mounted read-only: choose another filepath."
    if cause.errno in {errno.EACCES, errno.EPERM}:
        return f"This user (uid {os.getuid()}) may not do that there: change the permissions, or the filepath."
    return None


def _library(cause: ImportError, protocol: str) -> str | None:
    if cause.name:
        return install_command(cause.name)
    if protocol in _EXTRAS and not is_installed("s3fs"):
        return f"pip install 'tidemill[{_EXTRAS[protocol]}]'"
    return install_command(_LIBRARIES[protocol]) if protocol in _LIBRARIES else None


def _unknown_protocol(protocol: str) -> str | None:
    import fsspec

    known = fsspec.available_protocols()
    if "::" in protocol or protocol in known:
        return None
    return f"No filesystem has the protocol '{protocol}'{did_you_mean(protocol, known) or '.'} Correct the filepath."


def _why_missing(dataset: AbstractDataset[Any, Any]) -> str | None:
    try:
        return dataset._why_missing()
    except OSError:  # the folder cannot be looked into either
        return None
