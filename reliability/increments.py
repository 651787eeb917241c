"""Increments: what is processed again, and what is never seen."""

from __future__ import annotations

from collections import Counter
from typing import Any

import drills
import harness
import sides


def _dataset(place: str, **more: Any) -> Any:
    kind = "tidemill.datasets.text.TextDataset" if sides.SIDE == sides.HERE else "kedro_datasets.text.TextDataset"
    return sides.IncrementalDataset(path=f"{place}/parts", dataset=kind, **more)


class Confirming:
    """The checkpoint moves from the second partition to the third."""

    def before(self, place: str) -> None:
        _dataset(place).save({"1": "one", "2": "two"})
        done = _dataset(place)
        done.load()
        done.confirm()
        _dataset(place).save({"3": "three"})

    def save(self, place: str) -> None:
        dataset = _dataset(place)
        dataset.load()
        dataset.confirm()

    def found(self, place: str) -> str:
        left = sorted(_dataset(place).load())
        return {(): "new", ("3",): "old"}.get(tuple(left), "everything is processed again")


drills.enter_as(
    "increments.killed",
    "`kill -9` at every step of a checkpoint",
    lambda quick: harness.kill_everywhere(Confirming(), most=4 if quick else None),
    "old",
    "new",
)
drills.enter_as(
    "increments.s3",
    "`kill -9` at every request to S3 of a checkpoint",
    lambda quick: harness.kill_everywhere(Confirming(), s3=True, most=4 if quick else None),
    "old",
    "new",
    needs_s3=True,
)


def _one(act: Any) -> Counter[str]:
    with harness.folder() as place:
        ended = harness.child(lambda: act(place))
    return Counter([str(ended.value or ended.error or "hung")])


@drills.drill("`confirm()` without a load", "refused", "nothing is skipped")
def confirm_without_load(_: bool) -> Counter[str]:
    def act(place: str) -> str:
        _dataset(place).save({"1": "one"})
        try:
            _dataset(place).confirm()
        except Exception:  # noqa: BLE001 - of either library
            return "refused"
        return "nothing is skipped" if _dataset(place).load() else "unread data is skipped"

    return _one(act)


@drills.drill("a partition arrives between the load and `confirm()`", "it is seen next time")
def arrives_between(_: bool) -> Counter[str]:
    def act(place: str) -> str:
        _dataset(place).save({"1": "one"})
        dataset = _dataset(place)
        dataset.load()
        _dataset(place).save({"2": "two"})
        dataset.confirm()
        return "it is seen next time" if [*_dataset(place).load()] == ["2"] else "never seen"

    return _one(act)


def _with_ledger(place: str) -> Any:
    """Return the increments as one sets them up where files arrive late or change; Kedro has nothing for it."""
    return _dataset(place, checkpoint={"ledger": True}) if sides.SIDE == sides.HERE else _dataset(place)


def _after_two(make: Any, partition: str) -> Counter[str]:
    """Save a partition after "1" and "2" were confirmed, and tell whether it is seen."""

    def act(place: str) -> str:
        make(place).save({"1": "one", "2": "two"})
        done = make(place)
        done.load()
        done.confirm()
        make(place).save({partition: "late"})
        return "it is seen" if partition in make(place).load() else "never seen"

    return _one(act)


@drills.drill("a partition arrives that sorts before the checkpoint, as the documents have it", "never seen")
def sorts_before(_: bool) -> Counter[str]:
    return _after_two(_dataset, "0")


@drills.drill("a partition arrives that sorts before the checkpoint; here with `ledger: true`", "it is seen")
def sorts_before_with_ledger(_: bool) -> Counter[str]:
    return _after_two(_with_ledger, "0")


@drills.drill("a partition changes after it was confirmed, as the documents have it", "never seen")
def changes_later(_: bool) -> Counter[str]:
    return _after_two(_dataset, "1")


@drills.drill("a partition changes after it was confirmed; here with `ledger: true`", "it is seen")
def changes_later_with_ledger(_: bool) -> Counter[str]:
    return _after_two(_with_ledger, "1")
