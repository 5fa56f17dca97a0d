"""What every test begins with, wherever and however the suite is started."""

from __future__ import annotations

import logging
import signal
from collections.abc import Iterator

import pytest


@pytest.fixture(scope="session", autouse=True)
def interrupts_are_heard() -> None:
    """A suite in the background is deaf to Ctrl-C, and so would be every process that a test starts and interrupts."""
    if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True)
def log_levels_stay() -> Iterator[None]:
    """Commands run within a test set how much is logged; the next test starts with nothing set."""
    log = logging.getLogger("storesim")
    level = log.level
    yield
    log.setLevel(level)
