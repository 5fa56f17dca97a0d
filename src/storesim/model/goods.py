"""The catalogue as arrays: prices in fen, popularity, roles."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from storesim.engine.day import F, I
from storesim.engine.kernel import alias_table
from storesim.scenario.catalogue import ROLES, Catalogue, RoleName

FEN = 100.0


class Goods(NamedTuple):
    """What the store sells in one regime."""

    names: tuple[str, ...]
    on_sale: NDArray[np.bool_]
    """[n_skus] whether each is on sale."""

    price: F
    """[n_skus] daily price, fen."""

    reference: F
    """[n_skus] what visitors expect to pay, fen."""

    cost: F
    """[n_skus] purchase price, fen."""

    share: F
    """[n_skus] share of visitors that land on it by popularity alone, of what is on sale; adds up to 1."""

    hero: F
    """[n_skus] share among the heroes on sale; adds up to 1, or 0 where there is none."""

    role: I
    """[n_skus] place in `ROLES`."""

    landing: F
    """[n_skus] factor of its role on the chance that a visitor lands on it."""

    odds: F
    """[n_skus] factor of its role on the odds of buying."""

    stars: F
    """[n_skus] stars it is given beyond the mean item."""

    lead_days: F
    """[n_skus] mean lead time of the supplier."""

    alias_p: F
    alias_k: I


def read_goods(catalogue: Catalogue, on_sale: Sequence[bool] = (), own: Catalogue | None = None) -> Goods:
    """The SKUs of a catalogue.

    Parameters
    ----------
    on_sale
        Whether each is on sale; all are where nothing is said.
    own
        The catalogue without the levers of any playbook, which says what visitors expect to pay.
    """
    skus = catalogue.skus
    sold = np.array(on_sale or [True] * len(skus))
    popularity = np.where(sold, [sku.popularity for sku in skus], 0.0)
    role = np.array([ROLES.index(sku.role) for sku in skus], dtype=np.int64)
    hero = np.where(role == ROLES.index("hero"), popularity, 0.0)
    alias_p, alias_k = alias_table(popularity.tolist())
    expected = (own or catalogue).skus
    return Goods(
        names=tuple(sku.sku for sku in skus),
        on_sale=sold,
        price=to_fen([sku.price for sku in skus]),
        reference=to_fen([sku.price if sku.reference_price is None else sku.reference_price for sku in expected]),
        cost=to_fen([sku.cost for sku in skus]),
        share=popularity / popularity.sum(),
        hero=hero / hero.sum() if hero.any() else hero,
        role=role,
        landing=_of_roles(catalogue, "landing"),
        odds=_of_roles(catalogue, "odds"),
        stars=np.array([sku.stars for sku in skus]),
        lead_days=np.array([sku.lead_time for sku in skus]),
        alias_p=alias_p,
        alias_k=alias_k,
    )


def with_roles(goods: Goods, roles: Sequence[RoleName]) -> NDArray[np.bool_]:
    """[n_skus] whether each SKU has one of the roles; all have where none is named."""
    places = [ROLES.index(role) for role in roles] or list(range(len(ROLES)))
    return np.isin(goods.role, places)


def with_codes(goods: Goods, codes: Collection[str]) -> NDArray[np.bool_]:
    """[n_skus] whether each SKU is one of these."""
    return np.array([name in codes for name in goods.names])


def to_fen(amounts: list[float]) -> F:
    """Amounts in CNY as whole fen."""
    return np.rint(np.array(amounts) * FEN)


def fen(amount: float) -> float:
    """One amount in CNY as whole fen."""
    return float(round(amount * FEN))


def _of_roles(catalogue: Catalogue, name: Literal["landing", "odds"]) -> F:
    """[n_skus] a factor that each SKU has of its role."""
    return np.array([getattr(getattr(catalogue.roles, sku.role), name) for sku in catalogue.skus])
