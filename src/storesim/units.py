"""Money, shares, days: what people write, as numbers; and numbers, as people read them.

Inside storesim a number is a plain `float` in one unit: CNY, a share of 1, days, hours or minutes. The types here
(`CNY`, `Share`, `Days` …) read every usual spelling at the door: `¥300`, `1.5万`, `3%`, `2周`, full-width digits.
A spelling of the wrong kind (money where a share is wanted) is refused in words. The `show_…` functions are the
other door.
"""

from __future__ import annotations

import datetime as dt
import math
import re
import unicodedata
from calendar import monthrange
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any, cast

from pydantic import BeforeValidator, GetCoreSchemaHandler, WithJsonSchema
from pydantic_core import CoreSchema, core_schema

_LONGEST = 80
_ONE, _DAY = Decimal(1), Decimal(86_400)

_MONEY_UNITS = dict.fromkeys(("¥", "元", "圆", "块", "块钱", "人民币", "cny", "rmb", "yuan"), _ONE)
_SHARE_UNITS = {"%": Decimal("0.01"), "percent": Decimal("0.01"), "‰": Decimal("0.001"), "成": Decimal("0.1")}
_COUNT_UNITS = dict.fromkeys(("人", "名", "次", "个", "件", "单", "条", "款", "笔"), _ONE)
_TIME_UNITS = (  # in seconds
    dict.fromkeys(("s", "sec", "秒", "秒钟", "second", "seconds"), _ONE)
    | dict.fromkeys(("min", "mins", "minute", "minutes", "分", "分钟"), Decimal(60))
    | dict.fromkeys(("h", "hr", "hrs", "hour", "hours", "小时", "个小时", "钟头"), Decimal(3_600))
    | dict.fromkeys(("d", "day", "days", "天", "日"), _DAY)
    | dict.fromkeys(("w", "week", "weeks", "周", "个星期", "星期", "礼拜"), 7 * _DAY)
    | dict.fromkeys(("y", "yr", "year", "years", "年"), 365 * _DAY)
)
_SCALES = {"k": 3, "千": 3, "w": 4, "万": 4, "十万": 5, "百万": 6, "千万": 7, "亿": 8}
_KINDS = {"money": _MONEY_UNITS, "a share": _SHARE_UNITS, "a time": _TIME_UNITS, "a count": _COUNT_UNITS}

_NUMBER = re.compile(
    r"(?P<sign>[+-]?)\s*(?P<before>[^\d\s+\-.]*)\s*(?P<inner>[+-]?)"
    r"(?P<digits>\d[\d,]*\.?\d*|\.\d+)(?P<power>e[+-]?\d{1,3}(?![\d.]))?\s*(?P<after>.*)"
)
_DATE = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?")
_THOUSANDS = re.compile(r"\d{1,3}(,\d{3})+(\.\d*)?")
_SCALE = re.compile(r"十万|百万|千万|[千万亿]")


@dataclass(frozen=True)
class _Kind:
    """What one type reads: its units, and what to say when something else was written."""

    units: Mapping[str, Decimal]
    wanted: str
    scales: bool = True


_MONEY = _Kind(_MONEY_UNITS, "an amount of money is wanted, such as 300, ¥300 or 1.5万")
_SHARE = _Kind(_SHARE_UNITS, "a share is wanted (0 to 1, or 3%)", scales=False)
_PLAIN = _Kind(_COUNT_UNITS, "a number is wanted, such as 1200 or 1.5万")
_RATE = _Kind({"%": Decimal("0.01"), "percent": Decimal("0.01"), "倍": _ONE}, "a factor is wanted, such as 1.3 or 130%")
_TIME = _Kind(_TIME_UNITS, "a time is wanted, such as 14d, 2周, 36h or 10分钟", scales=False)


class Reader(BeforeValidator):
    """What is read as a type; a plain function of one value, so that pydantic need not find out what it takes."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        read = cast(Callable[[Any], Any], self.func)
        return core_schema.no_info_before_validator_function(read, schema=handler(source))


def tidy(text: str) -> str:
    """`text` with full-width letters, digits and signs made half-width, in lower case, without outer blanks."""
    return unicodedata.normalize("NFKC", text).replace("\u2212", "-").strip().lower()


def read_money(value: object) -> float:
    """CNY from `300`, `¥300`, `300元`, `1.5万`, `1,234.50`; ValueError says what else was found."""
    return _read(value, _MONEY)


def read_number(value: object) -> float:
    """A number from `1200`, `1.5万`, `80万人`."""
    return _read(value, _PLAIN)


def read_rate(value: object) -> float:
    """A factor or a rate of growth from `1.3`, `130%`, `1.3倍`."""
    return _read(value, _RATE)


def read_share(value: object) -> float:
    """A share of 1 from `0.03`, `3%`, `3％`; never outside 0 to 1."""
    if isinstance(value, str) and tidy(value).endswith("折"):
        raise ValueError(f"{quoted(value)} is a discount; a share is wanted (0 to 1, or 3%)")
    share = _read(value, _SHARE)
    if share < 0:
        raise ValueError(f"{value} is below 0; a share is 0 to 1, or 0% to 100%")
    if share > 1:
        percent = "%" in tidy(str(value))
        likely = "did you mean " + f"{value}%?" if share <= 100 and not percent else "a share is 0 to 1, or 0% to 100%"
        raise ValueError(f"{value} is over {'100%' if percent else '1'}; {likely}")
    return share


def read_discount(value: object) -> float:
    """The share cut off a price, from `20%`, `0.2` or `8折` (one pays 80 %); `85折` is 15 % off."""
    paid = tidy(str(value)).removesuffix("折").strip()
    cut = _cut(paid)
    if isinstance(value, str) and tidy(value).endswith("折"):
        if cut is None:
            tens = re.fullmatch(r"([1-9])0", paid)
            meant = (
                f"did you mean {tens[1]}折, a price cut of {100 - 10 * int(tens[1])}%?" if tens and paid != "10" else ""
            )
            raise ValueError(f"{quoted(value)} is no discount; {meant or 'write 1折 to 9.9折, such as 8折, or 20%'}")
        return cut
    try:
        return read_share(value)
    except ValueError as error:
        likely = "" if cut is None or "折" in str(value) else f" Or {value}折, a price cut of {show_share(cut, 0)}?"
        raise ValueError(f"{error}{likely}") from None


def read_days(value: object) -> float:
    """Days from `14`, `14d`, `2周`, `36h`, `1y`."""
    return _read_time(value, _DAY)


def read_hours(value: object) -> float:
    """Hours from `48`, `48h`, `2d`, `30分钟`."""
    return _read_time(value, Decimal(3_600))


def read_minutes(value: object) -> float:
    """Minutes from `5`, `5min`, `10分钟`, `30s`, `1h`."""
    return _read_time(value, Decimal(60))


def read_whole(value: object) -> int:
    """A whole number from `3`, `500`, `1万`."""
    if (number := _read(value, _PLAIN)) != int(number):
        raise ValueError(f"{value} is not whole; a whole number is wanted, such as {math.floor(number)}")
    return int(number)


def read_date(value: object) -> dt.date:
    """A date from `2027-01-01`, `2027/1/1`, `2027.1.1` or `2027年1月1日`."""
    if isinstance(value, dt.datetime):
        value = value.date()
    if isinstance(value, dt.date):
        return value
    found = _DATE.fullmatch(tidy(value)) if isinstance(value, str) else None
    if not found:
        raise ValueError(f"{quoted(value)} is not a date; write year, month and day, such as 2027-01-31")
    year, month, day = (int(part) for part in found.groups())
    if not (1900 <= year <= 2200 and 1 <= month <= 12):
        raise ValueError(f"{value} does not exist; years are 1900 to 2200 and months 1 to 12")
    last = monthrange(year, month)[1]
    if not 1 <= day <= last:
        raise ValueError(f"{value} does not exist; {year}-{month:02d} has days 1 to {last}")
    return dt.date(year, month, day)


def spelled(*examples: object, types: Sequence[str] = ("number", "string"), **limits: float) -> WithJsonSchema:
    """The JSON Schema of a value with more than one spelling."""
    return WithJsonSchema({"type": list(types), "examples": list(examples), **limits})


CNY = Annotated[float, Reader(read_money), spelled(300, "¥300", "1.5万")]
Share = Annotated[float, Reader(read_share), spelled(0.03, "3%", minimum=0, maximum=1)]
Discount = Annotated[float, Reader(read_discount), spelled(0.2, "20%", "8折", minimum=0, maximum=1)]
Number = Annotated[float, Reader(read_number), spelled(1200, "80万")]
Rate = Annotated[float, Reader(read_rate), spelled(1.3, "130%")]
Whole = Annotated[int, Reader(read_whole), spelled(3, "1万", types=("integer", "string"))]
Days = Annotated[float, Reader(read_days), spelled(14, "14d", "2周")]
Hours = Annotated[float, Reader(read_hours), spelled(48, "48h", "2d")]
Minutes = Annotated[float, Reader(read_minutes), spelled(5, "5min", "10分钟")]
Date = Annotated[dt.date, Reader(read_date), spelled("2027-01-01", types=("string",))]


def show_money(amount: float, lang: str = "en", *, exact: bool = False) -> str:
    """`¥1,234.50`; from 10,000 on `¥1.5万`, `¥1.2亿` (zh) or `¥15,000`, `¥1.20M` (en); `exact` keeps the fen."""
    if not math.isfinite(amount):
        return "–"
    sign = "-" if amount < 0 and round(amount, 2) != 0 else ""
    size = abs(amount)
    return f"{sign}¥{size:,.2f}" if exact or round(size, 2) < 10_000 else f"{sign}¥{_large(size, lang)}"


def show_count(count: float, lang: str = "en") -> str:
    """A whole number: `1,234`; from 10,000 on `1.5万` (zh) or `15,000` (en)."""
    if not math.isfinite(count):
        return "–"
    sign = "-" if round(count) < 0 else ""
    size = abs(count)
    return f"{sign}{size:,.0f}" if round(size) < 10_000 or lang != "zh" else f"{sign}{_large(size, lang)}"


def show_share(share: float, digits: int = 1) -> str:
    """`3.2%` for 0.032."""
    return f"{share * 100:.{digits}f}%" if math.isfinite(share) else "–"


def quoted(value: object) -> str:
    """A value in quotes, cut if long."""
    text = str(value)
    return f"'{text if len(text) <= 40 else text[:37] + '…'}'"


def found_words(value: object) -> str:
    """What stands where a number is wanted."""
    match value:
        case None:
            return "nothing was written"
        case bool():
            return f"'{str(value).lower()}' is yes or no"
        case Mapping():
            return "a group of settings was found"
        case list() | tuple():
            return "a list was found"
        case _:
            return f"{quoted(value)} is not a number"


def _large(size: float, lang: str) -> str:
    if lang != "zh":
        return f"{size:,.0f}" if size < 999_999.5 else f"{size / 1e6:,.2f}M"
    many, name = (size / 1e8, "亿") if size >= 99_995_000 else (size / 1e4, "万")
    return f"{many:,.{2 if many < 100 else 1}f}".rstrip("0").rstrip(".") + name


def _read_time(value: object, own: Decimal) -> float:
    """A bare number is in the type's own unit, of `own` seconds; one with a unit is converted by way of seconds."""
    if not isinstance(value, str):
        return _read(value, _TIME)
    number, unit = _parse(value, _TIME)
    return _finite(number * _TIME_UNITS[unit] / own if unit else number, value, _TIME)


def _read(value: object, kind: _Kind) -> float:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _finite(value, value, kind)
    if not isinstance(value, str):
        # pydantic turns ValueError, and only that, into a fault with a place.
        raise ValueError(f"{found_words(value)}; {kind.wanted}")  # noqa: TRY004
    number, unit = _parse(value, kind)
    return _finite(number * kind.units.get(unit, _ONE), value, kind)


def _cut(paid: str) -> float | None:
    """The price cut of 8折 or 85折, of which `paid` is the number; 10折 and 0折 are none."""
    if not re.fullmatch(r"[1-9](\.\d)?|[1-9][1-9]", paid):
        return None
    return float(1 - Decimal(paid).scaleb(-2 if len(paid) == 2 else -1))


def _finite(number: float | Decimal, value: object, kind: _Kind) -> float:
    if not -1e300 < number < 1e300:
        raise ValueError(f"{quoted(value)} is not a finite number; {kind.wanted}")
    return float(number)


def _parse(text: str, kind: _Kind) -> tuple[Decimal, str]:
    """The number in `text`, and its unit among those of `kind` ('' where none was written).

    In decimals, so that 1.13万 is 11300 and not 11299.999….
    """
    plain = tidy(text)
    if plain in ("true", "false", "yes", "no"):
        raise ValueError(f"{quoted(text)} is yes or no; {kind.wanted}")
    found = _NUMBER.fullmatch(plain) if len(plain) <= _LONGEST else None
    if not found:
        raise ValueError(f"{quoted(text)} is not a number; {kind.wanted}")
    digits = found["digits"]
    if "," in digits and not _THOUSANDS.fullmatch(digits):
        likely = digits.replace(",", ".", 1)
        raise ValueError(f"{quoted(text)}: a comma separates thousands, as in 1,234.50; did you mean {likely}?")
    number = Decimal(f"{found['sign'] or found['inner']}{digits.replace(',', '')}{found['power'] or ''}")
    tens, unit = _scale_and_unit(found["before"], found["after"].strip(), kind, text)
    return number.scaleb(tens), unit


def _scale_and_unit(before: str, after: str, kind: _Kind, text: str) -> tuple[int, str]:
    """Powers of ten by which 千, 万 or 亿 multiply, and the unit."""
    tens = 0
    if kind.scales and (found := _SCALE.match(after)):
        tens, after = _SCALES[found[0]], after[found.end() :].strip()
    elif kind.scales and after[:1] in ("k", "w") and (after[1:] in kind.units or not after[1:]):
        tens, after = _SCALES[after[0]], after[1:]
    for unit in (before, after):
        if unit and unit not in kind.units:
            raise ValueError(_wrong_unit(unit, text, kind))
    return tens, after or before


def _wrong_unit(unit: str, text: str, kind: _Kind) -> str:
    if _DATE.match(tidy(text)):
        return f"{quoted(text)} is a date; {kind.wanted}"
    bare = _SCALE.sub("", unit)
    for name, units in _KINDS.items():
        if units is not kind.units and (unit in units or (bare and bare in units)):
            return f"{quoted(text)} is {name}; {kind.wanted}"
    if re.match(r"\s*[-~–—至到]\s*\d", unit):
        return f"{quoted(text)} is a range; one number is wanted"
    if unit.endswith("月"):
        return f"{quoted(text)}: months differ in length; write days, such as 30d or 31天"
    if per := re.search(r"[/每].*", unit):
        return f"{quoted(text)}: leave out '{per[0]}'; the setting itself says per what it is"
    if not bare:
        return f"{quoted(text)} is a large number; {kind.wanted}"
    return f"{quoted(text)}: {quoted(unit)} is no known unit here; {kind.wanted}"
