"""The page of evidence says what the tests found, no more and no less. Played after all other tests."""

from __future__ import annotations

import pytest

from tests.theory.evidence import PAGE, Case, Evidence, condemned, read_page, render, wanted

RENEW = "renew the page: WRITE_EVIDENCE=1 .venv/bin/python -m pytest tests/theory"
LUCK = 4.5
"""Standard errors between a printed figure and the one found now: two of different luck, each within three, 3 · √2."""


def _case(name: str, z: float, *, expected: float = 1.0) -> Case:
    return Case("Stock", name, expected, expected + 0.01 * z, 0.01, 1_000, "1,000 runs", "made up", "test_stock.py::f")


def _not_being_written() -> None:
    if wanted():
        pytest.skip("the page is being written")


def test_every_case_found_stands_on_the_page_with_a_figure_it_could_have(gathered: Evidence) -> None:
    _not_being_written()
    page = read_page(PAGE.read_text(encoding="utf-8"))

    missing = [case.key for case in gathered.cases if case.key not in page]
    other = [
        (case.name, page[case.key], case.found)
        for case in gathered.cases
        if case.key in page
        and abs(float(page[case.key][0]) - case.got) > LUCK * case.standard_error + 2.0 * case.tolerance
    ]

    assert missing == [], RENEW
    assert other == [], RENEW


def test_no_case_of_the_page_is_left_over(gathered: Evidence, whole: bool) -> None:
    _not_being_written()
    if not whole:
        pytest.skip("only some of the tests of theory were played")

    found = {case.key for case in gathered.cases}

    assert [key for key in read_page(PAGE.read_text(encoding="utf-8")) if key not in found] == [], RENEW


def test_holm_finds_no_case_that_chance_does_not_explain(gathered: Evidence) -> None:
    assert [(case.name, case.z) for case in condemned(gathered.cases)] == []


def test_holm_condemns_the_case_that_is_wrong_and_only_that() -> None:
    # z 2.6 has p 0.009, under 0.05 / 3; z 2.2 has p 0.028, over 0.05 / 2.
    cases = [_case("right", 0.4), _case("wrong", 2.6), _case("doubtful", 2.2)]

    assert [case.name for case in condemned(cases)] == ["wrong"]
    assert condemned([_case("right", 0.4), _case("doubtful", 2.2)]) == []


def test_a_page_that_is_read_again_gives_its_cases() -> None:
    cases = [_case("share lost", 1.26, expected=0.11005435), _case("another", -0.5)]

    page = read_page(render(cases))

    assert list(page) == [case.key for case in cases]
    assert page[cases[0].key] == ("0.123", "0.010", "+1.3")


def test_a_figure_beyond_three_standard_errors_fails_its_test() -> None:
    evidence = Evidence()
    evidence.test = "test_stock.py::f"

    evidence.mean("near", expected=1.0, values=[0.9, 1.1, 1.2, 0.9], size="4", source="made up")
    with pytest.raises(AssertionError, match=r"z \+"):
        evidence.mean("far", expected=0.5, values=[0.9, 1.1, 1.2, 0.9], size="4", source="made up")
    evidence.near("in the last digit", expected=0.1429, got=0.14287, tolerance=1e-4, size="1", source="made up")
    with pytest.raises(AssertionError, match=r"0\.1429 within"):
        evidence.near("in the digit before", expected=0.1429, got=0.1439, tolerance=1e-4, size="1", source="made up")
    evidence.estimate("fitted", expected=1.0, got=1.25, error=0.1, size="4", source="made up")
    with pytest.raises(AssertionError, match=r"z \+3\.5"):
        evidence.estimate("fitted badly", expected=1.0, got=1.35, error=0.1, size="4", source="made up")
    with pytest.raises(AssertionError, match="expected 3"):
        evidence.exact("not equal", expected=3, got=4, size="1", source="made up")
