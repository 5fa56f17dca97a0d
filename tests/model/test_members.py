"""Members: the pool, people known one by one, levels, windows, coupons (MODEL section 9)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import stats

from storesim.engine.compiled import compiled
from storesim.engine.day import N_SALE, F, I, Sales
from storesim.engine.draws import gamma, seed_of, stream_key
from storesim.engine.members import (
    GONE,
    VACATED,
    add_weight,
    empty_seats,
    fill_sums,
    name_of,
    note_sale,
    recognise,
)
from storesim.engine.room import empty_state
from storesim.errors import ConservationError
from storesim.model import club_books as b, people as p
from storesim.model.club import Club
from storesim.model.people import LEFT_BEFORE, NEVER, Births, People, endow, sum_weights
from storesim.results.archive import load_draws, save_draws
from storesim.results.cohorts import cohorts_csv
from storesim.results.run import Run
from storesim.runs.many import replicate
from storesim.runs.one import simulate
from storesim.scenario.members import LEVELS, Members
from tests.model.small import scenario, store

CLUB = {"operations.members.model": "bg_nbd"}
STOCKED = {"operations.stock.policy": "unlimited"}


def _run(changes: dict[str, Any], run: int = 0) -> Run:
    return simulate(scenario({**STOCKED, **changes}), 3, run)


@compiled
def _add(seats: F, n_seats: int, seat: int, change: float) -> None:
    add_weight(seats, n_seats, seat, change)


@compiled
def _sell(seats: F, members: F, sales: F, counters: I, member: int, seed: np.uint64) -> None:
    note_sale(seats, members, sales, counters, member, 1.0, 100.0, np.inf, 0.0, seed)


def _seeds(purpose: str, n: int) -> np.ndarray:
    return np.array([seed_of(stream_key(1, 2, purpose), i) for i in range(n)], dtype=np.uint64)


def _books(people: People, *coupons: tuple[float, float, float]) -> b.Books:
    """Books of a year of 30-day months; levels at 2, 3 and 4 orders."""
    rules = b.Rules(0, np.array([2.0, 3.0, 4.0]), np.array(coupons).reshape(-1, 3))
    return b.Books(
        people, BIRTHS.law, rules, np.zeros(4), np.zeros((3, b.LONGEST + 360)), np.zeros((13, 12, 2)),
        np.arange(360) // 30, np.zeros((361, 2))[:, 0], np.zeros(b.N_BOOKED),
    )  # fmt: skip


def _sales(day: int, *sold: tuple[int, float]) -> Sales:
    members, amounts = np.array(sold, dtype=np.float64).T.copy()
    # All of them come back ten days later.
    times = 24.0 * day + 1.0 + np.arange(len(sold))
    names = np.floor(2.0**52 * (day + np.arange(len(sold)) + 0.5) / 100.0)
    return Sales(np.array([times, members, amounts, times + 240.0, names, np.zeros(len(sold))]), len(sold))


BIRTHS = Births(Members(model="bg_nbd"), 1, 0)
JOINS = -2
GAMMAS = ["0x1.103528074a27bp-2", "0x1.f146ffbaf314ap-7", "0x1.021aec9aacd7bp-12"]


@pytest.mark.parametrize("shape", [0.05, 0.2426, 1.0, 2.4258, 40.0])
def test_gamma_numbers_follow_their_law(shape: float) -> None:
    drawn = [gamma(shape, seed) for seed in _seeds(f"gamma {shape}", 20_000)]

    assert stats.kstest(drawn, stats.gamma(shape).cdf).pvalue > 0.001


def test_gamma_numbers_are_the_same_bits_everywhere() -> None:
    key = stream_key(7, 0, "members.rate")

    assert [gamma(0.2426, np.uint64(seed_of(key, i))).hex() for i in range(3)] == GAMMAS


def _crowd(names: np.ndarray, room: int = 0) -> People:
    people = BIRTHS.more(None, 0, room or names.size)
    for i, name in enumerate(names.tolist()):
        endow(people, BIRTHS.law, i, name)
        people.card[i, p.WEIGHT] = people.card[i, p.RATE]
    sum_weights(people, names.size)
    return people


def _sitting(people: People) -> np.ndarray:
    """[n_seats] who sits there: the second halves of the last row of blocks."""
    n_seats = _n_seats(people)
    return people.seats[-2 * n_seats :].reshape(-1, 8)[:, 4:].ravel()


def _n_seats(people: People) -> int:
    return 2 * people.room


def _names(n: int) -> np.ndarray:
    return np.array([name_of(seed) for seed in _seeds("joined", n)])


def test_a_person_goes_by_the_name_and_not_by_the_place_or_the_room() -> None:
    names = _names(3_000)
    people, turned = _crowd(names), _crowd(names[::-1], 10_000)

    own = [p.NAME, p.RATE, p.DROP, p.WEIGHT]
    assert np.array_equal(people.card[:3_000, own], turned.card[:3_000, own][::-1])
    drop, rate = people.card[:3_000, p.DROP], people.card[:3_000, p.RATE]
    assert stats.kstest(drop, stats.beta(0.7929, 2.4258).cdf).pvalue > 0.001
    assert stats.kstest(rate, stats.gamma(0.2426, scale=1.0 / 30.8945).cdf).pvalue > 0.001


def test_more_room_keeps_everybody_and_gives_each_one_seat() -> None:
    small = _crowd(_names(1_000))
    large = BIRTHS.more(small, 1_000, 5_000)

    others = [column for column in range(p.N_CARD) if column != p.SEAT]
    assert np.array_equal(small.card[:1_000, others], large.card[:1_000, others])
    assert _sitting(large)[large.card[:1_000, p.SEAT].astype(int)].tolist() == list(range(1_000))
    assert (_sitting(large) >= 0.0).sum() == 1_000
    assert large.weights == pytest.approx(small.card[:1_000, p.RATE].sum(), rel=1e-12)


@pytest.mark.parametrize("n_seats", [8, 16, 32, 64, 2_048])
def test_a_weight_more_gives_the_sums_that_all_weights_give(n_seats: int) -> None:
    weights = np.arange(1.0, n_seats + 1.0)
    whole, grown = empty_seats(n_seats), empty_seats(n_seats)

    fill_sums(whole, np.append(0.0, weights.cumsum()))
    for seat in np.random.default_rng(1).permutation(n_seats).tolist():
        _add(grown, n_seats, seat, weights[seat])

    assert np.array_equal(whole, grown)
    assert whole[0] == weights.sum()
    assert (whole > 0.0).sum() == n_seats  # each halving has one sum, and one is of all


def test_a_visit_is_anybodys_by_weight() -> None:
    people = _crowd(_names(50))
    weights = people.card[:50, p.WEIGHT]
    weights[7] = 0.0
    sum_weights(people, 50)

    came = [recognise(people.seats, people.card, seed) for seed in _seeds("visits", 20_000)]

    counted, expected = np.bincount(came, minlength=50), 20_000 * weights / weights.sum()
    often = expected >= 5.0
    found = np.append(counted[often], counted[~often].sum())
    wanted = np.append(expected[often], expected[~often].sum())
    assert stats.chisquare(found, wanted).pvalue > 0.001
    assert counted[7] == 0


def test_one_member_more_leaves_nearly_all_visits_to_whose_they_were() -> None:
    names, seeds = _names(401), _seeds("visits", 5_000)
    fewer, more = _crowd(np.delete(names, 100)), _crowd(names)
    part = more.card[100, p.WEIGHT] / more.weights

    before = np.array([fewer.card[recognise(fewer.seats, fewer.card, seed), p.NAME] for seed in seeds])
    after = np.array([more.card[recognise(more.seats, more.card, seed), p.NAME] for seed in seeds])

    taken = (after == names[100]).mean()
    assert abs(taken - part) < 5.0 * np.sqrt(part / 5_000) + 1e-3
    # Each of the halvings moves by less than his part of the weights; one draw for all would move nearly every visit.
    assert ((before != after) & (after != names[100])).mean() < 4.0 * part + 0.002


def test_a_member_leaves_after_as_many_orders_whatever_visitor_he_comes_as() -> None:
    lives = []
    for visitors in ("visits", "others"):
        people = _crowd(_names(200))
        told, gone = people.card[:200, p.TOLD], people.card[:200, p.GONE]
        told[:] = 1.0
        state = empty_state(1, 1, 1, 1, 0)
        sales, counters = np.zeros((N_SALE, 1)), state.counters
        for i, seed in enumerate(_seeds(visitors, 4_000)):
            if gone[i % 200] == 0.0:
                counters[:] = 0
                _sell(people.seats, people.card, sales, counters, i % 200, seed)
        # Who left is not at the till any more, though the weights are those of the morning.
        assert (_sitting(people) >= 0.0).sum() == (gone == 0.0).sum() < 200
        lives.append(told.copy())

    assert np.array_equal(*lives)
    assert lives[0].max() > lives[0].min()


def test_the_books_of_some_days_worked_out_by_hand() -> None:
    books = _books(BIRTHS.more(None, 0, 4))
    out, card = books.out, books.people.card

    # Day 0: two join, one stranger buys. Day 40: member 0 again. Day 95: 0 twice and 1, whose last order it is.
    n = b.book_day(books, _sales(0, (JOINS, 100.0), (JOINS, 200.0)), 0, 3.0, 0)
    assert (n, out[b.JOINED_NOW], out[b.NEW_BUYERS], out[b.CUSTOMERS]) == (2, 2, 3, 3)
    n = b.book_day(books, _sales(40, (0, 50.0)), n, 1.0, 40)
    assert out[b.CUSTOMERS : b.CUSTOMERS + 4].tolist() == [1, 3, 3, 3]
    assert out[b.REPEATERS : b.REPEATERS + 4].tolist() == [0, 1, 1, 1]
    card[1, p.GONE] = 1
    n = b.book_day(books, _sales(95, (0, 70.0), (1, 30.0), (0, 10.0)), n, 3.0, 95)

    assert (n, out[b.LEFT], card[1, p.GONE], card[1, p.WEIGHT]) == (2, 1, LEFT_BEFORE, 0.0)
    assert (out[b.OLD_BUYERS], out[b.NEW_BUYERS], out[b.OLD_GMV]) == (3, 0, 110)
    # 0 was middle, then senior, then VIP; 1 left as middle.
    assert out[b.LEVEL_GMV : b.LEVEL_GMV + 4].tolist() == [30, 70, 10, 0]
    assert books.levels.tolist() == [0, 0, 0, 1]
    # In 30 days 0 bought twice and 1 once; in 180 both bought twice, and the stranger of day 0 counts too.
    assert out[b.CUSTOMERS : b.CUSTOMERS + 4].tolist() == [2, 2, 2, 3]
    assert out[b.REPEATERS : b.REPEATERS + 4].tolist() == [1, 1, 1, 2]
    assert out[b.ACTIVE] == 2
    assert books.cohorts[1, :4].tolist() == [[2, 300], [1, 50], [0, 0], [3, 110]]


def test_a_coupon_is_used_once_and_on_an_order_that_is_large_enough() -> None:
    books = _books(BIRTHS.more(None, 0, 4), (20.0, 100.0, 3.0))
    card = books.people.card[0]
    n = b.book_day(books, _sales(0, (JOINS, 500.0)), 0, 1.0, 0)
    card[p.COUPON], card[p.WEIGHT] = 1, 3.0 * card[p.RATE]

    b.book_day(books, _sales(1, (0, 99.0)), n, 1.0, 1)
    assert (books.out[b.COUPONS_USED], card[p.WEIGHT]) == (0, 3.0 * card[p.RATE])
    b.book_day(books, _sales(2, (0, 100.0), (0, 100.0)), n, 2.0, 2)

    assert (books.out[b.COUPONS_USED], books.out[b.COUPONS_VALUE]) == (1, 20)
    assert (card[p.COUPON], card[p.WEIGHT]) == (0, card[p.RATE])
    # Both orders of 100 come back ten days later; for the first of them 80 had been paid.
    assert {day: fen for day, fen in enumerate(books.refunds.tolist()) if fen} == {12: -20}


def test_members_of_a_pool_are_opening_and_joined_less_left() -> None:
    run = _run({"operations.members.opening": 300})

    balance = 300 + (run.daily("members_joined") - run.daily("members_left")).cumsum()
    np.testing.assert_allclose(run.daily("members"), balance, rtol=1e-12)
    assert run.total("told_buyers") == 0
    assert np.isnan(run.total("repeat_90"))


def test_what_a_member_mechanism_brings_scales_the_visits_of_a_pool_and_of_a_club() -> None:
    for model in ("pool", "bg_nbd"):
        settings = {"operations.members.model": model, "operations.members.opening": 4_000, "horizon": 20}
        plain, twice = _run(settings), _run({**settings, "operations.members.visits": 2})

        # A club's members drop out the sooner, the more they buy.
        assert 1.5 < twice.total("uv", "returning") / plain.total("uv", "returning") < 2.2


def test_members_of_a_club_make_no_more_than_1000_visits_a_purchase() -> None:
    known = {**CLUB, "operations.members.opening": 300, "horizon": 5, "operations.conversion.base": 0.5}

    rare, never, floor = (
        _run({**known, "channels.returning": {"mechanism": "returning", "conversion": conversion, "bounce": 0}})
        for conversion in (1e-150, 0, 0.001 / 0.999)
    )

    # At a base of one half the last conversion is a CVR of 0.1 %; then some buy, of whom some leave.
    assert rare.total("uv", "returning") == pytest.approx(floor.total("uv", "returning"), rel=0.01)
    assert rare.total("uv", "returning") > 1_000
    assert never.total("uv", "returning") == 0.0


def test_opening_members_are_as_many_as_wanted_and_have_lived() -> None:
    club = store({**CLUB, "operations.members.opening": 700, "operations.members.opening_days": 200}).members
    assert isinstance(club, Club)
    n, card = club.n, club.people.card[: club.n].T

    assert club.count == 700 == (card[p.GONE] == 0).sum()
    assert n > 700
    assert card[p.FIRST].min() > -200 > NEVER
    assert (_sitting(club.people) >= 0.0).sum() == 700
    assert stats.kstest(card[p.FIRST], stats.uniform(-200, 200).cdf).pvalue > 0.001
    assert ((card[p.LAST] > card[p.FIRST]) == (card[p.ORDERS] > 1)).all()


def test_nobody_who_is_gone_is_ever_drawn_before_or_after_others_are_seated_anew() -> None:
    club = store({**CLUB, "operations.members.opening": 700, "operations.members.opening_days": 200}).members
    assert isinstance(club, Club)
    larger = BIRTHS.more(club.people, club.n, 5_000)

    for people in (club.people, larger):
        gone = people.card[: club.n, p.GONE] > 0.0
        here = _sitting(people)[people.card[: club.n, p.SEAT].astype(int)]
        assert gone.sum() > 40
        assert np.array_equal(here, np.where(gone, VACATED, np.arange(club.n)))
    # Not even where rounding is all that is left of the weights.
    larger.card[: club.n, p.WEIGHT] = 0.0
    sum_weights(larger, club.n)
    assert {recognise(larger.seats, larger.card, seed) for seed in _seeds("nobody", 200)} == {GONE}


def test_a_coupon_goes_to_its_group_and_lapses_with_nobody_it_was_not_sent_to() -> None:
    people = _crowd(_names(8))
    card = people.card[:8]
    card[:, [p.FIRST, p.LAST]] = 0.0
    card[0, p.GONE] = LEFT_BEFORE
    card[1, p.COUPON] = 2.0
    card[2, p.LEVEL] = 1.0
    card[3, p.LAST] = 90.0
    card[4, p.FIRST] = 50.0
    rate, weight = card[:, p.RATE].copy(), card[:, p.WEIGHT].copy()
    basic_old = b.Group(1, np.array([1.0, 0.0, 0.0, 0.0]), 20.0, 1, 3.0, np.inf)

    assert b.send(people, 8, basic_old, 100) == 3.0

    assert card[:, p.COUPON].tolist() == [0, 2, 0, 0, 0, 1, 1, 1]
    assert card[:, p.WEIGHT].tolist() == [*weight[:5], *3.0 * rate[5:]]
    card[6, [p.GONE, p.WEIGHT]] = LEFT_BEFORE, 0.0
    b.let_lapse(people, 8, 1)
    assert card[:, p.COUPON].tolist() == [0, 2, 0, 0, 0, 0, 0, 0]
    assert card[:, p.WEIGHT].tolist() == [*weight[:5], rate[5], 0.0, rate[7]]


def test_a_club_leaves_visitors_of_other_channels_as_they_are() -> None:
    # Without feedback from sales to rank, reviews or ads.
    still = {"channels.search.popularity": 0, "channels.search.conversion_effect": 0, "operations.reviews.chance": 0,
             "channels.search.score_effect": 0, "operations.service.asks": 0}  # fmt: skip
    pool, club = _run(still), _run({**still, **CLUB})

    for name in ("uv", "buyers", "gmv"):
        assert np.array_equal(pool.daily(name, "search"), club.daily(name, "search"))
    assert club.total("buyers", "returning") != pool.total("buyers", "returning")


def test_members_levels_and_buyers_add_up_every_day() -> None:
    run = _run({**CLUB, "operations.members.opening": 200, "horizon": 200})

    assert np.array_equal(
        run.daily("members"), 200 + (run.daily("members_joined") - run.daily("members_left")).cumsum()
    )
    assert np.array_equal(run.daily("members"), sum(run.daily(f"members_{level}") for level in LEVELS))
    assert np.array_equal(run.daily("new_buyers") + run.daily("old_buyers"), run.daily("buyers"))
    assert run.total("old_buyers") > 0
    for low, high in ((30, 60), (60, 90), (90, 180)):
        assert (run.daily(f"customers_{low}") <= run.daily(f"customers_{high}")).all()
        assert (run.daily(f"repeaters_{low}") <= run.daily(f"repeaters_{high}")).all()
    assert sum(run.total(f"gmv_{level}") for level in LEVELS) < run.total("gmv")


def test_a_coupon_reaches_its_group_costs_its_face_and_brings_orders() -> None:
    mailing = {"name": "Back", "from": "2027-01-10", "to": "2027-02-08", "customers": "old", "lapsed": 30, "face": 10,
               "lift": 4}  # fmt: skip
    base = {**CLUB, "operations.members.opening": 2_000}
    plain, sent = _run(base), _run({**base, "operations.members.coupons": [mailing]})

    assert sent.total("member_coupons_sent") == sent.daily("member_coupons_sent")[9] > 100
    used = sent.daily("member_coupons_used")
    assert 0 < used.sum() < sent.total("member_coupons_sent")
    assert used[:9].sum() == used[39:].sum() == 0
    assert sent.total("member_coupons") == 10 * used.sum()
    gained = sent.daily("buyers", "returning")[9:39].sum() - plain.daily("buyers", "returning")[9:39].sum()
    assert gained > 0.5 * used.sum()


def test_no_more_coupons_are_sent_than_there_are() -> None:
    coupon = {"name": "Thanks", "from": "2027-01-10", "to": "2027-02-08", "face": 10}
    base = {**CLUB, "operations.members.opening": 500, "horizon": 20}
    few, enough = (
        _run({**base, "operations.members.coupons": [{**coupon, "pieces": pieces}]}) for pieces in (100, 100_000)
    )

    sent = few.daily("member_coupons_sent")
    assert sent.sum() == sent[9] == 100
    assert enough.daily("member_coupons_sent")[9] > 400


def test_a_coupon_never_takes_more_than_the_order() -> None:
    # Goods of 8, and 100 off any order: free, and no more than that.
    shelf = {"catalogue.skus": [{"sku": "H", "price": 8, "cost": 3}], "catalogue.quantity": 1, "catalogue.lines": 1}
    coupon = {"name": "Thanks", "from": "2027-01-05", "to": "2027-01-25", "face": 100}
    run = _run({
        **CLUB, **shelf, "operations.members.opening": 2_000, "horizon": 30, "operations.members.coupons": [coupon],
    })  # fmt: skip

    assert run.total("member_coupons") == 8 * run.total("member_coupons_used") > 400


def test_who_sends_an_order_back_gets_what_was_paid_for_it() -> None:
    coupon = {"name": "Thanks", "from": "2027-01-05", "to": "2027-01-25", "face": 30}
    returned = {"rate": 1, "delay": 1, "restock": 1}
    dear, cheap = (
        _run({
            **CLUB, "operations.members.opening": 2_000, "horizon": 60, "operations.returns": returned,
            "operations.members.coupons": [{**coupon, "face": face}],
        })
        for face in (30, 10)
    )  # fmt: skip

    more = dear.total("member_coupons") - cheap.total("member_coupons")
    assert more == 20 * dear.total("member_coupons_used") > 1_000
    assert dear.total("gmv") == cheap.total("gmv")
    # A month after the last coupon all these orders have come back: the store gave what it had got.
    assert dear.total("refunds") == pytest.approx(cheap.total("refunds") - more)
    commission = dear.total("commission") - cheap.total("commission")
    assert dear.total("profit") == pytest.approx(cheap.total("profit") - commission)


def test_members_out_of_balance_stop_the_run() -> None:
    broken = store({**CLUB, "horizon": 5})
    club = broken.members
    assert isinstance(club, Club)
    club.books.levels[0] += 1.0

    with pytest.raises(ConservationError, match="members at opening"):
        broken.live()


def test_cohorts_hold_every_order_of_a_member_by_month_of_joining() -> None:
    run = _run({**CLUB, "operations.members.opening": 300, "horizon": 70})

    table = run.cohort_frame()
    orders = run.total("members_joined") + run.total("buyers", "returning")
    assert table["buyers"].sum() == orders
    assert table["gmv"].sum() == pytest.approx(sum(run.total(f"gmv_{level}") for level in LEVELS))
    assert table[table["joined"] == "before"]["buyers"].sum() > 0
    first = table[table["months_since"] == 0]
    assert list(first["joined"]) == list(first["month"]) == ["2027-01", "2027-02", "2027-03"]
    assert first["buyers"].sum() >= run.total("members_joined")


def test_the_table_of_cohorts_is_the_mean_of_runs_and_empty_for_a_pool(tmp_path: Path) -> None:
    runs = replicate(scenario({**CLUB, "horizon": 40}), 3, 1, jobs=1, executor="serial")

    rows = cohorts_csv(runs).decode("utf-8-sig").splitlines()
    save_draws(tmp_path / "draws.npz", runs)
    assert rows[0] == "joined,month,months_since,buyers,gmv"
    assert [row.split(",")[:3] for row in rows[3:]] == [
        ["2027-01", "2027-01", "0"], ["2027-01", "2027-02", "1"], ["2027-02", "2027-02", "0"]
    ]  # fmt: skip
    assert float(rows[4].split(",")[3]) == pytest.approx(
        np.mean([run.cohort_frame()["buyers"][3] for run in map(runs.run, range(3))]), abs=1e-3
    )
    assert load_draws(tmp_path / "draws.npz") == runs
    assert len(cohorts_csv(simulate(scenario({"horizon": 3}))).splitlines()) == 1
