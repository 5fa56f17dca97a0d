"""A user's own names of columns: `支付金额=gmv` on the command line, or a file with such lines."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from pathlib import Path

from storesim import kpi
from storesim.errors import Fault, HistoryError, UsageError, near
from storesim.results.column_names import Meaning, kind_of, meaning
from storesim.results.grid import Recognised

_TARGET = re.compile(r"(?P<name>[a-z_0-9]+)(?P<percent>%?)(?:@(?P<channel>[\w-]+))?")
_OTHERS: Mapping[str, tuple[str, str]] = {
    "date": ("date", "date"),
    "hour": ("hour", "hour"),
    "channel": ("part", "channel"),
    "product": ("part", "product"),
    "ignore": ("ignored", "ignored"),
}
"""What a column may be besides a figure."""


def recogniser(columns: Mapping[str, str]) -> Recognised:
    """What a column means: what the user said of it, else what its name says.

    Parameters
    ----------
    columns
        Header as in the file, and what it is: a name of `kpi.py`, such as `gmv`; `cvr%` for a share written in percent
        without its sign; `uv@express` for the figures of one channel; `date`, `hour`, `channel`, `product`, `ignore`.

    Raises
    ------
    UsageError
        If it is none of these.
    """
    said = {plain_header(header): _meaning(header, target) for header, target in columns.items()}

    def recognised(header: str) -> Meaning:
        return said.get(plain_header(header)) or meaning(header)

    return recognised


def read_mapping(pairs: Iterable[str], file: str | Path | None = None) -> dict[str, str]:
    """`["支付金额=gmv"]`, and the lines of a file, as a mapping; what is typed goes before what the file says.

    Raises
    ------
    UsageError
        If a pair is none.
    HistoryError
        If the file cannot be read, or a line of it is none.
    """
    mapping = _of_file(str(file)) if file is not None else {}
    for pair in pairs:
        header, sign, target = pair.rpartition("=")
        if not sign or not header.strip() or not target.strip():
            raise UsageError(f"--column {pair}: write the column's name and what it is, such as 支付金额=gmv")
        mapping[header.strip()] = target.strip()
    return mapping


def plain_header(header: str) -> str:
    """A header as it is compared: without full-width forms, blanks outside and capitals."""
    return unicodedata.normalize("NFKC", header).strip().lower()


def _of_file(file: str) -> dict[str, str]:
    try:
        lines = Path(file).read_text(encoding="utf-8-sig").splitlines()
    except FileNotFoundError:
        raise HistoryError([Fault(file, 0, 0, "there is no such file")]) from None
    except UnicodeDecodeError:
        raise HistoryError([Fault(file, 0, 0, "the file is not UTF-8 text; save it as UTF-8")]) from None
    except OSError as error:
        raise HistoryError([Fault(file, 0, 0, f"the file cannot be read: {error.strerror or error}")]) from error
    mapping, faults = {}, []
    for number, line in enumerate(lines, start=1):
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        header, sign, target = (part.strip() for part in text.rpartition("="))
        if not sign or not header or not target:
            faults.append(
                Fault(file, number, 1, f"'{text}': write the column's name and what it is, such as 支付金额=gmv")
            )
        else:
            mapping[header] = target
    if faults:
        raise HistoryError(faults)
    return mapping


def _meaning(header: str, target: str) -> Meaning:
    found = _TARGET.fullmatch(target.strip())
    if found is None:
        raise UsageError(f"column '{header}': '{target}' is no figure; write a name such as gmv, cvr% or uv@express")
    name, channel = found["name"], found["channel"] or ""
    if name in _OTHERS and not channel:
        kind, of = _OTHERS[name]
        return Meaning(kind, of, 0, 1.0)
    if name not in kpi.COUNT and name not in kpi.RATIO:
        known = (*kpi.COUNT, *kpi.RATIO, *_OTHERS)
        raise UsageError(f"column '{header}': there is no figure '{name}'{near(name, known)}")
    if found["percent"] and (name not in kpi.RATIO or kpi.RATIO[name].unit != "share"):
        raise UsageError(f"column '{header}': {name} is no share, so it cannot be in percent; write {name}")
    inside = " ".join(re.findall(r"[\(\[](.*?)[\)\]]", plain_header(header)))
    factor = 0.01 if found["percent"] else 1e4 if "万" in inside else 1e8 if "亿" in inside else 1.0
    return Meaning(kind_of(name), name, 0, factor, channel=channel)
