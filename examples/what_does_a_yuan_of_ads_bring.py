# %% [markdown]
# # What does a yuan of express ads bring?
# The same store at several daily budgets, on common luck: the curve bends where the next yuan no longer pays.

# %%
from pathlib import Path

import storesim as ss

# From the root of the repository or from this folder.
file = next(
    path for path in (Path("scenarios/small_store.yaml"), Path("../scenarios/small_store.yaml")) if path.exists()
)
store = ss.read_scenario(file)
curve = ss.sweep(
    store, ["channels.express.daily_budget=0:80:5"], n_runs=8, kpis=("gmv", "uv", "ad_spend"), executor="serial"
)
curve

# %% What the channel truly adds, and the last tenth of its budget
found = ss.incremental(store.with_({"channels.express.daily_budget": 40}), "express", n_runs=8)
print(f"GMV added per yuan: {found.roi:.2f}; of the last tenth: {found.marginal_roi:.2f}")

# %% The answer, checked
uv = curve.mean("uv")
assert uv[-1] > uv[0]
assert found.added["uv"][0] > 0
