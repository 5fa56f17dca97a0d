"""`diagnose` on made days of which it is known what happened: where, what, since when, by whose doing."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from storesim.cli.main import main
from storesim.errors import PlanError, UsageError
from storesim.forecast.outlook import Outlook
from storesim.plan.break_down import break_down
from storesim.plan.diagnose import diagnose
from storesim.plan.diagnosis import Diagnosis
from storesim.plan.remedies import FACTORS, levers
from storesim.results.history import History
from storesim.scenario.booked import PayPerSale
from storesim.scenario.load import read_scenario
from storesim.scenario.targets import Target
from tests.plan.made_outlooks import made_outlook
from tests.plan.test_replan import lived

Array = NDArray[np.float64]

ROOT = Path(__file__).resolve().parents[2]
START = dt.date(2025, 7, 7)
N_DAYS = 112
AT = 84
"""The day on which something happens: 12 weeks before it and 4 after, away from sales of the platform."""


def _history(
    seed: int = 0,
    *,
    budget: float = 1.0,
    price: float = 1.0,
    cvr: float = 1.0,
    aov: float = 1.0,
    market: float = 1.0,
    show_market: bool = False,
) -> History:
    """Search and express of one store; from the day `AT` on each factor is multiplied as said."""
    chance = np.random.Generator(np.random.PCG64(seed))
    late = np.arange(N_DAYS) >= AT

    def moved(usual: float, by: float = 1.0, noise: float = 0.06) -> Array:
        week = np.where(np.arange(N_DAYS) % 7 >= 5, 0.8, 1.0)
        return usual * week * np.where(late, by, 1.0) * np.exp(noise * chance.standard_normal(N_DAYS))

    index = moved(100.0, market, 0.03)
    spend = np.round(np.where(late, budget, 1.0) * 600.0 * np.exp(0.01 * chance.standard_normal(N_DAYS)), 2)
    clicks = np.round(spend / np.where(late, price, 1.0) * np.exp(0.04 * chance.standard_normal(N_DAYS)))
    visitors = {
        "search": np.round(index * 12 * np.exp(0.05 * chance.standard_normal(N_DAYS))),
        "express": np.round(0.95 * clicks),
    }
    channels: dict[str, dict[str, Array]] = {}
    for channel, uv in visitors.items():
        buyers = chance.binomial(uv.astype(int), 0.05 * np.where(late, cvr, 1.0)).astype(float)
        value = 80 * np.where(late, aov, 1.0) * np.exp(0.05 * chance.standard_normal(N_DAYS))
        channels[channel] = {"uv": uv, "pv": np.round(3 * uv), "buyers": buyers, "gmv": np.round(buyers * value, 2)}
    channels["express"] |= {"ad_spend": spend, "clicks": clicks}
    names = ("uv", "pv", "buyers", "gmv")
    store = {name: channels["search"][name] + channels["express"][name] for name in names} | {"ad_spend": spend}
    if show_market:
        store["market"] = index
    return History(START, store, "mine", by_channel=channels)


def _sums_up(found: Diagnosis) -> bool:
    return round(sum(symptom.amount for symptom in found.symptoms), 2) == found.gap


def test_a_budget_that_was_cut_is_found_where_it_was_cut_and_since_when() -> None:
    hits = []
    for seed in range(6):
        found = diagnose(_history(seed, budget=0.4), START + dt.timedelta(days=AT))
        first = found.symptoms[0]
        assert _sums_up(found)
        assert (first.channel, first.factor, first.levers) == (
            "express", "ad_spend", ("channels.express.daily_budget",)
        )  # fmt: skip
        assert first.change == pytest.approx(-0.6, abs=0.03)
        assert not first.usual
        hits.append(first.since is not None and abs((first.since - START).days - AT) <= 2)

    assert all(hits)


def test_clicks_that_cost_more_are_told_from_a_smaller_budget() -> None:
    found = diagnose(_history(1, price=2.0), START + dt.timedelta(days=AT))

    first = found.symptoms[0]
    assert (first.channel, first.factor, first.levers) == ("express", "clicks_per_cny", ("channels.express.bid",))
    spend = next(one for one in found.symptoms if one.factor == "ad_spend")
    assert spend.usual
    assert abs(spend.amount) < 0.05 * abs(first.amount)


@pytest.mark.parametrize(("given", "factor"), [({"cvr": 0.6}, "cvr"), ({"aov": 0.7}, "aov")])
def test_conversion_and_value_are_found_in_every_channel(given: dict[str, float], factor: str) -> None:
    found = diagnose(_history(2, **given), START + dt.timedelta(days=AT))

    assert {(one.channel, one.factor) for one in found.symptoms[:2]} == {("search", factor), ("express", factor)}
    assert _sums_up(found)


def test_what_the_market_did_is_not_put_down_to_the_store() -> None:
    day = START + dt.timedelta(days=AT)

    told = diagnose(_history(3, market=0.6, show_market=True), day)
    untold = diagnose(_history(3, market=0.6), day)

    first = told.symptoms[0]
    assert (first.owner, first.factor, first.channel) == ("market", "market", "search")
    share = next(one for one in told.symptoms if one.factor == "market_share" and one.channel == "search")
    assert share.usual
    assert abs(share.amount) < 0.1 * abs(first.amount)
    # Without an index the same days are the store's own.
    assert (untold.symptoms[0].owner, untold.symptoms[0].factor) == ("own", "uv")
    assert _sums_up(told)
    assert _sums_up(untold)


def test_the_market_and_the_store_add_up_to_the_gap() -> None:
    found = diagnose(_history(4, market=0.6, cvr=1.3, show_market=True), START + dt.timedelta(days=AT))

    assert found.by_owner["market"] < 0 < found.by_owner["own"]
    assert round(sum(found.by_owner.values()), 2) == found.gap
    assert diagnose(_history(4), START + dt.timedelta(days=AT)).by_owner == {}


def test_weeks_without_anything_are_called_usual() -> None:
    symptoms = [one for seed in range(20) for one in diagnose(_history(seed), START + dt.timedelta(days=AT)).symptoms]

    # Twice the usual change leaves one in twenty by chance; 140 of them, so four standard errors are 7 %.
    assert np.mean([not one.usual for one in symptoms]) <= 0.12


def test_a_level_shift_parts_the_days_where_none_is_given() -> None:
    found = diagnose(_history(4, cvr=0.5))

    assert found.windows.why == "shift"
    assert abs((found.windows.dates(found.windows.after)[0] - START).days - AT) <= 2
    calm = diagnose(_history(5))
    assert (calm.windows.why, calm.windows.n_days) == ("latest", 28)


def test_views_are_split_into_visitors_and_depth() -> None:
    history = _history(6)
    deep = np.where(np.arange(N_DAYS) >= AT, 0.5, 1.0)
    channels = {name: {**own, "pv": np.round(own["pv"] * deep)} for name, own in history.by_channel.items()}

    found = diagnose(History(START, dict(history.columns), by_channel=channels), START + dt.timedelta(days=AT))

    assert {(one.channel, one.factor) for one in found.views[:2]} == {("search", "depth"), ("express", "depth")}
    gap = sum(np.sum(own["pv"][AT:]) - np.sum(own["pv"][AT - 28 : AT]) for own in channels.values())
    assert sum(one.amount for one in found.views) == gap


def test_a_report_of_channels_that_does_not_reach_back_is_not_read_as_nothing() -> None:
    history = _history(8, cvr=0.7)
    short = {
        channel: {name: np.where(np.arange(N_DAYS) >= AT, days, np.nan) for name, days in own.items()}
        for channel, own in history.by_channel.items()
    }

    found = diagnose(History(START, dict(history.columns), by_channel=short), START + dt.timedelta(days=AT))

    assert {symptom.channel for symptom in found.symptoms} == {""}
    assert _sums_up(found)
    assert (
        "Channels are not told apart on most days of both stretches; the store is looked at as a whole." in found.notes
    )


def _with_affiliates(history: History, known_from: int, sold_from: int) -> History:
    """The store with a third channel that sells from one day on and is known from another."""
    days = np.arange(N_DAYS)
    sold = {"uv": 300.0, "pv": 900.0, "buyers": 20.0, "gmv": 1_500.0}
    columns = {name: counts + np.where(days >= sold_from, sold.get(name, 0.0), 0.0)
               for name, counts in history.columns.items()}  # fmt: skip
    known = {name: np.where(days >= known_from, count, np.nan) for name, count in sold.items()}
    return History(START, columns, "mine", by_channel={**history.by_channel, "affiliate": known})


@pytest.mark.parametrize("opened", [AT, AT - 14])
def test_a_channel_that_opened_lately_brought_nothing_before(opened: int) -> None:
    found = diagnose(_with_affiliates(_history(9), opened, opened), START + dt.timedelta(days=AT))

    brought = round(sum(one.amount for one in found.symptoms if one.channel == "affiliate"), 2)
    assert brought == 1_500.0 * (28 - min(28, AT - opened))
    assert _sums_up(found)
    assert not [one for one in found.symptoms if one.channel == "rest"]


def test_a_channel_whose_report_does_not_reach_back_is_not_called_new() -> None:
    found = diagnose(_with_affiliates(_history(9), AT, 0), START + dt.timedelta(days=AT))

    assert "affiliate" not in {one.channel for one in found.symptoms}
    assert {one.channel for one in found.symptoms} == {"search", "express"}
    assert _sums_up(found)
    assert "Not known on most days of one stretch, and counted with what is in no channel: affiliate." in found.notes


def test_what_channels_do_not_add_up_to_stands_apart() -> None:
    history = _history(7)
    columns = {**history.columns, "gmv": history.columns["gmv"] + np.where(np.arange(N_DAYS) >= AT, 50.0, 0.0)}

    channels = {name: dict(own) for name, own in history.by_channel.items()}
    found = diagnose(History(START, columns, by_channel=channels), START + dt.timedelta(days=AT))

    (rest,) = (one for one in found.symptoms if one.channel == "rest")
    assert rest.amount == 28 * 50.0
    assert _sums_up(found)
    assert found.notes[-1].startswith("1,400.00 of the gap is in no channel")


def test_the_days_of_a_plan_that_are_over_are_held_against_it() -> None:
    outlook: Outlook = made_outlook(n_paths=40)
    target = Target(gmv=round(float(np.median(outlook.total("gmv"))), 2))
    goals = break_down(outlook, {"2027": target})

    found = diagnose(lived(outlook, visitors=0.6), plan=goals)

    assert found.windows.why == "plan"
    assert found.symptoms[0].factor == "uv"
    assert found.symptoms[0].change == pytest.approx(-0.4, abs=0.15)
    assert _sums_up(found)
    with pytest.raises(UsageError, match="give a plan or a day, not both"):
        diagnose(lived(outlook), dt.date(2027, 3, 1), plan=goals)


def test_days_that_bear_no_diagnosis_are_refused_in_words() -> None:
    history = _history()
    with pytest.raises(PlanError, match="needs visitors, buyers and GMV; mine has no buyers, gmv"):
        diagnose(History(START, {"uv": np.ones(40)}, "mine"))
    with pytest.raises(PlanError, match="a diagnosis needs 28 days, two weeks against two; mine has 20"):
        diagnose(history.until(START + dt.timedelta(days=19)))
    with pytest.raises(PlanError, match="leaves less than a week on one side; give a day from 2025-07-14 to"):
        diagnose(history, START)


def test_every_lever_is_a_setting_of_a_scenario() -> None:
    scenario = read_scenario(ROOT / "scenarios" / "elena_mileva.yaml")
    channels = ("", *scenario.channels)

    paths = {path for channel in channels for factor in FACTORS for path in levers(channel, factor, paid=True)}

    assert len(paths) > 8
    for path in paths:
        found: object = scenario
        for part in path.split("."):
            found = found[part] if hasattr(found, "keys") else getattr(found, part)
    assert levers("affiliate", "uv", paid=True) == ("channels.affiliate.rate",)
    assert "rate" in PayPerSale.model_fields


def test_the_command_tells_causes_in_both_languages_and_writes_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    exports = ROOT / "examples" / "exports"
    files = [str(exports / name) for name in ("shangzhi_store.csv", "shangzhi_sources.csv", "jzt_express_daily.csv")]

    assert main(["diagnose", *files, "-q", "--lang", "zh", "-o", str(tmp_path)]) == 0
    said = capsys.readouterr().out
    assert "自然搜索：访客数" in said
    lines = (tmp_path / "diagnosis.csv").read_text(encoding="utf-8-sig").splitlines()
    assert lines[0].startswith("rank,kpi,channel,factor,owner,before,after,change,amount")
    assert main(["diagnose", *files, "--json", "--since", "2026-04-01"]) == 0
    document = json.loads(capsys.readouterr().out)
    causes = [cause for cause in document["diagnosis"]["causes"] if cause["kpi"] == "gmv"]
    gap = document["diagnosis"]["gmv_after"] - document["diagnosis"]["gmv_before"]
    assert sum(cause["amount"] for cause in causes) == pytest.approx(gap, abs=0.001)
    # A file that bears no diagnosis is no mistake; a day that was asked for and cannot be is one.
    assert main(["diagnose", str(exports / "ranges.csv"), "-q"]) == 0
    assert "No diagnosis: a diagnosis needs" in capsys.readouterr().out
    assert main(["diagnose", *files, "--since", "2026-03-02"]) == 3
