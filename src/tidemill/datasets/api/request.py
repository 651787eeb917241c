"""One request: what is sent, how often it is tried, and what an answer must be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tidemill.errors import DatasetConfigError

if TYPE_CHECKING:
    from requests import Response

_LOGIN = {"username", "password"}
_PARTS = {"auth", "headers", "params", "filesystem"}
# What requests wants as tuples, and YAML has as lists.
_TUPLES = ("auth", "cert")
#: Answers that may be others a moment later.
_PASSING = (429, 500, 502, 503, 504)


def send(method: str, url: str, arguments: Mapping[str, Any], retries: int | Mapping[str, Any] = 0) -> Response:
    """Return the answer to a request.

    Args:
        method: `GET`, `POST`, `PUT`.
        url: Where to.
        arguments: What `requests.request` takes.
        retries: How often to try again, or what `urllib3.Retry` takes.

    Raises:
        requests.RequestException: There is none, or one with a status of failure.
    """
    import requests
    from requests.adapters import HTTPAdapter
    from urllib3 import Retry

    session = requests.Session()
    if retries:
        options = retries if isinstance(retries, Mapping) else {"total": retries}
        again = Retry(**{"status_forcelist": _PASSING, "backoff_factor": 0.1, "raise_on_status": False, **options})
        for prefix in ("http://", "https://"):
            session.mount(prefix, HTTPAdapter(max_retries=again))
    try:
        response = session.request(method, url, **arguments)
        response.raise_for_status()
    finally:
        if not arguments.get("stream"):
            session.close()
    return response


def with_credentials(arguments: Mapping[str, Any] | None, credentials: Any) -> dict[str, Any]:
    """Return the arguments of a request with what `credentials` add to them.

    Raises:
        DatasetConfigError: Both say who is asking, or the credentials have something else.
    """
    found = dict(arguments or {})
    more = _request_parts(credentials)
    if found.get("auth") and more.get("auth"):
        raise DatasetConfigError("APIDataset: both `auth` and `credentials` say who is asking. Leave one out.")
    for part in ("headers", "params"):
        if more.get(part):
            found[part] = [*_pairs(found.get(part)), *_pairs(more[part])]
    if isinstance(found.get("headers"), list):
        found["headers"] = dict(found["headers"])
    if more.get("auth"):
        found["auth"] = more["auth"]
    for key in _TUPLES:
        if isinstance(found.get(key), list):
            found[key] = tuple(found[key])
    if isinstance(found.get("params"), list):
        found["params"] = [tuple(pair) for pair in found["params"]]
    return found


def filesystem_options(credentials: Any) -> Mapping[str, Any] | None:
    """Return the part of the credentials that is for the filesystem of the records."""
    return credentials.get("filesystem") if isinstance(credentials, Mapping) else None


def _request_parts(credentials: Any) -> Mapping[str, Any]:
    if not isinstance(credentials, Mapping):
        return {"auth": credentials} if credentials else {}
    if credentials.keys() == _LOGIN:
        return {"auth": (credentials["username"], credentials["password"])}
    unknown = [str(key) for key in credentials if key not in _PARTS]
    if unknown:
        raise DatasetConfigError(
            f"APIDataset: `credentials` are [user, password], a mapping with `username` and `password`, or one with "
            f"any of {', '.join(sorted(_PARTS))}; these have {', '.join(sorted(unknown))}."
        )
    return credentials


def _pairs(values: Any) -> list[Any]:
    if isinstance(values, (str, bytes)):
        raise DatasetConfigError("APIDataset: `params` of both the arguments and the credentials must be mappings.")
    return [*values.items()] if isinstance(values, Mapping) else [*(values or [])]
