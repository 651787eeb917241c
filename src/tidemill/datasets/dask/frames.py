"""What the datasets of Dask share: paths that workers understand, and saves that happen at once."""

from __future__ import annotations

import contextvars
import os
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from tidemill.errors import DatasetError
from tidemill.io.bypath import PathDataset
from tidemill.io.paths import full_path

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class DaskDataset(PathDataset[Any, Any]):
    """A folder of files as a Dask DataFrame; what is saved takes the place of all that was there."""

    def _url_of(self, path: str) -> str:
        """Return a path as every worker understands it, wherever it was started."""
        return os.path.abspath(path) if self._protocol == "file" else full_path(path, self._protocol)

    def _with_storage(self, arguments: dict[str, Any]) -> dict[str, Any]:
        return {"storage_options": self._fs_options, **arguments} if self._fs_options else arguments

    @contextmanager
    def _settled(self, data: Any, arguments: dict[str, Any]) -> Iterator[dict[str, Any]]:
        """Yield the arguments of a save at whose end nobody writes any more, whether or not it has succeeded.

        When a task fails, Dask raises at once, while its other threads write on into what is being removed.
        """
        import dask

        asked = dict(arguments.get("compute_kwargs") or {})
        ours = not asked.keys() & {"scheduler", "pool"} and dask.config.get("pool", None) is None
        scheduler = dask.base.get_scheduler(collections=[data])  # type: ignore[no-untyped-call]
        if not ours or scheduler is not dask.threaded.get:
            yield arguments
            return
        pool = _Threads(asked.pop("num_workers", None) or dask.config.get("num_workers", None) or dask.system.CPU_COUNT)
        try:
            yield {**arguments, "compute_kwargs": {**asked, "pool": pool}}
        finally:
            pool.shutdown(cancel_futures=True)

    def _check_computes(self) -> None:
        if not self._save_args.get("compute", True):
            raise DatasetError(
                "`compute: false` in `save_args` would save nothing: a save ends when all is written. Leave it out."
            )


class _Threads(ThreadPoolExecutor):
    """Threads in which context variables are those of the one that asks, as in Dask's own."""

    def submit(self, function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        return super().submit(contextvars.copy_context().run, function, *args, **kwargs)
