from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from storesim.engine import draws

KEY = draws.stream_key(7, 0, "test")


def test_the_mixers_give_their_published_answers() -> None:
    # SplitMix64 from seed 1234567: first output of the reference implementation (Vigna 2015).
    first = 6457827717110365317
    # MurmurHash3's 64-bit finaliser of 1 (Appleby 2011).
    finalised = 0xB456BCFC34C2CB2C

    u = _draw(1234567, 1)

    assert u == ((first >> 12) + 0.5) * 2.0**-52
    assert int(draws.seed_of(np.uint64(1), 0)) == finalised


def test_two_numbers_of_one_draw_are_its_halves() -> None:
    first = 6457827717110365317

    with np.errstate(over="ignore"):
        high, low = draws.halves(np.uint64(1234567) + draws.STEP)

    assert (high, low) == (((first >> 32) + 0.5) * 2.0**-32, ((first & 0xFFFFFFFF) + 0.5) * 2.0**-32)


def test_streams_of_other_names_runs_and_seeds_differ() -> None:
    keys = {int(draws.stream_key(s, r, n)) for s in range(5) for r in range(5) for n in ("a", "b", "ab")}

    assert len(keys) == 75


def test_uniforms_are_uniform_and_neighbours_uncorrelated() -> None:
    u = draws.uniforms(KEY, 0, 400_000)
    tomorrow = draws.uniforms(KEY, 1, 400_000)
    offsets = [np.array([_draw(int(draws.seed_of(KEY, i)), k) for i in range(20_000)]) for k in (1, 2)]

    assert stats.kstest(u, "uniform").pvalue > 1e-4
    assert stats.chisquare(np.histogram2d(u[:-1], u[1:], bins=20)[0].ravel()).pvalue > 1e-4
    for a, b in ((u[:-1], u[1:]), (u, tomorrow), (offsets[0], offsets[1])):
        assert abs(np.corrcoef(a, b)[0, 1]) < 4.0 / math.sqrt(len(a))


def test_logarithm_and_exponential_are_right_to_the_last_bits() -> None:
    x = np.exp(np.linspace(-300.0, 300.0, 20_001))
    y = np.linspace(-690.0, 690.0, 20_001)

    logs = np.array([draws.log(v) for v in x])
    exps = np.array([draws.exp(v) for v in y])

    np.testing.assert_allclose(logs, np.log(x), rtol=4e-16, atol=4e-16)
    np.testing.assert_allclose(exps, np.exp(y), rtol=1e-15)
    assert draws.exp(-1e9) == 0.0


def test_the_normal_law_and_its_quantile_are_scipys() -> None:
    x = np.linspace(-9.0, 9.0, 4_001)
    p = np.concatenate([np.geomspace(1e-15, 0.5, 2_000), 1.0 - np.geomspace(1e-12, 0.5, 2_000)])

    cdf = np.array([draws.normal_cdf(v) for v in x])
    quantile = np.array([draws.normal(v) for v in p])

    np.testing.assert_allclose(cdf, stats.norm.cdf(x), atol=2e-15)
    np.testing.assert_allclose(quantile, stats.norm.ppf(p), rtol=2e-8, atol=2e-9)


@pytest.mark.parametrize("mean", [0.3, 4.0, 29.9, 30.1, 250.0])
def test_poisson_counts_follow_the_poisson_law(mean: float) -> None:
    n = np.array([draws.poisson(mean, np.uint64(draws.seed_of(KEY, i))) for i in range(30_000)])

    low, high = (int(stats.poisson.ppf(q, mean)) for q in (0.002, 0.998))
    edges = np.arange(low, high + 1)
    seen = np.array([(n <= low).sum(), *[(n == k).sum() for k in edges[1:-1]], (n >= high).sum()])
    law = np.array(
        [stats.poisson.cdf(low, mean), *stats.poisson.pmf(edges[1:-1], mean), stats.poisson.sf(high - 1, mean)]
    )

    keep = law * len(n) >= 5
    seen, law = np.append(seen[keep], seen[~keep].sum()), np.append(law[keep], law[~keep].sum())
    seen, law = seen[law > 0], law[law > 0]
    assert stats.chisquare(seen, law / law.sum() * seen.sum()).pvalue > 1e-4


def _draw(state: int, offset: int) -> float:
    return draws.unit(np.uint64((state + offset * int(draws.STEP)) % 2**64))
