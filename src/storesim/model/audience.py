"""An audience that tires of an advertisement: display on social media, such as 京东直投 (MODEL section 6).

A people-wide mean suffices: each of A people has seen the store x times, remembered exposures halving every `recovery`
days, and clicks at an exposure with chance `ctr · e^{−f·x}`. Δ more exposures a person in a day bring

`clicks = A · ctr · ∫ e^{−f·y} dy, y from x to x + Δ = A · ctr · (e^{−f·x} − e^{−f·(x+Δ)}) / f`,

so each further yuan brings less. The market's season does not move an audience (*assumed*): it is shown the store
where it does not search.
"""

from __future__ import annotations

from typing import NamedTuple

from storesim.engine.draws import exp
from storesim.model.goods import fen
from storesim.model.traffic import kept
from storesim.scenario.channels import Placement


class Audience(NamedTuple):
    """One placement channel in one stage."""

    people: float
    exposures: float
    """Exposures a person on a day without budget limit."""

    ctr: float
    fatigue: float
    keep: float
    """Share of remembered exposures left after a day."""

    by_thousand: bool
    price: float
    """Fen a click, or a thousand impressions."""

    budget: float
    """Fen a day."""


def read_audience(channel: Placement) -> Audience:
    """The settings of one stage, in fen and a day."""
    return Audience(
        people=channel.audience,
        exposures=channel.impressions_per_day,
        ctr=channel.ctr,
        fatigue=channel.fatigue,
        keep=kept(channel.recovery),
        by_thousand=channel.billing == "thousand",
        price=fen(channel.price),
        budget=fen(channel.daily_budget),
    )


def clicks(audience: Audience, seen: float, more: float) -> float:
    """Clicks to expect from `more` exposures a person, each having seen it `seen` times."""
    f = audience.fatigue
    shown = (exp(-f * seen) - exp(-f * (seen + more))) / f if f > 0.0 else more
    return audience.people * audience.ctr * shown


def affordable(audience: Audience) -> float:
    """Exposures a person today: what the platform offers, and billed by the thousand no more than the budget buys."""
    if audience.budget <= 0.0:
        return 0.0
    if not audience.by_thousand:
        return audience.exposures
    return min(audience.exposures, 1000.0 * audience.budget / audience.price / audience.people)
