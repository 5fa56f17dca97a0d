"""Prices as promotions lower them, and what visitors expect to pay (MODEL section 7); the same on days alike, and kept.

The expected price is the price times the share that remains to pay of an order for this item alone, with the store's
law of pieces, every promotion of the day applied in the kernel's order, coupons with the chance to hold one, and gifts
at what buyers think them worth.
"""

from __future__ import annotations

from collections.abc import Hashable
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from storesim.engine.day import ACTIVE, CHANCE, COUPONS_LEFT, FOR_LEVELS, ON_DEVICES, VALID_HOURS, F, I
from storesim.model.expected import LEAST_SEEN, expected_prices
from storesim.model.goods import Goods
from storesim.model.ranked import Ranked
from storesim.model.terms import Deal

_MOST_KEPT, _MOST_NUMBERS, _FEW = 500, 1_000_000, 16


def most_kept(numbers: int) -> int:
    """How many things of so many numbers are kept, before all are forgotten: a large shelf has less room for them."""
    return max(_FEW, min(_MOST_KEPT, _MOST_NUMBERS // max(1, numbers)))


class Seen(NamedTuple):
    """The fields of an `Offer` that promotions decide."""

    log_price: float
    seen: F
    by_device: F | None
    in_hand: F | None


class Sight(NamedTuple):
    """Promotions of a day, and what they make of its prices; nobody writes into these arrays."""

    price: F
    """[n_skus] after cuts, fen."""

    limit: F
    """[n_skus] most pieces in an order; inf where there is no limit."""

    rows: F
    """[n, N_TERMS + n_skus] as `DayPlan.deals`, but with 1 coupon left where there are any."""

    beans: F
    """[2, n_skus] fen of 京豆 given for each piece, and what buyers think they are worth."""

    gives: bool
    """Whether any are given."""

    offered: Seen


class Sights:
    """What visitors see of a store's promotions, in all its runs.

    Parameters
    ----------
    again
        Chance that a line has one more piece.
    uses
        [n_devices] share of visitors on each device; empty where devices are not told apart.
    levels
        [n_levels] share of visitors of each JD level; empty where they are not told apart.
    """

    def __init__(
        self,
        goods: tuple[Goods, ...],
        stages: tuple[tuple[Deal, ...], ...],
        again: float,
        uses: tuple[float, ...],
        levels: tuple[float, ...] = (),
    ) -> None:
        names = [(id(of_stage), _name(deals)) for of_stage, deals in zip(goods, stages, strict=True)]
        ranked = {name: Ranked(deals, it) for name, deals, it in zip(names, stages, goods, strict=True)}
        self.stages = tuple(ranked[name] for name in names)
        """The promotions of each stage; the same object where stages have the same, and the same goods."""

        self._again = again
        self._levels = levels
        self._kinds = [device * level for device in uses or (1.0,) for level in levels or (1.0,)]
        """Share of visitors by device, and of each device by level: the rows of `DayPlan.device_odds`."""

        self.keeps = any(hours for stage in self.stages for hours in stage.hours)
        """Whether coupons are ever kept for a later visit."""

        self._days: dict[tuple[Ranked, bytes, tuple[bool, ...], bytes], Sight] = {}
        self._expected_at: dict[bytes, F] = {}

    def of(self, stage: Ranked, running: bytes, left: tuple[bool, ...], price: F) -> Sight:
        """What is seen on a day on which these promotions run.

        Parameters
        ----------
        stage
            One of `stages`.
        running
            As `Ranked.running`.
        left
            Whether each of `Ranked.issues` has coupons left.
        price
            [n_skus] before cuts.
        """
        key = stage, running, left, price.tobytes()
        found = self._days.get(key)
        if found is None:
            if len(self._days) >= most_kept(3 * stage.rows.size):
                self._days.clear()
            found = self._days[key] = self._work_out(stage, running, left, price)
        return found

    def _work_out(self, stage: Ranked, running: bytes, left: tuple[bool, ...], price: F) -> Sight:
        price, limit, beans = price.copy(), np.full(price.size, np.inf), np.zeros((2, price.size))
        for place, deal, items, lowered in stage.lowered:
            if running[place]:
                price[items] = np.minimum(price[items], lowered)
                limit[items] = np.minimum(limit[items], deal.limit)
                beans[:, items] = np.maximum(beans[:, items], np.array(deal.beans)[:, np.newaxis])
        rows = stage.rows.copy()
        rows[:, ACTIVE] = np.frombuffer(running, dtype=bool)[stage.places] & stage.applied
        rows[:, COUPONS_LEFT] = 0.0
        for issue, some in zip(stage.issues, left, strict=True):
            rows[issue.row, COUPONS_LEFT] = some
        sight = Sight(price, limit, rows, beans, bool(beans[0].any()), Seen(0.0, price, None, None))
        return sight._replace(offered=self._offered(stage, sight))

    def _offered(self, stage: Ranked, sight: Sight) -> Seen:
        seen = self._expected(stage, sight)
        in_hand = self._in_hand(stage, sight, seen) / seen if self.keeps else None
        if not ((sight.rows[:, ON_DEVICES] + sight.rows[:, FOR_LEVELS]) * sight.rows[:, ACTIVE]).any():
            return Seen(_index(stage.goods, seen), seen, None, in_hand)
        by_device = self._by_kind(stage, sight)
        index = sum(share * _index(stage.goods, seen) for share, seen in zip(self._kinds, by_device, strict=True))
        least = by_device.min(axis=0)
        return Seen(float(index), least, by_device / least, in_hand)

    def _by_kind(self, stage: Ranked, sight: Sight) -> F:
        """[n_kinds, n_skus] what visitors expect to pay for a piece on each device, and there at each level."""
        devices, levels = (sight.rows[:, column].astype(np.int64) for column in (ON_DEVICES, FOR_LEVELS))
        each_level = range(max(1, len(self._levels)))
        return np.array([
            self._expected(stage, sight, on=_holds(devices, device) & _holds(levels, level))
            for device in range(len(self._kinds) // len(each_level)) for level in each_level
        ])  # fmt: skip

    def _in_hand(self, stage: Ranked, sight: Sight, seen: F) -> F:
        """[n_deals, n_skus] what visitors expect to pay for a piece with a coupon of each promotion in hand."""
        held = np.tile(seen, (len(sight.rows), 1))
        for row, place in enumerate(stage.places.tolist()):
            if sight.rows[row, VALID_HOURS]:
                held[place] = self._expected(stage, sight, held=row)
        return held

    def _expected(
        self, stage: Ranked, sight: Sight, on: NDArray[np.bool_] | None = None, held: int | None = None
    ) -> F:  # fmt: skip
        """[n_skus] what visitors expect to pay for a piece: where rows are `on`, or with the coupon of one in hand."""
        rows, price = sight.rows, sight.price
        running = rows[:, ACTIVE] > 0.0
        if on is not None:
            running &= on
        if held is not None:
            rows = rows.copy()
            running[held], rows[held, CHANCE], rows[held, COUPONS_LEFT] = True, 1.0, 1.0
        rows, worth = rows[running], stage.worth[running]
        listed = stage.goods.price
        key = price.tobytes() + listed.tobytes() + rows.tobytes() + worth.tobytes()
        found = self._expected_at.get(key)
        if found is None:
            if len(self._expected_at) >= most_kept(rows.size + price.size):
                self._expected_at.clear()
            found = self._expected_at[key] = expected_prices(price, listed, rows, worth, self._again)
        return np.asarray(np.maximum(LEAST_SEEN * price, found - sight.beans[1]))


def sights(
    goods: tuple[Goods, ...],
    stages: tuple[tuple[Deal, ...], ...],
    again: float,
    uses: tuple[float, ...],
    levels: tuple[float, ...],
) -> Sights:
    """The sights of these promotions; kept for the next run, which lives through days like those of this one."""
    return _drawn(_Same(goods, stages), again, uses, levels)


def _holds(masks: I, bit: int) -> NDArray[np.bool_]:
    """[n] whether promotions with these masks are for the device or level of a bit; 0 is for all."""
    return np.asarray((masks == 0) | (masks >> bit & 1 > 0))


def _index(goods: Goods, seen: F) -> float:
    return float((goods.share * np.log(seen / goods.reference)).sum())


def _name(deals: tuple[Deal, ...]) -> Hashable:
    """The same for promotions of the same terms."""
    return tuple(tuple(it.tobytes() if isinstance(it, np.ndarray) else it for it in deal) for deal in deals)


class _Same(NamedTuple):
    """Goods and promotions as a key: equal only to themselves, however alike their arrays may be."""

    goods: tuple[Goods, ...]
    stages: tuple[tuple[Deal, ...], ...]

    def __hash__(self) -> int:
        return hash((id(self.goods), id(self.stages)))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.goods is self.goods and other.stages is self.stages


@lru_cache(maxsize=4)
def _drawn(same: _Same, again: float, uses: tuple[float, ...], levels: tuple[float, ...]) -> Sights:
    return Sights(same.goods, same.stages, again, uses, levels)
