"""The small store as it once was: a change in its figures must be seen, and said in the changelog.

`small_store.json` was written by `python -m tests.golden.test_small_store` from seed 20270301. When the same seed no
longer gives the same bytes, write it anew and add a line marked **results change** to the changelog; when the means
have moved by more than luck, say there why.
"""

from __future__ import annotations

import hashlib
import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from storesim.results.run import Run
from storesim.runs.one import simulate
from storesim.scenario.load import read_scenario

ROOT = Path(__file__).parents[2]
GOLDEN = Path(__file__).with_name("small_store.json")
SEED, OTHER_SEED, RUNS = 20270301, 19491001, 24
KPIS = (
    "uv", "pv", "bounces", "impressions", "clicks", "chats", "chats_left", "buyers", "orders", "units", "gmv",
    "discounts", "lost_units", "ad_spend", "dispatched", "late", "delivered", "reviews", "good_reviews", "refunds",
    "received_units", "goods_cost", "profit", "members_joined",
)  # fmt: skip


def _runs(seed: int) -> list[Run]:
    scenario = read_scenario(ROOT / "scenarios" / "small_store.yaml")
    return [simulate(scenario, seed, run) for run in range(RUNS)]


def _hash(runs: list[Run]) -> str:
    """Fingerprint of the counts as they are printed: integers and fen, the same on every machine."""
    digest = hashlib.sha256()
    for run in runs:
        for kpi in KPIS:
            digest.update(" ".join(f"{value:.2f}" for value in run.daily(kpi)).encode())
    return digest.hexdigest()


def _figures(runs: list[Run]) -> dict[str, tuple[float, float]]:
    """Mean and standard error of each KPI's total."""
    totals = {kpi: np.array([run.total(kpi) for run in runs]) for kpi in KPIS}
    return {kpi: (float(x.mean()), float(x.std(ddof=1) / math.sqrt(RUNS))) for kpi, x in totals.items()}


def _made(seed: int) -> dict[str, Any]:
    runs = _runs(seed)
    return {
        "seed": seed, "runs": RUNS, "fingerprint": runs[0].provenance.fingerprint, "sha256": _hash(runs),
        "figures": {kpi: [round(mean, 4), round(error, 4)] for kpi, (mean, error) in _figures(runs).items()},
    }  # fmt: skip


@pytest.fixture(scope="module")
def golden() -> dict[str, Any]:
    return dict(json.loads(GOLDEN.read_text(encoding="utf-8")))


def test_the_same_seed_gives_the_same_counts_as_when_they_were_written(golden: dict[str, Any]) -> None:
    now = _made(SEED)

    assert now["fingerprint"] == golden["fingerprint"], "the scenario or a default has changed: write the file anew"
    assert now["sha256"] == golden["sha256"], (
        "results change: write tests/golden/small_store.json anew (python -m tests.golden.test_small_store) and say so "
        "in CHANGELOG.md"
    )


@pytest.mark.parametrize("seed", [SEED, OTHER_SEED])
def test_the_means_are_those_written_down_within_their_errors(golden: dict[str, Any], seed: int) -> None:
    figures = _figures(_runs(seed))

    # |z| of the largest of 24 differences: 3.8 leaves one false alarm in 300.
    assert set(figures) == set(golden["figures"])
    for kpi, (mean, error) in figures.items():
        before, error_before = golden["figures"][kpi]
        spread = math.hypot(error, error_before)
        assert abs(mean - before) <= max(3.8 * spread, 0.01), (
            f"{kpi}: {mean} now, {before} then, {spread} apart by luck"
        )


if __name__ == "__main__":
    GOLDEN.write_text(json.dumps(_made(SEED), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
