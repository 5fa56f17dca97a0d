"""Members known one by one against BG/NBD and its published figures (CHECKS, "Returning customers")."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from storesim import kpi
from storesim.forecast.repeat import Law, expected_next, expected_repeats, fit, log_likelihood
from storesim.model import people
from storesim.model.blueprint import blueprint
from storesim.model.club import Club
from storesim.model.store import Store
from tests.theory.evidence import Evidence
from tests.theory.stores import PLAIN_CHANNEL, luck_of, quiet_store

CDNOW = Law(0.2426, 4.4135, 0.7929, 2.4258)
SIGNS = {"alpha": "α"}
PUBLISHED = {0.1429: 0.0078, 1: 0.0532, 3: 0.1506, 32: 1.0437, 78: 1.8580}
"""Weeks, and repeat purchases a person expected within them."""

SOURCE = "Fader, Hardie and Lee (2005), CDNOW"
RECORD = Path(__file__).parent / "data" / "cdnow.csv"
RUNS, MEMBERS, WEEKS, SEEN = 16, 2_500, 78, 39


def _store(weeks: int, run: int) -> Store:
    """A store whose only visitors are members who joined on the eve; half of their visits end in a purchase."""
    channels = {"returning": {**PLAIN_CHANNEL, "mechanism": "returning", "conversion": 1}}
    scenario = quiet_store(1, days=7 * weeks, channels=channels, conversion={"base": 0.5}).with_(
        {
            "operations.members.model": "bg_nbd", "operations.members.opening": MEMBERS,
            "operations.members.opening_days": 0, "operations.members.r": CDNOW.r,
            "operations.members.alpha": f"{CDNOW.alpha}w", "operations.members.a": CDNOW.a,
            "operations.members.b": CDNOW.b,
        }
    )  # fmt: skip
    store = Store(blueprint(scenario), luck_of("CDNOW"), run)
    store.live()
    return store


def _history(store: Store) -> tuple[np.ndarray, np.ndarray]:
    """[n] repeat purchases, and weeks at which the last was."""
    club = store.members
    assert isinstance(club, Club)
    card = club.people.card[: club.n]
    repeats = card[:, people.ORDERS] - 1.0
    return repeats, np.where(repeats > 0, card[:, people.LAST] / 7.0, 0.0)


@pytest.fixture(scope="module")
def stores() -> list[Store]:
    return [_store(WEEKS, run) for run in range(RUNS)]


def test_formulas_give_the_published_figures(evidence: Evidence) -> None:
    # The published parameters are rounded, which moves the fourth digit.
    for weeks, repeats in PUBLISHED.items():
        assert expected_repeats(CDNOW, weeks) == pytest.approx(repeats, abs=1.5e-4)
    evidence.exact(
        "x 2, t 30.43 of T 38.86 weeks: purchases of the next 39", expected=1.2259,
        got=round(float(expected_next(CDNOW, 39, x=2, last=30.43, age=38.86)), 4), size="formula", source=SOURCE,
    )  # fmt: skip


def test_members_buy_again_as_often_as_published(stores: list[Store], evidence: Evidence) -> None:
    bought = np.array([store.ledger.close()[0][:, 0, kpi.CHANNEL_INDEX["buyers"]].cumsum() for store in stores])
    for weeks, repeats in PUBLISHED.items():
        evidence.mean(
            f"CDNOW's parameters: repeat purchases a member in {weeks:g} weeks", expected=repeats,
            values=bought[:, round(7 * weeks) - 1] / MEMBERS, size=f"{RUNS} runs of {MEMBERS:,} members", source=SOURCE,
        )  # fmt: skip


def test_what_a_member_did_foretells_what_he_does_next(stores: list[Store], evidence: Evidence) -> None:
    # The same luck over half the time: the first half of the longer run.
    surprises, frequent = [], []
    for run, store in enumerate(stores):
        before, last = _history(_store(SEEN, run))
        then = _history(store)[0] - before
        expected = expected_next(CDNOW, WEEKS - SEEN, x=before, last=last, age=np.full(MEMBERS, float(SEEN)))
        surprises.append(float((then - expected).mean()))
        frequent.append(float((then - expected)[before >= 2].mean()))

    about = {"size": f"{RUNS} runs of {MEMBERS:,} members", "source": f"conditional expectation, {SOURCE}"}
    evidence.mean("next 39 weeks less what 39 weeks foretell, a member", expected=0, values=surprises, **about)
    evidence.mean("the same, of members with two repeats or more", expected=0, values=frequent, **about)


def test_the_parameters_come_back_within_three_standard_errors(stores: list[Store], evidence: Evidence) -> None:
    repeats, last = (np.concatenate(column) for column in zip(*map(_history, stores), strict=True))

    found = fit(repeats, last, np.full(repeats.size, float(WEEKS)))

    assert repeats.size == RUNS * MEMBERS
    for name in Law._fields:
        true, error = getattr(CDNOW, name), getattr(found.errors, name)
        assert 0 < error < 0.1 * true
        evidence.estimate(
            f"{SIGNS.get(name, name)} of simulated members, fitted again", expected=true, got=getattr(found.law, name),
            error=error, size=f"{repeats.size:,} members, {WEEKS} weeks", source=SOURCE,
        )  # fmt: skip
    assert found.log_likelihood >= log_likelihood(CDNOW, repeats, last, np.full(repeats.size, float(WEEKS)))


def test_the_record_of_cdnow_has_the_published_likelihood_and_parameters(evidence: Evidence) -> None:
    x, last, age = np.loadtxt(RECORD, delimiter=",", skiprows=1, unpack=True)

    found = fit(x, last, age)

    about = {"size": f"the record's {x.size:,} people", "tolerance": 1e-4, "source": SOURCE}
    evidence.near("CDNOW's people: log likelihood at the published parameters", expected=-9582.4256,
                  got=log_likelihood(CDNOW, x, last, age), **about)  # fmt: skip
    evidence.near("CDNOW's people: largest log likelihood", expected=-9582.4256, got=found.log_likelihood, **about)
    for name in Law._fields:
        evidence.near(f"CDNOW's people: {SIGNS.get(name, name)} of the largest likelihood",
                      expected=getattr(CDNOW, name), got=getattr(found.law, name), **about)  # fmt: skip
