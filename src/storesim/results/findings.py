"""What is odd about measured days: each finding names file, row, column and value, and what was done with it."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, Literal

from storesim.errors import Fault, HistoryError
from storesim.results.tables import csv_bytes, plain_text

if TYPE_CHECKING:
    import pandas as pd

Level = Literal["error", "warning", "note"]
Done = Literal[
    "refused", "kept", "read as missing", "left missing", "left out", "counted once", "added up", "read as middle"
]

KINDS: Final[dict[str, tuple[str, str]]] = {
    # kind: (zh, en)
    "unreadable": ("无法读取", "cannot be read"),
    "negative": ("负数", "negative"),
    "impossible": ("不可能的值", "impossible"),
    "currency": ("币种混杂", "currencies mixed"),
    "future": ("未来日期", "future dates"),
    "duplicate": ("重复的日期", "days given twice"),
    "missing": ("缺少的日期", "days missing"),
    "hours": ("缺少的小时", "hours missing"),
    "unknown": ("未知的值", "values unknown"),
    "range": ("区间值", "ranges"),
    "identity": ("恒等式不成立", "identities broken"),
    "order": ("大小关系不成立", "more of a part than of the whole"),
    "between files": ("文件之间不一致", "files disagree"),
    "bots": ("疑似刷流量或爬虫", "suspected bots"),
    "outlier": ("异常值", "outliers"),
    "shift": ("水平突变", "level shifts"),
    "stuck": ("连续不变的值", "stuck values"),
    "constant": ("始终不变", "constant"),
    "zero": ("全部为零", "all zero"),
    "short": ("历史太短", "too short"),
}
"""Every kind of finding and its name."""

LEVELS: Final[dict[Level, tuple[str, str]]] = {
    "error": ("错误", "error"),
    "warning": ("警告", "warning"),
    "note": ("提示", "note"),
}

DONE: Final[dict[Done, tuple[str, str]]] = {
    "refused": ("拒绝", "refused"),
    "kept": ("照原样保留", "kept"),
    "read as missing": ("按缺失处理", "read as missing"),
    "left missing": ("保持缺失", "left missing"),
    "left out": ("略去", "left out"),
    "counted once": ("只计一次", "counted once"),
    "added up": ("相加", "added up"),
    "read as middle": ("取中间值", "read as its middle"),
}
"""What was done with what was found."""

HEADER: Final = ("level", "kind", "file", "row", "column", "date", "value", "times", "done", "message")


@dataclass(frozen=True)
class Finding:
    """One thing that is odd, where it stands, and what was done with it."""

    level: Level
    """"error": the file is refused as it is; "warning": look at it; "note": good to know."""

    kind: str
    """One of `KINDS`."""

    message: str
    """A sentence: what was found, and what was expected."""

    done: Done
    file: str = ""
    row: int = 0
    """Line of a text file or row of a sheet, from 1; of the first where there are several; 0 where there is none."""

    column: str = ""
    """The column's own header."""

    day: dt.date | None = None
    value: str = ""
    """As it stands in the file."""

    times: int = 1
    """Cells or days it was found on."""

    def cells(self) -> tuple[str, ...]:
        """Text of each field, in the order of `HEADER`."""
        where = (self.file, str(self.row or ""), self.column, str(self.day or ""), self.value)
        return (self.level, self.kind, *where, str(self.times), self.done, self.message)


def gathered(findings: Iterable[Finding], most: int = 12) -> tuple[Finding, ...]:
    """Findings, errors first; what was found in one column more than `most` times is told once, with its count."""
    order = {name: place for place, name in enumerate(LEVELS)}
    kinds = {name: place for place, name in enumerate(KINDS)}
    groups: dict[tuple[int, int, str, str, str], list[Finding]] = {}
    for finding in findings:
        key = (order[finding.level], kinds[finding.kind], finding.file, finding.column, str(finding.done))
        groups.setdefault(key, []).append(finding)
    told: list[Finding] = []
    for key in sorted(groups):
        group = sorted(groups[key], key=lambda finding: (finding.day or dt.date.min, finding.row))
        if len(group) <= most:
            told += group
        else:
            told.append(replace(group[0], times=sum(finding.times for finding in group)))
    return tuple(told)


def refuse_odd(findings: Iterable[Finding], file: str) -> None:
    """Nothing, if there is nothing worse than notes.

    Parameters
    ----------
    file
        Where findings stand that name no file: days that are missing between all files.

    Raises
    ------
    HistoryError
        With every error and warning, where it stands.
    """
    worse = [finding for finding in gathered(findings) if finding.level != "note"]
    if worse:
        raise HistoryError([Fault(one.file or file, one.row, int(one.row > 0), one.message) for one in worse])


def summary(findings: Sequence[Finding]) -> list[tuple[Level, str, int]]:
    """Level, kind and how often, of every kind that was found, the gravest first."""
    counted: Counter[tuple[Level, str]] = Counter()
    for finding in findings:
        counted[finding.level, finding.kind] += finding.times
    ranks, kinds = list(LEVELS), list(KINDS)
    keys = sorted(counted, key=lambda key: (ranks.index(key[0]), kinds.index(key[1])))
    return [(*key, counted[key]) for key in keys]


def findings_csv(findings: Sequence[Finding]) -> bytes:
    """A CSV file, one row a finding; the user's own texts cannot become formulas."""
    return csv_bytes(HEADER, [[plain_text(cell) for cell in finding.cells()] for finding in findings])


def findings_documents(findings: Sequence[Finding]) -> list[dict[str, Any]]:
    """The same for JSON."""
    return [
        {
            "level": finding.level,
            "kind": finding.kind,
            "file": finding.file,
            "row": finding.row or None,
            "column": finding.column,
            "date": finding.day.isoformat() if finding.day else None,
            "value": finding.value,
            "times": finding.times,
            "done": finding.done,
            "message": finding.message,
        }
        for finding in findings
    ]


def findings_frame(findings: Sequence[Finding]) -> pd.DataFrame:
    """The same for pandas, one row a finding."""
    import pandas as pd

    return pd.DataFrame(findings_documents(findings), columns=list(HEADER))
