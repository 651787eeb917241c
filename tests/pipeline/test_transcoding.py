from __future__ import annotations

import pytest

from tidemill.errors import PipelineError
from tidemill.pipeline.transcoding import base_name, check_transcoding, check_unmixed


@pytest.mark.parametrize(("name", "base"), [("cars", "cars"), ("cars@pandas", "cars"), ("params:rate", "params:rate")])
def test_the_dataset_behind_a_name(name, base):
    check_transcoding(name)

    assert base_name(name) == base


@pytest.mark.parametrize("name", ["cars@pandas@spark", "cars@", "@pandas", "@"])
def test_a_malformed_name_is_refused(name):
    with pytest.raises(PipelineError, match=f"'{name}' is no transcoded name"):
        check_transcoding(name)


def test_several_ways_of_one_dataset_are_fine():
    check_unmixed(["cars@pandas", "cars@spark", "bikes"])


def test_every_dataset_that_is_used_with_and_without_a_way_is_named():
    with pytest.raises(PipelineError) as caught:
        check_unmixed(["cars", "cars@spark", "cars@pandas", "bikes", "bikes@csv", "boats@csv"])

    assert "'cars' beside 'cars@pandas', 'cars@spark'" in str(caught.value)
    assert "'bikes' beside 'bikes@csv'" in str(caught.value)
    assert "boats" not in str(caught.value)
