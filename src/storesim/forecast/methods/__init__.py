"""The table of methods: a name, and where it is; nothing is loaded before it is asked for."""

from __future__ import annotations

from importlib import import_module, metadata
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from storesim.errors import UsageError, near

if TYPE_CHECKING:
    from collections.abc import Mapping

    from storesim.forecast.methods.base import Forecaster

METHODS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "naive": "storesim.forecast.methods.naive:Naive",
        "seasonal_naive": "storesim.forecast.methods.seasonal_naive:SeasonalNaive",
        "ets": "storesim.forecast.methods.ets:Ets",
        "mstl": "storesim.forecast.methods.mstl:Mstl",
        "sarimax": "storesim.forecast.methods.state_space:Sarimax",
        "ucm": "storesim.forecast.methods.state_space:Ucm",
        "storesim": "storesim.forecast.methods.own:Own",
    }
)
"""Our own methods: "module:name" of a class that is a `Forecaster` when called without arguments."""

GROUP: Final = "storesim.forecasters"
"""Entry-point group in which other packages may offer methods; ours come first where names are the same."""


def forecaster(name: str) -> Forecaster:
    """The method of that name.

    Raises
    ------
    UsageError
        If there is none; the message lists those there are.
    """
    if name in METHODS:
        module, _, attribute = METHODS[name].partition(":")
        made: Forecaster = getattr(import_module(module), attribute)()
        return made
    others = {point.name: point for point in metadata.entry_points(group=GROUP)}
    if name in others:
        offered: Forecaster = others[name].load()()
        return offered
    known = ["auto", *METHODS, *sorted(others)]
    raise UsageError(f"there is no forecasting method {name!r} among {', '.join(known)}{near(name, known)}")
