"""Write `examples/exports/`: one simulated store as every report a merchant exports, in every kind of file.

All files tell of the same days of the same store, so that what is read from one can be held against another. Figures
change when the model does; run this again then.
"""

from __future__ import annotations

import csv
import datetime as dt
import html
import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import xlsxwriter

from storesim.results.files import write_whole
from storesim.results.run import Run
from storesim.runs.one import simulate
from storesim.scenario.load import read_scenario

ROOT = Path(__file__).resolve().parents[1]
EXPORTS = ROOT / "examples" / "exports"
SEED = 11
N_DAYS = 61
SKU_DAYS = 7
HOURLY_DAYS = 7

CHANGES = {
    "store.opened": "2026-03-01",
    "market.searches_per_day": 40_000,
    "channels.direct_placement": {"mechanism": "placement", "daily_budget": 80, "audience": "20万"},
    "channels.affiliate": {"mechanism": "pay_per_sale", "visitors": 40, "rate": "10%"},
    "targets": {},
}
CALLED = {
    "search": ("免费流量", "京东搜索"),
    "express": ("付费流量", "京东快车"),
    "direct_placement": ("付费流量", "京东直投"),
    "affiliate": ("付费流量", "京挑客"),
    "returning": ("自主访问", "老客回访"),
}

Cell = str | int | float | dt.date
Rows = list[list[Cell]]


def main() -> None:
    """Simulate the store and write every file."""
    run = _played(N_DAYS)
    for name, content in {
        "shangzhi_store.csv": _text(_store(run), "utf-8-sig"),
        "shangzhi_store_gbk.csv": _text(_store(run), "gbk"),
        "shangzhi_store_utf16.txt": _text(_store(run), "utf-16", "\t"),
        "shangzhi_store.xlsx": _workbook(
            {"经营概况": _plain_store(run), "说明": [["数据由模拟店铺生成，不是真实店铺"]]}
        ),
        "shangzhi_sources.csv": _text(_sources(run), "utf-8-sig"),
        "shangzhi_skus.xlsx": _workbook({"商品明细": _skus(run)}),
        "jzt_express_daily.csv": _text(_ads(run, "express"), "gbk"),
        "jzt_express_hourly.csv": _text(_hourly(run), "utf-8-sig"),
        "jzt_direct_placement.csv": _text(_ads(run, "direct_placement"), "utf-8-sig"),
        "jingtiaoke.csv": _text(_affiliates(run), "gbk"),
        "sycm_store.xls": _page(_sycm(run)),
        "ranges.csv": _text(_ranges(run), "utf-8"),
    }.items():
        write_whole(EXPORTS / name, content)


def _played(n_days: int) -> Run:
    scenario = read_scenario(ROOT / "scenarios" / "small_store.yaml")
    return simulate(scenario.with_({**CHANGES, "horizon": f"{n_days}d"}), seed=SEED)


def _store(run: Run) -> Rows:
    """商智 店铺: lines above the header, comparisons, a row of totals, thousands, percentages, a masked cell."""
    head = ["日期", "浏览量(PV)", "浏览量(PV)同比", "访客数(UV)", "访客数(UV)同比", "人均浏览量(人均PV)", "成交客户数",
            "成交单量", "成交商品件数", "成交金额", "成交金额环比", "成交转化率", "客单价", "UV价值"]  # fmt: skip
    rows: Rows = [
        ["京东商智 店铺经营概况"],
        [f"店铺：示例店铺（模拟）　统计时间：{run.start} 至 {run.last_day}"],
        [*head],
    ]
    rows.append(["汇总", *_store_cells(run, None)])
    rows += [[str(date), *_store_cells(run, day)] for day, date in enumerate(run.dates)]
    return rows


def _store_cells(run: Run, day: int | None) -> list[Cell]:
    def of(name: str) -> float:
        return float(run.total(name) if day is None else run.daily(name)[day])

    pv, uv, buyers = of("pv"), of("uv"), of("buyers")
    value = f"{of('gmv') / buyers:.2f}" if buyers else "-"
    depth, worth = (f"{pv / uv:.2f}", f"{of('gmv') / uv:.2f}") if uv else ("-", "-")
    counts = (f"{of(name):.0f}" for name in ("buyers", "orders", "units"))
    shares = (f"{buyers / uv if uv else 0:.2%}", value, worth)
    return [f"{pv:,.0f}", "-", f"{uv:,.0f}", "+3.1%", depth, *counts, f"￥{of('gmv'):,.2f}", "-2.0%", *shares]


def _plain_store(run: Run) -> Rows:
    """The same for a sheet, with numbers and dates as such."""
    rows: Rows = [["日期", "浏览量(PV)", "访客数(UV)", "成交客户数", "成交单量", "成交商品件数", "成交金额(万元)"]]
    for day, date in enumerate(run.dates):
        counts = (float(run.daily(name)[day]) for name in ("pv", "uv", "buyers", "orders", "units"))
        rows.append([date, *counts, round(float(run.daily("gmv")[day]) / 1e4, 6)])
    return rows


def _sources(run: Run) -> Rows:
    """商智 流量来源: two levels, a row of all sources and rows of the first level."""
    rows: Rows = [
        ["日期", "一级渠道", "二级渠道", "浏览量", "访客数", "访客数同比", "成交客户数", "成交转化率", "成交金额"]
    ]
    for day, date in enumerate(run.dates):
        rows.append([str(date), "全部", "全部", *_source_cells(run, day, run.channels)])
        for top in dict.fromkeys(CALLED[channel][0] for channel in run.channels):
            within = tuple(channel for channel in run.channels if CALLED[channel][0] == top)
            rows.append([str(date), top, "全部", *_source_cells(run, day, within)])
            rows += [[str(date), top, CALLED[channel][1], *_source_cells(run, day, (channel,))] for channel in within]
    return rows


def _source_cells(run: Run, day: int, channels: Sequence[str]) -> list[Cell]:
    pv, uv, buyers, gmv = (
        sum(float(run.daily(name, channel)[day]) for channel in channels) for name in ("pv", "uv", "buyers", "gmv")
    )
    return [f"{pv:.0f}", f"{uv:.0f}", "-", f"{buyers:.0f}", f"{buyers / uv:.2%}" if uv else "-", f"{gmv:.2f}"]


def _skus(run: Run) -> Rows:
    """商智 商品 of the last days: what one day more adds to the sums of each SKU."""
    rows: Rows = [["日期", "商品SKU", "商品名称", "成交件数", "成交金额"]]
    earlier = _played(N_DAYS - SKU_DAYS).by_sku
    for day in range(N_DAYS - SKU_DAYS, N_DAYS):
        later = _played(day + 1).by_sku
        for which, sku in enumerate(run.skus):
            units, gmv = (later - earlier)[which, :2]
            rows.append([run.dates[day], sku, f"商品 {sku}", float(units), round(float(gmv), 2)])
        earlier = later
    return rows


def _ads(run: Run, channel: str) -> Rows:
    """京准通 by the day."""
    head = [
        "日期",
        "产品线",
        "计划id",
        "花费",
        "展现数",
        "点击数",
        "点击率",
        "平均点击成本",
        "总订单行",
        "总订单金额",
        "转化率",
    ]
    rows: Rows = [[*head, "投产比"]]
    for day, date in enumerate(run.dates):
        spend, shown, clicks, lines, value = (
            float(run.daily(name, channel)[day]) for name in ("ad_spend", "impressions", "clicks", "ad_lines", "ad_gmv")
        )
        bought = [f"{spend:.2f}", f"{shown:.0f}", f"{clicks:.0f}", _share(clicks, shown), _each(spend, clicks)]
        sold = [f"{lines:.0f}", f"{value:.2f}", _share(lines, clicks), _each(value, spend)]
        rows.append([date.strftime("%Y%m%d"), CALLED[channel][1], 880_001, *bought, *sold])
    return rows


def _hourly(run: Run) -> Rows:
    """京准通 by the hour, which adds up to the days: a day's figures fall on its hours by chance."""
    chance = np.random.Generator(np.random.PCG64(SEED))
    hours = np.array([5, 3, 2, 1, 1, 1, 2, 3, 5, 6, 7, 7, 6, 6, 6, 6, 6, 5, 5, 6, 8, 9, 8, 6], dtype=np.float64)
    rows: Rows = [["点击时间", "花费", "展现数", "点击数", "总订单行", "总订单金额"]]
    for day in range(N_DAYS - HOURLY_DAYS, N_DAYS):
        stamp = run.dates[day].strftime("%Y%m%d")
        spend_of_day, value_of_day = (float(run.daily(name, "express")[day]) for name in ("ad_spend", "ad_gmv"))
        counts = (float(run.daily(name, "express")[day]) for name in ("impressions", "clicks", "ad_lines"))
        # Money in fen, so that hours add up to the day's amount; an hour without an order earns nothing.
        shown_by, clicks_by, lines_by = (chance.multinomial(int(count), hours / hours.sum()) for count in counts)
        spend_by = chance.multinomial(round(spend_of_day * 100), hours / hours.sum())
        earning = lines_by / max(lines_by.sum(), 1) if lines_by.any() else hours / hours.sum()
        value_by = chance.multinomial(round(value_of_day * 100), earning)
        for hour in range(24):
            span = f"{stamp}{hour:02d}0000~{stamp}{hour:02d}5959"
            counted = (int(part[hour]) for part in (shown_by, clicks_by, lines_by))
            rows.append([span, f"{spend_by[hour] / 100:.2f}", *counted, f"{value_by[hour] / 100:.2f}"])
    return rows


def _affiliates(run: Run) -> Rows:
    """京挑客: what was ordered on a day, and the commission settled on it."""
    rows: Rows = [["日期", "点击量", "下单订单量", "下单订单金额", "预估佣金金额", "付款佣金金额"]]
    for day, date in enumerate(run.dates):
        visitors, orders, gmv, paid = (
            float(run.daily(name, "affiliate")[day]) for name in ("uv", "orders", "gmv", "ad_spend")
        )
        promised = float(run.daily("commission_promised")[day])
        rows.append([str(date), f"{visitors:.0f}", f"{orders:.0f}", f"{gmv:.2f}", f"{promised:.2f}", f"{paid:.2f}"])
    return rows


def _sycm(run: Run) -> Rows:
    """生意参谋: a page that is called .xls."""
    rows: Rows = [["统计日期", "访客数", "浏览量", "支付买家数", "支付件数", "支付金额", "支付转化率", "客单价"]]
    for day, date in enumerate(run.dates):
        uv, pv, buyers, units, gmv = (float(run.daily(name)[day]) for name in ("uv", "pv", "buyers", "units", "gmv"))
        rows.append([str(date), f"{uv:,.0f}", f"{pv:,.0f}", f"{buyers:.0f}", f"{units:.0f}", f"{gmv:,.2f}",
                     _share(buyers, uv), _each(gmv, buyers)])  # fmt: skip
    return rows


def _ranges(run: Run) -> Rows:
    """Masked figures, as shops show those of others."""
    rows: Rows = [["日期", "访客数", "成交金额"]]
    for day, date in enumerate(run.dates):
        uv, gmv = float(run.daily("uv")[day]), float(run.daily("gmv")[day])
        low, lowest = int(uv // 100) * 100, int(gmv // 5_000) * 0.5
        rows.append([str(date), f"{low}~{low + 100}", f"{lowest:g}万~{lowest + 0.5:g}万"])
    return rows


def _share(above: float, below: float) -> str:
    return f"{above / below:.2%}" if below else "-"


def _each(above: float, below: float) -> str:
    return f"{above / below:.2f}" if below else "-"


def _text(rows: Rows, encoding: str, delimiter: str = ",") -> bytes:
    held = io.StringIO()
    csv.writer(held, delimiter=delimiter, lineterminator="\r\n").writerows(rows)
    return held.getvalue().encode(encoding)


def _workbook(sheets: dict[str, Rows]) -> bytes:
    held = io.BytesIO()
    # Without a date of its own the file would differ each time it is made.
    book = xlsxwriter.Workbook(held, {"in_memory": True, "default_date_format": "yyyy-mm-dd"})
    book.set_properties({"created": dt.datetime(2026, 5, 1)})
    for title, rows in sheets.items():
        sheet = book.add_worksheet(title)
        for row, cells in enumerate(rows):
            for column, cell in enumerate(cells):
                sheet.write(row, column, cell)
    book.close()
    return held.getvalue()


def _page(rows: Rows) -> bytes:
    lines = ['<html><head><meta charset="gbk"></head><body><table border=1>']
    lines += ["<tr>" + "".join(f"<td>{html.escape(str(cell))}</td>" for cell in row) + "</tr>" for row in rows]
    return "\n".join([*lines, "</table></body></html>"]).encode("gbk")


if __name__ == "__main__":
    main()
