"""`simulate`: one run of one store."""

from __future__ import annotations

import storesim
from storesim.collector import paused
from storesim.engine.compiled import is_compiled
from storesim.errors import RunError, StoresimError
from storesim.model.blueprint import blueprint
from storesim.model.store import Store
from storesim.results.run import Provenance, Run
from storesim.runs.first_compile import first_compile
from storesim.scenario.document import Scenario


def simulate(scenario: Scenario, seed: int = 0, run: int = 0) -> Run:
    """What the store of a scenario does, day by day, in one run.

    Parameters
    ----------
    scenario
        What to simulate.
    seed, run
        Key of all luck. The same scenario, seed, run and version give the same bytes, compiled or plain.

    Returns
    -------
    Counts by day and channel, frozen, with what is needed to make them again.

    Raises
    ------
    ScenarioError
        If a playbook cannot be applied.
    RunError
        If the simulation fails; carries the fingerprint, run and day. `ConservationError`, its subclass, if visitors,
        orders, stock or money do not balance.
    """
    with paused():
        first_compile.before(scenario)
        store = _lived(scenario.drawn(run), seed, run)
    plan = store.blueprint
    by_channel, of_store = store.ledger.close()
    return Run(
        start=plan.opened,
        channels=plan.channels,
        skus=plan.goods[0].names,
        by_channel=by_channel,
        of_store=of_store,
        by_sku=store.by_sku(),
        provenance=Provenance(
            # Of the whole scenario: runs that draw their settings belong together.
            fingerprint=scenario.fingerprint if scenario.uncertain else plan.fingerprint,
            seed=seed,
            run=run,
            version=storesim.__version__,
            kernel="compiled" if is_compiled() else "plain",
        ),
        cohorts=store.members.cohorts(),
        attributed=store.attributed(),
        groups=store.groups.names,
        by_group=store.groups.totals(),
        devices=plan.devices,
        by_device=store.devices.totals(),
    )


def _lived(scenario: Scenario, seed: int, run: int) -> Store:
    plan = blueprint(scenario)
    store = Store(plan, seed, run)
    try:
        store.live()
    except StoresimError:
        raise
    except Exception as error:
        raise RunError(
            f"{type(error).__name__}: {error}", fingerprint=plan.fingerprint, run=run, day=store.day
        ) from error
    return store
