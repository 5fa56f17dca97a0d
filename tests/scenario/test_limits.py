"""What no person writes is refused before it costs anything: alias bombs, endless lines, deep nests."""

from __future__ import annotations

import time

import pytest

from storesim.scenario import text
from storesim.scenario.text import MOST_DEPTH, parsed

LONG = 999_000


@pytest.mark.parametrize("sign", ["[", "{", "!", "*", "&", ":", "'", '"', "- ", "? ", "%", "|", "&a [*a,"])
def test_a_million_signs_are_refused_in_a_moment(sign: str) -> None:
    started = time.process_time()

    root, faults = parsed(sign * (LONG // len(sign)), "s.yaml")

    assert root is None
    assert len(faults) == 1
    assert time.process_time() - started < 2.0


def test_a_long_list_of_values_is_sent_to_a_table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text, "MOST_NODES", 1_000)

    _, (fault,) = parsed("b:\n" + "- x\n" * 1_000, "s.yaml")

    # The root, the key and its list are three; item 998 is one too many, in line 999.
    assert (fault.line, fault.column) == (999, 3)
    assert "put long lists of SKUs in a CSV file" in fault.message


def test_aliases_that_multiply_are_named_as_the_cause() -> None:
    bomb = "a: &a [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]\n" + "".join(
        f"{name}: &{name} [{', '.join([f'*{before}'] * 10)}]\n" for before, name in zip("abcdef", "bcdefg", strict=True)
    )

    _, (fault,) = parsed(bomb, "s.yaml")

    assert "aliases (*) must not multiply" in fault.message


def test_nesting_up_to_the_limit_is_read() -> None:
    deepest, _ = parsed("{a: " * MOST_DEPTH + "1" + "}" * MOST_DEPTH, "s.yaml")
    deeper, (fault,) = parsed("{a: " * (MOST_DEPTH + 1) + "1" + "}" * (MOST_DEPTH + 1), "s.yaml")

    assert deepest is not None
    assert deeper is None
    assert (fault.line, fault.column) == (1, 4 * MOST_DEPTH + 1)


def test_a_message_does_not_quote_a_whole_book() -> None:
    _, (fault,) = parsed(f"a: *{'x' * 90_000}", "s.yaml")

    assert len(fault.message) < 1_000
    assert fault.message.startswith("the alias *x")
    assert fault.message.endswith("in quotes")
