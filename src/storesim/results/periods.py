"""Calendar periods by name: `2027`, `2027Q3`, `2027-06`, `2027-W31`, `2027-06-18`."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from typing import Literal, assert_never

from storesim.errors import UsageError

Level = Literal["year", "quarter", "month", "week", "day"]

_FORMS: tuple[tuple[Level, re.Pattern[str]], ...] = (
    ("year", re.compile(r"(\d{4})")),
    ("quarter", re.compile(r"(\d{4})-?[Qq]([1-4])")),
    ("month", re.compile(r"(\d{4})-(\d{2})")),
    ("week", re.compile(r"(\d{4})-?[Ww](\d{2})")),
    ("day", re.compile(r"(\d{4})-(\d{2})-(\d{2})")),
)


def period_level(period: str) -> Level:
    """What kind of period a name is: "2027Q3" is a quarter.

    Raises
    ------
    UsageError
        If it is none.
    """
    return _parts(period)[0]


def period_bounds(period: str) -> tuple[dt.date, dt.date]:
    """First and last date of a period, both within it. Weeks are those of ISO 8601, from Monday.

    Raises
    ------
    UsageError
        If the name is none of a period, or of one that does not exist, such as "2027-13".

    Examples
    --------
    >>> period_bounds("2028-02")
    (datetime.date(2028, 2, 1), datetime.date(2028, 2, 29))
    """
    level, numbers = _parts(period)
    try:
        return _bounds(level, numbers)
    except ValueError as error:
        raise UsageError(f"there is no {level} {period!r}: {error}") from error


def period_of(date: dt.date, level: Level) -> str:
    """Name of the period of this level that holds a date.

    Examples
    --------
    >>> period_of(dt.date(2027, 8, 5), "quarter")
    '2027Q3'
    """
    match level:
        case "year":
            return f"{date.year:04d}"
        case "quarter":
            return f"{date.year:04d}Q{(date.month + 2) // 3}"
        case "month":
            return f"{date.year:04d}-{date.month:02d}"
        case "week":
            year, week, _ = date.isocalendar()
            return f"{year:04d}-W{week:02d}"
        case "day":
            return date.isoformat()
        case _ as never:
            assert_never(never)


def periods_between(first: dt.date, last: dt.date, level: Level) -> tuple[str, ...]:
    """Names, in order, of the periods of one level that hold some day from `first` to `last`.

    Examples
    --------
    >>> periods_between(dt.date(2027, 11, 20), dt.date(2028, 1, 5), "month")
    ('2027-11', '2027-12', '2028-01')
    """
    names: list[str] = []
    date = first
    while date <= last:
        names.append(period_of(date, level))
        end = period_bounds(names[-1])[1]
        if end == dt.date.max:
            break
        date = end + dt.timedelta(days=1)
    return tuple(names)


def day_window(start: dt.date, n_days: int, first: dt.date | None = None, last: dt.date | None = None) -> slice:
    """The days from `first` to `last`, both included, as a slice of `n_days` days that begin on `start`.

    Days before `start` are before the store opened: they hold nothing, and a window may begin there. Days after
    the last one are unknown, so a window must not end there.

    Raises
    ------
    UsageError
        If the window ends after the last day, holds none of the days, or ends before it begins.
    """
    final = start + dt.timedelta(days=n_days - 1)
    first = start if first is None else first
    last = final if last is None else last
    if first > last:
        raise UsageError(f"the window from {first} to {last} ends before it begins")
    if last > final or last < start:
        raise UsageError(f"the window from {first} to {last} is not within the days there are, {start} to {final}")
    return slice(max((first - start).days, 0), (last - start).days + 1)


def _parts(period: str) -> tuple[Level, tuple[int, ...]]:
    for level, form in _FORMS:
        found = form.fullmatch(period.strip())
        if found:
            return level, tuple(int(number) for number in found.groups())
    raise UsageError(f"{period!r} is not a period; write 2027, 2027Q3, 2027-06, 2027-W31 or 2027-06-18")


def _bounds(level: Level, numbers: tuple[int, ...]) -> tuple[dt.date, dt.date]:
    year = numbers[0]
    match level:
        case "year":
            return dt.date(year, 1, 1), dt.date(year, 12, 31)
        case "quarter":
            return _months(year, 3 * numbers[1] - 2, 3 * numbers[1])
        case "month":
            return _months(year, numbers[1], numbers[1])
        case "week":
            return dt.date.fromisocalendar(year, numbers[1], 1), dt.date.fromisocalendar(year, numbers[1], 7)
        case "day":
            date = dt.date(year, numbers[1], numbers[2])
            return date, date
        case _ as never:
            assert_never(never)


def _months(year: int, first: int, last: int) -> tuple[dt.date, dt.date]:
    begin = dt.date(year, first, 1)
    return begin, dt.date(year, last, calendar.monthrange(year, last)[1])
