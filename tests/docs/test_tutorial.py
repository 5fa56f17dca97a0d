"""The tutorial does what it says, in both languages."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from blocks import agrees, blocks, fewer, play
from test_pages import LINK

ROOT = Path(__file__).resolve().parents[2]
PAGES = ("docs/tutorial.md", "docs/tutorial.zh.md")


@pytest.mark.slow
def test_the_commands_and_the_python_of_the_tutorial_do_what_it_shows(copy: Path, environment: dict[str, str]) -> None:
    for code in blocks(ROOT / PAGES[0], "python"):
        ran = subprocess.run(
            [sys.executable, "-c", code], cwd=copy, env=environment, capture_output=True, text=True, check=False
        )
        assert ran.returncode == 0, ran.stderr

    for block in blocks(ROOT / PAGES[0], "console"):
        for outcome in play(fewer(block), copy, environment):
            assert outcome.status == 0, f"{outcome.step.command}\n{outcome.output}"
            assert agrees(outcome.step.output, outcome.output), f"{outcome.step.command}\n{outcome.output}"


def test_the_first_sum_of_the_tutorial_is_right() -> None:
    exec(blocks(ROOT / PAGES[0], "python")[0], {})  # noqa: S102  # the page's own code


def test_both_languages_of_the_tutorial_type_the_same() -> None:
    commands = ["\n".join(blocks(ROOT / page, "console")) for page in PAGES]
    code = [re.sub(r"#.*", "", "\n".join(blocks(ROOT / page, "python"))) for page in PAGES]

    assert commands[0] == commands[1]
    assert code[0] == code[1]


@pytest.mark.parametrize("page", PAGES)
def test_every_link_of_the_tutorial_leads_somewhere(page: str) -> None:
    links = LINK.findall((ROOT / page).read_text(encoding="utf-8"))

    assert [link for link in links if not (ROOT / "docs" / link).exists()] == []
