"""Members: buyers who joined, and who stay until they lapse (MODEL section 9, in its simplest form)."""

from __future__ import annotations

from storesim.engine.day import JOIN
from storesim.model.today import Today
from storesim.scenario.operations import Members as MembersSpec


class Members:
    """How many people come back by themselves.

    Each buyer who is not a member yet joins with a fixed chance, drawn by the kernel; every day a fixed share of the
    members lapses. The number is an expectation where lapsing is concerned, so it is not whole.
    """

    def __init__(self, spec: MembersSpec) -> None:
        self._join = spec.join
        self._stay = 1.0 - spec.churn
        self.count = 0.0

    def open(self, today: Today) -> float:
        """Members this morning."""
        if today.fresh:
            today.plan.scalars[JOIN] = self._join
        return self.count

    def close(self, joined: float) -> None:
        """Some lapse, then the day's `joined` are added."""
        self.count = self.count * self._stay + joined
