"""The pages do what they say: their commands are typed, their Python is run, their scenarios are read."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from blocks import agrees, blocks, play

import storesim
from storesim.scenario.load import read_scenario

ROOT = Path(__file__).resolve().parents[2]
PAGES = ("README.md", "README.zh.md")
LINK = re.compile(r"\]\((?!https?:)([^)#]+)")


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The project as in a clone, its outputs apart."""
    for path in ROOT.iterdir():
        if path.name not in ("outputs", ".git", ".venv") and not path.name.endswith("_cache"):
            (tmp_path / path.name).symlink_to(path)
    (tmp_path / "outputs").mkdir()
    # Set up already, whatever `make` thinks of the dates: it must not install this copy into the environment in use.
    (tmp_path / ".venv").mkdir()
    (tmp_path / ".venv" / "bin").symlink_to(Path(sys.executable).parent)
    (tmp_path / ".venv" / "ready").touch()
    return tmp_path


@pytest.fixture
def environment() -> dict[str, str]:
    """The reader's shell: storesim on the path, English, no terminal."""
    found = {name: value for name, value in os.environ.items() if name not in ("RUNS", "MAKEFLAGS", "MAKELEVEL")}
    here = str(Path(sys.executable).parent)
    return found | {"PATH": f"{here}{os.pathsep}{found['PATH']}", "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"}


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES)
def test_the_commands_of_a_page_print_what_the_page_shows(page: str, copy: Path, environment: dict[str, str]) -> None:
    shown = blocks(ROOT / page, "console")

    outcomes = [outcome for block in shown for outcome in play(block, copy, environment)]

    assert len(outcomes) == sum(block.count("\n$ ") + block.startswith("$ ") for block in shown)
    for outcome in outcomes:
        expected = 3 if outcome.step.command.startswith("storesim validate wrong") else 0
        assert outcome.status == expected, f"{outcome.step.command}\n{outcome.output}"
        if outcome.step.output:
            assert agrees(outcome.step.output, outcome.output), f"{outcome.step.command}\n{outcome.output}"


@pytest.mark.parametrize("page", PAGES)
def test_the_python_of_a_page_runs(page: str, copy: Path, environment: dict[str, str]) -> None:
    for code in blocks(ROOT / page, "python"):
        ran = subprocess.run(
            [sys.executable, "-c", code], cwd=copy, env=environment, capture_output=True, text=True, check=False
        )

        assert ran.returncode == 0, ran.stderr


@pytest.mark.parametrize("page", PAGES)
def test_the_scenario_of_a_page_is_right(page: str, tmp_path: Path) -> None:
    (text,) = blocks(ROOT / page, "yaml")
    path = tmp_path / "page.yaml"
    path.write_text(text, encoding="utf-8")

    scenario = read_scenario(path)

    assert scenario.targets["2027"].gmv == 600_000
    assert scenario.events[-1].name == "店庆"


@pytest.mark.parametrize("page", PAGES)
def test_every_link_of_a_page_leads_somewhere(page: str) -> None:
    missing = [link for link in LINK.findall((ROOT / page).read_text(encoding="utf-8")) if not (ROOT / link).exists()]

    assert missing == []


def test_both_languages_type_the_same_commands_and_the_same_code() -> None:
    commands = [re.findall(r"^\$ .*", "\n".join(blocks(ROOT / page, "console")), re.MULTILINE) for page in PAGES]
    code = [re.sub(r"#.*", "", "\n".join(blocks(ROOT / page, "python"))) for page in PAGES]

    assert commands[0] == commands[1]
    assert code[0] == code[1]


def test_pages_made_from_code_are_up_to_date() -> None:
    sys.path.insert(0, str(ROOT / "tools"))
    try:
        from make_docs import pages
    finally:
        sys.path.pop(0)

    behind = [name for name, text in pages().items() if (ROOT / name).read_text(encoding="utf-8") != text]

    assert behind == [], "run `make docs`"


def test_the_changelog_has_a_heading_for_this_version() -> None:
    assert f"## {storesim.__version__}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
