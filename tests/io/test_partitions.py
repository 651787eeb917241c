"""What a load of partitions returns is a dictionary for all who look, whether its keys are filed yet or not."""

from __future__ import annotations

import copy
import pickle
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidemill import DatasetError, PartitionedDataset
from tidemill.datasets.text import TextDataset
from tidemill.io.latekeys import LateKeys
from tidemill.io.partitions import Partition, Partitions, PartitionSource

SOURCE = PartitionSource({"type": "text.TextDataset"}, "filepath", "folder", ".txt")
IDS = ["b", "a", "c"]
PLAIN = {each: Partition(SOURCE, each) for each in sorted(IDS)}

#: What one may do to a dictionary: each gets the same result, and leaves the same behind, as with a plain one.
DEEDS = {
    "len": len,
    "bool": bool,
    "list": list,
    "reversed": lambda d: [*reversed(d)],
    "in": lambda d: ("a" in d, "z" in d, 1 in d),
    "get": lambda d: (d["a"], d.get("b"), d.get("z"), d.get("z", 1)),
    "keys": lambda d: [*d.keys()],
    "values": lambda d: [*d.values()],
    "items": lambda d: [*d.items()],
    "len of views": lambda d: (len(d.keys()), len(d.values()), len(d.items())),
    "unpack": lambda d: {**d},
    "call": lambda d: "{a} {b}".format(**d),
    "dict": dict,
    "copy": lambda d: d.copy(),
    "update another": lambda d: {"a": 0, "z": 1} | d,
    "or": lambda d: d | {"z": 1},
    "set": lambda d: d.__setitem__("a", 1),
    "set new": lambda d: d.__setitem__("z", 1),
    "delete": lambda d: d.__delitem__("a"),
    "pop": lambda d: (d.pop("a"), d.pop("z", 1)),
    "popitem": lambda d: d.popitem(),
    "setdefault": lambda d: (d.setdefault("a", 1), d.setdefault("z", 1)),
    "update": lambda d: d.update({"a": 1}, z=2),
    "ior": lambda d: d.__ior__({"a": 1}) and None,
    "clear": lambda d: d.clear(),
}


def made():
    return Partitions(SOURCE, [*IDS])


@pytest.mark.parametrize("deed", DEEDS.values(), ids=DEEDS.keys())
def test_it_does_what_a_dictionary_does(deed):
    partitions, plain = made(), dict(PLAIN)

    assert deed(partitions) == deed(plain)
    assert [*partitions.items()] == [*plain.items()]
    assert len(partitions) == len(plain)
    assert (partitions == plain, partitions != plain) == (True, False)


@given(st.lists(st.sampled_from(sorted(DEEDS))))
def test_one_deed_after_the_other(names):
    partitions, plain = made(), dict(PLAIN)
    for name in names:
        try:
            wanted = DEEDS[name](plain)
        except KeyError:
            with pytest.raises(KeyError):
                DEEDS[name](partitions)
        else:
            assert DEEDS[name](partitions) == wanted
    assert [*partitions.items()] == [*plain.items()]


def test_it_is_a_dictionary_that_cannot_be_changed_while_one_goes_through_it():
    partitions = made()
    keys = iter(partitions)
    next(keys)
    del partitions["c"]

    assert isinstance(partitions, dict)
    with pytest.raises(RuntimeError):
        next(keys)


@pytest.mark.parametrize("again", [copy.copy, copy.deepcopy, lambda d: pickle.loads(pickle.dumps(d))])
def test_copies_keep_order_and_changes(again):
    partitions = made()
    partitions["0"] = "new"
    del partitions["b"]

    copied = again(partitions)

    assert [*copied] == ["a", "c", "0"]
    assert copied["0"] == "new"
    assert copied["a"].id == "a"
    assert "b" not in copied
    assert [*again(made())] == sorted(IDS)


def test_threads_that_come_at_once_undo_nothing():
    for _ in range(20):
        keys = LateKeys([str(number) for number in range(2000)], 0)
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda number, keys=keys: keys.__setitem__(str(number), 1), range(64)))
        assert sum(keys.values()) == 64


def test_a_fingerprint_is_that_of_what_was_loaded(tmp_path):
    def parts():
        return PartitionedDataset(str(tmp_path), "text.TextDataset")

    parts().save({"a": "one"})
    dataset = parts()
    assert dataset.fingerprint() is None  # nothing was loaded

    dataset.load()
    one = dataset.fingerprint()
    parts().save({"b": "two"})
    other = parts()
    other.load()

    assert one.startswith("partitions:1,")
    assert dataset.fingerprint() == one != other.fingerprint()


@pytest.mark.parametrize("data", ["text", [1], TextDataset("a")], ids=lambda data: type(data).__name__)
def test_a_save_wants_a_dictionary(tmp_path, data):
    with pytest.raises(DatasetError, match=f"dictionary of partition id -> data; it was given a {type(data).__name__}"):
        PartitionedDataset(str(tmp_path), "text.TextDataset").save(data)
