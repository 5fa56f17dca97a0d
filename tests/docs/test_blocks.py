"""The reader of code blocks itself: a page that is never checked would look like a page that is right."""

from __future__ import annotations

import os
from pathlib import Path

from blocks import agrees, blocks, play, steps


def test_a_console_block_is_cut_at_its_prompts() -> None:
    block = "$ echo one \\\n  two\none two\n$ false\n"

    cut = steps(block)

    assert [step.command for step in cut] == ["echo one \\\n  two", "false"]
    assert cut[0].output == "one two"


def test_blocks_of_other_kinds_are_left_alone(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("```console\n$ ls\n```\ntext\n```yaml\na: 1\n```\n")

    found = blocks(page, "console")

    assert found == ("$ ls\n",)


def test_a_shell_keeps_its_state_from_one_command_to_the_next(tmp_path: Path) -> None:
    block = "$ word=kept\n$ false\n$ echo $? $word\n1 kept\n"

    outcomes = list(play(block, tmp_path, os.environ))

    assert [outcome.status for outcome in outcomes] == [0, 1, 0]
    assert agrees(outcomes[2].step.output, outcomes[2].output)


def test_an_ellipsis_stands_for_anything_and_only_an_ellipsis_does() -> None:
    printed = "GMV   4,812,000\nother\nreport.html\n"

    assert agrees("GMV 4,...\n...\nreport.html", printed)
    assert not agrees("GMV 5,...\n...\nreport.html", printed)
    assert not agrees("GMV 4,...\nreport.html", printed)
