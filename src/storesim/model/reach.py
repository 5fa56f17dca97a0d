"""Whom display reaches, who of them visits first, and who searches for the store later (MODEL section 6).

Impressions fall on an audience of A people at random: n of them leave a person without any with chance (1 − 1/A)^n, so
`reach = A · (1 − (1 − 1/A)^n)`, close to A · (1 − e^{−n/A}). Of the visitors of a day those are new who are not among
the people that have visited through the channel before.

Carry-over: of the people reached on a day a share will search for the store by name, spread over the days that follow:
`stock ← keep · stock + carry_over · reach` at midnight, and `(1 − keep) · stock` of them search on the next day. They
visit through the organic channels, by the channels' shares of the market's searches, and meet the ads of groups of
keywords that bid on the store's name (`keywords.brand`).
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from storesim.engine.day import SECOND_LOOKS, SPEND, UV, DayPlan, F
from storesim.engine.draws import exp, log
from storesim.model.audience import Audience
from storesim.model.cells import cells_of
from storesim.model.goods import FEN
from storesim.scenario.channels import Organic, PayPerClick
from storesim.scenario.document import Scenario

WEEK, MONTH = 7, 30


def people_reached(people: float, impressions: float) -> float:
    """People who saw at least one of so many impressions, each falling on anybody of the audience."""
    return people * (1.0 - exp(impressions * log(1.0 - 1.0 / people))) if people > 1.0 else min(people, impressions)


class Names:
    """Where those go who search for the store by its name, in one stage."""

    def __init__(self, scenario: Scenario, groups: int) -> None:
        channels = list(scenario.channels.values())
        shares = np.array([channel.share if isinstance(channel, Organic) else 0.0 for channel in channels])
        self.organic: F = shares / max(float(shares.sum()), 1e-300)
        """[n_channels] share of them who visit through each organic channel."""

        self.met: F = np.zeros((len(channels), groups))
        """[n_channels, G] share of them whom each cell of a pay-per-click channel meets at auction."""

        for c, channel in enumerate(channels):
            if isinstance(channel, PayPerClick):
                cells = cells_of(channel)
                for g, cell in enumerate(cells):
                    whole = sum(other.searches for other in cells if other.group == cell.group)
                    self.met[c, g] = cell.keywords.brand * cell.searches / whole if whole > 0.0 else 0.0

    def open(self, plan: DayPlan, searches: float) -> None:
        """Add `searches` by name to the day's visitors and auctions."""
        plan.rate[:] += searches * self.organic
        for c in np.flatnonzero(self.met.any(axis=1)):
            if plan.rate[c] > 0.0:
                added = searches * self.met[c]
                plan.group_share[c] = (plan.rate[c] * plan.group_share[c] + added) / (plan.rate[c] + added.sum())
                plan.rate[c] += added.sum()


class Window:
    """Impressions of the last days; they are whole numbers, so that sums can be kept by adding and taking away."""

    def __init__(self) -> None:
        self._days = [0.0] * MONTH
        self._day = 0
        self._week = self._month = 0.0

    def add(self, shown: float) -> tuple[float, float]:
        """Move on by a day; the impressions of the last 7 and the last 30 days."""
        days, today = self._days, self._day % MONTH
        self._week += shown - days[today - WEEK]
        self._month += shown - days[today]
        days[today] = shown
        self._day += 1
        return self._week, self._month


class Reach:
    """The audiences of all placement channels: impressions of the last days, earlier visitors, and who will search."""

    def __init__(self, channels: Mapping[int, Audience]) -> None:
        self._shown = {c: Window() for c in channels}
        self._visited = dict.fromkeys(channels, 0.0)
        self._stock = dict.fromkeys(channels, 0.0)
        self.searches = 0.0
        """Searches by name to expect today."""

        self.counts = dict.fromkeys(
            (
                "audience_impressions", "audience_spend", "reached", "reached_7d", "reached_30d", "first_visits",
                "brand_searches",
            ),
            0.0,
        )  # fmt: skip
        """What today's row of the ledger says; money in CNY."""

    def close(self, audiences: Mapping[int, Audience], shown: Mapping[int, float], by_channel: F) -> None:
        """Remember a day: `shown` are its impressions by channel, `by_channel` [n_channels, N_TALLY] its tally."""
        if not audiences:
            return
        named, self.searches = self.searches, 0.0
        impressions = spend = today = of_week = of_month = first = 0.0
        for c, audience in audiences.items():
            week, month = self._shown[c].add(shown[c])
            reached = people_reached(audience.people, shown[c])
            came = float(by_channel[c, UV] - by_channel[c, SECOND_LOOKS])
            new = float(round(came * max(0.0, 1.0 - self._visited[c] / audience.people)))
            self._visited[c] += new
            self._stock[c] = audience.carry_keep * self._stock[c] + audience.carry_over * reached
            self.searches += (1.0 - audience.carry_keep) * self._stock[c]
            impressions += shown[c]
            spend += float(by_channel[c, SPEND]) / FEN
            today += reached
            of_week += people_reached(audience.people, week)
            of_month += people_reached(audience.people, month)
            first += new
        self.counts = {
            "audience_impressions": impressions, "audience_spend": spend, "reached": today, "reached_7d": of_week,
            "reached_30d": of_month, "first_visits": first, "brand_searches": named,
        }  # fmt: skip
