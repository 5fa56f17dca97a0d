"""`run`, `plan`, `report`, `forecast`: from a file to a folder of results, by the command line."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import json
import subprocess
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import numpy as np
import pytest

import storesim
from storesim.cli.main import main
from storesim.study.folder import find_run, point_latest, run_id

Typed = Callable[..., "subprocess.CompletedProcess[str]"]

DATA = ("draws.npz", "daily.csv", "forecast.csv", "goals.csv")
SIX = ("--runs", "6", "--seed", "3", "-q")
FIVE = ("--runs", "5", "--executor", "serial", "-o", "out", "--lang", "en")
ASKED = ("2027", "gmv", "")
FILES = (*DATA, "report.html", "plan.xlsx", "run.json")


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that holds a year of a small store, one that is played, and two months of it, to be played."""
    folder = tmp_path_factory.mktemp("finished")
    scenario = folder / "small.yaml"
    text = (Path(__file__).parent / "small.yaml").read_text(encoding="utf-8")
    scenario.write_text(text, encoding="utf-8")
    (folder / "brief.yaml").write_text(text.replace("horizon: 365d", "horizon: 60d"), encoding="utf-8")
    status = main(["run", str(scenario), *SIX, "--executor", "serial", "-o", str(folder / "out")])
    assert status == 0
    return folder


def test_a_run_writes_every_file_the_interface_names(finished: Path) -> None:
    folder = find_run(finished / "out")

    assert {path.name for path in folder.iterdir()} == set(FILES)


def test_latest_leads_to_the_newest_run(finished: Path) -> None:
    scenario = storesim.read_scenario(finished / "small.yaml")

    assert (finished / "out" / "latest").resolve().name == run_id(scenario, 6, 3)


def test_the_record_holds_a_true_hash_of_every_file(finished: Path) -> None:
    folder = find_run(finished / "out")
    record = json.loads((folder / "run.json").read_text(encoding="utf-8"))

    hashes = {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in FILES if name != "run.json"}

    assert {name: noted["sha256"] for name, noted in record["files"].items()} == hashes
    assert record["origins"]["channels.express.daily_budget"].endswith("small.yaml:6:27")
    assert record["seed"] == 3


@pytest.mark.parametrize("name", ["daily.csv", "forecast.csv", "goals.csv"])
def test_tables_are_utf_8_with_a_mark_that_spreadsheets_know(finished: Path, name: str) -> None:
    data = (find_run(finished / "out") / name).read_bytes()

    assert data.startswith(b"\xef\xbb\xbf")
    assert len(list(csv.reader(data.decode("utf-8-sig").splitlines()))) > 10


def test_quarters_of_goals_csv_add_up_to_the_target_to_the_fen(finished: Path) -> None:
    text = (find_run(finished / "out") / "goals.csv").read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(text.splitlines()))

    of_store = [row for row in rows if row["kpi"] == "gmv" and _of_the_store(row)]
    fen = {level: _fen(row for row in of_store if row["level"] == level) for level in ("quarter", "month")}

    assert fen == {"quarter": 10_000_000, "month": 10_000_000}


@pytest.mark.usefixtures("without_pictures")
def test_progress_goes_to_standard_error_and_json_to_standard_output(finished: Path, typed: Typed) -> None:
    ran = typed("run", finished / "brief.yaml", *FIVE, "--json")

    document = json.loads(ran.stdout)
    assert ran.returncode == 0
    assert "Simulating: 5/5" in ran.stderr
    assert document["n_runs"] == 5
    assert {figure["kpi"] for figure in document["figures"]} >= {"gmv", "uv", "cvr", "aov"}
    asked = [row for row in document["goals"] if (row["period"], row["kpi"], row["channel"]) == ASKED]
    assert [row["goal"] for row in asked if _of_the_store(row)] == [1e5]


@pytest.mark.usefixtures("without_pictures")
def test_a_setting_given_on_the_command_line_moves_the_result(finished: Path, typed: Typed) -> None:
    words = ["run", finished / "brief.yaml", *FIVE, "--json", "-q"]

    plain, poorer = (typed(*words, *more) for more in ([], ["--set", "channels.express.daily_budget=¥2"]))

    spent = [_figure(json.loads(ran.stdout), "ad_spend") for ran in (plain, poorer)]
    assert 0 < spent[1] <= 2 * 60
    assert spent[0] > 1.5 * spent[1]


@pytest.mark.parametrize(("least", "status"), [("0%", 0), ("100%", 1)])
@pytest.mark.usefixtures("without_pictures")
def test_a_gate_on_the_chance_decides_the_exit_status(finished: Path, typed: Typed, least: str, status: int) -> None:
    words = ["plan", finished / "brief.yaml", "--target", "6万", *FIVE, "-q"]

    ran = typed(*words, "--fail-under", least, "--set", "market.searches_per_day=200")

    assert ran.returncode == status


@pytest.mark.usefixtures("without_pictures")
def test_a_plan_shows_quarters_and_months_that_the_target_asks_for(finished: Path, typed: Typed) -> None:
    ran = typed("plan", finished / "small.yaml", "--target", "12万", *FIVE, "-q")

    assert ran.returncode == 0
    assert [period in ran.stdout for period in ("2027 ", "2027Q1", "2027Q4", "2027-11")] == [True] * 4
    assert "¥120,000" in ran.stdout


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--target", "6万", "--year", "2031"], "no day of 2031 is simulated: 小店 runs from 2027-01-01 to 2027-12-31"),
        (["--set", "targets={2031: {gmv: 6万}}", "--set", "targets.2027=null"], "no day of 2031 is simulated"),
        (["--set", "targets.2027=null"], "the scenario has no target"),
    ],
)
def test_a_target_that_cannot_be_planned_is_refused_before_anything_is_simulated(
    finished: Path, typed: Typed, tmp_path: Path, words: list[str], says: str
) -> None:
    ran = typed("plan", finished / "small.yaml", *words, *FIVE)

    assert ran.returncode == 3
    assert says in ran.stderr
    assert "Simulating" not in ran.stderr
    assert not (tmp_path / "out").exists()


def test_a_target_of_a_year_nobody_named_is_wrong_usage(finished: Path, typed: Typed) -> None:
    ran = typed("plan", finished / "small.yaml", "--year", "2031", *FIVE)

    assert ran.returncode == 2
    assert "there is no target for 2031; targets are set for 2027" in ran.stderr


def test_every_file_but_the_record_is_the_same_whatever_path_was_typed(
    finished: Path, typed: Typed, typed_anew: Typed, tmp_path: Path
) -> None:
    (tmp_path / "base.yaml").write_text((finished / "brief.yaml").read_text("utf-8"), "utf-8")
    (tmp_path / "child.yaml").write_text("extends: base.yaml\nmarket: {searches_per_day: 500}\n", "utf-8")

    # The last in another process, which hashes words otherwise.
    ways = {"child.yaml": typed, "../" + tmp_path.name + "/child.yaml": typed, tmp_path / "child.yaml": typed_anew}
    for number, (way, run) in enumerate(ways.items()):
        assert run("run", way, "--runs", "2", "-q", "--lang", "en", "-o", f"out{number}").returncode == 0

    folders = [find_run(tmp_path / f"out{number}") for number in range(len(ways))]
    for name in set(FILES) - {"run.json"}:
        assert len({(folder / name).read_bytes() for folder in folders}) == 1, name
    origins = json.loads((folders[1] / "run.json").read_text("utf-8"))["origins"]
    assert origins["market.searches_per_day"] == "child.yaml:2:28"
    assert origins["channels.express.bid"] == "base.yaml:6:37"


def test_a_run_whose_target_cannot_be_reached_still_reports(finished: Path, typed: Typed, tmp_path: Path) -> None:
    caps = ["--set", "targets.2027.cvr_max=0.01%", "--set", "targets.2027.uv_max=10"]

    ran = typed("run", finished / "brief.yaml", *FIVE, *caps)

    assert ran.returncode == 0
    assert "No goals: " in ran.stderr
    assert {path.name for path in find_run(tmp_path / "out").iterdir()} == set(FILES) - {"goals.csv"}


def test_reports_are_written_again_in_the_other_language_without_moving_the_data(
    finished: Path, tmp_path: Path
) -> None:
    folder = find_run(finished / "out")
    before = {name: (folder / name).read_bytes() for name in DATA}

    status = main(["report", str(finished / "out"), "--lang", "zh", "-q"])

    assert status == 0
    assert {name: (folder / name).read_bytes() for name in DATA} == before
    assert 'lang="zh' in (folder / "report.html").read_text(encoding="utf-8")


def test_what_each_paid_channel_truly_adds_stands_in_a_table_and_in_every_report(
    finished: Path, tmp_path: Path, typed: Typed
) -> None:
    asked = (
        str(finished / "brief.yaml"),
        "--runs",
        "3",
        "--executor",
        "serial",
        "-o",
        str(tmp_path),
        "--incremental",
        "2",
    )

    said = typed("run", *asked, "--lang", "en")
    folder = find_run(tmp_path)
    assert main(["report", str(tmp_path), "--lang", "zh", "-q"]) == 0

    assert "Marginal ROI" in said.stdout
    assert "incremental.csv" in json.loads((folder / "run.json").read_text("utf-8"))["files"]
    rows = list(csv.DictReader((folder / "incremental.csv").read_text("utf-8-sig").splitlines()))
    assert {(row["channel"], row["runs"]) for row in rows} == {("express", "2")}
    assert "边际投产比" in (folder / "report.html").read_text(encoding="utf-8")


def test_a_folder_that_is_no_run_is_a_wrong_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status = main(["report", str(tmp_path)])

    assert status == 3
    assert "run.json" in capsys.readouterr().err


def test_latest_is_a_file_with_a_name_where_links_are_not_possible(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError("no links here")

    (tmp_path / "one").mkdir()
    (tmp_path / "one" / "run.json").write_text("{}")
    monkeypatch.setattr(Path, "symlink_to", refuse)

    point_latest(tmp_path / "one")

    assert (tmp_path / "latest").read_text(encoding="utf-8") == "one\n"
    assert find_run(tmp_path) == tmp_path / "one"


def test_a_forecast_of_daily_figures_is_a_tidy_table(tmp_path: Path, typed: Typed) -> None:
    history = tmp_path / "history.csv"
    history.write_text(_history_text(), encoding="utf-8")

    ran = typed("forecast", history, "--days", "28", "--paths", "200", "--lang", "en")

    rows = list(csv.DictReader((tmp_path / "outputs" / "history" / "forecast.csv").read_text("utf-8-sig").splitlines()))
    assert ran.returncode == 0
    assert "28 days from 2027-04-01" in ran.stdout
    assert {row["kpi"] for row in rows} >= {"uv", "buyers", "gmv", "cvr", "aov"}
    assert len([row for row in rows if row["kpi"] == "gmv"]) == 28
    assert all(float(row["p10"]) <= float(row["p90"]) for row in rows)


def test_a_forecast_answers_to_what_is_planned(tmp_path: Path, typed: Typed) -> None:
    (tmp_path / "history.csv").write_text(_history_text(spend=True), encoding="utf-8")
    days = [dt.date(2027, 4, 1) + dt.timedelta(days=day) for day in range(7)]
    (tmp_path / "plan.csv").write_text("\n".join(["日期,花费", *(f"{day},300" for day in days)]), encoding="utf-8")

    ran = typed("forecast", "history.csv", "--days", "7", "--paths", "20", "--future", "plan.csv", "--json")
    same = typed("forecast", "history.csv", "--days", "7", "--paths", "20", "--set", "ad_spend=300", "--json")
    short = typed("forecast", "history.csv", "--days", "9", "--future", "plan.csv", "--lang", "en")

    document = json.loads(ran.stdout)
    assert {row["p50"] for row in document["daily"] if row["kpi"] == "ad_spend"} == {300.0}
    assert any("answers to ad_spend" in reason for reason in document["reasons"])
    assert document["daily"] == json.loads(same.stdout)["daily"]
    assert (short.returncode, "not planned on 2 of the 9 days" in short.stderr) == (3, True)


def test_a_forecast_in_another_currency_is_not_shown_in_yuan(tmp_path: Path, typed: Typed) -> None:
    text = _history_text().replace("gmv", "Revenue (USD)", 1)
    (tmp_path / "history.csv").write_text(text, encoding="utf-8")

    ran = typed("forecast", "history.csv", "--days", "7", "--paths", "20", "--lang", "en")

    assert ran.returncode == 0
    assert "Amounts are in USD" in ran.stderr
    assert "USD " in ran.stdout
    assert "¥" not in ran.stdout


def test_the_days_after_a_simulated_year_are_foretold_from_its_folder(finished: Path, typed: Typed) -> None:
    ran = typed("forecast", finished / "out", "--days", "7", "--paths", "50", "--json", "-o", "after")

    document = json.loads(ran.stdout)
    assert ran.returncode == 0
    assert document["start"] == "2028-01-01"
    assert document["days"] == 7


def test_a_history_that_cannot_be_read_is_a_wrong_file(tmp_path: Path, typed: Typed) -> None:
    (tmp_path / "empty.csv").write_text("", encoding="utf-8")

    ran = typed("forecast", "empty.csv")

    assert ran.returncode == 3
    assert "empty.csv" in ran.stderr


def test_python_gives_what_the_command_gives(finished: Path) -> None:
    study = storesim.run(finished / "small.yaml", n_runs=6, seed=3, executor="serial")

    record = json.loads((find_run(finished / "out") / "run.json").read_text(encoding="utf-8"))
    draws = np.load(find_run(finished / "out") / "draws.npz")
    assert study.folder is None
    assert study.ensemble.provenance.fingerprint == record["fingerprint"]
    assert np.array_equal(study.ensemble.by_channel, draws["by_channel"])


def _history_text(*, spend: bool = False) -> str:
    # A made-up quarter: UV 500, 400 at weekends, CVR 2 %, 100 yuan a buyer; 200 or 400 a day for ads.
    lines = ["date,uv,pv,buyers,gmv" + ",ad_spend" * spend]
    for day in range(90):
        date = np.datetime64("2027-01-01") + day
        uv = (400 if (day + 5) % 7 >= 5 else 500) + 7 * (day % 5)
        lines.append(f"{date},{uv},{4 * uv},{uv // 50},{100 * (uv // 50)}" + f",{200 + 200 * (day // 14 % 2)}" * spend)
    return "\n".join(lines) + "\n"


def _fen(rows: Iterable[Mapping[str, str]]) -> int:
    return sum(round(100 * float(row["goal"])) for row in rows)


def _figure(document: dict[str, list[dict[str, float]]], name: str) -> float:
    return next(figure["p50"] for figure in document["figures"] if figure["kpi"] == name)  # type: ignore[comparison-overlap]  # text


def _of_the_store(row: Mapping[str, str]) -> bool:
    """Whether a row of goals is the whole store's, not a channel's or a part of its assortment."""
    return not any(row[name] for name in ("channel", "category", "material", "role"))
