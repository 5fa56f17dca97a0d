"""The answer first: what the year brings, the chance of the target, what each quarter must bring."""

from __future__ import annotations

import datetime as dt
import math

import numpy as np

from storesim.report import measures, palette
from storesim.report.document import Block, Cell, Column, Fact, Facts, Row, Section, Table, Text, Value
from storesim.report.parts.names import period_name
from storesim.report.sources import Sources
from storesim.results.periods import periods_between

ASKED = ("gmv", "uv", "pv", "cvr", "aov", "ad_spend")


def answer(sources: Sources) -> Section:
    """The headline, its numbers, and one row a quarter."""
    blocks: list[Block] = [
        Text(_lead(sources), "lead"),
        Facts(tuple(_facts(sources))),
        *_reachable(sources),
        quarters(sources),
    ]
    if sources.goals is None:
        blocks.append(Text(sources.say("answer.no_target"), "note"))
    if sources.elapsed:
        blocks.append(Text(sources.say("answer.elapsed", last=sources.elapsed), "note"))
    return Section("answer", sources.say("answer"), tuple(blocks))


def quarters(sources: Sources) -> Table:
    """What each quarter must bring, or, without a target, is likely to bring."""
    say, goals = sources.say, sources.goals
    title = say("answer.quarters" if goals is not None else "answer.quarters_forecast")
    columns = [Column("period", say("quarter"))]
    columns += [Column(name, say("kpi." + name), palette.kind_of(name)) for name in ASKED]
    if goals is not None:
        columns.append(Column("chance", say("chance"), "chance"))
    keys = [*periods_between(sources.year.first, sources.year.last, "quarter"), sources.year.key]
    rows = [
        Row(key, (period_name(key, sources), *_asked(sources, key)), "total" if key == sources.year.key else "body")
        for key in keys
    ]
    return Table("asked", title, tuple(columns), tuple(rows))


def _asked(sources: Sources, key: str) -> list[Cell]:
    goals = sources.goals
    if goals is not None:
        found = goals.of_store(key)
        cells: list[Cell] = [Value(float(found[name].goal)) if name in found else None for name in ASKED]
        return [*cells, Value(found["gmv"].chance) if "gmv" in found else None]
    period = measures.period_within(key, sources.span)
    if period is None:
        return [None] * len(ASKED)
    return [Value(sources.middle(name, period)) for name in ASKED]


def _lead(sources: Sources) -> str:
    say, year = sources.say, sources.year
    low, middle, high = (sources.show(value, "money") for value in sources.quantiles("gmv", year))
    sentences = [say("answer.lead", year=year.key, p10=low, p50=middle, p90=high)]
    if year.last < dt.date(int(year.key), 12, 31):
        sentences.append(say("answer.partial", last=year.last))
    if math.isfinite(sources.chance):
        words = say(palette.chance_band(sources.chance)[1])
        chance = palette.chance_text(sources.chance)
        sentences.append(say("answer.target", target=sources.show(sources.target, "money"), chance=chance, words=words))
    return ("" if sources.lang == "zh" else " ").join(sentences + _against_middle(sources))


def _reachable(sources: Sources) -> list[Block]:
    """What the year reaches with good chances, where the plan has worked it out."""
    reachable = sources.goals.reachable if sources.goals is not None else ()
    if not reachable:
        return []
    chances = sources.say("and").join(palette.chance_text(chance) for chance, _ in reachable)
    amounts = sources.say("and").join(sources.show(amount, "money") for _, amount in reachable)
    return [Text(sources.say("answer.reachable", chances=chances, amounts=amounts))]


def _against_middle(sources: Sources) -> list[str]:
    """How far the year's goals are from the middle of the forecast, driver by driver."""
    if sources.goals is None:
        return []
    found = sources.goals.of_store(str(sources.goals.year))
    if not {"uv", "cvr", "aov"} <= found.keys():
        return []
    distances = {name: _distance(sources, float(found[name].goal), found[name].p50) for name in ("uv", "cvr", "aov")}
    return [sources.say("answer.asked", **distances)]


def _distance(sources: Sources, goal: float, middle: float) -> str:
    change = goal / middle - 1 if middle else float("nan")
    # Medians do not multiply: half a per cent either way is no request.
    if not abs(change) >= 0.005:
        return sources.say("answer.same")
    return sources.say("answer.more" if change > 0 else "answer.less", by=palette.percent(abs(change)))


def _facts(sources: Sources) -> list[Fact]:
    say, year, show = sources.say, sources.year, sources.show
    gmv, uv = (sources.quantiles(name, year) for name in ("gmv", "uv"))
    mean, again = sources.mean_of, bool(sources.elapsed)
    middle = (lambda name: sources.middle(name, year)) if again else mean
    cvr, aov, buyers = (middle(name) for name in ("cvr", "aov", "buyers"))
    value = cvr * aov if again else mean("uv_value")
    facts = [Fact(say("answer.gmv", year=year.key), show(gmv[1], "money"), _band_note(sources, gmv, "gmv"))]
    if math.isfinite(sources.chance):
        label = say("answer.chance", target=show(sources.target, "money"))
        words = say(palette.chance_band(sources.chance)[1])
        facts.append(Fact(label, palette.chance_text(sources.chance), words, sources.chance))
    facts += [
        Fact(say("answer.uv"), show(uv[1], "count"), say("per_day", value=show(uv[1] / year.n_days, "count"))),
        Fact(say("answer.cvr"), show(cvr, "share"),
             say("answer.buyers_note", buyers=show(buyers, "count"))),
        Fact(say("answer.aov"), show(aov, "price"),
             say("answer.value_note", value=show(value, "price"))),
        Fact(say("answer.ads"), show(np.median(sources.of_runs("ad_spend")), "money"),
             say("answer.ads_note", roas=show(mean("roas"), "factor"), share=show(mean("ad_share"), "share"))),
        *_money_facts(sources),
    ]  # fmt: skip
    return facts


def _money_facts(sources: Sources) -> list[Fact]:
    say = sources.say
    profit = sources.of_runs("profit")
    lowest, _ = measures.lowest_cash(sources.ensemble)
    gain, ruin = float(np.mean(profit > 0)), float(np.mean(lowest < 0))
    return [
        Fact(say("answer.profit"), sources.show(np.median(profit), "money"),
             say("answer.profit_note", chance=palette.chance_text(gain)), gain),
        Fact(say("answer.cash"), sources.show(np.median(lowest), "money"),
             say("answer.cash_note", chance=palette.chance_text(ruin)), 1 - ruin),
    ]  # fmt: skip


def _band_note(sources: Sources, values: measures.Array, name: str) -> str:
    low, _, high = (sources.show_kpi(value, name) for value in values)
    return sources.say("band_note", low=low, high=high)
