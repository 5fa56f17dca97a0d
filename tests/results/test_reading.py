"""`read_history`: the files planners have, what is understood in them, and what is said about the rest."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from storesim.errors import HistoryError
from storesim.results.history import History, read_history

ROOT = Path(__file__).resolve().parents[2]
RETAIL = ROOT.parent / "shared" / "data" / "online_retail_daily.csv"

Read = Callable[..., History]
Faults = Callable[[str | bytes], list[str]]
ROWS = "2027-03-01,300,100,2,400\n2027-03-02,500,200,3,600\n2027-03-03,900,300,6,1800\n"


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """`read(text, "gbk")` is the history in a file that holds the text."""

    def of(text: str | bytes, encoding: str = "utf-8", **options: str) -> History:
        path = tmp_path / "shop.csv"
        path.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
        return read_history(path, **options)

    return of


@pytest.fixture
def faults(read: Read) -> Faults:
    """Every fault of a text, without the folder it stands in."""

    def of(text: str | bytes) -> list[str]:
        with pytest.raises(HistoryError) as wrong:
            read(text)
        return [str(fault).replace(fault.file, "shop.csv", 1) for fault in wrong.value.faults]

    return of


@pytest.mark.parametrize(
    "header",
    [
        "date,pv,uv,buyers,gmv", "日期,浏览量,访客数,成交客户数,成交金额", "统计日期,PV,UV,成交人数,成交金额(元)",
        "Date,Page views,Visitors,Customers,Revenue", "日期,店铺浏览量,店铺访客数,支付买家数,支付金额",
        "数据日期,浏览量(PV),访客数（UV）,成交用户数,销售额",
    ],
)  # fmt: skip
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "utf-16"])
def test_headers_of_every_export_are_understood_in_every_encoding(read: Read, header: str, encoding: str) -> None:
    history = read(f"{header}\n{ROWS}", encoding)

    totals = {name: history.total(name) for name in ("pv", "uv", "buyers", "gmv")}
    assert totals == {"pv": 1700.0, "uv": 600.0, "buyers": 11.0, "gmv": 2800.0}
    assert (history.start, history.name, history.currency) == (dt.date(2027, 3, 1), "shop", "CNY")


@pytest.mark.parametrize("mark", [",", "\t", ";", "|"])
def test_columns_may_be_parted_by_commas_tabs_semicolons_or_bars(read: Read, mark: str) -> None:
    assert read(f"date,pv,uv,buyers,gmv\n{ROWS}".replace(",", mark)).total("gmv") == 2800.0


def test_a_report_with_lines_above_totals_and_comparisons_is_read(read: Read) -> None:
    history = read(
        "京东商智 经营报告\n店铺: ELENA MILEVA,下载时间 2027-04-01 10:00\n\n"
        "统计日期,访客数,访客数同比,成交金额(万元),成交金额环比\n"
        "汇总,600,12%,6,3%\n"
        "2027-03-01,100,+10%,1,-\n2027-03-02,200,-,2,-\n2027-03-03,300,9%,3,-\n"
        "平均,200,,2,\n"
    )

    assert history.daily("uv").tolist() == [100.0, 200.0, 300.0]
    assert history.daily("gmv").tolist() == [10_000.0, 20_000.0, 30_000.0]
    assert "2 lines above the header left out." in history.notes
    assert "2 rows of totals left out." in history.notes
    assert "Columns that compare with another period are left out: 访客数同比, 成交金额环比." in history.notes


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("1234", 1234.0), ('"1,234"', 1234.0), ("¥1234.5", 1234.5), ("１２３４", 1234.0), ("1.5万", 15_000.0),
        ("1.13万", 11_300.0), ("1.2亿", 1.2e8), ("1000~2000", 1500.0), ("1万~2万", 15_000.0), ("1234元", 1234.0),
        (" 1234 ", 1234.0), ("1.2e3", 1200.0), ("0", 0.0),
    ],
)  # fmt: skip
def test_amounts_are_read_as_reports_write_them(read: Read, cell: str, value: float) -> None:
    assert read(f"日期,成交金额\n2027-03-01,{cell}\n").daily("gmv").tolist() == [value]


def test_a_range_is_read_as_its_middle_and_said(read: Read) -> None:
    history = read("日期,访客数\n2027-03-01,1000~2000\n2027-03-02,2000~3000\n")

    assert history.daily("uv").tolist() == [1500.0, 2500.0]
    assert "'访客数': 2 ranges such as '1000~2000' read as their middle." in history.notes


@pytest.mark.parametrize("cell", ["-", "--", "—", "", "N/A", "无", "null", "nan"])
def test_a_cell_that_says_nothing_is_unknown_and_not_zero(read: Read, cell: str) -> None:
    history = read(f"日期,访客数\n2027-03-01,5\n2027-03-02,{cell}\n2027-03-03,7\n")

    assert math.isnan(history.daily("uv")[1])
    assert "'访客数' is unknown on 1 of its days." in history.notes


def test_a_day_without_a_row_is_unknown_and_said(read: Read) -> None:
    history = read("date,uv\n2027-03-01,1\n2027-03-02,2\n2027-03-05,3\n")

    assert (history.n_days, history.missing_days("uv")) == (5, 2)
    assert "2 days have no row and stay unknown: 2027-03-03, 2027-03-04." in history.notes


def test_rows_in_any_order_make_the_same_history(read: Read) -> None:
    history = read("date,uv\n2027-03-03,3\n2027-03-01,1\n2027-03-02,2\n")

    assert history.daily("uv").tolist() == [1.0, 2.0, 3.0]
    assert "Rows were put in the order of their dates." in history.notes


@pytest.mark.parametrize(
    "dates",
    [
        ["2027-02-28", "2027-03-01"], ["2027/2/28", "2027/3/1"], ["20270228", "20270301"], ["28/02/2027", "01/03/2027"],
        ["2/28/2027", "3/1/2027"], ["2027年2月28日", "2027年3月1日"], ["2027-02-28 00:00:00", "2027-03-01 00:00:00"],
        ["28-02-27", "01-03-27"],
    ],
)  # fmt: skip
def test_dates_are_told_by_the_whole_column(read: Read, dates: list[str]) -> None:
    history = read("date,uv\n" + "".join(f"{date},1\n" for date in dates))

    assert (history.start, history.n_days) == (dt.date(2027, 2, 28), 2)


def test_figures_follow_from_ratios_that_are_there(read: Read) -> None:
    history = read("日期,访客数,成交转化率,客单价\n2027-03-01,1000,1.2%,200\n2027-03-02,500,2%,150\n")

    assert history.daily("buyers").tolist() == [12.0, 10.0]
    assert history.daily("gmv").tolist() == [2400.0, 1500.0]
    assert "gmv is buyers times aov; the file does not give it." in history.notes


def test_a_conversion_written_without_its_percent_sign_is_told_by_its_size(read: Read) -> None:
    history = read("日期,访客数,成交转化率\n2027-03-01,1000,1.2\n2027-03-02,1000,0.9\n")

    assert history.daily("buyers").tolist() == pytest.approx([12.0, 9.0])


def test_a_decimal_comma_is_understood_between_semicolons(read: Read) -> None:
    assert read("date;gmv\n2027-03-01;1.234,5\n2027-03-02;2,5\n").daily("gmv").tolist() == [1234.5, 2.5]


def test_other_columns_of_numbers_are_kept_and_words_are_not(read: Read) -> None:
    history = read("date,uv,temperature,weather\n2027-03-01,1,20,sunny\n2027-03-02,2,21,rain\n")

    assert {name: values.tolist() for name, values in history.others.items()} == {"temperature": [20.0, 21.0]}


@pytest.mark.parametrize("header", ["加购客户数", "加购人数", "总加购数", "carts"])
def test_visitors_who_add_to_the_cart_are_read_under_every_name(read: Read, header: str) -> None:
    history = read(f"date,uv,{header}\n2027-03-01,100,8\n2027-03-02,300,12\n")

    assert history.total("carts") == 20.0
    assert history.total("cart_rate") == 0.05
    assert any("items added to the cart" in note for note in history.notes) is (header == "总加购数")


@pytest.mark.parametrize(
    ("header", "cells", "kept"),
    [
        ("折扣", ("8折", "9.5折"), [0.2, 0.05]),
        ("折扣(%)", ("20", "5"), [20.0, 5.0]),
        ("discount", ("20%", "5%"), [0.2, 0.05]),
        ("均价", ("¥59", "69"), [59.0, 69.0]),
    ],
)
def test_a_column_of_discounts_or_prices_is_kept_for_plans_and_said(
    read: Read, header: str, cells: tuple[str, str], kept: list[float]
) -> None:
    history = read(f"日期,访客数,{header},气温\n2027-03-01,1,{cells[0]},20\n2027-03-02,2,{cells[1]},21\n")

    said = [note for note in history.notes if "Columns" in note and "are read" not in note]
    assert history.others[header].tolist() == pytest.approx(kept)
    assert said == [
        f"Columns of prices, from which plans of a discount or a price learn: {header}.",
        "Columns that are no KPI of storesim are kept and not used: 气温.",
    ]


@pytest.mark.parametrize(
    "table",
    [
        "date,Revenue (USD)\n2027-03-01,¥5\n",
        "date,revenue\n2027-03-01,¥5\n2027-03-02,$5\n",
        "date,revenue\n2027-03-01,¥5\n2027-03-02,€5\n",
        "date,revenue (CNY),ad spend (USD)\n2027-03-01,5,1\n",
        "日期,成交客户数,客单价\n2027-03-01,5,90美元\n2027-03-02,5,90元\n",
    ],
)
def test_amounts_in_two_currencies_are_refused(read: Read, table: str) -> None:
    with pytest.raises(HistoryError, match="amounts of one file are in one currency"):
        read(table)


def test_the_currency_is_told_from_signs_and_can_be_said(read: Read) -> None:
    assert read("date,revenue\n2027-03-01,£5\n").currency == "GBP"
    assert read("date,Revenue (USD)\n2027-03-01,5\n").currency == "USD"
    assert read("date,revenue_usd\n2027-03-01,5\n").currency == "USD"
    assert read("日期,成交金额（美元）\n2027-03-01,5\n").currency == "USD"
    assert read("日期,成交金额（元）\n2027-03-01,5元\n").currency == "CNY"
    assert read("date,revenue\n2027-03-01,HK$5\n").currency == "HKD"
    assert read("date,revenue\n2027-03-01,12.5 EUR\n2027-03-02,EUR 3\n").columns["gmv"].tolist() == [12.5, 3]
    assert read("date,revenue ($)\n2027-03-01,5\n").currency == "USD"
    assert read("date,revenue\n2027-03-01,5\n", currency="EUR").currency == "EUR"


def test_figures_that_contradict_one_another_are_kept_and_said(read: Read) -> None:
    history = read("date,uv,buyers\n2027-03-01,1,5\n2027-03-02,10,5\n")

    assert history.daily("buyers").tolist() == [5.0, 5.0]
    assert "On 1 day buyers are more than uv; kept as they are." in history.notes


WRONG: list[tuple[str | bytes, str]] = [
    ("", ": the file is empty; a header and one row a day are wanted"),
    ("\n \n", ": the file is empty; a header and one row a day are wanted"),
    ("date,uv\n", ": there is a header and no row below it; one row a day is wanted"),
    (b"PK\x03\x04rest", ": the workbook is damaged: File is not a zip file; open it and save it again"),
    (b"\xd0\xcf\x11\xe0", (": this is a workbook of the old .xls kind, or one with a password; open it in Excel or WPS "
     "and save it as .xlsx or CSV UTF-8")),
    (bytes(range(256)), ": the file is neither UTF-8 nor GBK text; save it as CSV UTF-8"),
    ("store: {name: x}\n", (": no column holds dates; the first row has 'store: {name: x}'. A header with 'date' or "
     "'日期' and a column of figures is wanted, one row a day")),
    ("date,weather\n2027-03-01,sunny\n", (": no column is a KPI; name one of them as in '访客数' or 'uv', "
     "'成交客户数' or 'buyers', '成交金额' or 'gmv'")),
    ("date,uv\n2027-03-01,-\n", ": no number is known on any day"),
    ("date,uv\n2027-03-01,-5\n", ":2:12: uv is -5; a figure of uv is 0 or more."),
    ("日期,访客数\n2027-03-01,5%\n", ":2:12: 访客数 is 5%; uv is a number, not a share."),
    ("date,uv\n2027-03-01,many\n", ":2:12: uv: 'many' is not a number; write it as 1234.5."),
    ("date,uv\n2027-03-01,1e400\n", ":2:12: uv: '1e400' is too large for a number."),
    ("date,uv\n2027-02-30,1\n", ":2:1: 2027-02-30 does not exist; 2027-02 has days 1 to 28."),
    ("date,uv\nMarch,1\n", ":2:1: 'March' is not a date; write year, month and day, such as 2027-01-31."),
    ("date,uv\n46447,1\n", ":2:1: '46447' is a day's number, as Excel keeps dates; format the column as a date first."),
    ("uv,date\n5,2027-03-01~2027-03-07\n6,2027-03-08\n7,2027-03-09\n",
     ":2:3: '2027-03-01~2027-03-07' is a span of days; daily figures are wanted, one row a day."),
    ("date,uv\n2027-03-01 01:17,1\n", (":2:1: '2027-03-01 01:17' is a time within an hour; one row an hour or a day is "
     "allowed.")),
    ("date,hour,uv\n2027-03-01,25,1\n", ":2:12: '25' is no hour; write 0 to 23, or 13:00."),
    ("date,uv\n2027-03-01,1,234\n", ":2:14: the row has 3 cells and the header 2; quote a number that holds ','"),
    ("uv,date\n5\n", ":2:1: the row has 1 cells and the header 2; there is no date"),
    ('date,uv\n2027-03-01,"5\n2027-03-02,6\n', (":2:12: uv: a cell goes over several lines; is a quotation mark not "
     "closed?")),
    ("日期,访客数,uv\n2027-03-01,1,2\n", ":1:8: 'uv' means uv, as '访客数' does; keep one of them"),
    ("date,uv\n2027-03-01,1\n2027-03-08,1\n2027-03-15,1\n", (": the rows are weeks, 2027-03-01 to 2027-03-15; daily "
     "figures are wanted, one row a day")),
    ("date,uv\n2027-01-01,1\n2027-02-01,1\n2027-03-01,1\n2027-04-01,1\n", (": the rows are months, 2027-01-01 to "
     "2027-04-01; daily figures are wanted, one row a day")),
    ("date,uv\n2007-03-01,1\n2027-03-01,1\n2027-03-02,1\n", (": 3 rows are spread over 7,307 days, 2007-03-01 to "
     "2027-03-02, with nothing between 2007-03-01 and 2027-03-01; is a year mistyped?")),
    ("date,uv\n2027-03-01,1\n2072-03-02,1\n", (":3:1: 2072-03-02 has not come yet (today is 2030-01-01); measured days "
     "are wanted. If they are simulated, set STORESIM_TODAY to a later date.")),
    ("date,gmv,ad_spend\n2027-03-01,5,¥3\n2027-03-02,£5,¥3\n", (":3:12: '£5' is in GBP, and '¥3' is in CNY; amounts of "
     "one file are in one currency")),
]  # fmt: skip


@pytest.mark.parametrize(("text", "says"), WRONG)
def test_a_file_that_is_wrong_is_refused_in_words(faults: Faults, text: str | bytes, says: str) -> None:
    assert faults(text) == [f"shop.csv{says}"]


def test_every_fault_of_a_file_is_said_at_once(faults: Faults) -> None:
    found = faults("date,uv,gmv\n2027-03-01,many,-3\n2027-02-30,5,1\n2027-03-01,7,8\n")

    places = [message.split(": ")[0].removeprefix("shop.csv:") for message in found]
    assert places == ["2:12", "2:17", "3:1", "4:1"]
    assert found[-1].endswith("2027-03-01 appears again (first on line 2); one row a day is allowed")


def test_days_that_stand_twice_are_put_down_to_the_column_that_splits_them(faults: Faults) -> None:
    (message,) = faults("日期,渠道分组,访客数\n2027-03-01,搜索,5\n2027-03-01,快车,6\n")

    assert message == (
        "shop.csv:3:1: 2027-03-01 appears again (first on line 2); one row a day is allowed. "
        "'渠道分组' splits days: keep the rows of the whole store"
    )


def test_dates_that_may_be_read_two_ways_are_refused(faults: Faults) -> None:
    found = faults("date,uv\n03/04/2027,1\n05/06/2027,1\n07/08/2027,1\n")

    assert found[0] == "shop.csv:2:1: '03/04/2027' may be day/month or month/day; write dates as 2027-01-31."


def test_a_column_is_counted_in_letters_behind_quoted_cells(faults: Faults) -> None:
    (message,) = faults('店,日期,访客数\n"衬,衫",2027-03-01,x\n')

    # "衬,衫" takes five letters and a comma, the date ten and a comma.
    assert message.startswith("shop.csv:2:18: 访客数: 'x'")


def test_a_directory_and_a_missing_file_are_said(tmp_path: Path) -> None:
    with pytest.raises(HistoryError, match=r"this is a directory; a CSV file or \.xlsx workbook is wanted"):
        read_history(tmp_path)
    with pytest.raises(HistoryError, match="there is no such file"):
        read_history(tmp_path / "none.csv")


@pytest.mark.skipif(not RETAIL.exists(), reason="the measured days of Online Retail II are not beside the project")
def test_the_measured_shop_of_online_retail_is_read_whole() -> None:
    history = read_history(RETAIL)

    header, *rows = (line.split(",") for line in RETAIL.read_text(encoding="utf-8").splitlines())
    sums = {
        name: sum(float(row[header.index(name)]) for row in rows) for name in ("orders", "customers", "guest_orders")
    }
    assert (history.start.isoformat(), history.last_day.isoformat()) == (rows[0][0], rows[-1][0])
    assert np.nansum(history.daily("orders")) == sums["orders"]
    assert np.nansum(history.daily("buyers")) == sums["customers"] + sums["guest_orders"]


@pytest.mark.parametrize("header", ["date,sessions,visitors,buyers", "date,Sessions,访客数,buyers"])
def test_sessions_beside_visitors_are_visits(read: Read, header: str) -> None:
    history = read(f"{header}\n2027-03-01,130,100,2\n2027-03-02,260,200,3\n2027-03-03,330,300,6\n")

    assert history.daily("visits").tolist() == [130, 260, 330]
    assert history.daily("uv").tolist() == [100, 200, 300]
    assert not any("stand for visitors" in note for note in history.notes)


def test_sessions_alone_stand_for_visitors_and_this_is_said(read: Read) -> None:
    history = read("date,sessions,buyers\n2027-03-01,130,2\n2027-03-02,260,3\n2027-03-03,330,6\n")

    assert history.daily("uv").tolist() == [130, 260, 330]
    assert any("sessions stand for visitors" in note for note in history.notes)


def test_of_sessions_and_visits_beside_visitors_the_visits_are_taken(read: Read) -> None:
    history = read(
        "date,sessions,访问次数,visitors\n2027-03-01,130,120,100\n2027-03-02,260,240,200\n2027-03-03,9,8,7\n"
    )

    assert history.daily("visits").tolist() == [120, 240, 8]
