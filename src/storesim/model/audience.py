"""An audience that tires of an advertisement: display on social media, such as 京东直投 (MODEL section 6).

A people-wide mean suffices: each of A people has seen the store x times, remembered exposures halving every `recovery`
days. People tire at different speeds: the chance of a click falls as `e^{−φ·x}`, φ gamma with mean (1 − e)·f and shape
1 − e, exponential where e is 0. So a mean person clicks at an exposure with chance `ctr · (1 + f·x)^{−(1 − e)}`, and Δ
more exposures a person in a day bring

`clicks = A · ctr · ((1 + f·(x + Δ))^e − (1 + f·x)^e) / (e·f)`, and for e = 0
`clicks = A · ctr · ln((1 + f·(x + Δ)) / (1 + f·x)) / f`,

so each further yuan brings less, but none takes away what others bring: x · (1 + f·x)^{−(1 − e)} rises with x, and then
a larger budget never brings fewer clicks over any number of days (docs/model/direct_placement.md). With a `response`,
which is e, impressions have one price, the first click's times its chance, and billed by the click a tired audience's
clicks are the dearer; where f·x is large clicks grow as the e-th power of what is shown. The market's season does not
move an audience (*assumed*): it is shown the store where it does not search.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from storesim.engine.compiled import compiled
from storesim.engine.day import CLICKS, IMPRESSIONS, SECOND_LOOKS, SPEND, UV, F
from storesim.engine.draws import exp, log
from storesim.model.goods import fen
from storesim.model.traffic import kept
from storesim.scenario.channels import Placement

TIRELESS = 1e-9
"""Fatigue up to here is none: what it changes is less than what rounding would."""


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
    """Power of the clicks in the impressions where much is shown; 0: they grow as its logarithm."""

    carry_over: float
    """Searches by name that a person reached will make."""

    carry_keep: float
    """Share of those searches still to come after a day."""


def read_audience(channel: Placement) -> Audience:
    """The settings of one stage, in fen and a day."""
    return Audience(
        people=float(channel.audience),
        exposures=float(channel.impressions_per_day),
        ctr=float(channel.ctr),
        fatigue=float(channel.fatigue),
        keep=kept(channel.recovery),
        by_thousand=channel.billing == "thousand",
        price=fen(channel.price),
        budget=fen(channel.daily_budget),
        response=float(channel.response or 0.0),
        carry_over=float(channel.carry_over),
        carry_keep=kept(channel.carry_half_life),
    )


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


@compiled
def clicks(audience: Audience, seen: float, more: float) -> float:
    """Clicks to expect from `more` exposures a person, each having seen it `seen` times."""
    at_once, f, power = audience.people * audience.ctr, audience.fatigue, audience.response
    if power > 0.0 and f > TIRELESS:
        gained = exp(power * log(1.0 + f * (seen + more))) - exp(power * log(1.0 + f * seen))
        return at_once * gained / (power * f)
    shown = log((1.0 + f * (seen + more)) / (1.0 + f * seen)) / f if f > TIRELESS else more
    return at_once * shown


@compiled
def exposures(audience: Audience, seen: float, clicks: float) -> float:
    """Exposures a person behind so many clicks, each having seen it `seen` times: `clicks` turned round."""
    mean, f, power = clicks / (audience.people * audience.ctr), audience.fatigue, audience.response
    if f <= TIRELESS:
        return mean
    if power > 0.0:
        risen = exp(power * log(1.0 + f * seen)) + power * f * mean
        return (exp(log(risen) / power) - 1.0) / f - seen
    return (1.0 / f + seen) * (exp(f * mean) - 1.0)


@compiled
def affordable(audience: Audience) -> float:
    """Exposures a person today: what the platform offers, and no more than the budget buys where they have a price."""
    if audience.budget <= 0.0:
        return 0.0
    if not audience.by_thousand and audience.response > 0.0:
        return min(audience.exposures, audience.budget / (audience.price * audience.ctr * audience.people))
    if not audience.by_thousand:
        return audience.exposures
    return min(audience.exposures, 1000.0 * audience.budget / audience.price / audience.people)


def show(audience: Audience, seen: float) -> Showing:
    """Plan a day for an audience that remembers `seen` exposures a person."""
    return Showing(*plan_show(audience, seen))


@compiled
def plan_show(audience: Audience, seen: float) -> tuple[float, float, float, float]:
    """The fields of `show`: names take longer than all of it."""
    bought = affordable(audience)
    expected = clicks(audience, seen, bought)
    offered = expected
    if not audience.by_thousand and bought != audience.exposures and audience.budget > 0.0:
        offered = clicks(audience, seen, audience.exposures)
    price = audience.price
    if audience.response > 0.0 and expected > 0.0:
        price = np.rint(audience.price * audience.ctr * bought * audience.people / expected)
    return bought, expected, offered, price


@compiled
def end_show(audience: Audience, seen: float, planned: tuple[float, float, float, float], row: F) -> float:
    """Impressions of a day `planned` by `plan_show`; written to `row` [N_TALLY] with what else only its end tells."""
    bought, expected, _, _ = planned
    if audience.by_thousand:
        shown = np.floor(bought * audience.people)
        row[CLICKS] = row[UV] - row[SECOND_LOOKS]
        row[SPEND] = np.floor(shown * audience.price / 1000.0)
    else:
        # The impressions behind the clicks that the budget allowed; more than was planned only by luck.
        won, behind = row[CLICKS], 0.0
        if expected > 0.0:
            behind = exposures(audience, seen, min(won, expected)) * max(1.0, won / expected)
        # A negative 0 would show as one in tables.
        shown = np.rint(behind * audience.people) + 0.0
    # Of few impressions chance lets more click than there are: a click is an impression at least.
    row[IMPRESSIONS] = max(shown, row[CLICKS])
    return float(row[IMPRESSIONS])
