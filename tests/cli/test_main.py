"""The group: what help says, and how errors become messages and exit statuses."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import click
import pytest

import storesim
from storesim.cli import main as front
from storesim.errors import RunError, StoresimError

COMMANDS_FOLDER = Path(front.__file__).parent / "commands"


def test_every_command_has_a_verb_in_the_api_or_only_serves_the_others() -> None:
    verbs = {name: verb for name, verb in front.COMMANDS.items() if verb is not None}

    assert set(verbs.values()) <= set(storesim.PUBLIC)
    assert set(front.COMMANDS) - set(verbs) == {"schema", "completion", "doctor"}


def test_every_file_of_a_command_is_in_the_table_and_every_entry_has_a_file() -> None:
    files = {path.stem.removesuffix("_") for path in COMMANDS_FOLDER.glob("[!_]*.py")}

    assert files == set(front.COMMANDS)


def test_help_says_the_question_each_command_answers(capsys: pytest.CaptureFixture[str]) -> None:
    status = front.main(["--help"])

    said = " ".join(capsys.readouterr().out.split())
    assert status == 0
    for name in front.COMMANDS:
        command = front.storesim.get_command(click.Context(front.storesim), name)
        assert command is not None
        assert "?" in (command.help or "").split("\n", 1)[0]
        assert f"{name} {' '.join((command.help or '').splitlines()[0].split())}" in said


@pytest.mark.parametrize("name", front.COMMANDS)
def test_each_command_explains_itself(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    status = front.main([name, "--help"])

    assert status == 0
    assert f"storesim {name}" in capsys.readouterr().out


@pytest.mark.parametrize(
    "words",
    [
        ["frobnicate"],
        ["run"],
        ["run", "x.yaml", "--runs", "many"],
        ["plan", "--target"],
        ["plan", "x.yaml", "--target", "0"],
        ["plan", "x.yaml", "--target", "-5"],
    ],
)
def test_wrong_usage_leaves_with_status_2(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    status = front.main(words)

    assert status == 2
    assert "Error: " in capsys.readouterr().err


def test_an_error_on_purpose_is_one_message_and_its_own_status(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    failing(monkeypatch, RunError("stock is negative", fingerprint="ab" * 32, run=3, day=40))

    status = front.main(["doctor"])

    assert status == 4
    assert capsys.readouterr().err == "storesim: stock is negative (scenario abababababab, run 3, day 40)\n"


@pytest.mark.parametrize("kind", StoresimError.__subclasses__())
def test_every_kind_of_error_has_a_status_the_interface_names(kind: type[StoresimError]) -> None:
    assert kind.exit_status in {2, 3, 4}


def test_a_defect_is_one_sentence_that_says_how_to_see_more(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    failing(monkeypatch, ZeroDivisionError("division by zero"))

    status = front.main(["doctor", "--lang", "en"])

    said = capsys.readouterr().err
    assert status == 4
    assert said.count("\n") == 1
    assert "ZeroDivisionError" in said
    assert "-vv" in said


def test_the_traceback_is_there_for_the_asking(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    failing(monkeypatch, ZeroDivisionError("division by zero"))

    status = front.main(["doctor", "-vv"])

    assert status == 4
    assert "Traceback" in capsys.readouterr().err


def test_an_interruption_leaves_with_130_and_names_resume(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    failing(monkeypatch, KeyboardInterrupt())

    status = front.main(["doctor"])

    assert status == 130
    assert "--resume" in capsys.readouterr().err


@pytest.mark.skipif(sys.platform == "win32", reason="pipes of Windows break in other ways")
def test_a_reader_who_leaves_early_is_no_failure_worth_a_word(tmp_path: Path) -> None:
    # `head` is gone before the second line; the schema is larger than the buffer of a pipe.
    script = f"'{sys.executable}' -m storesim schema | head -1"

    ran = subprocess.run(["bash", "-c", script], cwd=tmp_path, capture_output=True, text=True, check=False)

    assert ran.stdout == "{\n"
    assert ran.stderr == ""


def failing(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    """Let the command `doctor` raise this."""
    from storesim.cli.commands import doctor

    def fail() -> None:
        raise error

    monkeypatch.setattr(doctor, "_python", fail)
