"""Write the tables of docs/scenarios.md: what each shipped scenario does in each stage, beside the ranges of DOMAIN.

`python tools/make_sanity.py [NAME …]`: equal bytes for equal code. The words around the tables are written by hand.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

import numpy as np

from storesim import kpi
from storesim.engine import day as d
from storesim.model.blueprint import blueprint
from storesim.model.store import Store
from storesim.results.ensemble import Ensemble
from storesim.runs.many import replicate
from storesim.scenario.booked import Burst, Display, PayPerSale
from storesim.scenario.channels import Organic, PayPerClick, Placement, Returning
from storesim.scenario.document import Scenario
from storesim.scenario.load import read_scenario
from storesim.scenario.store import STAGES

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "scenarios.md"
SEED, RUNS = 2024, 24
DEPARTS = "†"
SPREAD = "σ of log order value"
MOST_MOMENTS = 3_000_000
"""Rows of the visitor log, more than any of these stores fills."""

NOT_A_SHARE = {SPREAD: ".2f", "UV a day": ",.0f", "AOV, CNY": ",.0f", "days in it": ",.0f", "pages a visitor": ".1f"}

CATEGORIES = {
    "elena_mileva": "apparel", "elena_mileva_three_years": "apparel", "down_jacket_men": "apparel",
    "pet_care_four_steps": "pet care", "failing_launch": "appliances", "mature_store": "packaged food",
}  # fmt: skip
"""Each scenario with figures, and its row in DOMAIN 4.2."""

OF_STAGE = {
    "UV a day": ((20, 300), (300, 2000), (1800, 19_000)),
    "ad share of GMV": ((0.20, 0.30), (0.12, 0.20), (0.06, 0.12)),
    "paid share of UV": ((0.50, 0.80), (0.30, 0.50), (0.15, 0.35)),
    "repeat share of buyers": ((0.0, 0.05), (0.05, 0.15), (0.15, 0.40)),
}
"""Launch, growth, stable (DOMAIN 6.2, and 2.5 for ads). Repeat at launch is "0 by construction" there; 5 % is ours."""

OF_CATEGORY = ("CVR", "AOV, CNY", "refunds of GMV", "pages a visitor", "bounce")
CATEGORY = {
    "apparel": ((0.008, 0.025), (120, 350), (0.25, 0.55), (3, 6), (0.45, 0.60)),
    "pet care": ((0.02, 0.06), (60, 180), (0.02, 0.06), (2, 4), (0.40, 0.55)),
    "appliances": ((0.008, 0.025), (300, 2500), (0.04, 0.09), (2.5, 5), (0.45, 0.60)),
    "packaged food": ((0.03, 0.08), (40, 130), (0.01, 0.04), (2, 4), (0.40, 0.55)),
}
"""DOMAIN 4.2, the second table (G)."""
CVR_OF_STAGE = ((0.4, 0.7), (0.7, 1.0), (1.0, 1.0))  # of the category's least and most CVR (DOMAIN 6.2, G)
MIX = {"UV from search": (0.40, 0.50), "UV from members": (0.20, 0.30), "UV from off-site": (0.05, 0.10)}
"""Of a mature store in a category that is bought often (DOMAIN 3.1, B); no other scenario here gets that far."""


def played(name: str, runs: int = RUNS) -> tuple[Scenario, Ensemble]:
    """A shipped scenario, and its runs."""
    scenario = read_scenario(ROOT / "scenarios" / f"{name}.yaml")
    return scenario, replicate(scenario, runs, SEED, jobs=1, executor="serial")


def measured(scenario: Scenario, ensemble: Ensemble) -> dict[str, dict[str, float]]:
    """Figures of each stage that some run reaches, summed over runs and days before they are divided."""
    stage, spread = ensemble.daily("stage"), _spread(scenario)
    return {
        name: _figures(scenario, ensemble, stage == i) | {SPREAD: spread[i]}
        for i, name in enumerate(STAGES)
        if np.any(stage == i)
    }


def _spread(scenario: Scenario) -> list[float]:
    """Standard deviation of the logarithm of order values in each stage of one run; NaN where it is not reached."""
    store = Store(blueprint(scenario), SEED, 0, log_rows=MOST_MOMENTS)
    store.live()
    stage = store.ledger.close()[1][:, kpi.STORE_INDEX["stage"]]
    log = store.kernel.log()
    orders = log[(log[:, d.LOG_WHAT] == d.LOG_BOUGHT) & (log[:, d.LOG_AMOUNT] > 0.0)]
    held = stage[(orders[:, d.LOG_TIME] / 24.0).astype(np.int64)]
    values = np.log(orders[:, d.LOG_AMOUNT])
    return [float(values[held == i].std()) if np.any(held == i) else float("nan") for i in range(len(STAGES))]


def expected(category: str, stage: Any) -> dict[str, tuple[float, float]]:
    """Range of each figure in a stage, where DOMAIN has one."""
    i = STAGES.index(stage)
    ranges = {name: of[i] for name, of in OF_STAGE.items()} | dict(zip(OF_CATEGORY, CATEGORY[category], strict=True))
    cvr = (ranges["CVR"][0] * CVR_OF_STAGE[i][0], ranges["CVR"][1] * CVR_OF_STAGE[i][1])
    return ranges | {"CVR": cvr, SPREAD: (0.7, 0.8)} | (MIX if stage == "stable" else {})


def table(category: str, found: dict[str, dict[str, float]]) -> str:
    """A row a figure, a column a stage: measured, range in brackets, and a dagger where it lies outside."""
    lines = [f"| figure | {' | '.join(found)} |", "| --- |" + " --- |" * len(found)]
    for name in next(iter(found.values())):
        cells = [_cell(name, figures[name], expected(category, stage).get(name)) for stage, figures in found.items()]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _figures(scenario: Scenario, ensemble: Ensemble, held: Any) -> dict[str, float]:
    def of(count: str, *kinds: type) -> float:
        names = [name for name, channel in scenario.channels.items() if isinstance(channel, kinds)] if kinds else [None]
        return float(sum(ensemble.daily(count, name)[held].sum() for name in names))

    uv = of("uv")
    return {
        "runs that reach it": float(held.any(axis=1).mean()), "days in it": float(held.sum() / held.any(axis=1).sum()),
        "UV a day": uv / float(held.sum()), "CVR": float(kpi.divide("cvr", of)),
        "AOV, CNY": float(kpi.divide("aov", of)), "ad share of GMV": float(kpi.divide("ad_share", of)),
        "paid share of UV": of("uv", PayPerClick, Placement, Display, PayPerSale) / uv,
        "UV from search": of("uv", Organic) / uv,
        "UV from members": of("uv", Returning) / uv, "UV from off-site": of("uv", Placement, Burst) / uv,
        "repeat share of buyers": of("buyers", Returning) / of("buyers"),
        "refunds of GMV": float(kpi.divide("refund_rate", of)),
        "pages a visitor": float(kpi.divide("depth", of)), "bounce": float(kpi.divide("bounce", of)),
    }  # fmt: skip


def _cell(name: str, value: float, limits: tuple[float, float] | None) -> str:
    form = NOT_A_SHARE.get(name, ".1%")
    if limits is None:
        return format(value, form)
    mark = "" if limits[0] <= value <= limits[1] else f" {DEPARTS}"
    return f"{value:{form}} ({limits[0]:{form}}–{limits[1]:{form}}){mark}"


def main(names: list[str]) -> None:
    """Write the tables of these scenarios, or of all."""
    for name in names or CATEGORIES:
        made = table(CATEGORIES[name], measured(*played(name)))
        whole = re.compile(rf"(<!-- figures of {name} -->\n).*?(<!-- end -->)", re.DOTALL)
        PAGE.write_text(whole.sub(rf"\g<1>\n{made}\n\n\2", PAGE.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
