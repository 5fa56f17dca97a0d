"""Compiling: once, cached, also where nothing may be written."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path
from types import FrameType
from typing import Any

import numpy as np
import pytest
from numba.core.compiler import Flags

import storesim.engine
import storesim.model.conservation
from storesim.engine import compiled, kernel
from storesim.engine.day import NO_ARRIVALS, UV
from storesim.model import pacing
from storesim.runs.one import simulate
from tests.engine.days import play_days, small_kernel
from tests.model.small import scenario
from tests.model.test_settings import LIVELY

ROOT = Path(__file__).parents[2]
HITS = """
from tests.engine.days import play_days, small_kernel
from storesim.engine import kernel
k = small_kernel(300.0)
play_days(k, 2)
k.open(2)
k.change(12.0)
made = kernel.PASSES
print(sum(sum(one.stats.cache_misses.values()) for one in made), *(len(one.signatures) for one in made))
"""


def _python(code: str, **environment: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=ROOT,
        env={**os.environ, **environment},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_a_second_process_compiles_nothing_and_there_is_one_kernel() -> None:
    _python(HITS)

    misses, *signatures = _python(HITS).split()

    assert misses == "0"
    assert signatures == ["1", "1"]


def test_without_a_place_for_the_cache_everything_still_works(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[dict[str, object]] = []

    def refusing(**options: object) -> object:
        made.append(options)
        if options.get("cache"):
            raise RuntimeError("cannot cache function: no locator available")
        return lambda function: function

    monkeypatch.setattr(compiled, "_jit", refusing)

    assert compiled.compiled(len)("abc") == 3
    assert made == [{"cache": True}, {}]


def test_a_change_in_any_file_a_compiled_function_may_call_makes_the_cache_stale(tmp_path: Path) -> None:
    engine, model = (Path(package.__file__).parent for package in (storesim.engine, storesim.model))

    # New draws never run inside an old kernel, nor new balances inside an old check of the evening.
    assert _stamp_of(storesim.engine.kernel.play_decisions)[1:] == (compiled._sources(engine),)
    assert _stamp_of(storesim.model.conservation.check)[1:] == (compiled._sources(engine), compiled._sources(model))
    (tmp_path / "a.py").write_text("x = 1")
    before = compiled._sources(tmp_path)
    (tmp_path / "a.py").write_text("x = 2")
    compiled._sources.cache_clear()
    assert compiled._sources(tmp_path) != before


def _stamp_of(function: Any) -> tuple[object, ...]:
    stamp: tuple[object, ...] = function._cache._cache_file._source_stamp
    return stamp


def test_inlined_functions_are_called_by_compiled_ones_only() -> None:
    # Compiled, they have no door to Python: calling one from Python would end the process.
    inlined, compiled_or_inlined, calls = set(), set(), []
    for path in Path(storesim.engine.__file__).parents[1].rglob("*.py"):
        for function in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(function, ast.FunctionDef):
                continue
            marks = {
                name.id
                for mark in function.decorator_list
                if isinstance(name := mark.func if isinstance(mark, ast.Call) else mark, ast.Name)
            }
            if "inlined" in marks:
                inlined.add(function.name)
            if marks & {"inlined", "compiled", "by_address"}:
                compiled_or_inlined.add(function.name)
            else:
                names = (node.func for node in ast.walk(function) if isinstance(node, ast.Call))
                calls += [(path.parent.name, name.id) for name in names if isinstance(name, ast.Name)]

    assert len(inlined) > 30
    assert [call for call in calls if call[0] == "engine" and call[1] in inlined] == []


def test_all_kernels_are_handed_arguments_of_the_same_types_all_their_lives(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[set[object]] = []

    def watched(function: Any) -> Any:
        types: set[object] = set()
        seen.append(types)

        def call(*args: object) -> object:
            types.add(tuple(map(function.typeof_pyval, args)))
            return function(*args)

        return call

    monkeypatch.setattr(kernel, "_draw", watched(kernel.draw_arrivals))
    monkeypatch.setattr(kernel, "_decide", watched(kernel.play_decisions))
    monkeypatch.setattr(pacing, "_mean_cost", watched(pacing.mean_cost))

    for changes in ({}, LIVELY, {"horizon": 1}, {"operations.stock.policy": "unlimited"}):
        simulate(scenario(changes), 2)

    assert len(seen) == 3
    assert all(len(types) == 1 for types in seen)


@pytest.mark.skipif(not compiled.is_compiled(), reason="plain functions have no types")
def test_every_settled_function_of_the_model_is_handed_arguments_of_the_same_types(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen: dict[str, set[tuple[Any, ...]]] = {}

    def watched(settled: compiled.Settled[..., Any], types: set[tuple[Any, ...]]) -> Any:
        function: Any = settled._function

        def call(*args: Any) -> Any:
            types.add(tuple(map(function.typeof_pyval, args)))
            return function(*args)

        return call

    simulate(scenario(LIVELY), 2)
    for name, module in [(name, module) for name, module in sys.modules.items() if name.startswith("storesim.model.")]:
        for of, value in vars(module).items():
            if isinstance(value, compiled.Settled) and f"{name}.{of}" not in seen:
                monkeypatch.setattr(value, "_door", watched(value, seen.setdefault(f"{name}.{of}", set())))

    for changes in ({}, LIVELY, {"horizon": 1}, {"operations.stock.policy": "unlimited"}):
        simulate(scenario(changes), 2)

    assert {name for name, types in seen.items() if len(types) > 1} == set()
    assert sum(len(types) for types in seen.values()) > 12


def test_a_settled_function_takes_what_the_function_takes() -> None:
    doubled = compiled.Settled(_twice)

    assert [doubled(np.arange(3.0), n) for n in (1, 2)] == [6.0, 12.0]


@compiled.compiled
def _twice(values: Any, n: int) -> float:
    total = 0.0
    for x in values:
        total += 2.0 * n * x
    return float(total)


def test_sets_of_options_are_equal_just_where_all_their_values_are() -> None:
    plain, same, other = Flags(), Flags(), Flags()
    same.nrt = plain.nrt
    other.nrt = not plain.nrt

    assert plain == same
    assert plain != other
    assert hash(plain) == hash(same)
    assert plain != "options"


def test_a_call_of_the_compiled_day_asks_python_for_nothing() -> None:
    # What Numba asks of Python on the way in is slow, and an interrupt that arrives there is lost or becomes an error.
    kernel = small_kernel(100.0, n_days=2)
    play_days(kernel, 1)
    kernel.open(1)
    asked: list[str] = []

    def note(frame: FrameType, event: str, _: object) -> None:
        if event == "call":
            asked.append(frame.f_code.co_filename)

    sys.setprofile(note)
    try:
        kernel.play(0.0, 24.0, NO_ARRIVALS)
    finally:
        sys.setprofile(None)

    assert kernel.tally.by_channel[:, UV].sum() > 0.0
    assert any(name.endswith("kernel.py") for name in asked)
    assert not [name for name in asked if f"{os.sep}numba{os.sep}" in name]
