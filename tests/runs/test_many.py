"""`replicate`: the same figures however they are made."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from storesim.errors import RunError, UsageError
from storesim.results.archive import save_draws
from storesim.results.daily import daily_csv
from storesim.results.ensemble import Ensemble
from storesim.runs import many, one, parts
from storesim.runs.many import replicate
from storesim.runs.parts import forget_parts
from storesim.runs.stopping import StoppingRule, precision
from storesim.scenario.document import Scenario


@pytest.fixture(scope="module")
def usual(store: Scenario) -> Ensemble:
    return replicate(store, 12, 7, executor="serial")


@pytest.fixture
def played(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """Numbers of the runs simulated in this process."""
    runs: list[int] = []
    simulate = one.simulate

    def noted(scenario: Scenario, seed: int = 0, run: int = 0) -> Any:
        runs.append(run)
        return simulate(scenario, seed=seed, run=run)

    monkeypatch.setattr(one, "simulate", noted)
    return runs


def test_an_ensemble_holds_the_runs_that_simulate_gives(store: Scenario, usual: Ensemble) -> None:
    assert usual.n_runs == 12
    assert usual.run(0) == one.simulate(store, seed=7, run=0)
    assert usual.run(11) == one.simulate(store, seed=7, run=11)


def test_runs_differ_from_one_another_and_from_those_of_another_seed(store: Scenario, usual: Ensemble) -> None:
    other = replicate(store, 2, 8, executor="serial")

    totals = [*usual.total("gmv"), *other.total("gmv")]

    assert len(set(totals)) == 14


@pytest.mark.parametrize(
    ("executor", "jobs"), [("processes", 1), ("processes", 2), ("processes", 3), ("threads", 3), ("serial", 1)]
)
def test_files_are_the_same_bytes_for_any_executor_and_number_of_workers(
    store: Scenario, usual: Ensemble, tmp_path: Path, executor: str, jobs: int
) -> None:
    ensemble = replicate(store, 12, 7, executor=executor, jobs=jobs, folder=tmp_path)

    assert ensemble == usual
    assert daily_csv(ensemble) == daily_csv(usual)
    assert save_draws(tmp_path / "draws.npz", ensemble) == save_draws(tmp_path / "usual.npz", usual)


def test_more_runs_begin_with_the_same_runs(store: Scenario, usual: Ensemble) -> None:
    fewer = replicate(store, 7, 7, executor="serial")

    assert [fewer.run(run) for run in range(7)] == [usual.run(run) for run in range(7)]


def test_progress_tells_runs_done_and_wanted_from_the_beginning(store: Scenario) -> None:
    told: list[tuple[int, int]] = []

    replicate(store, 12, executor="serial", progress=lambda done, wanted: told.append((done, wanted)))

    assert told == [(0, 12), (5, 12), (10, 12), (12, 12)]


def test_finished_batches_are_not_played_again(
    store: Scenario, usual: Ensemble, tmp_path: Path, played: list[int]
) -> None:
    replicate(store, 7, 7, executor="serial", folder=tmp_path)
    played.clear()

    ensemble = replicate(store, 12, 7, executor="serial", folder=tmp_path, resume=True)

    # Runs 5 and 6 were a batch cut short, which cannot stand for the whole one.
    assert played == [5, 6, 7, 8, 9, 10, 11]
    assert ensemble == usual


def test_a_damaged_batch_is_played_again(
    store: Scenario, usual: Ensemble, tmp_path: Path, played: list[int], caplog: pytest.LogCaptureFixture
) -> None:
    replicate(store, 12, 7, executor="serial", folder=tmp_path)
    path = tmp_path / "parts" / "batch-00001.npz"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    played.clear()

    ensemble = replicate(store, 12, 7, executor="serial", folder=tmp_path, resume=True)

    assert played == [5, 6, 7, 8, 9]
    assert "batch-00001.npz" in caplog.text
    assert ensemble == usual


def test_without_resume_every_batch_is_played_again(store: Scenario, tmp_path: Path, played: list[int]) -> None:
    replicate(store, 10, 8, executor="serial", folder=tmp_path)
    played.clear()

    ensemble = replicate(store, 5, 7, executor="serial", folder=tmp_path)

    assert played == [0, 1, 2, 3, 4]
    assert ensemble.provenance.seed == 7
    assert [path.name for path in (tmp_path / "parts").glob("*.npz")] == ["batch-00000.npz"]


def test_runs_of_something_else_are_not_taken_for_these(
    store: Scenario, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    replicate(store, 5, 7, executor="serial", folder=tmp_path)
    dearer = store.with_({"catalogue.discount": 0.1})

    with pytest.raises(UsageError, match="another seed;"):
        replicate(store, 5, 8, executor="serial", folder=tmp_path, resume=True)
    with pytest.raises(UsageError, match="another fingerprint;"):
        replicate(dearer, 5, 7, executor="serial", folder=tmp_path, resume=True)
    monkeypatch.setattr(parts, "_code", lambda: "changed")
    with pytest.raises(UsageError, match="another code;"):
        replicate(store, 5, 7, executor="serial", folder=tmp_path, resume=True)
    assert (tmp_path / "parts" / "batch-00000.npz").exists()


def test_resuming_where_nothing_was_kept_begins(store: Scenario, usual: Ensemble, tmp_path: Path) -> None:
    assert replicate(store, 12, 7, executor="serial", folder=tmp_path / "new", resume=True) == usual


def test_parts_can_be_forgotten_once_all_is_written(store: Scenario, tmp_path: Path) -> None:
    replicate(store, 5, 7, executor="serial", folder=tmp_path)

    forget_parts(tmp_path)
    forget_parts(tmp_path)

    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_writer_left_beside_the_files_goes_with_the_parts(store: Scenario, tmp_path: Path) -> None:
    replicate(store, 5, 7, executor="serial", folder=tmp_path)
    (tmp_path / ".plan.xlsx.123-0a1b2c3d.aside").write_bytes(b"half")
    (tmp_path / "plan.xlsx").write_bytes(b"whole")

    forget_parts(tmp_path)

    assert [path.name for path in tmp_path.iterdir()] == ["plan.xlsx"]


def test_a_batch_that_cannot_be_written_stops_the_run_and_leaves_nothing_half_written(
    store: Scenario, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[int] = []

    def full(descriptor: int) -> None:
        written.append(descriptor)
        # The manifest, its folder, and two batches with theirs fit.
        if len(written) > 6:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)

    with pytest.raises(RunError, match=r"cannot write .*batch-00002\.npz: No space left"):
        replicate(store, 25, 7, executor="serial", folder=tmp_path)

    assert sorted(path.name for path in (tmp_path / "parts").iterdir() if path.name != ".lock") == [
        "batch-00000.npz",
        "batch-00001.npz",
        "manifest.json",
    ]


def test_an_interruption_keeps_what_was_finished_and_under_way(
    store: Scenario, usual: Ensemble, tmp_path: Path
) -> None:
    def interrupt(done: int, _wanted: int) -> None:
        if done >= 5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        replicate(store, 100, 7, executor="threads", jobs=2, progress=interrupt, folder=tmp_path)

    kept = len(list((tmp_path / "parts").glob("*.npz")))
    assert 1 <= kept <= 4
    assert replicate(store, 12, 7, executor="serial", folder=tmp_path, resume=True) == usual


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"n_runs": 0}, "n_runs"),
        ({"n_runs": 2.5}, "n_runs"),
        ({"n_runs": "many"}, "n_runs"),
        ({"n_runs": True}, "n_runs"),
        ({"seed": -1}, "seed"),
        ({"seed": 0.5}, "seed"),
        ({"seed": 2**63}, "seed is 9223372036854775808; it is a whole number from 0 to 9,223,372,036,854,775,807"),
        ({"jobs": 0}, "jobs"),
        ({"executor": "farm"}, "executor"),
        ({"resume": True}, "folder"),
        ({"rule": StoppingRule()}, "auto"),
    ],
)
def test_arguments_that_cannot_be_are_refused(store: Scenario, arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        replicate(store, **({"n_runs": 5, "executor": "serial"} | arguments))


def test_auto_stops_at_the_same_look_for_any_number_of_workers(store: Scenario, tmp_path: Path) -> None:
    rule = StoppingRule(kpi="uv", relative=0.05, min_runs=10, max_runs=60)

    one_by_one = replicate(store, "auto", 7, executor="serial", rule=rule)
    together = replicate(store, "auto", 7, executor="threads", jobs=3, rule=rule, folder=tmp_path)

    assert together == one_by_one
    assert precision([together], rule).reached
    assert replicate(store, "auto", 7, executor="serial", rule=rule, folder=tmp_path, resume=True) == one_by_one


def test_auto_stops_at_the_most_runs_and_says_how_wide_the_interval_is(
    store: Scenario, caplog: pytest.LogCaptureFixture
) -> None:
    rule = StoppingRule(relative=1e-6, min_runs=5, max_runs=13)

    ensemble = replicate(store, "auto", 7, executor="serial", rule=rule)

    assert "stopped at 13 runs, the most allowed: gmv is known to ±" in caplog.text

    assert ensemble.n_runs == 13
    assert not precision([ensemble], rule).reached
    np.testing.assert_array_equal(ensemble.total("gmv"), replicate(store, 13, 7, executor="serial").total("gmv"))


def test_runs_too_many_for_memory_stay_on_disk_and_are_the_same_bytes(
    store: Scenario, usual: Ensemble, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one_run = usual.n_bytes // usual.n_runs
    monkeypatch.setattr(many, "MOST_HELD", 6 * one_run)

    ensemble = replicate(store, 12, 7, executor="serial", folder=tmp_path)

    assert isinstance(ensemble.by_channel.base, np.memmap)
    assert ensemble == usual
    assert save_draws(tmp_path / "draws.npz", ensemble) == save_draws(tmp_path / "usual.npz", usual)
    forget_parts(tmp_path)
    assert not (tmp_path / "parts").exists()
    # What was in use stays until it is let go of.
    assert ensemble.run(11) == usual.run(11)


def test_a_disk_that_is_too_small_for_all_runs_is_told_of_in_words(tmp_path: Path) -> None:
    with pytest.raises(RunError, match=r"cannot write .*joined-0\.npy: "):
        parts.room_in(tmp_path)((2**44, 4))

    assert list(tmp_path.iterdir()) == []
