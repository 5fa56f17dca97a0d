"""The pytest plugin: the fixture `forecast_regression`, `--forecast-update` and `--forecast-report`.

Every pytest session of every project with storesim installed imports this module, so it imports nothing but pytest and
the standard library; what does the work is imported when a test asks for the fixture.
"""

from __future__ import annotations

import pickle
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

if TYPE_CHECKING:
    from storesim.testing.regression import ForecastRegression

FOLDER: Final = "approved"
"""Folder beside a test file that holds its approved figures: approved/<test file>/<test>.approved.json."""

_SENT: Final = "storesim_forecasts"


def pytest_addoption(parser: pytest.Parser) -> None:
    """The two options."""
    group = parser.getgroup("storesim", "forecasts that must not move")
    group.addoption("--forecast-update", action="store_true", help="Approve the figures of forecasts as they are now.")
    group.addoption(
        "--forecast-report", metavar="DIR", help="Write check.html, check.md and check.xml of all forecasts to DIR."
    )


@pytest.fixture
def forecast_regression(request: pytest.FixtureRequest) -> ForecastRegression:
    """Fails a test if the forecast of a scenario moved beyond tolerance and noise: `forecast_regression(scenario)`."""
    from storesim.testing.regression import ForecastRegression

    folder = request.path.parent / FOLDER / request.path.stem
    found = ForecastRegression(folder, request.node.name, update=request.config.getoption("forecast_update"))
    _gathered(request.config).append(found)
    return found


class Gathered:
    """What one process of a session has seen."""

    def __init__(self) -> None:
        self.used: set[str] = set()
        self.updated: set[str] = set()
        self.folders: set[str] = set()
        self.verdicts: list[bytes] = []
        self._open: list[ForecastRegression] = []

    def append(self, found: ForecastRegression) -> None:
        """Remember a fixture, whose test is still to run."""
        self._open.append(found)

    def close(self) -> None:
        """Take what the fixtures have seen."""
        for found in self._open:
            self.used |= set(map(str, found.used))
            self.updated |= set(map(str, found.updated))
            self.verdicts += [pickle.dumps(verdict) for verdict in found.verdicts]
        self._open = []

    def take(self, sent: dict[str, Any]) -> None:
        """Take what another process has seen."""
        self.used |= set(sent["used"])
        self.updated |= set(sent["updated"])
        self.folders |= set(sent["folders"])
        self.verdicts += sent["verdicts"]

    def sendable(self) -> dict[str, Any]:
        """The same in the plain types that travel between processes of a session."""
        return {"used": sorted(self.used), "updated": sorted(self.updated), "folders": sorted(self.folders),
                "verdicts": self.verdicts}  # fmt: skip


_KEY: Final = pytest.StashKey[Gathered]()


def _gathered(config: pytest.Config) -> Gathered:
    if _KEY not in config.stash:
        config.stash[_KEY] = Gathered()
    return config.stash[_KEY]


def pytest_collection_finish(session: pytest.Session) -> None:
    """Note the folders of approved figures beside the tests collected."""
    folders = {item.path.parent / FOLDER for item in session.items}
    found = {str(folder) for folder in folders if folder.is_dir()}
    if found:
        _gathered(session.config).folders |= found


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any, error: object) -> None:  # noqa: ARG001  # xdist's signature
    """Take what a worker of xdist has seen."""
    sent = getattr(node, "workeroutput", {}).get(_SENT)
    if sent:
        _gathered(node.config).take(sent)


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Send what a worker has seen, or write the report."""
    config = session.config
    if _KEY not in config.stash:
        return
    gathered = _gathered(config)
    gathered.close()
    if hasattr(config, "workeroutput"):
        config.workeroutput[_SENT] = gathered.sendable()
        return
    folder = config.getoption("forecast_report")
    if folder and gathered.verdicts:
        from storesim.testing.regression import write_report

        # Made by this very session.
        verdicts = [pickle.loads(verdict) for verdict in gathered.verdicts]  # noqa: S301
        write_report(Path(folder), verdicts, _obsolete(config, gathered))


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Say which figures were approved, and which approvals no test uses any more."""
    if _KEY not in config.stash:
        return
    gathered = _gathered(config)
    obsolete = _obsolete(config, gathered)
    if gathered.updated or obsolete:
        terminalreporter.section("forecasts")
        _lines(terminalreporter, "approved", sorted(gathered.updated))
        _lines(terminalreporter, "obsolete, no test uses it", map(str, obsolete))


def _lines(terminalreporter: Any, what: str, paths: Iterable[str]) -> None:
    for path in paths:
        terminalreporter.write_line(f"{what}: {path}")


def _obsolete(config: pytest.Config, gathered: Gathered) -> tuple[Path, ...]:
    """Approved figures that no test asked for; only where all tests beside them ran."""
    if _is_partial(config, config.invocation_params.args):
        return ()
    files = [path for folder in sorted(gathered.folders) for path in sorted(Path(folder).glob("*/*.approved.json"))]
    return tuple(path for path in files if str(path) not in gathered.used)


def _is_partial(config: pytest.Config, words: Sequence[object]) -> bool:
    chosen = config.option.keyword or config.option.markexpr or getattr(config.option, "lf", False)
    return (
        bool(chosen)
        or config.option.collectonly
        or any("::" in str(word) or str(word).endswith(".py") for word in words)
    )
