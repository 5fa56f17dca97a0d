"""One number of a scenario moved, where playbooks set it too: that with the highest has it, others in proportion."""

from __future__ import annotations

from collections.abc import Mapping

from storesim.scenario.document import Scenario
from storesim.scenario.store import STAGES


def highest(scenario: Scenario, path: str, own: float) -> float:
    """The highest of the values that hold in some stage, or from some date on.

    Parameters
    ----------
    path
        A dotted path of a number.
    own
        What stands there; it counts only where a stage's playbook does not set another.
    """
    books = in_playbooks(scenario, path)
    found = [*books.values(), *in_changes(scenario, path).values()]
    return max(found) if len(books) == len(STAGES) else max([own, *found])


def varied(scenario: Scenario, values: Mapping[str, tuple[float, float]]) -> dict[str, object]:
    """What `Scenario.with_` is given so that numbers have other values.

    Parameters
    ----------
    values
        By dotted path, what stands there and the value wanted. Where playbooks or dated changes set the path, the value
        is that of the highest, and the others move in proportion; all have it where all are 0.
    """
    changes: dict[str, object] = {}
    playbooks: dict[str, dict[str, object]] = {}
    dated = [dict(change.playbook) for change in scenario.changes]
    for path, (own, value) in values.items():
        books, later = in_playbooks(scenario, path), in_changes(scenario, path)
        if not books and not later:
            changes[path] = value
            continue
        top = highest(scenario, path, own)
        changes[path] = _moved(own, value, top)
        for stage, one in books.items():
            book = playbooks.setdefault(stage, dict(getattr(scenario.stages, stage).playbook))
            book[path] = _moved(one, value, top)
        for place, one in later.items():
            dated[place][path] = _moved(one, value, top)
            changes[f"changes.{place}.playbook"] = dated[place]
    return changes | {f"stages.{stage}.playbook": book for stage, book in playbooks.items()}


def in_playbooks(scenario: Scenario, path: str) -> dict[str, float]:
    """By stage, the number its playbook sets a path to; stages whose playbook does not are left out."""
    books = {stage: getattr(scenario.stages, stage).playbook for stage in STAGES}
    return {stage: book[path] for stage, book in books.items() if isinstance(book.get(path), int | float)}


def in_changes(scenario: Scenario, path: str) -> dict[int, float]:
    """By place among the dated changes, the number each sets a path to."""
    found = {place: change.playbook.get(path) for place, change in enumerate(scenario.changes)}
    return {place: value for place, value in found.items() if isinstance(value, int | float)}


def _moved(one: float, value: float, top: float) -> float:
    if top == 0.0:
        return value
    moved = one * value / top
    return round(moved) if isinstance(value, int) else moved
