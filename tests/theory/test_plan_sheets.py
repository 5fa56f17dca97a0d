"""The printed cells of DOMAIN 9.1-A, 9.1-B, 9.1-C and 9.3, to the last yuan and visitor."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest

from storesim.plan.break_down import break_down
from storesim.plan.goals import Goals
from storesim.scenario.targets import Target
from tests.plan.made_outlooks import made_outlook
from tests.theory.evidence import Evidence

MONTHS = range(1, 13)

# DOMAIN 9.1-A [S114]: 2015 sales, 2016 target, ad budget (labelled 5 %, but 15 % from February).
A_SALES = [
    1_000_000,
    800_000,
    980_000,
    1_250_000,
    1_360_000,
    1_800_000,
    2_100_000,
    2_500_000,
    2_500_000,
    2_100_000,
    3_000_000,
    2_800_000,
]
A_TARGET = [
    2_253_267,
    1_802_614,
    2_208_202,
    2_816_584,
    3_064_443,
    4_055_881,
    4_731_861,
    5_633_168,
    5_633_168,
    4_731_861,
    6_759_802,
    6_309_148,
]
A_ADS = [112_663, 270_392, 331_230, 422_488, 459_667, 608_382, 709_779, 844_975, 844_975, 709_779, 1_013_970, 946_372]
A_SHARES = [4.51, 3.61, 4.42, 5.63, 6.13, 8.11, 9.46, 11.27, 11.27, 9.46, 13.52, 12.62]

# DOMAIN 9.1-B [S114]: 15,000,000; CVR 1.5 %, AOV 198, ads 8 % (80 : 20); sale days beside their months.
B_SALES = [
    645_000,
    500_000,
    550_000,
    750_000,
    800_000,
    850_000,
    1_000_000,
    1_200_000,
    1_400_000,
    1_500_000,
    1_700_000,
    1_700_000,
]
B_UV = [217_172, 168_350, 185_185, 252_525, 269_360, 286_195, 336_700, 404_040, 471_380, 505_051, 572_391, 572_391]
B_ADS = [51_600, 40_000, 44_000, 60_000, 64_000, 68_000, 80_000, 96_000, 112_000]
B_EXPRESS = [41_280, 32_000, 35_200, 48_000, 51_200, 54_400, 64_000, 76_800, 89_600]
B_DISPLAY = [10_320, 8_000, 8_800, 12_000, 12_800, 13_600, 16_000, 19_200, 22_400]
B_DAILY = [1664.5, 1428.6, 1419.4, 2000.0, 2064.5, 2266.7, 2580.6, 3096.8, 3733.3]


# DOMAIN 9.3: 2,700,000 over four months. March's total is 81,500 + 30,000 + 600,000 / 238 × 10 + 30,000 = 166,710.08.
C_UV = [169_492, 168_776, 168_067, 288_462]
C_ADS = [81_500, 81_500, 81_500, 122_250]
C_COSTS = [166_924, 166_816, 166_710, 255_519]
C_JANUARY = {
    "直通车": {"impressions": 953_390, "uv": 19_068, "ad_spend": 30_000, "gmv": 90_000},
    "钻展": {"impressions": 423_729, "uv": 8_475, "ad_spend": 20_000, "gmv": 60_000},
    "淘宝客": {"uv": 3_178, "ad_spend": 1_500, "gmv": 30_000},
    "站外": {"uv": 42_373, "ad_spend": 30_000, "gmv": 60_000},
}


def sheet_a() -> Goals:
    days = {
        "11.11": {"month": 11, "weight": "100万", "inside": True},
        "12.12": {"month": 12, "weight": 650_000, "inside": True},
    }
    target = Target.model_validate(
        {"gmv": "5000万", "weights": A_SALES, "ad_share": {1: "5%", "2-12": "15%"}, "sale_days": days}
    )
    return break_down(None, {"2016": target})


def sheet_b() -> Goals:
    target = Target.model_validate(
        {
            "gmv": "1500万",
            "weights": B_SALES,
            "cvr": "1.5%",
            "aov": 198,
            "ad_share": "8%",
            "ad_split": {"直通车": "80%", "钻展": "20%"},
            "sale_days": {"11.11": {"month": 11, "weight": 1_605_000}, "12.12": {"month": 12, "weight": "80万"}},
        }
    )
    return break_down(None, {"2015": target})


def sheet_c() -> Goals:
    target = Target.model_validate(
        {
            "gmv": "270万",
            "weights": {"1-3": "60万", 4: "90万"},
            "cvr": "1.5%",
            "aov": {1: 236, 2: 237, 3: 238, 4: 208},
            "ad_share": "14%",
            "lines": {
                "聚划算": {"share": "50%", "cost": "10%", "advertising": False},
                "淘抢购": {"share": "10%"},
                "直通车": {"share": "15%", "cvr": "2%", "ctr": "2%", "roi": 3},
                "钻展": {"share": "10%", "cvr": "3%", "ctr": "2%", "roi": 3},
                "淘宝客": {"share": "5%", "cvr": "4%", "cost": "5%"},
                "站外": {"share": "10%", "cvr": "0.6%", "cost": "50%"},
            },
            "platform_share": "5%",
            "parcel": 10,
        }
    )
    return break_down(None, {"2015": target})


def monthly(goals: Goals, kpi: str, channel: str = "") -> list[float]:
    return [goals.value(f"{goals.year}-{month:02d}", kpi, channel) for month in MONTHS]


def yuan(amounts: list[float]) -> list[int]:
    return [round(amount) for amount in amounts]


def _hold(evidence: Evidence, name: str, got: Sequence[float], printed: Sequence[float], source: str) -> None:
    """Every cell of a printed column, none missed."""
    missed = sum(g != p for g, p in zip(got, printed, strict=True))
    evidence.exact(f"{name}: cells that differ", expected=0, got=missed, size=f"{len(printed)} cells", source=source)


SHEETS = {
    "A": "yearly plan of a Tmall shop, 50,000,000 (DOMAIN 9.1-A)",
    "B": "yearly plan of a new Tmall brand, 15,000,000 (DOMAIN 9.1-B)",
    "C": "monthly plan of an apparel shop on Tmall with channels (DOMAIN 9.3)",
}


def test_every_cell_of_the_sheets_is_met(evidence: Evidence) -> None:
    a, b, c = sheet_a(), sheet_b(), sheet_c()
    months = [f"2015-{month:02d}" for month in range(1, 5)]

    _hold(evidence, "9.1-A, sales by month, yuan", yuan(monthly(a, "gmv")), A_TARGET, SHEETS["A"])
    _hold(evidence, "9.1-A, ad budgets by month, yuan", yuan(monthly(a, "ad_spend")), A_ADS, SHEETS["A"])
    _hold(evidence, "9.1-B, sales by month, yuan", monthly(b, "gmv"), B_SALES, SHEETS["B"])
    _hold(evidence, "9.1-B, visitors by month", monthly(b, "uv"), B_UV, SHEETS["B"])
    _hold(evidence, "9.1-B, ad budgets by month, yuan", monthly(b, "ad_spend")[:9], B_ADS, SHEETS["B"])
    _hold(evidence, "9.1-B, 直通车 budgets, yuan", monthly(b, "ad_spend", "直通车")[:9], B_EXPRESS, SHEETS["B"])
    _hold(evidence, "9.1-B, 钻展 budgets, yuan", monthly(b, "ad_spend", "钻展")[:9], B_DISPLAY, SHEETS["B"])
    _hold(evidence, "9.3, visitors by month", [c.value(m, "uv") for m in months], C_UV, SHEETS["C"])
    _hold(evidence, "9.3, ad budgets by month, yuan", [c.value(m, "ad_spend") for m in months], C_ADS, SHEETS["C"])
    _hold(evidence, "9.3, costs by month, yuan", yuan([c.value(m, "costs") for m in months]), C_COSTS, SHEETS["C"])
    lines = [c.value(months[0], kpi, line) for line, cells in C_JANUARY.items() for kpi in cells]
    printed = [cell for cells in C_JANUARY.values() for cell in cells.values()]
    _hold(evidence, "9.3, January's lines: impressions, visits, cost, sales", lines, printed, SHEETS["C"])


def test_sheet_a_gives_every_month_and_ad_budget_to_the_yuan() -> None:
    goals = sheet_a()

    assert yuan(monthly(goals, "gmv")) == A_TARGET
    assert yuan(monthly(goals, "ad_spend")) == A_ADS
    assert goals.value("2016", "gmv") == 50_000_000


def test_sheet_a_keeps_the_shares_of_last_year() -> None:
    goals = sheet_a()

    shares = [round(100 * sales / 50_000_000, 2) for sales in monthly(goals, "gmv")]

    assert shares == A_SHARES


def test_sheet_a_holds_its_sale_days_inside_their_months() -> None:
    goals = sheet_a()

    assert round(goals.value("2016-11/11.11", "gmv")) == 2_253_267
    assert round(goals.value("2016-12/12.12", "gmv")) == 1_464_624
    assert goals.value("2016Q4", "gmv") == pytest.approx(sum(monthly(goals, "gmv")[9:]), abs=1e-6)


def test_sheet_b_gives_every_month_to_the_yuan_and_visitor() -> None:
    goals = sheet_b()

    assert monthly(goals, "gmv") == B_SALES
    assert monthly(goals, "uv") == B_UV
    assert [round(100 * sales / 15_000_000, 2) for sales in monthly(goals, "gmv")[:3]] == [4.30, 3.33, 3.67]


def test_sheet_b_gives_every_budget_by_tool_and_day() -> None:
    goals = sheet_b()

    assert monthly(goals, "ad_spend")[:9] == B_ADS
    assert monthly(goals, "ad_spend", "直通车")[:9] == B_EXPRESS
    assert monthly(goals, "ad_spend", "钻展")[:9] == B_DISPLAY
    assert [round(daily, 1) for daily in monthly(goals, "ad_spend_per_day")[:9]] == B_DAILY


def test_sheet_b_has_its_sale_days_beside_their_months() -> None:
    goals = sheet_b()

    assert goals.value("2015-11/11.11", "gmv") == 1_605_000
    assert goals.value("2015-11/11.11", "uv") == 540_404
    assert goals.value("2015-12/12.12", "gmv") == 800_000
    assert goals.value("2015-12/12.12", "uv") == 269_360
    assert goals.value("2015", "gmv") == 15_000_000
    assert goals.value("2015", "uv") == sum(B_UV) + 540_404 + 269_360
    assert goals.value("2015", "ad_spend") == 1_200_000


def test_sheet_b_gives_the_shares_of_its_stages() -> None:
    goals = sheet_b()
    sales = monthly(goals, "gmv")

    first, second, third = (100 * sum(sales[a:b]) / 15_000_000 for a, b in ((0, 3), (3, 6), (6, 8)))

    assert [round(first, 2), round(second, 2), round(third, 2)] == [11.30, 16.00, 14.67]
    assert round(100 - first - second - third, 2) == 58.03


def test_sheet_c_of_9_1_keeps_the_fen_of_its_months() -> None:
    # DOMAIN 9.1-C (2014): the printed months add up to 20,000,000 less one fen or so of the dump's rounding.
    printed = [
        1_059_744.49,
        500_659.05,
        1_104_872.60,
        1_262_397.14,
        1_297_997.44,
        1_620_292.93,
        2_415_428.33,
        1_914_881.03,
        2_386_327.30,
        1_541_640.99,
        2_806_527.60,
        2_089_231.09,
    ]
    target = Target.model_validate({"gmv": round(sum(printed), 2), "weights": printed})

    goals = break_down(None, {"2014": target})

    assert monthly(goals, "gmv") == printed


def test_sheet_9_3_gives_visitors_orders_and_paid_visits() -> None:
    goals = sheet_c()
    months = [f"2015-{month:02d}" for month in range(1, 5)]
    paid = ("直通车", "钻展", "淘宝客", "站外")

    assert [goals.value(m, "uv") for m in months] == C_UV
    # Orders and visitors a day, of months of 30 days as the sheet has them.
    assert [round(goals.value(m, "buyers") / 30) for m in months] == [85, 84, 84, 144]
    assert [round(goals.value(m, "uv") / 30) for m in months] == [5_650, 5_626, 5_602, 9_615]
    visits = [sum(goals.value(m, "uv", line) for line in paid) for m in months]
    assert visits[0] == 73_094
    # Printed from unrounded lines: 73,093, 72,785, 72,479, 124,399.
    assert all(abs(got - printed) <= 1 for got, printed in zip(visits, [73_093, 72_785, 72_479, 124_399], strict=True))
    assert [round(100 * v / goals.value(m, "uv"), 2) for v, m in zip(visits, months, strict=True)] == pytest.approx([43.13] * 4, abs=0.011)  # fmt: skip  # noqa: E501


def test_sheet_9_3_gives_ad_budgets_and_total_costs() -> None:
    goals = sheet_c()
    months = [f"2015-{month:02d}" for month in range(1, 5)]

    assert [goals.value(m, "ad_spend") for m in months] == C_ADS
    assert yuan([goals.value(m, "costs") for m in months]) == C_COSTS


def test_one_month_of_9_6_solves_back_to_its_visitors() -> None:
    # DOMAIN 9.6 [S117]: 250,000 at CVR 3 % and AOV 150 need 55,556 visitors.
    target = Target.model_validate({"gmv": "25万", "weights": {6: 1}, "cvr": "3%", "aov": 150})

    goals = break_down(None, {"2026": target})

    assert goals.value("2026-06", "uv") == 55_556
    assert goals.value("2026-05", "uv") == 0


@pytest.mark.parametrize(
    ("sheet", "shares"),
    [(sheet_a, [12.5, 19.9, 32.0, 35.6]), (sheet_b, [11.3, 16.0, 24.0, 48.7])],
)
def test_quarters_hold_the_shares_printed_for_them_sale_days_included(
    sheet: Callable[[], Goals], shares: list[float]
) -> None:
    # DOMAIN 3.6, the quarters' shares of the year computed from the same sheets.
    goals = sheet()

    of_quarters = [goals.value(f"{goals.year}Q{q}", "gmv") / goals.target for q in range(1, 5)]

    assert [round(100 * share, 1) for share in of_quarters] == shares


def test_sheet_b_closes_its_sums_with_sale_days_beside_the_months() -> None:
    goals = sheet_b()

    # 1,500,000 + 1,700,000 + 1,605,000 + 1,700,000 + 800,000 of the sheet's last five lines.
    assert goals.value("2015Q4", "gmv") == 7_305_000
    assert goals.value("2015Q4", "uv") == sum(B_UV[9:]) + 540_404 + 269_360
    assert goals.value("2015", "ad_spend", "直通车") == 960_000
    assert goals.value("2015", "ad_spend", "钻展") == 240_000
    assert goals.value("2015-11/11.11", "ad_spend") == 128_400
    assert goals.value("2015-12/12.12", "ad_spend") == 64_000
    assert [goals.value(f"2015-{m}", "ad_spend") for m in (10, 11, 12)] == [120_000, 136_000, 136_000]


def test_a_sheet_is_the_same_with_a_forecast_which_only_adds_the_chances() -> None:
    weights = {"gmv": "150万", "weights": B_SALES, "cvr": "1.5%", "aov": 198, "ad_share": "8%"}
    target = Target.model_validate(weights)

    alone, with_forecast = break_down(None, target, year=2027), break_down(made_outlook(), target)

    levels = ("year", "quarter", "month", "event")
    assert [(r.period, r.kpi, r.goal) for r in alone.rows if r.kpi not in ("cvr", "aov")] == [
        (r.period, r.kpi, r.goal) for r in with_forecast.rows if r.kpi not in ("cvr", "aov") and r.level in levels
    ]
    days = [row for row in with_forecast.rows if row.level == "day" and row.kpi == "gmv"]
    assert round(100 * sum(row.goal for row in days)) == 150_000_000
    assert all(np.isnan(row.chance) for row in alone.rows)
    assert 0.0 <= with_forecast.chance("2027Q4") <= 1.0
