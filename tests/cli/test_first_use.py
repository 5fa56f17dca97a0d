"""The first run compiles the kernel, and says so."""

from __future__ import annotations

from pathlib import Path

import pytest

from storesim.cli.session import Session
from storesim.engine import first_use


@pytest.mark.parametrize(("compiled", "said"), [(False, "compiling the engine"), (True, "")])
def test_the_reader_is_told_of_a_compile_and_only_then(
    compiled: bool, said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(first_use, "was_compiled", lambda: compiled)
    session = Session()
    session.lang = "en"

    with session.simulating():
        pass

    assert said in capsys.readouterr().err
    assert bool(said) is not compiled


def test_an_index_in_the_named_folder_counts_as_compiled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(first_use, "__file__", str(tmp_path / "engine" / "first_use.py"))
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "cache"))
    before = first_use.was_compiled()
    (tmp_path / "cache" / "engine_1").mkdir(parents=True)
    (tmp_path / "cache" / "engine_1" / "kernel.play_decisions-93.py311.nbi").touch()

    assert not before
    assert first_use.was_compiled()
