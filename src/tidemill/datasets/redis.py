"""redis.PickleDataset."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from tidemill.datasets.pickle_backend import pickle_backend
from tidemill.errors import DatasetConfigError, DatasetError
from tidemill.io.dataset import AbstractDataset
from tidemill.names import both_spellings

if TYPE_CHECKING:
    from collections.abc import Mapping

__getattr__ = both_spellings(__name__)

_SERVER_VARIABLE, _SERVER = "REDIS_URL", "redis://127.0.0.1:6379"
_PARTS = ("from_url_args", "set_args")


class PickleDataset(AbstractDataset[Any, Any]):
    """Any Python object under a key of a Redis server, pickled. Load only what you trust.

    The server is the one of the environment's `REDIS_URL`, on this machine by default.
    """

    def __init__(
        self,
        key: str,
        backend: str = "pickle",
        load_args: Mapping[str, Any] | None = None,
        save_args: Mapping[str, Any] | None = None,
        credentials: Mapping[str, Any] | None = None,
        redis_args: Mapping[str, Any] | None = None,
        metadata: Any = None,
    ) -> None:
        """Set under which key it is, and which library turns it into bytes.

        Args:
            key: The name it has in Redis.
            backend: `pickle`, `cloudpickle`, `dill`, or a module that has `loads` and `dumps` as pickle has.
            load_args: Options of the backend's `loads`.
            save_args: Options of the backend's `dumps`.
            credentials: Options of `redis.Redis.from_url` that nobody may see, such as `password`.
            redis_args: `from_url_args`, other options of that (`url`, `db` ...), and `set_args`, options of Redis' SET
                (`ex`, seconds that it is kept).
            metadata: Anything.

        Raises:
            DatasetConfigError: The backend is not installed or no such module, or `redis_args` has something else.
        """
        self._key, self._backend = key, backend
        self._load_args, self._save_args = dict(load_args or {}), dict(save_args or {})
        options = dict(redis_args or {})
        self._from_url_args, self._set_args = (dict(options.pop(part, None) or {}) for part in _PARTS)
        if options:
            raise DatasetConfigError(
                f"PickleDataset: `redis_args` has {', '.join(map(repr, options))}. Put options of the connection into "
                "its `from_url_args`, and those of SET into its `set_args`."
            )
        self._credentials = dict(credentials or {})
        self.metadata = metadata
        self._library()

    def _load(self, **load_args: Any) -> Any:
        with self._server() as server:
            data = server.get(self._key)
        if data is None:
            raise DatasetError(f"Nothing is under the key '{self._key}'. Save it once, or correct the key.")
        return self._library().loads(data, **{**self._load_args, **load_args})

    def _save(self, data: Any) -> None:
        pickled = self._library().dumps(data, **self._save_args)
        with self._server() as server:
            if not server.set(self._key, pickled, **self._set_args) and "get" not in self._set_args:
                raise DatasetError(f"Redis did not set the key '{self._key}': its `set_args` are {self._set_args}.")

    def _exists(self) -> bool:
        with self._server() as server:
            return bool(server.exists(self._key))

    def _describe(self) -> dict[str, Any]:
        shown = {"from_url_args": self._from_url_args, "set_args": self._set_args}
        return {
            "key": self._key,
            "backend": self._backend,
            "load_args": self._load_args,
            "save_args": self._save_args,
            **{name: each for name, each in shown.items() if each},
        }

    def _server(self) -> Any:
        """Return a connection; each use has its own, for it neither pickles nor survives a fork."""
        import redis

        options = {**self._from_url_args, **self._credentials}
        url = options.pop("url", None) or os.environ.get(_SERVER_VARIABLE, _SERVER)
        return redis.Redis.from_url(url, **options)

    def _library(self) -> Any:
        return pickle_backend(self._backend, "loads", "dumps")
