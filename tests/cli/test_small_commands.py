"""`validate`, `show`, `schema`, `completion`, `doctor`: the commands that simulate nothing."""

from __future__ import annotations

import json
import re
import string
import subprocess
from collections.abc import Callable
from importlib import metadata
from pathlib import Path

import pytest

import storesim
from storesim.cli.main import main
from storesim.cli.words import PHRASES

ROOT = Path(__file__).resolve().parents[2]
BAD = ROOT / "tests" / "bad_scenarios"

Typed = Callable[..., "subprocess.CompletedProcess[str]"]


def test_a_loop_that_feeds_on_itself_is_warned_of(scenario: Path, capsys: pytest.CaptureFixture[str]) -> None:
    loud = ["--set", "channels.search.weight=0.5", "--set", "operations.conversion.base=20%", "--lang", "en"]
    status = main(["validate", str(scenario), *loud, "--set", "market.searches_per_day=20000"])

    said = capsys.readouterr().err
    assert status == 0
    assert "the loop ads → orders → rank → free visitors has a gain of" in said
    assert "good" in said


def test_a_good_scenario_validates_quietly(scenario: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status = main(["validate", str(scenario), "-q"])

    said = capsys.readouterr()
    assert (status, said.out, said.err) == (0, "", "")


def test_every_mistake_of_every_file_is_reported_at_once(scenario: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = scenario.read_text(encoding="utf-8")
    scenario.write_text(text.replace("daily_budget: ¥60", "daily_budget: -60").replace("horizon", "horizont"), "utf-8")
    other = scenario.with_name("other.yaml")
    other.write_text(text.replace("price: ¥39", "price: cheap"), encoding="utf-8")

    status = main(["validate", str(scenario), str(other)])

    said = capsys.readouterr()
    assert status == 3
    assert said.out == ""
    assert re.search(rf"{re.escape(str(scenario))}:2:1: .*'horizont'.*'horizon'", said.err)
    assert re.search(rf"{re.escape(str(scenario))}:6:27: .*-60", said.err)
    assert re.search(rf"{re.escape(str(other))}:10:23: .*cheap", said.err)


def test_faults_come_as_json_for_a_program(scenario: Path, capsys: pytest.CaptureFixture[str]) -> None:
    scenario.write_text(scenario.read_text(encoding="utf-8").replace("365d", "365kg"), encoding="utf-8")

    status = main(["validate", str(scenario), "--json"])

    (found,) = json.loads(capsys.readouterr().out)
    assert status == 3
    assert found["faults"][0]["line"] == 2
    assert set(found["faults"][0]) == {"file", "line", "column", "message"}


def test_a_setting_on_the_command_line_is_checked_like_one_in_the_file(
    scenario: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status = main(["validate", str(scenario), "--set", "channels.express.daily_buget=450"])

    said = capsys.readouterr().err
    assert status == 3
    assert "daily_budget" in said


@pytest.mark.parametrize("name", ["elena_mileva.yaml", "small_store.yaml"])
def test_what_show_prints_is_a_scenario_with_the_same_fingerprint(name: str, typed: Typed, tmp_path: Path) -> None:
    shown = typed("show", ROOT / "scenarios" / name)
    (tmp_path / "shown.yaml").write_text(shown.stdout, encoding="utf-8")

    again = storesim.read_scenario(tmp_path / "shown.yaml")

    assert again.fingerprint == storesim.read_scenario(ROOT / "scenarios" / name).fingerprint


def test_origins_name_file_line_and_column_the_command_line_and_defaults(
    scenario: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status = main(["show", str(scenario), "--origin", "--set", "channels.express.bid=1.5"])

    lines = capsys.readouterr().out.splitlines()
    assert status == 0
    assert f"channels.express.daily_budget = 60  # {scenario}:6:27" in lines
    assert "channels.express.bid = 1.5  # --set channels.express.bid=1.5" in lines
    assert "operations.service.agents = 2  # default" in lines


def test_origins_show_a_large_amount_to_the_last_yuan(scenario: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["show", str(scenario), "--origin", "--set", "targets.2027.gmv=12345678"])

    assert "targets.2027.gmv = 12345678  # --set targets.2027.gmv=12345678" in capsys.readouterr().out.splitlines()


def test_the_schema_is_json_schema_and_the_shipped_copy_is_current(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status = main(["schema"])
    written = main(["schema", "-o", str(tmp_path / "s.json")])

    printed = capsys.readouterr().out
    assert (status, written) == (0, 0)
    assert json.loads(printed)["$schema"].startswith("https://json-schema.org/")
    assert (tmp_path / "s.json").read_text(encoding="utf-8") == printed
    assert (ROOT / "storesim.schema.json").read_text(encoding="utf-8") == printed


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_prints_a_script_of_that_shell(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    status = main(["completion", shell])

    assert status == 0
    assert f"{shell}_complete" in capsys.readouterr().out


def test_tab_completes_a_command(typed_anew: Typed) -> None:
    asked = {"_STORESIM_COMPLETE": "bash_complete", "COMP_WORDS": "storesim val", "COMP_CWORD": "1", "PATH": "/usr/bin"}

    ran = typed_anew(env=asked)

    assert ran.stdout.strip() == "plain,validate"


def test_the_doctor_names_every_library_and_finds_this_installation_well(capsys: pytest.CaptureFixture[str]) -> None:
    status = main(["doctor", "--json"])

    found = {line["item"]: line for line in json.loads(capsys.readouterr().out)}
    assert status == 0
    assert {"Python", "numpy", "numba", "pydantic", "XlsxWriter"} <= set(found)
    assert found["numpy"]["good"]


def test_the_doctor_says_what_is_too_old(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    real = metadata.version
    monkeypatch.setattr(metadata, "version", lambda name: "0.1.2" if name == "numpy" else real(name))

    status = main(["doctor", "--lang", "en"])

    said = capsys.readouterr().out
    assert status == 4
    assert "numpy" in said
    assert "0.1.2; 2.0 or newer is needed" in said


def test_no_colour_and_no_cursor_movement_reaches_a_pipe(typed_anew: Typed) -> None:
    ran = typed_anew("doctor")

    assert "\x1b" not in ran.stdout + ran.stderr
    assert "\r" not in ran.stderr


@pytest.mark.parametrize("key", PHRASES)
def test_both_languages_say_everything_with_the_same_values(key: str) -> None:
    zh, en = ({name for _, name, _, _ in string.Formatter().parse(text) if name} for text in PHRASES[key])

    assert all(PHRASES[key])
    assert zh == en


def test_the_language_follows_the_terminal_unless_said_otherwise(typed_anew: Typed, scenario: Path) -> None:
    chinese = typed_anew("validate", scenario, env={"LC_ALL": "zh_CN.UTF-8", "PYTHONUTF8": "1"})
    english = typed_anew("validate", scenario, env={"LC_ALL": "C.UTF-8"})
    asked = typed_anew("validate", scenario, "--lang", "zh", env={"LC_ALL": "C.UTF-8"})

    assert "正确" in chinese.stderr
    assert "good" in english.stderr
    assert "正确" in asked.stderr
