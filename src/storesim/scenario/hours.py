"""Times of day: one, a span of two, and 24 values by the hour."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import WithJsonSchema

from storesim.scenario.spec import ItemError, read_item
from storesim.units import Reader, found_words, quoted, read_number, read_rate, spelled, tidy


def read_clock(value: object) -> float:
    """Hours after midnight, 0 up to 24, from `20:00`, `20`, `20点`, `20点30分`, `9:30`."""
    hour = _clock(value)
    if hour >= 24.0:
        raise ValueError(f"{value} is past the end of the day; a time of day is 0:00 to 23:59")
    return hour


def read_span(value: object) -> tuple[float, float]:
    """First and last hour from `9-23`, `09:00-23:00` or a list of two; the end is not included and may be 24."""
    ends = re.split(r"\s*[-–—~至到]\s*", tidy(value)) if isinstance(value, str) else value
    if not isinstance(ends, list | tuple) or len(ends) != 2:
        raise ValueError(f"{quoted(value)} is not a span of hours; write two times, such as 9-23 or 09:00-23:00")
    first, last = _clock(ends[0]), _clock(ends[1])
    if last <= first:
        raise ValueError(f"{quoted(value)} ends before it begins; a span lies within one day, such as 9-23")
    return first, last


def read_hour_factors(value: object) -> tuple[float, ...]:
    """24 factors from `{9-12: 1.3, 20-23: 130%}` (9-12 is hours 9, 10, 11; hours left out are 1) or from 24 values."""
    if not isinstance(value, Mapping):
        return _of_24_hours(value, read_rate)
    factors: dict[int, float] = {}
    for key, factor in value.items():
        number = read_item(read_rate, factor, key)
        if not 0 <= number <= 10:
            raise ItemError(f"{key}: {factor} is not a factor from 0 to 10", key)
        for hour in _whole_hours(key):
            if hour in factors:
                message = f"hour {hour} is named twice, again in '{key}'; 9-12 means the hours 9, 10 and 11"
                raise ItemError(message, key, of_key=True)
            factors[hour] = number
    return tuple(factors.get(hour, 1.0) for hour in range(24))


def read_hour_weights(value: object) -> tuple[float, ...]:
    """24 relative weights, of which at least one is above 0."""
    weights = _of_24_hours(value, read_number)
    if sum(weights) <= 0:
        raise ValueError("all 24 weights are 0; at least one hour must have visitors")
    return weights


_HOURS_SCHEMA: dict[str, Any] = {
    "anyOf": [
        {"type": "array", "items": {"type": ["number", "string"]}, "minItems": 24, "maxItems": 24},
        {"type": "object", "additionalProperties": {"type": ["number", "string"]}, "examples": [{"9-12": 1.3}]},
    ]
}

Clock = Annotated[float, Reader(read_clock), spelled("20:00", 20, minimum=0, exclusiveMaximum=24)]
ClockSpan = Annotated[tuple[float, float], Reader(read_span), spelled("9-23", "09:00-23:00", types=("string", "array"))]
HourFactors = Annotated[tuple[float, ...], Reader(read_hour_factors), WithJsonSchema(_HOURS_SCHEMA)]
Hours24 = Annotated[tuple[float, ...], Reader(read_hour_weights), WithJsonSchema(_HOURS_SCHEMA["anyOf"][0])]


def _clock(value: object) -> float:
    plain = tidy(str(value))
    found = re.fullmatch(r"(\d{1,2})(?:[:点时](?:(\d{1,2})分?|(半))?)?|(\d{1,2}\.\d+)", plain)
    if isinstance(value, bool) or not found:
        raise ValueError(f"{quoted(value)} is not a time of day; write hours and minutes, such as 20:00")
    hour = float(found[4]) if found[4] else int(found[1]) + (0.5 if found[3] else int(found[2] or 0) / 60.0)
    if hour > 24 or int(found[2] or 0) > 59:
        raise ValueError(f"{value} is not a time of day; hours are 0 to 24, minutes 0 to 59")
    return hour


def _whole_hours(key: str) -> range:
    text = tidy(str(key))
    try:
        first, last = (int(text), int(text) + 1) if text.isdecimal() and len(text) < 3 else read_span(text)
    except ValueError as error:
        raise ItemError(str(error), key, of_key=True) from error
    if first != int(first) or last != int(last):
        raise ItemError(f"'{key}' cuts an hour; factors are by whole hours, such as 9-12", key, of_key=True)
    if not 0 <= first < last <= 24:
        raise ItemError(f"'{key}' is not within the day; hours are 0 to 23", key, of_key=True)
    return range(int(first), int(last))


def _of_24_hours(value: object, read: Any) -> tuple[float, ...]:
    values = value if isinstance(value, list | tuple) else ()
    if len(values) != 24:
        found = f"{len(values)} values were found" if isinstance(value, list | tuple) else found_words(value)
        raise ValueError(f"{found}; 24 values are wanted, one for each hour from 0 to 23")
    numbers = tuple(float(read_item(read, item, hour)) for hour, item in enumerate(values))
    for hour, number in enumerate(numbers):
        if number < 0:
            raise ItemError(f"hour {hour} is {values[hour]}; a weight or factor is 0 or more", hour)
    return numbers
