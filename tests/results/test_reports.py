"""Reports as merchants have them: workbooks, pages called .xls, sources, SKUs, ads by the hour, several at once."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest

from storesim.errors import HistoryError, UsageError
from storesim.results.history import History, read_history

Read = Callable[..., History]

STORE = (
    "日期,浏览量,访客数,成交客户数,成交单量,成交金额\n2026-03-01,400,100,10,11,1100\n2026-03-02,480,120,12,12,1320\n"
)


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """`read(store=..., express=...)` is the history in files of these names."""

    def of(*, told: dict[str, Any] | None = None, **texts: str | bytes) -> History:
        paths = []
        for name, text in texts.items():
            path = tmp_path / f"{name}.csv"
            path.write_bytes(text if isinstance(text, bytes) else text.encode())
            paths.append(path)
        return read_history(*paths, **(told or {}))

    return of


def _workbook(*sheets: tuple[str, list[list[object]]]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for title, rows in sheets:
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    held = io.BytesIO()
    book.save(held)
    return held.getvalue()


def test_a_workbook_is_read_with_its_dates_and_percentages(read: Read) -> None:
    book = openpyxl.load_workbook(io.BytesIO(_workbook(("概况", [
        ["京东商智"], [],
        ["日期", "访客数", "成交转化率", "成交金额"],
        [dt.datetime(2026, 3, 1), 1000, 0.012, 2400.5],
        [dt.datetime(2026, 3, 2), "1,100", 0.02, "-"],
    ]))))  # fmt: skip
    for row in (4, 5):
        book.worksheets[0].cell(row, 3).number_format = "0.00%"
    held = io.BytesIO()
    book.save(held)

    history = read(store=held.getvalue())

    assert (history.start, history.daily("uv").tolist()) == (dt.date(2026, 3, 1), [1000.0, 1100.0])
    assert history.daily("buyers").tolist() == [12.0, 22.0]
    assert np.isnan(history.daily("gmv")[1])
    (unknown,) = (finding for finding in history.findings if finding.kind == "unknown")
    assert (unknown.row, unknown.column, unknown.value, unknown.done) == (5, "成交金额", "-", "read as missing")


def test_every_sheet_with_days_is_read_and_others_are_named(read: Read) -> None:
    book = _workbook(
        ("说明", [["本报表由系统生成"]]),
        ("店铺", [["日期", "访客数"], ["2026-03-01", 100], ["2026-03-02", 120]]),
        ("快车", [["日期", "花费", "点击数"], ["2026-03-01", 30, 20], ["2026-03-02", 36, 24]]),
    )

    history = read(book=book)

    assert history.total("uv") == 220.0
    assert history.total("cpc", channel="express") == 1.5
    assert "Sheets without a table of days are left out: 说明." in history.notes


@pytest.mark.parametrize("encoding", ["utf-8", "gbk"])
def test_a_page_that_is_called_xls_is_read(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "商智.xls"
    page = (
        "<html><head><meta charset=x></head><body><table><tr><td colspan=2>店铺经营</td></tr></table><table>"
        "<tr><th>日期</th><th>访客数</th><th>成交金额</th></tr>"
        "<tr><td>2026-03-01</td><td>1,000</td><td>&yen;5</td></tr><tr><td>2026-03-02<td>7<td>6</table></body></html>"
    )
    path.write_bytes(page.encode(encoding))

    history = read_history(path)

    assert history.daily("uv").tolist() == [1000.0, 7.0]
    assert history.daily("gmv").tolist() == [5.0, 6.0]


def _zip(*names: str) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as packed:
        for name in names:
            packed.writestr(name, "x")
    return held.getvalue()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"\x89PNG\r\n\x1a\nxx", "this is a picture (PNG)"),
        (b"\xff\xd8\xff\xe0xx", "this is a picture (JPEG)"),
        (b"%PDF-1.7", "this is a PDF document"),
        (b"\xd0\xcf\x11\xe0xx", "this is a workbook of the old .xls kind, or one with a password"),
        (_zip("word/document.xml"), "this is a document (.docx)"),
        (_zip("xl/workbook.bin"), "this is a workbook of the binary kind (.xlsb)"),
        (_zip("march.csv"), "this is an archive (zip); unpack it and give the table in it; it holds 'march.csv'"),
        (_zip("xl/workbook.xml"), "the workbook is damaged"),
        (_workbook(("说明", [["无"]])), "no column holds dates"),
        (b"<html><body>Please log in</body></html>", "this is a web page without a table; a login page, perhaps?"),
        (b"<table><tr><td>a</td></tr></table>", "no column holds dates; the first row has 'a'"),
    ],
)
def test_what_is_no_table_is_called_what_it_is(read: Read, content: bytes, says: str) -> None:
    with pytest.raises(HistoryError) as wrong:
        read(store=content)

    assert says in str(wrong.value)
    assert wrong.value.exit_status == 3


def test_rows_of_sources_make_channels_and_the_row_of_all_makes_the_store(read: Read) -> None:
    history = read(source=(
        "日期,一级渠道,二级渠道,访客数,访客数同比,成交客户数,成交金额\n"
        "2026-03-01,全部,全部,100,3%,10,1000\n"
        "2026-03-01,免费搜索,全部,60,-,5,500\n2026-03-01,免费搜索,类目,40,-,4,400\n"
        "2026-03-01,京东快车,-,50,-,5,500\n"
        "2026-03-02,全部,全部,90,3%,9,900\n2026-03-02,免费搜索,全部,55,-,5,500\n"
    ))  # fmt: skip

    assert history.channels == ("search", "express")
    assert history.daily("uv").tolist() == [100.0, 90.0]
    assert history.daily("uv", "search").tolist() == [60.0, 55.0]
    # A channel without a row on a day the report has brought nobody.
    assert history.daily("uv", "express").tolist() == [50.0, 0.0]
    assert history.total("cvr", channel="search") == 10 / 115


def test_levels_below_a_source_are_added_up_where_no_row_has_their_sum(read: Read) -> None:
    history = read(source=(
        "日期,一级来源,二级来源,访客数\n2026-03-01,站外,微信,5\n2026-03-01,站外,抖音,7\n2026-03-01,搜索,,9\n"
    ))  # fmt: skip

    assert history.daily("uv", "站外").tolist() == [12.0]
    assert history.daily("uv").tolist() == [21.0]
    assert any("Whoever is in several rows of a day is counted in each of them: uv" in note for note in history.notes)


def test_skus_and_campaigns_are_added_up(read: Read) -> None:
    history = read(sku="日期,商品SKU,商品名称,成交件数,成交金额\n2026-03-01,1,A,2,20\n2026-03-01,2,B,3,90\n")

    assert (history.total("units"), history.total("gmv")) == (5.0, 110.0)


def test_hours_are_added_up_to_days_and_a_short_day_is_said(read: Read) -> None:
    rows = [
        f"202603{day:02d}{hour:02d}0000~202603{day:02d}{hour:02d}5959,{hour + 1},10,2,1,50"
        for day in (1, 2)
        for hour in range(24)
        if (day, hour) != (2, 5)
    ]

    history = read(快车="点击时间,花费,展现数,点击数,总订单行,总订单金额\n" + "\n".join(rows))

    assert history.channels == ("express",)
    assert history.daily("ad_spend", "express").tolist() == [300.0, 294.0]
    assert history.daily("ad_spend").tolist() == [300.0, 294.0]
    (short,) = (finding for finding in history.findings if finding.kind == "hours")
    assert (short.day, short.message) == (dt.date(2026, 3, 2), "2026-03-02 has 23 of 24 hours")


def test_conversion_of_ads_is_not_that_of_the_store(read: Read) -> None:
    history = read(
        store=STORE, ads="日期,花费,点击数,总订单行,转化率\n2026-03-01,30,20,8,40%\n2026-03-02,30,20,6,30%\n"
    )

    assert history.total("cvr") == 22 / 220
    assert history.total("ad_lines") == 14.0
    assert history.total("ad_cvr") == 14 / 40


def test_a_report_of_affiliates_is_told_by_its_commission(read: Read) -> None:
    history = read(report=(
        "日期,点击量,下单订单量,下单订单金额,预估佣金金额,完成订单量,完成订单金额,付款佣金金额\n"
        "2026-03-01,50,3,600,30,2,400,20\n"
    ))  # fmt: skip

    assert history.channels == ("affiliate",)
    assert history.total("ad_spend", channel="affiliate") == 20.0


def test_columns_of_channels_beside_one_another_are_told_apart(read: Read) -> None:
    history = read(store="日期,访客数,搜索访客数,快车花费,全站推广花费\n2026-03-01,100,60,30,20\n")

    assert history.total("uv", channel="search") == 60.0
    assert history.total("ad_spend") == 50.0
    assert "Counts of the store that are the sum of its channels: ad_spend." in history.notes


def test_files_of_store_sources_and_ads_make_one_history(read: Read) -> None:
    history = read(
        store=STORE,
        source="日期,渠道,访客数\n2026-03-01,搜索,70\n2026-03-01,快车,50\n2026-03-02,搜索,80\n2026-03-02,快车,60\n",
        快车="日期,花费,点击数\n2026-03-02,30,20\n2026-03-03,40,25\n",
    )

    assert history.total("uv", last=dt.date(2026, 3, 2)) == 220.0
    assert history.n_days == 3
    assert history.daily("uv", "express").tolist()[:2] == [50.0, 60.0]
    np.testing.assert_array_equal(history.daily("ad_spend"), [np.nan, 30.0, 40.0])
    # Sources count a visitor once each: that they exceed the store's is found, and the store's holds.
    assert {finding.day for finding in history.findings if finding.kind == "between files"} == {
        dt.date(2026, 3, 1), dt.date(2026, 3, 2)
    }  # fmt: skip


def test_months_in_files_of_their_own_follow_one_another(read: Read) -> None:
    history = read(april="date,uv\n2026-04-01,3\n", march="date,uv\n2026-03-30,1\n2026-03-31,2\n")

    assert history.daily("uv").tolist() == [1.0, 2.0, 3.0]
    assert history.places["uv"].at(0)[0].endswith("march.csv")
    assert history.places["uv"].at(2)[0].endswith("april.csv")


def test_two_reports_of_one_kind_that_disagree_are_refused(read: Read) -> None:
    with pytest.raises(HistoryError, match=r"two\.csv:2:1: uv of 2026-03-01 is 9 here and 1 in .*one\.csv; give one"):
        read(one="date,uv\n2026-03-01,1\n", two="date,uv\n2026-03-01,9\n")


def test_files_in_two_currencies_are_refused(read: Read) -> None:
    with pytest.raises(HistoryError, match=r"the amounts are in USD, and those of .* in CNY; one currency is wanted"):
        read(one="date,gmv\n2026-03-01,¥1\n", two="date,ad spend,clicks\n2026-03-01,$9,3\n")


def test_value_per_order_is_told_from_value_per_buyer_by_the_identity_that_holds(read: Read) -> None:
    per_order = read(
        store="日期,成交客户数,成交单量,成交金额,客单价\n2026-03-01,10,12,1200,100\n2026-03-02,8,10,1100,110\n"
    )
    per_buyer = read(
        store="日期,成交客户数,成交单量,成交金额,客单价\n2026-03-01,10,12,1200,120\n2026-03-02,8,10,1100,137.5\n"
    )
    told = read(
        store="日期,成交单量,成交金额,客单价\n2026-03-01,12,1200,100\n", told={"columns": {"客单价": "order_value"}}
    )

    assert any("'客单价' is per order here" in note for note in per_order.notes)
    assert any("'客单价' is per buyer here" in note for note in per_buyer.notes)
    assert not [finding for finding in (*per_order.findings, *per_buyer.findings) if finding.kind == "identity"]
    assert "buyers" not in told.columns


def test_percent_without_a_sign_is_told_by_its_counts_however_small(read: Read) -> None:
    history = read(store="日期,访客数,成交客户数,成交转化率\n2026-03-01,1000,8,0.8\n2026-03-02,1000,6,0.6\n")

    assert "'成交转化率' is read as percent: it is a hundred times 成交客户数 / 访客数." in history.notes
    assert not [finding for finding in history.findings if finding.kind == "identity"]


def test_a_ratio_its_counts_do_not_make_is_found_where_it_stands(read: Read) -> None:
    history = read(store="日期,访客数,成交客户数,成交转化率\n2026-03-01,100,2,2.00%\n2026-03-02,100,3,5.00%\n")

    (found,) = (finding for finding in history.findings if finding.kind == "identity")
    assert (found.row, found.column, found.value, found.done) == (3, "成交转化率", "5.00%", "kept")


def test_a_day_given_twice_is_counted_once_if_the_same_and_refused_if_not(read: Read) -> None:
    history = read(store="date,uv\n2026-03-01,5\n2026-03-01,5\n")

    (found,) = (finding for finding in history.findings if finding.kind == "duplicate")
    assert (history.total("uv"), found.row, found.done) == (5.0, 3, "counted once")
    with pytest.raises(HistoryError, match="2026-03-01 appears again"):
        read(store="date,uv\n2026-03-01,5\n2026-03-01,6\n")


def test_a_mapping_says_what_a_column_is(read: Read) -> None:
    text = "日子,来客,转化,钱(万元),express来客\n2026-03-01,100,2,3,40\n"
    columns = {"日子": "date", "来客": "uv", "转化": "cvr%", "钱(万元)": "gmv", "express来客": "uv@express"}

    history = read(store=text, told={"columns": columns})

    assert (history.total("uv"), history.total("buyers"), history.total("gmv")) == (100.0, 2.0, 30_000.0)
    assert history.total("uv", channel="express") == 40.0


@pytest.mark.parametrize(
    ("columns", "error", "says"),
    [
        ({"访客数": "uvv"}, UsageError, "column '访客数': there is no figure 'uvv'; did you mean 'uv'?"),
        ({"访客数": "uv%"}, UsageError, "uv is no share"),
        ({"访客數": "uv"}, HistoryError, "no column is called '访客數'; there are 日期, 浏览量, 访客数"),
    ],
)
def test_a_mapping_that_cannot_be_is_refused(
    read: Read, columns: dict[str, str], error: type[Exception], says: str
) -> None:
    with pytest.raises(error) as wrong:
        read(store=STORE, told={"columns": columns})

    assert says in str(wrong.value)


def test_a_report_of_one_day_takes_its_date_from_the_lines_above_or_the_name(read: Read) -> None:
    above = read(report="统计日期：2026-03-24\n商品SKU,访客数,成交金额\n1,5,50\n2,6,60\n")
    named = read(京东商智_商品分析_20260324="商品SKU,访客数,成交金额\n1,5,50\n")

    assert (above.start, above.total("gmv")) == (dt.date(2026, 3, 24), 110.0)
    assert named.start == dt.date(2026, 3, 24)
    with pytest.raises(HistoryError, match="the rows add up the days 2026-03-01 to 2026-03-31; export one row a day"):
        read(report="2026-03-01 至 2026-03-31\n商品SKU,访客数,成交金额\n1,5,50\n")


def test_days_to_come_are_refused_beside_days_gone_and_kept_with_a_warning_alone(read: Read) -> None:
    today = {"today": dt.date(2026, 3, 2)}

    with pytest.raises(HistoryError, match=r"store\.csv:4:1: 2026-03-04 has not come yet \(today is 2026-03-02\)"):
        read(store="date,uv\n2026-03-01,5\n2026-03-03,5\n2026-03-04,5\n", told=today)
    ahead = read(store="date,uv\n2026-04-01,5\n2026-04-02,6\n", told=today)
    assert [finding.level for finding in ahead.findings if finding.kind == "future"] == ["warning"]
    with pytest.raises(HistoryError, match="has not come yet"):
        read(store="date,uv\n2036-04-01,5\n", told=today)


def test_a_day_of_the_week_behind_a_date_and_a_header_on_two_lines_are_no_hindrance(read: Read) -> None:
    history = read(store='日期,"成交\n客户数",Total sales\n2026-03-01 星期日,5,100\n2026-03-02（周一）,6,90\n')

    assert (history.total("buyers"), history.total("gmv")) == (11.0, 190.0)


def test_a_column_that_gives_way_to_a_nearer_one_is_named(read: Read) -> None:
    history = read(store="日期,商品访客数,店铺访客数\n2026-03-01,7,5\n")

    assert history.total("uv") == 5.0
    assert "'商品访客数' is left out; '店铺访客数' is nearer to uv." in history.notes


def test_amounts_of_which_some_name_a_currency_are_taken_as_all_of_it_with_a_warning(read: Read) -> None:
    history = read(store="日期,成交金额\n2026-03-01,7\n2026-03-02,0\n2026-03-03,$8\n")

    assert history.currency == "USD"
    (found,) = (finding for finding in history.findings if finding.kind == "currency")
    assert (found.level, found.row, found.value) == ("warning", 4, "$8")
    assert "1 amounts before it name no currency" in found.message


def test_a_lenient_reader_reads_what_it_can_and_tells_the_rest_as_errors(read: Read) -> None:
    text = "date,uv,gmv\n2026-03-01,5,-3\n2026-03-02,many,4\n2026-02-30,1,1\n2026-03-03,7,8\n"

    history = read(store=text, told={"strict": False})

    np.testing.assert_array_equal(history.daily("gmv"), [np.nan, 4.0, 8.0])
    errors = [(finding.row, finding.kind, finding.done) for finding in history.findings if finding.level == "error"]
    # Beside a good file one that cannot be read at all is an error too, and not passed over.
    both = read(store=STORE, picture=b"\x89PNG", told={"strict": False})
    assert [finding.message for finding in both.findings if finding.level == "error"] == [
        "this is a picture (PNG); a table is wanted, CSV or .xlsx"
    ]
    assert sorted(errors) == [
        (2, "negative", "read as missing"), (3, "unreadable", "read as missing"), (4, "unreadable", "left out")
    ]  # fmt: skip
