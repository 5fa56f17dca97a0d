"""`storesim completion`: a script that completes commands and options in a shell."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from storesim.errors import UsageError


@click.command("completion")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def command(ctx: click.Context, shell: str) -> None:
    """How do I complete commands with the Tab key? 命令行补全。

    Prints a script for SHELL; put this line into the file your shell reads at its start:

    \b
      bash  eval "$(storesim completion bash)"
      zsh   eval "$(storesim completion zsh)"
      fish  storesim completion fish | source
    """
    completer = get_completion_class(shell)
    if completer is None:
        raise UsageError(f"Click knows no completion for {shell}")
    root = ctx.find_root().command
    # The template itself, not `source()`: that starts a shell to ask for its version.
    made = completer(root, {}, "storesim", "_STORESIM_COMPLETE")
    click.echo(made.source_template % made.source_vars())
