from __future__ import annotations

import json

import pytest

from tidemill.errors import DatasetConfigError
from tidemill.project import BaseSessionStore, JSONStore, ShelveStore


@pytest.mark.parametrize("kind", [JSONStore, ShelveStore])
def test_what_is_saved_is_there_the_next_time(tmp_path, kind):
    store = kind(path=str(tmp_path / "sessions"), session_id="one")
    assert dict(store) == {}
    store["a"], store["gone"] = {"b": [1, 2]}, 1
    store.save()
    del store["gone"]
    store.save()

    assert dict(kind(str(tmp_path / "sessions"), "one")) == {"a": {"b": [1, 2]}}
    assert dict(kind(str(tmp_path / "sessions"), "other")) == {}


def test_the_base_keeps_nothing(tmp_path):
    store = BaseSessionStore(str(tmp_path / "sessions"), "one")
    store["a"] = 1
    store.save()

    assert dict(BaseSessionStore(str(tmp_path / "sessions"), "one")) == {}
    assert not (tmp_path / "sessions").exists()


def test_json_takes_what_it_cannot_hold_as_text(tmp_path):
    store = JSONStore(str(tmp_path), "one")
    store["path"] = tmp_path
    store.save()

    assert json.loads((tmp_path / "one" / "session.json").read_text()) == {"path": str(tmp_path)}


@pytest.mark.parametrize("kind", [JSONStore, ShelveStore])
@pytest.mark.parametrize("session_id", ["../up", "/root", "a/b", ""])
def test_a_session_cannot_leave_the_folder(tmp_path, kind, session_id):
    with pytest.raises(DatasetConfigError, match="session id"):
        kind(str(tmp_path / "sessions"), session_id)
