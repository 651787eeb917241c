"""matplotlib.MatplotlibDataset."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NoReturn

from tidemill.datasets.local_path import LocalPathDataset
from tidemill.errors import DatasetError
from tidemill.io.paths import check_inside
from tidemill.names import both_spellings

if TYPE_CHECKING:
    from types import ModuleType

    from matplotlib.figure import Figure

    from tidemill.io.versions import Version

    Figures = Figure | ModuleType | Sequence[Figure] | Mapping[str, Figure]

__getattr__ = both_spellings(__name__)


class MatplotlibDataset(LocalPathDataset["Figures", "NoReturn"]):
    """Matplotlib figures as image files: one as a file; a list, or a dictionary of file names, as a folder.

    `save_args` go to `Figure.savefig`; a file whose ending is no format of Matplotlib's, as those of a list, is a PNG
    unless `format` says otherwise. The module `pyplot` in place of a figure means its current one. Figures cannot be
    loaded.
    """

    def __init__(
        self,
        filepath: str | os.PathLike[str],
        save_args: Mapping[str, Any] | None = None,
        version: Version | None = None,
        credentials: Mapping[str, Any] | None = None,
        fs_args: Mapping[str, Any] | None = None,
        metadata: Any = None,
        overwrite: bool = False,
    ) -> None:
        """Set where the figures go.

        Args:
            filepath: As of FileDataset, like the other arguments; of a list or a dictionary, the folder.
            save_args: Options of `savefig`.
            version: Which version to save.
            credentials: Options for the filesystem that nobody may see.
            fs_args: Other options for the filesystem.
            metadata: Anything.
            overwrite: Whether a list or a dictionary replaces all that is in the folder, rather than add to it. A new
                version is empty anyway.
        """
        super().__init__(filepath, None, save_args, version, credentials, fs_args, metadata)
        self._overwrite = overwrite

    def _load(self, **_: Any) -> NoReturn:
        raise DatasetError(
            f"{type(self).__name__} only saves: a figure cannot be made from its image. To load the image itself, "
            "use pillow.ImageDataset with this filepath."
        )

    def _write_local(self, path: str, data: Figures) -> None:
        if isinstance(data, Mapping):
            figures = {str(name): figure for name, figure in data.items()}
        elif isinstance(data, Sequence):
            figures = {f"{number}.png": figure for number, figure in enumerate(data)}
        else:
            self._draw(path, data)
            return
        os.makedirs(path, exist_ok=True)
        for name, figure in figures.items():
            check_inside("figure", name, folder=str(self._filepath))
            file = os.path.join(path, name)
            os.makedirs(os.path.dirname(file), exist_ok=True)
            self._draw(file, figure)

    def _draw(self, path: str, figure: Any) -> None:
        if not hasattr(figure, "savefig"):
            raise DatasetError(
                f"{type(self).__name__} saves figures, not objects of type {type(figure).__name__}: a figure, a list "
                "of figures, or a dictionary of file name -> figure."
            )
        with open(path, "wb") as file:  # savefig would add an ending to a name that has none
            figure.savefig(file, **{"format": _format(path, figure), **self._save_args})

    def _adds(self) -> bool:
        return not self._overwrite

    def _describe(self) -> dict[str, Any]:
        described = super()._describe()
        del described["load_args"]
        return described


MatplotlibWriter = MatplotlibDataset  # its name in older definitions and code


def _format(path: str, figure: Any) -> str:
    ending = os.path.splitext(path)[1].lower().removeprefix(".")
    canvas = getattr(figure, "canvas", None) or figure.gcf().canvas
    return ending if ending in canvas.get_supported_filetypes() else "png"
