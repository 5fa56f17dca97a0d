"""An audience that tires of an advertisement: display on social media, such as 京东直投 (MODEL section 6).

A people-wide mean suffices: each of A people has seen the store x times, remembered exposures halving every `recovery`
days, and clicks at an exposure with chance `ctr · e^{−f·x}`. Δ more exposures a person in a day bring

`clicks = A · ctr · ∫ e^{−f·y} dy, y from x to x + Δ = A · ctr · (e^{−f·x} − e^{−f·(x+Δ)}) / f`,

so each further yuan brings less. With a `response` e interest falls as `(1 + f·x)^{−(1 − e)}` instead, the mean of
people who tire at different speeds, and `clicks = A · ctr · ((1 + f·(x + Δ))^e − (1 + f·x)^e) / (e·f)`: where f·x is
large they grow as the e-th power of what is shown. Then impressions have one price, the first click's times its chance,
and billed by the click a tired audience's clicks are the dearer. The market's season does not move an audience
(*assumed*): it is shown the store where it does not search.
"""

from __future__ import annotations

from typing import NamedTuple

from storesim.engine.compiled import compiled
from storesim.engine.draws import exp, log
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

    response: float
    """Power of the clicks in the impressions where much is shown; 0: interest falls exponentially."""

    carry_over: float
    """Searches by name that a person reached will make."""

    carry_keep: float
    """Share of those searches still to come after a day."""


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
        response=channel.response or 0.0,
        carry_over=channel.carry_over,
        carry_keep=kept(channel.carry_half_life),
    )


def clicks(audience: Audience, seen: float, more: float) -> float:
    """Clicks to expect from `more` exposures a person, each having seen it `seen` times."""
    return _clicks(audience.people * audience.ctr, audience.fatigue, audience.response, seen, more)


@compiled
def _clicks(at_once: float, f: float, power: float, seen: float, more: float) -> float:
    if power > 0.0 and f > 0.0:
        gained = exp(power * log(1.0 + f * (seen + more))) - exp(power * log(1.0 + f * seen))
        return at_once * gained / (power * f)
    shown = (exp(-f * seen) - exp(-f * (seen + more))) / f if f > 0.0 else more
    return at_once * shown


def affordable(audience: Audience) -> float:
    """Exposures a person today: what the platform offers, and no more than the budget buys where they have a price."""
    if audience.budget <= 0.0:
        return 0.0
    if not audience.by_thousand and audience.response > 0.0:
        return min(audience.exposures, audience.budget / (audience.price * audience.ctr * audience.people))
    if not audience.by_thousand:
        return audience.exposures
    return min(audience.exposures, 1000.0 * audience.budget / audience.price / audience.people)


class Showing(NamedTuple):
    """What a day of a placement channel is expected to bring."""

    bought: float
    """Exposures a person, as `affordable` says."""

    clicks: float
    """Clicks of these."""

    offered: float
    """Clicks before the kernel's budget ends them: of all exposures offered where clicks are billed."""

    price: float
    """Fen a click, where clicks are billed: the price, or with a `response` what their impressions cost."""


def show(audience: Audience, seen: float) -> Showing:
    """Plan a day for an audience that remembers `seen` exposures a person."""
    bought = affordable(audience)
    expected = offered = clicks(audience, seen, bought)
    if not audience.by_thousand and bought != audience.exposures and audience.budget > 0.0:
        offered = clicks(audience, seen, audience.exposures)
    price = audience.price
    if audience.response > 0.0 and expected > 0.0:
        price = round(audience.price * audience.ctr * bought * audience.people / expected)
    return Showing(bought, expected, offered, price)
