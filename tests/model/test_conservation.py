"""The balance of visitors, orders, stock and money fires when something is broken, in every run."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import pytest
from numpy.typing import NDArray

import storesim.model.store
from storesim.engine import day as d
from storesim.engine.attribution import BY_CLICK, BY_ORDER
from storesim.errors import ConservationError, RunError
from storesim.model.conservation import BROKEN, WHOLE_EVERY, Audit
from storesim.model.store import Store
from storesim.runs.one import simulate
from tests.model.small import scenario, store

Damage = Callable[[Store], None]


def _tally(channel: int, place: int, amount: float) -> Damage:
    def damage(broken: Store) -> None:
        broken.kernel.tally.by_channel[channel, place] += amount

    return damage


def _sku(place: int, amount: float) -> Damage:
    def damage(broken: Store) -> None:
        broken.kernel.tally.by_sku[0, place] += amount

    return damage


def _stolen(broken: Store) -> None:
    broken.kernel.state.stock[0] -= 1


def _forgotten_delivery(broken: Store) -> None:
    broken.kernel.state.on_order[1] += 1


def _lost_parcel(broken: Store) -> None:
    broken.kernel.due.days[broken.day + 1, d.DUE_DISPATCHED] += 1


def _wrong_value(broken: Store) -> None:
    broken.kernel.due.days[broken.day + 1, d.DUE_DELIVERED_GMV] += 1


def _freight_from_nowhere(broken: Store) -> None:
    broken.kernel.tally.baskets[d.FREIGHT_PAID] += 1.0


def _money_from_nowhere(broken: Store) -> None:
    broken.finance.cash += 1.0


def _profit_from_nowhere(broken: Store) -> None:
    broken.finance.profit += 1.0


def _caught(broken: Store, day: int, damage: Damage) -> ConservationError:
    """What a run ends with that is damaged on a day, in the moment after the kernel has played."""
    played = broken._send_purchases

    def play_and_damage() -> None:
        played()
        if broken.day == day:
            damage(broken)

    broken._send_purchases = play_and_damage  # type: ignore[method-assign]
    with pytest.raises(ConservationError) as raised:
        broken.live()
    return raised.value


SEARCH, EXPRESS = 0, 1
DAMAGES: dict[str, tuple[Damage, str]] = {
    "a negative count": (_tally(SEARCH, d.CHATS, -1e9), BROKEN[1]),
    "a visitor too many among those who left": (_tally(SEARCH, d.BOUNCES, 1e6), BROKEN[2]),
    "spend over the budget": (_tally(EXPRESS, d.SPEND, 15_001.0), BROKEN[3]),
    "a visitor without a click": (_tally(EXPRESS, d.CLICKS, 1.0), BROKEN[4]),
    "more buyers than visitors": (_tally(SEARCH, d.BUYERS, 1e6), BROKEN[5]),
    "an order without a piece": (_tally(SEARCH, d.ORDERS, 1e4), BROKEN[6]),
    "a piece no shelf has seen": (_sku(d.SKU_UNITS, 1.0), BROKEN[7]),
    "freight that no order paid": (_freight_from_nowhere, BROKEN[7]),
    "a fen no SKU earned": (_tally(SEARCH, d.GMV, 1.0), BROKEN[7]),
    "a piece stolen from the shelf": (_stolen, BROKEN[8]),
    "an order to a supplier that nobody made": (_forgotten_delivery, BROKEN[9]),
    "a parcel too many": (_lost_parcel, BROKEN[10]),
    "a delivery of another value": (_wrong_value, BROKEN[11]),
    "a fen in the bank from nowhere": (_money_from_nowhere, "is not the change of the balance"),
    "a fen of profit from nowhere": (_profit_from_nowhere, "the store opened with"),
}


@pytest.mark.parametrize(("damage", "message"), DAMAGES.values(), ids=DAMAGES)
def test_each_imbalance_stops_the_run_and_says_which_and_when(damage: Damage, message: str) -> None:
    broken = store({"horizon": 12})

    raised = _caught(broken, 9, damage)

    assert message in str(raised)
    assert (raised.day, raised.fingerprint) == (9, broken.blueprint.fingerprint)
    assert str(raised).endswith(f"(scenario {broken.blueprint.fingerprint[:12]}, run 0, day 9)")


TOLD = {
    "horizon": 32,
    "market.devices": {"app": {"share": 0.8}, "pc": {"share": 0.2}},
    "operations.attribution": {"window": 15},
    "channels.affiliate": {"mechanism": "pay_per_sale", "rate": 0.1, "visitors": 300},
    "channels.vipshop": {"mechanism": "offsite", "potential": 2_000, "half": 200},
}
LATER: dict[str, tuple[int, Damage, str]] = {
    "a visitor on no device": (9, lambda s: _add(s.kernel.tally.by_device, (0, 0, 0)), BROKEN[18]),
    "an order of today credited twice": (
        9, lambda s: _add(s.kernel.due.attributed, (BY_ORDER, s.day, SEARCH, 0, 0)), BROKEN[19],
    ),
    "a line of today credited twice": (
        9, lambda s: _add(s.kernel.due.attributed, (BY_ORDER, s.day, SEARCH, 0, 2)), BROKEN[19],
    ),
    "a line credited to a click of long ago": (
        28, lambda s: _add(s.kernel.due.attributed, (BY_CLICK, 3, SEARCH, 0, 2)), BROKEN[19],
    ),
    "a gift that nobody got": (9, lambda s: _add(s.kernel.tally.by_channel, (SEARCH, d.AD_LINES)), BROKEN[14]),
    "a line unknown to ads": (9, lambda s: _add(s.kernel.tally.by_channel, (SEARCH, d.LINES)), BROKEN[14]),
    "a click of long ago credited twice": (
        28, lambda s: _add(s.kernel.due.attributed, (BY_CLICK, 3, SEARCH, 0, 1)), BROKEN[19],
    ),
    "such a click on the last day": (
        31, lambda s: _add(s.kernel.due.attributed, (BY_CLICK, 3, SEARCH, 0, 1)), BROKEN[19],
    ),
    "a delivery beyond JD of another value": (
        9, lambda s: _add(s.kernel.due.accounts, (s.day + 1, 0, d.DELIVERED)), "the platform of channel 5 does not",
    ),
    "commission nobody promised": (
        9, lambda s: _add(s.kernel.due.commission, (s.day + 1, 4, d.PAID)), BROKEN[12],
    ),
    "a parcel of long ago": (28, lambda s: _add(s.kernel.due.days, (3, d.DUE_DISPATCHED)), BROKEN[10]),
    "the value of a parcel of long ago": (31, lambda s: _add(s.kernel.due.days, (3, d.DUE_DELIVERED_GMV)), BROKEN[11]),
    "a delivery beyond JD of long ago": (
        28, lambda s: _add(s.kernel.due.accounts, (3, 0, d.DELIVERED)), "the platform of channel 5 does not",
    ),
    "commission of long ago": (28, lambda s: _add(s.kernel.due.commission, (3, 4, d.PAID)), BROKEN[12]),
    "a piece in a slot nobody opened": (9, lambda s: _add(s.kernel.state.slot_left, (0,)), "slots hold 1.0 pieces"),
    "commission of a channel that promises none": (
        28, lambda s: _add(s.kernel.due.commission, (s.day + 1, SEARCH, d.PAID)), BROKEN[12],
    ),
}  # fmt: skip


def _add(array: NDArray[Any], place: tuple[int, ...]) -> None:
    array[place] += 1


@pytest.mark.parametrize(("day", "damage", "message"), LATER.values(), ids=LATER)
def test_what_only_some_stores_have_is_checked_where_they_have_it(day: int, damage: Damage, message: str) -> None:
    broken = store(TOLD)

    raised = _caught(broken, day, damage)

    assert message in str(raised)
    assert raised.day == day


HENCE: dict[str, tuple[Damage, str]] = {
    "a parcel": (lambda s: _add(s.kernel.due.days, (98, d.DUE_DISPATCHED)), BROKEN[10]),
    "the value of a parcel": (lambda s: _add(s.kernel.due.days, (98, d.DUE_DELIVERED_GMV)), BROKEN[11]),
    "a delivery beyond JD": (lambda s: _add(s.kernel.due.accounts, (98, 0, d.DELIVERED)), "the platform of channel 5"),
    "commission": (lambda s: _add(s.kernel.due.commission, (98, 4, d.PAID)), BROKEN[12]),
}


@pytest.mark.parametrize(("damage", "message"), HENCE.values(), ids=HENCE)
def test_what_is_too_much_a_long_time_ahead_is_found_when_all_is_looked_through(damage: Damage, message: str) -> None:
    broken = store(TOLD | {"horizon": 100})

    raised = _caught(broken, 9, damage)

    assert message in str(raised)
    assert raised.day == WHOLE_EVERY


def test_what_falls_due_after_a_long_time_is_looked_for() -> None:
    # Parcels that are three months on their way: nothing is missing, though all of it is far ahead.
    run = simulate(scenario(TOLD | {"horizon": 150, "operations.dispatch.delivery": 90}), 2)

    assert run.total("delivered") > 0


def test_a_run_of_the_program_fails_if_the_kernel_miscounts(monkeypatch: pytest.MonkeyPatch) -> None:
    honest = Store._send_purchases

    def dishonest(self: Store) -> None:
        honest(self)
        self.kernel.tally.by_channel[0, d.GMV] += 1.0

    monkeypatch.setattr(Store, "_send_purchases", dishonest)

    with pytest.raises(ConservationError):
        simulate(scenario({"horizon": 3}))


def test_every_day_of_every_run_is_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    days: list[int] = []
    check = Audit.close

    def counted(self: Audit, day: int, *rest: object, members: str) -> None:
        days.append(day)
        check(self, day, *rest, members=members)  # type: ignore[arg-type]  # handed on as they came

    monkeypatch.setattr(Audit, "close", counted)

    simulate(scenario({"horizon": 25}))

    assert days == list(range(25))


def test_no_setting_or_argument_switches_the_check_off() -> None:
    source = inspect.getsource(storesim.model.store)

    assert issubclass(ConservationError, RunError)
    assert source.count("self._audit") == 2  # made, and asked at each closing: no condition around either
    assert not any("audit" in name or "conserv" in name or "check" in name for name in _settings())
    assert list(inspect.signature(simulate).parameters) == ["scenario", "seed", "run"]


def _settings() -> list[str]:
    def names(schema: object) -> list[str]:
        if isinstance(schema, dict):
            return [*schema.get("properties", {}), *(n for value in schema.values() for n in names(value))]
        return [n for value in schema for n in names(value)] if isinstance(schema, list) else []

    from storesim.scenario.document import Scenario

    return names(Scenario.model_json_schema())
