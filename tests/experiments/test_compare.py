"""Plans on common luck: what differs, whether it is luck, and which to take."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray

import storesim as ss
from storesim import kpi
from storesim.errors import UsageError
from storesim.experiments.choice import choose, select
from storesim.experiments.moved import MECHANISMS, mechanism_of
from storesim.experiments.paired import holm, paired
from storesim.report.experiments.comparison import sentences
from storesim.runs.intervals import interval_of, p_value
from tests.model.small import scenario

Array = NDArray[np.float64]
BASE = scenario({"horizon": 20})


@pytest.fixture(scope="module")
def comparison() -> ss.Comparison:
    plans = {
        "now": BASE,
        "ads": BASE.with_({"channels.express.daily_budget": 20}),
        "the same": BASE.with_({"store.name": "Another"}),
        "cheap": BASE.with_({"events": [{"name": "Sale", "from": "2027-01-12", "to": "2027-01-14", "discount": 0.4}]}),
    }
    return ss.compare(plans, 12, 3, executor="serial")


def test_a_difference_is_that_of_the_runs_that_simulate_gives(comparison: ss.Comparison) -> None:
    less = BASE.with_({"channels.express.daily_budget": 20})

    apart = [ss.simulate(less, 3, i).total("uv") - ss.simulate(BASE, 3, i).total("uv") for i in range(12)]

    assert comparison.difference("uv", "ads").difference == pytest.approx(np.mean(apart))
    assert comparison.difference("uv", "ads").low < np.mean(apart) < comparison.difference("uv", "ads").high


def test_a_plan_that_sells_more_and_earns_less_is_not_recommended_without_a_word() -> None:
    given_away = {"cheap": BASE.with_({"catalogue.discount": 0.6})}

    found = ss.compare({"now": BASE, **given_away}, 12, 3, kpis=["gmv", "profit"], by="buyers", executor="serial")
    turned = ss.compare({**given_away, "now": BASE}, 12, 3, kpis=["profit"], by="buyers", executor="serial")

    assert found.best == turned.best == "cheap"
    assert found.dearer is not None
    assert found.dearer.difference == found.difference("profit").difference < 0
    assert any("But cheap earns" in said and "less profit than now" in said for said in sentences(found, "en"))
    assert any("但 now 的利润比 cheap 多" in said for said in sentences(turned, "zh"))
    assert ss.compare({"now": BASE, **given_away}, 12, 3, by="profit", executor="serial").dearer is None


def test_what_is_the_same_differs_in_nothing(comparison: ss.Comparison) -> None:
    same = [one for one in comparison.differences if one.plan == "the same"]

    assert {(one.difference, one.low, one.high, one.p_holm) for one in same} == {(0, 0, 0, 1)}
    assert all(np.isnan(one.higher) for one in same)
    assert comparison.plans[2].moved is None


def test_more_runs_are_not_asked_for_where_plans_are_the_same() -> None:
    alike = ss.compare({"now": BASE, "again": BASE.with_({"store.name": "Another"})}, 4, 3, executor="serial")

    assert (alike.choice.tied, alike.choice.alike) == (True, (0, 1))
    assert sentences(alike, "en")[0] == (
        "By GMV, now, again are the same in every run; more runs will not tell them apart."
    )
    assert not choose(np.array([[1.0, 2.0, 3.0], [1.1, 1.9, 3.2], [1.0, 2.0, 3.0]])).tied


def test_common_luck_takes_variance_away(comparison: ss.Comparison) -> None:
    assert comparison.difference("uv", "ads").reduction > 4


def test_a_comparison_says_what_moves_first_and_when(comparison: ss.Comparison) -> None:
    ads, cheap = comparison.plans[1].moved, comparison.plans[3].moved

    assert ads is not None
    assert (ads.date, ads.channel, ads.mechanism) == (dt.date(2027, 1, 1), "express", "ads")
    assert cheap is not None
    assert cheap.date == dt.date(2027, 1, 12)


def test_a_comparison_shows_itself_as_a_picture_and_a_table(comparison: ss.Comparison) -> None:
    shown = comparison._repr_html_()

    assert shown.index("<img") < shown.index("<table")
    assert "ads" in shown
    assert list(comparison.frame()["plan"].unique()) == ["ads", "the same", "cheap"]


@pytest.mark.parametrize(
    ("plans", "given", "message"),
    [
        ([BASE], {}, "two or more plans"),
        ([BASE, BASE], {"kpis": ("gvm",)}, "did you mean 'gmv'"),
        ([BASE, BASE], {"n_runs": 2}, "three or more"),
        ([BASE, BASE.with_({"horizon": 30})], {}, "the same days"),
        ([BASE, BASE], {"confidence": 1.0}, "confidence is 1"),
        ([BASE, BASE], {"period": "2028"}, "not within the days"),
    ],
)
def test_what_cannot_be_compared_is_refused(plans: list[ss.Scenario], given: dict[str, object], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        ss.compare(plans, **({"n_runs": 3, "executor": "serial"} | given))  # type: ignore[arg-type]  # wrong on purpose


def test_every_count_belongs_to_one_mechanism() -> None:
    named = [count for counts in MECHANISMS.values() for count in counts]

    assert len(named) == len(set(named))
    assert set(named) <= set(kpi.COUNT)
    assert mechanism_of("commission") == "finance"
    told = {"carts": "conversion", "cart_looks": "visits", "called_off": "fulfilment", "coupons_held": "promotions",
            "repeaters_90": "members", "good_store": "reviews"}  # fmt: skip
    assert {count: mechanism_of(count) for count in told} == told


def test_holm_gives_the_corrected_values_of_a_worked_example() -> None:
    # Smallest first: 4 · 0.01, 3 · 0.02 raised to no less, 2 · 0.03, 1 · 0.04.
    assert holm([0.04, 0.01, float("nan"), 0.03, 0.02])[:2] == pytest.approx([0.06, 0.04])
    assert holm([0.04, 0.01, float("nan"), 0.03, 0.02])[3:] == pytest.approx([0.06, 0.06])


def test_an_interval_ends_at_zero_where_its_p_value_is_the_rest_of_its_confidence() -> None:
    values = np.random.default_rng(1).exponential(1.0, 30)

    low, high = interval_of(values, 0.95)

    assert p_value(values - low) == pytest.approx(0.05, abs=1e-6)
    assert p_value(values - high) == pytest.approx(0.05, abs=1e-6)
    # Skewed to the right: the mean may be further above than below.
    assert high - values.mean() > values.mean() - low


def test_the_variance_taken_away_is_the_ratio_of_the_formula() -> None:
    luck = np.random.default_rng(2).normal(0, 3, 4_000)
    own = np.random.default_rng(3).normal(0, 1, (2, 4_000))

    found = paired("b", "gmv", luck + own[0], luck + own[1], (luck, luck))

    # (10 + 10) / 2; the standard error of a variance of 4,000 values is 2.2 %.
    assert found.reduction == pytest.approx(10, rel=0.1)


def test_the_best_is_chosen_and_never_further_behind_than_promised() -> None:
    # Five plans with the same share of luck; the best is better by half a standard error or so.
    generator, truth = np.random.default_rng(4), np.array([0.0, 0.1, 0.2, 0.25, 0.3])
    held = wrong = 0

    for _ in range(2_000):
        values = truth[:, np.newaxis] + generator.normal(0, 1, 25) + generator.normal(0, 0.7, (5, 25))
        chosen = choose(values, 0.9)
        held += truth.max() - truth[chosen.best] <= chosen.behind
        wrong += 4 not in chosen.possible

    # At least 90 %; three standard errors of 2,000 trials are 2 %.
    assert held / 2_000 >= 0.88
    assert wrong / 2_000 <= 0.12


def test_selecting_finds_the_best_as_often_as_promised_and_spends_runs_on_the_near_ones() -> None:
    generator, trials, right = np.random.default_rng(5), 400, 0
    asked: dict[int, int] = dict.fromkeys(range(5), 0)

    for _ in range(trials):
        # The slippage configuration, hardest of all: all others worse by just the indifference.
        luck = generator.normal(0, 1, 3_000)
        values = np.array([0, 0, 0, 0, 0.5])[:, np.newaxis] + luck + generator.normal(0, 1, (5, 3_000))

        def play(places, n, values=values):  # type: ignore[no-untyped-def]
            for place in places:
                asked[place] = max(asked[place], n)
            return values[list(places), :n]

        right += select(play, 5, 0.5, confidence=0.9).best == 4

    assert right / trials >= 0.9 - 3 * np.sqrt(0.09 / trials)


def test_a_plan_that_is_far_behind_drops_out_at_the_first_look() -> None:
    values = np.random.default_rng(6).normal(0, 1, (3, 3_000)) + np.array([0.0, 0.1, -50.0])[:, np.newaxis]
    calls: list[list[int]] = []

    def play(places, n):  # type: ignore[no-untyped-def]
        calls.append(list(places))
        return values[list(places), :n]

    select(play, 3, 0.5)

    assert all(2 not in places for places in calls[1:])


def test_auto_plays_until_the_differences_are_narrow() -> None:
    told: list[int] = []
    less = BASE.with_({"channels.express.daily_budget": 25, "horizon": 8})

    found = ss.compare(
        [BASE.with_({"horizon": 8}), less], "auto", by="uv", kpis=("uv",), relative=0.01, executor="serial",
        progress=lambda _, wanted: told.append(wanted),
    )  # fmt: skip

    one = found.difference("uv")
    assert found.n_runs >= 40
    assert max(one.high - one.difference, one.difference - one.low) <= 0.01 * one.base
    assert all(before <= after for before, after in pairwise(told))


def test_an_interval_that_rests_on_few_runs_is_said_to_be_too_narrow() -> None:
    base, values = np.zeros(40), np.zeros(40)
    values[:4] = [1.0, 2.0, 1.5, 9.0]

    one = paired("plan", "gmv", values, base, (values, base))

    assert one.n_apart == 4
    found = ss.compare(
        {"now": BASE, "ads": BASE.with_({"channels.express.daily_budget": 20})}, 12, 3, executor="serial"
    )
    few = replace(found, differences=tuple(replace(one, n_apart=4) for one in found.differences))
    assert found.sparse == ()
    assert any("differs in GMV in 4 of 12 runs only" in said for said in sentences(few, "en"))
