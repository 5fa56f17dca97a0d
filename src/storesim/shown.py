"""`Shown`: what shows itself in a notebook."""

from __future__ import annotations

from importlib import import_module
from typing import Any


class Shown:
    """A value with a table and a picture of its own.

    How it looks is said in `storesim.notebook`, a front door above all rooms; it is looked up by name when a notebook
    asks, as the table of public names is.
    """

    __slots__ = ()

    def _repr_html_(self) -> str:
        door: Any = import_module("storesim.notebook")
        shown: str = door.html(self)
        return shown
