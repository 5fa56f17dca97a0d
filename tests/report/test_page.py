"""The page: one file, offline, readable with scripts off, complete in both languages, and true to the goals."""

from __future__ import annotations

import base64
import hashlib
import re
from xml.etree import ElementTree as ET

import pytest

from storesim.report import palette
from storesim.report.build import build_report
from storesim.report.document import Figure
from storesim.report.words import CATALOGUE, Words
from storesim.report.writers import html
from tests.report import made_up
from tests.report.pages import HOSTILE, page, planned, report, take, taken

SECTIONS = (
    "answer", "path", "stages", "goals", "channels", "ads", "operations", "money", "assumptions", "provenance",
)  # fmt: skip
FIGURES = ("path", "running", "stages", "goals", "visitors", "ads", "operations", "money", "cash")
TABLES = (
    "asked", "events", "stages", "stages_by", "quarter_goals", "month_goals", "channel_goals", "next_days", "funnel",
    "visits", "ads", "operations", "money", "settings_set", "settings_default", "again", "errors",
)  # fmt: skip
LANGUAGES = ("zh", "en")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_page_fetches_nothing(lang: str) -> None:
    for tag, given in taken(lang).elements:
        assert tag not in ("link", "img", "iframe", "object", "embed", "base", "form") or given == {
            "rel": "icon", "href": "data:,"
        }  # fmt: skip
        assert "src" not in given
        assert given.get("href", "#").startswith(("#", "data:,"))
        assert "style" not in given
        assert not any(name.startswith("on") for name in given)
    for css in taken(lang).raw["style"]:
        assert not re.search(r"url\(|@import|@font-face", css)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_content_policy_lets_in_only_the_pages_own_style_and_script(lang: str) -> None:
    parts = taken(lang)
    policy = next(
        given["content"] for tag, given in parts.elements if given.get("http-equiv") == "Content-Security-Policy"
    )

    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules["default-src"] == "'none'"
    for kind in ("style", "script"):
        (content,) = parts.raw[kind]
        digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        assert rules[f"{kind}-src"] == f"'sha256-{digest}'"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_section_figure_and_table_is_there_without_scripts(lang: str) -> None:
    parts = taken(lang)
    ids = [given["id"] for tag, given in parts.elements if "id" in given and tag in ("section", "figure")]
    say = Words(lang)

    assert [one for one in ids if not one.startswith("figure-")] == list(SECTIONS)
    assert [one.removeprefix("figure-") for one in ids if one.startswith("figure-")] == list(FIGURES)
    assert list(TABLES) == [key for key in parts.tables if key != "items"]
    assert all(say(section) in parts.text for section in SECTIONS)
    assert all(len(rows) > 1 for rows in parts.tables.values())


def test_the_script_only_adds_to_what_is_there() -> None:
    without = re.sub(r"<script>.*?</script>", "", page("en"), flags=re.DOTALL)

    assert take(without).tables == taken("en").tables
    assert take(without).text.split() == taken("en").text.split()


def test_each_language_keeps_to_itself() -> None:
    chinese = re.compile(r"[\u4e00-\u9fff]")
    said = {en for key, (_, en) in CATALOGUE.items() if "{" not in en and not chinese.search(en) and len(en) > 12}

    assert not [sentence for sentence in said if sentence in taken("zh").text]
    assert not [zh for zh, _ in CATALOGUE.values() if "{" not in zh and len(zh) > 4 and zh in taken("en").text]
    assert 'lang="zh-CN"' in page("zh")
    assert 'lang="en"' in page("en")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_quarters_on_the_page_are_the_quarters_of_the_goals(lang: str) -> None:
    goals = planned()
    names = {
        "zh": ["2027年第1季度", "2027年第2季度", "2027年第3季度", "2027年第4季度", "2027年"],
        "en": ["Q1 2027", "Q2 2027", "Q3 2027", "Q4 2027", "2027"],
    }

    for period, name in zip(("2027Q1", "2027Q2", "2027Q3", "2027Q4", "2027"), names[lang], strict=True):
        row = taken(lang).row("asked", name)
        for cell, kpi in zip(row[1:7], ("gmv", "uv", "pv", "cvr", "aov", "ad_spend"), strict=True):
            wanted = palette.show_aligned(float(goals.value(period, kpi)), palette.kind_of(kpi), lang)
            assert cell == wanted, (period, kpi)
        assert row[7].startswith(palette.chance_text(goals.chance(period)))


def test_every_month_and_channel_on_the_page_is_that_of_the_goals() -> None:
    goals = planned()
    months = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

    for number, name in enumerate(months, 1):
        row = taken("en").row("month_goals", f"{name} 2027")
        assert row[1] == f"¥{goals.value(f'2027-{number:02d}', 'gmv'):,.0f}"
        assert row[2] == f"{goals.value(f'2027-{number:02d}', 'uv'):,}"
    whole_year = taken("en").tables["channel_goals"]
    last = whole_year[[row[0] for row in whole_year].index("2027") + 1 :]
    heads = whole_year[0]
    for row, channel in zip(last, made_up.CHANNELS, strict=True):
        assert row[heads.index("Visitors (UV)")] == f"{goals.value('2027', 'uv', channel):,}"
        assert row[heads.index("GMV")] == f"¥{goals.value('2027', 'gmv', channel):,.0f}"
        spent = f"¥{goals.value('2027', 'ad_spend', channel):,.0f}" if channel in made_up.PAID else "–"
        assert row[heads.index("Ad spend")] == spent


def test_the_lead_says_forecast_target_and_chance() -> None:
    gmv = made_up.ensemble().total("gmv")
    reached = float((gmv >= 5_000_000).mean())

    text = taken("en").text
    assert f"In the middle run the store sells ¥{sorted(gmv)[19] / 2 + sorted(gmv)[20] / 2:,.0f} in 2027" in text
    assert f"The chance of reaching the target of ¥5,000,000 is {palette.chance_text(reached)}" in text


def test_notes_of_the_break_down_are_told_in_the_language_of_the_page() -> None:
    assert all(note in taken("en").text for note in planned().notes)
    assert all(note in taken("zh").text for note in planned().notes_zh)


def test_the_page_ends_with_what_makes_the_same_numbers_again() -> None:
    rows = dict(row[:2] for row in taken("en").tables["again"][1:])

    assert rows["Fingerprint of the scenario (SHA-256)"] == "f" * 64
    assert rows["Seed"] == "7"
    assert rows["Runs"] == "40"
    assert list(taken("en").tables)[-2:] == ["again", "errors"]


def test_hostile_names_stay_text() -> None:
    parts = taken("en", HOSTILE)

    assert [tag for tag, _ in parts.elements].count("script") == 1
    assert '=HYPERLINK("//evil")<script>alert(1)</script>&amp;' in parts.text
    assert "\u202e" not in page("en", HOSTILE)
    assert "<script>alert(1)" not in page("en", HOSTILE)


def test_hostile_names_stay_text_in_pictures() -> None:
    drawn = {block.key: block.draw() for section in report("en", HOSTILE).sections for block in section.blocks
             if isinstance(block, Figure)}  # fmt: skip

    for key, svg in drawn.items():
        words = ["".join(node.itertext()) for node in ET.fromstring(svg).iter() if node.tag.endswith("text")]  # noqa: S314  # made a moment ago
        assert "<script" not in svg
        # The event of that name is on the strip above the days, its dollar signs not read as a formula.
        assert (key == "path") == any("$x_1$" in word for word in words), key


def test_pictures_share_no_identifiers_and_have_words_for_those_who_cannot_see() -> None:
    ids = [given["id"] for _, given in taken("en").elements if "id" in given]

    assert len(ids) == len(set(ids))
    pictures = [given for tag, given in taken("en").elements if tag == "svg"]
    assert len(pictures) == len(FIGURES)
    assert all(given["role"] == "img" and len(given["aria-label"]) > 30 for given in pictures)
    used = re.findall(r"url\(#([\w.-]+)\)", page("en")) + re.findall(r'<use[^>]* href="#([\w.-]+)"', page("en"))
    assert set(used) <= set(ids)


def test_no_number_on_the_page_is_unknown_to_python_only() -> None:
    for lang in LANGUAGES:
        cells = [
            cell for key, rows in taken(lang).tables.items() if "settings" not in key for row in rows for cell in row
        ]
        assert not [cell for cell in cells if re.search(r"\b(nan|inf|None|NaN)\b", cell)]
        assert "None" not in [row[1] for row in taken(lang).tables["settings_default"]]
        assert not re.search(r'="[^"]*\bnan\b', page(lang))


def test_the_same_results_give_the_same_bytes() -> None:
    runs = made_up.ensemble()

    again = html.write(build_report(made_up.scenario(), runs, made_up.outlook(runs), planned(), lang="en"))

    assert again.decode() == page("en")


def test_the_page_is_small_enough_to_be_sent() -> None:
    assert len(page("zh").encode()) < 600_000
