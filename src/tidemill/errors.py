"""Every exception of Tidemill.

TidemillError
├── DatasetError                       anything about one dataset, or the catalog that holds it
│   ├── DatasetNotFoundError           a name that the catalog does not know                 (also a KeyError)
│   ├── DatasetAlreadyExistsError      a name that the catalog has already
│   ├── DatasetConfigError             a definition that cannot become a dataset
│   │   └── CredentialsNotFoundError   credentials that are named and not given              (also a KeyError)
│   ├── VersionNotFoundError           no such version, or none at all                       (also a FileNotFoundError)
│   ├── VersionAlreadyExistsError      a version's name that is taken                        (also a FileExistsError)
│   ├── PlaceNotFoundError             what a save writes into is not there                  (also a FileNotFoundError)
│   └── NotAFolderError                a file is where a save needs a folder                 (also a NotADirectoryError)
├── ConfigError                        a configuration file that cannot be read              (also a ValueError)
│   └── MissingConfigError             no such files, or no such kind of them                (also a KeyError)
│       └── NoFilesError               no files of a kind, where there could be some
├── ProjectError                       a project that is not as it should be
│   ├── ProjectNotFoundError           there is none here, nor above                         (also a FileNotFoundError)
│   ├── SettingsError                  a setting that cannot be                              (also a ValueError)
│   ├── PipelineNotFoundError          a name under which no pipeline is registered          (also a KeyError)
│   └── TemplateError                  a template, or a name for what it makes, that cannot be (also a ValueError)
├── HookError                          a hook object that does not fit the specifications    (also a TypeError)
└── PipelineError                      nodes that do not fit together, or a run that cannot start
    ├── RunError                       what failed in a run that went on, and what could not run
    └── WorkerLostError                what a node ran on is gone
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


class PlaceNotFoundError(DatasetError, FileNotFoundError):
    """What a save writes into is not there: a bucket, or a folder that the dataset's author does not make."""


class NotAFolderError(DatasetError, NotADirectoryError):
    """A file is where a save needs a folder."""


class ConfigError(TidemillError, ValueError):
    """A configuration file cannot be read or understood."""


class MissingConfigError(ConfigError, KeyError):
    """There are no configuration files of a kind, no such environment, or no such kind."""


class NoFilesError(MissingConfigError):
    """There are no configuration files of a kind; the kind and the environment are there."""


class PipelineError(TidemillError, ValueError):
    """Nodes do not fit together, or a run cannot start."""


class ProjectError(TidemillError):
    """A project is not as it should be: its `pyproject.toml`, its pipelines, its folders."""


class ProjectNotFoundError(ProjectError, FileNotFoundError):
    """There is no project in a folder, nor in those above it."""


class SettingsError(ProjectError, ValueError):
    """A project's `settings.py` says what cannot be."""


class PipelineNotFoundError(ProjectError, KeyError):
    """A project registers no pipeline of that name."""


class TemplateError(ProjectError, ValueError):
    """A template cannot be read or rendered, or what it makes cannot have that name."""


class HookError(TidemillError, TypeError):
    """A hook object does not fit the specifications."""


class RunError(PipelineError):
    """Nodes failed in a run that kept going.

    Attributes:
        failures: Node name -> what it raised; of a node that runs for each partition, name and partition.
        skipped: The names of the nodes that could not run, because they need what a failed one makes.
        outputs: The free outputs that were made and that the catalog does not have.
    """

    def __init__(
        self,
        message: str,
        failures: dict[str, BaseException] | None = None,
        skipped: tuple[str, ...] = (),
        outputs: dict[str, object] | None = None,
    ) -> None:
        """Hold what happened.

        Args:
            message: All of it, for reading.
            failures: As the attribute.
            skipped: As the attribute.
            outputs: As the attribute.
        """
        super().__init__(message)
        self.failures, self.skipped, self.outputs = failures or {}, skipped, outputs or {}


class WorkerLostError(PipelineError):
    """What a node ran on is gone: killed, out of memory, `os._exit`. It is tried again where there are retries."""
