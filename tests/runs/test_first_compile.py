"""The first compile: three processes share it, who starts meanwhile waits for it, and everybody else is let through."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.model.small import scenario

from storesim.engine.compiled import cache_of
from storesim.engine.kernel import PASSES
from storesim.results.files import locked
from storesim.runs import first_compile
from storesim.runs.first_compile import FirstCompile
from storesim.runs.one import simulate

ROOT = Path(__file__).parents[2]
SMALL = """
from storesim.engine import kernel
from storesim.engine.compiled import Settled, compiled
from storesim.model.blueprint import blueprint
from storesim.model.store import kernel_of

@compiled
def draw(plan, state, tally, scratch, moments, keys, day, start, end, how, opening):
    return 0

@compiled
def decide(plan, state, tally, due, moments, arrivals, basket, lead_key, day, start, end, opening):
    return 0

@compiled
def around(days):
    return 2 * days

# Here, so that the helper has them too.
kernel.draw_arrivals, kernel.play_decisions = kernel.PASSES = draw, decide
kernel._draw, kernel._decide = Settled(draw), Settled(decide)

def compile_arrivals(scenario):
    kernel_of(blueprint(scenario)).compile_arrivals()

def rehearse(scenario):
    around(2)
"""
"""What stands in for the kernel and for all around it, which would take half a minute of every suite."""

BEGIN = """
import json
import sys
import small
from storesim.runs import first_compile
from tests.model.small import scenario
if __name__ == "__main__":
    first_compile.compile_arrivals, first_compile.rehearse = small.compile_arrivals, small.rehearse
    print("ready", flush=True)
    sys.stdin.readline()
    first_compile.first_compile.before(scenario({}))
    answer = small.around(2)
    made = [sum(function.stats.cache_misses.values()) for function in (small.decide, small.draw, small.around)]
    print(json.dumps([made, answer]))
"""


def test_processes_that_start_together_share_one_compile(tmp_path: Path) -> None:
    (tmp_path / "small.py").write_text(SMALL)
    paths = os.pathsep.join(map(str, (tmp_path, ROOT / "src", ROOT)))
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path / "cache"), "PYTHONPATH": paths}
    together = [
        subprocess.Popen(
            [sys.executable, "-c", BEGIN], cwd=tmp_path, env=environment, stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, text=True,
        )
        for _ in range(2)
    ]  # fmt: skip
    for process in together:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"

    for process in together:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    answers = [json.loads(process.communicate(timeout=300)[0]) for process in together]

    # One of the two compiled the second pass; the first, and what is around them, came from the helpers.
    assert sorted(made for made, _ in answers) == [[0, 0, 0], [1, 0, 0]]
    assert {answer for _, answer in answers} == {4}


def test_where_all_is_cached_nobody_waits_and_no_helper_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    simulate(scenario({}), 1)
    monkeypatch.setattr(first_compile, "Process", _never)
    monkeypatch.setattr(first_compile, "locked", _never)

    FirstCompile().before(scenario({}))


def test_it_waits_for_who_is_at_it_and_then_compiles_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    held = locked(tmp_path)
    held.__enter__()
    looks: list[float] = []

    def finished_at_the_second_look(seconds: float) -> None:
        looks.append(seconds)
        if len(looks) == 2:
            held.__exit__(None, None, None)

    monkeypatch.setattr(first_compile, "cache_of", lambda _: (tmp_path, len(looks) == 2))
    monkeypatch.setattr(first_compile.time, "sleep", finished_at_the_second_look)
    monkeypatch.setattr(first_compile, "Process", _never)

    FirstCompile().before(scenario({}))

    assert len(looks) == 2


def test_a_folder_that_takes_no_lock_keeps_nobody_from_compiling(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    helped: list[Any] = []

    class Helper:
        def __init__(self, **how: Any) -> None:
            helped.append(how["args"])

        def start(self) -> None:
            raise OSError("no more processes")

    monkeypatch.setattr(first_compile, "cache_of", lambda _: (tmp_path / "file" / "below", False))
    monkeypatch.setattr(first_compile, "usable_cores", lambda: 2)
    monkeypatch.setattr(first_compile, "Process", Helper)

    FirstCompile().before(scenario({}))

    assert helped == [(scenario({}),)] * 2
    assert all(cache_of(function) is not None for function in PASSES)


def test_the_rehearsal_ends_whatever_the_store() -> None:
    first_compile.rehearse(scenario({}))


def _never(*_: object, **__: object) -> None:
    raise AssertionError("called")
