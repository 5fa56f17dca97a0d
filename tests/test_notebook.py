"""Scenarios, runs and ensembles in a notebook: a picture first, then a table, and choices where there is too much."""

from __future__ import annotations

import base64
import importlib.util
import re
import sys
from pathlib import Path

import pytest

from storesim.errors import MissingExtra
from storesim.notebook import html
from storesim.report.palette import show
from storesim.results.ensemble import Ensemble
from storesim.runs.many import replicate
from storesim.scenario.document import Scenario
from storesim.scenario.load import read_scenario

SMALL = Path(__file__).parent / "cli" / "small.yaml"
HOSTILE = "</table><script>alert(1)</script>"

needs_widgets = pytest.mark.skipif(
    importlib.util.find_spec("ipywidgets") is None, reason="ipywidgets is not installed: storesim[notebook]"
)


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return read_scenario(SMALL).with_({"horizon": "12d"})


@pytest.fixture(scope="module")
def ensemble(scenario: Scenario) -> Ensemble:
    return replicate(scenario, 3, 7, executor="serial")


def test_a_run_and_an_ensemble_show_a_picture_then_their_totals(ensemble: Ensemble) -> None:
    for value in (ensemble, ensemble.run(1)):
        shown = value._repr_html_()

        assert shown.index("<img") < shown.index("<table")
        assert _picture(shown).count("<svg") == 1

    assert show(ensemble.run(1).total("gmv"), "money", "en") in html(ensemble.run(1), "en")


def test_what_is_shown_is_in_the_readers_language(scenario: Scenario, ensemble: Ensemble) -> None:
    for value in (scenario, ensemble.run(0), ensemble):
        zh, en = html(value, "zh"), html(value, "en")

        assert 'lang="zh"' in zh
        assert 'lang="en"' in en
        assert len(re.findall("[\u4e00-\u9fff]", zh)) > 20
        # The store's own name, and JD's names of its channels, stay.
        assert not re.search("[\u4e00-\u9fff]", re.sub(r"小店|\(京东快车\)", "", en))


def test_a_scenario_shows_its_channels_and_targets(scenario: Scenario) -> None:
    shown = html(scenario, "en")

    assert "GMV target of 2027: <b>¥100,000</b>" in shown
    assert re.search(r"Express.*?paid by the click.*?¥60", shown)
    assert scenario.fingerprint[:12] in shown


def test_hostile_names_stay_text(scenario: Scenario) -> None:
    shown = html(scenario.with_({"store.name": HOSTILE}), "en")

    assert "<script" not in shown
    assert "&lt;script&gt;" in shown


@needs_widgets
def test_choices_change_the_picture_and_the_total(ensemble: Ensemble) -> None:
    explorer = ensemble.explore("en")
    (kpi, channel), days, shown = explorer.children[0].children, *explorer.children[1:]
    seen = [shown.value]

    kpi.value = "uv"
    seen.append(shown.value)
    channel.value = "express"
    seen.append(shown.value)
    days.index = (2, 4)
    seen.append(shown.value)

    assert len(set(seen)) == 4
    first, last = ensemble.dates[2], ensemble.dates[4]
    assert f"{first} – {last}" in seen[-1]
    middle = sorted(ensemble.total("uv", "express", first, last))[1]
    assert f">{middle:,.0f}<" in seen[-1]


@needs_widgets
def test_a_figure_that_a_channel_does_not_keep_is_not_offered_for_it(ensemble: Ensemble) -> None:
    explorer = ensemble.run(0).explore("zh")
    kpi, channel = explorer.children[0].children
    kpi.value = "profit"

    channel.value = "search"

    assert "profit" not in dict(kpi.options).values()
    assert kpi.value == "gmv"
    assert "自然搜索" in explorer.children[2].value


def test_exploring_without_the_library_names_the_extra(ensemble: Ensemble, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ipywidgets", None)

    with pytest.raises(MissingExtra, match=r"pip install 'storesim\[notebook\]'"):
        ensemble.explore()


def _picture(shown: str) -> str:
    found = re.search('src="data:image/svg[+]xml;base64,([^"]+)"', shown)
    assert found is not None
    return base64.b64decode(found[1]).decode()
