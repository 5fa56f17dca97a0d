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
from typing import Literal

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

FIRST_DAY_NAMES: frozenset[str] = frozenset(["开始日期", "起始日期", "统计开始日期", "start date", "first day"])
LAST_DAY_NAMES: frozenset[str] = frozenset(["结束日期", "截止日期", "统计结束日期", "end date", "last day"])
"""Of tables whose rows each cover a period."""

HOUR_NAMES: frozenset[str] = frozenset({"小时", "时段", "小时段", "时间段", "hour", "hour of day"})

PARTS: Mapping[str, tuple[str, ...]] = {
    # A level of sources, from the coarsest; then what splits a source further, and what splits the store otherwise.
    "channel": (
        "一级渠道", "一级来源", "流量渠道", "渠道", "来源", "流量来源", "渠道名称", "来源名称", "一级流量来源",
        "channel", "source", "traffic source", "产品线", "推广产品", "product line", "ad product",
    ),
    "channel, second level": ("二级渠道", "二级来源", "二级流量来源"),
    "channel, third level": ("三级渠道", "三级来源", "三级流量来源"),
    "merged source": ("聚合来源",),
    "node": ("核心节点",),
    "device": ("终端", "设备", "设备类型", "端口", "device"),
    "campaign": ("计划id", "计划名称", "推广计划", "计划", "推广计划名称", "推广计划id", "campaign", "campaign name"),
    "ad group": ("单元id", "单元名称", "推广单元", "推广单元名称", "ad group"),
    "keyword": ("关键词", "搜索词", "keyword", "search term"),
    "product": (
        "商品sku", "sku", "sku_id", "skuid", "sku id", "商品编号", "商品id", "触发sku_id", "spu_id", "spu", "item id",
        "product id",
    ),
    "product bought": ("跟单sku_id",),
    "product name": ("商品名称", "商品", "sku名称", "product", "product name", "item"),
    "shop": ("店铺名称", "店铺", "店铺id", "shop", "store", "store name", "shop name"),
}  # fmt: skip
"""Columns that split a day into rows which add up to it, by what they split it into."""

CHANNELS: Mapping[str, tuple[str, ...]] = {
    "search": ("搜索", "京东搜索", "自然搜索", "免费搜索", "手淘搜索", "organic search", "organic"),
    "recommendation": ("推荐", "首页推荐", "推荐流量", "手淘推荐", "手淘首页", "猜你喜欢", "为你推荐"),
    "express": ("快车", "京东快车", "搜索快车", "快车推广", "关键词推广", "直通车", "jd express"),
    "direct_placement": ("直投", "京东直投", "direct placement"),
    "display": ("京选展位", "京东展位", "展位", "购物触点", "推荐广告", "人群推广", "引力魔方", "钻展", "钻石展位"),
    "affiliate": ("京挑客", "京东联盟", "淘宝客", "affiliates"),
    "full_site": ("全站营销", "全站推广", "全站投放"),
    "smart": ("智能场景", "智能投放", "京速推", "海投计划", "海投"),
    "returning": ("老客", "老客户", "老客回访", "购物车", "我的京东", "店铺关注", "自主访问", "老访客"),
    "members": ("会员", "会员触达"),
}
"""Channels by the names scenarios use, and what reports call them."""

ALL_LABELS: frozenset[str] = frozenset(
    ["", "-", "--", "—", "全部", "整体", "汇总", "合计", "总计", "全店", "所有", "全部渠道", "全部来源", "整体来源",
     "所有终端", "全部终端", "all", "total", "overall"]
)  # fmt: skip
"""Cells of a column that splits days, in rows that are not split by it."""

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
    "carts": ("加购人数", "总加购数", "add-to-cart users", "added to cart"),
    "buyers": ("成交人数", "成交用户数", "支付买家数", "customers", "成交买家数"),
    "orders": ("成交订单数", "支付订单数", "订单数", "订单量", "order count", "成交子单量", "transactions", "invoices"),
    "units": ("成交商品件数", "支付件数", "件数", "销量", "quantity", "qty", "pieces", "units sold"),
    "gmv": (
        "支付金额",
        "销售额",
        "交易金额",
        "交易额",
        "营业额",
        "revenue",
        "sales",
        "turnover",
        "sales amount",
        "total sales",
        "net sales",
        "total revenue",
        "order revenue",
        "成交额",
        "成交总额",
        "总销售额",
    ),
    "ad_spend": (
        "花费",
        "总花费",
        "总费用",
        "推广花费",
        "消耗",
        "spend",
        "ad cost",
        "ad spend",
        "cost",
        "付款佣金金额",
    ),
    "clicks": ("点击量", "核心位置点击量", "ad clicks"),
    "impressions": ("展现量", "展现次数", "曝光次数", "核心位置展现量"),
    "ad_gmv": ("总订单金额", "全站交易额", "下单订单金额", "ad revenue"),
    "ad_lines": ("总订单行", "全站订单行"),
    "ad_orders": ("下单订单量",),
    "commission_promised": ("预估佣金金额",),
    "chats": ("咨询人数",),
    "refunds": ("成功退款金额",),
    "market": ("行业指数", "类目指数", "大盘指数", "category index", "industry index"),
    "cvr": ("转化率", "成交转换率", "支付转化率", "转换率", "conversion", "conversion rate"),
    "aov": ("成交客单价", "人均成交额", "average order value"),
    "depth": ("人均pv", "人均浏览量(人均pv)", "pages per visitor"),
    "uv_value": ("访客平均价值", "uv价值(元)"),
    "order_value": ("平均订单金额", "order value"),
    "cpc": ("平均点击成本", "点击均价"),
    "cpa": ("总订单成本", "全站订单成本"),
    "roas": ("全站投产比", "roi", "投入产出比"),
}
"""Other names of a count or ratio, the nearest in meaning first; where a file has two, the first is taken."""

LOOSE: Mapping[str, str] = {
    "商品访客数": "visitors of item pages stand for visitors of the store",
    "总加购数": "items added to the cart stand for visitors who add",
    "商品浏览量": "views of item pages stand for views of the store",
    "sessions": "sessions stand for visitors",
    "成交子单量": "sub-orders stand for orders",
    "transactions": "transactions stand for orders",
    "invoices": "invoices stand for orders",
    "average order value": "'average order value' is taken per buyer, as JD's 客单价",
}
"""Names whose meaning is near and not the same; using one is said in the notes."""

OF_ADS: Mapping[str, str] = {"cvr": "ad_cvr", "orders": "ad_orders", "gmv": "ad_gmv"}
"""What the names of the store's figures mean in a report of ads: there 转化率 is order lines per click."""

GUESTS: frozenset[str] = frozenset({"guest_orders", "guest orders", "游客订单", "游客订单数"})
"""Orders without a known customer: each is one buyer more."""


@dataclass(frozen=True)
class Meaning:
    """What one column of a file holds."""

    kind: str
    """"date", "last day" (of a row's period), "hour", "part" (splits days), "count", "ratio", "compared" or "ignored"
    (left out), or "other"."""

    name: str
    """The name in `kpi.py`, or the column's own name."""

    rank: int
    """How near in meaning, 0 the nearest."""

    factor: float
    """What its numbers are multiplied by: 10,000 for 万元."""

    remark: str = ""
    """What is assumed by reading it so; may be empty."""

    channel: str = ""
    """The channel whose figures they are; empty for the store's, or where another column names the channel."""

    percent: bool = False
    """Whether the header says that its numbers are percent, as in `转化率(%)`."""


_SCALES = tuple(
    (re.compile(word), scale)
    for word, scale in (("千万", 1e7), ("百万", 1e6), ("十万", 1e5), ("亿", 1e8), ("万", 1e4), ("千", 1e3),
                        (r"\bk\b", 1e3), (r"\bw\b", 1e4),
                        (r"\b(m|mn|mio)\b", 1e6))
)  # fmt: skip
"""Units of amounts and counts as headers write them in brackets, the longer words first."""

_UNIT_BEHIND = re.compile(
    r"(?P<name>.*?[^\s_/:·-])[\s_/:·-]*"
    r"(?P<unit>(?:千万|百万|十万|亿|万|千)|(?<![a-z])(?:k|m|mn|mio|w)|%|(?<![a-z])(?:pct|percent)|百分比)?"
    r"\s*(?:元|人民币|人|次|单|笔|件|(?<![a-z])(?:cny|rmb|yuan))?"
)
"""A name with a unit behind it that stands in no brackets: `成交金额万元`, `访客数w`, `cvr pct`."""


def meaning(header: str) -> Meaning:
    """What a column with this header holds."""
    found = _meaning(header)
    if found.kind != "other":
        return found
    behind = _UNIT_BEHIND.fullmatch(_plain(header))
    if behind is None:
        return found
    unit = {"pct": "%", "percent": "%", "百分比": "%"}.get(behind["unit"] or "", behind["unit"] or "")
    inner = _meaning(f"{behind['name']} ({unit})")
    return inner if inner.kind in ("count", "ratio") else found


def _meaning(header: str) -> Meaning:
    """What a column holds whose unit, if there is one, stands in brackets."""
    percent = "%" in _plain(header)
    plain = _plain(header.replace("％", "%").replace("%", " "))
    bare = re.sub(r"\(.*?\)|\[.*?\]", "", plain).strip()
    inside = " ".join(re.findall(r"[\(\[](.*?)[\)\]]", plain))
    factor = next((scale for word, scale in _SCALES if word.search(inside)), 1.0)
    for name in (plain, bare, inside):
        if name in DATE_NAMES or name in FIRST_DAY_NAMES:
            return Meaning("date", "date", int(name in FIRST_DAY_NAMES), 1.0)
        if name in LAST_DAY_NAMES:
            return Meaning("last day", header.strip(), 0, 1.0)
        if name in HOUR_NAMES:
            return Meaning("hour", "hour", 0, 1.0)
    if any(part in plain for part in COMPARED):
        return Meaning("compared", header.strip(), 0, 1.0)
    # A header that goes over two lines in its cell has a blank in the middle.
    for name in (plain, bare, inside, without_currency(bare).strip("_- "), bare.replace(" ", "")):
        found = _names().get(name)
        if found is not None:
            return Meaning(kind_of(found[0]), found[0], found[1], factor, LOOSE.get(name, ""), percent=percent)
        if name in _parts():
            return Meaning("part", _parts()[name], 0, 1.0)
    of_channel = _of_channel(bare)
    if of_channel is not None:
        channel, name = of_channel
        return Meaning(kind_of(name), name, 0, factor, channel=channel, percent=percent)
    return Meaning("other", header.strip(), 0, factor)


def kind_of(name: str) -> Literal["count", "ratio"]:
    """Whether a name of `kpi.py` is a count or a ratio."""
    return "ratio" if name in kpi.RATIO else "count"


def channel_called(text: str) -> str:
    """The channel by the name scenarios use; the report's own name where it is none of them."""
    return _channels().get(_plain(text), text.strip())


def channel_within(text: str) -> str:
    """The channel a name of a file or title mentions; empty where it mentions none."""
    plain = _plain(text)
    words = sorted((word for word in _channels() if len(word) > 1 and word in plain), key=len, reverse=True)
    return _channels()[words[0]] if words else ""


def is_guests(header: str) -> bool:
    """Whether a column counts orders of customers who are not known."""
    return _plain(header) in GUESTS


def is_total(cell: str) -> bool:
    """Whether the first cell of a row marks it as a sum or mean of the others."""
    return _plain(cell).rstrip(":") in TOTAL_LABELS


@cache
def is_all(cell: str) -> bool:
    """Whether a cell of a column that splits days says that its row is not split."""
    return _plain(cell) in ALL_LABELS


def _of_channel(plain: str) -> tuple[str, str] | None:
    """The channel and the count in a name such as 快车花费, 访客数-搜索 or uv_express; None in any other name."""
    for mark in re.finditer(r"[-_:/ ]|$", plain):
        at = mark.start()
        for channel, name in ((plain[:at], plain[mark.end() :]), (plain[mark.end() :], plain[:at])):
            if channel in _channels() and name in _names():
                return _channels()[channel], _names()[name][0]
    for word, channel in _channels().items():
        if plain.startswith(word) and plain[len(word) :] in _names():
            return channel, _names()[plain[len(word) :]][0]
    return None


def _plain(header: str) -> str:
    text = unicodedata.normalize("NFKC", header).strip().lower()
    return re.sub(r"\s+", " ", text)


@cache
def _parts() -> dict[str, str]:
    return {_plain(other): part for part, others in PARTS.items() for other in others}


@cache
def _channels() -> dict[str, str]:
    """Name as written, to the channel."""
    names = {_plain(other): channel for channel, others in CHANNELS.items() for other in (channel, *others)}
    return names | {channel.replace("_", " "): channel for channel in CHANNELS}


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
