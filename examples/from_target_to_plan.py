# %% [markdown]
# # From target to plan
# A target for the year becomes goals for its quarters, and a budget is found for them.

# %%
from pathlib import Path

import storesim as ss

# From the root of the repository or from this folder.
file = next(
    path for path in (Path("scenarios/small_store.yaml"), Path("../scenarios/small_store.yaml")) if path.exists()
)
store = ss.read_scenario(file)
best = ss.optimise(store, 80, by="gmv", n_runs=3, n_points=4, executor="serial")
best

# %%
study = ss.run(best.scenario, n_runs=10, executor="serial")
study.goals.frame().head()

# %% The answer, checked
assert sum(best.budgets.values()) <= 80
assert study.goals.target == 10_000
assert round(float(study.goals.value("2027", "gmv")), 2) == 10_000
