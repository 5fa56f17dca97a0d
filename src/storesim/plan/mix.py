"""Category × material × role: what each part of the assortment must bring, in pieces and in amount, with SKU counts.

Shares come from what was sold, simulated or recorded, where there is anything; else from the catalogue's popularity and
prices. They are fitted to both margins at once: the quarters' goals, and what each part brings in the year.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from storesim.errors import PlanError, ShapeError
from storesim.plan.exact import Whole, share_out
from storesim.plan.goals import PAID, Goal, Level
from storesim.results.recorded import Recorded
from storesim.scenario.catalogue import Catalogue

if TYPE_CHECKING:
    from storesim.scenario.targets import Mix

Array = NDArray[np.float64]
Part = tuple[str, str, str]
"""Category, material, role."""

DIMENSIONS = ("category", "material", "role")


@dataclass(frozen=True)
class Shelf:
    """The parts of an assortment, and what each weighs."""

    parts: tuple[Part, ...]
    units: Array
    """[n_parts] pieces sold, or weights of them."""

    gmv: Array
    """[n_parts] amount sold, or weights of it."""

    skus: Whole
    """[n_parts] items on the shelf."""


def shelf_of(catalogue: Catalogue, sold: Recorded | None = None) -> Shelf:
    """The assortment of a catalogue, weighed by what runs sold of each item; by popularity and price without runs."""
    weights = np.array([sku.popularity for sku in catalogue.skus])
    amounts = weights * np.array([sku.price for sku in catalogue.skus])
    if sold is not None and sold.skus == tuple(sku.sku for sku in catalogue.skus):
        units, gmv = (sold.of_skus(name).reshape(-1, weights.size).sum(axis=0) for name in ("units", "gmv"))
        if units.any():
            weights, amounts = units, gmv
    found: dict[Part, list[int]] = {}
    for place, sku in enumerate(catalogue.skus):
        found.setdefault((sku.category, sku.material, sku.role), []).append(place)
    parts = tuple(sorted(found))
    return Shelf(
        parts,
        np.array([weights[found[part]].sum() for part in parts]),
        np.array([amounts[found[part]].sum() for part in parts]),
        np.array([len(found[part]) for part in parts], dtype=np.int64),
    )


def fit(table: Array, margins: Sequence[tuple[NDArray[np.intp], Array]], *, rounds: int = 1000) -> Array:
    """`table` scaled until its sums by each grouping are those wanted: iterative proportional fitting.

    Parameters
    ----------
    table : [n_cells]
        0 or more; a cell of 0 stays 0.
    margins
        For each grouping, the group of every cell [n_cells] and the sums wanted [n_groups]; NaN where a group is free.

    Raises
    ------
    PlanError
        If a group that must have something has no cell above 0, or the margins contradict one another.

    References
    ----------
    Deming and Stephan (1940), Annals of Mathematical Statistics 11(4), 427-444.
    """
    fitted = np.asarray(table, dtype=np.float64).copy()
    for _ in range(rounds):
        off = 0.0
        for groups, wanted in margins:
            if groups.shape != fitted.shape:
                raise ShapeError(table=fitted.shape, groups=groups.shape)
            sums = np.bincount(groups, weights=fitted, minlength=wanted.size)
            kept = np.isnan(wanted)
            if ((sums <= 0.0) & ~kept & (wanted > 0.0)).any():
                raise PlanError("a part that must bring something has nothing to bring it with")
            goal = np.where(kept, sums, wanted)
            scale = np.divide(goal, sums, out=np.ones(sums.size), where=sums > 0.0)
            off = max(off, float(np.abs(goal - sums).max(initial=0.0)) / max(float(goal.sum()), 1e-300))
            fitted = fitted * scale[groups]
        if off < 1e-12:
            return fitted
    if off > 1e-6:
        raise PlanError("the shares asked of the parts contradict one another; leave one of them out")
    return fitted


def mix_rows(year: int, shelf: Shelf, quarters: Mapping[str, Whole], wishes: Mix | None = None) -> Iterator[Goal]:
    """Rows of each part for the year and its quarters: pieces, amount to the fen, SKUs; and the sums by dimension.

    Parameters
    ----------
    quarters
        [4] goals of the store: "gmv" in fen, "units" if they are planned.
    wishes
        Shares of the year's amount that the planner sets by category, material or role.

    Raises
    ------
    PlanError
        If the wishes name a part that is not sold, or contradict one another.
    """
    shares = _shares(shelf, wishes)
    amounts = shelf.gmv / shelf.gmv.sum()
    change = np.divide(shares, amounts, out=np.ones(shares.size), where=amounts > 0)
    weights = {"gmv": shares, "units": shelf.units * change, "skus": shelf.skus * np.ones(shares.size)}
    tables: dict[str, Whole] = {}
    for name in ("units", "gmv"):
        if name in quarters:
            tables[name] = _table(quarters[name], weights[name])
    on_shelf = share_out(int(shelf.skus.sum()), shelf.skus * change, at_least=np.where(shares > 0, 1, 0))
    for level, spans in (("year", (slice(0, 4),)), ("quarter", tuple(slice(q, q + 1) for q in range(4)))):
        for place, span in enumerate(spans):
            period = f"{year}" if level == "year" else f"{year}Q{place + 1}"
            numbers = {name: table[span].sum(axis=0) for name, table in tables.items()}
            if any(column.any() for column in numbers.values()):
                yield from _of_period(period, level, shelf, numbers | {"skus": on_shelf})


def _table(quarters: Whole, weights: Array) -> Whole:
    """[4, n_parts] whole numbers: each quarter's add up to its goal, each part's to its share of the year."""
    whole = np.zeros((4, weights.size), dtype=np.int64)
    parts = weights / weights.sum()
    year = share_out(int(quarters.sum()), parts)
    left = year.astype(np.float64)
    for quarter in np.flatnonzero(quarters):
        # The parts' own remainders go along from quarter to quarter, so that the year is as exact as the quarters.
        last = not quarters[quarter + 1 :].any()
        if last:
            whole[quarter] = year - whole.sum(axis=0)
        else:
            room = np.floor(left).astype(np.int64)
            whole[quarter] = share_out(int(quarters[quarter]), np.where(room > 0, parts, 0.0), at_most=room)
            left -= whole[quarter]
    return whole


def _shares(shelf: Shelf, wishes: Mix | None) -> Array:
    """[n_parts] shares of the year's amount."""
    shares = np.asarray(shelf.gmv / shelf.gmv.sum())
    margins = []
    for place, dimension in enumerate(DIMENSIONS):
        asked = {} if wishes is None else dict(getattr(wishes, dimension))
        if not asked:
            continue
        names = sorted({part[place] for part in shelf.parts})
        for name in asked:
            if name not in names:
                raise PlanError(
                    f"mix.{dimension} asks a share of '{name}', which is not sold; sold are {', '.join(names)}"
                )
        if set(asked) == set(names) and abs(sum(asked.values()) - 1.0) > 1e-6:
            raise PlanError(f"the shares of mix.{dimension} add up to {100 * sum(asked.values()):g} %, not 100 %")
        margins.append((dimension, place, names, asked))
    if not margins:
        return shares
    groupings = []
    for _, place, names, asked in margins:
        groups = np.array([names.index(part[place]) for part in shelf.parts])
        now = np.bincount(groups, weights=shares, minlength=len(names))
        rest = 1.0 - sum(asked.values())
        others = sum(now[i] for i, name in enumerate(names) if name not in asked)
        wanted = [asked[n] if n in asked else rest * now[i] / others if others else 0.0 for i, n in enumerate(names)]
        groupings.append((groups, np.array(wanted)))
    return fit(shares, groupings)


def _of_period(period: str, level: str, shelf: Shelf, numbers: Mapping[str, Whole]) -> Iterator[Goal]:
    named: Level = "year" if level == "year" else "quarter"
    for place, dimension in enumerate(DIMENSIONS):
        words = sorted({part[place] for part in shelf.parts} - {""})
        # One word for everything says nothing that the store's own row does not say.
        for word in words if len(words) > 1 else ():
            inside = np.array([part[place] == word for part in shelf.parts])
            for name, column in numbers.items():
                yield _goal(period, named, name, int(column[inside].sum()), {dimension: word})
    for i, part in enumerate(shelf.parts):
        for name, column in numbers.items():
            yield _goal(period, named, name, int(column[i]), dict(zip(DIMENSIONS, part, strict=True)))


def _goal(period: str, level: Level, name: str, number: int, part: Mapping[str, str]) -> Goal:
    return Goal(period, level, "", name, number / 100.0 if name in PAID else number, **part)  # type: ignore[arg-type]  # words only
