"""One number of a scenario moved, where playbooks set it too: the stage with the highest has it, others in proportion."""

from __future__ import annotations

from collections.abc import Mapping

from storesim.scenario.document import Scenario
from storesim.scenario.store import STAGES


def highest(scenario: Scenario, path: str, own: float) -> float:
    """The highest of the values that hold in some stage.

    Parameters
    ----------
    path
        A dotted path of a number.
    own
        What stands there; it counts only where a stage's playbook does not set another.
    """
    books = in_playbooks(scenario, path)
    return max(books.values()) if len(books) == len(STAGES) else max([own, *books.values()])


def varied(scenario: Scenario, values: Mapping[str, tuple[float, float]]) -> dict[str, object]:
    """What `Scenario.with_` is given so that numbers have other values.

    Parameters
    ----------
    values
        By dotted path, what stands there and the value wanted. Where playbooks set the path, the value is that of the
        stage with the highest, and the others move in proportion; all have it where all are 0.
    """
    changes: dict[str, object] = {}
    playbooks: dict[str, dict[str, object]] = {}
    for path, (own, value) in values.items():
        books = in_playbooks(scenario, path)
        if not books:
            changes[path] = value
            continue
        top = highest(scenario, path, own)
        changes[path] = _moved(own, value, top)
        for stage, one in books.items():
            book = playbooks.setdefault(stage, dict(getattr(scenario.stages, stage).playbook))
            book[path] = _moved(one, value, top)
    return changes | {f"stages.{stage}.playbook": book for stage, book in playbooks.items()}


def in_playbooks(scenario: Scenario, path: str) -> dict[str, float]:
    """By stage, the number its playbook sets a path to; stages whose playbook does not are left out."""
    books = {stage: getattr(scenario.stages, stage).playbook for stage in STAGES}
    return {stage: book[path] for stage, book in books.items() if isinstance(book.get(path), int | float)}


def _moved(one: float, value: float, top: float) -> float:
    if top == 0.0:
        return value
    moved = one * value / top
    return round(moved) if isinstance(value, int) else moved
