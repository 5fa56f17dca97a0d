"""Whether what an experiment is asked for is known."""

from __future__ import annotations

from collections.abc import Iterable

from storesim import kpi
from storesim.errors import UsageError, near


def refuse_kpis(names: Iterable[str]) -> None:
    """UsageError if a name is no count or ratio."""
    known = (*kpi.COUNT, *kpi.RATIO)
    for name in names:
        if name not in known:
            raise UsageError(f"there is no count or ratio {name!r}{near(name, known)}")


def refuse_few_runs(n_runs: int) -> None:
    """UsageError if so few runs leave no interval."""
    if n_runs < 3:
        raise UsageError(f"{n_runs} runs tell no difference from luck; ask for three or more")
