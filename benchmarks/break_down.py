"""Targets broken down: random cases without a failure, time per plan, and the same plans as SciPy's SLSQP.

    python -m benchmarks.break_down [--cases N]

100,000 cases take some minutes on one core; with `--cases 0` the times alone are measured, in half a minute. Every
case is checked: months add up to the target, caps and floors hold, months without sales stay so, and a target that is
refused is truly beyond its caps or floors.
"""

from __future__ import annotations

import argparse
import datetime as dt
import time
from collections import Counter
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.record import record, table
from storesim.forecast.outlook import Outlook
from storesim.plan.break_down import break_down
from storesim.plan.days import likely_days
from storesim.plan.exact import share_out
from storesim.plan.likely_path import LikelyPath, Unreachable, likely_path
from storesim.scenario.targets import Target

Array = NDArray[np.float64]

N_CASES = 100_000
N_TIMED = 300
N_AGAINST = 60
_LEVELS = np.array([9.0, -3.8, 5.0, 1.0])
_SPREADS = np.array([0.30, 0.12, 0.06, 0.08])


@dataclass(frozen=True)
class Case:
    """One question to the solver."""

    mean: Array
    covariance: Array
    target: float
    lower: Array | None = None
    upper: Array | None = None
    fixed: Array | None = None
    identity: int = 3

    def solve(self) -> LikelyPath:
        """The solver's answer."""
        return likely_path(
            self.mean, self.covariance, self.target,
            lower=self.lower, upper=self.upper, fixed=self.fixed, identity=self.identity,
        )  # fmt: skip


def seasonal(rng: np.random.Generator, n_periods: int, n_drivers: int) -> tuple[Array, Array]:
    """A forecast as stores have it: drivers that remember, visitors against conversion, spreads that widen."""
    at = np.arange(n_periods)
    season = 0.35 * np.sin(2 * np.pi * (at / n_periods + rng.uniform())) + rng.normal(0, 0.15, n_periods)
    mean = _LEVELS[:n_drivers] + rng.normal(0, 0.3, n_drivers) + np.outer(season, [1.0, 0.1, 0.0, 0.0][:n_drivers])
    spread = _SPREADS[:n_drivers] * rng.uniform(0.3, 1.5, n_drivers)
    link = np.eye(n_drivers)
    link[0, 1:], link[1:, 0] = rng.uniform(-0.4, 0.1), link[0, 1:]
    link[1:, 0] = link[0, 1:]
    memory = rng.uniform(0.5, 0.97) ** (np.abs(at[:, None] - at) * 12 / n_periods)
    widening = 1 + rng.uniform(0, 1) * at / n_periods
    over_time, between = memory * (widening[:, None] * widening), link * (spread[:, None] * spread)
    # As `np.kron`, which takes ten times as long over small matrices.
    covariance = (over_time[:, None, :, None] * between[:, None, :]).reshape(mean.size, mean.size)
    return mean, covariance


def wild(rng: np.random.Generator, n_periods: int, n_drivers: int) -> tuple[Array, Array]:
    """A forecast nobody has: any correlation, any spread, months of any size."""
    n = n_periods * n_drivers
    factors = rng.standard_normal((n, max(2, n // 4)))
    covariance = factors @ factors.T / factors.shape[1] + rng.choice([0.0, 0.3]) * np.eye(n)
    scale = np.tile(_SPREADS[:n_drivers], n_periods) * rng.uniform(0.2, 2.0, n) / np.sqrt(covariance.diagonal())
    return _LEVELS[:n_drivers] + rng.normal(0, 1.0, (n_periods, n_drivers)), covariance * (scale[:, None] * scale)


def random_case(rng: np.random.Generator) -> Case:
    """Any of them, with targets of 1 % to 10,000 % of the forecast, caps, floors, fixed and zero months."""
    n_periods, n_drivers = int(rng.integers(1, 13)), int(rng.integers(1, 5))
    identity = min(3, n_drivers)
    is_wild = rng.random() < 0.5
    mean, covariance = (wild if is_wild else seasonal)(rng, n_periods, n_drivers)
    if rng.random() < 0.2:
        mean[rng.random(n_periods) < 0.3] = -np.inf
    alive = ~np.isneginf(mean[:, 0])
    whole = float(np.exp(mean[alive][:, :identity].sum(axis=1)).sum()) if alive.any() else 1.0
    reach = np.log(100.0 if is_wild else 5.0)
    target = whole * float(np.exp(rng.uniform(-reach, reach)))
    lower = upper = fixed = None
    safe = np.where(np.isneginf(mean), 0.0, mean)
    if rng.random() < 0.4:
        upper = safe + np.exp(rng.uniform(-4, 1, mean.shape)) * rng.choice([1.0, np.inf], mean.shape, p=[0.5, 0.5])
    if rng.random() < 0.3:
        lower = safe - np.exp(rng.uniform(-4, 1, mean.shape)) * rng.choice([1.0, np.inf], mean.shape, p=[0.5, 0.5])
    if rng.random() < 0.2 and alive.sum() > 1:
        fixed = np.full(n_periods, np.nan)
        month = int(rng.choice(np.flatnonzero(alive)))
        fixed[month] = float(np.exp(mean[month, :identity].sum())) * rng.uniform(0.7, 1.4)
        target += fixed[month]
    return Case(mean, covariance, target, lower, upper, fixed, identity)


def outcome(case: Case) -> str:
    """ "path", "direction", "caps", "refused"; or what is wrong with the answer."""
    alive = ~np.isneginf(case.mean[:, 0])
    try:
        found = case.solve()
    except Unreachable as refusal:
        return "refused" if _truly_beyond(case, refusal) else "refused wrongly"
    except Exception as error:  # noqa: BLE001  # any other is a failure to count
        return "refused" if not alive.any() else f"failed: {type(error).__name__}"
    # Rounding shares the target out anew; what is left here is rounding of floats.
    if abs(found.totals.sum() / case.target - 1) > 1e-6 or not np.isfinite(found.logs[alive]).all():
        return "misses the target"
    if case.upper is not None and (found.logs[alive] > case.upper[alive] + 1e-7).any():
        return "above a cap"
    if case.lower is not None and (found.logs[alive] < case.lower[alive] - 1e-7).any():
        return "below a floor"
    fen = round(100 * case.target)
    if fen < 2**52 and int(share_out(fen, found.totals).sum()) != fen:
        return "does not add up"
    return str(found.found)


def _truly_beyond(case: Case, refusal: Unreachable) -> bool:
    alive = ~np.isneginf(case.mean[:, 0])
    shape = case.mean.shape
    high = np.full(shape, np.inf) if case.upper is None else case.upper
    low = np.full(shape, -np.inf) if case.lower is None else case.lower
    fixed = np.full(shape[0], np.nan) if case.fixed is None else case.fixed
    ends = []
    for bounds in (low, high):
        corner = np.exp(np.minimum(bounds[:, : case.identity].sum(axis=1), 700.0))
        ends.append(np.where(np.isnan(fixed), corner, fixed)[alive])
    least, most = (float(end.sum()) for end in ends)
    month = ~np.isnan(fixed) & alive
    corners = [np.exp(np.minimum(b[month][:, : case.identity].sum(axis=1), 700.0)) for b in (low, high)]
    pinched = bool(((fixed[month] < corners[0]) | (fixed[month] > corners[1])).any())
    return pinched or refusal.target > most * (1 - 1e-6) or refusal.target < least * (1 + 1e-6)


def hard_cases(n_cases: int, seed: int = 2027) -> Counter[str]:
    """How many random cases came out in which way."""
    rng = np.random.default_rng(seed)
    return Counter(outcome(random_case(rng)) for _ in range(n_cases))


def times(n_periods: int, n_drivers: int, n_cases: int = N_TIMED) -> Array:
    """[n_cases] milliseconds of the processor for one plan; the clock on the wall also counts its other users."""
    rng = np.random.default_rng(5)
    found = []
    for _ in range(n_cases):
        mean, covariance = seasonal(rng, n_periods, n_drivers)
        target = float(np.exp(mean[:, :3].sum(axis=1)).sum()) * float(np.exp(rng.uniform(-0.5, 1.0)))
        began = time.process_time()
        likely_path(mean, covariance, target)
        found.append(1e3 * (time.process_time() - began))
    return np.array(found)


def day_times(n_paths: int = 200, n_cases: int = 50) -> Array:
    """[n_cases] milliseconds of 365 days, month by month."""
    rng = np.random.default_rng(6)
    found = []
    for _ in range(n_cases):
        level = rng.standard_normal((n_paths, 1))
        paths = np.floor(np.exp(6 + 0.2 * level + 0.3 * rng.standard_normal((n_paths, 365))))
        began = time.process_time()
        for month in range(12):
            days = paths[:, month * 365 // 12 : (month + 1) * 365 // 12]
            goal = round(1.3 * days.sum() / n_paths)
            share_out(goal, likely_days(days.T, float(goal)))
        found.append(1e3 * (time.process_time() - began))
    return np.array(found)


def year_times(channels: tuple[str, ...], n_paths: int = 200, n_cases: int = 24) -> tuple[Array, Array, int]:
    """[n_cases] milliseconds of `break_down`, the same with every row read, and how many rows those are."""
    outlook = made_year(channels, n_paths)
    middle = float(np.median(outlook.paths[..., outlook.counts.index("gmv")].sum(axis=(1, 2))))
    found, read, n_rows = [], [], 0
    for case in range(n_cases + 1):
        target = Target(gmv=round(middle * (1.0 + 0.02 * case), 2))
        began = time.process_time()
        rows = break_down(outlook, target, year=2027).rows
        found.append(1e3 * (time.process_time() - began))
        n_rows = sum(1 for _ in rows)
        read.append(1e3 * (time.process_time() - began))
    return np.array(found[1:]), np.array(read[1:]), n_rows


def made_year(channels: tuple[str, ...], n_paths: int) -> Outlook:
    """Paths of a year of days with a level of their own each, a week, and days that differ."""
    rng = np.random.default_rng(9)
    level = np.exp(0.2 * rng.standard_normal((n_paths, 1, 1)) + 0.1 * np.sin(np.arange(365) / 58.0)[:, None])
    week = 1.0 + 0.2 * np.isin(np.arange(365) % 7, (5, 6))[:, None]
    uv = np.floor(600.0 * level * week * np.exp(0.2 * rng.standard_normal((n_paths, 365, len(channels)))))
    buyers = np.floor(uv * 0.03 * np.exp(0.1 * rng.standard_normal(uv.shape)) + rng.random(uv.shape))
    gmv = np.round(buyers * 168.0 * np.exp(0.05 * rng.standard_normal(uv.shape)), 2)
    spend = np.round(1.6 * uv * (np.arange(len(channels)) == 1), 2)
    made = (uv, np.floor(4.2 * uv), buyers, np.floor(1.06 * buyers), np.floor(1.4 * buyers), gmv, spend)
    counts = ("uv", "pv", "buyers", "orders", "units", "gmv", "ad_spend")
    return Outlook(dt.date(2027, 1, 1), channels, counts, np.stack(made, axis=3), "made")


def against_slsqp(n_cases: int = N_AGAINST) -> tuple[Array, Array, int]:
    """Distance of ours over SLSQP's where it converged, its milliseconds, and in how many cases it did not."""
    from scipy.optimize import minimize

    rng = np.random.default_rng(8)
    ratios, spent, failed = [], [], 0
    for _ in range(n_cases):
        mean, covariance = seasonal(rng, 12, 4)
        target = float(np.exp(mean[:, :3].sum(axis=1)).sum()) * float(np.exp(rng.uniform(-0.5, 1.0)))
        upper = mean + np.array([1.2, 0.3, 0.15, 1.0]) * rng.uniform(0.5, 1.5, mean.shape)
        try:
            ours = likely_path(mean, covariance, target, upper=upper)
        except Unreachable:
            continue
        inverse, flat = np.linalg.inv(covariance), mean.ravel()

        def gap(x: Array, target: float = target) -> float:
            return float(np.log(np.exp(x.reshape(12, 4)[:, :3].sum(axis=1)).sum() / target))

        began = time.process_time()
        theirs = minimize(
            lambda x, p=inverse, m=flat: (x - m) @ p @ (x - m), flat,
            jac=lambda x, p=inverse, m=flat: 2 * p @ (x - m),
            bounds=[(None, cap) for cap in upper.ravel()], method="SLSQP", constraints=[{"type": "eq", "fun": gap}],
            options={"maxiter": 1000, "ftol": 1e-12},
        )  # fmt: skip
        spent.append(1e3 * (time.process_time() - began))
        if theirs.success and abs(gap(theirs.x)) < 1e-6:
            ratios.append(ours.distance / theirs.fun)
        else:
            failed += 1
    return np.array(ratios), np.array(spent), failed


def speed() -> str:
    """What a plan takes, as a section."""
    asked = {
        f"{n_periods} periods × {n_drivers} drivers": times(n_periods, n_drivers)
        for n_periods, n_drivers in ((4, 4), (12, 3), (12, 4), (52, 4))
    }
    asked["365 days of one count, 200 paths, month by month"] = day_times()
    for channels in (("search",), ("search", "express", "returning")):
        spent, read, n_rows = year_times(channels)
        many = "1 channel" if len(channels) == 1 else f"{len(channels)} channels"
        asked[f"a year to every day, week and count, {many}, 200 paths"] = spent
        asked[f"the same with its {n_rows:,} rows read"] = read
    rows = [
        [name, f"{spent.min():.2f}", f"{np.median(spent):.2f}", f"{np.quantile(spent, 0.95):.2f}"]
        for name, spent in asked.items()
    ]
    return "Milliseconds of the processor for one plan.\n\n" + table(["plan", "least", "median", "95 %"], rows)


def hardness(n_cases: int) -> str:
    """How random targets come out, as a section."""
    ratios, theirs, failed = against_slsqp()
    began = time.process_time()
    found = hard_cases(n_cases)
    took = time.process_time() - began
    words = {
        "path": "found on the path from the forecast",
        "direction": "found along the covariance",
        "caps": "all that the caps allow",
        "refused": "rightly refused",
    }
    rows = [[words.get(name, name), f"{number:,}"] for name, number in found.most_common()]
    wrong = n_cases - sum(found[name] for name in words)
    return (
        f"{n_cases:,} random questions (1 to 12 periods, 1 to 4 drivers, targets of a hundredth to a hundred times the "
        f"forecast, caps, floors, set and closed months), {took:.0f} s of one core: {wrong or 'none'} failed.\n\n"
        + table(["outcome", "cases"], rows)
        + f"\n\nSciPy's SLSQP on {N_AGAINST} questions of 12 × 4 with caps: {np.median(theirs):.0f} ms in the median, "
        f"not converged in {failed}; distance of ours over its own: median {np.median(ratios):.6f}, largest "
        f"{ratios.max():.6f}."
    )


def main() -> None:
    """Write both sections of RESULTS."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=N_CASES, help="random cases; 0 for the times alone")
    n_cases = parser.parse_args().cases
    record("Speed of break-downs", "python -m benchmarks.break_down --cases 0", speed())
    if n_cases:
        record("Break-downs of random targets", "python -m benchmarks.break_down", hardness(n_cases))


if __name__ == "__main__":
    main()
