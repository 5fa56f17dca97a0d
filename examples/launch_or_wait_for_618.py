# %% [markdown]
# # Launch now, or wait for 618?
# One plan advertises from the opening day, the other keeps its money until the sale.

# %%
from pathlib import Path

import storesim as ss

# From the root of the repository or from this folder.
file = next(
    path for path in (Path("scenarios/small_store.yaml"), Path("../scenarios/small_store.yaml")) if path.exists()
)
base = ss.read_scenario(file).with_(
    {
        "store.opened": "2027-05-10",
        "horizon": "60d",
        "events": [
            {
                "name": "618",
                "from": "2027-06-15",
                "to": "2027-06-18",
                "market": 2.2,
                "conversion": 1.5,
                "rival_bids": 1.4,
            }
        ],
        "stages.growth": {"gate": {"on": "2027-06-15"}, "playbook": {"channels.express.daily_budget": 60}},
    }
)
now = base.with_({"channels.express.daily_budget": 60})
wait = base.with_({"channels.express.daily_budget": 0})
found = ss.compare({"launch now": now, "wait": wait}, n_runs=12, by="gmv", executor="serial")
found

# %% The answer, checked
assert found.difference("ad_spend").high < 0
assert found.difference("uv").high < 0
assert str(found.plans[1].moved.date) == "2027-05-10"
