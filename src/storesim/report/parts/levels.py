"""Goals of weeks, days and parts of the assortment as sheets that follow what is typed for the months.

A day is the difference of two running totals, each a share of its month rounded: so the days of a month add up to it
to the fen and the visitor, whatever the month becomes. Weeks are sums of days.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from itertools import accumulate
from typing import TYPE_CHECKING

from storesim.report.document import Cell, Column, Row, Section, Table, Text, Value, printable
from storesim.report.parts.goals import of_level
from storesim.report.parts.month_plan import SUMS, MonthPlan, amounts_of, over
from storesim.report.parts.names import period_name
from storesim.results.periods import period_of

if TYPE_CHECKING:
    from storesim.plan.goals import Goal

Part = tuple[str, str, str]
"""Category, material, role."""

_DIMENSIONS = ("category", "material", "role")
_FINE = {"gmv": 2, "ad_spend": 2}
"""Digits behind the point to which a count is planned; others are whole."""

_LEAST = 0.005
"""Half a fen: sums that are nearer are the same."""


def days(plan: MonthPlan) -> Section | None:
    """Every day of the year; None where the plan has no days."""
    by_day = of_level(plan.found, "day")
    if not by_day:
        return None
    say = plan.say
    counted = [name for name, _ in plan.shown if name in SUMS]
    columns = (
        *_columns(plan, Column("day", say("days.day"), "code")),
        *(Column(f"to_{name}", say("kpi." + name), "share", say("sheet.to_date")) for name in counted),
    )
    months: dict[str, list[str]] = {}
    for day in by_day:
        months.setdefault(day[:7], []).append(day)
    rows: list[Row] = []
    for month, members in months.items():
        rows += _days_of_month(plan, month, {day: by_day[day] for day in members}, counted)
    return Section(
        "days", say("sheet.days"), (Text(say("sheet.days_note"), "note"), _table(plan, "days", columns, rows))
    )


def weeks(plan: MonthPlan) -> Section | None:
    """Every week, as sums of its days that lie in the year; None where the plan has no days."""
    by_week, members = of_level(plan.found, "week"), _weeks_of(of_level(plan.found, "day"))
    if not members:
        return None
    columns = _columns(plan, Column("period", plan.say("week"), "code"))
    rows = []
    for week, inside in members.items():
        formulas = {name: f"SUM([days.{inside[0]}:{inside[-1]}.{name}])" for name in SUMS}
        called = f"{week} ({inside[0][5:]} – {inside[-1][5:]})"
        rows.append(Row(week, (called, *_live(plan, f"weeks.{week}", by_week[week], formulas))))
    return Section("weeks", plan.say("sheet.weeks"), (_table(plan, "weeks", columns, rows),))


def mix(plan: MonthPlan) -> tuple[Section, ...]:
    """Sums by category, material and role, and each part of the assortment in pieces and amount; none without a mix."""
    found = {quarter: _parts(plan, quarter) for quarter in plan.quarters}
    if not any(found.values()):
        return ()
    say = plan.say
    columns = (
        Column("period", say("quarter")), *(Column(name, say("mix." + name), "code") for name in _DIMENSIONS),
        Column("gmv", say("kpi.gmv"), "fen"), Column("units", say("kpi.units"), "count"),
        Column("price", say("mix.price"), "price"), Column("skus", say("mix.skus"), "count"),
        Column("to_gmv", say("sheet.to_date_quarter"), "share"),
    )  # fmt: skip
    rows: list[Row] = []
    for quarter, parts in found.items():
        rows += _parts_of_quarter(plan, quarter, parts)
    parts_of = Section("mix", say("sheet.mix"), (Table("mix", say("sheet.mix"), columns, tuple(rows)),))
    sums = [one for one in (_sums_by(plan, found, place) for place in range(3)) if one is not None]
    return (Section("mix_sums", say("sheet.mix_sums"), tuple(sums)), parts_of) if sums else (parts_of,)


def ratio_formulas(here: str) -> dict[str, str]:
    """CVR and AOV of a row, divided from its counts."""
    return {
        "cvr": f"IF([{here}.uv]>0,[{here}.buyers]/[{here}.uv],0)",
        "aov": f"IF([{here}.buyers]>0,[{here}.gmv]/[{here}.buyers],0)",
    }


def _columns(plan: MonthPlan, first: Column) -> tuple[Column, ...]:
    say = plan.say
    goals = (Column(name, say("kpi." + name), kind, say("goal")) for name, kind in plan.shown)
    return (first, *goals, Column("chance", say("chance"), "chance"))


def _table(plan: MonthPlan, key: str, columns: tuple[Column, ...], rows: list[Row]) -> Table:
    """The rows with the year below, as the sum of all of them."""
    formulas = {name: f"SUM([{key}.{rows[0].key}:{rows[-1].key}.{name}])" for name in SUMS}
    year = of_level(plan.found, "year")[plan.year]
    total = (period_name(plan.year, plan.sources), *_live(plan, f"{key}.{plan.year}", year, formulas))
    rows = [*rows, Row(plan.year, total, "total")]
    return Table(key, plan.say("sheet." + key), columns, tuple(rows))


def _live(plan: MonthPlan, here: str, goals_of: dict[str, Goal], formulas: Mapping[str, str]) -> list[Cell]:
    amounts, formulas = amounts_of(goals_of), {**formulas, **ratio_formulas(here)}
    cells: list[Cell] = [Value(amounts[name], formula=formulas.get(name, "")) for name, _ in plan.shown]
    return [*cells, Value(goals_of["gmv"].chance) if "gmv" in goals_of else None]


def _days_of_month(
    plan: MonthPlan, month: str, by_day: dict[str, dict[str, Goal]], counted: list[str]
) -> Iterator[Row]:
    first, last = plan.lines(month)
    amounts = {day: amounts_of(goals_of) for day, goals_of in by_day.items()}
    whole = {name: sum(plan.amounts[line][name] for line in plan.months if line.startswith(month)) for name in counted}
    shares = {
        name: [over(to_date, whole[name]) for to_date in accumulate(of[name] for of in amounts.values())]
        for name in counted
    }
    # A month of which the days tell something else cannot be followed by them.
    followed = [name for name in counted if abs(sum(of[name] for of in amounts.values()) - whole[name]) < _LEAST]
    before = ""
    for place, (day, goals_of) in enumerate(by_day.items()):

        def running(to: str, name: str) -> str:
            return f"ROUND(SUM([months.{first}:{last}.{name}])*[days.{to}.to_{name}],{_FINE.get(name, 0)})"

        formulas = {
            name: f"ROUND({running(day, name)}-{running(before, name)},2)" if before else running(day, name)
            for name in followed
        }
        date = dt.date.fromisoformat(day)
        called = f"{day} {plan.say(f'days.weekday.{date.isoweekday()}')}"
        helpers = (Value(shares[name][place]) for name in counted)
        yield Row(day, (called, *_live(plan, f"days.{day}", goals_of, formulas), *helpers))
        before = day


def _weeks_of(by_day: Mapping[str, object]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for day in by_day:
        found.setdefault(period_of(dt.date.fromisoformat(day), "week"), []).append(day)
    return found


def _parts(plan: MonthPlan, quarter: str) -> dict[Part, dict[str, float]]:
    """Goals of each part of the assortment in a quarter; sums of parts are left out."""
    sold = {(sku.category, sku.material, sku.role) for sku in plan.sources.scenario.catalogue.skus}
    found: dict[Part, dict[str, float]] = {}
    for row in plan.found.rows:
        part = (row.category, row.material, row.role)
        if row.is_part and row.period == quarter and part in sold:
            # A part that is named by one word only comes after the sum of that name.
            found.setdefault(part, {})[row.kpi] = float(row.goal)
    return {part: goals for part, goals in found.items() if "gmv" in goals}


def _parts_of_quarter(plan: MonthPlan, quarter: str, parts: Mapping[Part, dict[str, float]]) -> Iterator[Row]:
    if not parts:
        return
    whole, amounts = plan.sums(quarter)["gmv"], [goals["gmv"] for goals in parts.values()]
    followed = abs(sum(amounts) - whole) < _LEAST
    shares = [over(to_date, whole) for to_date in accumulate(amounts)]
    keys = [f"{quarter}-p{place}" for place in range(len(parts))]
    for place, (part, goals) in enumerate(parts.items()):
        here = f"mix.{keys[place]}"

        def running(to: str) -> str:
            return f"ROUND([quarters.{quarter}.gmv]*[mix.{to}.to_gmv],2)"

        gmv = running(keys[place]) if place == 0 else f"ROUND({running(keys[place])}-{running(keys[place - 1])},2)"
        price = over(goals["gmv"], goals.get("units", 0.0))
        pieces = f"IF([{here}.price]>0,ROUND([{here}.gmv]/[{here}.price],0),0)" if price else ""
        # Actuals that do not count pieces leave a year without a goal for them.
        counted = (Value(goals["units"], formula=pieces), Value(price)) if "units" in goals else (None, None)
        cells: tuple[Cell, ...] = (
            period_name(quarter, plan.sources), *(_word(plan, at, word) for at, word in enumerate(part)),
            Value(goals["gmv"], formula=gmv if followed else ""), *counted,
            Value(goals["skus"]) if "skus" in goals else None, Value(shares[place]),
        )  # fmt: skip
        yield Row(keys[place], cells)

    def summed(name: str) -> Cell:
        if not any(name in goals for goals in parts.values()):
            return None
        total = sum(goals.get(name, 0.0) for goals in parts.values())
        return Value(round(total, 2), formula=f"SUM([mix.{keys[0]}:{keys[-1]}.{name}])")

    label = (period_name(quarter, plan.sources), plan.say("total"), "", "")
    yield Row(f"{quarter}-total", (*label, summed("gmv"), summed("units"), None, summed("skus"), None), "total")


def _sums_by(plan: MonthPlan, found: Mapping[str, Mapping[Part, dict[str, float]]], place: int) -> Table | None:
    """GMV by one dimension, a column a quarter; None where one word stands for everything."""
    say, dimension = plan.say, _DIMENSIONS[place]
    words = sorted({part[place] for parts in found.values() for part in parts} - {""})
    quarters = [quarter for quarter, parts in found.items() if parts]
    if len(words) < 2:
        return None
    key = f"by_{dimension}"
    columns = (
        Column("name", say("mix." + dimension), "code"),
        *(Column(quarter, period_name(quarter, plan.sources), "fen") for quarter in quarters),
        Column("year", period_name(plan.year, plan.sources), "fen"), Column("share", say("sheet.share"), "share"),
    )  # fmt: skip
    rows = [_sum_of(plan, found, (key, f"w{i}", place), word) for i, word in enumerate(words)]
    return Table(key, say("mix.by_" + dimension), columns, tuple(rows))


def _sum_of(
    plan: MonthPlan, found: Mapping[str, Mapping[Part, dict[str, float]]], at: tuple[str, str, int], word: str
) -> Row:
    """One word of a dimension: (table, row, place of the dimension) say where it stands."""
    key, row, place = at
    cells, names = [], []
    for quarter, parts in found.items():
        if not parts:
            continue
        amounts = [goals["gmv"] for part, goals in parts.items() if part[place] == word]
        span = f"mix.{quarter}-p0:{quarter}-p{len(parts) - 1}"
        picked = f"([{span}.{_DIMENSIONS[place]}]=[{key}.{row}.name])"
        cells.append(Value(round(sum(amounts), 2), formula=f"SUMPRODUCT({picked}*[{span}.gmv])"))
        names.append(f"[{key}.{row}.{quarter}]")
    year = round(sum(cell.value for cell in cells), 2)
    whole = f"[quarters.{plan.year}.gmv]"
    share = Value(over(year, plan.sums(plan.year)["gmv"]), formula=f"IF({whole}>0,[{key}.{row}.year]/{whole},0)")
    return Row(row, (_word(plan, place, word), *cells, Value(year, formula="+".join(names)), share))


def _word(plan: MonthPlan, place: int, word: str) -> str:
    """What stands in a cell for a word of a dimension: roles are in the reader's language."""
    return plan.say(f"role.{word}") if _DIMENSIONS[place] == "role" else printable(word)
