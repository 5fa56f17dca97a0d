"""Scenarios written in a test, read as a user's files are."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from storesim.errors import ScenarioError
from storesim.scenario.document import Scenario
from storesim.scenario.load import read_scenario

GOOD = Path(__file__).resolve().parents[1] / "bad_scenarios" / "parts" / "good.yaml"

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """`write("a.yaml", text)` puts a file beside `good.yaml` and gives its path."""
    (tmp_path / "good.yaml").write_bytes(GOOD.read_bytes())

    def put(name: str, text: str) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    return put


@pytest.fixture
def read(write: Write) -> Callable[..., Scenario]:
    """`read(text, "a.b=1")` is the scenario of a text that may extend `good.yaml`, with settings laid over it."""
    return lambda text, *overrides: read_scenario(write("s.yaml", text), overrides)


@pytest.fixture
def good() -> Scenario:
    return read_scenario(GOOD)


def messages(read: Callable[[], object]) -> list[str]:
    """Every fault of a reading: file (its name only), line, column and message."""
    with pytest.raises(ScenarioError) as wrong:
        read()
    return [str(fault).replace(fault.file, Path(fault.file).name, 1) for fault in wrong.value.faults]
