"""The example notebooks run, show a picture first, and what each asserts last is true."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = sorted((ROOT / "examples").glob("*.py"))


def test_there_are_five_each_with_one_question() -> None:
    heads = [path.read_text(encoding="utf-8").split("\n# %%\n", 1)[0] for path in EXAMPLES]

    assert len(EXAMPLES) == 5
    assert all(head.startswith("# %% [markdown]\n# # ") for head in heads)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_runs_and_its_answer_is_true(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Where Jupyter runs it; from the root it finds its scenario too.
    monkeypatch.chdir(path.parent)

    text = path.read_text(encoding="utf-8")
    first_cell = text.split("\n# %%", 2)[1].rstrip()
    made = runpy.run_path(str(path))

    assert text.rstrip().rpartition("\n")[2].startswith("assert ")
    assert "<img" in made[first_cell.rpartition("\n")[2]]._repr_html_()
