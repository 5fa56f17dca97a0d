"""The assortment on the page of goals: what each category, material and role must bring, in pieces and amount."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storesim.report.document import Cell, Column, Row, Table, Value, printable
from storesim.report.parts.names import period_name
from storesim.report.sources import Sources

if TYPE_CHECKING:
    from storesim.plan.goals import Goals

_DIMENSIONS = ("category", "material", "role")


def assortment(sources: Sources, found: Goals) -> Table | None:
    """A row for each category, material and role; GMV of each quarter, and the year's GMV, pieces and SKUs."""
    sums: dict[tuple[str, str], dict[tuple[str, str], float]] = {}
    for row in found.rows:
        words = (row.category, row.material, row.role)
        named = [(dimension, word) for dimension, word in zip(_DIMENSIONS, words, strict=True) if word]
        if len(named) == 1:
            # The sum of a name comes before a part of which nothing else is known.
            sums.setdefault(named[0], {}).setdefault((row.period, row.kpi), float(row.goal))
    if not sums:
        return None
    say, year = sources.say, str(found.year)
    quarters = sorted({period for of in sums.values() for period, _ in of if period != year})
    columns = (
        Column("name", say("sheet.mix_sums"), "code"),
        *(Column(quarter, period_name(quarter, sources), "money", say("kpi.gmv")) for quarter in quarters),
        Column("gmv", period_name(year, sources), "money", say("kpi.gmv")),
        Column("share", say("sheet.share"), "share"), Column("units", say("kpi.units"), "count"),
        Column("skus", say("mix.skus"), "count"),
    )  # fmt: skip
    rows: list[Row] = []
    for dimension in _DIMENSIONS:
        members = {word: of for (named, word), of in sums.items() if named == dimension}
        if not members:
            continue
        rows.append(Row(f"{dimension}-head", (say("mix." + dimension),), "heading"))
        whole = sum(of.get((year, "gmv"), 0.0) for of in members.values())
        for place, (word, of) in enumerate(members.items()):
            called = say(f"role.{word}") if dimension == "role" else printable(word)
            gmv = of.get((year, "gmv"), 0.0)
            cells: tuple[Cell, ...] = (
                called, *(Value(of.get((quarter, "gmv"), 0.0)) for quarter in quarters), Value(gmv),
                Value(gmv / whole if whole else 0.0),
                Value(of[year, "units"]) if (year, "units") in of else None, Value(of.get((year, "skus"), 0.0)),
            )  # fmt: skip
            rows.append(Row(f"{dimension}{place}", cells))
    return Table("assortment", say("assortment.title"), columns, tuple(rows))
