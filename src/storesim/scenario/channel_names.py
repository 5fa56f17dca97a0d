"""What the trade calls the channels that presets and imports know, in Chinese and English."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

CHANNEL_NAMES: Final[Mapping[str, tuple[str, str]]] = {
    "search": ("自然搜索", "Search"),
    "category": ("类目浏览", "Category pages"),
    "express": ("京东快车", "Express (京东快车)"),
    "direct_placement": ("京东直投", "Direct placement (京东直投)"),
    "display": ("京选展位", "Display (京选展位)"),
    "affiliate": ("京挑客", "Affiliate (京挑客)"),
    "event": ("平台活动", "Platform events"),
    "flash_sale": ("京东秒杀", "Flash sales (秒杀)"),
    "group_buy": ("团购", "Group buys (团购)"),
    "social": ("社交推广", "Social networks (SNS)"),
    "live": ("直播", "Live streaming"),
    "returning": ("老客回访", "Returning members"),
    "offsite": ("站外分销", "Other marketplaces"),
}
"""By the name of the channel in a scenario: Chinese, English."""


def channel_label(name: str, lang: str) -> str:
    """The trade's word for a channel, "zh" or "en"; its own name where there is none."""
    return CHANNEL_NAMES[name][0 if lang == "zh" else 1] if name in CHANNEL_NAMES else name
