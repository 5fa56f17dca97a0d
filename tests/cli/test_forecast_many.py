"""`forecast --by` and `--each`: many series at once, and `forecast --picture`."""

from __future__ import annotations

import csv
import datetime as dt
import json
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np
import pytest

import storesim
from storesim.errors import HistoryError

Typed = Callable[..., "subprocess.CompletedProcess[str]"]
Rows = list[dict[str, str]]

FEW = ("--days", "7", "--paths", "40", "--lang", "en")
LENGTHS = {"东店": 60, "西店": 40, "网店": 30}


def days_of(name: str, n_days: int) -> list[tuple[str, int, str]]:
    """Date, visitors and amounts of a made series."""
    rng = np.random.default_rng([len(name), n_days])
    start = dt.date(2026, 1, 5)
    counts = rng.poisson(200 + 40 * (np.arange(n_days) % 7 > 4))
    return [((start + dt.timedelta(days=day)).isoformat(), int(uv), f"{7.5 * uv:.2f}") for day, uv in enumerate(counts)]


def long_table(lengths: Mapping[str, int] = LENGTHS) -> str:
    """Rows of all series by date, as a table of several shops comes out of a database."""
    rows = [(date, name, uv, gmv) for name, n_days in lengths.items() for date, uv, gmv in days_of(name, n_days)]
    return "\n".join(["日期,店,访客数,成交金额", *(",".join(map(str, row)) for row in sorted(rows))])


def read(path: Path) -> Rows:
    """The rows of a table that was written."""
    return list(csv.DictReader(path.read_text("utf-8-sig").splitlines()))


def test_each_series_of_a_long_table_is_foretold_as_it_would_be_alone(tmp_path: Path, typed: Typed) -> None:
    (tmp_path / "all.csv").write_text(long_table(), encoding="utf-8")
    alone = "\n".join(["日期,访客数,成交金额", *(",".join(map(str, row)) for row in days_of("西店", 40))])
    (tmp_path / "west.csv").write_text(alone, encoding="utf-8")

    ran = typed("forecast", "all.csv", "--by", "店", *FEW, "--jobs", "1")
    typed("forecast", "west.csv", *FEW)

    rows = read(tmp_path / "outputs" / "all" / "forecast.csv")
    assert (ran.returncode, "3 series, 7 days each" in ran.stdout) == (0, True)
    assert {row["series"] for row in rows} == set(LENGTHS)
    west = [{name: row[name] for name in row if name != "series"} for row in rows if row["series"] == "西店"]
    assert west == read(tmp_path / "outputs" / "west" / "forecast.csv")


def test_the_same_bytes_are_written_by_one_process_and_by_two(tmp_path: Path, typed: Typed) -> None:
    (tmp_path / "all.csv").write_text(long_table(), encoding="utf-8")

    for jobs in ("1", "2"):
        typed("forecast", "all.csv", "--by", "店", *FEW, "--jobs", jobs, "-o", f"by{jobs}")

    assert (tmp_path / "by1" / "forecast.csv").read_bytes() == (tmp_path / "by2" / "forecast.csv").read_bytes()


def test_series_that_cannot_be_foretold_are_named_and_the_others_written(tmp_path: Path, typed: Typed) -> None:
    for name, n_days in (("short", 1), ("long", 40)):
        rows = ["date,uv,gmv", *(",".join(map(str, row)) for row in days_of(name, n_days))]
        (tmp_path / f"{name}.csv").write_text("\n".join(rows), encoding="utf-8")

    ran = typed("forecast", "short.csv", "long.csv", "--each", *FEW, "--jobs", "1")
    told = json.loads(typed("forecast", "short.csv", "long.csv", "--each", *FEW, "--jobs", "1", "--json").stdout)

    assert ran.returncode == 3
    assert "short is not foretold: " in ran.stderr
    assert {row["series"] for row in read(tmp_path / "outputs" / "short" / "forecast.csv")} == {"long"}
    assert (list(told["refused"]), list(told["methods"])) == (["short"], ["long"])


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--by", "店", "--each"), "give one of them"),
        (("--by", "店", "--backtest"), "--backtest: no effect with --by"),
        (("--by", "店", "--opened", "2026-01-01"), "--opened: no effect with --by"),
        (("./all.csv", "--each"), "is given twice"),
        (("--jobs", "2"), "--jobs: no effect without --by or --each"),
    ],
)
def test_options_that_do_nothing_together_are_refused(
    words: tuple[str, ...], said: str, tmp_path: Path, typed: Typed
) -> None:
    (tmp_path / "all.csv").write_text(long_table(), encoding="utf-8")

    ran = typed("forecast", "all.csv", *words, "--lang", "en")

    assert (ran.returncode, said in ran.stderr) == (2, True)


def test_faults_of_a_long_table_name_the_series_and_the_line(tmp_path: Path) -> None:
    text = long_table({"a": 3, "b": 3}).splitlines()
    text[3] = text[3].replace(text[3].split(",")[2], "many")
    text.append("2026-01-09,,3,4")
    file = tmp_path / "all.csv"
    file.write_text("\n".join(text), encoding="utf-8")

    with pytest.raises(HistoryError, match=r"all.csv:8:12: the row names no series in column '店'"):
        storesim.read_histories(file, "店")
    file.write_text("\n".join(text[:-1]), encoding="utf-8")
    with pytest.raises(HistoryError, match=r"all.csv:4:\d+: series 'a': 访客数: 'many'"):
        storesim.read_histories(file, "店")
    with pytest.raises(HistoryError, match="no column is called 'shop'; there are 日期, 店"):
        storesim.read_histories(file, "shop")


def test_many_forecasts_are_a_frame_of_numbers() -> None:
    days = np.random.default_rng(3).poisson(90.0, (2, 30))
    histories = {str(row[0]): storesim.History(dt.date(2026, 1, 5), {"uv": row.astype(float)}) for row in days}

    frame = storesim.forecast_many(histories, 5, n_paths=30, jobs=1).frame()

    assert len(frame) == 2 * 5
    assert (frame["p10"] <= frame["p90"]).all()
    assert frame["date"].min() == np.datetime64("2026-02-04")


def test_a_picture_shows_what_is_planned(tmp_path: Path, typed: Typed) -> None:
    rows = ["date,uv,gmv,ad_spend", *(",".join(map(str, (*row, 100))) for row in days_of("long", 60))]
    (tmp_path / "days.csv").write_text("\n".join(rows), encoding="utf-8")

    ran = typed("forecast", "days.csv", *FEW, "--picture", "--set", "ad_spend=200")
    plain = typed("forecast", "days.csv", *FEW, "--picture", "-o", "plain")

    assert (ran.returncode, plain.returncode) == (0, 0)
    panels = [_panels(tmp_path / folder / "forecast.svg") for folder in ("outputs/days", "plain")]
    assert panels[0] == panels[1] + 1


def _panels(path: Path) -> int:
    groups = ET.fromstring(path.read_text("utf-8")).iter("{http://www.w3.org/2000/svg}g")  # noqa: S314
    return sum(str(group.get("id", "")).startswith("axes_") for group in groups)
