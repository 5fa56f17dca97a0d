"""The pages do what they say: their commands are typed, their Python is run, their scenarios are read."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from blocks import Outcome, agrees, blocks, fewer, play, steps

import storesim
from storesim.scenario.load import read_scenario

ROOT = Path(__file__).resolve().parents[2]
PAGES = ("README.md", "README.zh.md")
LINK = re.compile(r"\]\((?!https?:)([^)#]+)")


@pytest.fixture(scope="module")
def played(copy: Path, environment: dict[str, str]) -> tuple[Outcome, ...]:
    """What the commands of both pages do: they are the same, as a test below asks, so they are typed once."""
    shown = blocks(ROOT / PAGES[0], "console")
    return tuple(outcome for block in shown for outcome in play(fewer(block), copy, environment | {"RUNS": "3"}))


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES)
def test_the_commands_of_a_page_print_what_the_page_shows(page: str, played: tuple[Outcome, ...]) -> None:
    shown = [step for block in blocks(ROOT / page, "console") for step in steps(fewer(block))]

    assert [outcome.step.command for outcome in played] == [step.command for step in shown]
    for step, outcome in zip(shown, played, strict=True):
        expected = 3 if step.command.startswith("storesim validate wrong") else 0
        assert outcome.status == expected, f"{step.command}\n{outcome.output}"
        if step.output:
            assert agrees(step.output, outcome.output), f"{step.command}\n{outcome.output}"


def test_the_demo_of_the_pages_has_as_many_runs_as_they_say(copy: Path, environment: dict[str, str]) -> None:
    said = [re.findall(r"\d+(?= runs, seed 0)", blocks(ROOT / page, "console")[0]) for page in PAGES]

    asked = subprocess.run(
        ["make", "--dry-run", "demo"], cwd=copy, env=environment, capture_output=True, text=True, check=True
    )

    assert said == [["200"]] * len(PAGES)
    assert "storesim run scenarios/elena_mileva.yaml --runs 200 " in asked.stdout


@pytest.mark.slow
def test_the_python_of_the_pages_runs(copy: Path, environment: dict[str, str]) -> None:
    # The same code in both languages, as a test below asks.
    (code,) = blocks(ROOT / PAGES[0], "python")

    ran = subprocess.run(
        [sys.executable, "-c", fewer(code)], cwd=copy, env=environment, capture_output=True, text=True, check=False
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
