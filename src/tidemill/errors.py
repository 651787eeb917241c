"""Every exception of Tidemill.

TidemillError
├── DatasetError                       anything about one dataset, or the catalog that holds it
│   ├── DatasetNotFoundError           a name that the catalog does not know                 (also a KeyError)
│   ├── DatasetAlreadyExistsError      a name that the catalog has already
│   ├── DatasetConfigError             a definition that cannot become a dataset
│   │   └── CredentialsNotFoundError   credentials that are named and not given              (also a KeyError)
│   ├── VersionNotFoundError           no such version, or none at all                       (also a FileNotFoundError)
│   └── VersionAlreadyExistsError      a version's name that is taken                        (also a FileExistsError)
├── ConfigError                        a configuration file that cannot be read              (also a ValueError)
└── PipelineError                      nodes that do not fit together, or a run that cannot start
"""

from __future__ import annotations


class TidemillError(Exception):
    """The root: `except TidemillError` catches everything that Tidemill itself raises."""

    def __str__(self) -> str:
        # KeyError quotes its argument; a message of several lines must stay readable.
        return str(self.args[0]) if len(self.args) == 1 else super().__str__()


class DatasetError(TidemillError):
    """Loading, saving, describing or building a dataset failed."""


class DatasetNotFoundError(DatasetError, KeyError):
    """The catalog has no dataset of that name."""


class DatasetAlreadyExistsError(DatasetError):
    """The catalog has a dataset of that name already."""


class DatasetConfigError(DatasetError):
    """A dataset's definition is wrong."""


class CredentialsNotFoundError(DatasetConfigError, KeyError):
    """A definition names credentials that were not given."""


class VersionNotFoundError(DatasetError, FileNotFoundError):
    """There is no committed version, or not the one that was asked for."""


class VersionAlreadyExistsError(DatasetError, FileExistsError):
    """The version's name is taken, and a version never changes."""


class ConfigError(TidemillError, ValueError):
    """A configuration file cannot be read or understood."""


class PipelineError(TidemillError, ValueError):
    """Nodes do not fit together, or a run cannot start."""
