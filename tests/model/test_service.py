"""Reviews, chats and the score among rivals (MODEL section 10)."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import beta, binom, norm

from storesim.engine.day import (
    ASK,
    DUE_BAD,
    DUE_GOOD,
    DUE_REVIEWS,
    DUE_STARS,
    ITEM_STARS,
    N_DUE,
    PATIENCE_HOURS,
    SERVICE_HOURS,
)
from storesim.model.blueprint import blueprint
from storesim.model.fulfilment import Parcels
from storesim.model.service import (
    LEAST_WORTH,
    Judgement,
    Mark,
    Service,
    Tastes,
    like,
    rank_rate,
    read_desk,
    worth,
)
from storesim.model.store import Store
from storesim.model.today import Offer
from storesim.results.run import Run
from storesim.runs.one import simulate
from tests.model.small import morning, scenario, store

JUDGED = Judgement(np.array([0.5, 0.25, 0.25, 0.0]), 0.05, 0.95)
NO_PARCELS = Parcels(*[0.0] * 8)


def _service(**changes: object) -> Service:
    return Service((read_desk(scenario({"operations.service": changes or {"agents": 1}})),) * 3, JUDGED)


def _due(reviews: float, good: float) -> np.ndarray:
    due = np.zeros(N_DUE)
    due[[DUE_REVIEWS, DUE_GOOD, DUE_BAD, DUE_STARS]] = reviews, good, 0.0, 5.0 * good
    return due


def test_a_store_like_the_median_rival_and_one_nobody_judged_stand_in_the_middle() -> None:
    median = np.array([1_000.0, 50.0, 1_000.0, 30.0, 1_000.0, 900.0, 0.0])

    assert rank_rate(np.zeros(7), JUDGED) == pytest.approx(0.5, abs=1e-12)
    assert rank_rate(median, JUDGED) == pytest.approx(0.5, abs=1e-9)


def test_the_score_is_the_normal_law_of_weighted_spreads() -> None:
    # 80 reviews, 1 not good; rivals at 5 % ± 2.5 % are worth 75 more. Parcels and chats as the median rival's.
    window = np.array([80.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0])

    spreads = (0.05 - (1.0 + 75 * 0.05) / 155.0) / 0.025

    assert rank_rate(window, JUDGED) == pytest.approx(
        norm.cdf(0.5 * spreads / np.sqrt(0.5**2 + 2 * 0.25**2)), abs=1e-12
    )


@pytest.mark.parametrize(("rival", "spread"), [(0.05, 0.025), (0.025, 0.0125), (0.03, 0.03), (0.9, 0.06)])
def test_a_spread_among_rivals_is_worth_what_the_beta_law_of_that_spread_adds(rival: float, spread: float) -> None:
    prior = worth(rival, spread)
    rivals = beta(rival * prior, (1.0 - rival) * prior)
    shares = np.linspace(0.0, 1.0, 200_001)[1:-1]
    seen = rivals.pdf(shares) * binom(40, shares).pmf(3)

    assert (rivals.mean(), rivals.std()) == pytest.approx((rival, spread), rel=1e-9)
    assert (3.0 + prior * rival) / (40.0 + prior) == pytest.approx((shares * seen).sum() / seen.sum(), rel=1e-4)


def test_rivals_who_differ_without_measure_are_still_worth_some_observations() -> None:
    assert worth(0.5, 0.25) == worth(0.0, 0.005) == LEAST_WORTH


@pytest.mark.parametrize(("place", "step"), [(1, 40.0), (3, 40.0), (5, -40.0)])
def test_bad_reviews_late_parcels_and_slow_answers_each_lower_the_score(place: int, step: float) -> None:
    before = np.array([1_000.0, 50.0, 1_000.0, 30.0, 1_000.0, 900.0, 0.0])
    after = before.copy()
    after[place] += step

    assert rank_rate(after, JUDGED) < rank_rate(before, JUDGED) - 0.01


def test_one_disaster_counts_for_three_spreads_at_most() -> None:
    bad, worse = (np.array([1e6, share * 1e6, 0.0, 0.0, 0.0, 0.0]) for share in (0.2, 0.9))

    assert rank_rate(bad, JUDGED) == rank_rate(worse, JUDGED)


def test_the_score_looks_back_thirty_days_and_the_count_of_good_reviews_for_ever() -> None:
    service = _service()
    for day in range(31):
        service.close(day, _due(10.0, 0.0) if day == 0 else _due(1.0, 1.0), NO_PARCELS, 0.0, 0.0)
        if day == 29:
            remembered = service.score

    # Day 30 drops the ten bad reviews of day 0.
    assert remembered < 0.5 < service.score
    assert (service.reviews, service.good) == (40.0, 30.0)
    assert service.good_rate == 0.75


def test_the_desk_is_read_in_hours_and_nobody_gives_up_without_patience() -> None:
    service, today = _service(agents=3, minutes=6, patience=None, asks=0.2), morning()

    service.open(today)

    assert service.duty(0).tolist() == [[0.0, 3.0]]
    assert today.plan.scalars[[ASK, SERVICE_HOURS, PATIENCE_HOURS]].tolist() == [0.2, 0.1, np.inf]


def test_parcels_in_time_count_only_where_they_have_a_weight() -> None:
    late = np.array([0.0, 0.0, 1_000.0, 30.0, 0.0, 0.0, 500.0])
    weighed = Judgement(np.array([0.5, 0.25, 0.25, 0.25]), 0.05, 0.95)
    alone = Judgement(np.array([0.0, 0.0, 0.0, 1.0]), 0.05, 0.95)
    prior = worth(0.95, 0.04)
    in_time = (970.0 + prior * 0.95) / (1_000.0 + prior)

    assert rank_rate(late, JUDGED) == pytest.approx(0.5, abs=1e-9)
    assert rank_rate(late, weighed) < 0.2
    better = np.array([0.0, 0.0, 1_000.0, 30.0, 0.0, 0.0, 970.0])
    assert rank_rate(better, alone) == pytest.approx(norm.cdf((in_time - 0.95) / 0.04), abs=1e-12)


def test_shifts_that_overlap_add_up_and_nobody_is_on_duty_between() -> None:
    service = _service(shifts=[{"hours": "9-17", "agents": 2}, {"hours": "15-24", "agents": 3}])

    assert service.duty(0).tolist() == [[0.0, 0.0], [9.0, 2.0], [15.0, 5.0], [17.0, 3.0]]


CHATTY = {"horizon": 20, "operations.conversion.base": 0.05}


def _chats(**service: object) -> Run:
    return simulate(scenario({**CHATTY, "operations.service": {"asks": 0.5, **service}}), 6)


def test_one_shift_over_the_open_hours_is_the_desk_without_shifts() -> None:
    plain, shift = _chats(agents=2), _chats(shifts=[{"hours": "9-16", "agents": 2}, {"hours": "16-23", "agents": 2}])

    # Two shifts of two are four people to pay; at 16:00 the two go on as they stand.
    assert plain.by_channel.tobytes() == shift.by_channel.tobytes()
    assert shift.total("wages") - plain.total("wages") == 20 * 2 * 200


def test_more_agents_in_the_evening_answer_more_in_time() -> None:
    few, many = (
        _chats(shifts=[{"hours": "9-17", "agents": 1}, {"hours": "17-23", "agents": n}], minutes=12) for n in (1, 4)
    )

    answered = [run.total("chats_in_30s") / run.total("chats") for run in (few, many)]
    assert answered[1] > answered[0] + 0.1


def test_a_gap_between_shifts_answers_nobody() -> None:
    run = _chats(shifts=[{"hours": "9-9:30", "agents": 3}, {"hours": "22-23", "agents": 3}])

    assert run.total("chats_left") > 0.7 * run.total("chats")


def test_a_mature_store_opens_with_its_reviews_and_is_believed_from_the_first_day() -> None:
    naked = simulate(scenario(CHATTY), 6)
    plan = scenario({**CHATTY, "operations.reviews.opening": {"total": 400, "good": 380}})
    known = simulate(plan, 6)

    assert known.daily("buyers")[:3].sum() > 2 * naked.daily("buyers")[:3].sum()
    store = Store(blueprint(plan), 6, 0)
    assert (store.service.reviews, store.service.good_rate) == (400, 0.95)
    assert store.conversion.reviews.tolist() == [300, 100]


def test_a_store_in_the_top_tenth_is_certified_on_every_seventh_day_and_loses_the_mark_likewise() -> None:
    desk = Service((read_desk(scenario()),) * 3, JUDGED, mark=Mark(least=0.9, every=7, weight=0.5, odds=1.2))
    offer = Offer(traffic=1.0, conversion=1.1, rival_bids=1.0, log_price=0.0)
    bonus = offer._replace(conversion=1.1 * 1.2, weight=0.5)

    held = []
    for day in range(70):
        desk.close(day, _due(50.0, 50.0 if day < 20 else 10.0), NO_PARCELS, 0.0, 0.0)
        held.append(desk.marked)
        assert desk.honoured(offer) == (bonus if desk.marked else offer)

    assert held.index(True) == 6
    # Bad reviews come from day 20 on; the mark goes at the next certification and not before.
    assert all(held[6:20])
    assert not any(held[27:])


def test_a_good_store_is_ranked_and_bought_from_as_its_mark_says_and_by_default_not_at_all() -> None:
    plain = simulate(scenario({"horizon": 40}), 3)
    easy = {"horizon": 40, "operations.score.good_store": {"least": 0.0}}
    held, trusted, ranked = (
        simulate(
            scenario({**easy, **{f"operations.score.good_store.{name}": value for name, value in more.items()}}), 3
        )
        for more in ({}, {"odds": 1.5}, {"weight": 1.0})
    )

    assert held.daily("good_store").tolist() == [0.0] * 6 + [1.0] * 34
    for name in ("uv", "buyers", "gmv", "score", "organic_weight"):
        assert held.daily(name).tolist() == plain.daily(name).tolist()
    assert trusted.total("buyers") > 1.2 * plain.total("buyers")
    assert ranked.daily("organic_weight")[7] == pytest.approx(np.e * plain.daily("organic_weight")[7], rel=1e-9)


GRUMBLING = {"horizon": 50, "operations.conversion.base": 0.2, "operations.reviews.chance": 0.8}


def _mean_stars(settings: dict[str, object] | None = None, **reviews: float) -> float:
    more = {f"operations.reviews.{name}": value for name, value in reviews.items()}
    run = simulate(scenario({**GRUMBLING, **(settings or {}), **more}), 6)
    assert run.total("reviews") > 200
    return run.total("stars") / run.total("reviews")


def test_a_chat_left_unanswered_costs_stars_where_buyers_mind_and_only_there() -> None:
    desks = {n: {"operations.service": {"agents": n, "asks": 0.5, "minutes": 12}} for n in (1, 20)}

    assert _mean_stars(desks[1], chat=2.0) < _mean_stars(desks[1]) - 0.1
    assert _mean_stars(desks[20], chat=2.0) == pytest.approx(_mean_stars(desks[20]), abs=0.01)


def test_an_empty_shelf_costs_stars_of_those_who_took_another_item_or_fewer_pieces() -> None:
    bare = {"operations.stock": {"policy": "sQ", "expected_units": 6, "opening": 6, "safety": 0, "lot": 5}}
    full = {"operations.stock": {"policy": "unlimited"}}

    assert _mean_stars(bare, short=2.0) < _mean_stars(bare) - 0.05
    assert _mean_stars(full, short=2.0) == _mean_stars(full)


def test_a_better_item_has_better_reviews_and_a_dear_one_worse() -> None:
    poor, dear, cheap = ({"catalogue.skus.0.stars": -1.0}, {"catalogue.skus.0.reference_price": 80},
                         {"catalogue.skus.0.reference_price": 125})  # fmt: skip
    plain = _mean_stars({"catalogue.skus.0.stars": 0.0})

    assert _mean_stars(poor) < plain - 0.4
    assert _mean_stars(dear, price=2.0) < plain - 0.2
    # With less to spare below five stars a mean item gains what it can.
    assert _mean_stars({**cheap, "operations.reviews.stars": 3.0}, price=2.0) > _mean_stars(stars=3.0) + 0.2


def test_stars_of_an_item_are_its_own_less_the_logarithm_of_its_price_times_the_effect() -> None:
    out = np.empty(2)

    like(np.array([12_000.0, 5_000.0]), Tastes(np.array([0.3, -0.2]), np.array([10_000.0, 10_000.0]), 0.5), out)

    np.testing.assert_allclose(out, [0.3 - 0.5 * np.log(1.2), -0.2 + 0.5 * np.log(2.0)], rtol=1e-12)


def test_what_buyers_think_of_items_follows_the_price_on_the_first_day_of_an_event() -> None:
    sale = {"name": "sale", "from": "2027-01-02", "to": "2027-01-02", "discount": 0.3}
    opened = store({"operations.reviews.price": 2.0, "events": [sale]})
    opened.promotions.close(opened._standing(1))
    stars = []
    for day in range(3):
        opened._fill(day, 0.0)
        stars.append(opened.kernel.plan.of_sku[ITEM_STARS].copy())

    # A price a third lower gains stars, and the next day has them no more.
    np.testing.assert_allclose(stars[1] - stars[0], -2.0 * np.log(0.7), rtol=1e-9)
    np.testing.assert_array_equal(stars[2], stars[0])
