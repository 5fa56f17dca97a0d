"""The likely meaning of a word nobody declared."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from storesim.units import tidy

_SYNONYMS: dict[str, tuple[str, ...]] = {
    "budget": ("daily_budget",),
    "daily_limit": ("daily_budget",),
    "预算": ("daily_budget",),
    "日预算": ("daily_budget",),
    "出价": ("bid",),
    "cpc": ("bid", "price"),
    "分时折扣": ("hours",),
    "start": ("from", "opened"),
    "begin": ("from",),
    "start_date": ("opened", "from"),
    "open_date": ("opened",),
    "end": ("to",),
    "days": ("horizon",),
    "duration": ("horizon",),
    "products": ("catalogue", "skus"),
    "items": ("skus",),
    "catalog": ("catalogue",),
    "shop": ("store",),
    "店铺": ("store",),
    "市场": ("market",),
    "渠道": ("channels",),
    "商品": ("catalogue", "skus"),
    "运营": ("operations",),
    "活动": ("events",),
    "阶段": ("stages",),
    "目标": ("targets",),
    "天数": ("horizon",),
    "开业日期": ("opened",),
    "sale": ("discount",),
    "折扣": ("discount",),
    "events_calendar": ("events",),
    "code": ("sku",),
    "id": ("sku",),
    "stock_on_hand": ("stock",),
    "inventory": ("stock",),
    "staff": ("agents",),
    "seats": ("agents",),
    "type": ("mechanism", "mode"),
    "kind": ("mechanism",),
    "inherits": ("extends",),
    "include": ("extends",),
    "import": ("extends",),
    "base": ("extends",),
    "target": ("targets",),
    "goal": ("targets",),
    "sales": ("gmv",),
    "revenue": ("gmv",),
    "max_cvr": ("cvr_max",),
    "min_cvr": ("cvr_min",),
    "max_aov": ("aov_max",),
    "min_aov": ("aov_min",),
    "seasonality": ("season",),
    "visitors": ("searches_per_day",),
    "traffic_per_day": ("searches_per_day",),
    "leadtime": ("lead_time",),
    "售价": ("price",),
    "价格": ("price",),
    "成本": ("cost",),
}


def likely(word: str, allowed: Iterable[str]) -> str | None:
    """The allowed word that `word` most likely means; None where none is near."""
    names = list(allowed)
    plain = _key(word)
    for synonym in _SYNONYMS.get(plain, ()):
        if synonym in names:
            return synonym
    by_key = {_key(name): name for name in reversed(names)}
    if plain in by_key:
        return by_key[plain]
    close = get_close_matches(plain, by_key, n=1, cutoff=0.66)
    return by_key[close[0]] if close else None


def did_you_mean(word: str, allowed: Iterable[str], *, most: int = 24) -> str:
    """`; did you mean 'x'?`, or the words that are allowed; begins with its own punctuation."""
    names = list(allowed)
    meant = likely(word, names)
    if meant is not None:
        return f"; did you mean '{meant}'?"
    if not names:
        return ""
    listed = ", ".join(names[:most]) + (", …" if len(names) > most else "")
    return f"; allowed: {listed}"


def _key(word: str) -> str:
    return tidy(word).replace("-", "_").replace(" ", "_").rstrip("+")
