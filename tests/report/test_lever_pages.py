"""The page of levers: each by its name in the trade, amounts of a run, the day on which they begin."""

from __future__ import annotations

from dataclasses import replace

import pytest

from storesim.plan.goals import GapRow, LeverRow, Pulled, StageShare
from storesim.report.build import build_report
from storesim.report.document import Text
from storesim.report.writers import html
from tests.report import made_up
from tests.report.pages import planned, take

PATHS = {
    "channels.express.daily_budget": ("京东快车：日预算", "Express (京东快车): daily budget"),
    "channels.express.bid": ("京东快车：出价", "Express (京东快车): bid"),
    "channels.cps.rate": ("cps：佣金率", "cps: commission"),
    "channels.seckill.most": ("seckill：每 30 天最多场次", "seckill: most slots in 30 days"),
    "channels.seckill.dates": ("seckill：增加场次", "seckill: further slots"),
    "catalogue.discount": ("日常降价", "Daily price cut"),
    "operations.service.agents": ("在线客服人数", "Chat agents"),
    "operations.stock.safety": ("安全库存天数", "Safety stock, days of sales"),
    "events.3.discount": ("618：活动降价", "618: price cut"),
    "events": ("参加 618", "Join 618"),
}


def page(lang: str, since: str = "") -> str:
    rows = tuple(
        LeverRow(path, "times", 1.4, 10_000.0, 900.0, 4_000.0, 800.0, True, "618" if "events" in path else "")
        for path in PATHS
    )
    found = Pulled(
        rows, {"channels.express.daily_budget": 420.0}, 9_000.0, {"gmv": 10_000.0, "profit": 800.0}, 900.0, 4_000.0, 8,
        0.7, 0.2, (StageShare("launch", 2_000.0, 10_000.0),), (("budget", "express", 0.25),), since,
    )  # fmt: skip
    runs = made_up.ensemble()
    goals = replace(planned(), levers=found)
    return html.write(build_report(made_up.scenario(), runs, made_up.outlook(runs), goals, lang=lang)).decode()


@pytest.mark.parametrize(("lang", "place"), [("zh", 0), ("en", 1)])
def test_levers_are_called_what_the_trade_calls_them_with_their_setting_beside(lang: str, place: int) -> None:
    table = take(page(lang)).tables["levers"][1:]

    assert [(row[0], row[-1]) for row in table] == [(names[place], path) for path, names in PATHS.items()]


def test_the_day_on_which_levers_begin_is_said_where_it_is_not_the_first() -> None:
    assert "Levers begin on 2027-09-01; the days before stay as they are." in page("en", "2027-09-01")
    assert "措施从 2027-09-01 起执行" in page("zh", "2027-09-01")
    assert "Levers begin on" not in page("en")


def test_the_headline_of_a_plan_made_again_is_of_the_year_in_the_light_of_the_days_that_are_over() -> None:
    runs = made_up.ensemble()
    gap = tuple(
        GapRow("2027-01-01/2027-03-15", "", "gmv", 50_000.0, 38_000.0, cause, -4_000.0)
        for cause in ("uv", "cvr", "aov")
    )
    rows = tuple(
        row._replace(p10=7_100_000.0, p50=7_200_000.0, p90=7_300_000.0)
        if (row.period, row.kpi, row.channel) == ("2027", "gmv", "")
        else row
        for row in planned().rows
    )
    goals = replace(planned(), rows=rows, gap=gap)

    blocks = build_report(made_up.scenario(), runs, made_up.outlook(runs), goals, lang="en").sections[0].blocks
    shown = " ".join(block.words for block in blocks if isinstance(block, Text))

    assert "the store sells ¥7,200,000 in 2027; eight runs in ten end between ¥7,100,000 and ¥7,300,000" in shown
    assert "Days to 2027-03-15 count as they were" in shown
