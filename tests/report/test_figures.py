"""Pictures: shapes and words that stand in a page, whatever the numbers."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from xml.etree import ElementTree as ET

import matplotlib as mpl
import numpy as np
import pytest

from storesim.report import figures, palette
from storesim.report.figures import Band, Frame, Mark, Series

START = dt.date(2027, 1, 1)
FRAME = Frame("one", "What it shows, <in> words", "en")
BAND = np.linspace(1.0, 9.0, 90)[:, np.newaxis] * np.array([0.8, 1.0, 1.2])
MONTHS = ["Jan 27", "Feb", "Mar"]


def words(svg: str) -> list[str]:
    return ["".join(node.itertext()) for node in ET.fromstring(svg).iter() if node.tag.endswith("}text")]  # noqa: S314  # made a moment ago


def all_pictures(scale: float) -> dict[str, str]:
    band = Band("GMV", "money", BAND * scale)
    series = [Series("Search", np.array([1.0, 2.0, 3.0]) * scale, 0), Series("Express", np.zeros(3), 1)]
    steps = np.array([100.0, -60.0, -50.0, -10.0]) * scale
    months = Band("", "money", np.array([[1.0, 2.0, 3.0]] * 3) * scale)
    return {
        "path": figures.path(FRAME, [band], START, [Mark("618", 10, 12)], [Mark("growth", 40, 40)]),
        "running": figures.towards_target(FRAME, band, START, 5.0 * scale, "Target"),
        "stages": figures.stages(FRAME, np.full((3, 90), 1 / 3), ["one", "two", "three"], START),
        "months": figures.by_month(FRAME, MONTHS, ("UV", "count", series), [("CPC", "price", series)]),
        "multiples": figures.multiples(FRAME, [band, band], START),
        "goals": figures.goals(FRAME, MONTHS, months, np.array([1.0, np.nan, 3.0]), ("f", "g")),
        "waterfall": figures.waterfall(FRAME, ["GMV", "Goods", "Ads", "Profit"], steps),
    }


@pytest.mark.parametrize("scale", [0.0, 1e-6, 1.0, 1e9])
def test_every_picture_is_sound_at_any_scale(scale: float) -> None:
    for name, svg in all_pictures(scale).items():
        root = ET.fromstring(svg)  # noqa: S314  # made a moment ago
        assert root.attrib["aria-label"] == FRAME.alternative, name
        assert not re.search(r"\b(nan|inf)\b", svg), name
        assert "style=" not in svg, name


def test_bands_events_stages_and_target_are_named_in_the_picture() -> None:
    drawn = all_pictures(1000.0)

    assert {"GMV", "618", "growth", "Jan 27", "Mar"} <= set(words(drawn["path"]))
    assert "Target" in words(drawn["running"])
    assert {"one", "two", "three", "100%"} <= set(words(drawn["stages"]))
    assert {"Search", "Express", "CPC"} <= set(words(drawn["months"]))
    assert {"f", "g"} <= set(words(drawn["goals"]))
    assert "-¥60,000" in words(drawn["waterfall"])


def test_a_band_is_drawn_in_its_colour_and_lighter_than_its_line() -> None:
    svg = all_pictures(1000.0)["path"]

    assert re.search(rf'fill="{palette.BAND}"[^>]*opacity="0\.22"|opacity="0\.22"[^>]*fill="{palette.BAND}"', svg)
    assert re.search(rf'stroke="{palette.BAND}"', svg)


def test_two_pictures_of_a_page_share_no_identifier() -> None:
    one, other = (
        figures.towards_target(Frame(key, "Words", "en"), Band("", "money", BAND), START, 5.0, "Target")
        for key in ("first", "second")
    )

    ids = [set(re.findall(r' id="([^"]+)"', svg)) for svg in (one, other)]
    assert ids[0]
    assert not ids[0] & ids[1]


def test_events_on_neighbouring_days_get_rows_of_their_own() -> None:
    crowd = [Mark(f"event number {i}", 10 + i, 10 + i) for i in range(4)]

    svg = figures.path(FRAME, [Band("GMV", "money", BAND)], START, crowd, [])

    tops = re.findall(r'y="([\d.]+)"[^>]*>event number|translate\([\d.]+ ([\d.]+)\)[^>]*>event number', svg)
    assert len({max(pair, key=len) for pair in tops}) == 4


@pytest.mark.parametrize("draw", [all_pictures])
def test_drawing_leaves_no_style_behind(draw: Callable[[float], dict[str, str]]) -> None:
    before = dict(mpl.rcParams)

    draw(1.0)

    assert dict(mpl.rcParams) == before


def test_a_legend_too_long_for_a_line_goes_on_in_the_next_within_the_picture() -> None:
    names = [f"A channel with a long name {i}" for i in range(7)]
    series = [Series(name, np.array([1.0, 2.0, 3.0]), i) for i, name in enumerate(names)]

    svg = figures.by_month(FRAME, MONTHS, ("UV", "count", series))

    assert figures.legend_lines(names[:2]) == 1
    assert figures.legend_lines(names) == 3
    width = float(ET.fromstring(svg).attrib["viewBox"].split()[2])  # noqa: S314  # made a moment ago
    placed = {"".join(node.itertext()): node for node in ET.fromstring(svg).iter() if node.tag.endswith("}text")}  # noqa: S314
    for name in names:
        x = float(re.findall(r"[\d.]+", placed[name].attrib.get("transform", "") or placed[name].attrib["x"])[0])
        assert x + figures.text_width(name, 8) <= width
