"""Presets kept as trees: the same as read anew, whatever becomes of what was kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from storesim.scenario import kept
from storesim.scenario.kept import PRESETS, parsed_preset
from storesim.scenario.text import parsed

TEXT = (PRESETS / "pet_care.yaml").read_text(encoding="utf-8")
NAME = "presets/pet_care.yaml"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(kept, "_KEPT", tmp_path / "kept")
    return tmp_path / "kept"


def test_a_kept_preset_is_the_one_that_was_read(folder: Path) -> None:
    first = parsed_preset(TEXT, NAME)
    (place,) = folder.glob("*.tree")

    second = parsed_preset(TEXT, NAME)

    assert first == second == parsed(TEXT, NAME)
    assert list(folder.iterdir()) == [place]


def test_another_text_is_read_anew_and_takes_the_place_of_the_old(folder: Path) -> None:
    parsed_preset(TEXT, NAME)
    changed = TEXT + "horizon: 77d\n"

    found = parsed_preset(changed, NAME)

    assert found == parsed(changed, NAME)
    assert len(list(folder.glob("*.tree"))) == 1


@pytest.mark.parametrize("damage", [b"", b"cos\nsystem\n", b"\x80\x04K"])
def test_a_damaged_tree_is_read_anew(folder: Path, damage: bytes) -> None:
    parsed_preset(TEXT, NAME)
    (place,) = folder.glob("*.tree")
    place.write_bytes(damage)

    assert parsed_preset(TEXT, NAME) == parsed(TEXT, NAME)


def test_where_nothing_may_be_written_presets_are_read_all_the_same(folder: Path) -> None:
    folder.write_text("a file in the way")

    assert parsed_preset(TEXT, NAME) == parsed(TEXT, NAME)
