"""Random pipelines: layered, with namespaces, tags, transcoding, parameters and confirmations."""

from __future__ import annotations

from hypothesis import strategies as st

from tidemill.pipeline import Pipeline, node

NAMESPACES = [None, "a", "a.b", "c"]
TAGS = ["s", "t"]
RAW = ["raw", "rare", "roh@csv", "roh@json"]
WAYS = ["csv", "spark"]
PARAMETERS = [[], ["params:p"], ["params:q.r"], ["parameters"]]


def take(*values):
    return values


class Bits:
    """Choices out of one number, which hypothesis draws ten times faster than each by itself."""

    def __init__(self, number):
        self.number = number

    def one(self, pool):
        self.number, place = divmod(self.number, len(pool))
        return pool[place]

    def some(self, pool):
        return [each for each in pool if self.one([False, True])]


@st.composite
def wirings(draw, most=7):
    """Nodes that fit together, in any order; dataset `d3` is made by node `n3`, those in RAW by none."""
    coded = draw(st.integers(0, 2**most))
    nodes = []
    for number, bits in enumerate(map(Bits, draw(st.lists(st.integers(0, 2**32), min_size=1, max_size=most)))):
        earlier, raw = bits.some(range(number)), bits.some(RAW)
        ways = [f"@{bits.one(WAYS)}" if coded >> each & 1 else "" for each in (*earlier, number)]
        data = [f"d{each}{way}" for each, way in zip((*earlier, number), ways, strict=True)]
        inputs = [*data[:-1], *raw, *bits.one(PARAMETERS)]
        outputs = data[-1:] if bits.one([True, True, False]) or not inputs else []
        nodes.append(
            node(
                take,
                inputs or None,
                outputs or None,
                name=f"n{number}",
                namespace=bits.one(NAMESPACES),
                tags=bits.some(TAGS),
                confirms=bits.one([[], [], outputs]),
            )
        )
    return draw(st.permutations(nodes))


def pipelines():
    return wirings().map(Pipeline)


def names(some):
    return [each.name for each in some.nodes]
