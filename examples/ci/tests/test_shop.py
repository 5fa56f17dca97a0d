"""Plans of the shop that the team relies on."""

from pathlib import Path

import storesim as ss

SHOP = Path(__file__).parents[1] / "scenarios" / "shop.yaml"


def test_what_two_months_bring(forecast_regression):
    forecast_regression(SHOP, n_runs=40)


def test_what_half_the_budget_brings(forecast_regression):
    half = ss.read_scenario(SHOP).with_({"channels.express.daily_budget": 100})

    forecast_regression(half, n_runs=40, kpis=("gmv", "uv", "ad_spend"), tolerance=0.01)
