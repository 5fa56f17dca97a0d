"""What the naive store remembers from one day to the next, in plain Python over numbers and lists.

Written from MODEL's sections 1, 2, 4 to 6, 8, 10 and 11 beside `storesim.model`, not over it: scenarios are read by
the same classes and constants that carry a number are shared, formulas are not.
"""

from __future__ import annotations

from collections import deque
from math import ceil, erf, exp, log, sqrt
from random import Random

from storesim.engine import day as d
from storesim.model import ads, service, traffic
from storesim.scenario.catalogue import Catalogue
from storesim.scenario.channels import Organic, PayPerClick, Placement
from storesim.scenario.document import Scenario
from storesim.scenario.service import Score

FEN = 100.0
_SCORE = Score()
WEIGHTS = (_SCORE.reviews, _SCORE.late, _SCORE.answers)
"""Of reviews, late parcels and chats in the score."""


def drift(random: Random, lag: float, sd: float, n_days: int) -> list[float]:
    """[n_days] a stationary AR(1) of standard deviation `sd`."""
    x = [random.gauss(0.0, sd)]
    while len(x) < n_days:
        x.append(lag * x[-1] + random.gauss(0.0, sd * sqrt(1.0 - lag * lag)))
    return x


def shares(catalogue: Catalogue) -> list[float]:
    """[n_skus] chance that a visitor lands on each."""
    total = sum(sku.popularity for sku in catalogue.skus)
    return [sku.popularity / total for sku in catalogue.skus]


class Rank:
    """Remembered orders and conversion of one organic channel."""

    def __init__(self) -> None:
        self._orders = self._buyers = self._usual = 0.0

    def weight(self, channel: Organic, score: float, log_price: float, heroes_out: float) -> float:
        """W of this morning."""
        cvr = (self._buyers + traffic.PRIOR_BUYERS) / (self._usual + traffic.PRIOR_BUYERS)
        up: float = (1.0 + self._orders) ** channel.popularity * cvr**channel.conversion_effect
        move = (
            channel.score_effect * (score - 0.5)
            - channel.price_effect * log_price
            - channel.out_of_stock_effect * heroes_out
        )
        return channel.weight * up * exp(move)

    def remember(self, channel: Organic, orders: float, buyers: float, usual: float) -> None:
        """Add a day: weighted orders, buyers, and the buyers a store of the category's conversion would have had."""
        keep = 0.5 ** (1.0 / channel.memory)
        self._orders += (1.0 - keep) * (orders - self._orders)
        self._buyers = keep * self._buyers + buyers
        self._usual = keep * self._usual + usual


class Record:
    """Clicks won against clicks the slots would bring anybody, of one auction channel."""

    def __init__(self) -> None:
        self._won = self._usual = 0.0

    @property
    def ratio(self) -> float:
        """Drawn to 1 while there is little to go by."""
        return (self._won + ads.PRIOR_CLICKS) / (self._usual + ads.PRIOR_CLICKS)

    def remember(self, channel: PayPerClick, won: float, usual: float) -> None:
        """Add a day."""
        keep = exp(-1.0 / channel.quality_memory)
        self._won = keep * (self._won + won)
        self._usual = keep * (self._usual + usual)


class Crowd:
    """What the audience of one placement channel, billed by the click, has seen."""

    def __init__(self) -> None:
        self._seen = 0.0

    def clicks(self, channel: Placement) -> float:
        """Clicks of a whole day: the chance after x exposures is 1/(1 + fatigue x) of the first one's."""
        if channel.daily_budget <= 0.0:
            return 0.0
        more, f = channel.impressions_per_day, channel.fatigue
        mean = (log(1.0 + f * (self._seen + more)) - log(1.0 + f * self._seen)) / f if f > 0.0 else more
        return channel.audience * channel.ctr * mean

    def show(self, channel: Placement, clicks: float) -> float:
        """Impressions behind the clicks that the budget allowed; they are seen, and half forgotten in `recovery`."""
        whole, f = self.clicks(channel), channel.fatigue
        mean = min(clicks, whole) / channel.audience / channel.ctr
        depth = (1.0 / f + self._seen) * (exp(f * mean) - 1.0) if f > 0.0 else mean
        shown = round(channel.audience * depth * max(1.0, clicks / whole)) if whole > 0.0 else 0
        self._seen = (self._seen + shown / channel.audience) * 0.5 ** (1.0 / channel.recovery)
        return float(shown)


class Rates:
    """Pieces asked for a day of each SKU, and the reorder points and lots that follow."""

    def __init__(self, scenario: Scenario) -> None:
        stock = scenario.operations.stock
        self._rate = [stock.expected_units * share for share in shares(scenario.catalogue)]
        self.opening = [
            ceil(rate * stock.opening) if sku.stock is None else sku.stock
            for sku, rate in zip(scenario.catalogue.skus, self._rate, strict=True)
        ]

    def policy(self, scenario: Scenario, k: int) -> tuple[int, int]:
        """Reorder point and lot of SKU `k`."""
        stock, lead = scenario.operations.stock, scenario.catalogue.skus[k].lead_time
        return ceil(self._rate[k] * (lead + stock.safety)), max(1, ceil(self._rate[k] * stock.lot))

    def remember(self, scenario: Scenario, k: int, asked: float) -> None:
        """Add a day of SKU `k`."""
        self._rate[k] += (asked - self._rate[k]) / max(1.0, scenario.operations.stock.memory)


class Opinion:
    """Reviews so far and the score among rivals over thirty days."""

    def __init__(self) -> None:
        self._days: deque[tuple[float, ...]] = deque(maxlen=service.WINDOW)
        self.reviews = self.good = 0.0
        self.score = 0.5

    @property
    def good_rate(self) -> float:
        """Share of good reviews so far."""
        return self.good / self.reviews if self.reviews else 0.0

    def judge(self, due: list[float], chats: float, answered: float, rival_bad: float) -> None:
        """Take in a day and compare with the median rival."""
        self.reviews += due[d.DUE_REVIEWS]
        self.good += due[d.DUE_GOOD]
        self._days.append((
            due[d.DUE_REVIEWS], due[d.DUE_REVIEWS] - due[d.DUE_GOOD], due[d.DUE_DISPATCHED], due[d.DUE_LATE],
            chats, answered,
        ))  # fmt: skip
        reviews, bad, parcels, late, chats, answered = (sum(column) for column in zip(*self._days, strict=True))
        better = (
            -_above(bad, reviews, rival_bad, max(0.005, 0.5 * rival_bad)),
            -_above(late, parcels, service.RIVAL_LATE, service.RIVAL_LATE_SPREAD),
            _above(answered, chats, service.RIVAL_ANSWERED, service.RIVAL_ANSWERED_SPREAD),
        )
        most = service.MOST_SPREADS
        total = sum(w * min(most, max(-most, x)) for w, x in zip(WEIGHTS, better, strict=True))
        self.score = 0.5 + 0.5 * erf(total / sqrt(2.0 * sum(w * w for w in WEIGHTS)))


def _above(part: float, total: float, usual: float, spread: float) -> float:
    """Spreads above the median rival, drawn to it by as many observations as a beta law of this spread is worth."""
    prior = max(service.LEAST_WORTH, usual * (1.0 - usual) / spread**2 - 1.0)
    return ((part + prior * usual) / (total + prior) - usual) / spread


class Trust:
    """Reviews of each SKU."""

    def __init__(self, n_skus: int) -> None:
        self._reviews = [0.0] * n_skus

    def of(self, scenario: Scenario, k: int) -> float:
        """Odds of SKU `k` over those of one with very many reviews."""
        conversion = scenario.operations.conversion
        lift = conversion.review_lift
        return (1.0 + (lift - 1.0) * (1.0 - exp(-self._reviews[k] / conversion.review_scale))) / lift

    def mean(self, scenario: Scenario) -> float:
        """By popularity."""
        return sum(share * self.of(scenario, k) for k, share in enumerate(shares(scenario.catalogue)))

    def remember(self, told: list[float]) -> None:
        """Add a day."""
        self._reviews = [before + new for before, new in zip(self._reviews, told, strict=True)]


class Career:
    """Gates between the stages, from the store's own record."""

    def __init__(self, scenario: Scenario, known: list[float]) -> None:
        self._scenario, self._known = scenario, known
        self._gmv: list[float] = []
        self._buyers: list[float] = []
        self._returning: list[float] = []

    def note(self, gmv: float, buyers: float, returning: float) -> None:
        """Add a day; GMV in CNY."""
        self._gmv.append(gmv)
        self._buyers.append(buyers)
        self._returning.append(returning)

    def next(self, stage: int, age: int, opinion: Opinion) -> int:
        """Stage after the weekly review."""
        if stage == 2:
            return stage
        gate = (self._scenario.stages.growth, self._scenario.stages.stable)[stage].gate
        if gate is None or age < gate.age or opinion.good < gate.good_reviews or opinion.good_rate < gate.good_rate:
            return stage
        buyers = sum(self._buyers[-28:])
        if sum(self._gmv[-28:]) < gate.gmv_28d or sum(self._returning[-28:]) < gate.returning_share * buyers:
            return stage
        return stage if gate.growth_below is not None and self._growth() >= gate.growth_below else stage + 1

    def _growth(self) -> float:
        n = len(self._gmv)
        if n < 168:
            return float("inf")
        now = sum(self._gmv[-84:]) / sum(self._known[n - 84 : n])
        then = sum(self._gmv[-168:-84]) / sum(self._known[n - 168 : n - 84])
        return now / then - 1.0 if then > 0.0 else float("inf")


def log_of_index(prices: list[float], scenario: Scenario) -> float:
    """Logarithm of the price index of prices [n_skus] in fen."""
    return sum(
        share * log(price / reference(scenario, k))
        for k, (share, price) in enumerate(zip(shares(scenario.catalogue), prices, strict=True))
    )


def reference(scenario: Scenario, k: int) -> float:
    """What visitors expect to pay for SKU `k`, fen."""
    sku = scenario.catalogue.skus[k]
    return round((sku.price if sku.reference_price is None else sku.reference_price) * FEN)
