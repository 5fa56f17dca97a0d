"""Code blocks of a Markdown page: what the reader is told to type, and what the page says comes back."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

_FENCE = re.compile(r"^```(?P<kind>\w+)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
_STATUS = "<<status of the command: "


@dataclass(frozen=True)
class Step:
    """One command of a console block and the output the page shows; an empty text shows nothing."""

    command: str
    output: str


@dataclass(frozen=True)
class Outcome:
    """What a step did."""

    step: Step
    status: int
    output: str


def blocks(page: Path, kind: str) -> tuple[str, ...]:
    """Text of every fenced block of that kind, in order."""
    return tuple(found["text"] for found in _FENCE.finditer(page.read_text(encoding="utf-8")) if found["kind"] == kind)


def steps(block: str) -> tuple[Step, ...]:
    """A console block cut at its prompts; a line that ends in a backslash goes on in the next."""
    parts = re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]
    return tuple(_step(part) for part in parts)


def fewer(block: str) -> str:
    """The block as a reader in a hurry types it: 3 runs, the fewest that `compare` takes, for 12 to 200."""
    return re.sub(r"(?<=--runs )\d+|(?<=n_runs=)\d+|\d+(?= runs, seed)|(?<=Simulated )\d+(?= times)", "3", block)


def play(block: str, folder: Path, environment: Mapping[str, str]) -> Iterator[Outcome]:
    """Type a console block into one shell in `folder`; give what each command printed, both streams together."""
    typed = steps(block)
    script = "\n".join(f"{step.command}\n__s=$?; printf '\\n{_STATUS}%d>>\\n' $__s; (exit $__s)" for step in typed)
    ran = subprocess.run(
        ["bash"], input=script, cwd=folder, env=dict(environment), text=True, encoding="utf-8",
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=600, check=False,
    )  # fmt: skip
    pieces = re.split(rf"\n?{re.escape(_STATUS)}(\d+)>>\n", ran.stdout)
    for step, output, status in zip(typed, pieces[::2], pieces[1::2], strict=False):
        yield Outcome(step, int(status), output)


def agrees(shown: str, printed: str) -> bool:
    """Whether `printed` is what the page shows: blanks count as one, ... is anything in a line, alone any lines."""
    wanted = "".join(map(_pattern, shown.strip().splitlines()))
    lines = (" ".join(line.split()) for line in printed.splitlines())
    return re.fullmatch(wanted, "".join(f"{line}\n" for line in lines if line)) is not None


def _pattern(line: str) -> str:
    text = " ".join(line.split())
    if text == "...":
        return r"(?:[^\n]*\n)*?"
    return re.escape(text).replace(re.escape("..."), r"[^\n]*") + r"\n" if text else ""


def _step(part: str) -> Step:
    lines = part.splitlines()
    length = 1
    while length < len(lines) and lines[length - 1].endswith("\\"):
        length += 1
    return Step("\n".join(lines[:length]), "\n".join(lines[length:]))
