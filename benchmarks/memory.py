"""Peak memory, time and bytes on disk of whole runs, by number of runs: the figures of `docs/scale.md`.

python -m benchmarks.memory scenarios/elena_mileva.yaml 50 500
python -m benchmarks.memory scenarios/elena_mileva.yaml 500 --held 50000000     # hold less in memory, the rest on disk
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

STATUS = Path("/proc/self/status")


class Watch:
    """Looks at the memory of this process while something is done; Linux only."""

    def __init__(self) -> None:
        self.peak_mb = 0.0
        self._over = threading.Event()
        self._looking = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> Watch:
        self._looking.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._looking.join()

    def _look(self) -> None:
        while not self._over.wait(0.02):
            # Not pages of files, which the system takes back when others need room.
            line = next(line for line in STATUS.read_text().splitlines() if line.startswith("RssAnon"))
            self.peak_mb = max(self.peak_mb, int(line.split()[1]) / 1024)


def measure(scenario: str, n_runs: int, held: int) -> None:
    """Play a scenario in one process, write everything, and print a row."""
    from storesim.runs import many
    from storesim.study.run import run

    many.MOST_HELD = held
    with tempfile.TemporaryDirectory() as place, Watch() as watch:
        began, cpu = time.perf_counter(), time.process_time()
        study = run(scenario, n_runs, 7, output=place, executor="serial")
        spent, used = time.perf_counter() - began, time.process_time() - cpu
        sizes = {path.name: path.stat().st_size for path in Path(study.folder or place).iterdir()}
    whole = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"| {n_runs} | {held / 1e6:.0f} MB | {watch.peak_mb:.0f} MB | {whole:.0f} MB | {used:.1f} s | {spent:.1f} s | "
        f"{sizes['draws.npz'] / n_runs / 1e6:.2f} MB | {sum(sizes.values()) / 1e6:.1f} MB |",
        flush=True,
    )


def main() -> None:
    """A process of its own for each number of runs."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("scenario")
    parser.add_argument("runs", type=int, nargs="+")
    parser.add_argument("--held", type=int, default=500_000_000)
    parser.add_argument("--here", action="store_true")
    asked = parser.parse_args()
    if asked.here:
        measure(asked.scenario, asked.runs[0], asked.held)
        return
    print(
        "| runs | held | peak of its own | with pages of files | CPU | wall | draws a run | folder |\n"
        + "| --- " * 8
        + "|"
    )
    for runs in asked.runs:
        words = [asked.scenario, str(runs), "--held", str(asked.held), "--here"]
        subprocess.run([sys.executable, "-m", "benchmarks.memory", *words], check=True)


if __name__ == "__main__":
    main()
