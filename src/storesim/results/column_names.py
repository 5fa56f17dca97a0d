"""The column names of shop reports that are understood, English and Chinese (DOMAIN 1.4).

Every count and ratio of `kpi.py` is understood by its own name and both its labels; this file adds
what JD 商智, 京准通, 生意参谋 and common exports write instead.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from storesim import kpi
from storesim.results.cells import without_currency

DATE_NAMES: frozenset[str] = frozenset(
    [
        "date",
        "day",
        "dt",
        "ds",
        "datetime",
        "日期",
        "统计日期",
        "数据日期",
        "时间",
        "统计时间",
        "日",
        "点击时间",
        "点击日期",
    ]
)

TOTAL_LABELS: frozenset[str] = frozenset(
    ["汇总", "合计", "总计", "小计", "total", "sum", "totals", "平均", "均值", "average", "mean"]
)
"""First cells of rows that are sums or means of the others, and are left out."""

COMPARED: tuple[str, ...] = ("同比", "环比", "占比", "较前一日", "较上周", "yoy", "mom", "wow")
"""Parts of the names of columns that compare with another period; they say nothing new."""

SYNONYMS: Mapping[str, tuple[str, ...]] = {
    "uv": ("店铺访客数", "访客", "visitors", "unique visitors", "uvs", "商品访客数", "sessions"),
    "pv": ("店铺浏览量", "page views", "pageviews", "views", "pvs", "商品浏览量"),
    "bounces": ("跳失人数",),
    "buyers": ("成交人数", "成交用户数", "支付买家数", "customers", "成交买家数"),
    "orders": ("成交订单数", "支付订单数", "订单数", "订单量", "order count", "成交子单量", "transactions", "invoices"),
    "units": ("成交商品件数", "支付件数", "件数", "销量", "quantity", "qty", "pieces", "units sold"),
    "gmv": ("支付金额", "销售额", "交易金额", "交易额", "营业额", "revenue", "sales", "turnover", "sales amount"),
    "ad_spend": (
        "花费",
        "总花费",
        "总费用",
        "推广花费",
        "全站推广花费",
        "消耗",
        "spend",
        "ad cost",
        "ad spend",
        "cost",
    ),
    "clicks": ("点击量", "ad clicks"),
    "impressions": ("展现量", "展现次数", "曝光次数"),
    "ad_gmv": ("总订单金额", "全站交易额", "ad revenue"),
    "ad_orders": ("总订单行", "全站订单行"),
    "chats": ("咨询人数",),
    "refunds": ("成功退款金额",),
    "cvr": ("转化率", "成交转换率", "支付转化率", "转换率", "conversion", "conversion rate"),
    "aov": ("成交客单价", "人均成交额", "average order value"),
    "depth": ("人均pv", "pages per visitor"),
}
"""Other names of a count or ratio, the nearest in meaning first; where a file has two, the first is taken."""

LOOSE: Mapping[str, str] = {
    "商品访客数": "visitors of item pages stand for visitors of the store",
    "商品浏览量": "views of item pages stand for views of the store",
    "sessions": "sessions stand for visitors",
    "成交子单量": "sub-orders stand for orders",
    "transactions": "transactions stand for orders",
    "invoices": "invoices stand for orders",
    "average order value": "'average order value' is taken per buyer, as JD's 客单价",
}
"""Names whose meaning is near and not the same; using one is said in the notes."""

GUESTS: frozenset[str] = frozenset({"guest_orders", "guest orders", "游客订单", "游客订单数"})
"""Orders without a known customer: each is one buyer more."""


@dataclass(frozen=True)
class Meaning:
    """What one column of a file holds."""

    kind: str
    """"date", "count", "ratio", "compared" (left out) or "other"."""

    name: str
    """The name in `kpi.py`, or the column's own name."""

    rank: int
    """How near in meaning, 0 the nearest."""

    factor: float
    """What its numbers are multiplied by: 10,000 for 万元."""

    remark: str
    """What is assumed by reading it so; may be empty."""


def meaning(header: str) -> Meaning:
    """What a column with this header holds."""
    plain = _plain(header)
    bare = re.sub(r"\(.*?\)|\[.*?\]", "", plain).strip()
    inside = " ".join(re.findall(r"[\(\[](.*?)[\)\]]", plain))
    factor = 1e4 if "万" in inside else 1e8 if "亿" in inside else 1.0
    for name in (plain, bare, inside):
        if name in DATE_NAMES:
            return Meaning("date", "date", 0, 1.0, "")
    if any(part in plain for part in COMPARED):
        return Meaning("compared", header.strip(), 0, 1.0, "")
    for name in (plain, bare, inside, without_currency(bare).strip("_- ")):
        found = _names().get(name)
        if found is not None:
            kind = "ratio" if found[0] in kpi.RATIO else "count"
            return Meaning(kind, found[0], found[1], factor, LOOSE.get(name, ""))
    return Meaning("other", header.strip(), 0, factor, "")


def is_guests(header: str) -> bool:
    """Whether a column counts orders of customers who are not known."""
    return _plain(header) in GUESTS


def is_total(cell: str) -> bool:
    """Whether the first cell of a row marks it as a sum or mean of the others."""
    return _plain(cell).rstrip(":") in TOTAL_LABELS


def _plain(header: str) -> str:
    text = unicodedata.normalize("NFKC", header).strip().lower()
    return re.sub(r"\s+", " ", text)


@cache
def _names() -> dict[str, tuple[str, int]]:
    """Name as written, to the count or ratio and how near it is."""
    names: dict[str, tuple[str, int]] = {}
    every: tuple[kpi.Count | kpi.Ratio, ...] = (*kpi.COUNT.values(), *kpi.RATIO.values())
    for found in every:
        for own in (found.name, found.name.replace("_", " "), found.zh, found.en):
            names.setdefault(_plain(own), (found.name, 0))
            names.setdefault(re.sub(r"\(.*?\)", "", _plain(own)).strip(), (found.name, 0))
    for name, others in SYNONYMS.items():
        for rank, other in enumerate(others, start=1):
            names.setdefault(_plain(other), (name, rank))
    return names
