"""What moved, in plain words, and the settings of a scenario that move it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from storesim.scenario.channel_names import channel_label

FACTORS: Final[Mapping[str, tuple[str, str]]] = {
    # factor: (zh, en)
    "market": ("类目大盘", "the market"),
    "market_share": ("占大盘的份额", "visitors per unit of the market"),
    "uv": ("访客数", "visitors"),
    "ad_spend": ("广告花费", "ad spend"),
    "clicks_per_cny": ("每元点击数", "clicks per CNY"),
    "uv_per_click": ("每次点击的访客数", "visitors per click"),
    "cvr": ("成交转化率", "conversion"),
    "aov": ("客单价", "value per buyer"),
    "depth": ("人均浏览量", "pages per visitor"),
}
"""Factors of GMV and PV that a diagnosis tells apart."""

MARKET: Final = frozenset({"market"})
"""Factors that are not the store's own doing."""

_REST: Final = ("不属于任何渠道的部分：影响成交金额 {amount}", "in no channel: {amount} of GMV")

_OF_FACTOR: Final[Mapping[str, tuple[str, ...]]] = {
    "market": ("market.searches_per_day", "market.growth"),
    "cvr": ("operations.stock.safety", "operations.service.agents", "catalogue.discount"),
    "aov": ("promotions", "catalogue.cross_sales"),
    "depth": ("catalogue.cross_sales",),
}

_VISITORS: Final = ("uv", "market_share", "ad_spend", "clicks_per_cny", "uv_per_click")
_OF_SEARCH: Final = ("catalogue.discount", "operations.stock.safety", "channels.express.daily_budget")
_OF_MEMBERS: Final = ("operations.members.visits", "operations.members.coupons")
_CALLED: Final[Mapping[str, Mapping[str, str]]] = {
    # What moves a channel is one setting or another, by its mechanism.
    "affiliate": {"uv": "rate", "market_share": "rate", "ad_spend": "rate", "clicks_per_cny": "rate"},
    "direct_placement": {"clicks_per_cny": "price"},
    "display": {"clicks_per_cny": "price"},
    "express": {"clicks_per_cny": "bid"},
}


def levers(channel: str, factor: str, *, paid: bool) -> tuple[str, ...]:
    """Paths of settings that move a factor, the nearest first; none where no setting does.

    Parameters
    ----------
    channel
        By the name scenarios use; "" for the whole store.
    paid
        Whether the channel costs money.
    """
    if factor not in _VISITORS:
        return _OF_FACTOR.get(factor, ())
    if channel in ("returning", "members"):
        return _OF_MEMBERS
    if channel in ("", "search", "recommendation"):
        return _OF_SEARCH
    own = _CALLED.get(channel, {})
    if not paid and channel not in _CALLED:
        return ()
    return (f"channels.{channel}.{own.get(factor, 'daily_budget')}",)


def sentence(lang: str, channel: str, factor: str, figures: Mapping[str, str], *, views: bool = False) -> str:
    """One cause in a sentence, with the figures behind it.

    Parameters
    ----------
    figures
        Texts: `change` with its sign, `before` and `after`, `amount` with its sign, `since` a date or "", and `usual`
        "yes" where such a change is not out of the ordinary.
    views
        Whether the amount is one of page views, not of GMV.
    """
    if factor == "uv" and channel == "rest":
        return _REST[0 if lang == "zh" else 1].format(**figures)
    name = FACTORS[factor][0 if lang == "zh" else 1]
    if lang == "zh":
        where = f"{channel_label(channel, lang)}：" if channel else "全店："
        since = f"，自 {figures['since']} 起" if figures["since"] else ""
        usual = "（在平常波动之内）" if figures["usual"] else ""
        return (
            f"{where}{name} {figures['change']}（{figures['before']} → {figures['after']}）{since}，"
            f"影响{'浏览量' if views else '成交金额'} {figures['amount']}{usual}"
        )
    where = f"{channel_label(channel, lang)}: " if channel else "store: "
    since = f" since {figures['since']}" if figures["since"] else ""
    usual = " (no more than usual)" if figures["usual"] else ""
    return (
        f"{where}{name} {figures['change']} ({figures['before']} → {figures['after']}){since}, "
        f"{figures['amount']} of {'page views' if views else 'GMV'}{usual}"
    )
