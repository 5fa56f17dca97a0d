"""Numbers and dates as people write them in tables."""

from __future__ import annotations

import contextlib
import itertools
import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Literal

from storesim import units

MISSING: frozenset[str] = frozenset(
    ["", "-", "--", "---", "—", "——", "–", "/", "n/a", "na", "nan", "null", "none", "无", "暂无", "暂无数据", ".",
     "*", "**", "***", "#n/a", "#div/0!", "#value!", "#ref!", "#name?", "#num!", "#null!"]
)  # fmt: skip
"""Cells that say a number is not known."""

_CURRENCIES: tuple[tuple[str, str], ...] = (
    # Whole codes and names come before the plain signs and 元 that are parts of them.
    ("USD", r"us\$|美元|美金"),
    ("HKD", r"hk\$|港元|港币"),
    ("TWD", r"nt\$|新台币|台币"),
    ("SGD", r"s\$|新加坡元"),
    ("AUD", r"a\$|澳元|澳币"),
    ("CAD", r"c\$|加元|加币"),
    ("EUR", "€|欧元"),
    ("GBP", "£|英镑"),
    ("JPY", "jp¥|日元|円"),
    ("KRW", "₩|韩元|韩币"),
    ("RUB", "₽|卢布"),
    ("THB", "฿|泰铢"),
    ("MYR", "令吉"),
    ("USD", r"\$"),
    ("CNY", "rmb|cn¥|人民币|¥|元|圆"),
)
"""Currency, and its signs and names in lower case beside its code; the first that is found holds."""

_DIGITS = re.compile(r"[0-9]{1,15}(?:\.[0-9]{1,15})?")
_NO_SIGN = re.compile(r"[0-9.,%+\- ]*")
_SIMPLE = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,3})?")
_COMMA_DECIMAL = re.compile(r"[+-]?\d{1,3}(\.?\d{3})*,\d+|[+-]?\d+,\d+")
_RANGE = re.compile(r"([^~至—]+?)\s*(?:~|至|—)\s*([^~至—]+)")
_HYPHENED = re.compile(r"([^\d+-]{0,4}\d[^-–−]*?)\s*[-–−]\s*([^\d+-]{0,4}\d[^-–−]*)")
_UNIT = re.compile(r"[^\d.,\s]+$")
_PACKED = re.compile(r"(\d{4})(\d{2})(\d{2})")
_XYZ = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4}|\d{2})")
_TIMED = re.compile(r"(.+?)[ t](\d{1,2}:\d{2}.*)")
_MIDNIGHT = re.compile(r"0?0:00(:00(\.0+)?)?(z|\+00:?00)?")
_HOURLY = re.compile(r"\d{10,14}~\d{10,14}")
_PACKED_HOURS = re.compile(r"(?P<first>\d{10}|\d{14})\s*[~-]\s*(?P<until>\d{10}|\d{14})")
_HOUR = re.compile(r"(\d{1,2}):00(?::00(?:\.0+)?)?(?:\s*[~-]\s*\d{1,2}:\d{2}(?::\d{2})?)?")
_HOUR_CELL = re.compile(
    r"(\d{1,2})(?:\.0)?(?::00(?::00)?|点|时|h)?(?:\s*[~-]\s*\d{1,2}(?::\d{2}(?::\d{2})?|点|时|h)?)?"
)
_WEEKDAY = re.compile(
    r"[\s,(（]*(?:(?:星期|周|礼拜)[一二三四五六日天]|(?:mon|tues?|wed(?:nes)?|thur?s?|fri|sat(?:ur)?|sun)(?:day)?)[)）\s]*$"
)
_ONE_DAY = r"(\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?|\d{8})"
_CLOCK = r"(?:[ t]\d{1,2}:\d{2}(?::\d{2})?)?"
_UNTIL = r"\s*(?:~+|至|到|—|–|-+|to)\s*"
_SPAN_OF_DAYS = re.compile(_ONE_DAY + _UNTIL + _ONE_DAY)
_SPAN_OF_TIMES = re.compile(_ONE_DAY + _CLOCK + _UNTIL + _ONE_DAY + _CLOCK)
_SIGNS = tuple((code, re.compile(rf"(?<![a-z])(?:{code.lower()}|{signs})(?![a-z])")) for code, signs in _CURRENCIES)

DateOrder = Literal["day first", "month first", "year first"]
_ORDERS: tuple[DateOrder, ...] = ("day first", "month first", "year first")


@dataclass(frozen=True)
class Cell:
    """One number read from a table."""

    value: float
    """NaN where the cell says that it is not known."""

    ranged: bool = False
    """The cell gave a range such as `1000~2000`; `value` is its middle."""

    percent: bool = False
    """The cell was written with a percent sign."""


def read_cell(text: str, *, decimal_comma: bool = False) -> Cell:
    """The number in a cell: `¥1,234.5`, `1.5万`, `3%`, `１２`, `1000~2000`.

    Parameters
    ----------
    text
        The cell.
    decimal_comma
        Whether `1,5` is one and a half, as in files separated by semicolons.

    Raises
    ------
    ValueError
        With a sentence for the user, if it cannot be read.
    """
    # Most cells are plain digits; what follows is slow beside that.
    if _DIGITS.fullmatch(text):
        return Cell(float(text))
    plain = units.tidy(text)
    if _SIMPLE.fullmatch(plain):
        return Cell(_finite(float(plain), text))
    if plain in MISSING:
        return Cell(math.nan)
    hyphened = _HYPHENED.fullmatch(plain)
    span = hyphened or _RANGE.fullmatch(plain)
    if span is not None:
        low, high = (read_cell(part, decimal_comma=decimal_comma) for part in _with_one_unit(*span.groups()))
        # A hyphen parts many things that are no numbers, such as a year from its month.
        if hyphened is not None and not low.value < high.value:
            raise ValueError(f"'{text.strip()}' is not a number; write it as 1234.5")
        return Cell((low.value + high.value) / 2, ranged=True, percent=high.percent)
    if decimal_comma and _COMMA_DECIMAL.fullmatch(plain.rstrip("% ")):
        plain = plain.replace(".", "").replace(",", ".")
    if plain.endswith("%"):
        return Cell(read_cell(plain.rstrip("% ")).value / 100, percent=True)
    return Cell(_amount(without_currency(plain), text))


def _with_one_unit(low: str, high: str) -> tuple[str, str]:
    """The ends of a range; `1~2万`, `3~5%` and `3%~5` say the unit of both once, `5000~1万` that of its end alone."""
    unit = _UNIT.search(high)
    if unit is None:
        return low, high + "%" if low.endswith("%") else high
    if _UNIT.search(low) or _bare(low) > _bare(high.removesuffix(unit.group())):
        return low, high
    return low + unit.group(), high


def _bare(end: str) -> float:
    """The number in an end of a range without its currency; NaN, which exceeds nothing, where it is no number."""
    try:
        return units.read_number(without_currency(end))
    except ValueError:
        return math.nan


def currency_of(text: str) -> str:
    """The currency a cell or header names by a sign, its code or its name; an empty string where it names none."""
    if _NO_SIGN.fullmatch(text):
        return ""
    plain = units.tidy(text)
    return next((code for code, sign in _SIGNS if sign.search(plain)), "")


def without_currency(plain: str) -> str:
    """A tidy text without the signs and names of currencies."""
    for _, sign in _SIGNS:
        plain = sign.sub("", plain)
    return plain.strip()


def date_order(cells: Sequence[str]) -> DateOrder | None:
    """Whether dates such as 3/4/2018 or 24/02/29 put the day, the month or the year first, told by the whole column.

    Returns
    -------
    None where the column does not tell: several orders read as many of its dates, and not just one of them goes day by
    day or week by week.
    """
    # The rows that sources or hours split repeat their day.
    dates = {text for text in map(_dated, set(cells)) if _XYZ.fullmatch(text)}
    if not dates:
        return "month first"
    # Years of four digits cannot stand first here; the way most of the dates are written tells for all.
    short = {text for text in dates if re.search(r"\D\d{2}$", text)}
    told = short if len(short) * 2 > len(dates) else dates - short or dates
    read = {order: _days(told, order) for order in _ORDERS}
    most = max(len(days) for days in read.values())
    likely = [order for order in _ORDERS if len(read[order]) == most]
    for step in (1, 7):
        if len(likely) > 1:
            likely = [order for order in likely if _goes_by(read[order], step)] or likely
    return likely[0] if len(likely) == 1 else None


def read_date(text: str, order: DateOrder | None = "month first") -> date:
    """The date in a cell: 2018-03-01, 2018/3/1, 20180301, 2018年3月1日, 1/3/2018.

    Raises
    ------
    ValueError
        With a sentence for the user, if it is no date or not a whole day.
    """
    plain = _date_text(text)
    if _HOURLY.fullmatch(plain) or _TIMED.fullmatch(plain):
        raise ValueError(f"'{text.strip()}' is a time within a day; a day alone is wanted here")
    if match := _PACKED.fullmatch(plain):
        plain = "-".join(match.groups())
    if re.fullmatch(r"[34]\d{4}(\.0)?", plain):
        raise ValueError(f"'{text.strip()}' is a day's number, as Excel keeps dates; format the column as a date first")
    if span := _SPAN_OF_DAYS.fullmatch(plain):
        begin, end = (read_date(part) for part in span.groups())
        if begin == end:
            return begin
        raise ValueError(f"'{text.strip()}' is a span of days; daily figures are wanted, one row a day")
    match = _XYZ.fullmatch(plain)
    if match is None:
        try:
            return units.read_date(plain)
        except ValueError as error:
            raise ValueError(str(error).replace(units.quoted(plain), units.quoted(text.strip()))) from None
    if order is None:
        if len(match[3]) == 2:
            raise ValueError(f"'{text.strip()}' may begin with its day, month or year; write dates as 2027-01-31")
        raise ValueError(f"'{text.strip()}' may be day/month or month/day; write dates as 2027-01-31")
    if order == "year first" and len(match[3]) == 4:
        raise ValueError(f"'{text.strip()}' has its year last, and other rows have it first; write dates as 2027-01-31")
    first, second, third = (int(part) for part in match.groups())
    year, month, day = {
        "day first": (third, second, first),
        "month first": (third, first, second),
        "year first": (first, second, third),
    }[order]
    year += 2000 if year < 100 else 0
    return units.read_date(f"{year}-{month:02d}-{day:02d}")


@lru_cache(maxsize=4096)  # series of one table repeat its dates
def is_span(text: str) -> bool:
    """Whether a cell names a first and a last day that differ, such as 2026-03-01~2026-03-31."""
    span = _SPAN_OF_TIMES.fullmatch(_without_weekday(text))
    if span is None:
        return False
    first, last = (re.findall(r"\d+", end) for end in span.groups())
    return [int(part) for part in first] != [int(part) for part in last]


@lru_cache(maxsize=4096)  # rows of a day that sources or SKUs split repeat its date
def read_moment(text: str, order: DateOrder | None = "month first") -> tuple[date, int | None]:
    """The day in a cell and the hour from 0 to 23 where it names one: 2026-03-24 13:00, 20260324130000~20260324135959.

    Raises
    ------
    ValueError
        With a sentence for the user, if it is no date, or a time that is no full hour.
    """
    plain = _without_weekday(text)
    if packed := _PACKED_HOURS.fullmatch(plain):
        first, until = packed["first"], packed["until"]
        day = read_date(first[:8], order)
        if until[:8] != first[:8]:
            raise ValueError(f"'{text.strip()}' is a span of days; daily figures are wanted, one row a day")
        whole_day = first[8:10] in ("", "00") and until[8:10] in ("", "23")
        return day, None if whole_day else _hour(first[8:10], text)
    timed = _TIMED.fullmatch(plain)
    if timed is None or _MIDNIGHT.fullmatch(timed[2]):
        return read_date(text, order), None
    hour = _HOUR.fullmatch(timed[2])
    if hour is None:
        raise ValueError(f"'{text.strip()}' is a time within an hour; one row an hour or a day is allowed")
    return read_date(timed[1], order), _hour(hour[1], text)


def read_hour(text: str) -> int:
    """The hour from 0 to 23 in a cell: 13, 13:00, 13点, 13时, 13:00-13:59, 13~14.

    Raises
    ------
    ValueError
        With a sentence for the user, if it is none.
    """
    found = _HOUR_CELL.fullmatch(units.tidy(text))
    if found is None:
        raise ValueError(f"'{text.strip()}' is no hour; write 0 to 23, or 13:00")
    return _hour(found[1], text)


def _hour(digits: str, text: str) -> int:
    if int(digits) > 23:
        raise ValueError(f"'{text.strip()}' is no hour; write 0 to 23, or 13:00")
    return int(digits)


def _without_weekday(text: str) -> str:
    """A tidy text without the day of the week behind it."""
    plain = units.tidy(text)
    return _WEEKDAY.sub("", plain) or plain


def _date_text(text: str) -> str:
    """Without the time of day if that is midnight; another is kept, so that the date is refused."""
    plain = _without_weekday(text)
    timed = _TIMED.fullmatch(plain)
    return timed.group(1) if timed is not None and _MIDNIGHT.fullmatch(timed.group(2)) else plain


def _dated(text: str) -> str:
    """Without any time of day."""
    plain = _without_weekday(text)
    timed = _TIMED.fullmatch(plain)
    return timed[1] if timed is not None else plain


def _days(dates: Iterable[str], order: DateOrder) -> list[date]:
    """The days, sorted, of those dates that exist in this order."""
    days = []
    for text in dates:
        with contextlib.suppress(ValueError):
            days.append(read_date(text, order))
    return sorted(days)


def _goes_by(days: Sequence[date], step: int) -> bool:
    """Whether most days follow the one before by `step` days."""
    steps = [(later - earlier).days for earlier, later in itertools.pairwise(days)]
    return steps.count(step) * 2 > len(steps)


def _amount(plain: str, text: str) -> float:
    """A number with thousands, 万, ¥, 元 or a unit of counting behind it."""
    try:
        return units.read_money(plain)
    except ValueError:
        try:
            return units.read_number(plain)
        except ValueError:
            raise ValueError(f"'{text.strip()}' is not a number; write it as 1234.5") from None


def _finite(value: float, text: str) -> float:
    if not math.isfinite(value):
        raise ValueError(f"'{text.strip()}' is too large for a number")
    return value
