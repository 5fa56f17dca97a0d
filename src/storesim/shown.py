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


class Explorable(Shown):
    """A value of many days and channels, too many for one picture."""

    __slots__ = ()

    def explore(self, lang: str | None = None) -> Any:
        """A picture with choices beside it: which KPI, which channel, which days; for a notebook.

        Parameters
        ----------
        lang
            "zh" or "en"; that of the machine if not given.

        Raises
        ------
        MissingExtra
            If ipywidgets is not installed.
        """
        door: Any = import_module("storesim.notebook")
        return door.explore(self, lang)
