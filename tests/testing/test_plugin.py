"""The pytest plugin, in sessions of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from storesim.testing.approved import read_approved
from storesim.testing.regression import ForecastRegression
from tests.model.small import scenario

ROOT = Path(__file__).parents[2]
TESTS = """
import pytest
from storesim.scenario.load import read_scenario

def store(**changes):
    changes = {{key.replace("__", "."): value for key, value in changes.items()}}
    return read_scenario({small!r}).with_({{"horizon": "6d", **changes}})

@pytest.mark.parametrize("budget", [20, 60])
def test_store(forecast_regression, budget):
    forecast_regression(store(channels__express__daily_budget=budget), n_runs=12)
"""
FORMULA = """
def test_formula():
    import sys
    assert 1 + 1 == 2
    heavy = {"numpy", "pandas", "numba", "pydantic", "storesim.testing.check"}
    assert not heavy & set(sys.modules)
"""


def _pytest(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"PYTHONPATH": str(ROOT / "src"), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "LANG": "C"}
    command = [sys.executable, "-m", "pytest", "-p", "storesim.testing.plugin", "-q", "-p", "no:cacheprovider", *words]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    small = str(ROOT / "tests" / "cli" / "small.yaml")
    (tmp_path / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    (tmp_path / "test_stores.py").write_text(TESTS.format(small=small), encoding="utf-8")
    return tmp_path


def test_a_session_that_does_not_use_it_imports_nothing_for_it(tmp_path: Path) -> None:
    (tmp_path / "test_formula.py").write_text(FORMULA, encoding="utf-8")

    ran = _pytest(tmp_path)

    assert ran.returncode == 0, ran.stdout
    assert "forecasts" not in ran.stdout


def test_what_was_never_approved_fails_and_says_how_to_approve_it(tmp_path: Path) -> None:
    fixture = ForecastRegression(tmp_path / "approved" / "test_a", "test_b", update=False)

    with pytest.raises(AssertionError, match="run pytest --forecast-update"):
        fixture(scenario({"horizon": 3}), n_runs=12)

    assert fixture.used == [tmp_path / "approved" / "test_a" / "test_b.approved.json"]
    assert not fixture.used[0].exists()


def test_limits_and_kpis_of_the_call_hold_whatever_was_approved(tmp_path: Path) -> None:
    def fixture(*, update: bool = False) -> ForecastRegression:
        return ForecastRegression(tmp_path / "approved" / "test_a", "test_b", update=update)

    store = scenario({"horizon": 5})
    more = store.with_({"operations.conversion.base": 2 * store.operations.conversion.base})
    fixture(update=True)(store, n_runs=20, kpis=("gmv",), tolerance=9.0)

    assert fixture()(more, kpis=("gmv",), tolerance=9.0).level != "fail"
    with pytest.raises(AssertionError, match="moved beyond tolerance and noise"):
        fixture()(more, kpis=("gmv",), tolerance=0.01)
    with pytest.raises(AssertionError, match="and the test asks for gmv, uv"):
        fixture()(store, kpis=("gmv", "uv"), tolerance=9.0)
    tighter = fixture(update=True)
    tighter(store, kpis=("gmv",), tolerance=0.02)
    assert len(tighter.updated) == 1
    assert read_approved(tighter.used[0]).limits.fail == 0.02


def test_forecasts_are_approved_checked_reported_and_listed_once_obsolete(project: Path) -> None:
    updated = _pytest(project, "--forecast-update")
    assert updated.returncode == 0, updated.stdout
    kept = sorted(path.name for path in (project / "approved" / "test_stores").iterdir())
    assert kept == ["test_store[20].approved.json", "test_store[60].approved.json"]

    # One store is changed, one test is gone; in two processes.
    tests = project / "test_stores.py"
    tests.write_text(
        tests.read_text("utf-8").replace("[20, 60]", "[20]").replace('"6d"', '"6d", "market.searches_per_day": 4000'),
        "utf-8",
    )
    ran = _pytest(project, "-p", "xdist", "-n", "2", "--forecast-report", "report")

    assert ran.returncode == 1
    assert "the forecast moved beyond tolerance and noise" in ran.stdout
    assert "lines_of(verdict" not in ran.stdout, "the fixture's own code tells the reader nothing"
    assert "obsolete, no test uses it" in ran.stdout
    assert "test_store[60].approved.json" in ran.stdout
    page = (project / "report" / "check.html").read_text(encoding="utf-8")
    assert "test_store[20]" in page
    assert (project / "report" / "check.xml").exists()
