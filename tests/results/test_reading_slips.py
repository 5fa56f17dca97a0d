"""Whatever a CSV file holds, reading it ends in a History or in a HistoryError with words."""

from __future__ import annotations

import contextlib
import datetime as dt
import io
import time
from pathlib import Path

import numpy as np
import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings, strategies as st
from openpyxl.utils.exceptions import IllegalCharacterError

from storesim.errors import HistoryError
from storesim.results.cells import date_order, read_cell, read_moment
from storesim.results.column_names import meaning
from storesim.results.findings import findings_csv, gathered
from storesim.results.history import History, read_history

GOOD = (
    "京东商智\n统计日期,访客数,成交客户数,成交金额(万元),成交转化率,天气\n汇总,600,11,0.28,1%,\n"
    '2027-03-01,100,2,0.04,2%,晴\n2027-03-02,"1,200",3,0.06,1.5%,雨\n2027-03-03,1000~2000,-,¥0.18,,晴\n'
)
SPLIT = (
    "日期,小时,一级渠道,二级渠道,商品SKU,访客数,成交客户数,成交金额,客单价\n"
    "2027-03-01,0,全部,全部,-,100,2,40,20\n2027-03-01,0,付费,京东快车,A1,60,1,20,20\n"
    "2027-03-01,13:00,付费,京东快车,A2,40,1,20,20\n2027-03-02,1,免费,-,A1,7,0,0,-\n"
)
PAGE = (
    "<html><table><tr><th>统计日期<th>访客数<th>支付金额</tr><tr><td>2027-03-01<td>1,000<td>&yen;5</tr>"
    "<tr><td>2027-03-02</td><td colspan=2>7</td></tr></table>"
)
MARKS = [b"PK\x03\x04", b"<table>", b"<html><tr><td>", b"\xff\xfe", b"\xef\xbb\xbf"]
MEAN = [
    ",",
    '"',
    "\n",
    "\r",
    ";",
    "\t",
    "\x00",
    "-",
    "~",
    "%",
    "万",
    "1e400",
    "9" * 400,
    "¥",
    "£",
    "日期",
    "uv",
    "月",
    "nan",
]
few = settings(
    max_examples=80, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@st.composite
def mutated(draw: st.DrawFn) -> str:
    """A good report with a few pieces cut out, doubled or written over."""
    text = draw(st.sampled_from([GOOD, SPLIT, PAGE]))
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(text)))
        until = min(len(text), at + draw(st.integers(0, 12)))
        piece = draw(st.one_of(st.just(""), st.sampled_from(MEAN), st.just(text[at:until] * 2), st.text(max_size=3)))
        text = text[:at] + piece + text[until:]
    return text


@few
@given(text=mutated(), encoding=st.sampled_from(["utf-8", "gb18030", "utf-16"]))
def test_a_report_with_random_slips_is_read_or_refused_in_words(text: str, encoding: str, tmp_path: Path) -> None:
    _read(tmp_path, text.encode(encoding, "ignore"))


@few
@given(data=st.binary(max_size=200))
def test_random_bytes_are_refused_in_words(data: bytes, tmp_path: Path) -> None:
    assert _read(tmp_path, data) is None


@few
@given(
    cells=st.lists(
        st.tuples(st.integers(1, 6), st.integers(1, 4), st.one_of(st.none(), st.booleans(), st.floats(), st.integers(),
                  st.datetimes(), st.times(), st.sampled_from(MEAN), st.text(max_size=4))),
        max_size=4,
    ),
    bytes_cut=st.integers(0, 40),
)  # fmt: skip
def test_a_workbook_with_random_cells_or_damage_is_read_or_refused_in_words(
    cells: list[tuple[int, int, object]], bytes_cut: int, tmp_path: Path
) -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append(["日期", "访客数", "成交金额"])
    for row in (["2027-03-01", 5, 7.5], [dt.date(2027, 3, 2), 6, "-"], ["2027-03-03", 1, 1]):
        sheet.append(row)
    for row, column, value in cells:
        with contextlib.suppress(ValueError, IllegalCharacterError):
            sheet.cell(row, column).value = value  # type: ignore[assignment]  # whatever openpyxl takes
    held = io.BytesIO()
    book.save(held)
    whole = held.getvalue()
    # Damage in one workbook in four: bytes from its middle are gone.
    damaged = whole[: len(whole) // 2] + whole[len(whole) // 2 + bytes_cut :] if bytes_cut > 30 else whole

    _read(tmp_path, damaged)


@few
@given(data=st.binary(max_size=100), mark=st.sampled_from(MARKS))
def test_random_bytes_behind_a_known_mark_are_refused_in_words(data: bytes, mark: bytes, tmp_path: Path) -> None:
    assert _read(tmp_path, mark + data) is None


def _read(folder: Path, data: bytes) -> History | None:
    """The history, None if it is refused; anything else that is raised fails the test."""
    path = folder / "shop.csv"
    path.write_bytes(data)
    started = time.process_time()
    try:
        history: History | None = read_history(path)
        said = ""
    except HistoryError as wrong:
        history, said = None, str(wrong)
    assert time.process_time() - started < 2.0
    _read_leniently(path, history)
    # Known figures are finite; what is not known is NaN, never infinite.
    assert said if history is None else not any(np.isinf(history.daily(name)).any() for name in history.columns)
    return history


def _read_leniently(path: Path, strictly: History | None) -> None:
    """A lenient reader finds errors where a strict one refuses, and only there; or nothing is left to read."""
    try:
        history = read_history(path, strict=False)
    except HistoryError:
        assert strictly is None
        return
    errors = [finding for finding in history.findings if finding.level == "error"]
    assert bool(errors) == (strictly is None)
    findings_csv(gathered(history.findings))


@pytest.mark.parametrize("header", ["成交转化率(%)", "转化率（％）", "转化率%", "cvr %"])
def test_a_header_that_says_percent_is_believed_however_small_the_shares(header: str, tmp_path: Path) -> None:
    rows = [f"2027-03-{day:02d},1000,{cvr}" for day, cvr in ((1, "0.20"), (2, "0.25"), (3, "0.3%"), (4, "0.28"))]
    path = tmp_path / "days.csv"
    path.write_text("\n".join([f"日期,访客数,{header}", *rows]) + "\n", encoding="utf-8")

    found = read_history(path)

    assert found.daily("buyers").round(3).tolist() == [2.0, 2.5, 3.0, 2.8]
    assert any("is read as percent, as its header says" in note for note in found.notes)


@pytest.mark.parametrize(
    ("header", "scale"),
    [("成交金额(百万)", 1e6), ("成交金额（千万元）", 1e7), ("成交金额(千元)", 1e3), ("GMV (k)", 1e3), ("GMV [m]", 1e6),
     ("成交金额(万元)", 1e4), ("成交金额(亿元)", 1e8), ("成交金额(元)", 1.0), ("成交金额万元", 1e4), ("GMV (w)", 1e4),
     ("成交金额 千元", 1e3), ("成交金额/亿", 1e8), ("GMV_k", 1e3), ("成交金额w", 1e4), ("revenue m", 1e6)],
)  # fmt: skip
def test_the_unit_of_a_header_is_the_one_it_says(header: str, scale: float, tmp_path: Path) -> None:
    path = tmp_path / "days.csv"
    path.write_text(f"日期,访客数,{header}\n2027-03-01,1000,2.5\n2027-03-02,1100,3\n", encoding="utf-8")

    found = read_history(path)

    assert found.daily("gmv").tolist() == [2.5 * scale, 3 * scale]
    assert any("in units of" in note for note in found.notes) == (scale > 1)


@pytest.mark.parametrize(
    ("cell", "middle"),
    [("1~2万", 15_000.0), ("¥1~2万", 15_000.0), ("1万~2万", 15_000.0), ("100至200", 150.0),
     ("5000~1万", 7_500.0), ("¥5,000~1万", 7_500.0), ("3%~5", 0.04), ("3-5%", 0.04), ("1万-2万", 15_000.0),
     ("¥1,000 – ¥2,000", 1_500.0), ("1-2w", 15_000.0)],
)  # fmt: skip
def test_a_unit_at_the_end_of_a_range_is_that_of_both_ends(cell: str, middle: float) -> None:
    assert read_cell(cell).value == pytest.approx(middle)
    assert read_cell("3~5%").value == pytest.approx(0.04)


@pytest.mark.parametrize(
    ("cells", "days"),
    [
        (["24/02/28", "24/02/29", "24/03/01"], ["2024-02-28", "2024-02-29", "2024-03-01"]),
        (["13/02/27", "13/02/28", "13/03/01"], ["2013-02-27", "2013-02-28", "2013-03-01"]),
        (["12/02/03", "12/02/04", "12/02/05"], ["2012-02-03", "2012-02-04", "2012-02-05"]),
        (["24.02.05", "24.02.12", "24.02.19"], ["2024-02-05", "2024-02-12", "2024-02-19"]),
        (["24-02-28 13:00", "24-02-28 14:00", "24-02-29 13:00"], ["2024-02-28", "2024-02-28", "2024-02-29"]),
        (["27/02/13", "28/02/13", "01/03/13"], ["2013-02-27", "2013-02-28", "2013-03-01"]),
        (["02/27/13", "02/28/13", "03/01/13"], ["2013-02-27", "2013-02-28", "2013-03-01"]),
        (["3/4/2018", "4/4/2018", "4/4/2018", "5/4/2018"], ["2018-04-03", "2018-04-04", "2018-04-04", "2018-04-05"]),
    ],
)
def test_dates_are_read_in_the_order_in_which_they_follow_each_other(cells: list[str], days: list[str]) -> None:
    order = date_order(cells)

    assert [str(read_moment(cell, order)[0]) for cell in cells] == days


@pytest.mark.parametrize("cells", [["24/02/29"], ["13/02/27", "19/08/21", "16/11/25"], ["01/02/03 13:00"]])
def test_short_dates_whose_order_nothing_tells_are_refused(cells: list[str]) -> None:
    assert date_order(cells) is None
    with pytest.raises(ValueError, match=r"may begin with its day, month or year; write dates as 2027-01-31"):
        read_moment(cells[0], None)


def test_a_year_at_the_other_end_is_refused_in_its_row_alone() -> None:
    cells = ["24/02/28", "24/02/29", "24/03/01", "02/03/2024"]
    order = date_order(cells)

    assert [str(read_moment(cell, order)[0]) for cell in cells[:3]] == ["2024-02-28", "2024-02-29", "2024-03-01"]
    with pytest.raises(ValueError, match=r"'02/03/2024' has its year last, and other rows have it first"):
        read_moment(cells[3], order)


@pytest.mark.parametrize("cell", ["2026-01", "138-0013-8000", "200-100", "5-5", "a-b", "1-2-3"])
def test_a_hyphen_that_parts_no_rising_numbers_makes_no_range(cell: str) -> None:
    with pytest.raises(ValueError, match="is not a number"):
        read_cell(cell)


def test_a_minus_or_a_power_is_no_range() -> None:
    assert (read_cell("-5").value, read_cell("-5%").value, read_cell("1e-5").value) == (-5.0, -0.05, 1e-5)


@pytest.mark.parametrize("header", ["UVw", "备注千", "天气", "w", "人次"])
def test_letters_that_may_be_no_unit_make_no_figure_of_a_header(header: str) -> None:
    assert meaning(header).kind == "other"


def test_percent_in_words_behind_a_header_counts_as_its_sign(tmp_path: Path) -> None:
    path = tmp_path / "days.csv"
    path.write_text("日期,访客数,cvr_pct\n2027-03-01,1000,0.5\n2027-03-02,1000,0.8\n", encoding="utf-8")

    assert read_history(path).daily("buyers").tolist() == pytest.approx([5.0, 8.0])


@pytest.mark.parametrize(
    "text",
    [
        "商品SKU,日期,访客数,成交金额\nA1,2026-01-01~2026-01-31,100,50\nA2,2026-01-01~2026-01-31,90,40\n",
        "商品SKU,日期,访客数,成交金额\nA1,20260101-20260131,100,50\n",
        "商品SKU,时间,访客数,成交金额\nA1,2026-01-01 00:00:00 至 2026-01-31 23:59:59,100,50\n",
        "商品SKU,开始日期,结束日期,访客数,成交金额\nA1,2026-01-01,2026-01-31,100,50\n",
    ],
)
def test_rows_that_cover_periods_are_refused_once_as_not_daily(text: str, tmp_path: Path) -> None:
    path = tmp_path / "skus.csv"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(HistoryError) as raised:
        read_history(path)

    assert len(raised.value.faults) == 1
    assert "cover periods ('2026" in str(raised.value).replace("'20260101", "'2026-01-01")
    assert "export the report by day, one row a day" in str(raised.value)


def test_a_period_of_one_day_is_that_day(tmp_path: Path) -> None:
    path = tmp_path / "skus.csv"
    rows = ("A1,2026-01-01~2026-01-01,100,50", "A2,2026-01-01~2026-01-01,90,40", "A1,2026-01-02~2026-01-02,80,30")
    path.write_text("\n".join(["商品SKU,日期,访客数,成交金额", *rows]), encoding="utf-8")

    assert read_history(path).daily("gmv").tolist() == [90.0, 30.0]
