"""`tidemill completion`: what makes a shell complete commands, options, pipelines and nodes."""

from __future__ import annotations

import click

from tidemill.cli.command import command

#: Where each shell reads it.
_WHERE = {
    "bash": "~/.bashrc",
    "zsh": "~/.zshrc",
    "fish": "~/.config/fish/completions/tidemill.fish",
}


@command(
    examples=[
        'eval "$(tidemill completion bash)"   # for this shell; in ~/.bashrc for all',
        "tidemill completion fish > ~/.config/fish/completions/tidemill.fish",
    ]
)
@click.argument("shell", type=click.Choice([*_WHERE]))
def completion(shell: str) -> None:
    """Print the script that makes a shell complete `tidemill`.

    Names of pipelines, nodes, datasets and tags are completed too: for these the project is imported.
    """
    from click.shell_completion import get_completion_class

    from tidemill.cli.entry import COMPLETE, PROGRAM, cli

    kind = get_completion_class(shell)
    if kind is None:
        raise click.UsageError(f"There is no completion for {shell}.")
    click.echo(kind(cli, {}, PROGRAM, COMPLETE).source())
