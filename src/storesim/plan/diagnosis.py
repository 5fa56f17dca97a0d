"""`Diagnosis`: the causes of a gap, ranked, with the figures behind each, as sentences, records and a table."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from storesim.plan.remedies import MARKET, sentence
from storesim.plan.windows import Windows
from storesim.results.tables import csv_bytes, plain_text
from storesim.units import show_count, show_money

if TYPE_CHECKING:
    import pandas as pd

DIAGNOSIS_COLUMNS: Final = (
    "rank", "kpi", "channel", "factor", "owner", "before", "after", "change", "amount", "since", "usual", "levers",
    "finding",
)  # fmt: skip
"""Of `diagnosis.csv`, in order."""

_OWNERS: Final = ("market", "own")

_WEIGHTY: Final = 0.1
"""Share of the largest effect from which a change goes before larger ones that are usual."""


@dataclass(frozen=True)
class Symptom:
    """One cause of the gap."""

    channel: str
    """"" for the whole store, and "rest" for what channels do not add up to."""

    factor: str
    """One of `remedies.FACTORS`."""

    amount: float
    """Its part of the gap of GMV, CNY exact to the fen; of the gap of page views where `views` is true."""

    before: float
    after: float
    """The factor itself: a day's count, or a ratio."""

    since: dt.date | None
    """Since when its level is another; None where it moved little by little."""

    usual: bool
    """Whether such a change between two stretches of that length is within twice the usual one."""

    levers: tuple[str, ...]
    """Paths of settings that move it."""

    views: bool = False
    """Whether it is part of the gap of page views."""

    @property
    def owner(self) -> str:
        """ "market" or "own"."""
        return "market" if self.factor in MARKET else "own"

    @property
    def change(self) -> float:
        """After over before, less one; NaN from nothing."""
        return self.after / self.before - 1 if self.before else float("nan")

    def told(self, lang: str) -> str:
        """The cause in a sentence, in "zh" or "en"."""
        figures = {
            "change": "–" if np.isnan(self.change) else f"{self.change:+.1%}",
            "before": _shown(self.factor, self.before, lang),
            "after": _shown(self.factor, self.after, lang),
            "amount": ("+" if self.amount > 0 else "") + (show_count if self.views else show_money)(self.amount, lang),
            "since": str(self.since or ""),
            "usual": "yes" if self.usual else "",
        }
        return sentence(lang, self.channel, self.factor, figures, views=self.views)


@dataclass(frozen=True)
class Diagnosis:
    """Two stretches of days compared."""

    name: str
    windows: Windows
    gmv_before: float
    gmv_after: float
    """CNY of each stretch; days on which a figure is unknown count as the mean of the others."""

    symptoms: tuple[Symptom, ...]
    """Weighty changes that are more than usual first, then by effect; all add up to the gap to the fen."""

    views: tuple[Symptom, ...]
    """The same of page views, by visitors and depth; empty where page views are not known."""

    notes: tuple[str, ...]

    @property
    def gap(self) -> float:
        """CNY."""
        return round(self.gmv_after - self.gmv_before, 2)

    @property
    def by_owner(self) -> dict[str, float]:
        """The gap by whose doing it is, "market" and "own", CNY; empty where the market is not known."""
        sums = {owner: round(sum(one.amount for one in self.symptoms if one.owner == owner), 2) for owner in _OWNERS}
        return sums if any(one.owner == "market" for one in self.symptoms) else {}

    def documents(self, lang: str = "en") -> list[dict[str, Any]]:
        """One record a symptom, for JSON."""
        return [
            {
                "rank": rank,
                "channel": one.channel,
                "factor": one.factor,
                "owner": one.owner,
                "before": one.before,
                "after": one.after,
                "change": one.change,
                "kpi": "pv" if one.views else "gmv",
                "amount": one.amount,
                "since": one.since.isoformat() if one.since else None,
                "usual": one.usual,
                "levers": list(one.levers),
                "finding": one.told(lang),
            }
            for symptoms in (self.symptoms, self.views)
            for rank, one in enumerate(symptoms, start=1)
        ]

    def frame(self) -> pd.DataFrame:
        """The same for pandas."""
        import pandas as pd

        return pd.DataFrame(self.documents(), columns=list(DIAGNOSIS_COLUMNS))

    def csv(self, lang: str = "en") -> bytes:
        """The same as a CSV file."""
        return csv_bytes(DIAGNOSIS_COLUMNS, [_row(document) for document in self.documents(lang)])


def ranked(symptoms: list[Symptom]) -> tuple[Symptom, ...]:
    """Changes that are more than usual and weigh something first, then by effect; causes without any left out."""
    moved = [symptom for symptom in symptoms if symptom.amount]
    light = _WEIGHTY * max((abs(symptom.amount) for symptom in moved), default=0.0)

    def rank(one: Symptom) -> tuple[bool, float, str, str]:
        return one.usual or abs(one.amount) < light, -abs(one.amount), one.channel, one.factor

    return tuple(sorted(moved, key=rank))


def _shown(factor: str, value: float, lang: str) -> str:
    if factor in ("aov", "ad_spend"):
        return show_money(value, lang)
    if factor == "cvr":
        return f"{value:.2%}"
    return f"{value:,.4g}" if value < 10_000 else f"{value:,.0f}"


def _row(document: Mapping[str, Any]) -> list[str]:
    texts = {
        **{name: str(value) for name, value in document.items()},
        **{name: f"{document[name]:.6g}" for name in ("before", "after")},
        "change": "" if np.isnan(document["change"]) else f"{document['change']:.6g}",
        "amount": f"{document['amount']:.2f}",
        "since": document["since"] or "",
        "usual": "yes" if document["usual"] else "no",
        "levers": " ".join(document["levers"]),
    }
    return [plain_text(texts[name]) if name in ("channel", "finding") else texts[name] for name in DIAGNOSIS_COLUMNS]
