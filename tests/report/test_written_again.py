"""A report written again from the folder of its run."""

from __future__ import annotations

from pathlib import Path

import pytest

from storesim.scenario.load import read_scenario
from storesim.study.folder import LATEST, find_run
from storesim.study.run import reopen, run, write_again

SHIPPED = Path(__file__).parents[2] / "scenarios" / "small_store.yaml"


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with two runs, `latest` leading to the second."""
    folder = tmp_path_factory.mktemp("runs")
    scenario = read_scenario(SHIPPED)
    for seed in (1, 2):
        run(scenario, 3, seed, output=folder, executor="serial")
    return folder


def test_latest_leads_to_the_run_and_never_to_itself(runs: Path) -> None:
    newest = (runs / LATEST).resolve()

    for asked in (runs, runs / LATEST):
        study = write_again(reopen(asked), "zh")

        assert (runs / LATEST).resolve() == newest
        assert study.folder is not None
        assert study.folder.resolve() == newest
    assert 'lang="zh' in (runs / LATEST / "report.html").read_text(encoding="utf-8")


def test_writing_an_older_report_again_leaves_latest_at_the_newest(runs: Path) -> None:
    newest = (runs / LATEST).resolve()
    older = next(path for path in runs.iterdir() if path.is_dir() and path.resolve() != newest)

    write_again(reopen(older), "en")

    assert find_run(runs).resolve() == newest


def test_data_files_stay_as_they_are_unless_somebody_touched_them(runs: Path) -> None:
    folder = find_run(runs)
    daily, draws = folder / "daily.csv", folder / "draws.npz"
    usual, place = daily.read_bytes(), draws.stat().st_ino

    write_again(reopen(runs), "en")
    kept = draws.stat().st_ino
    daily.write_bytes(b"touched")
    write_again(reopen(runs), "en")

    # A file that is written takes the place of another.
    assert kept == place != draws.stat().st_ino
    assert daily.read_bytes() == usual
