"""What levers are called in the trade, and what a mix sets them to, in the reader's words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from storesim.report.document import Kind, printable
from storesim.report.palette import show
from storesim.report.words import CATALOGUE, Words

if TYPE_CHECKING:
    from storesim.plan.goals import LeverRow, Pull

_NAMED = frozenset({"daily_budget", "bid", "rate", "most", "dates", "discount", "agents", "safety"})
"""Settings that have a name in the catalogue of words."""


def lever_name(say: Words, path: str, about: str = "") -> str:
    """What a lever is called; its path where it has no name.

    Parameters
    ----------
    path
        Dotted, such as channels.express.daily_budget; a + behind it, of a list that is added to, makes no difference.
    about
        The sale whose setting it is, or that is joined.
    """
    steps = path.removesuffix("+").split(".")
    if steps[0] == "events":
        return say("lever.join" if len(steps) == 1 else "lever.sale", sale=printable(about or steps[-1]))
    channel = say.known(f"channel.{steps[1]}", printable(steps[1])) if steps[0] == "channels" else ""
    return say(f"lever.{steps[-1]}", channel=channel) if steps[-1] in _NAMED else printable(path)


def row_name(say: Words, row: LeverRow) -> str:
    """What the lever of a row is called."""
    return lever_name(say, row.path, row.about)


def pull_name(say: Words, pull: Pull, sales: Mapping[str, str]) -> str:
    """What a line of a mix is called, with its stage and its days.

    Parameters
    ----------
    sales
        Names of the sales whose settings are levers, by path.
    """
    joins = pull.value.get("name", "") if isinstance(pull.value, Mapping) else ""
    name = lever_name(say, pull.path, str(joins) or sales.get(pull.path, ""))
    parts = []
    if pull.stage:
        key = f"stage.{pull.stage}"
        parts.append(say(key) if key in CATALOGUE else printable(pull.stage))
    if pull.first:
        parts.append(say("levers.until" if pull.last else "levers.from", first=pull.first, last=pull.last))
    if not parts:
        return name
    return say("levers.when", lever=name, when=say("and").join(parts))


def pull_value(say: Words, pull: Pull) -> str:
    """What a line of a mix sets its lever to: an amount, a share, a number; of a sale or slot its days and price."""
    value = pull.value
    if isinstance(value, Mapping):
        first, last = str(value.get("from", "")), str(value.get("to", ""))
        days = f"{first} – {last}" if last and last != first else first
        cut = value.get("discount")
        told = [] if not cut else [say("levers.cut", share=show(float(cut), "share", say.lang))]
        return say("and").join([*filter(None, (days,)), *told]) or printable(str(value.get("name", "")))
    if isinstance(value, int | float):
        kind = kind_of_setting(pull.path)
        return f"{value:g}" if kind in ("factor", "count") else show(float(value), kind, say.lang)
    return printable(str(value))


def kind_of_setting(path: str) -> Kind:
    """How the value of a lever is shown."""
    match path.rsplit(".", maxsplit=1)[-1]:
        case "rate" | "discount":
            return "share"
        case "agents" | "most":
            return "count"
        case "safety":
            return "factor"
        case _:
            return "price"
