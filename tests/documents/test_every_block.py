"""Every block of the two documents is here, verbatim and in order, and each is used by a test."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.documents.document import BLOCKS, SPEC, block, blocks

FENCED = re.compile(r"^```[^\n]*\n(.*?)^```$", re.MULTILINE | re.DOTALL)
# The credentials table has its examples in the middle of lines.
TABLE = "001_13_credentials_table.py"
#: The other document has no fences. These are the first lines of its blocks, in order.
FIRST_LINES = """\
from kedro.io import *
parts_df = parts.load()
from pathlib import Path, PurePosixPath
my_dataset:
cars:
load_versions = {"cars": "2019-02-13T14.35.36.518Z"}
from kedro.io import DataCatalog, Version
version = Version(
version = Version(
# conf/base/catalog.yml
from kedro.extras.datasets.pandas import CSVDataSet
# conf/base/catalog.yml
from kedro.pipeline import node
from typing import Any, Callable, Dict
# conf/base/catalog.yml
from kedro.pipeline import node
from typing import Any, Dict
from kedro.pipeline import node
from kedro.pipeline import Pipeline, node
my_partitioned_dataset:
my_partitioned_dataset:
my_partitioned_dataset:
my_partitioned_dataset:
my_partitioned_dataset:
""".splitlines()
LIKE_CODE = re.compile(
    r"\s+\S+: |\S+:$|[\w.]+ = |[\w.]+\(|\)$|(from \S+ )?import |def |class |assert |return |#|@|[\]})]+$"
)


def spec(document):
    found = sorted(SPEC.glob(f"{document}_*.txt"))
    if not found:
        pytest.skip("the documents are not beside this checkout")
    return found[0].read_text(encoding="utf-8")


def test_000_has_each_fenced_block():
    assert [block(name) for name in blocks("000")] == FENCED.findall(spec("000"))


def test_001_has_each_block_by_its_first_line():
    assert [block(name).splitlines()[0] for name in blocks("001") if name != TABLE] == FIRST_LINES


def test_001_has_no_code_besides():
    rest = spec("001")
    at = 0
    for name in blocks("001"):
        if name != TABLE:
            text = block(name).rstrip("\n")
            at = rest.index(f"\n{text}", at)
            rest = rest[:at] + rest[at:].replace(text, "", 1)

    assert [line for line in rest.splitlines() if LIKE_CODE.match(line)] == []


def test_001_has_each_example_of_the_credentials_table():
    rows = [line for line in spec("001").splitlines() if "s3://bucket-name/path/to/folder" in line]

    assert len(rows) == len(block(TABLE).splitlines()) == 5
    assert all(example in row for example, row in zip(block(TABLE).splitlines(), rows, strict=True))


@pytest.mark.parametrize("name", sorted(path.name for path in BLOCKS.glob("00*")))
def test_each_block_is_run(name):
    tests = Path(__file__).with_name(f"test_blocks_{name[:3]}.py").read_text(encoding="utf-8")

    assert f'"{name}"' in tests
