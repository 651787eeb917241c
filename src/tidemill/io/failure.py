"""From whatever went wrong in a dataset's code to an error that a person can act on."""

from __future__ import annotations

import errno
import os
from typing import Any

from tidemill.errors import DatasetError
from tidemill.io.redaction import mask_text, mask_url, secrets_in

_LONGEST_CAUSE = 800
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


def failure(dataset: Any, doing: str, cause: Exception) -> DatasetError:
    """Return the error that says which dataset, what was tried, where, why, and what may help.

    The cause's own message is masked too, so that a traceback does not print what the message hides.
    """
    secrets = secrets_in(vars(dataset).get("_init_call", ()))
    why = mask_text(_first_lines(cause), secrets)
    _mask_arguments(cause, secrets)
    what = f"'{dataset._name}' ({type(dataset).__name__})" if dataset._name else type(dataset).__name__
    lines = [f"{doing} {what} failed{_at(dataset)}.", f"  {type(cause).__name__}: {why}".rstrip(": ")]
    remedy = _remedy(dataset, cause)
    if remedy:
        lines.append(f"  {remedy}")
    return DatasetError(mask_text("\n".join(lines), secrets))


def _at(dataset: Any) -> str:
    attributes = vars(dataset)
    place = attributes.get("_filepath") or attributes.get("_path")
    protocol = attributes.get("_protocol") or "file"
    if not isinstance(place, (str, os.PathLike)):
        return ""
    text = os.fspath(place)
    return " at " + mask_url(text if protocol == "file" or "://" in text else f"{protocol}://{text}")


def _first_lines(cause: Exception) -> str:
    text = str(cause).strip() or "no message"
    return text if len(text) <= _LONGEST_CAUSE else text[:_LONGEST_CAUSE] + " ..."


def _mask_arguments(cause: BaseException, secrets: set[str]) -> None:
    """Mask secrets in the texts that an exception, and those behind it, would print."""
    seen: set[int] = set()
    current: BaseException | None = cause
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        masked = tuple(mask_text(each, secrets) if isinstance(each, str) else each for each in current.args)
        if masked != current.args:
            current.args = masked
        current = current.__cause__ or current.__context__


def _remedy(dataset: Any, cause: Exception) -> str | None:
    if isinstance(cause, FileNotFoundError):
        return dataset._why_missing()
    if isinstance(cause, PermissionError):
        return f"This user (uid {os.getuid()}) may not read or write there: change the permissions, or the filepath."
    if isinstance(cause, OSError) and cause.errno in _FULL:
        return "The disk is full, or a limit is reached. What was there before is unchanged; make room and save again."
    if isinstance(cause, OSError) and cause.errno == errno.EROFS:
        return "That file system is mounted read-only: choose another filepath."
    return None
