from __future__ import annotations

import pytest

from tidemill import DatasetError
from tidemill.datasets.pickle import PickleDataset
from tidemill.testing import VersionedDatasetTests


class PickleTests(VersionedDatasetTests):
    sample, other = {"tide": ("high", 4.5)}, {"tide": ("low", {1, 2})}
    backend = "pickle"
    filename = "tide.pkl"
    places = ("disk", "memory")  # the other places make no difference to a backend

    def make(self, filepath, version=None):
        return PickleDataset(filepath, self.backend, version=version)


class TestPickle(PickleTests):
    places = VersionedDatasetTests.places


class TestJoblib(PickleTests):
    backend = "joblib"


class TestCloudpickle(PickleTests):
    backend = "cloudpickle"


class TestDill(PickleTests):
    backend = "dill"


class TestCompressPickle(PickleTests):
    backend = "compress_pickle"

    def make(self, filepath, version=None):
        arguments = {"compression": "gzip"}
        return PickleDataset(filepath, self.backend, load_args=arguments, save_args=arguments, version=version)


def test_an_object_that_does_not_pickle_leaves_the_old_content(tmp_path):
    dataset = PickleDataset(str(tmp_path / "tide.pkl"))
    dataset.save([1, 2])

    with pytest.raises(DatasetError, match="pickle"):
        dataset.save([*range(1000), lambda: None])

    assert dataset.load() == [1, 2]


@pytest.mark.parametrize(
    ("backend", "content", "said"),
    [
        ("no_such_backend", None, "'no_such_backend' is not installed: pip install no-such-backend$"),
        ("half_backend", "import no_such_library", "needs no_such_library, .* pip install no-such-library$"),
        ("old_backend", "from json import no_such_name", "'old_backend' cannot be imported: .*no_such_name"),
    ],
)
def test_a_backend_that_cannot_be_had_says_what_lacks(tmp_path, monkeypatch, backend, content, said):
    monkeypatch.syspath_prepend(tmp_path)
    if content is not None:
        (tmp_path / f"{backend}.py").write_text(content)

    with pytest.raises(DatasetError, match=said):
        PickleDataset(str(tmp_path / "tide.pkl"), backend)
