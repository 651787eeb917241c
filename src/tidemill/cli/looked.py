"""What the commands about the catalog look at: its definitions, and which pipelines use them; no dataset is made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tidemill.catalog.patterns import Patterns
    from tidemill.catalog.usage import Uses
    from tidemill.cli.invocation import Invocation
    from tidemill.config import AbstractConfigLoader
    from tidemill.io.dataset import AbstractDataset


class Looked:
    """The catalog of a project, as its configuration defines it."""

    def __init__(self, invocation: Invocation, env: str | None) -> None:
        """Open the project; its pipelines are imported when they are asked for.

        Args:
            invocation: The call.
            env: The environment of the configuration.
        """
        from tidemill.project.loading import chosen_environment, config_loader

        self.metadata = invocation.project()
        self.loader: AbstractConfigLoader = config_loader(
            self.metadata.project_path, env=chosen_environment(env), metadata=self.metadata
        )

    def definitions(self) -> dict[str, Any]:
        """Return name, or pattern, -> definition; nothing where there is no catalog."""
        from tidemill.project.loading import of_kind

        return {name: each for name, each in of_kind(self.loader, "catalog").items() if not str(name).startswith("_")}

    def parsed(self) -> tuple[dict[str, Mapping[str, Any]], Patterns]:
        """Return the definitions of datasets, and the patterns.

        Raises:
            DatasetConfigError: What cannot be one.
        """
        from tidemill.catalog.patterns import Patterns
        from tidemill.io.definition import check_definition

        names: dict[str, Mapping[str, Any]] = {}
        patterns: dict[str, Mapping[str, Any]] = {}
        for name, definition in self.definitions().items():
            check_definition(name, definition)
            (patterns if Patterns.is_pattern(name) else names)[name] = definition
        return names, Patterns(patterns)

    def dataset(self, name: str, definition: Mapping[str, Any]) -> AbstractDataset[Any, Any]:
        """Return the dataset that a definition makes.

        Raises:
            DatasetError: It makes none.
        """
        from tidemill.catalog.catalog import DataCatalog
        from tidemill.project.context import anchored
        from tidemill.project.loading import of_kind

        anchor = anchored({name: definition}, self.metadata.project_path.as_posix())
        return DataCatalog.from_config(anchor, of_kind(self.loader, "credentials"))[name]

    def uses(self, pipelines: tuple[str, ...] = ()) -> dict[str, Uses]:
        """Return pipeline -> the names that it uses, of these pipelines or of all.

        Raises:
            PipelineNotFoundError: There is none of a name.
        """
        from tidemill.catalog.usage import Uses
        from tidemill.project import pipelines as registered

        wanted = pipelines or tuple(registered)
        found = {name: registered[name] for name in wanted}
        return {name: Uses.of(each.datasets(), each.inputs()) for name, each in found.items()}
