# %% [markdown]
# # How much stock for 11.11?
# More days of stock sell more, and tie up more money. What is lost for want of stock need not fall: a store that sells
# ranks higher, and more people come to an empty shelf.

# %%
from pathlib import Path

import storesim as ss

# From the root of the repository or from this folder.
file = next(
    path for path in (Path("scenarios/small_store.yaml"), Path("../scenarios/small_store.yaml")) if path.exists()
)
store = ss.read_scenario(file).with_(
    {
        "store.opened": "2027-10-15",
        "horizon": "40d",
        "market.searches_per_day": 40000,
        "operations.conversion.base": "8%",
        "events": [
            {"name": "11.11", "from": "2027-11-10", "to": "2027-11-11", "market": 4, "conversion": 2, "discount": "20%"}
        ],
    }
)
stock = ss.sweep(
    store,
    ["operations.stock.opening=1,5,20,60"],
    n_runs=4,
    kpis=("gmv", "lost_gmv", "stock_units"),
    by="gmv",
    executor="serial",
)
stock

# %% The answer, checked
sold, held = stock.mean("gmv"), stock.mean("stock_units")
assert held[-1] > held[0]
assert sold[-1] > sold[0]
