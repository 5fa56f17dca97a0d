"""Cooperation modes: what JD does for the store, and what it asks for it (DOMAIN 5.1, 5.2).

| mode | stores | packs | delivers | invoices |
|---|---|---|---|---|
| SOP | merchant | merchant | merchant's carriers | merchant |
| LBP | merchant | merchant | JD, from its sorting centre | JD |
| FBP, FCS | JD | JD | JD | JD |
| self_operated (自营) | JD | JD | JD | JD, which buys from the store |

A mode is read once, by writing its terms over the operations of the scenario: parts of the store know no mode. From
JD's warehouse parcels leave twice a day without limit, so what is late there is not the merchant's. Self-operated, JD
pays a share of the price its buyers pay; the rest is its margin, booked as commission.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from storesim.scenario.document import Scenario
from storesim.scenario.modes import ModeName
from storesim.scenario.operations import Operations

JD_WAVES = (11.0, 23.0)
"""Orders before 11:00 come the same day, those before 23:00 the next (211限时达, seed 001)."""

NO_LIMIT = 10**9


class Mode(NamedTuple):
    """What is special about one mode; None: as under SOP."""

    jd_packs: bool = False
    jd_carries: bool = False
    jd_buys: bool = False
    less_commission: float = 0.0
    """Points below the commission of SOP."""

    supply: float = 1.0
    parcel: float | None = None
    storage: float | None = None
    deposit: float | None = None
    settlement: int | None = None
    delivery: float | None = None
    trust: float = 1.0


_JD = Mode(jd_packs=True, jd_carries=True, less_commission=0.01, parcel=8.0, storage=0.03, settlement=7, delivery=1.0)
TABLE: Mapping[ModeName, Mode] = {
    "SOP": Mode(),
    "LBP": Mode(jd_carries=True, less_commission=0.01, parcel=9.0, settlement=7, delivery=1.5, trust=1.03),
    "FBP": _JD._replace(trust=1.08),
    "FCS": _JD._replace(trust=1.12),
    "self_operated": _JD._replace(
        jd_buys=True, less_commission=0.0, supply=0.75, parcel=0.0, storage=0.0, deposit=0.0, settlement=30, trust=1.15
    ),
}
"""Less commission than SOP: DOMAIN 5.2, B; what JD charges, when it pays, and what its name does are *assumed*."""


def mode_of(scenario: Scenario) -> Mode:
    """The mode of a store, with the terms its scenario overrides."""
    terms = scenario.store.terms
    said = {name: getattr(terms, name) for name in Mode._fields if name in type(terms).model_fields}
    return TABLE[scenario.store.mode]._replace(**{name: value for name, value in said.items() if value is not None})


def under_mode(scenario: Scenario) -> Scenario:
    """The scenario with the mode's terms written over its operations; itself where they change nothing."""
    mode, operations = mode_of(scenario), scenario.operations
    changed = operations.model_copy(
        update={
            "money": _money(scenario, mode),
            "dispatch": _dispatch(operations, mode),
            "stock": operations.stock.model_copy(update={"holding": operations.stock.holding + (mode.storage or 0.0)}),
        }
    )
    return scenario if changed == operations else scenario.model_copy(update={"operations": changed})


def _money(scenario: Scenario, mode: Mode) -> object:
    money, said = scenario.operations.money, scenario.store.terms.commission
    commission = max(0.0, money.commission - mode.less_commission) if said is None else said
    changes: dict[str, object] = {"commission": 1.0 - mode.supply if mode.jd_buys else commission}
    if mode.jd_buys:
        changes["transaction_fee"] = 0.0
    named = {"parcel": mode.parcel, "deposit": mode.deposit, "settlement": mode.settlement}
    return money.model_copy(update=changes | {name: value for name, value in named.items() if value is not None})


def _dispatch(operations: Operations, mode: Mode) -> object:
    changes: dict[str, object] = {}
    if mode.delivery is not None:
        changes["delivery"] = mode.delivery
    if mode.jd_carries:
        changes |= {"carriers": (), "within": None, "holidays": ()}
    if mode.jd_packs:
        changes |= {"waves": JD_WAVES, "capacity": NO_LIMIT, "penalty": 0.0}
    return operations.dispatch.model_copy(update=changes)


def promised_days(scenario: Scenario) -> float:
    """Days from payment to the buyer that a visitor is told: time to dispatch, and the carriers' median."""
    dispatch = scenario.operations.dispatch
    carriers = dispatch.in_time
    weight = sum(carrier.share for carrier in carriers)
    way = sum(carrier.share * carrier.delivery for carrier in carriers) / weight if carriers else dispatch.delivery
    return dispatch.promise / 24.0 + way
