"""Killed or interrupted at any moment, and gone on with: the same bytes."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from storesim.results.archive import save_draws
from storesim.results.ensemble import Ensemble
from storesim.runs.many import replicate
from storesim.scenario.document import Scenario

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks into /proc, sends POSIX signals")

N_RUNS = 60
SMALL_STORE = Path(__file__).parents[2] / "scenarios" / "small_store.yaml"

# Prints the numbers of its workers as they appear.
SCRIPT = """
import multiprocessing, sys
from storesim.runs.many import replicate
from storesim.scenario.load import read_scenario

def tell(done, wanted):
    print(*[worker.pid for worker in multiprocessing.active_children()], flush=True)

store = read_scenario(sys.argv[1]).with_({"horizon": "10d"})
replicate(store, int(sys.argv[3]), 7, jobs=2, folder=sys.argv[2], resume=True, progress=tell)
"""


@pytest.fixture(scope="module")
def usual(store: Scenario) -> Ensemble:
    return replicate(store, N_RUNS, 7, executor="serial")


def test_a_run_killed_at_random_moments_and_resumed_gives_the_same_bytes(
    store: Scenario, usual: Ensemble, tmp_path: Path
) -> None:
    luck, kept = random.Random(3), 0

    for _ in range(5):
        running = _begin(tmp_path)
        # Sometimes while it starts, sometimes while batches come in.
        goal = kept + luck.choice([0, 1, 2, 3])
        # On a fast machine it may be done before.
        _wait_until(lambda goal=goal, running=running: _kept(tmp_path) >= goal or running.poll() is not None)
        time.sleep(luck.uniform(0.0, 0.05))
        running.kill()
        running.communicate()
        assert _kept(tmp_path) >= kept
        kept = _kept(tmp_path)

    ensemble = replicate(store, N_RUNS, 7, executor="processes", jobs=2, folder=tmp_path, resume=True)

    assert kept > 0
    assert ensemble == usual
    assert save_draws(tmp_path / "draws.npz", ensemble) == save_draws(tmp_path / "usual.npz", usual)
    assert [path.name for path in (tmp_path / "parts").iterdir() if path.name.endswith(".aside")] == []


def test_workers_end_with_a_parent_that_was_killed(tmp_path: Path) -> None:
    running = _begin(tmp_path, n_runs=5000)
    _wait_until(lambda: _kept(tmp_path) >= 2)
    running.kill()
    told, _ = running.communicate()

    workers = {int(number) for number in told.split()}

    assert len(workers) == 2
    _wait_until(lambda: not any(_lives(worker) for worker in workers))


def test_an_interrupt_ends_quietly_keeps_what_was_finished_and_can_be_gone_on_with(
    store: Scenario, usual: Ensemble, tmp_path: Path
) -> None:
    running = _begin(tmp_path, n_runs=5000)
    _wait_until(lambda: _kept(tmp_path) >= 2)
    # As a terminal does: to the whole group, workers included.
    os.killpg(running.pid, signal.SIGINT)
    told, complaint = running.communicate(timeout=20)

    assert running.returncode == -signal.SIGINT
    # The parent's own KeyboardInterrupt and nothing from workers.
    assert complaint.count("Traceback") == 1
    assert not any(_lives(int(number)) for number in told.split())
    assert 2 <= _kept(tmp_path) < 1000
    assert replicate(store, N_RUNS, 7, executor="serial", folder=tmp_path, resume=True) == usual


def test_an_interrupt_while_workers_start_ends_quietly(tmp_path: Path) -> None:
    running = _begin(tmp_path, n_runs=5000)
    assert running.stdout is not None
    # The first word comes before the first batch is handed out.
    running.stdout.readline()
    time.sleep(0.15)
    os.killpg(running.pid, signal.SIGINT)
    _, complaint = running.communicate(timeout=20)

    assert running.returncode == -signal.SIGINT
    assert complaint.count("Traceback") == 1


def _begin(folder: Path, n_runs: int = N_RUNS) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", SCRIPT, str(SMALL_STORE), str(folder), str(n_runs)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2] / "src")},
    )


def _kept(folder: Path) -> int:
    return len(list((folder / "parts").glob("batch-*.npz")))


def _wait_until(condition: Callable[[], bool], seconds: float = 60.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.005)


def _lives(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    # Z is a process that has ended and that nobody has asked after.
    return state != "Z"
