"""`storesim compare`."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from storesim.cli.main import main

SMALL = Path(__file__).parent / "small.yaml"
QUICK = ("--set", "horizon=20", "--runs", "6", "--executor", "serial", "-q")


def test_plans_are_compared_shown_and_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["compare", str(SMALL), "--with", "channels.express.daily_budget=20; channels.express.bid=1",
                 *QUICK, "-o", str(tmp_path), "--lang", "en"]  # fmt: skip

    assert main(arguments) == 0

    shown = capsys.readouterr().out
    assert "channels.express.daily_budget=20; channels.express.bid=1 against small" in shown
    assert "what moves first is" in shown
    page = (tmp_path / "compare.html").read_text(encoding="utf-8")
    assert page.count("<svg") == 2
    table = list(csv.DictReader(io.StringIO((tmp_path / "compare.csv").read_text(encoding="utf-8-sig"))))
    assert {row["kpi"] for row in table} >= {"gmv", "profit", "cvr"}
    assert float(table[0]["difference"]) == pytest.approx(float(table[0]["value"]) - float(table[0]["base"]))
    assert (tmp_path / "compare.md").read_text(encoding="utf-8").startswith("# Plans compared")


def test_the_same_comparison_for_a_program(capsys: pytest.CaptureFixture[str]) -> None:
    assert (
        main(["compare", str(SMALL), str(SMALL), *QUICK, "--json", "--kpi", "uv", "--by", "ad_spend", "--least"]) == 0
    )

    found = json.loads(capsys.readouterr().out)
    assert [plan["moved"] for plan in found["plans"]] == [None, None]
    assert [row["kpi"] for row in found["differences"]] == ["uv", "ad_spend"]
    assert found["behind_at_most"] == 0


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ([], "两个或更多方案"),
        (["--with", " ; "], "没有改变任何设置"),
        (["--with", "horizon=30"], "模拟的日子必须相同"),
        (["--with", "channels.express.bid=2", "--by", "gvm"], "是不是 'gmv'"),
    ],
)
def test_what_cannot_be_compared_is_wrong_usage(
    words: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["compare", str(SMALL), *words, *QUICK, "--lang", "zh"]) == 2
    assert says in capsys.readouterr().err


def test_a_stopping_rule_needs_runs_to_stop(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", str(SMALL), "--until", "cvr:2%", "--lang", "en"]) == 2
    assert main(["run", str(SMALL), "--runs", "auto", "--until", "cvr:much", "--lang", "en"]) == 2
    assert "write a KPI, such as gmv" in capsys.readouterr().err
