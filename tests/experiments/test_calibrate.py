"""Settings calibrated to histories of which the answer is known."""

from __future__ import annotations

import csv
import datetime as dt
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

import storesim as ss
from storesim.cli.main import main
from storesim.errors import UsageError
from storesim.experiments.design import Axis
from storesim.experiments.moments import moments_of
from storesim.experiments.response import Space, misfit_of, sampled, surface_of
from storesim.experiments.to_fit import axes_to_fit
from storesim.runs import bench
from storesim.runs.totals import Totals
from tests.model.small import scenario

ROOT = Path(__file__).resolve().parents[2]
BASE = scenario({"horizon": 20, "market.searches_per_day": 1000})
TRUE = {"market.searches_per_day": 1400.0, "operations.conversion.base": 0.08}


def history_of(run: ss.Run, names: Sequence[str] = ("uv", "pv", "buyers", "orders", "units", "gmv")) -> ss.History:
    return ss.History(run.start, {name: run.daily(name) for name in names}, "a simulated store")


@pytest.fixture(scope="module")
def found() -> ss.Calibration:
    run = ss.simulate(BASE.with_(TRUE), 13)
    return ss.calibrate(
        BASE, history_of(run), [*TRUE, "operations.returns.rate"], n_points=16, n_draws=40, executor="serial"
    )


def test_known_settings_lie_within_their_ranges(found: ss.Calibration) -> None:
    for path, value in TRUE.items():
        one = found.setting(path)
        assert one.low <= value <= one.high
        assert one.high / one.low < 2.5, "of nine times what was looked through"
    assert found.fits
    assert not found.untold


def test_what_moves_nothing_is_left_as_it_is(found: ss.Calibration) -> None:
    assert found.still == ("operations.returns.rate",)
    assert found.scenario.operations.returns.rate == BASE.operations.returns.rate


def test_every_run_of_the_calibrated_scenario_draws_its_settings(found: ss.Calibration) -> None:
    drawn = [found.scenario.drawn(run) for run in range(3)]

    assert [one.market.searches_per_day for one in drawn] == pytest.approx(found.draws[:3, 0])
    assert ss.simulate(found.scenario, 5, 2).total("uv") == ss.simulate(drawn[2], 5, 2).total("uv")
    assert len(found.scenario.uncertain["market.searches_per_day"]) == 40


def test_the_days_held_back_are_foretold(found: ss.Calibration) -> None:
    assert found.days[1:] == (16, 4, 0)
    assert [one.kpi for one in found.held] == ["uv", "pv", "buyers", "orders", "units", "gmv"]
    assert np.mean([one.share for one in found.held]) > 0.3
    assert all(one.low < one.high for one in found.held)
    assert "<img" in found._repr_html_()


def test_moments_are_those_of_the_days_that_are_known() -> None:
    run = ss.simulate(BASE, 3)
    uv, buyers = run.daily("uv").copy(), run.daily("buyers")
    uv[4], uv[9] = np.nan, 0.0

    found = moments_of(BASE, ss.History(run.start, {"uv": uv, "buyers": buyers}), 0.0)

    days = [day for day in range(20) if day not in (4, 9)]
    told = {(one.kind, one.ratio, one.third): value for one, value in zip(found.moments, found.observed, strict=True)}
    assert told["level", "uv", 0] == pytest.approx(np.log(uv[days].sum() + 5))
    assert told["level", "cvr", 0] == pytest.approx(np.log(buyers[days].sum() / uv[days].sum()))
    assert found.closed == 1
    assert found.n_fitted == 20


def test_a_day_without_orders_is_a_closed_one_only_where_they_are_many() -> None:
    few, many = np.tile([0.0, 2.0, 1.0, 3.0], 5), np.tile([0.0, 60.0, 40.0, 50.0], 5)

    found = [moments_of(BASE, ss.History(BASE.store.opened, {"orders": one}), 0.0) for one in (few, many)]

    assert [one.closed for one in found] == [0, 5]


def test_a_history_may_begin_before_or_after_the_opening() -> None:
    opened = BASE.store.opened
    early = ss.History(opened - dt.timedelta(days=5), {"uv": np.arange(25.0) + 1})
    late = ss.History(opened + dt.timedelta(days=5), {"uv": np.arange(20.0) + 1})

    assert moments_of(BASE, early, 0.2).days.tolist() == list(range(16))
    assert moments_of(BASE, late, 0.2).days.tolist() == list(range(5, 21))
    with pytest.raises(UsageError, match="14 or more are needed"):
        moments_of(BASE, early.until(opened + dt.timedelta(days=9)), 0.0)


def test_draws_follow_a_known_law() -> None:
    # A normal law with a correlation of 0.95, well inside the cube: means, spreads and correlation are known.
    spread = np.array([[1.0, 0.95], [0.95, 1.0]]) * 0.05**2
    inverse = np.linalg.inv(spread)

    drawn = sampled(
        lambda u: -0.5 * np.einsum("ni,ij,nj->n", u - 0.5, inverse, u - 0.5), np.full(2, 0.4), np.eye(2) * 0.01, 4000,
        np.random.default_rng(1),
    )  # fmt: skip

    # Draws of one walker resemble one another: some 500 are independent, so these are three standard errors.
    assert drawn.mean(axis=0) == pytest.approx(0.5, abs=0.007)
    assert drawn.std(axis=0) == pytest.approx(0.05, rel=0.1)
    assert np.corrcoef(drawn.T)[0, 1] == pytest.approx(0.95, abs=0.02)


def test_a_quadratic_answer_is_met_exactly() -> None:
    unit = np.random.default_rng(2).random((30, 2))
    means = np.column_stack([1 + unit[:, 0] + unit[:, 0] * unit[:, 1], unit[:, 1] ** 2])

    misfit = misfit_of(
        surface_of(unit, means, np.zeros((2, 2))), np.array([1.375, 0.0625]), np.eye(2) * 1e-4, 50, np.full(2, 0.5)
    )

    assert misfit.nearest(np.full((1, 2), 0.6)) == pytest.approx([0.3, 0.25])


def test_settings_with_positive_ranges_are_spread_by_logarithm() -> None:
    space = Space((Axis("a", (1.0, 100.0)), Axis("b", (0.0, 1.0)), Axis("c", (1.0, 4.0), whole=True)))

    assert space.settings(np.full((1, 3), 0.5))[0] == pytest.approx([10, 0.5, 2])
    assert space.unit(np.array([[1000.0, -1.0, 4.0]]))[0] == pytest.approx([1, 0, 1])


def _sized(self: bench.Bench, scenarios: list[ss.Scenario], n_runs: int) -> list[Totals]:
    """Instead of a simulation: visitors are the product of two settings, with some luck."""
    luck = np.exp(np.random.default_rng(7).normal(0, 0.1, (n_runs, 30)))
    sizes = [
        [here.market.searches_per_day * here.market.rivals.strength for here in map(one.drawn, range(n_runs))]
        for one in scenarios
    ]
    none = np.empty(0)
    return [
        Totals(
            one.store.opened, (), none, none, (np.array(size)[:, np.newaxis] * luck)[:, : one.n_days, np.newaxis], none
        )
        for one, size in zip(scenarios, sizes, strict=True)
    ]


def test_two_settings_that_do_the_same_are_told_as_twins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench.Bench, "play", _sized)
    uv = 2000 * np.exp(np.random.default_rng(8).normal(0, 0.1, 30))

    found = ss.calibrate(
        BASE, ss.History(BASE.store.opened, {"uv": uv}), ["market.searches_per_day", "market.rivals.strength"],
        hold_back=0.0, n_draws=100, executor="serial",
    )  # fmt: skip

    assert found.setting("market.searches_per_day").twins == ("market.rivals.strength",)
    assert "market.rivals.strength" in found.untold
    assert np.exp(np.log(found.draws).sum(axis=1).mean()) == pytest.approx(2000, rel=0.1)
    assert found.held == ()


def test_a_store_unlike_the_history_is_said_to_be_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench.Bench, "play", _sized)
    uv = 1000 * np.exp(np.random.default_rng(8).normal(0, 0.1, 30)) * np.where(np.arange(30) < 12, 3.0, 1.0)

    found = ss.calibrate(
        BASE, ss.History(BASE.store.opened, {"uv": uv}), ["market.searches_per_day"], n_draws=20, executor="serial"
    )

    assert not found.fits
    assert {(one.kind, one.third) for one in found.out_of_reach} >= {("trend", 1), ("trend", 3)}
    assert "trend" not in {one.moment.kind for one in found.moments}
    assert found.setting("market.searches_per_day").low > 1000


def test_a_level_beyond_all_ranges_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench.Bench, "play", _sized)
    uv = 90_000 * np.exp(np.random.default_rng(8).normal(0, 0.1, 30))

    with pytest.raises(UsageError, match="wider ranges"):
        ss.calibrate(BASE, ss.History(BASE.store.opened, {"uv": uv}), ["market.searches_per_day"], executor="serial")


@pytest.mark.parametrize(
    ("fit", "says"),
    [
        (["market.searches_per_day=5..x"], "is no range to look in"),
        (["market.serches=5..6"], "leads to no number"),
        (["catalogue.discount"], "gives no range to look in"),
        (["catalogue.discount=0..2"], "cannot be 2"),
        (["market.weekend", "market.weekend=0.5..1"], "stands twice"),
    ],
)
def test_what_cannot_be_fitted_is_refused(fit: list[str], says: str) -> None:
    moments = moments_of(BASE, history_of(ss.simulate(BASE, 1)), 0.2)

    with pytest.raises(UsageError, match=says):
        axes_to_fit(BASE, moments, fit)


def test_settings_are_chosen_by_what_the_history_has() -> None:
    run = ss.simulate(BASE.with_({"horizon": 30, "market.searches_per_day": 20_000}), 1)

    def paths(*names: str) -> list[str]:
        return [one.path for one in axes_to_fit(BASE, moments_of(BASE, history_of(run, names), 0.2), [])]

    market = ["market.searches_per_day", "market.weekend", "market.noise.sd"]
    assert paths("gmv") == market
    assert sorted(paths("uv", "orders", "gmv")) == sorted([*market, "operations.conversion.base", "catalogue.discount"])


def test_the_command_writes_a_scenario_that_runs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shop = tmp_path / "phones.yaml"
    shop.write_text(
        "store: {name: 手机店, opened: 2018-03-01}\nhorizon: 31d\nmarket: {searches_per_day: 2000}\n"
        "channels: {search: {weight: 1}}\ncatalogue: {skus: [{sku: A, price: 4万, cost: 3万}]}\n",
        encoding="utf-8",
    )
    out, march = tmp_path / "out", ROOT / "scenarios" / "jd_march_2018.csv"
    typed = ["calibrate", str(shop), str(march), "-o", str(out), "--runs", "3", "--draws", "20",
             "--points", "16", "--fit", "market.searches_per_day=500..8000", "--executor", "serial"]  # fmt: skip

    assert main([*typed, "--lang", "zh"]) == 0
    shown = capsys.readouterr().out
    assert main([*typed, "--resume", "--json", "-q"]) == 0
    told = json.loads(capsys.readouterr().out)

    assert "校准后的店铺" in shown
    assert "市场" not in told["still"]
    assert "<svg" in (out / "calibrate.html").read_text(encoding="utf-8")
    fitted = ss.read_scenario(out / "fitted.yaml")
    table = list(csv.DictReader((out / "draws.csv").read_text(encoding="utf-8-sig").splitlines()))
    assert [float(row["market.searches_per_day"]) for row in table] == list(fitted.uncertain["market.searches_per_day"])
    assert told["rows"][0]["low"] < fitted.market.searches_per_day < told["rows"][0]["high"]
