"""What changes on a date, whatever the stage: a budget raised from 1 September on."""

import datetime as dt
from collections.abc import Sequence
from typing import Self

from pydantic import ConfigDict, Field, model_validator

from storesim.scenario.spec import Named, Spec, at_places
from storesim.scenario.store import StageName
from storesim.units import Date

_DAY = dt.timedelta(days=1)


class Change(Spec):
    """Levers that are set on one day, and on another where `to` says so."""

    model_config = ConfigDict(populate_by_name=True)

    first: Date = Field(alias="from")
    """First day on which it holds."""

    last: Date | None = Field(default=None, alias="to")
    """Last day, included; none: until the end."""

    stage: StageName | None = None
    """The stage in which it holds; none: in all of them."""

    playbook: Named[object] = Named()
    """Levers it sets, as dotted paths, over those of the stage; of several changes the last in the list counts."""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.last is not None and self.last < self.first:
            message = f"'to' {self.last} is before 'from' {self.first}; a change ends on or after its first day"
            raise at_places("Change", [(("to",), message)])
        return self

    def holds(self, date: dt.date) -> bool:
        """Whether it is in force on a date, in its stage."""
        return self.first <= date and (self.last is None or date <= self.last)


def turning_days(changes: Sequence[Change], opened: dt.date, n_days: int) -> tuple[int, ...]:
    """Days of a run on which some change begins or is over, rising; day 0 always."""
    dates = [change.first for change in changes] + [change.last + _DAY for change in changes if change.last]
    return tuple(sorted({0, *(day for date in dates if 0 < (day := (date - opened).days) < n_days)}))


def playbook_on(changes: Sequence[Change], stage: str, book: Named[object], date: dt.date) -> Named[object]:
    """The levers of a stage on a date: those of its playbook `book`, and over them those of the changes in force."""
    found = dict(book)
    for change in changes:
        if change.stage in (None, stage) and change.holds(date):
            found |= change.playbook
    return Named(found)
