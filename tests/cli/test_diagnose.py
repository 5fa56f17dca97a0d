"""`storesim diagnose`, and what `forecast` says of the files it reads."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from storesim.cli.main import main

EXPORTS = Path(__file__).resolve().parents[2] / "examples" / "exports"
BAD = """日期,访客数,成交客户数,成交金额
2026-03-01,100,120,5
2026-03-02,-7,1,5
2026-03-02,8,1,5
2026-03-05,很多,1,=1+1
"""


@pytest.fixture
def bad(tmp_path: Path) -> Path:
    path = tmp_path / "bad.csv"
    path.write_text(BAD, encoding="utf-8")
    return path


def test_everything_wrong_with_a_file_is_listed_with_its_place_and_status_3(
    bad: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status = main(["diagnose", "--data", str(bad), "-o", str(tmp_path / "out"), "--json"])

    assert status == 3
    said = json.loads(capsys.readouterr().out)
    places = {(found["level"], found["kind"], found["row"], found["column"]) for found in said["findings"]}
    assert places >= {
        ("error", "negative", 3, "访客数"), ("error", "duplicate", 4, "日期"), ("error", "unreadable", 5, "访客数"),
        ("error", "unreadable", 5, "成交金额"), ("warning", "order", 2, "成交客户数"), ("warning", "missing", None, ""),
    }  # fmt: skip
    written = list(csv.DictReader((tmp_path / "out" / "findings.csv").read_text(encoding="utf-8-sig").splitlines()))
    assert len(written) == len(said["findings"])
    assert [row["value"] for row in written if row["column"] == "成交金额"] == ["'=1+1"]


def test_a_good_file_is_described_in_both_languages(capsys: pytest.CaptureFixture[str]) -> None:
    for lang, words in (
        ("en", ("Columns are read as", "Channels: search, express")),
        ("zh", ("各列读作", "渠道：search")),
    ):
        assert main(["diagnose", "--data", str(EXPORTS / "shangzhi_sources.csv"), "--lang", lang]) == 0
        said = capsys.readouterr().out
        assert all(word in said for word in words)


def test_a_forecast_says_what_was_assumed_and_found_on_standard_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = [str(EXPORTS / name) for name in ("shangzhi_store.csv", "jzt_express_daily.csv")]

    assert main(["forecast", *files, "--days", "7", "--paths", "20", "-o", str(tmp_path), "--lang", "en"]) == 0
    told = capsys.readouterr()
    assert "'客单价' is per buyer here" in told.err
    assert "The figures: outliers" in told.err
    assert "Assumed" not in told.out
    assert main(["forecast", *files, "--days", "7", "--paths", "20", "-o", str(tmp_path), "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert {"assumed", "findings", "daily"} <= set(document)


def test_columns_are_named_on_the_command_line_or_in_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    own, names = tmp_path / "own.csv", tmp_path / "names.txt"
    own.write_text("哪天,来客\n2026-03-01,5\n", encoding="utf-8")
    names.write_text("# mine\n哪天 = date\n来客 = pv\n", encoding="utf-8")

    assert main(["diagnose", "--data", str(own), "--columns", str(names), "--column", "来客=uv", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["figures"] == ["uv"]
    assert main(["diagnose", "--data", str(own), "--column", "来客"]) == 2
    assert main(["diagnose", "--data", str(own), "--columns", str(tmp_path / "none.txt")]) == 3
    names.write_text("哪天\n= pv\n", encoding="utf-8")
    assert main(["diagnose", "--data", str(own), "--columns", str(names)]) == 3
    assert capsys.readouterr().err.count("write the column's name and what it is") == 3
