"""Reports of unusual runs: no target, no forecast, a few days, no events, nothing sold, money lost."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pytest

from storesim import kpi
from storesim.errors import UsageError
from storesim.plan.break_down import break_down
from storesim.report.build import build_report
from storesim.report.document import Fact, Facts, Report, Row, Table, Text
from storesim.report.parts.answer import ASKED
from storesim.report.writers import excel, html, markdown
from storesim.results.ensemble import Ensemble
from storesim.scenario.document import Scenario
from tests.report import made_up
from tests.report.pages import planned


def written_in_every_format(report: Report) -> str:
    """The page, once every format has been made."""
    assert excel.write(report)[:2] == b"PK"
    assert markdown.write(report)
    return html.write(report).decode()


def texts(report: Report) -> list[str]:
    return [block.words for section in report.sections for block in section.blocks if isinstance(block, Text)]


def facts(report: Report) -> list[Fact]:
    return [f for s in report.sections for block in s.blocks if isinstance(block, Facts) for f in block.items]


def table(report: Report, key: str) -> Table:
    return next(found for found in report.tables() if found.key == key)


def changed(runs: Ensemble, **counts: float) -> Ensemble:
    """The runs with some counts of every channel multiplied."""
    by_channel = runs.by_channel.copy()
    for name, factor in counts.items():
        by_channel[..., kpi.CHANNEL_INDEX[name]] *= factor
    return replace(runs, by_channel=by_channel)


def test_without_a_target_the_quarters_are_what_is_likely() -> None:
    runs = made_up.ensemble()

    report = build_report(made_up.scenario(target=""), runs, made_up.outlook(runs), lang="en")

    assert "goals" not in [section.key for section in report.sections]
    assert any("sets no target" in words for words in texts(report))
    assert table(report, "asked").title == "What each quarter is likely to bring"
    assert "chance" not in [column.key for column in table(report, "asked").columns]


def test_without_a_forecast_the_runs_speak_for_themselves() -> None:
    runs = made_up.ensemble()

    report = build_report(made_up.scenario(), runs, goals=planned(), lang="zh")

    chance = next(fact for fact in facts(report) if fact.label == "达到 ¥500万 的机会")
    assert chance.chance == planned().chance("2027")


@pytest.mark.parametrize("n_days", [1, 40])
def test_a_few_days_make_a_report_that_says_where_they_end(n_days: int) -> None:
    runs = made_up.ensemble(n_days=n_days)
    scenario = made_up.scenario(n_days=max(n_days, 30))
    goals = break_down(made_up.outlook(runs), scenario.targets)

    report = build_report(scenario, runs, made_up.outlook(runs), goals, lang="en")

    last = dt.date(2027, 1, 1) + dt.timedelta(days=n_days - 1)
    assert any(f"Counted up to {last}" in words for words in texts(report))
    written_in_every_format(report)


def test_two_years_are_told_by_the_year_of_the_target() -> None:
    runs = made_up.ensemble(n_days=730, n_runs=12)

    report = build_report(made_up.scenario(n_days=730), runs, made_up.outlook(runs), planned(), lang="en")

    assert report.title == "ELENA MILEVA: the year 2027, simulated and planned"
    written_in_every_format(report)


def test_a_store_without_paid_channels_has_no_advertising_to_show() -> None:
    runs = changed(made_up.ensemble(), ad_spend=0.0, clicks=0.0, impressions=0.0, ad_gmv=0.0)

    report = build_report(made_up.scenario(), runs, made_up.outlook(runs), lang="en")

    ads = next(section for section in report.sections if section.key == "ads")
    assert [block.words for block in ads.blocks if isinstance(block, Text)] == ["No channel costs money."]
    written_in_every_format(report)


def test_a_store_that_sells_nothing_still_has_a_report() -> None:
    nothing = dict.fromkeys(set(kpi.CHANNEL_INDEX) - {"uv", "pv", "bounces"}, 0.0)
    runs = changed(made_up.ensemble(), **nothing)

    report = build_report(made_up.scenario(), runs, made_up.outlook(runs), lang="en")

    page = written_in_every_format(report)
    assert "¥0" in page
    assert 'data-v="nan"' not in page


def test_a_store_with_a_single_run_has_no_band_to_speak_of() -> None:
    runs = made_up.ensemble(n_runs=1)
    goals = break_down(made_up.outlook(runs), made_up.scenario().targets)

    page = written_in_every_format(build_report(made_up.scenario(), runs, made_up.outlook(runs), goals, lang="en"))

    assert "no chance can be given" in page


def test_running_out_of_cash_is_said_with_its_chance() -> None:
    runs = made_up.ensemble()
    of_store = runs.of_store.copy()
    of_store[:10, :, kpi.STORE_INDEX["cash"]] -= 10_000_000
    poor = replace(runs, of_store=of_store)

    report = build_report(made_up.scenario(), poor, lang="en")

    lowest = next(fact for fact in facts(report) if fact.label == "Lowest cash (median)")
    assert lowest.note == "Chance of running out: 25%"
    assert lowest.chance == pytest.approx(0.75)
    assert any("below zero in 25% of the runs" in words for words in texts(report))


def test_lines_from_gmv_to_profit_add_up_in_the_mean() -> None:
    report = build_report(made_up.scenario(), made_up.ensemble(), lang="en")

    money = table(report, "money")
    means = [row.cells[money.column("mean")].value for row in money.rows]  # type: ignore[union-attr]  # all are values
    assert sum(means[:-1]) == pytest.approx(means[-1], abs=0.01)


def test_an_event_is_compared_with_the_four_weeks_before_it() -> None:
    runs = made_up.ensemble()

    report = build_report(made_up.scenario(), runs, lang="en")

    events = table(report, "events")
    row = next(row for row in events.rows if row.cells[0] == "618")
    daily = runs.daily("gmv").mean(axis=0)
    first = (dt.date(2027, 6, 15) - made_up.START).days
    lift = daily[first : first + 4].mean() / daily[first - 28 : first].mean() - 1
    assert row.cells[events.column("lift")].value == pytest.approx(lift)  # type: ignore[union-attr]  # a value


def test_the_date_of_making_is_only_printed_where_it_is_given() -> None:
    runs = made_up.ensemble()

    without = build_report(made_up.scenario(), runs, lang="en")
    dated = build_report(made_up.scenario(), runs, lang="en", made="2027-01-02")

    keys = [[row.key for row in table(report, "again").rows] for report in (without, dated)]
    assert keys[1] == [*keys[0], "made"]


def test_settings_say_whether_somebody_wrote_them() -> None:
    origins = {
        "store.name": "mine.yaml:1:8", "channels.express.bid": "--set", "market.growth": "presets/apparel.yaml:3:2",
    }  # fmt: skip

    report = build_report(made_up.scenario(), made_up.ensemble(), lang="en", origins=origins)

    written = {row.cells[0]: row.cells[2] for row in table(report, "settings_set").rows}
    assert written == {"store.name": "mine.yaml:1:8", "channels.express.bid": "--set"}
    assert [row.cells[0] for row in table(report, "settings_preset").rows] == ["market.growth"]


def test_a_lever_of_a_stage_is_explained_as_the_lever_itself() -> None:
    written = made_up.scenario().model_dump(by_alias=True, mode="json")
    written["stages"] = {"growth": {"gate": {"age": 30}, "playbook": {"channels.express.daily_budget": 900}}}

    report = build_report(Scenario.model_validate(written), made_up.ensemble(), lang="zh")

    rows = [row for found in report.tables() if found.key.startswith("settings") for row in found.rows]
    lever = next(row for row in rows if row.cells[0] == "stages.growth.playbook.channels.express.daily_budget")
    assert lever.cells[-1] == "每天最多花多少，元；0 表示关闭该渠道。"


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(UsageError, match="there is no language 'de'"):
        build_report(made_up.scenario(), made_up.ensemble(), lang="de")


def test_bands_that_are_unknown_on_a_day_do_not_break_a_picture() -> None:
    runs = made_up.ensemble(n_days=60)
    of_store = runs.of_store.copy()
    of_store[..., kpi.STORE_INDEX["in_stock_share"]] = np.nan

    written_in_every_format(build_report(made_up.scenario(n_days=60), replace(runs, of_store=of_store), lang="en"))


def test_goals_of_a_part_of_the_assortment_are_not_those_of_the_store() -> None:
    runs, found = made_up.ensemble(), planned()
    parts = tuple(row._replace(category="连衣裙", goal=1, chance=float("nan")) for row in found.rows if not row.channel)
    with_parts = replace(found, rows=(*found.rows, *parts))

    report = build_report(made_up.scenario(), runs, made_up.outlook(runs), with_parts, lang="en")
    without = build_report(made_up.scenario(), runs, made_up.outlook(runs), found, lang="en")

    quarters = {row.key: dict(zip(("period", *ASKED, "chance"), row.cells, strict=True)) for row in _rows(report)}
    for key in ("2027Q1", "2027Q2", "2027Q3", "2027Q4", "2027"):
        assert quarters[key]["gmv"].value == found.value(key, "gmv")
        assert quarters[key]["chance"].value == found.chance(key)
    # Nor does what is known of parts change a word elsewhere; NaN equals nothing, so texts are compared.
    told = {section.key: section for section in without.sections}
    assert [s.key for s in report.sections if s.key != "goals" and repr(s) != repr(told[s.key])] == []


def _rows(report: Report) -> tuple[Row, ...]:
    return table(report, "asked").rows
