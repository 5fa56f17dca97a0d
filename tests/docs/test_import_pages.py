"""The pages on imports, diagnosis and calibration: their commands leave with 0, their Python runs."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest
from blocks import blocks, steps

from storesim.cli.main import main

ROOT = Path(__file__).resolve().parents[2]
PAGES = ("import.md", "diagnose.md")


@pytest.fixture
def beside_the_examples(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder with the examples in it, where outputs may be written."""
    for name in ("examples", "scenarios"):
        (tmp_path / name).symlink_to(ROOT / name)
    monkeypatch.chdir(tmp_path)


@pytest.mark.usefixtures("beside_the_examples")
@pytest.mark.parametrize("page", PAGES)
def test_the_commands_of_the_page_are_done(page: str, capsys: pytest.CaptureFixture[str]) -> None:
    typed = [step.command for block in blocks(ROOT / "docs" / page, "console") for step in steps(block)]

    assert typed
    for command in typed:
        assert main(shlex.split(command)[1:]) == 0, capsys.readouterr().err


@pytest.mark.usefixtures("beside_the_examples")
@pytest.mark.parametrize("page", [*PAGES, "calibrate.md"])
def test_the_python_of_the_page_runs(page: str) -> None:
    texts = blocks(ROOT / "docs" / page, "python")

    assert texts
    for text in texts:
        exec(compile(text, page, "exec"), {})  # noqa: S102  # the page is our own
