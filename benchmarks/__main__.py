"""`python -m benchmarks`: every benchmark, one after the other, each in a process of its own."""

from __future__ import annotations

import subprocess
import sys

ALL = (
    "agreement",
    "speed",
    "scaling",
    "sizes",
    "every_mechanism",
    "start",
    "forecast_real",
    "luck",
    "stopping",
    "regression",
)


def main() -> None:
    """Run all; each writes its section of `RESULTS.md`."""
    for name in ALL:
        subprocess.run([sys.executable, "-m", f"benchmarks.{name}"], check=True)


if __name__ == "__main__":
    main()
