"""Category × material × role: exact in both margins, in pieces and amount, with whole SKUs."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from storesim.errors import PlanError
from storesim.plan.goals import Goal
from storesim.plan.mix import Shelf, fit, mix_rows, shelf_of
from storesim.scenario.catalogue import Catalogue
from storesim.scenario.targets import Mix, Target

PARTS = (("上衣", "棉", "hero"), ("上衣", "麻", "profit"), ("裤装", "棉", "traffic"), ("裤装", "麻", "profit"))
SHELF = Shelf(PARTS, np.array([50.0, 30, 15, 5]), np.array([5000.0, 6000, 900, 800]), np.array([1, 6, 2, 3]))
QUARTERS = {"gmv": np.array([10_001, 0, 77_777, 333_333]), "units": np.array([11, 0, 97, 401])}


def table(rows: list[Goal], name: str, period: str) -> dict[tuple[str, str, str], int]:
    return {
        (row.category, row.material, row.role): round(row.goal * (100 if name == "gmv" else 1))
        for row in rows
        if row.kpi == name and row.period == period
    }


def test_parts_add_up_to_every_quarter_and_quarters_to_the_year_of_each_part() -> None:
    rows = list(mix_rows(2027, SHELF, QUARTERS))

    for name, quarters in QUARTERS.items():
        year = table(rows, name, "2027")
        assert sum(year[part] for part in PARTS) == quarters.sum()
        for place, number in enumerate(quarters):
            cells = table(rows, name, f"2027Q{place + 1}")
            assert sum(cells.get(part, 0) for part in PARTS) == number
        for part in year:
            assert year[part] == sum(table(rows, name, f"2027Q{q}").get(part, 0) for q in range(1, 5))


def test_the_year_of_a_part_is_its_share_to_the_unit() -> None:
    year = table(list(mix_rows(2027, SHELF, QUARTERS)), "units", "2027")

    shares = SHELF.units / SHELF.units.sum() * QUARTERS["units"].sum()
    assert all(abs(year[part] - share) < 1.0 for part, share in zip(PARTS, shares, strict=True))


def test_shares_a_planner_sets_are_met_by_both_dimensions() -> None:
    wishes = Mix.model_validate({"category": {"裤装": "40%"}, "role": {"主推款": "30%"}})

    rows = list(mix_rows(2027, SHELF, QUARTERS, wishes))

    year, whole = table(rows, "gmv", "2027"), int(QUARTERS["gmv"].sum())
    assert year["裤装", "", ""] == pytest.approx(0.4 * whole, abs=3)
    assert year["", "", "hero"] == pytest.approx(0.3 * whole, abs=3)


def test_skus_are_whole_and_as_many_as_are_on_the_shelf() -> None:
    kept = table(list(mix_rows(2027, SHELF, QUARTERS)), "skus", "2027")
    moved = table(
        list(mix_rows(2027, SHELF, QUARTERS, Mix.model_validate({"category": {"裤装": "60%"}}))), "skus", "2027"
    )

    assert [kept[part] for part in PARTS] == [1, 6, 2, 3]
    assert sum(moved[part] for part in PARTS) == 12
    assert moved["裤装", "", ""] > kept["裤装", "", ""]


@pytest.mark.parametrize(
    ("wishes", "words"),
    [
        ({"category": {"鞋": "40%"}}, "mix.category asks a share of '鞋', which is not sold; sold are 上衣, 裤装"),
        ({"category": {"上衣": "40%", "裤装": "40%"}}, "the shares of mix.category add up to 80 %, not 100 %"),
        ({"category": {"裤装": "100%"}, "role": {"hero": "10%"}}, "nothing to bring it with"),
    ],
)
def test_shares_that_cannot_be_are_refused_in_words(wishes: dict[str, dict[str, str]], words: str) -> None:
    with pytest.raises(PlanError, match=words):
        list(mix_rows(2027, SHELF, QUARTERS, Mix.model_validate(wishes)))


def test_a_target_takes_shares_of_roles_in_either_language() -> None:
    target = Target.model_validate({"gmv": 100, "mix": {"role": {"引流款": "20%"}}})

    assert dict(target.mix.role) == {"traffic": 0.2}
    with pytest.raises(ValueError, match="'rocket' is no role; roles are hero"):
        Target.model_validate({"gmv": 100, "mix": {"role": {"rocket": "20%"}}})


def test_an_assortment_that_sold_nothing_is_weighed_by_popularity_and_price() -> None:
    skus = [
        {"sku": "A", "price": 100, "cost": 1, "popularity": 3},
        {"sku": "B", "price": 50, "cost": 1, "role": "hero"},
    ]

    shelf = shelf_of(Catalogue.model_validate({"skus": skus}))

    assert dict(zip(shelf.parts, shelf.gmv, strict=True)) == {
        ("general", "", "profit"): 300.0,
        ("general", "", "hero"): 50.0,
    }


@settings(max_examples=100, deadline=None)
@given(seed=st.integers(0, 100_000), n=st.integers(1, 12))
def test_any_table_is_exact_in_both_margins(seed: int, n: int) -> None:
    rng = np.random.default_rng(seed)
    parts = tuple((f"c{i}", "", "hero") for i in range(n))
    shelf = Shelf(parts, rng.gamma(0.3, size=n) + 1e-9, rng.gamma(0.3, size=n) + 1e-9, rng.integers(1, 9, n))
    quarters = {"gmv": rng.integers(0, 1000, 4) * rng.integers(0, 2, 4), "units": rng.integers(0, 30, 4)}

    rows = list(mix_rows(2027, shelf, quarters))

    for name, wanted in quarters.items():
        for place, number in enumerate(wanted):
            found = table(rows, name, f"2027Q{place + 1}")
            assert sum(found.get(part, 0) for part in parts) == number
            assert all(number >= 0 for number in found.values())


def test_fitting_meets_both_margins_of_a_table_and_keeps_its_odds() -> None:
    seed = np.array([1.0, 2, 3, 4])
    rows, columns = np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1])

    fitted = fit(seed, [(rows, np.array([0.3, 0.7])), (columns, np.array([0.6, 0.4]))])

    assert np.bincount(rows, fitted) == pytest.approx([0.3, 0.7])
    assert np.bincount(columns, fitted) == pytest.approx([0.6, 0.4])
    assert fitted[0] * fitted[3] / fitted[1] / fitted[2] == pytest.approx(seed[0] * seed[3] / seed[1] / seed[2])
