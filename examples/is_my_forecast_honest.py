# %% [markdown]
# # Is my forecast honest?
# Forecasts from the first eight weeks of many simulated stores, held against the four weeks that those stores then had.

# %%
from pathlib import Path

import numpy as np

import storesim as ss

# From the root of the repository or from this folder.
file = next(
    path for path in (Path("scenarios/small_store.yaml"), Path("../scenarios/small_store.yaml")) if path.exists()
)
KNOWN, AHEAD, N_STORES = 56, 28, 8
store = ss.read_scenario(file).with_({"horizon": "84d", "market.searches_per_day": 20000})
runs = ss.replicate(store, n_runs=N_STORES, seed=4, executor="serial")
runs

# %% Where the truth falls within each forecast of the total: 0 is below all paths, 1 above
places = []
for i in range(N_STORES):
    run = runs.run(i)
    past = ss.History(run.start, {name: run.daily(name)[:KNOWN] for name in ("uv", "pv", "buyers", "gmv")})
    outlook = ss.predict(past, AHEAD, n_paths=200)
    places.append(float((outlook.total("uv") < run.daily("uv")[KNOWN:].sum()).mean()))
held = np.mean([0.1 <= place <= 0.9 for place in places])
print(f"The 80 % band held the truth in {held:.0%} of {N_STORES} stores.")

# %% The answer, checked: of eight honest bands of 80 % fewer than three hold once in 800 times
assert held >= 3 / 8
