"""pytorch.PyTorchDataset."""

from __future__ import annotations

from typing import IO, Any

from tidemill.io.file import FileDataset
from tidemill.names import both_spellings

__getattr__ = both_spellings(__name__)


class PyTorchDataset(FileDataset[Any, Any]):
    """Weights of a PyTorch model: a module is saved as its `state_dict`, anything else as it is; loads return that.

    `load_args` go to `torch.load`, which with `weights_only: true`, the default, makes tensors and plain containers
    only and runs no code of the file; `save_args` go to `torch.save`.
    """

    DEFAULT_LOAD_ARGS = {"weights_only": True}

    def _read(self, file: IO[bytes], **load_args: Any) -> Any:
        import torch

        return torch.load(file, **{**self._load_args, **load_args})

    def _write(self, file: IO[bytes], data: Any) -> None:
        import torch

        torch.save(data.state_dict() if isinstance(data, torch.nn.Module) else data, file, **self._save_args)
