"""Presets as trees, kept beside their texts as Python keeps its modules: read once, and never again until they change.

Taking the shipped sale calendar apart costs more than all else that `validate` does.
"""

from __future__ import annotations

import hashlib
import os
import pickle
from pathlib import Path
from typing import Final

import storesim
from storesim.errors import Fault
from storesim.scenario.text import parsed
from storesim.scenario.tree import Group

PRESETS: Final = Path(__file__).parent / "presets"
_KEPT: Final = PRESETS / "__pycache__"


def parsed_preset(text: str, shown: str) -> tuple[Group | None, list[Fault]]:
    """`text.parsed`, from what an earlier reading left where this text, name and version are the same."""
    name = hashlib.sha256(f"{storesim.__version__}\0{_sources()}\0{shown}\0{text}".encode()).hexdigest()
    place = _KEPT / f"{Path(shown).stem}.{name[:24]}.tree"
    try:
        # Written by this module into the package's own folder: as trusted as the package's compiled modules.
        found: tuple[Group | None, list[Fault]] = pickle.loads(place.read_bytes())  # noqa: S301
    except Exception:  # noqa: BLE001  # absent, damaged or of other classes: read the text
        found = parsed(text, shown)
        _keep(place, pickle.dumps(found))
    return found


def _sources() -> str:
    """Changes whenever the modules that make trees do."""
    stats = [(Path(__file__).parent / name).stat() for name in ("text.py", "tree.py", "syntax.py")]
    return " ".join(f"{found.st_size} {found.st_mtime_ns}" for found in stats)


def _keep(place: Path, data: bytes) -> None:
    aside = place.with_suffix(f".{os.getpid()}.aside")
    try:
        place.parent.mkdir(exist_ok=True)
        for old in place.parent.glob(f"{place.name.split('.', 1)[0]}.*.tree"):
            old.unlink(missing_ok=True)
        aside.write_bytes(data)
        aside.replace(place)
    except OSError:
        # An installation that may not be written to reads its presets anew each time.
        return
