"""Fixtures for the documents' code: how it runs, the project it is about, and the filesystems it names."""

from __future__ import annotations

import sys
from types import SimpleNamespace

import pytest
from fsspec.registry import _registry
from tests.documents.drive import Drive
from tests.documents.project import Dialect, Project, forget

from tidemill import compat


@pytest.fixture(params=["tidemill", "kedro"])
def dialect(request):
    verbatim = request.param == "kedro"
    if verbatim:
        compat.install()
    yield Dialect(verbatim=verbatim)
    if verbatim:
        compat.uninstall()


@pytest.fixture
def project(tmp_path, monkeypatch, dialect):
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path / "src")
    monkeypatch.setattr(sys, "dont_write_bytecode", True)  # the module is written anew, faster than the clock ticks
    yield Project(tmp_path, dialect)
    forget("kedro_pokemon", "company")


@pytest.fixture
def context():
    """What a session of `kedro ipython` begins with."""
    return SimpleNamespace(catalog=None)


@pytest.fixture(scope="module")
def s3_profile(s3_server):
    """What `s3://` means without further options, as on a machine where that is configured: the server for tests."""
    from s3fs import S3FileSystem

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ENDPOINT_URL", s3_server)
        patch.setenv("AWS_ACCESS_KEY_ID", "a-key")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "a-secret")
        patch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        S3FileSystem.clear_instance_cache()
        yield S3FileSystem()
        S3FileSystem.clear_instance_cache()


@pytest.fixture
def s3(s3_profile):
    """Make a bucket of a given name, for one test, and return the filesystem."""
    made = []

    def bucket(name):
        s3_profile.mkdir(name)
        made.append(name)
        return s3_profile

    yield bucket
    for name in made:
        s3_profile.rm(name, recursive=True)


@pytest.fixture
def drive(monkeypatch):
    """A real filesystem for any protocol, with notes of the options that it was made with."""

    class Notes:
        made, searched = [], []

        def at(self, protocol):
            kind = type(
                "Drive",
                (Drive,),
                {"protocol": protocol, "store": {}, "pseudo_dirs": [""], "made": self.made, "searched": self.searched},
            )
            monkeypatch.setitem(_registry, protocol, kind)
            filesystem = kind()
            self.made.clear()
            return filesystem

    return Notes()
