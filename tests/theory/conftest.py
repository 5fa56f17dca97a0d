"""The evidence of a session: gathered by the tests of theory, compared with its page last, written when asked."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.theory.evidence import PAGE, Evidence, render, wanted

HERE = Path(__file__).parent
LAST = "test_evidence_page.py"
KEPT = pytest.StashKey[Evidence]()


@pytest.fixture
def evidence(request: pytest.FixtureRequest) -> Evidence:
    """Where a test puts the published cases it has tried."""
    kept = request.config.stash.setdefault(KEPT, Evidence())
    kept.test = f"{request.path.name}::{request.function.__name__}"
    return kept


@pytest.fixture
def gathered(request: pytest.FixtureRequest) -> Evidence:
    """What all tests before this one have put there."""
    return request.config.stash.setdefault(KEPT, Evidence())


@pytest.fixture
def whole(request: pytest.FixtureRequest) -> bool:
    """Whether the session plays every test of this folder."""
    return _is_whole(request.session)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The page is looked at when everything else has spoken."""
    items.sort(key=lambda item: item.path == HERE / LAST)


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Write the page if asked, from a session in which nothing failed and nothing was left out."""
    kept = session.config.stash.get(KEPT, None)
    if wanted() and kept is not None and exitstatus == pytest.ExitCode.OK and _is_whole(session):
        PAGE.write_text(render(kept.cases), encoding="utf-8")


def _is_whole(session: pytest.Session) -> bool:
    option = session.config.option
    chosen = option.keyword or option.markexpr or getattr(option, "lf", False)
    played = {item.path for item in session.items}
    return not chosen and not any("::" in arg for arg in session.config.args) and played >= set(HERE.glob("test_*.py"))
