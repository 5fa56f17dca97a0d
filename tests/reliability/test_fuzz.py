"""A short version of `tools/fuzz.py`, which was run for long: damaged files are read, or refused in words, and soon."""

from __future__ import annotations

from pathlib import Path

import pytest
from tools import fuzz

from storesim.errors import FileFaults, HistoryError
from storesim.results.history import read_history
from storesim.study.workbook import read_workbook

EXPORTS = Path(__file__).parents[2] / "examples" / "exports"


@pytest.mark.parametrize("kind", fuzz.READERS)
def test_damaged_files_are_read_or_refused_in_words_within_two_seconds(kind: str, tmp_path: Path) -> None:
    tally = fuzz.tried(kind, range(150), 0, tmp_path)

    assert tally.found == {}
    assert tally.inputs == 150
    # Neither all good nor all bad: the damage is of a kind that gets past the door.
    assert tally.read > 0
    assert tally.refused > 50


def test_an_input_is_the_same_whenever_it_is_asked_for() -> None:
    assert fuzz.spoil("history", 8, 1) == fuzz.spoil("history", 8, 1)
    assert fuzz.spoil("history", 8, 1) != fuzz.spoil("history", 8, 2)


def test_a_reader_that_takes_too_long_or_fails_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def loop(path: Path) -> bool:
        if path.name != "shop.csv":
            raise ZeroDivisionError("a defect")
        while True:
            pass

    monkeypatch.setattr(fuzz, "LONGEST_S", 0.05)
    monkeypatch.setattr(fuzz, "READERS", {"history": loop})

    found = fuzz.tried("history", range(6), 0, tmp_path).found

    assert {what.split(":")[0] for what in found.values()} == {"ZeroDivisionError", "TooLongError"}
    assert len(found) == 6


def test_a_workbook_with_a_byte_changed_anywhere_is_read_or_refused_in_words(tmp_path: Path) -> None:
    whole = (EXPORTS / "shangzhi_store.xlsx").read_bytes()
    path = tmp_path / "shop.xlsx"
    refused = 0

    for at in range(30, len(whole), 211):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 0x55]) + whole[at + 1 :])
        try:
            read_history(path)
        except HistoryError:
            refused += 1
        with pytest.raises(FileFaults):
            # It was never written by storesim, so it is refused however whole it is.
            read_workbook(path)

    assert refused > 5
