"""What goes wrong on purpose: one tree, each with its exit status, and all of it crosses processes."""

from __future__ import annotations

import copy
import inspect
import pickle

import pytest

from storesim import errors
from storesim.errors import (
    ConservationError,
    Fault,
    ForecastError,
    HistoryError,
    MissingExtra,
    PlanError,
    RunError,
    ScenarioError,
    ShapeError,
    StoresimError,
    UsageError,
)

EVERY = [
    ScenarioError([Fault("a.yaml", 3, 5, "horizon is 0; it must be 1 or more")]),
    HistoryError([Fault("a.csv", 0, 0, "the file is empty")]),
    ShapeError(backlog=(3,), dispatched=(4,)),
    ForecastError("needs 14 days"),
    PlanError("aov_min is above aov_max"),
    UsageError("seed must be 0 or more"),
    RunError("it failed", fingerprint="ab" * 32, run=3, day=5),
    ConservationError("visitors do not balance", fingerprint="ab" * 32, run=3, day=5),
    MissingExtra("pyarrow", "parquet"),
]


def test_every_error_of_the_tree_is_looked_at_here() -> None:
    tree = {item for _, item in inspect.getmembers(errors, inspect.isclass) if issubclass(item, StoresimError)}

    assert {type(error) for error in EVERY} == tree - {StoresimError, errors.FileFaults}


@pytest.mark.parametrize("error", EVERY, ids=lambda error: type(error).__name__)
def test_an_error_is_the_same_after_crossing_a_process(error: StoresimError) -> None:
    for again in (pickle.loads(pickle.dumps(error)), copy.copy(error)):  # noqa: S301  # our own bytes
        assert type(again) is type(error)
        assert str(again) == str(error)
        assert vars(again) == vars(error)


@pytest.mark.parametrize(
    ("error", "status"),
    [(ScenarioError, 3), (HistoryError, 3), (ForecastError, 3), (PlanError, 3), (UsageError, 2), (MissingExtra, 2),
     (RunError, 4), (ConservationError, 4), (ShapeError, 4)],
)  # fmt: skip
def test_the_exit_status_says_whose_mistake_it_was(error: type[StoresimError], status: int) -> None:
    assert error.exit_status == status


def test_a_fault_names_file_line_and_column_before_its_message() -> None:
    assert str(Fault("a.yaml", 14, 19, "bid is -1")) == "a.yaml:14:19: bid is -1"
    assert str(Fault("a.yaml", 0, 0, "the file is empty")) == "a.yaml: the file is empty"


def test_faults_come_in_the_order_of_files_and_lines_and_once_each() -> None:
    late, early = Fault("a.yaml", 10, 1, "x"), Fault("a.yaml", 9, 40, "y")
    other = Fault("b.yaml", 1, 1, "z")

    wrong = ScenarioError([other, late, early, late])

    assert wrong.faults == (early, late, other)
    assert str(wrong) == "a.yaml:9:40: y\na.yaml:10:1: x\nb.yaml:1:1: z"


def test_a_failed_run_carries_what_is_needed_to_repeat_it() -> None:
    wrong = RunError("it failed", fingerprint="0123456789abcdef", run=3, day=5)

    assert str(wrong) == "it failed (scenario 0123456789ab, run 3, day 5)"
    assert str(RunError("it failed")) == "it failed"


def test_shapes_that_do_not_agree_are_named() -> None:
    assert str(ShapeError(backlog=(3,), dispatched=(4,))) == "shapes do not agree: backlog is (3,), dispatched is (4,)"


def test_a_missing_library_comes_with_the_command_that_installs_it() -> None:
    assert str(MissingExtra("pyarrow", "parquet")) == "pyarrow is not installed; run: pip install 'storesim[parquet]'"
