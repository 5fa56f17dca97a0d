"""A run of a few days: the words that ask for it, and its data files."""

from __future__ import annotations

from pathlib import Path

from storesim.study.folder import find_run

SMALL = Path(__file__).parents[1] / "cli" / "small.yaml"
ASKED = ("run", str(SMALL), "--runs", "6", "--seed", "3", "--set", "horizon=12d", "--executor", "serial", "-q")
DATA = ("daily.csv", "draws.npz", "forecast.csv", "goals.csv")


def data_of(folder: Path) -> dict[str, bytes]:
    """The data files of the newest run in a folder."""
    run = find_run(folder)
    return {name: (run / name).read_bytes() for name in DATA}
