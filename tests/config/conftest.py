from __future__ import annotations

import pytest

from tidemill.config import ConfigLoader


class Conf:
    """A folder of configuration that a test fills."""

    def __init__(self, root):
        self.root = root
        for name in ("base", "local"):
            (root / name).mkdir(parents=True)

    def write(self, files):
        for name, text in files.items():
            path = self.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return self

    def loader(self, **arguments):
        return ConfigLoader(self.root, **{"base_env": "base", "default_run_env": "local", **arguments})


@pytest.fixture
def conf(tmp_path):
    """Make files of configuration: `conf({"base/catalog.yml": "..."}).loader()`."""
    return Conf(tmp_path / "conf").write
