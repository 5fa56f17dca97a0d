"""`storesim doctor`: what is installed, what is missing, and what that costs."""

from __future__ import annotations

import os
import platform
import shutil
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import click

from storesim import __version__
from storesim.cli.options import speaking
from storesim.cli.session import Session

BROKEN: Final = 4
BROWSERS: Final = ("chromium", "chromium-browser", "google-chrome", "chrome")
SPREADSHEETS: Final = ("libreoffice", "soffice")
CHINESE_FONTS: Final = (
    "Noto Sans CJK", "Source Han Sans", "WenQuanYi", "Microsoft YaHei", "PingFang", "SimHei", "Hiragino Sans GB",
)  # fmt: skip


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at."""

    item: str
    found: str
    good: bool
    needed: bool = True


@click.command("doctor")
@speaking
@click.pass_obj
def command(session: Session) -> None:
    """What is installed, and what is missing? 检查安装环境。

    The exit status is 4 if anything that storesim cannot work without is missing or too old.
    """
    findings = [*_python(), *_libraries(), *_machine()]
    broken = any(finding.needed and not finding.good for finding in findings)
    if session.as_json:
        session.json([asdict(finding) for finding in findings])
    else:
        columns = ("", session.phrase("column.item"), session.phrase("column.found"))
        rows = [(_mark(finding), session.told(finding.item), session.told(finding.found)) for finding in findings]
        session.table(columns, rows, texts=3)
        session.line(session.phrase("doctor.bad" if broken else "doctor.good"))
    session.exit_status = BROKEN if broken else 0


def _mark(finding: Finding) -> str:
    if finding.good:
        return "✓"
    return "✗" if finding.needed else "–"


def _python() -> Iterator[Finding]:
    yield Finding("storesim", __version__, good=True)
    yield Finding("Python", platform.python_version(), good=sys.version_info >= (3, 11))


def _libraries() -> Iterator[Finding]:
    # Here and not above: `storesim --help` reads this file, and would take half as long again.
    from importlib import metadata

    try:
        wanted = metadata.requires("storesim") or []
    except metadata.PackageNotFoundError:
        yield Finding("storesim", "is not installed (pip install -e .)", good=False)
        return
    for line in wanted:
        name, _, rest = line.partition(">=")
        if "extra ==" in line:
            continue
        yield _library(name.strip(), rest.partition(";")[0].strip())


def _library(name: str, least: str) -> Finding:
    from importlib import metadata

    try:
        found = metadata.version(name)
    except metadata.PackageNotFoundError:
        return Finding(name, f"not installed; {least} or newer is needed", good=False)
    good = _numbers(found) >= _numbers(least)
    return Finding(name, found if good else f"{found}; {least} or newer is needed", good=good)


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdigit())


def _machine() -> Iterator[Finding]:
    yield Finding("processors", str(os.cpu_count() or 1), good=True)
    here = Path.cwd()
    writable = os.access(here, os.W_OK)
    free = f"{shutil.disk_usage(here).free / 1e9:.1f} GB free"
    yield Finding("this folder", free if writable else "read-only", writable)
    font = _chinese_font()
    yield Finding("Chinese font (pictures as PNG)", font or "none; labels are in English", bool(font), needed=False)
    for item, names in (("browser (looking at reports)", BROWSERS), ("spreadsheet (looking at plans)", SPREADSHEETS)):
        program = next((name for name in names if shutil.which(name)), "")
        yield Finding(item, program or "none on the path", bool(program), needed=False)


def _chinese_font() -> str:
    from matplotlib import font_manager

    installed = {font.name for font in font_manager.fontManager.ttflist}
    return next((name for name in sorted(installed) if name.startswith(CHINESE_FONTS)), "")
