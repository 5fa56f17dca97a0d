"""The same questions to every executor: all batches, each once, the same figures, failures told."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from functools import partial
from pathlib import Path

import pytest

from storesim.errors import RunError, UsageError
from storesim.runs.batches import Batch, batches_of
from storesim.runs.executors import EXECUTORS, Crew, usable_cores

BATCHES = batches_of(33)


def square(batch: Batch) -> int:
    return batch.first**2


def sleep_in_turn(batch: Batch) -> int:
    # Later batches are faster, so that they finish out of order.
    time.sleep(0.05 / (1 + batch.number))
    return batch.first


def fail_at_fifteen(batch: Batch) -> int:
    if batch.first == 15:
        raise RunError("the till is empty", fingerprint="abc", run=15, day=3)
    return batch.first


def die_once(folder: str, batch: Batch) -> int:
    mark = Path(folder, "died")
    if batch.first == 15 and not mark.exists():
        mark.touch()
        os._exit(1)
    return batch.first**2


def die_always(batch: Batch) -> int:
    if batch.first == 15:
        os._exit(1)
    return batch.first**2


@pytest.mark.parametrize("jobs", [1, 3])
@pytest.mark.parametrize("executor", EXECUTORS)
def test_every_batch_is_played_once(executor: str, jobs: int) -> None:
    with Crew(executor, jobs, square) as crew:
        finished = list(crew.finish(BATCHES))

    assert sorted(finished) == [(batch, batch.first**2) for batch in BATCHES]


@pytest.mark.parametrize("executor", EXECUTORS)
def test_a_crew_plays_again_after_it_has_finished(executor: str) -> None:
    with Crew(executor, 2, sleep_in_turn) as crew:
        first = dict(crew.finish(BATCHES[:3]))
        second = dict(crew.finish(BATCHES[3:]))

    assert first | second == {batch: batch.first for batch in BATCHES}
    assert set(first) == set(BATCHES[:3])


@pytest.mark.parametrize("executor", EXECUTORS)
def test_the_error_of_a_run_arrives_with_what_is_needed_to_repeat_it(executor: str) -> None:
    with Crew(executor, 2, fail_at_fifteen) as crew, pytest.raises(RunError, match="the till is empty") as caught:
        list(crew.finish(BATCHES))

    assert (caught.value.fingerprint, caught.value.run, caught.value.day) == ("abc", 15, 3)


def test_an_executor_that_does_not_exist_is_refused_with_those_that_do() -> None:
    with pytest.raises(UsageError, match="there are processes, threads, serial"):
        Crew("processe", 2, square)
    with pytest.raises(UsageError, match="jobs is 0"):
        Crew("serial", 0, square)


def test_batches_of_a_worker_that_died_are_played_again(tmp_path: Path) -> None:
    with Crew("processes", 2, partial(die_once, str(tmp_path))) as crew:
        finished = list(crew.finish(BATCHES))

    assert (tmp_path / "died").exists()
    assert sorted(finished) == [(batch, batch.first**2) for batch in BATCHES]


def test_workers_that_die_twice_over_a_batch_are_reported() -> None:
    finished = []

    with Crew("processes", 2, die_always) as crew, pytest.raises(RunError, match=r"died twice .*runs 15 to 19"):
        finished.extend(crew.finish(BATCHES))

    assert Batch(15, 20) not in dict(finished)


def test_an_interrupted_crew_gives_what_was_under_way_and_no_more() -> None:
    crew = Crew("threads", 2, sleep_in_turn)
    with crew:
        finishing = crew.finish(BATCHES)
        first = next(finishing)
        drained = list(crew.drain())

    assert 1 <= len(drained) <= 3
    assert first not in drained
    assert all(value == batch.first for batch, value in drained)


def test_starting_workers_leaves_the_main_module_and_signals_as_they_were() -> None:
    main, mask = sys.modules["__main__"], signal.pthread_sigmask(signal.SIG_BLOCK, set())
    threads = threading.active_count()

    with Crew("processes", 1, square) as crew:
        list(crew.finish(BATCHES[:1]))

    assert sys.modules["__main__"] is main
    assert signal.pthread_sigmask(signal.SIG_BLOCK, set()) == mask
    assert threading.active_count() == threads


def test_a_script_without_a_main_guard_can_start_workers(tmp_path: Path) -> None:
    script = tmp_path / "study.py"
    script.write_text(
        textwrap.dedent("""
        print("once", flush=True)
        from storesim.runs.batches import Batch
        from storesim.runs.executors import Crew
        with Crew("processes", 2, Batch.__str__) as crew:
            print(sorted(crew.finish([Batch(0, 5), Batch(5, 10)]))[1][1])
        """)
    )

    done = subprocess.run(
        [sys.executable, str(script)],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": str(Path(__file__).parents[2] / "src")},
    )

    assert done.stdout.split("\n") == ["once", "runs 5 to 9", ""]
    assert done.stderr == ""


def test_cores_are_those_this_process_may_use() -> None:
    assert 1 <= usable_cores() <= (os.cpu_count() or 1)
