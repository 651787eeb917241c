"""`tidemill catalog`: its commands, each imported when it is called; Kedro's names for them are known too."""

from __future__ import annotations

import click

from tidemill.cli.command import Group
from tidemill.cli.table import Row

_LOOK, _MEND = "Look", "Check and write"
_COMMANDS = {
    "list": Row("tidemill.cli.catalog_list", "list_datasets", "List the datasets, and who uses them.", _LOOK),
    "describe": Row("tidemill.cli.catalog_describe", "describe", "Tell all about one dataset.", _LOOK),
    "list-patterns": Row("tidemill.cli.catalog_list", "list_patterns", "List the factories, by rank.", _LOOK),
    "describe-datasets": Row(
        "tidemill.cli.catalog_list", "describe_datasets", "Group what pipelines use by type.", _LOOK
    ),
    "resolve-patterns": Row(
        "tidemill.cli.catalog_list", "resolve_patterns", "Write out the datasets that factories make.", _LOOK
    ),
    "check": Row("tidemill.cli.catalog_check", "check", "Find everything that is wrong with the catalog.", _MEND),
    "create": Row("tidemill.cli.catalog_create", "create", "Add entries for what stays in memory.", _MEND),
    "schema": Row("tidemill.cli.catalog_schema", "schema", "Write a JSON schema for editors.", _MEND),
}
#: What the same was called in other releases of Kedro.
_OLD = {"rank": "list-patterns", "resolve": "resolve-patterns"}


class _Catalog(Group):
    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command, under its older names too."""
        return super().get_command(ctx, _OLD.get(cmd_name, cmd_name))


@click.group(
    cls=_Catalog,
    table=_COMMANDS,
    examples=["tidemill catalog list", "tidemill catalog describe cars", "tidemill catalog check --live"],
)
def catalog() -> None:
    """List, describe and check the datasets of the project."""
