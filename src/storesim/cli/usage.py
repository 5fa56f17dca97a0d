"""What Click finds wrong with a command line, in the language that the command line asks for."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from itertools import zip_longest

import click

from storesim.cli.session import Session
from storesim.cli.streams import tell
from storesim.language import Lang

_PIECES = {"[OPTIONS]": "[选项]", "COMMAND [ARGS]...": "命令 [参数]..."}


def language_typed(words: Sequence[str]) -> Lang | None:
    """The language that --lang asks for; None where it does not.

    Click says what it cannot read before it comes to --lang.
    """
    typed: Lang | None = None
    for word, after in zip_longest(words, words[1:], fillvalue=""):
        name, sign, value = word.partition("=")
        match value if sign else after:
            case "zh" | "en" as lang if name == "--lang":
                typed = lang
    return typed


def show_wrong(session: Session, wrong: click.ClickException) -> None:
    """How the command is used, and what is wrong, on standard error; Click's own words where it does not say that."""
    if type(wrong).show not in (click.ClickException.show, click.UsageError.show):
        with suppress(OSError):
            wrong.show()
        return
    running = wrong.ctx if isinstance(wrong, click.UsageError) else None
    if running is not None:
        pieces = [running.command_path, *running.command.collect_usage_pieces(running)]
        words = " ".join(_PIECES.get(piece, piece) if session.lang == "zh" else piece for piece in pieces)
        tell(session.phrase("usage", words=words))
        tell(session.phrase("usage.help", command=running.command_path) + "\n")
    tell(session.phrase("usage.wrong", text=session.told(wrong.format_message())))
