"""A scheduler and two workers on this machine: the same bytes as on one core, and a lost worker is survived."""

from __future__ import annotations

import importlib.util
import json
import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from storesim.cli.main import main
from storesim.errors import MissingExtra, RunError
from storesim.results.archive import save_draws
from storesim.results.ensemble import Ensemble
from storesim.runs.batches import Batch
from storesim.runs.executors import Crew
from storesim.runs.many import replicate
from storesim.scenario.document import Scenario

needs_dask = pytest.mark.skipif(
    importlib.util.find_spec("distributed") is None, reason="dask.distributed is not installed: storesim[dask]"
)
N_RUNS = 40
SMALL = Path(__file__).parents[1] / "cli" / "small.yaml"


class Cluster(NamedTuple):
    """Processes of Dask on this machine."""

    address: str
    workers: list[subprocess.Popen[bytes]]


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """One scheduler and two workers, each a process of its own."""
    folder = tmp_path_factory.mktemp("dask")
    contact = folder / "scheduler.json"
    started = [_start(folder, "scheduler", "--port", "0", "--no-dashboard", "--scheduler-file", contact)]
    try:
        _wait_until(contact.exists)
        started += [_start_worker(folder) for _ in range(2)]
        yield Cluster(json.loads(contact.read_text())["address"], started[1:])
    finally:
        for process in started:
            process.kill()
            process.wait()


@pytest.fixture(scope="module")
def usual(store: Scenario) -> Ensemble:
    return replicate(store, N_RUNS, 7, executor="serial")


@needs_dask
def test_a_cluster_gives_the_same_bytes_as_one_core(
    cluster: Cluster, store: Scenario, usual: Ensemble, tmp_path: Path
) -> None:
    told: list[tuple[int, int]] = []

    ensemble = replicate(
        store, N_RUNS, 7, executor=f"dask@{cluster.address}", progress=lambda done, wanted: told.append((done, wanted))
    )

    assert told[0] == (0, N_RUNS)
    assert told[-1] == (N_RUNS, N_RUNS)
    assert save_draws(tmp_path / "draws.npz", ensemble) == save_draws(tmp_path / "usual.npz", usual)


@needs_dask
def test_the_error_of_a_run_arrives_from_a_cluster(cluster: Cluster) -> None:
    with (
        Crew(f"dask@{cluster.address}", 1, _fail) as crew,
        pytest.raises(RunError, match="the till is empty") as caught,
    ):
        list(crew.finish([Batch(15, 20)]))

    assert (caught.value.run, caught.value.day) == (15, 3)


@needs_dask
def test_a_worker_killed_in_the_middle_is_survived(
    cluster: Cluster, store: Scenario, usual: Ensemble, tmp_path: Path
) -> None:
    def kill_one(done: int, wanted: int) -> None:
        if done > 0 and cluster.workers[0].poll() is None:
            cluster.workers[0].kill()

    ensemble = replicate(store, N_RUNS, 7, executor=f"dask@{cluster.address}", folder=tmp_path, progress=kill_one)

    assert cluster.workers[0].wait() != 0
    assert ensemble == usual


@needs_dask
def test_what_a_cluster_had_finished_is_gone_on_with_at_home(
    cluster: Cluster, store: Scenario, usual: Ensemble, tmp_path: Path
) -> None:
    def stop(done: int, wanted: int) -> None:
        if done >= 10:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        replicate(store, N_RUNS, 7, executor=f"dask@{cluster.address}", folder=tmp_path, progress=stop)
    kept = len(list((tmp_path / "parts").glob("batch-*.npz")))
    told: list[int] = []
    ensemble = replicate(
        store, N_RUNS, 7, executor="serial", folder=tmp_path, resume=True, progress=lambda done, _: told.append(done)
    )

    assert kept >= 2
    assert told[0] == 5 * kept
    assert ensemble == usual


@needs_dask
def test_workers_with_another_storesim_are_refused(cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    import storesim

    monkeypatch.setattr(storesim, "__version__", "0.0.9")

    with (
        Crew(f"dask@{cluster.address}", 1, Batch.__str__) as crew,
        pytest.raises(RunError, match=r"a worker has another storesim.*version"),
    ):
        list(crew.finish([Batch(0, 5)]))


@needs_dask
def test_a_command_is_played_on_a_cluster(cluster: Cluster, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    asked = ["run", str(SMALL), "--runs", "10", "--set", "horizon=10d", "--shard", "1/2", "-o", str(tmp_path), "-q"]

    status = main([*asked, "--executor", "dask", "--address", cluster.address])

    assert status == 0
    assert len(list(tmp_path.glob("*-shard1of2/parts/batch-*.npz"))) == 1


@needs_dask
def test_a_scheduler_that_does_not_answer_is_a_failed_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storesim.runs.clusters.WAIT_S", 0.5)

    with pytest.raises(RunError, match=r"no scheduler of dask answers at tcp://127\.0\.0\.1:9: "):
        Crew("dask@tcp://127.0.0.1:9", 1, Batch.__str__)


@pytest.fixture
def with_ray(monkeypatch: pytest.MonkeyPatch) -> None:
    # Workers of Dask import this file too, and from where they are there are no other tests.
    from tests.runs.ray_stand_in import stand_in

    monkeypatch.setitem(sys.modules, "ray", stand_in())


@pytest.mark.usefixtures("with_ray")
def test_a_cluster_of_ray_that_does_not_answer_is_a_failed_run_at_once() -> None:
    # Port 9 is closed; Ray itself, which this stand-in does not play, would ask for three minutes.
    with pytest.raises(RunError, match=r"no cluster of Ray answers at 127\.0\.0\.1:9: "):
        Crew("ray@127.0.0.1:9", 1, Batch.__str__)


@pytest.mark.usefixtures("with_ray")
def test_rays_door_gives_the_same_figures_and_tells_what_a_worker_raised(
    usual: Ensemble, store: Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Through a stand-in that plays what storesim uses of Ray, results and errors pickled as between machines."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        executor = f"ray@127.0.0.1:{door.getsockname()[1]}"
        there = replicate(store, N_RUNS, 7, executor=executor)
        monkeypatch.setattr("storesim.runs.clusters.common_key", lambda _: {"kernel": secrets.token_hex(4)})
        with pytest.raises(RunError, match="a worker has another storesim"):
            replicate(store, N_RUNS, 7, executor=executor)

    assert there.by_channel.tobytes() == usual.by_channel.tobytes()


def test_a_library_that_is_missing_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    # None in the table of modules makes an import fail.
    monkeypatch.setitem(sys.modules, "distributed", None)
    monkeypatch.setitem(sys.modules, "ray", None)

    with pytest.raises(MissingExtra, match=r"pip install 'storesim\[dask\]'"):
        Crew("dask@tcp://127.0.0.1:9", 1, Batch.__str__)
    with pytest.raises(MissingExtra, match=r"pip install 'storesim\[ray\]'"):
        Crew("ray@127.0.0.1:9", 1, Batch.__str__)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--executor", "dask"], "--executor dask needs the address of a scheduler"),
        (["--address", "tcp://127.0.0.1:9"], "--address: no effect with --executor processes"),
    ],
)
def test_a_cluster_without_an_address_and_an_address_without_a_cluster_are_wrong_usage(
    words: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["run", str(SMALL), *words, "--lang", "en"]) == 2
    assert says in capsys.readouterr().err


def _fail(batch: Batch) -> int:
    raise RunError("the till is empty", fingerprint="abc", run=batch.first, day=3)


def _start(folder: Path, kind: str, *words: object) -> subprocess.Popen[bytes]:
    root = Path(__file__).parents[2]
    with (folder / f"{kind}.log").open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-m", f"distributed.cli.dask_{kind}", *map(str, words)],
            cwd=folder,
            env=os.environ | {"PYTHONPATH": os.pathsep.join([str(root / "src"), str(Path(__file__).parent)])},
            stdout=log,
            stderr=log,
        )


def _start_worker(folder: Path) -> subprocess.Popen[bytes]:
    return _start(
        folder,
        "worker",
        "--scheduler-file",
        folder / "scheduler.json",
        "--nthreads",
        "1",
        "--no-nanny",
        "--no-dashboard",
    )


def _wait_until(condition: Callable[[], bool], seconds: float = 60.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.02)
