from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from tidemill import DatasetError
from tidemill.datasets.svmlight import SVMLightDataset
from tidemill.testing import VersionedDatasetTests


class TestSVMLightDataset(VersionedDatasetTests):
    kind, filename = SVMLightDataset, "tides.svm"
    sample = (np.array([[0.0, 1.5, 2.25], [3.0, 0.0, 0.5]]), np.array([1.0, -1.0]))
    other = (csr_matrix(np.eye(3)), np.array([0.0, 1.0, 2.0]))

    def make(self, filepath, version=None):
        return SVMLightDataset(filepath, version=version)

    def equal(self, a, b):
        dense = [each[0].toarray() if hasattr(each[0], "toarray") else each[0] for each in (a, b)]
        return np.array_equal(*dense) and np.array_equal(a[1], b[1])


def test_queries_are_a_third_array(tmp_path):
    dataset = SVMLightDataset(str(tmp_path / "tides.svm"), load_args={"query_id": True})
    dataset.save((*TestSVMLightDataset.sample, np.array([7, 8])))

    assert dataset.load()[2].tolist() == [7, 8]


def test_columns_of_zeros_come_back_where_their_number_is_given(tmp_path):
    dataset = SVMLightDataset(str(tmp_path / "tides.svm"), save_args={"zero_based": False, "comment": "of tides"})
    dataset.save((np.array([[1.0, 0.0]]), np.array([1.0])))

    assert "of tides" in (tmp_path / "tides.svm").read_text()
    assert dataset.load(zero_based=False)[0].shape == (1, 1)
    assert dataset.load(zero_based=False, n_features=2)[0].shape == (1, 2)


def test_what_is_no_pair_is_refused_and_changes_nothing(tmp_path):
    dataset = SVMLightDataset(str(tmp_path / "tides.svm"))
    dataset.save(TestSVMLightDataset.sample)

    with pytest.raises(DatasetError):
        dataset.save((np.eye(2), np.array([1.0, 2.0, 3.0])))

    assert TestSVMLightDataset().equal(dataset.load(), TestSVMLightDataset.sample)
