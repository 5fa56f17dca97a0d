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

from storesim.engine.compiled import Settled, compiled
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
        self._visited = tuple((c, share) for c, share in enumerate(self.organic.tolist()) if share > 0.0)

    def open(self, plan: DayPlan, share: F, searches: float) -> None:
        """Add `searches` by name to the day's visitors, and to auctions of which each cell has a `share` without."""
        for c, visiting in self._visited:
            plan.rate[c] += searches * visiting
        for c in self._meeting:
            before = float(plan.rate[c])
            plan.group_share[c] = share[c]
            if before > 0.0:
                added = searches * self.met[c]
                plan.rate[c] = after = before + float(added.sum())
                plan.group_share[c] = (before * share[c] + added) / after


class Reach:
    """The audiences of all placement channels: who has visited, and who will search."""

    def __init__(self, channels: Mapping[int, Audience]) -> None:
        self._stock = dict.fromkeys(channels, 0.0)
        # The numbers of the days, one after the other.
        self._named = array("d")
        self._shown = {c: array("d") for c in channels}
        self._audiences: list[Mapping[int, Audience]] = []
        self.searches = 0.0
        """Searches by name to expect today."""

    def close(self, audiences: Mapping[int, Audience], shown: Mapping[int, float]) -> None:
        """Remember a day: `shown` are its impressions by channel."""
        if not self._shown:
            return
        self._audiences.append(audiences)
        self._named.append(self.searches)
        self.searches = 0.0
        for c, audience in audiences.items():
            self._shown[c].append(shown[c])
            if audience.carry_over > 0.0 or self._stock[c] > 0.0:
                reached = _people_reached(audience.people, shown[c])
                stock = self._stock[c] = audience.carry_keep * self._stock[c] + audience.carry_over * reached
                self.searches += (1.0 - audience.carry_keep) * stock

    def counts(self, days: F) -> dict[str, F]:
        """What the ledger says of every day, [n_days] each; money in CNY. `days` are [n_days, n_channels, N_TALLY]."""
        n_days = len(days)
        found = np.zeros((7, n_days))
        for c, noted in self._shown.items():
            shown, people = np.array(noted), np.array([audiences[c].people for audiences in self._audiences])
            found[0] += shown
            found[1] += days[:, c, SPEND] / FEN
            # Impressions are whole numbers: differences of their totals are exact.
            total = np.concatenate([[0.0], np.cumsum(shown)])
            for row, window in ((2, 1), (3, WEEK), (4, MONTH)):
                of_window = total[1:] - total[np.maximum(np.arange(n_days) + 1 - window, 0)]
                add_reached(people, of_window, found[row])
            add_first_visits(people, days[:, c, UV] - days[:, c, SECOND_LOOKS], found[5])
        found[6] = self._named if self._shown else 0.0
        names = (
            "audience_impressions", "audience_spend", "reached", "reached_7d", "reached_30d", "first_visits",
            "brand_searches",
        )  # fmt: skip
        return dict(zip(names, found, strict=True))


@compiled
def add_reached(people: F, impressions: F, out: F) -> None:
    """Add to `out` the people reached on each day; all are [n_days], `people` the audience of the day's stage."""
    for day in range(people.shape[0]):
        out[day] += people_reached(people[day], impressions[day])


@compiled
def add_first_visits(people: F, came: F, out: F) -> None:
    """Add to `out` those of the visitors who `came` on each day who had never been there before; all are [n_days]."""
    visited = 0.0
    for day in range(people.shape[0]):
        new = np.rint(came[day] * max(0.0, 1.0 - visited / people[day]))
        visited += new
        out[day] += new


_people_reached = Settled(people_reached)
