"""Visits beside visitors and pages (docs/model/visits.md)."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from storesim import kpi
from storesim.model.breaks import Breaks, binomial
from storesim.runs.one import simulate
from tests.model.small import scenario


@pytest.mark.parametrize("p", [3e-32, 0.003, 0.2, 0.5, 0.97])
def test_visits_beyond_the_first_are_the_quantiles_of_the_binomial_law(p: float) -> None:
    generator = np.random.default_rng(3)
    n = np.concatenate([[0.0, 1.0, 2.0], generator.integers(0, 5_000, 2_000).astype(np.float64), [3e6]])
    luck = generator.uniform(size=n.size)
    luck[:3] = 0.999999

    drawn = binomial(n, p, luck)

    # Inversion: the least k whose distribution function reaches the luck.
    np.testing.assert_array_equal(drawn, stats.binom.ppf(luck, n, p))
    assert (np.minimum(drawn, n - drawn) >= 0).all()


@pytest.mark.parametrize("p", [0.003, 0.5, 0.97])
def test_the_rarest_luck_gives_a_number_of_visits(p: float) -> None:
    n = np.array([1.0, 300.0, 4e6])

    drawn = [binomial(n, p, np.full(3, luck)) for luck in (2.0**-53, 1.0 - 2.0**-53)]

    assert (np.array(drawn) >= 0).all()
    assert (np.array(drawn) <= n).all()
    assert (drawn[0] <= drawn[1]).all()


def test_every_page_is_a_visit_where_everybody_always_breaks_off() -> None:
    run = simulate(scenario({"operations.conversion.breaks": 1, "horizon": 10}), 3)

    assert run.daily("visits").tolist() == run.daily("pv").tolist()


def test_visits_lie_about_their_mean_and_move_nothing_else() -> None:
    off = simulate(scenario({"horizon": 120}), 3)
    run = simulate(scenario({"operations.conversion.breaks": 0.2, "horizon": 120}), 3)

    assert off.daily("visits").tolist() == off.daily("uv").tolist()
    for channel in run.channels:
        trials, more = (run.total(name, channel) - run.total("uv", channel) for name in ("pv", "visits"))
        # 4.4 standard errors of a binomial share.
        assert more == pytest.approx(0.2 * trials, abs=4.4 * np.sqrt(0.16 * trials) + 1e-9)
    visits = kpi.CHANNEL_INDEX["visits"]
    np.testing.assert_array_equal(np.delete(run.by_channel, visits, -1), np.delete(off.by_channel, visits, -1))
    np.testing.assert_array_equal(run.of_store, off.of_store)


def test_more_breaks_never_make_fewer_visits_of_a_day() -> None:
    few, many = (simulate(scenario({"operations.conversion.breaks": p, "horizon": 40}), 3) for p in (0.1, 0.15))

    assert (many.by_channel[..., kpi.CHANNEL_INDEX["visits"]] >= few.by_channel[..., kpi.CHANNEL_INDEX["visits"]]).all()
    assert many.total("visits") > few.total("visits")


def test_each_channel_and_day_has_luck_of_its_own() -> None:
    counts = np.zeros((2, len(kpi.CHANNEL_COUNTS)))
    counts[:, kpi.CHANNEL_INDEX["uv"]], counts[:, kpi.CHANNEL_INDEX["pv"]] = 1_000, 3_000
    breaks, alone = Breaks(0.3, ("a", "b"), 50, 1, 0), Breaks(0.3, ("b",), 50, 1, 0)

    both = np.tile(counts, (50, 1, 1))
    of_b = both[:, 1:].copy()
    breaks.count(both)
    alone.count(of_b)
    days = both[..., kpi.CHANNEL_INDEX["visits"]]

    # By its name, so that a channel more moves no other's.
    assert days[:, 1].tolist() == of_b[:, 0, kpi.CHANNEL_INDEX["visits"]].tolist()
    assert len(set(days[:, 0].tolist())) > 20
    assert abs(np.corrcoef(days.T)[0, 1]) < 0.45
