"""An answer of a server as a file: what came back, and nothing of what was sent that could be a secret."""

from __future__ import annotations

import base64
import datetime as dt
import json
from typing import IO, TYPE_CHECKING, Any

from tidemill.io.file import FileDataset
from tidemill.io.secrets.redaction import mask_url
from tidemill.io.secrets.sensitive import is_secret

if TYPE_CHECKING:
    from requests import Response


class ResponseDataset(FileDataset["Response", "Response"]):
    """A response of requests as JSON, without headers that are secrets, such as cookies, and those of the request."""

    OPEN_LOAD = {"mode": "r", "encoding": "utf-8"}
    OPEN_SAVE = {"mode": "w", "encoding": "utf-8"}

    def _read(self, file: IO[str]) -> Response:
        import requests
        from requests.structures import CaseInsensitiveDict

        record = json.load(file)
        response = requests.Response()
        response.status_code, response.reason = record["status_code"], record["reason"]
        response.url, response.encoding = record["url"], record["encoding"]
        response.headers = CaseInsensitiveDict(record["headers"])
        response.elapsed = dt.timedelta(seconds=record["elapsed"])
        response.request = requests.Request(record["method"], record["url"]).prepare()
        response._content = _body(record)  # noqa: SLF001 - requests has no other way to make a response
        return response

    def _write(self, file: IO[str], data: Response) -> None:
        record = {
            "method": data.request.method,
            "url": mask_url(data.url),
            "status_code": data.status_code,
            "reason": data.reason,
            "headers": {name: mask_url(each) for name, each in data.headers.items() if not is_secret(name)},
            "encoding": data.encoding,
            "elapsed": data.elapsed.total_seconds(),
            **_recorded(data.content),
        }
        json.dump(record, file, indent=1)


def _recorded(body: bytes) -> dict[str, str]:
    """Return the body as a text where it is one, so that people can read it."""
    try:
        return {"text": body.decode("utf-8")}
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(body).decode("ascii")}


def _body(record: dict[str, Any]) -> bytes:
    text = record.get("text")
    return base64.b64decode(record["base64"]) if text is None else str(text).encode("utf-8")
