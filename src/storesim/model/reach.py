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

from array import array
from collections.abc import Mapping

import numpy as np

from storesim.engine.compiled import compiled
from storesim.engine.day import SECOND_LOOKS, SPEND, UV, DayPlan, F
from storesim.engine.draws import exp, log
from storesim.model.audience import Audience
from storesim.model.cells import cells_of
from storesim.model.goods import FEN
from storesim.scenario.channels import Organic, PayPerClick
from storesim.scenario.document import Scenario

WEEK, MONTH = 7, 30


@compiled
def people_reached(people: float, impressions: float) -> float:
    """People who saw at least one of so many impressions, each falling on anybody of the audience."""
    if people <= 1.0:
        return min(people, impressions)
    return people * (1.0 - exp(impressions * log(1.0 - 1.0 / people)))


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

        self._meeting = tuple(np.flatnonzero(self.met.any(axis=1)).tolist())

    def open(self, plan: DayPlan, searches: float) -> None:
        """Add `searches` by name to the day's visitors and auctions."""
        np.add(plan.rate, searches * self.organic, out=plan.rate)
        for c in self._meeting:
            before = float(plan.rate[c])
            if before > 0.0:
                added = searches * self.met[c]
                plan.rate[c] = after = before + float(added.sum())
                plan.group_share[c] = (before * plan.group_share[c] + added) / after


class Reach:
    """The audiences of all placement channels: who has visited, and who will search."""

    def __init__(self, channels: Mapping[int, Audience]) -> None:
        self._visited = dict.fromkeys(channels, 0.0)
        self._stock = dict.fromkeys(channels, 0.0)
        # The numbers of the days, one after the other.
        self._days = array("d")
        self._shown = {c: array("d") for c in channels}
        self._audiences: list[Mapping[int, Audience]] = []
        self.searches = 0.0
        """Searches by name to expect today."""

    def close(self, audiences: Mapping[int, Audience], shown: Mapping[int, float], by_channel: F) -> None:
        """Remember a day: `shown` are its impressions by channel, `by_channel` [n_channels, N_TALLY] its tally."""
        if not self._shown:
            return
        self._audiences.append(audiences)
        named, self.searches = self.searches, 0.0
        impressions = spend = today = first = 0.0
        for c, audience in audiences.items():
            row = by_channel[c]
            self._shown[c].append(shown[c])
            reached = people_reached(audience.people, shown[c])
            came = float(row[UV] - row[SECOND_LOOKS])
            new = float(round(came * max(0.0, 1.0 - self._visited[c] / audience.people)))
            self._visited[c] += new
            stock = self._stock[c] = audience.carry_keep * self._stock[c] + audience.carry_over * reached
            self.searches += (1.0 - audience.carry_keep) * stock
            impressions += shown[c]
            spend += float(row[SPEND]) / FEN
            today += reached
            first += new
        self._days.extend((impressions, spend, today, first, named))

    def counts(self, n_days: int) -> dict[str, F]:
        """What the ledger says of every day, [n_days] each; money in CNY."""
        days = np.frombuffer(self._days) if self._days else np.zeros(5 * n_days)
        impressions, spend, reached, first, named = days.reshape(n_days, 5).T
        return {
            "audience_impressions": impressions, "audience_spend": spend, "reached": reached,
            "reached_7d": self._within(WEEK, n_days), "reached_30d": self._within(MONTH, n_days),
            "first_visits": first, "brand_searches": named,
        }  # fmt: skip

    def _within(self, days: int, n_days: int) -> F:
        """[n_days] people reached in so many days up to each."""
        found = np.zeros(n_days)
        for c, shown in self._shown.items():
            # Impressions are whole numbers: differences of their totals are exact.
            total = np.cumsum([0.0, *shown])
            of_window = total[1:] - total[np.maximum(np.arange(n_days) + 1 - days, 0)]
            for day, audiences in enumerate(self._audiences):
                found[day] += people_reached(audiences[c].people, of_window[day])
        return found
