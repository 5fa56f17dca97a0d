"""`storesim forecast --by` and `--each`: many series, one table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from storesim.cli.options import refuse_options
from storesim.cli.session import Session
from storesim.errors import Fault, HistoryError, UsageError

if TYPE_CHECKING:
    from storesim.results.history import History

_FILE_WRONG: Final = 3
_OF_ONE: Final = ("backtest", "scenario", "opened", "planned", "future", "set", "runs", "picture")


def foretell_many(
    session: Session, files: tuple[Path, ...], folder: Path | None, *, days: int, method: str, options: dict[str, Any]
) -> None:
    """Foretell each series, write one table, and say what was written and what could not be foretold."""
    from storesim.study.files import FORECAST
    from storesim.study.many import forecast_many

    by: str | None = options["by"]
    refuse_options("--each" if by is None else "--by", *_OF_ONE)
    if by is not None and options["each"]:
        raise UsageError("--by tells series apart in one file, --each by files; give one of them")
    if by is not None and len(files) > 1:
        raise UsageError(f"--by reads one long table; got {len(files)} files")
    histories = _each(files, options["columns"]) if by is None else _apart(files[0], by, options["columns"])
    if options["strict"]:
        _refuse_odd(histories, files[0])
    found = forecast_many(
        histories,
        days,
        method,
        n_paths=options["paths"],
        seed=options["seed"],
        jobs=options["jobs"],
        executor=options["executor"],
    )
    path = (folder or Path("outputs") / files[0].stem) / FORECAST
    foretold = [one for one in found.series if not one.refused]
    if foretold:
        found.write(path)
    if found.refused:
        session.exit_status = _FILE_WRONG
    if session.as_json:
        methods = {one.name: one.method for one in foretold}
        written = [str(path)] if foretold else []
        session.json({"days": days, "methods": methods, "refused": dict(found.refused), "files": written})
        return
    named = Counter(one.method for one in foretold)
    methods_said = ", ".join(f"{name} {number}" for name, number in named.most_common()) or "–"
    session.heading(session.phrase("many.title", series=len(foretold), days=days, methods=methods_said))
    for name, why in found.refused.items():
        session.remark("many.refused", name=name, why=session.told(why))
    if foretold:
        session.heading(session.phrase("files.title"))
        session.line(f"  {path}")


def _refuse_odd(histories: Mapping[str, History], file: Path) -> None:
    """Every warning of every series at once, if there are any."""
    from storesim.results.findings import refuse_odd

    faults: list[Fault] = []
    for name, history in histories.items():
        try:
            refuse_odd(history.findings, str(file))
        except HistoryError as wrong:
            faults += [replace(fault, message=f"series '{name}': {fault.message}") for fault in wrong.faults]
    if faults:
        raise HistoryError(faults)


def _apart(file: Path, by: str, columns: dict[str, str]) -> dict[str, History]:
    from storesim.results.apart import read_histories

    return read_histories(file, by, columns=columns)


def _each(files: tuple[Path, ...], columns: dict[str, str]) -> dict[str, History]:
    """A history of each file, named as the file; every fault of every file at once."""
    from storesim.results.history import read_history

    found: dict[str, History] = {}
    faults: list[Fault] = []
    seen: set[Path] = set()
    for file in files:
        if file.resolve() in seen:
            raise UsageError(f"'{file}' is given twice")
        seen.add(file.resolve())
        # Two files of the same name in two folders are two series.
        name = file.stem if file.stem not in found else str(file)
        try:
            found[name] = read_history(file, columns=columns)
        except HistoryError as wrong:
            faults += wrong.faults
    if faults:
        raise HistoryError(faults)
    return found
