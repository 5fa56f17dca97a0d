"""Plug-ins of pydantic: not looked for on the command line, unless the user says so."""

from __future__ import annotations

import sys

import pydantic
import pytest

from storesim.cli.plugins import skip_plugins

LOADER = "pydantic.plugin._loader"


@pytest.fixture
def unloaded(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """As before the first class of pydantic is made."""
    monkeypatch.delenv("PYDANTIC_DISABLE_PLUGINS", raising=False)
    monkeypatch.setitem(sys.modules, LOADER, None)
    monkeypatch.delitem(sys.modules, LOADER)
    return monkeypatch


@pytest.mark.usefixtures("unloaded")
def test_classes_are_made_without_the_library_that_finds_plug_ins() -> None:
    skip_plugins()

    made = pydantic.create_model("Made", number=(int, ...))

    assert made.model_validate({"number": 3}).model_dump() == {"number": 3}
    assert sys.modules[LOADER].__spec__ is None  # still the stand-in


@pytest.mark.usefixtures("unloaded")
def test_whoever_asks_for_more_is_given_the_real_loader() -> None:
    skip_plugins()

    assert sys.modules[LOADER].PYDANTIC_ENTRY_POINT_GROUP == "pydantic"
    assert sys.modules[LOADER].__spec__ is not None


def test_a_user_who_leaves_out_some_plug_ins_has_the_others_looked_for(unloaded: pytest.MonkeyPatch) -> None:
    unloaded.setenv("PYDANTIC_DISABLE_PLUGINS", "some-plugin")

    skip_plugins()

    assert LOADER not in sys.modules
