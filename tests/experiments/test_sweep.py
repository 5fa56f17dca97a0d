"""Settings swept, ranked and optimised."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest

import storesim as ss
from storesim.cli.main import main
from storesim.errors import UsageError
from storesim.experiments.choice import choose
from storesim.experiments.design import at_point, axis_of
from storesim.experiments.optimise import _within
from storesim.experiments.sensitivity import usual
from storesim.runs import batches, bench
from storesim.runs.budgets import budgets_of, with_budgets
from storesim.scenario.written import yaml_of
from tests.model.small import scenario

BASE = scenario({"horizon": 6})
SMALL = Path(__file__).parents[1] / "cli" / "small.yaml"
BUDGET = "channels.express.daily_budget=5,20"
DISCOUNT = "catalogue.discount=0,0.2"
BEST = 40.0


def test_a_sweep_holds_what_each_point_gives_by_itself() -> None:
    found = ss.sweep(BASE, [BUDGET, DISCOUNT], 4, 2, kpis=("uv",), by="ad_spend", least=True, executor="serial")

    last = BASE.with_({"channels.express.daily_budget": 20, "catalogue.discount": 0.2})
    assert found.mean("uv")[3] == pytest.approx(np.mean([ss.simulate(last, 2, i).total("uv") for i in range(4)]))
    assert found.best["channels.express.daily_budget"] == 5
    assert list(found.frame()["catalogue.discount"]) == [0, 0.2, 0, 0.2]
    assert "<img" in found._repr_html_()


def test_a_sweep_goes_on_where_it_was_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given = {"n_runs": 7, "executor": "serial", "folder": tmp_path}
    whole = ss.sweep(BASE, [BUDGET], **given)  # type: ignore[arg-type]
    cells = sorted((tmp_path / "cells").glob("*.npz"))
    cells[0].unlink()
    cells[1].write_bytes(cells[1].read_bytes()[:200])
    played: list[object] = []

    def noted(*task: object) -> object:
        played.append(task)
        return batches.play_batch(*task)  # type: ignore[arg-type]

    monkeypatch.setattr(bench, "play_batch", noted)
    resumed = ss.sweep(BASE, [BUDGET], **given, resume=True)  # type: ignore[arg-type]

    assert len(cells) == 4
    assert len(played) == 2
    assert (resumed.figures == whole.figures).all()
    with pytest.raises(UsageError, match="another seed;"):
        ss.sweep(BASE, [BUDGET], **given, seed=1, resume=True)  # type: ignore[arg-type]


def test_where_a_plan_fails_is_told() -> None:
    found = ss.sweep(
        BASE, ["channels.express.daily_budget=0:60", "catalogue.discount=0:0.1"], 3, design="sobol", n_points=16,
        fails="ad_spend>480", executor="serial",
    )  # fmt: skip

    assert found.box is not None
    assert found.box.restricted[0]
    assert found.box.low[0] > 20
    assert found.chance is not None
    assert 0 < (found.chance >= 0.5).sum() < 16
    assert "<img" in found._repr_html_()


def test_a_tornado_puts_the_strongest_setting_first() -> None:
    over = ["channels.express.daily_budget=20,22", "market.searches_per_day=2000,6000"]

    found = ss.rank_inputs(BASE, over, 6, by="uv", executor="serial")

    first = found.inputs[0]
    assert first.axis.path == "market.searches_per_day"
    assert first.low is not None
    assert first.high is not None
    assert first.low.difference < 0 < first.high.difference
    assert "<table" in found._repr_html_()


def test_indices_of_a_store_tell_the_setting_that_matters() -> None:
    over = ["market.searches_per_day=2000:6000", "channels.express.bid=1.4:1.5"]

    found = ss.rank_inputs(BASE.with_({"horizon": 2}), over, 3, by="uv", method="sobol", n_points=32, executor="serial")

    assert found.inputs[0].axis.path == "market.searches_per_day"
    assert found.inputs[0].total[1] > 0.8


def test_budgets_are_drawn_in_to_their_limits_and_total() -> None:
    ends = np.array([[10.0, 100.0], [0.0, 50.0], [5.0, 5.0]])

    found = _within(np.array([90.0, 80.0, 0.0]), ends, 60.0)

    assert found.sum() <= 60
    assert found.sum() == pytest.approx(60, abs=0.03)
    assert (found >= ends[:, 0]).all()
    assert (found <= ends[:, 1]).all()


def test_playbooks_move_in_proportion() -> None:
    staged = BASE.with_({"stages.growth.playbook": {"channels.express.daily_budget": 300}})

    moved = with_budgets(staged, {"express": 75.0})

    # 75 is that of the stage with the highest: no stage spends more.
    assert budgets_of(staged)["express"] == 300
    assert dict(moved.stages.growth.playbook)["channels.express.daily_budget"] == 75
    assert moved.channels["express"].daily_budget == BASE.channels["express"].daily_budget / 4  # type: ignore[union-attr]
    assert with_budgets(staged, budgets_of(staged)) == staged


EVERYWHERE = {f"stages.{stage}.playbook": {"channels.express.daily_budget": budget}
              for stage, budget in (("launch", 60), ("growth", 120), ("stable", 90))}  # fmt: skip


def test_a_setting_that_playbooks_set_is_varied_in_them() -> None:
    staged = BASE.with_({"channels.express.daily_budget": 1000, **EVERYWHERE})

    moved = at_point(staged, (axis_of("channels.express.daily_budget=30:60", staged),), np.array([60.0]))
    found = ss.rank_inputs(staged, ["channels.express.daily_budget=10:120"], 4, by="uv", executor="serial")

    # The 1000 of the file is never in force: 120 is the highest, and now 60.
    assert budgets_of(staged)["express"] == 120
    books = [dict(getattr(moved.stages, stage).playbook) for stage in ("launch", "growth", "stable")]
    assert [book["channels.express.daily_budget"] for book in books] == [30, 60, 45]
    assert found.inputs[0].size > 0
    assert {one.path: one.values for one in usual(staged)}["channels.express.daily_budget"] == pytest.approx((108, 132))


def test_whoever_sets_what_every_playbook_sets_is_told(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    file = tmp_path / "staged.yaml"
    file.write_text(yaml_of(BASE.with_(EVERYWHERE)), encoding="utf-8")

    ss.read_scenario(file, ("channels.express.daily_budget=450", "horizon=10"))
    ss.read_scenario(file, ("horizon=10",), variant=("channels.express.daily_budget=450",))

    told = [record.getMessage() for record in caplog.records]
    assert [text.split(" has no effect: the playbooks of all stages set it too")[0] for text in told] == [
        "--set channels.express.daily_budget",
        "--with channels.express.daily_budget",
    ]


def test_budgets_without_a_figure_are_not_chosen() -> None:
    found = ss.optimise(BASE, 60, by="roas", channels=["express"], n_runs=3, n_points=4, executor="serial")

    assert found.budgets["express"] > 0
    assert math.isfinite(found.gain.value)
    assert all(one["express"] > 0 for one in found.finalists)


def test_a_point_without_a_figure_makes_no_false_promise() -> None:
    over = ["channels.express.daily_budget=0,20,40"]
    only = {"channels.direct_placement.daily_budget": 0}

    found = ss.sweep(BASE.with_(only), over, 4, by="roas", executor="serial")

    assert found.choice.unknown == (0,)
    assert found.choice.order[-1] == 0
    assert found.choice.behind > 0
    with pytest.raises(UsageError, match="no plan can be chosen"):
        choose(np.full((2, 5), np.nan))


def test_to_resume_without_a_folder_is_refused() -> None:
    with pytest.raises(UsageError, match="to resume, name the folder"):
        ss.sweep(BASE, ["catalogue.discount=0,0.1"], 3, resume=True, executor="serial")


def test_a_channel_that_only_a_playbook_pays_for_stays_off_in_the_other_stages() -> None:
    later = {"channels.express.daily_budget": 0, "stages.growth.playbook": {"channels.express.daily_budget": 300}}

    moved = with_budgets(BASE.with_(later), {"express": 330.0})

    assert moved.channels["express"].daily_budget == 0  # type: ignore[union-attr]
    assert dict(moved.stages.growth.playbook)["channels.express.daily_budget"] == 330
    assert (
        with_budgets(BASE.with_({"channels.express.daily_budget": 0}), {"express": 50.0})
        .channels["express"]
        .daily_budget
        == 50
    )  # type: ignore[union-attr]


def test_the_best_budgets_of_a_store_whose_answer_is_known_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    # The played profit is replaced by 1000 - (a - 40)² - (b - 20)² with luck in common and some of its own.
    def known(self: bench.Bench, scenarios: list[ss.Scenario], n_runs: int) -> list[object]:
        luck = np.random.default_rng([self.seed, 1]).normal(0, 50, 20_000)[:n_runs]
        return [_Known(one, luck, self.seed) for one in scenarios]

    monkeypatch.setattr(bench.Bench, "play", known)

    found = ss.optimise(BASE, 200, n_runs=20, n_points=80, executor="serial")

    best = 1000 - (found.budgets["express"] - BEST) ** 2 - (found.budgets["direct_placement"] - 20) ** 2
    assert best > 0.99 * 1000
    assert found.gain.low > 0
    assert found.regret < 0.1 * 1000
    assert found.n_points <= 90


class _Known:
    def __init__(self, one: ss.Scenario, luck: np.ndarray, seed: int) -> None:
        a, b = (getattr(one.channels[name], "daily_budget") for name in ("express", "direct_placement"))  # noqa: B009
        own = np.random.default_rng([seed, int(a * 100), int(b * 100)]).normal(0, 5, len(luck))
        self.figures = 1000 - (a - BEST) ** 2 - (b - 20) ** 2 + luck + own

    def values(self, name: str) -> np.ndarray:
        assert name == "profit"
        return self.figures

    ratio_or_count = values


def test_budgets_that_are_best_already_are_recommended(monkeypatch: pytest.MonkeyPatch) -> None:
    # A needle at today's budgets, which no even design of four points meets.
    today = tuple(budgets_of(BASE).values())

    class Needle(_Known):
        def __init__(self, one: ss.Scenario, luck: np.ndarray, seed: int) -> None:
            super().__init__(one, luck, seed)
            self.figures = luck + (500.0 if tuple(budgets_of(one).values()) == today else 0.0)

    def needle(self: bench.Bench, scenarios: list[ss.Scenario], n_runs: int) -> list[object]:
        luck = np.random.default_rng([self.seed, 1]).normal(0, 50, 20_000)[:n_runs]
        return [Needle(one, luck, self.seed) for one in scenarios]

    monkeypatch.setattr(bench.Bench, "play", needle)

    found = ss.optimise(BASE, 1000, n_runs=5, n_points=4, executor="serial")

    assert tuple(found.budgets.values()) == today
    assert found.gain.value == found.gain.base


def test_a_channel_that_brings_nothing_is_given_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    class One(_Known):
        def __init__(self, one: ss.Scenario, luck: np.ndarray, seed: int) -> None:
            super().__init__(one, luck, seed)
            self.figures = luck - (one.channels["express"].daily_budget - BEST) ** 2  # type: ignore[union-attr]

    def play(self: bench.Bench, scenarios: list[ss.Scenario], n_runs: int) -> list[object]:
        luck = np.random.default_rng([self.seed, 1]).normal(0, 50, 20_000)[:n_runs]
        return [One(one, luck, self.seed) for one in scenarios]

    monkeypatch.setattr(bench.Bench, "play", play)

    found = ss.optimise(BASE, 200, n_runs=5, n_points=12, executor="serial")

    assert found.budgets["direct_placement"] == 0.0
    assert found.budgets["express"] > 0.0


def test_a_recommendation_is_simulated_and_keeps_to_its_limits(tmp_path: Path) -> None:
    found = ss.optimise(
        BASE, 40, by="uv", limits={"express": (5, 20)}, n_runs=4, n_points=8, executor="serial", folder=tmp_path
    )

    assert sum(found.budgets.values()) <= 40
    assert 5 <= found.budgets["express"] <= 20
    assert found.scenario.channels["express"].daily_budget == found.budgets["express"]  # type: ignore[union-attr]
    assert [curve.channel for curve in found.curves] == ["express", "direct_placement"]
    for curve in found.curves:
        # The curve goes through the recommendation, from which differences are taken.
        low, mean, high = curve.figures[curve.budgets.tolist().index(found.budgets[curve.channel])]
        assert low == mean == high
        assert curve.budgets[-1] >= 1.5 * found.before[curve.channel]
    assert "<img" in found._repr_html_()


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"total_budget": 0}, "must be above 0"),
        ({"total_budget": 50, "channels": ["search"]}, "no channel with a daily budget"),
        ({"total_budget": 50, "limits": {"expres": (0, 1)}}, "no channel whose budget is free"),
        ({"total_budget": 50, "limits": {"express": (60, 70)}}, "leave no budgets"),
        ({"total_budget": 50, "by": "gvm"}, "did you mean 'gmv'"),
    ],
)
def test_what_cannot_be_optimised_is_refused(given: dict[str, object], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        ss.optimise(BASE, **given)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("words", "pages"),
    [
        (["sweep", "--over", "channels.express.daily_budget=5:20:2", "--over", "catalogue.discount=0:0.1:2"], "sweep"),
        (["rank", "--over", "catalogue.discount=0:0.1"], "rank"),
        (["optimise", "--total-budget", "50", "--points", "4", "--by", "uv", "--limit", "express=0:30"], "optimise"),
    ],
)
def test_the_commands_write_pages_and_tables(
    words: list[str], pages: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    typed = [
        words[0],
        str(SMALL),
        *words[1:],
        "--set",
        "horizon=5",
        "--runs",
        "3",
        "--executor",
        "serial",
        "-q",
        "-o",
        str(tmp_path),
    ]

    assert main([*typed, "--lang", "zh"]) == 0
    shown = capsys.readouterr().out
    assert main([*typed, "--json", "--resume"]) == 0

    found = json.loads(capsys.readouterr().out)
    assert f"{pages}.html" in shown
    assert "<svg" in (tmp_path / f"{pages}.html").read_text(encoding="utf-8")
    assert len((tmp_path / f"{pages}.csv").read_text(encoding="utf-8-sig").splitlines()) == len(found["rows"]) + 1
