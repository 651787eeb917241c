"""Exchanged: a dataset of one run whose data lies in the exchange, for processes to hand on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from tidemill.errors import DatasetError
from tidemill.io.dataset import AbstractDataset

if TYPE_CHECKING:
    from tidemill.runner.exchange import Exchange, Parcel


class Exchanged(AbstractDataset[Any, Any]):
    """Data in memory that any process of the run can load, each its own.

    What one process saves, another knows only once it is told the parcels: they are `parcels`, set by the executor.
    """

    _EPHEMERAL: ClassVar[bool] = True

    def __init__(self, exchange: Exchange, *, gathers: bool = False) -> None:
        """Be empty.

        Args:
            exchange: Where the data goes.
            gathers: Whether each save adds a dictionary to those that were saved before.
        """
        self._exchange = exchange
        self.gathers = gathers
        self.parcels: tuple[Parcel, ...] = ()
        #: Whether a process has saved something that is still here.
        self.has_news = False

    def take(self) -> tuple[Parcel, ...]:
        """Return what is here and forget it."""
        parcels, self.parcels = self.parcels, ()
        return parcels

    def receive(self, parcels: tuple[Parcel, ...]) -> None:
        """Have what a process has saved: in addition, or instead."""
        if self.gathers:
            self.parcels += parcels
        else:
            self.release()
            self.parcels = parcels
        self.has_news = True

    def _load(self) -> Any:
        if self.gathers:
            return {part: data for parcel in self.parcels for part, data in parcel.load().items()}
        if not self.parcels:
            raise DatasetError(f"Nothing has been saved to '{self._name}' yet. Run the node that makes it.")
        return self.parcels[0].load()

    def _save(self, data: Any) -> None:
        self.receive((self._exchange.put(data),))

    def _exists(self) -> bool:
        return bool(self.parcels) or self.gathers

    def _release(self) -> None:
        self.has_news = False
        for parcel in self.take():
            parcel.free()

    def _describe(self) -> dict[str, Any]:
        return {"bytes": sum(parcel.size for parcel in self.parcels)}
