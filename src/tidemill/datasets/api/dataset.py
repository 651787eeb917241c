"""api.APIDataset."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tidemill.datasets.api.record import ResponseDataset
from tidemill.datasets.api.request import filesystem_options, send, with_credentials
from tidemill.datasets.choice import chosen
from tidemill.errors import DatasetConfigError, DatasetError
from tidemill.io.dataset import AbstractDataset
from tidemill.io.file import FileDataset
from tidemill.io.secrets.redaction import mask_url, redact
from tidemill.io.versions import Version

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Mapping

    from requests import Response
    from requests.auth import AuthBase

_METHODS = ("GET", "POST", "PUT")
_CHUNK, _TIMEOUT = 100, 60


class APIDataset(FileDataset[Any, "Response"]):
    """What a web service answers: a load is a GET that returns the response of requests, a save a POST or PUT of JSON.

    With `versioned: true` and a `filepath`, every load records its response there as a version, and a version that is
    asked for by its name is answered from the record, without the network.
    """

    def __init__(
        self,
        url: str,
        method: str = "GET",
        load_args: Mapping[str, Any] | None = None,
        save_args: Mapping[str, Any] | None = None,
        credentials: tuple[str, str] | list[str] | Mapping[str, Any] | AuthBase | None = None,
        metadata: Any = None,
        response_dataset: str | type[AbstractDataset[Any, Any]] | Mapping[str, Any] | None = None,
        filepath: str | os.PathLike[str] | None = None,
        version: Version | None = None,
        fs_args: Mapping[str, Any] | None = None,
        retries: int | Mapping[str, Any] = 0,
    ) -> None:
        """Set what is asked, and where answers are recorded.

        Args:
            url: Where requests go.
            method: `GET` to load; `POST` or `PUT` to save.
            load_args: What `requests.request` takes: `params`, `headers`, `json`, `timeout` (seconds) ...
            save_args: The same for saves; and `chunk_size`, how many items of a list go with one request (100), or
                `send_individually: true` for one each.
            credentials: `[user, password]`, an object of `requests.auth`, or a mapping with `auth`, `headers` and
                `params`, which are added to those of the arguments, and `filesystem`, options for that of the records.
            metadata: Anything.
            response_dataset: The definition of a dataset that keeps the answer to the last save.
            filepath: Where responses are recorded, if it is versioned.
            version: Which record to load, and which to make.
            fs_args: Options for the filesystem of the records.
            retries: How often a request that found no server, or a busy one, is sent again; or what `urllib3.Retry`
                takes. A POST that may have arrived is not repeated.

        Raises:
            DatasetConfigError: Another method; versions without a filepath, or the other way round.
        """
        chosen("APIDataset", "method", method, _METHODS)
        if version is not None and filepath is None:
            raise DatasetConfigError("APIDataset: `versioned: true` needs a `filepath`, where responses are recorded.")
        if filepath is not None and version is None:
            raise DatasetConfigError("APIDataset: a `filepath` keeps records, with `versioned: true`. Add it, too.")
        super().__init__(filepath or ".", None, None, version, filesystem_options(credentials), fs_args, metadata)
        self._filepath_given, self._fs_args = filepath, dict(fs_args or {})
        self._api_url, self._method, self._retries = url, method, retries
        self._credentials = credentials
        self._load_args = with_credentials(load_args, credentials)
        arguments = {"timeout": _TIMEOUT, **(save_args or {})}
        self._chunk_size = int(arguments.pop("chunk_size", None) or _CHUNK)
        if arguments.pop("send_individually", False):
            self._chunk_size = 0
        self._save_args = with_credentials(arguments, credentials)
        self._response_dataset = _dataset(response_dataset)

    def get_last_response(self) -> Any:
        """Return what the `response_dataset` kept of the answer to the last save.

        Raises:
            DatasetError: There is no such dataset, or nothing in it.
        """
        if self._response_dataset is None:
            raise DatasetError("APIDataset keeps the answers to its saves where a `response_dataset` says so: add one.")
        return self._response_dataset.load()

    def _load(self, **load_args: Any) -> Response:
        pinned = self._pinned()
        if pinned is not None:
            return pinned.load()
        if self._method != "GET":
            raise DatasetError(
                f"APIDataset with the method {self._method} only saves. To load, make an entry with `method: GET`."
            )
        response = send("GET", self._api_url, {**self._load_args, **load_args}, self._retries)
        if self._version:
            vars(self)["_load_version"] = self._record(response, self._version.save)
        return response

    def _save(self, data: Any) -> None:
        if self._method == "GET":
            raise DatasetError("APIDataset with the method GET only loads. To save, say `method: POST` or `PUT`.")
        content = json.loads(data) if isinstance(data, (str, bytes)) else data
        response = None
        parts = self._chunks(content)
        for number, part in enumerate(parts):
            try:
                response = send(self._method, self._api_url, {**self._save_args, "json": part}, self._retries)
            except OSError as exc:  # requests' errors are of that kind
                if len(parts) == 1:
                    raise
                raise DatasetError(
                    f"Request {number + 1} of {len(parts)} failed, and those before it were accepted.\n"
                    f"  {type(exc).__name__}: {mask_url(str(exc))}"
                ) from exc
        if self._response_dataset is not None and response is not None:
            self._response_dataset.save(_content(response))

    def _chunks(self, content: Any) -> list[Any]:
        if not isinstance(content, list):
            return [content]
        if self._chunk_size == 0:
            return content
        return [content[at : at + self._chunk_size] for at in range(0, len(content), self._chunk_size)]

    def _record(self, response: Response, version: str | None) -> str | None:
        """Keep a response under the version that is wanted, or where that is taken under a new one; return which."""
        records = self._records(Version(version, version))
        if version is not None and records.exists():
            records = self._records(Version(None, None))
        records.save(response)
        return records.resolve_load_version()

    def _pinned(self) -> ResponseDataset | None:
        """Return the record that answers if a version is pinned."""
        fixed = self._version.load if self._version else None
        return None if fixed is None else self._records(Version(fixed, None))

    def _records(self, version: Version) -> ResponseDataset:
        where = self._filepath_given or ""
        record = ResponseDataset(
            where, version=version, credentials=filesystem_options(self._credentials), fs_args=self._fs_args
        )
        record._name = self._name
        return record

    def _around_save(self, write: Callable[[], None], data: Any) -> None:  # noqa: ARG002 - as the base class calls it
        write()  # nothing here is replaced: what is sent is sent

    def _exists(self) -> bool:
        pinned = self._pinned()
        if pinned is not None:
            return pinned.exists()
        if self._method != "GET":
            return False
        return bool(send("GET", self._api_url, self._load_args, self._retries).ok)

    def fingerprint(self) -> str | None:
        """Return the version of the record that loads read; None where nothing is recorded."""
        return super().fingerprint() if self._version else None

    def _describe(self) -> dict[str, Any]:
        arguments = self._load_args if self._method == "GET" else self._save_args
        where = {"filepath": str(self._filepath_given), "version": self._version} if self._version else {}
        described: dict[str, Any] = redact({"url": self._api_url, "method": self._method, **arguments, **where})
        return described


def _dataset(definition: Any) -> AbstractDataset[Any, Any] | None:
    if definition is None:
        return None
    config = definition if hasattr(definition, "keys") else {"type": definition}
    return AbstractDataset.from_config("response_dataset", config)


def _content(response: Response) -> Any:
    try:
        return response.json()
    except ValueError:
        return response.text
