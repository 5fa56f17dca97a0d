"""Pages of experiments: what a reader sees of a sweep, a ranking, a comparison, a calibration."""

from __future__ import annotations

import datetime as dt
import math
import re

import numpy as np
import pytest

import storesim as ss
from storesim.experiments.calibrated import Calibration, Fitted, Reproduced
from storesim.experiments.moments import Moment
from storesim.report import palette
from storesim.report.document import Figure, Report, Table, Value
from storesim.report.experiments.calibration import build_calibration
from storesim.report.experiments.comparison import build_comparison, sentences
from storesim.report.experiments.sweep import build_ranking, build_sweep, ranking_sentences, sweep_sentences
from storesim.report.past_forecasts import past_forecasts
from storesim.report.writers.html import write
from storesim.results.history import History
from tests.model.small import scenario

BASE = scenario({"horizon": 4})
BUDGET = "channels.express.daily_budget"


def page(report: Report) -> str:
    return write(report).decode("utf-8")


def cells(table: Table, column: str) -> list[object]:
    place = table.column(column)
    return [row.cells[place] for row in table.rows]


@pytest.fixture(scope="module")
def field() -> ss.Sweep:
    over = [f"{BUDGET}=0,30,60", "catalogue.discount=0,0.015"]
    return ss.sweep(BASE, over, 3, fails="ad_spend>150", executor="serial")


def test_settings_are_printed_with_the_digits_that_tell_them_apart(field: ss.Sweep) -> None:
    (table,) = build_sweep(field, "en").tables()

    assert cells(table, "axis-1") == ["0", "0.015"] * 3
    assert '<th scope="col" class="number">' in page(build_sweep(field, "en"))


def test_a_heat_map_shows_where_the_plan_fails(field: ss.Sweep) -> None:
    assert field.box is not None
    assert field.chance is not None
    shown = page(build_sweep(field, "zh"))

    assert shown.count("× ¥") == int((field.chance >= 0.5).sum()) > 0
    assert palette.TARGET in shown
    assert "虚线框内失败最多" in shown
    assert "the mean. Crosses fail, most in the dashed box." in page(build_sweep(field, "en"))
    never = ss.sweep(BASE, [f"{BUDGET}=0,30", "catalogue.discount=0,0.1"], 3, executor="serial")
    assert "×" not in page(build_sweep(never, "zh"))


def test_a_heat_map_has_its_settings_in_order_however_they_were_typed(field: ss.Sweep) -> None:
    over = [f"{BUDGET}=60,0,30", "catalogue.discount=0.015,0"]
    mixed = ss.sweep(BASE, over, 3, fails="ad_spend>150", executor="serial")

    assert heat_map(mixed) == heat_map(field)


def heat_map(found: ss.Sweep) -> str:
    """The picture of a sweep of two settings."""
    (section,) = build_sweep(found, "en").sections
    (drawn,) = (block.draw() for block in section.blocks if isinstance(block, Figure))
    return drawn


def test_crosses_are_told_of_only_where_a_heat_map_has_room_for_them() -> None:
    over = ["catalogue.discount=0,0.015", f"{BUDGET}=0:60:13"]
    wide = ss.sweep(BASE, over, 3, fails="ad_spend>150", executor="serial")

    shown = page(build_sweep(wide, "en"))

    assert wide.box is not None
    assert "×" not in shown
    assert "Crosses" not in shown
    assert "Most fail in the dashed box." in shown


def test_a_sweep_of_a_setting_without_effect_says_so() -> None:
    same = ss.sweep(BASE, [f"{BUDGET}=90000,95000"], 3, executor="serial")

    assert "The figure is the same in every run at 2 of the points, this one among them." in sweep_sentences(same, "en")


@pytest.mark.parametrize("design", ["grid", "sobol"])
def test_one_setting_is_a_curve_whose_axis_is_named(design: str) -> None:
    points = {} if design == "grid" else {"n_points": 4, "design": design}

    shown = page(build_sweep(ss.sweep(BASE, [f"{BUDGET}=0:60:3" if design == "grid" else f"{BUDGET}=0:60"], 3,
                                      executor="serial", **points), "en"))  # type: ignore[arg-type]  # fmt: skip

    assert shown.count("<svg") == 1
    assert f">{BUDGET}</text>" in shown


@pytest.mark.parametrize(
    ("lang", "most", "still"),
    [
        ("en", "moves most with market.searches_per_day", "Without any effect within their ranges: " + BUDGET + "."),
        ("zh", "影响最大的是 market.searches_per_day", "在所试范围内毫无影响：" + BUDGET + "。"),
    ],
)
def test_a_ranking_says_in_words_what_matters(lang: str, most: str, still: str) -> None:
    over = ["market.searches_per_day=1000,9000", f"{BUDGET}=90000,95000"]
    found = ss.rank_inputs(BASE, over, 4, by="uv", executor="serial")

    first, *others = ranking_sentences(found, lang)

    assert most in first
    assert "+" in first
    assert others == [still]
    assert first in page(build_ranking(found, lang))


def test_indices_are_called_shares_of_the_variance() -> None:
    over = ["market.searches_per_day=1000:9000", f"{BUDGET}=90000:95000"]
    found = ss.rank_inputs(BASE, over, 3, by="uv", method="sobol", n_points=16, executor="serial")
    report = build_ranking(found, "en")

    (told,) = ranking_sentences(found, "en")
    (table,) = report.tables()

    assert re.fullmatch(r".* varies most with market.searches_per_day: alone it explains \d+% of .* \d+%\.", told)
    assert [column.title for column in table.columns if column.group] == ["Share", "Low", "High"] * 2
    assert "What explains the variance" in page(report)


@pytest.mark.parametrize(
    ("lang", "told"), [("en", "Without any effect within their ranges: "), ("zh", "在所试范围内毫无影响：")]
)
def test_indices_of_settings_without_effect_do_not_say_that_one_matters_most(lang: str, told: str) -> None:
    over = [f"{BUDGET}=90000:95000", "operations.money.other_wages=1:2"]
    found = ss.rank_inputs(BASE, over, 3, by="uv", method="sobol", n_points=8, executor="serial")

    (said,) = ranking_sentences(found, lang)

    assert said.startswith(told)
    assert all(one.axis.path in said for one in found.inputs)


@pytest.fixture(scope="module")
def less() -> ss.Comparison:
    return ss.compare({"now": BASE, "less": BASE.with_({BUDGET: 5})}, 4, executor="serial")


def test_p_stands_under_its_heading(less: ss.Comparison) -> None:
    shown = page(build_comparison(less, "en"))

    assert re.search(r'<td class="number">(&lt;)?\d\.\d{3}</td>', shown)
    assert '<th scope="col" class="number">p, corrected</th>' in shown


def test_channels_are_called_by_their_names(less: ss.Comparison) -> None:
    assert "（渠道 京东快车）" in sentences(less, "zh")[-1]
    assert "of channel Express (京东快车), through ads." in sentences(less, "en")[-1]


def test_what_a_calibration_compares_is_printed_as_figures_not_logarithms() -> None:
    level = Reproduced(Moment("level", "buyers", "uv"), math.log(0.008), math.log(0.01), 0.07)
    third = Reproduced(Moment("trend", "uv", third=1), math.log(0.25), math.log(0.3), 0.1)
    memory = Reproduced(Moment("memory", "uv"), 0.86, 0.76, 0.06)
    fitted = Fitted("market.searches_per_day", 4000.0, (1000.0, 9000.0), 5000.0, 4500.0, 5600.0, 0.9)
    found = Calibration(
        "Shop", "days", (fitted,), (), (level, third, memory), (), chance=0.3, wider=1.0, holds=0.9, held=(),
        days=("2027-01-01", 28, 0, 0), draws=np.zeros((1, 1)), scenario=BASE, seed=0,
    )  # fmt: skip

    table = next(one for one in build_calibration(found, "en").tables() if one.key == "moments")
    shown = [[palette.show(cell.value, table.kind(place, cell), "en") for place, cell in enumerate(row.cells)
              if isinstance(cell, Value)] for row in table.rows]  # fmt: skip

    assert shown == [
        ["0.80%", "1.00%", "7.00%", "-3.19"], ["25.0%", "30.0%", "10.0%", "-1.82"], ["0.86", "0.76", "0.06", "1.67"],
    ]  # fmt: skip
    assert "Luck is in percent of each" in page(build_calibration(found, "en"))


def test_a_picture_of_past_forecasts_says_what_its_lines_and_units_are() -> None:
    days = np.arange(60.0)
    history = History(dt.date(2027, 1, 1), {"uv": 10_000 + 100 * days, "buyers": 150 + days})
    bands = np.column_stack([days[:20] + 0.01] * 3)

    drawn = past_forecasts(history, ["uv", "cvr"], [[(dt.date(2027, 2, 10), bands)]] * 2, "zh").decode()

    assert all(f">{words}</text>" in drawn for words in ("实际", "预测：中位与 80% 区间", "预测的第一天"))
    assert re.search(r">[\d.]+万</text>", drawn)
    assert re.search(r">[\d.]+%</text>", drawn)
