"""Names of versions: the order of the names is the order of the saves."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidemill import Version, generate_timestamp
from tidemill.io.versions import next_timestamp

FORMAT = re.compile(r"\d{4}-\d\d-\d\dT\d\d\.\d\d\.\d\d\.\d{3}Z")


def moment(version):
    return datetime.strptime(version.replace("Z", "000Z"), "%Y-%m-%dT%H.%M.%S.%fZ").replace(tzinfo=timezone.utc)


def test_a_version_is_a_pair_of_which_either_may_be_left_out():
    assert Version() == (None, None)
    assert Version("a", "b").load == "a"
    assert Version(save="b")._asdict() == {"load": None, "save": "b"}


def test_it_is_now_in_utc_in_the_format_that_all_know():
    version = generate_timestamp()
    assert FORMAT.fullmatch(version)
    assert abs((datetime.now(timezone.utc) - moment(version)).total_seconds()) < 60


def test_a_process_never_gets_one_twice_nor_an_earlier_one():
    names = [generate_timestamp() for _ in range(2000)]
    assert names == sorted({*names})
    with ThreadPoolExecutor(8) as pool:
        names = list(pool.map(lambda _: generate_timestamp(), range(2000)))
    assert len({*names}) == 2000


MOMENTS = st.datetimes(datetime(1000, 1, 1), datetime(9999, 12, 31)).map(  # noqa: DTZ001 - hypothesis wants them so
    lambda each: f"{each.strftime('%Y-%m-%dT%H.%M.%S')}.{each.microsecond // 1000:03d}Z"
)


@given(MOMENTS)
def test_the_next_name_sorts_after_and_is_one_millisecond_later(version):
    after = next_timestamp(version)
    assert FORMAT.fullmatch(after)
    assert after > version
    assert round((moment(after) - moment(version)).total_seconds() * 1000) == 1


@given(MOMENTS, MOMENTS)
def test_names_sort_as_their_moments_do(one, other):
    assert (one < other) == (moment(one) < moment(other))


@pytest.mark.parametrize("version", ["first", "", "2020-01-01", "2020-01-01T00.00.00Z", "9999-12-31T23.59.59.999Z"])
def test_after_what_is_no_timestamp_comes_now(version):
    assert FORMAT.fullmatch(next_timestamp(version))
