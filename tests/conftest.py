"""What every test begins with, wherever and however the suite is started."""

from __future__ import annotations

import logging
import os
import signal

import pytest
from hypothesis import settings

# A machine that does something else meanwhile is no fault of what is tested.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")

# Files of tests hold days of 2026 and 2027, which must be past on whatever day the tests are run.
os.environ.setdefault("STORESIM_TODAY", "2030-01-01")

DEAR = (
    "tests/docs/test_tutorial", "tests/theory/", "tests/benchmarks/", "tests/scenario/test_shipped",
    "tests/experiments/test_calibrate", "tests/docs/", "tests/model/test_directions", "tests/model/test_settings",
    "tests/cli/test_re", "tests/cli/test_run", "tests/reliability/", "tests/properties/", "tests/cli/", "tests/plan/",
    "tests/report/", "tests/runs/", "tests/contracts/",
)  # fmt: skip
"""How the names of files of tests begin that take long together, the longest first."""


@pytest.fixture(scope="session", autouse=True)
def interrupts_are_heard() -> None:
    """A suite in the background is deaf to Ctrl-C, and so would be every process that a test starts and interrupts."""
    if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True)
def nothing_is_set_for_the_log() -> None:
    """Commands run by an earlier test, or for a whole module, set how much is logged."""
    logging.getLogger("storesim").setLevel(logging.NOTSET)


@pytest.fixture
def without_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reports in which every picture is an empty frame: more than half of what a small run costs.

    For tests of exit status, words on the screen or data; those of reports, and a whole run of each command, draw.
    """
    from markupsafe import Markup

    from storesim.report.writers import html

    monkeypatch.setattr(html, "_picture", lambda _: Markup("<svg></svg>"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes long begins first, so that several processes end together; within a file nothing changes place."""
    items.sort(key=lambda item: next((i for i, name in enumerate(DEAR) if item.nodeid.startswith(name)), len(DEAR)))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> object:
    """Among several processes a file's tests stay together, and those of theory, whose last looks at all the others."""
    from xdist.scheduler import LoadScopeScheduling

    class ByFile(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            file = nodeid.split("::", 1)[0]
            return "tests/theory" if file.startswith("tests/theory/") else file

    # In the order of collection: xdist would put the files with few tests last, some of which take a minute.
    config.option.loadscopereorder = False
    return ByFile(config, log)
