"""The plan of a day as Python lists, which plain Python reads faster than arrays, and its auctions in plain Python."""

from __future__ import annotations

from math import erf, exp, floor, log, sqrt
from random import Random

from storesim.engine import day as d
from storesim.engine.day import DayPlan


class Today:
    """What visitors read of a `DayPlan`; made anew at midnight and after each change within the day."""

    def __init__(self, plan: DayPlan) -> None:
        scalars: list[float] = plan.scalars.tolist()
        self.ask = scalars[d.ASK]
        self.service_open = scalars[d.SERVICE_OPEN]
        self.service_close = scalars[d.SERVICE_CLOSE]
        self.service_hours = scalars[d.SERVICE_HOURS]
        self.patience_hours = scalars[d.PATIENCE_HOURS]
        self.odds_answered = scalars[d.ODDS_ANSWERED]
        self.odds_unanswered = scalars[d.ODDS_UNANSWERED]
        self.page_hours = scalars[d.PAGE_HOURS]
        self.extra_line = scalars[d.EXTRA_LINE]
        self.extra_unit = scalars[d.EXTRA_UNIT]
        self.substitution = scalars[d.SUBSTITUTION]
        self.join = scalars[d.JOIN]
        self.wave_capacity = scalars[d.WAVE_CAPACITY]
        self.late_limit = scalars[d.LATE_LIMIT]
        self.penalty_share = scalars[d.PENALTY_SHARE]
        self.penalty_cap = scalars[d.PENALTY_CAP]
        self.delivery_mu = scalars[d.DELIVERY_MU]
        self.delivery_sd = scalars[d.DELIVERY_SD]
        self.review = scalars[d.REVIEW]
        self.review_delay = scalars[d.REVIEW_DELAY]
        self.stars_mean = scalars[d.STARS_MEAN]
        self.stars_sd = scalars[d.STARS_SD]
        self.stars_per_day = scalars[d.STARS_PER_DAY]
        self.stars_late = scalars[d.STARS_LATE]
        self.returns = scalars[d.RETURN]
        self.return_delay = scalars[d.RETURN_DELAY]
        self.restock = scalars[d.RESTOCK]
        self.lead_sd = scalars[d.LEAD_SD]
        self.reorder = scalars[d.REORDER]
        self.kind = plan.kind.tolist()
        self.returning = plan.returning.tolist()
        self.rate: list[float] = plan.rate.tolist()
        self.hours = plan.hours.tolist()
        self.bounce = plan.bounce.tolist()
        self.log_more = [log(1.0 - p) if p < 1.0 else -1e300 for p in plan.page_p.tolist()]
        self.odds = plan.odds.tolist()
        self.budget = plan.budget.tolist()
        self.click_price = plan.click_price.tolist()
        self.sku_odds = plan.sku_odds.tolist()
        self.price = plan.price.tolist()
        self.list_price = plan.list_price.tolist()
        self.alias = list(zip(plan.alias_p.tolist(), plan.alias_k.tolist(), strict=True))
        self.reorder_at = plan.reorder_at.tolist()
        self.lot = plan.lot.tolist()
        self.lead_mu = plan.lead_mu.tolist()
        self.waves = plan.waves.tolist()
        self.auctions = {c: Auction(plan, c) for c, kind in enumerate(self.kind) if kind == d.AUCTION}
        self.highest_odds = max(self.sku_odds)

    def popular(self, u: float) -> int:
        """A SKU by popularity from one uniform."""
        x = u * len(self.alias)
        k = int(x)
        own, other = self.alias[k]
        return k if x - k < own else other

    def drawn(self, c: int) -> float:
        """Arrivals of channel `c` to play one by one on a whole day: visitors, or searchers who might click."""
        if self.kind[c] != d.FREE and self.budget[c] <= 0.0:
            return 0.0
        if self.kind[c] == d.AUCTION:
            return self.rate[c] * self.auctions[c].best
        return self.rate[c]


class Auction:
    """The keyword auctions of one channel on one day."""

    def __init__(self, plan: DayPlan, c: int) -> None:
        self.rate = float(plan.rate[c])
        self.hours: list[float] = plan.hours.tolist()
        self.own_bid: list[list[float]] = plan.own_bid[c].tolist()
        self.quality: list[float] = plan.quality[c].tolist()
        self.share = plan.group_share[c].tolist()
        self.reserve = float(plan.reserve[c])
        self.step = float(plan.step[c])
        self.score = plan.rival_score[c, :, : plan.n_rivals[c]].tolist()
        self.log_score = [[log(x) if x > 0.0 else -1e300 for x in group] for group in self.score]
        self.sd = plan.rival_sd[c].tolist()
        self.slot_ctr: list[float] = plan.slot_ctr[c].tolist()
        appeal: list[float] = plan.appeal[c].tolist()
        liked = max(a for a, share in zip(appeal, self.share, strict=True) if share > 0.0)
        self.best: float = min(1.0, max(self.slot_ctr) * liked)
        self.click = [[min(1.0, ctr * a) for ctr in self.slot_ctr] for a in appeal]
        self.group = 0
        """That of the last search."""

    def search(self, hour: int, random: Random) -> float:
        """Price in fen of a click by a searcher who would click on the best slot; −1 if shown, −2 if not."""
        g = self.group = self._group(random)
        bid, quality = self.own_bid[hour][g], self.quality[g]
        own = bid * quality
        sd, below, slot = self.sd[g], self.reserve, 0
        for top, mu in zip(self.score[g], self.log_score[g], strict=True):
            # A negative spread marks the uniform law on (0, top).
            score = exp(random.gauss(mu, sd)) if sd >= 0.0 else top * random.random()
            if score > own:
                slot += 1
            elif score > below:
                below = score
        if slot >= len(self.slot_ctr) or own < self.reserve or self.slot_ctr[slot] <= 0.0:
            return -2.0
        if random.random() * self.best >= self.click[g][slot]:
            return -1.0
        return min(bid, floor(below / quality + 0.5) + self.step)

    def expect(self, start: float, end: float) -> tuple[list[float], float]:
        """What hours `start` to `end` should bring: impressions by those who never click, by group; neutral clicks."""
        impressions, clicks = [0.0] * len(self.share), 0.0
        chances: dict[tuple[int, float], list[float]] = {}
        for h in range(int(start), 24):
            part = min(end, h + 1.0) - max(start, float(h))
            if part <= 0.0:
                break
            for g, share in enumerate(self.share):
                own = self.own_bid[h][g] * self.quality[g]
                if share <= 0.0 or own < self.reserve:
                    continue
                if (g, own) not in chances:
                    chances[g, own] = self._slot_chances(g, own)
                searches = self.rate * self.hours[h] * part * share
                for chance, ctr in zip(chances[g, own], self.slot_ctr, strict=True):
                    impressions[g] += searches * (1.0 - self.best) * chance if ctr > 0.0 else 0.0
                    clicks += searches * chance * ctr
        return impressions, clicks

    def _group(self, random: Random) -> int:
        if len(self.share) == 1:
            return 0
        u, last = random.random(), len(self.share) - 1
        for g in range(last):
            u -= self.share[g]
            if u < 0.0:
                return g
        return last

    def _slot_chances(self, g: int, own: float) -> list[float]:
        chance = [1.0] + [0.0] * (len(self.slot_ctr) - 1)
        for top in self.score[g]:
            higher = _higher(top, self.sd[g], own)
            for s in range(len(chance) - 1, 0, -1):
                chance[s] += higher * (chance[s - 1] - chance[s])
            chance[0] *= 1.0 - higher
        return chance


def _higher(top: float, sd: float, own: float) -> float:
    """Chance that a rival scores above `own`."""
    if sd < 0.0:
        return max(0.0, 1.0 - own / top)
    if sd == 0.0 or own <= 0.0:
        return 1.0 if top > own else 0.0
    return 0.5 + 0.5 * erf(log(top / own) / sd / sqrt(2.0))
