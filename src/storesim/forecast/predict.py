"""`predict`: what comes next, for simulated days and a user's own alike."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Final

from storesim import kpi
from storesim.errors import UsageError
from storesim.forecast.outlook import Outlook
from storesim.results.ensemble import Ensemble

if TYPE_CHECKING:
    from storesim.results.history import History
    from storesim.results.run import Run

ENSEMBLE_PATH: Final = "ensemble_path"


def predict(
    source: Ensemble | History | Run,
    horizon_days: int | None = None,
    method: str = "auto",
    *,
    n_paths: int = 1000,
    seed: int = 0,
) -> Outlook:
    """Joint paths of the days to come.

    Parameters
    ----------
    source
        An ensemble, a user's own days, or one run.
    horizon_days
        Days to foretell after the last day of the source. If not given: of an ensemble the simulated days themselves.
    method
        Name of a method; "auto" chooses.
    n_paths, seed
        Paths to draw and seed of all chance; the runs of an ensemble are its paths, and nothing is drawn.

    Raises
    ------
    UsageError
        If an argument cannot be.
    """
    if isinstance(source, Ensemble) and horizon_days is None and method in ("auto", ENSEMBLE_PATH):
        return _of_runs(source)
    raise UsageError(f"there is no method {method!r} for {type(source).__name__} yet")


def _of_runs(ensemble: Ensemble) -> Outlook:
    """The runs as they are; every count of the channels, all of which add up over days and channels."""
    return Outlook(
        start=ensemble.start,
        channels=ensemble.channels,
        counts=tuple(count.name for count in kpi.CHANNEL_COUNTS),
        paths=ensemble.by_channel,
        method=ENSEMBLE_PATH,
        reasons=(f"The {ensemble.n_runs} simulated runs are the paths: each is one way the store may go.",),
        provenance=asdict(ensemble.provenance),
    )
