"""Standard output and standard error as they are found: closed, full, or without Chinese letters."""

from __future__ import annotations

import codecs
import io
import os
import sys
from contextlib import suppress
from pathlib import Path

import click


def make_ready() -> None:
    """Let both streams take every word: a sign the terminal does not know becomes `?`, a closed stream takes all."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            # Left open for the life of the process, as the stream it stands for.
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115
        elif isinstance(stream, io.TextIOWrapper):
            # A machine that says nothing of letters (LANG=C) has a terminal of today, which is UTF-8.
            knows_nothing = codecs.lookup(stream.encoding).name == "ascii"
            stream.reconfigure(encoding="utf-8" if knows_nothing else None, errors="replace")


def tell(text: str) -> None:
    """One line on standard error. What cannot be written there keeps nobody from the results."""
    with suppress(OSError):
        click.echo(text, err=True)


def let_go_of_stdout() -> None:
    """Forget what standard output refused: Python writes it once more when it ends, and would complain."""
    with suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
