"""`storesim plan` from a scenario file: everything the break-down promises, seen from outside."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from storesim.cli.main import main
from storesim.runs import one
from storesim.runs.many import replicate
from storesim.scenario.load import read_scenario
from storesim.study.folder import run_id

SHIPPED = Path(__file__).parents[2] / "scenarios" / "small_store.yaml"
FEW = ("--runs", "6", "--executor", "serial", "--seed", "4", "-q")
MONTHS = ("2027-03", "2027-04")


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of a plan of the shipped small store."""
    folder = tmp_path_factory.mktemp("planned")
    assert main(["plan", str(SHIPPED), *FEW, "-o", str(folder)]) == 0
    return folder / "latest"


@pytest.fixture(scope="module")
def rows(planned: Path) -> dict[tuple[str, str, str], dict[str, str]]:
    """Rows of `goals.csv` about all that is sold, by period, channel and KPI."""
    with (planned / "goals.csv").open(encoding="utf-8-sig", newline="") as file:
        whole = (row for row in csv.DictReader(file) if not (row["category"] or row["material"] or row["role"]))
        return {(row["period"], row["channel"], row["kpi"]): row for row in whole}


def test_the_plan_adds_up_to_the_target_of_the_file_in_fen(rows: dict[tuple[str, str, str], dict[str, str]]) -> None:
    fen = {key: int(row["goal"].replace(".", "")) for key, row in rows.items() if key[2] == "gmv"}

    assert fen["2027", "", "gmv"] == 1_000_000
    assert sum(fen[f"2027Q{q}", "", "gmv"] for q in range(1, 5)) == 1_000_000
    assert sum(fen[month, "", "gmv"] for month in MONTHS) == 1_000_000
    for period in ("2027", "2027Q1", "2027Q2", *MONTHS):
        channels = sum(fen[period, channel, "gmv"] for channel in ("search", "express", "returning"))
        assert channels == fen[period, "", "gmv"]


def test_visitors_add_up_to_the_visitor(rows: dict[tuple[str, str, str], dict[str, str]]) -> None:
    visitors = {key: int(row["goal"]) for key, row in rows.items() if key[2] == "uv"}

    assert visitors["2027", "", "uv"] == sum(visitors[month, "", "uv"] for month in MONTHS)
    for period in ("2027", "2027Q2", *MONTHS):
        channels = sum(visitors[period, channel, "uv"] for channel in ("search", "express", "returning"))
        assert channels == visitors[period, "", "uv"]


def test_the_year_and_its_quarters_have_pv_uv_cvr_aov_and_a_chance(
    rows: dict[tuple[str, str, str], dict[str, str]],
) -> None:
    for period in ("2027", "2027Q1", "2027Q2"):
        for name in ("pv", "uv", "cvr", "aov", "gmv"):
            row = rows[period, "", name]
            assert float(row["goal"]) > 0
            assert float(row["forecast_p10"]) <= float(row["forecast_p50"]) <= float(row["forecast_p90"])
            assert 0.0 <= float(row["chance"]) <= 1.0


@pytest.mark.usefixtures("without_pictures")
def test_the_screen_says_what_each_channel_must_bring_and_cost(
    planned: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["plan", str(SHIPPED), *FEW, "-o", str(planned.parent), "--lang", "en"]) == 0

    shown = capsys.readouterr().out
    table = shown[shown.index("What each channel must bring and cost") :]
    assert all(word in table for word in ("Search", "Express (京东快车)", "Returning members", "Ad spend", "2027Q2"))


@pytest.mark.usefixtures("without_pictures")
def test_a_plan_that_was_interrupted_goes_on_with_the_runs_it_has(
    planned: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scenario = read_scenario(SHIPPED)
    replicate(scenario, 6, 4, executor="serial", folder=tmp_path / run_id(scenario, 6, 4))
    monkeypatch.setattr(one, "simulate", lambda *_, **__: pytest.fail("a run that was kept is played again"))

    status = main(["plan", str(SHIPPED), *FEW, "-o", str(tmp_path), "--resume"])

    assert status == 0
    assert (tmp_path / "latest" / "goals.csv").read_bytes() == (planned / "goals.csv").read_bytes()
