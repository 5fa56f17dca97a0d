"""Errors in Chinese: every sentence of the code has its twin, and a twin says the same words and numbers."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import storesim
from storesim.cli.chinese import in_chinese, twins
from storesim.cli.main import main

SOURCES = Path(storesim.__file__).parent
BAD = Path(__file__).resolve().parents[1] / "bad_scenarios"
ROOMS = ("scenario/*.py", "units.py", "results/cells.py", "results/csv_table.py", "results/html_table.py",
         "results/sheet_table.py", "results/open_tables.py", "results/grid.py", "results/reading.py",
         "results/row_figures.py", "results/rows_to_days.py", "results/mapping.py", "results/merging.py",
         "results/quality.py", "results/periods.py",
         "plan/*.py", "results/files.py", "forecast/*.py", "forecast/methods/*.py", "study/*.py",
         "runs/parts.py", "runs/shards.py",
         "runs/clusters.py")  # fmt: skip
EXPERIMENTS = (
    "experiments/*.py",
    "testing/check.py",
    "testing/approved.py",
    "runs/bench.py",
    "cli/*.py",
    "cli/commands/*.py",
    "runs/many.py",
)
PYTHON_ONLY = (
    "'7' is unknown on 7 past days of 7 to 7",
    "no known days 7 days apart differ, so errors have no scale",
    "paths of method '7' are negative or not numbers",
    "the outlook has no '7'7",
    "the past of channel '7' is not known; ask for a period from 7 on",
    "there is no goal for 7; 7",
)
"""Said to a caller in Python, who reads English; no command asks for what they refuse."""

LOGGED = re.compile(r"%[.\d]*[a-z]")
"""A hole of a warning to the log."""

HOLE = re.compile(r"\{[a-z]+\}|<[a-z]+\??>")


def _messages() -> list[str]:
    lines = [line for path in sorted(BAD.glob("*.txt")) for line in path.read_text("utf-8").splitlines()]
    return sorted({line.split(": ", 1)[1] for line in lines if line and not line.startswith("at: ")})


@pytest.mark.parametrize("message", _messages())
def test_every_mistake_of_a_scenario_is_told_in_chinese(message: str) -> None:
    said = in_chinese(message)

    # Whoever reads no English must understand it: what stays are names, signs and examples.
    assert said != message
    assert re.search("[\u4e00-\u9fff]", said)
    assert not re.search(r"\b(is|are|the|must|write|wanted|did|of)\b", re.sub(r"'[^']*'|\{.*?\}", "", said)), said


def test_a_twin_has_the_same_holes() -> None:
    for twin in twins():
        names = [re.findall("[a-z]+", hole)[0] for hole in HOLE.findall(twin.en)]
        said = [re.findall("[a-z]+", hole)[0] for hole in HOLE.findall(twin.zh)]
        assert len(names) == len(set(names)), twin.en
        assert set(said) <= set(names), twin.en
        # Only what is English prose in itself may be left out: what a setting means, what days are needed for.
        assert set(names) - set(said) <= {"meaning", "what"}, twin.en


def test_no_sentence_stands_twice() -> None:
    shapes = [(twin.group, re.sub(r"\?P<[a-z]+>", "", twin.shape.pattern)) for twin in twins()]

    assert sorted(shapes) == sorted(set(shapes))


@pytest.mark.parametrize("room", [*ROOMS, *EXPERIMENTS])
def test_every_sentence_of_the_code_has_a_twin(room: str) -> None:
    shapes = [twin.shape for twin in twins() if len(re.findall("[A-Za-z]+", HOLE.sub("", twin.en))) >= 3]

    found = {said for path in sorted(SOURCES.glob(room)) for said in _sentences(path)}
    # What stands before a colon is not always that of a place.
    missing = sorted(
        said
        for said in found - set(PYTHON_ONLY)
        if not any(shape.fullmatch(said) or shape.fullmatch(f"7: {said}") for shape in shapes)
    )

    assert missing == []


def _sentences(path: Path) -> Iterator[str]:
    """Texts of a file that a user may be told as an error: those in what is raised, and faults; 7 in each hole."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        told = isinstance(node, ast.Raise) and node.exc is not None
        if not told and isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            told = name in (
                "fault",
                "Fault",
                "refuse",
                "disagreement",
                "_stop",
                "note",
                "fault_of_file",
                "fail",
                "warning",
            )
        if isinstance(node, ast.Assign) and "results" in path.parts:
            told = any(isinstance(target, ast.Name) and target.id == "message" for target in node.targets)
        if told:
            texts = (LOGGED.sub("7", said.removeprefix("7: ")).replace("%%", "%") for said in _texts(node))
            yield from (said for said in texts if len(re.findall("[A-Za-z]{2,}", said)) >= 4)


def _filled(hole: ast.expr) -> str:
    """A number, in quotes where the code puts what it says in quotes."""
    assert isinstance(hole, ast.FormattedValue)
    call = hole.value.func if isinstance(hole.value, ast.Call) else None
    name = call.attr if isinstance(call, ast.Attribute) else getattr(call, "id", "")
    return "'7'" if hole.conversion == ord("r") or name == "quoted" else "7"


def _texts(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.JoinedStr):
        yield "".join(str(part.value) if isinstance(part, ast.Constant) else _filled(part) for part in node.values)
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    else:
        for child in ast.iter_child_nodes(node):
            yield from _texts(child)


@pytest.mark.parametrize(
    ("words", "status", "says"),
    [
        (["validate", "{bad}/daily_budget.yaml"], 3, "没有这个文件"),
        (["validate", "{bad}/negative_budget.yaml"], 3, "4:19: channels.express.daily_budget 是 -300；预算应为 0 到 "),
        (["run", "{bad}/negative_budget.yaml"], 3, "channels.express.daily_budget 是 -300"),
        (["plan", "{good}", "--year", "2031"], 2, "storesim: 没有 2031 年的目标；已设目标的年份：2027"),
        (["plan", "{good}", "--year", "2031", "--target", "5万"], 3, "2031 年没有一天在模拟之内"),
        (["plan", "{good}", "--history", "x.csv", "--runs", "5"], 2, "--runs：与 --history 一起用没有作用"),
        (["run", "{good}", "--set", "horizon"], 2, "--set horizon：请写路径"),
        (["rank", "{good}", "--over", "channels.express.bid=-1:2"], 3, "bid=-1: channels.express.bid 是 -1.0"),
        (["forecast", "{bad}/a_list.txt"], 3, "没有日期列；第一行是 "),
        (["report", "{bad}"], 3, "不是一次运行的文件夹"),
    ],
)  # fmt: skip
def test_commands_tell_what_is_wrong_in_chinese(
    words: list[str], status: int, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    typed = [word.format(bad=BAD, good=Path(__file__).parent / "small.yaml") for word in words]

    assert main([*typed, "--lang", "zh"]) == status
    assert says in capsys.readouterr().err
