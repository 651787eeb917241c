"""yaml.YAMLDataset."""

from __future__ import annotations

from typing import IO, Any

from tidemill.io.file import FileDataset
from tidemill.names import both_spellings

__getattr__ = both_spellings(__name__)


class YAMLDataset(FileDataset[Any, Any]):
    """A YAML file as dictionaries, lists, texts, numbers and dates; tags that make objects are not used.

    `save_args` go to `yaml.dump`, `load_args` to `yaml.load`. A tuple is written as a list.
    """

    DEFAULT_SAVE_ARGS = {"default_flow_style": False}
    OPEN_LOAD = {"mode": "r", "encoding": "utf-8"}
    OPEN_SAVE = {"mode": "w", "encoding": "utf-8"}

    def _read(self, file: IO[str], **load_args: Any) -> Any:
        import yaml

        arguments = {"Loader": getattr(yaml, "CSafeLoader", yaml.SafeLoader), **self._load_args, **load_args}
        return yaml.load(file, **arguments)  # noqa: S506 - the safe loader, unless the catalog's author says otherwise

    def _write(self, file: IO[str], data: Any) -> None:
        import yaml

        yaml.dump(data, file, **{"Dumper": getattr(yaml, "CSafeDumper", yaml.SafeDumper), **self._save_args})
