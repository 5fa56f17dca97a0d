"""The shipped exports are one simulated store as every report a merchant has: the figures of all are the same."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pytest

from storesim.results.history import History, read_history

EXPORTS = Path(__file__).resolve().parents[2] / "examples" / "exports"
STORE = (
    "shangzhi_store.csv",
    "shangzhi_store_gbk.csv",
    "shangzhi_store_utf16.txt",
    "shangzhi_store.xlsx",
    "sycm_store.xls",
)


@pytest.fixture(scope="module")
def sources() -> History:
    """The store by its sources."""
    return read_history(EXPORTS / "shangzhi_sources.csv")


@pytest.mark.parametrize("name", STORE)
def test_every_report_of_the_store_gives_the_same_days(name: str, sources: History) -> None:
    history = read_history(EXPORTS / name)

    assert (history.start, history.n_days) == (dt.date(2026, 3, 1), 61)
    for figure in ("uv", "pv", "buyers", "gmv"):
        np.testing.assert_allclose(history.daily(figure), sources.daily(figure), rtol=1e-9)
    assert not [
        finding for finding in history.findings if finding.kind in ("identity", "order", "missing", "duplicate")
    ]


def test_sources_add_up_to_the_store_and_carry_the_names_of_scenarios(sources: History) -> None:
    assert sources.channels == ("search", "express", "direct_placement", "affiliate", "returning")
    for figure in ("uv", "buyers", "gmv"):
        parts = sum(sources.daily(figure, channel) for channel in sources.channels)
        np.testing.assert_allclose(parts, sources.daily(figure))


def test_hours_add_up_to_the_days_of_the_same_ads() -> None:
    # The same ads by day and by hour may be given together: they agree to the fen, or would be refused.
    history = read_history(EXPORTS / "jzt_express_daily.csv", EXPORTS / "jzt_express_hourly.csv")
    hours = read_history(EXPORTS / "jzt_express_hourly.csv")

    assert history.channels == ("express",)
    for figure in ("ad_spend", "clicks", "impressions", "ad_lines", "ad_gmv"):
        np.testing.assert_allclose(history.daily(figure)[-7:], hours.daily(figure), atol=0.005)


def test_skus_add_up_to_the_store() -> None:
    skus, store = read_history(EXPORTS / "shangzhi_skus.xlsx"), read_history(EXPORTS / "shangzhi_store.csv")

    np.testing.assert_allclose(skus.daily("units"), store.daily("units")[-7:])
    np.testing.assert_allclose(skus.daily("gmv"), store.daily("gmv")[-7:])


def test_masked_ranges_hold_the_true_figures(sources: History) -> None:
    masked = read_history(EXPORTS / "ranges.csv")

    assert np.all(np.abs(masked.daily("uv") - sources.daily("uv")) <= 50)
    assert np.all(np.abs(masked.daily("gmv") - sources.daily("gmv")) <= 2500)


def test_all_reports_together_make_one_store_with_its_ads() -> None:
    names = ("shangzhi_store.xlsx", "shangzhi_sources.csv", "jzt_express_daily.csv", "jzt_direct_placement.csv",
             "jingtiaoke.csv")  # fmt: skip

    history = read_history(*(EXPORTS / name for name in names))

    spent = {
        channel: np.nansum(history.daily("ad_spend", channel))
        for channel in ("express", "direct_placement", "affiliate")
    }
    assert min(spent.values()) > 0
    assert np.nansum(history.daily("ad_spend")) == pytest.approx(sum(spent.values()))
    assert history.total("uv", channel="express") == read_history(EXPORTS / names[1]).total("uv", channel="express")
