"""`record`: each benchmark writes its own section of `RESULTS.md`, with the machine it was measured on."""

from __future__ import annotations

import datetime as dt
import os
import platform
import re
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

RESULTS = Path(__file__).parent / "RESULTS.md"
HEAD = """# Measured

Written by `python -m benchmarks`; each section by the benchmark of its name, on the machine it states.
"""


def record(section: str, command: str, markdown: str, *, path: Path = RESULTS) -> None:
    """Put a section into `RESULTS.md`, in place of the one of that name or after the others.

    Parameters
    ----------
    section
        Its title.
    command
        What repeats it, such as `python -m benchmarks.speed`.
    markdown
        Its text, without the title.
    """
    text = path.read_text(encoding="utf-8") if path.exists() else HEAD
    begin, end = f"<!-- begin {section} -->", f"<!-- end {section} -->"
    block = f"{begin}\n## {section}\n\n*{machine()}*\n\n{markdown.strip()}\n\nAgain: `{command}`.\n{end}\n"
    found = re.compile(re.escape(begin) + ".*?" + re.escape(end) + "\n", re.DOTALL)
    text = found.sub(lambda _: block, text) if found.search(text) else f"{text.rstrip()}\n\n{block}"
    aside = path.with_suffix(".tmp")
    aside.write_text(text, encoding="utf-8")
    aside.replace(path)
    print(f"\n{section}\n\n{markdown.strip()}\n")


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table; all columns but the first to the right."""
    align = ["---", *("---:" for _ in head[1:])]
    return "\n".join("| " + " | ".join(row) + " |" for row in (head, align, *rows))


def machine() -> str:
    """Size of this machine, versions that matter for speed, and the day."""
    libraries = ", ".join(f"{name} {_version(name)}" for name in ("numpy", "numba", "simpy"))
    return (
        f"{_cpu()}, {os.cpu_count()} cores, {_memory():.0f} GB; {platform.system()}, "
        f"Python {platform.python_version()}, {libraries}; {dt.datetime.now(dt.UTC).date()}; {_load()}"
    )


def _load() -> str:
    """What else went on: figures from a machine that others use are slower, and by how much nobody can say."""
    try:
        return f"load {os.getloadavg()[0]:.1f}, this benchmark being 1 to 2 of it"
    except OSError:
        return "load unknown"


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "–"


def _cpu() -> str:
    info = Path("/proc/cpuinfo")
    if info.exists():
        found = re.search(r"model name\s*:\s*(.+)", info.read_text(encoding="utf-8"))
        if found:
            return found.group(1).strip()
    return platform.processor() or platform.machine()


def _memory() -> float:
    """Gigabytes; 0 where the system does not say."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    except (AttributeError, OSError, ValueError):
        return 0.0
