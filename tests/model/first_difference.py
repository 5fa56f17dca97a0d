"""Whether two scenarios give other counts, found out on the first day that differs and not at the end of the run."""

from __future__ import annotations

from storesim.engine.day import DayTally
from storesim.model.blueprint import blueprint
from storesim.model.fulfilment import OF_PARCELS
from storesim.model.inventory import OF_GOODS
from storesim.model.record import COLUMNS, OF_BASKETS, Note, Notebook
from storesim.model.service import OF_OPINIONS
from storesim.model.store import Store
from storesim.scenario.document import Scenario


class Played:
    """One run of a scenario, to which those of others are compared."""

    def __init__(self, scenario: Scenario, seed: int) -> None:
        self.seed, self.days = seed, list[bytes]()
        self._store = Store(blueprint(scenario), seed, 0)
        self._store.notebook = _Noting(self._store, self.days)
        self._store.live()
        self.whole = _whole(self._store)

    def differs(self, other: Scenario) -> bool:
        """Whether `other` gives other counts on the same luck."""
        store = Store(blueprint(other), self.seed, 0)
        if _shape(store) != _shape(self._store):
            return True
        store.notebook = _Comparing(store, self.days)
        try:
            store.live()
        except _Different:
            return True
        return _whole(store) != self.whole


class _Different(Exception):
    """A day's counts are not those of the run compared to."""


class _Noting(Notebook):
    """A notebook that also puts each day, as it came in, into `days`."""

    def __init__(self, store: Store, days: list[bytes]) -> None:
        super().__init__(store.blueprint.n_days, store.blueprint.paid)
        self._days = days

    def add(self, tally: DayTally, note: Note) -> None:
        self._days.append(_day(tally, note))
        super().add(tally, note)


class _Comparing(Notebook):
    """A notebook that takes no day that differs from `days`."""

    def __init__(self, store: Store, days: list[bytes]) -> None:
        super().__init__(store.blueprint.n_days, store.blueprint.paid)
        self._days = iter(days)

    def add(self, tally: DayTally, note: Note) -> None:
        if _day(tally, note) != next(self._days):
            raise _Different
        super().add(tally, note)


def _shape(store: Store) -> tuple[int, tuple[str, ...]]:
    return store.blueprint.n_days, tuple(store.blueprint.channels)


def _day(tally: DayTally, note: Note) -> bytes:
    """What becomes counts, and nothing else: a day on which only the rest differs proves nothing."""
    told = ((note.parcels, OF_PARCELS), (note.bought, OF_GOODS), (note.opinions, OF_OPINIONS))
    store = [[getattr(part, field) for field in names.values()] for part, names in told]
    numbers = tally.by_channel[:, list(COLUMNS.values())], tally.baskets[list(OF_BASKETS.values())]
    return b"".join(part.tobytes() for part in numbers) + repr((store, note.books, note.members, note.figures)).encode()


def _whole(store: Store) -> tuple[bytes, ...]:
    return tuple(counts.tobytes() for counts in store.ledger.close())
