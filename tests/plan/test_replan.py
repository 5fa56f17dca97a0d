"""The rest of a year again: elapsed days as they were, the rest as it must be, the gap explained."""

from __future__ import annotations

import calendar
import datetime as dt
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from storesim.cli.main import main
from storesim.errors import PlanError
from storesim.forecast.outlook import Outlook
from storesim.plan.actuals import Actuals
from storesim.plan.break_down import break_down
from storesim.plan.gap import gap_csv
from storesim.plan.replan import Replan, _date_in, _sales_to_come, replan
from storesim.results.history import History
from storesim.scenario.targets import Target
from tests.plan.made_outlooks import made_outlook

LAST = dt.date(2027, 5, 20)
SHIPPED = Path(__file__).parents[2] / "scenarios" / "small_store.yaml"


@pytest.fixture(scope="module")
def outlook() -> Outlook:
    return made_outlook(n_paths=40)


@pytest.fixture(scope="module")
def target(outlook: Outlook) -> Target:
    return Target(gmv=round(float(np.median(outlook.total("gmv"))), 2))


def lived(outlook: Outlook, *, visitors: float = 1.0, last: dt.date = LAST, start: dt.date | None = None) -> History:
    """A path of the outlook as it might be recorded, with more or fewer visitors and what they buy."""
    start = start or outlook.start
    days = slice((start - outlook.start).days, (last - outlook.start).days + 1)
    columns = {}
    for name in ("uv", "pv", "buyers", "orders", "units", "gmv", "ad_spend"):
        daily = outlook.daily(name)[3, days] * (visitors if name != "ad_spend" else 1.0)
        columns[name] = np.round(daily, 2) if name in ("gmv", "ad_spend") else np.floor(daily)
    return History(start=start, columns=columns, name="mine.csv")


@pytest.fixture(scope="module")
def weak(outlook: Outlook, target: Target) -> Replan:
    return replan(outlook, {"2027": target}, lived(outlook, visitors=0.6))


def test_the_year_still_adds_up_to_the_target_with_elapsed_days_as_they_were(
    outlook: Outlook, target: Target, weak: Replan
) -> None:
    actual = lived(outlook, visitors=0.6)
    days = {
        row.period: row.goal for row in weak.goals.rows if row.level == "day" and row.kpi == "gmv" and not row.channel
    }

    assert weak.goals.value("2027", "gmv") == target.gmv
    assert round(100 * sum(days.values())) == round(100 * target.gmv)
    assert days["2027-02-14"] == actual.daily("gmv")[(dt.date(2027, 2, 14) - outlook.start).days]
    assert weak.goals.value("2027-03", "uv") == actual.total("uv", dt.date(2027, 3, 1), dt.date(2027, 3, 31))


def test_channels_and_months_add_up_again(weak: Replan) -> None:
    for period in ("2027", "2027Q2", "2027-05", "2027-05-20", "2027-05-21", "2027-W20"):
        channels = {row.channel for row in weak.goals.rows if row.channel}
        for name in ("uv", "buyers"):
            assert sum(weak.goals.value(period, name, c) for c in channels) == weak.goals.value(period, name)


def test_what_is_left_asks_more_after_a_weak_spring_and_of_no_month_less_than_forecast(weak: Replan) -> None:
    months = [f"2027-{month:02d}" for month in range(6, 13)]

    asked, before = (sum(goals.value(month, "gmv") for month in months) for goals in (weak.goals, weak.before))

    assert asked > 1.1 * before
    assert all(weak.goals.value(month, "uv") > 0.95 * weak.goals.row(month, "uv").p50 for month in months)


def test_a_weak_spring_lowers_the_chance_and_a_strong_one_raises_it(
    outlook: Outlook, target: Target, weak: Replan
) -> None:
    strong = replan(outlook, target, lived(outlook, visitors=1.5))

    assert weak.goals.chance("2027") < weak.before.chance("2027") < strong.goals.chance("2027")


def test_the_gap_is_put_down_to_the_visitors_that_did_not_come(weak: Replan) -> None:
    to_date = {row.cause: row for row in weak.goals.gap if row.kpi == "gmv" and "/" in row.period}

    assert to_date["uv"].period == "2027-01-01/2027-05-20"
    assert sum(round(100 * row.amount) for row in to_date.values()) == round(100 * to_date["uv"].gap)
    assert to_date["uv"].amount < 0.9 * to_date["uv"].gap < 0


def test_months_of_the_gap_add_up_cause_by_cause(weak: Replan) -> None:
    for kpi, cause in {(row.kpi, row.cause) for row in weak.goals.gap}:
        rows = [row for row in weak.goals.gap if (row.kpi, row.cause) == (kpi, cause)]
        assert round(sum(row.amount for row in rows[:-1]), 2) == pytest.approx(rows[-1].amount, abs=0.005)
    assert gap_csv(weak.goals.gap).startswith("period,channel,kpi,plan,actual,gap,cause,amount\n2027-01,,gmv,")


def by_source(outlook: Outlook, weak: str, times: float) -> History:
    """A path as it might be recorded by source, one of which brought fewer visitors; sources add up to the store."""
    days = slice(0, (LAST - outlook.start).days + 1)
    channels = {}
    for channel in outlook.channels:
        own = {name: outlook.daily(name, channel)[3, days] for name in ("uv", "buyers", "gmv", "ad_spend")}
        less = times if channel == weak else 1.0
        channels[channel] = {
            name: np.round(numbers * less, 2) if name in ("gmv", "ad_spend") else np.floor(numbers * less)
            for name, numbers in own.items()
        }
    columns = {name: sum(own[name] for own in channels.values()) for name in ("uv", "buyers", "gmv", "ad_spend")}
    return History(start=outlook.start, columns=columns, name="sources.csv", by_channel=channels)  # type: ignore[arg-type]


def test_channels_that_are_told_apart_keep_their_days_and_carry_their_part_of_the_gap(
    outlook: Outlook, target: Target
) -> None:
    weak_one = outlook.channels[1]
    history = by_source(outlook, weak_one, 0.4)

    found = replan(outlook, target, history).goals

    march = (dt.date(2027, 3, 1), dt.date(2027, 3, 31))
    for channel in outlook.channels:
        assert found.value("2027-03", "uv", channel) == history.total("uv", *march, channel=channel)
        assert found.value("2027-03", "gmv", channel) == pytest.approx(history.total("gmv", *march, channel=channel))
    to_date = [row for row in found.gap if row.kpi == "gmv" and "/" in row.period]
    gaps = {row.channel: round(100 * row.gap) for row in to_date}
    assert sum(gaps[channel] for channel in outlook.channels) == gaps[""]
    for channel in outlook.channels:
        assert sum(round(100 * row.amount) for row in to_date if row.channel == channel) == gaps[channel]
    assert min(outlook.channels, key=lambda channel: gaps[channel]) == weak_one
    uv = next(row for row in to_date if (row.channel, row.cause) == (weak_one, "uv"))
    assert uv.amount < 0.8 * uv.gap < 0
    assert any("are as the actuals have them" in note for note in found.notes)


def test_a_channel_the_actuals_do_not_know_takes_what_the_others_leave(outlook: Outlook, target: Target) -> None:
    whole = by_source(outlook, "", 1.0)
    known = {outlook.channels[0]: whole.by_channel[outlook.channels[0]]}
    history = History(start=whole.start, columns=dict(whole.columns), name="one.csv", by_channel=known)

    found = replan(outlook, target, history).goals

    first, *others = outlook.channels
    assert found.value("2027-03", "uv", first) == history.total(
        "uv", dt.date(2027, 3, 1), dt.date(2027, 3, 31), channel=first
    )
    assert sum(found.value("2027-03", "uv", c) for c in others) == sum(
        whole.total("uv", dt.date(2027, 3, 1), dt.date(2027, 3, 31), channel=c) for c in others
    )
    assert {row.channel for row in found.gap} == {"", first}
    assert any("Express, Returning members share the rest as forecast" in note for note in found.notes)


def test_a_year_that_is_reached_already_goes_on_as_forecast(outlook: Outlook) -> None:
    low = Target(gmv=1000.0)

    found = replan(outlook, low, lived(outlook)).goals

    assert any("The target is reached already" in note for note in found.notes)
    assert found.chance("2027") > 0.9
    assert found.value("2027-08", "gmv") > 0


def test_months_with_weights_of_their_own_keep_them_for_what_is_left(outlook: Outlook, target: Target) -> None:
    weights = [1.0] * 11 + [3.0]
    sheet = Target.model_validate({"gmv": target.gmv, "weights": weights})

    found = replan(outlook, sheet, lived(outlook)).goals

    assert found.value("2027-12", "gmv") == pytest.approx(3 * found.value("2027-08", "gmv"), abs=0.05)
    assert found.value("2027", "gmv") == target.gmv


@pytest.mark.parametrize(
    ("name", "last", "part"),
    [("11.11", dt.date(2027, 11, 5), 1.0), ("11.11", dt.date(2027, 11, 11), 0.0), ("会员日", dt.date(2027, 11, 6), 0.8),
     ("11.11", dt.date(2027, 10, 31), 1.0), ("11.11", dt.date(2027, 12, 2), 0.0)],
)  # fmt: skip
def test_a_sale_of_the_running_month_is_planned_while_it_is_to_come(name: str, last: dt.date, part: float) -> None:
    target = Target.model_validate(
        {
            "gmv": 2_000_000,
            "weights": [1] * 12,
            "cvr": 0.03,
            "aov": 200,
            "sale_days": {name: {"month": 11, "weight": 2}},
        }
    )
    actuals = Actuals("mine", dt.date(2027, 1, 1), last, {})
    share = np.ones(12)
    share[last.month - 1] = 1 - last.day / calendar.monthrange(2027, last.month)[1]

    found = dict(_sales_to_come(target, actuals, share))

    assert sum(day.weight for day in found.values()) == pytest.approx(2 * part)


def test_a_sale_may_fall_on_the_last_day_of_a_long_month() -> None:
    assert _date_in("12.31", 2027, 12) == dt.date(2027, 12, 31)


@pytest.mark.parametrize(
    ("name", "date"),
    [
        ("618", dt.date(2027, 6, 18)),
        ("6.18 大促", dt.date(2027, 6, 18)),
        ("店庆", None),
        ("11.11", None),
        ("6.31", None),
    ],
)
def test_a_sale_may_be_named_by_its_date(name: str, date: dt.date | None) -> None:
    assert _date_in(name, 2027, 6) == date


@pytest.mark.parametrize(
    ("history", "words"),
    [
        ({"last": dt.date(2027, 12, 31)}, "nothing of 2027 is left to plan"),
        ({"start": dt.date(2027, 2, 1)}, "begins on 2027-02-01; the days planned from 2027-01-01 on are needed too"),
    ],
)
def test_actuals_that_do_not_fit_the_year_are_refused_in_words(
    outlook: Outlook, target: Target, history: dict[str, dt.date], words: str
) -> None:
    with pytest.raises(PlanError, match=words):
        replan(outlook, target, lived(outlook, **history))


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"gmv": [1.0, 2.0]}, "has no uv, buyers; actuals need uv, buyers and gmv of every day"),
        ({"gmv": [1.0, 2.0], "uv": [5, np.nan], "buyers": [1, 1]}, "has no uv on 2027-01-02"),
    ],
)
def test_actuals_without_what_a_plan_needs_are_refused(
    outlook: Outlook, target: Target, columns: dict[str, list[float]], words: str
) -> None:
    history = History(dt.date(2027, 1, 1), {name: np.array(days) for name, days in columns.items()}, name="mine.csv")

    with pytest.raises(PlanError, match=words):
        replan(outlook, target, history)


def test_the_plan_without_actuals_is_the_one_they_are_held_against(
    outlook: Outlook, target: Target, weak: Replan
) -> None:
    assert weak.before.rows == break_down(outlook, target).rows


def test_the_command_writes_the_gap_and_warns_below_the_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [f"2027-03-{day:02d},60,200,1,1,52.5" for day in range(1, 21)]
    (tmp_path / "to_date.csv").write_text("\n".join(["date,uv,pv,buyers,orders,gmv", *rows]), encoding="utf-8")
    few = ("--runs", "4", "--executor", "serial", "-q", "--lang", "en", "-o", str(tmp_path / "out"))

    status = main(["plan", str(SHIPPED), "--actuals", str(tmp_path / "to_date.csv"), "--fail-under", "99%", *few])

    shown = capsys.readouterr()
    assert status == 1
    assert "What is over: plan, actuals, and what the gap is due to" in shown.out
    assert "is under the 99.0% asked for" in shown.err
    gap = (tmp_path / "out" / "latest" / "gap.csv").read_text("utf-8-sig")
    assert "2027-03-01/2027-03-20,,gmv," in gap
    assert "What Monday needs" in (tmp_path / "out" / "latest" / "report.html").read_text("utf-8")


@pytest.mark.usefixtures("without_pictures")
def test_programs_read_the_gap_as_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [f"2027-03-{day:02d},60,200,1,1,52.5" for day in range(1, 21)]
    (tmp_path / "to_date.csv").write_text("\n".join(["date,uv,pv,buyers,orders,gmv", *rows]), encoding="utf-8")
    few = ("--runs", "2", "--executor", "serial", "-q", "--json", "-o", str(tmp_path / "out"))

    assert main(["plan", str(SHIPPED), "--actuals", str(tmp_path / "to_date.csv"), *few]) == 0

    told = json.loads(capsys.readouterr().out)
    assert {row["cause"] for row in told["gap"] if row["kpi"] == "gmv"} == {"uv", "cvr", "aov"}
    assert told["levers"] is None


def test_a_click_costs_what_is_known_of_it_or_nothing_is_said(outlook: Outlook, target: Target) -> None:
    days = lived(outlook)
    counted = replace(days, columns={**days.columns, "clicks": np.floor(days.columns["ad_spend"] / 1.5)})

    unknown, known = (replan(outlook, {"2027": target}, history).goals for history in (days, counted))

    assert not [row for row in unknown.rows if row.kpi == "clicks"]
    assert counted.start == dt.date(2027, 1, 1)
    assert known.value("2027-01", "clicks", "express") == counted.columns["clicks"][:31].sum()
    assert known.value("2027", "clicks", "express") > counted.columns["clicks"].sum()
