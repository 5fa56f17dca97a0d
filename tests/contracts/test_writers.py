"""The same questions to every format: whole, the same bytes, names as text, both languages, every table's numbers."""

from __future__ import annotations

import io
import re
import zipfile
from functools import cache
from pathlib import Path

import pytest
from tests.report import made_up
from tests.report.pages import HOSTILE, planned, report

import storesim
from storesim.errors import RunError, UsageError
from storesim.plan.goals import Goals
from storesim.report.document import Column, Report, Row, Section, Table, Text, Value
from storesim.report.writers import WRITERS, writer_for

ENDINGS = tuple(WRITERS)


@cache
def written(ending: str, lang: str = "en") -> bytes:
    """The report of the made-up runs in that format, written once for all tests."""
    return writer_for(f"store{ending}")(report(lang))


def words_of(ending: str, content: bytes) -> str:
    """Everything a file says, with its own mark-up still in it."""
    if ending == ".xlsx":
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            return "\n".join(parts.read(name).decode() for name in parts.namelist() if name.endswith(".xml"))
    return content.decode()


def number_in(ending: str, amount: float) -> str:
    return f"{amount:.10g}" if ending == ".xlsx" else f"{amount:,.0f}"


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("ending", ENDINGS)
def test_every_format_writes_the_same_bytes_for_the_same_report(ending: str, lang: str) -> None:
    again = writer_for(f"store{ending}")(report(lang))

    assert again == written(ending, lang)


@pytest.mark.parametrize("ending", ENDINGS)
def test_every_format_says_every_quarter_of_the_goals(ending: str) -> None:
    said = words_of(ending, written(ending))

    for period in ("2027", "2027Q1", "2027Q2", "2027Q3", "2027Q4"):
        assert number_in(ending, float(planned().value(period, "uv"))) in said


@pytest.mark.parametrize("ending", ENDINGS)
def test_no_format_lets_a_name_act(ending: str) -> None:
    said = words_of(ending, writer_for(f"store{ending}")(report("en", HOSTILE)))

    assert "HYPERLINK" in said
    assert "<script>alert" not in said
    assert "\u202e" not in said
    assert not re.search(r"<f>[^<]*HYPERLINK", said)


@pytest.mark.parametrize("ending", ENDINGS)
def test_every_format_shows_a_dash_for_what_is_unknown(ending: str) -> None:
    columns = (Column("name", "Name"), Column("number", "Number", "money"))
    table = Table("one", "One", columns, (Row("a", ("unknown", Value(float("nan")))),))
    section = Section("only", "Only", (Text("Words."), table))

    said = words_of(ending, writer_for(f"x{ending}")(Report("Title", "", "en", (section,), (section,))))

    assert "–" in said
    assert not re.search(r"[>|\"]\s*nan\s*[<|\"]", said, re.IGNORECASE)


@pytest.mark.parametrize("ending", ENDINGS)
def test_write_report_makes_a_whole_file_of_that_format(ending: str, tmp_path: Path) -> None:
    runs = made_up.ensemble()
    path = tmp_path / f"store{ending.upper()}"

    made = storesim.write_report(path, made_up.scenario(), runs, made_up.outlook(runs), planned(), lang="en")

    assert made == path
    assert path.read_bytes() == written(ending)
    assert [found.name for found in tmp_path.iterdir()] == [path.name]


def test_an_unknown_ending_is_refused_with_those_there_are() -> None:
    with pytest.raises(UsageError, match=r"no report is written as '\.docx'; end the name in \.html, \.xlsx, \.md"):
        writer_for("store.docx")
    with pytest.raises(UsageError, match="a file without an ending"):
        writer_for("store")


def test_a_file_that_cannot_be_written_is_told_by_name(tmp_path: Path) -> None:
    (tmp_path / "taken.md").mkdir()

    with pytest.raises(RunError, match=r"taken\.md"):
        storesim.write_report(tmp_path / "taken.md", made_up.scenario(), made_up.ensemble(), lang="en")


def test_a_report_without_goals_is_written_in_every_format(tmp_path: Path) -> None:
    none: Goals | None = None

    for ending in ENDINGS:
        path = tmp_path / f"store{ending}"
        assert storesim.write_report(path, made_up.scenario(), made_up.ensemble(), goals=none, lang="zh").is_file()
