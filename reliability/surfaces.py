"""What is shown and what is listed: secrets, sizes, places, versions; and the published dataset saving twice."""

from __future__ import annotations

import logging
from collections import Counter
from typing import Any

import drills
import harness
import sides

SECRET = "hunter2-correct-horse"  # noqa: S105 - one that is looked for, and guards nothing


def _told(act: Any) -> Counter[str]:
    with harness.folder() as place:
        ended = harness.child(lambda: act(place))
    return Counter(
        ended.value if isinstance(ended.value, dict) else {str(ended.value or ended.error[:120] or "hung"): 1}
    )


@drills.drill("a secret in `fs_args`, `storage_options`, URL, credentials: repr, error, log (from INFO up)", "hidden")
def secrets(_: bool) -> Counter[str]:
    def act(place: str) -> dict[str, int]:
        from io import StringIO

        said = StringIO()
        logging.disable(logging.NOTSET)
        logging.basicConfig(stream=said, level=logging.INFO, force=True)
        csv, text = sides.CSVDataset, sides.TextDataset
        makers = (
            lambda: text(filepath=f"{place}/a", fs_args={"password": SECRET}),
            lambda: text(filepath=f"{place}/a", fs_args={"open_args_load": {"headers": {"Authorization": SECRET}}}),
            lambda: text(filepath=f"file://{place}/a", credentials={"token": SECRET}),
            lambda: csv(filepath=f"{place}/a", load_args={"storage_options": {"secret": SECRET}}),
            lambda: text(filepath=f"https://user:{SECRET}@127.0.0.1:9/a"),
            lambda: text(filepath=f"https://127.0.0.1:9/a?token={SECRET}"),
            lambda: text(filepath=f"https://127.0.0.1:9/a?X-Amz-Signature={SECRET}"),
        )
        outcomes: Counter[str] = Counter()
        for make in makers:
            said.truncate(0)
            try:
                dataset = make()
            except Exception as exc:  # noqa: BLE001 - of either library
                outcomes["printed" if SECRET in str(exc) else "hidden"] += 1
                continue
            outcomes["printed" if SECRET in repr(dataset) + str(dataset) else "hidden"] += 1
            try:
                dataset.load()
            except Exception as exc:  # noqa: BLE001 - of either library
                outcomes["printed" if SECRET in str(exc) else "hidden"] += 1
            outcomes["printed" if SECRET in said.getvalue() else "hidden"] += 1
        return outcomes

    return _told(act)


@drills.drill("the custom dataset with versions of document 000 saves twice", "both versions are there")
def published(quick: bool) -> Counter[str]:
    def act(place: str) -> str:
        import time

        for content in (b"one", b"two"):
            sides.published_dataset()(f"{place}/pikachu.png", sides.Version(None, None)).save(content)
            time.sleep(0.01)
        found = sides.published_dataset()(f"{place}/pikachu.png", sides.Version(None, None)).load()
        return "both versions are there" if found == b"two" else "torn"

    outcomes: Counter[str] = Counter()
    for _ in range(1 if quick else 5):
        ended = _told(act)
        outcomes.update(
            {each if each == "both versions are there" else "the save fails": n for each, n in ended.items()}
        )
    return outcomes


@drills.drill("one dataset object saves, loads, saves and loads in one session", "each load is the newest")
def same_session(_: bool) -> Counter[str]:
    def act(place: str) -> str:
        import time

        dataset = sides.TextDataset(filepath=f"{place}/note", version=sides.Version(None, None))
        for content in ("one", "two", "three"):
            try:
                dataset.save(content)
            except Exception:  # noqa: BLE001 - of either library
                return "a save fails"
            if dataset.load() != content:
                return "stale"
            time.sleep(0.01)
        return "each load is the newest"

    return _told(act)


@drills.drill("`memory://bucket/...`: the bucket is part of the place", "kept")
def bucket(_: bool) -> Counter[str]:
    def act(_: str) -> str:
        import fsspec

        sides.TextDataset(filepath="memory://bucket/note").save("text")
        return "kept" if fsspec.filesystem("memory").exists("/bucket/note") else "lost"

    return _told(act)


@drills.drill("repr of a set of 2,000 partitions that was loaded", "short")
def long_repr(_: bool) -> Counter[str]:
    def act(place: str) -> str:
        import os

        os.mkdir(f"{place}/parts")
        for number in range(2000):
            open(f"{place}/parts/part-{number:05d}-of-many", "w", encoding="utf-8").close()
        kind = "tidemill.datasets.text.TextDataset" if sides.SIDE == sides.HERE else "kedro_datasets.text.TextDataset"
        dataset = sides.PartitionedDataset(path=f"{place}/parts", dataset=kind)
        loaded = dataset.load()
        length = max(len(repr(dataset)), len(repr(loaded)) if sides.SIDE == sides.HERE else 0)
        return "short" if length < 2000 else f"{length // 1000},000 characters"

    return _told(act)


@drills.drill("each version that `list_versions()` returns can be loaded", "loads")
def listed(_: bool) -> Counter[str]:
    def act(place: str) -> dict[str, int]:
        import time

        for content in ("one", "two", "three"):
            sides.TextDataset(filepath=f"{place}/note", version=sides.Version(None, None)).save(content)
            time.sleep(0.01)
        outcomes: Counter[str] = Counter()
        dataset = sides.TextDataset(filepath=f"{place}/note", version=sides.Version(None, None))
        if not hasattr(dataset, "list_versions"):
            return {"there is no `list_versions()`": 1}
        for version in dataset.list_versions():
            try:
                sides.TextDataset(filepath=f"{place}/note", version=sides.Version(str(version), None)).load()
                outcomes["loads"] += 1
            except Exception:  # noqa: BLE001 - of either library
                outcomes["refused"] += 1
        return outcomes

    return _told(act)
