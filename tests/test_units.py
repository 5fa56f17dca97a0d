"""Units in and out: what people write, as numbers; what is refused, and in which words."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Callable

import pytest
from hypothesis import given, strategies as st

from storesim import units
from storesim.scenario import hours


@pytest.mark.parametrize(
    ("written", "yuan"),
    [
        (300, 300.0), ("300", 300.0), ("¥300", 300.0), ("￥300", 300.0), ("300元", 300.0), ("300 元", 300.0),
        ("人民币300", 300.0), ("CNY 300", 300.0), ("300 RMB", 300.0), ("300块", 300.0), ("1.5万", 15_000.0),
        ("¥1.5万", 15_000.0), ("1.5万元", 15_000.0), ("1.13万", 11_300.0), ("3千", 3_000.0), ("3k", 3_000.0),
        ("2w", 20_000.0), ("500百万", 5e8), ("5百万", 5e6), ("1.2亿", 1.2e8), ("1,234.50", 1_234.5),
        ("12,345,678", 12_345_678.0), ("３００", 300.0), ("１．５万", 15_000.0), ("¥ -300", -300.0), ("-¥300", -300.0),
        ("1e3", 1_000.0), (".5", 0.5), ("  300  ", 300.0), ("−300", -300.0), (0, 0.0),
    ],
)  # fmt: skip
def test_money_is_read_as_people_write_it(written: object, yuan: float) -> None:
    assert units.read_money(written) == yuan


@pytest.mark.parametrize(
    ("written", "share"),
    [("3%", 0.03), ("3％", 0.03), (0.03, 0.03), ("0.03", 0.03), ("100%", 1.0), ("5‰", 0.005), ("3成", 0.3),
     ("2 percent", 0.02), ("0", 0.0), (1, 1.0), ("12.5 %", 0.125), ("３％", 0.03)],
)  # fmt: skip
def test_shares_are_read_as_parts_of_one(written: object, share: float) -> None:
    assert units.read_share(written) == share


@pytest.mark.parametrize(
    ("written", "days"),
    [("14d", 14), (14, 14), ("14", 14), ("2周", 14), ("2 weeks", 14), ("36h", 1.5), ("1y", 365), ("1年", 365),
     ("90分钟", 0.0625), ("3个星期", 21), ("１４天", 14)],
)  # fmt: skip
def test_times_are_read_in_days(written: object, days: float) -> None:
    assert units.read_days(written) == days


def test_a_bare_number_is_in_the_unit_of_its_setting() -> None:
    assert (units.read_days(2), units.read_hours(2), units.read_minutes(2)) == (2.0, 2.0, 2.0)
    assert (units.read_days("2h"), units.read_hours("2h"), units.read_minutes("2h")) == (2 / 24, 2.0, 120.0)


@pytest.mark.parametrize(
    ("written", "cut"),
    [("8折", 0.2), ("85折", 0.15), ("8.5折", 0.15), ("９折", 0.1), ("20%", 0.2), (0.2, 0.2), ("1折", 0.9)],
)
def test_a_discount_in_zhe_is_what_is_left_to_pay(written: object, cut: float) -> None:
    assert units.read_discount(written) == pytest.approx(cut, abs=1e-12)


@pytest.mark.parametrize(
    ("written", "date"),
    [("2027-01-31", (2027, 1, 31)), ("2027/1/3", (2027, 1, 3)), ("2027.1.3", (2027, 1, 3)),
     ("2027年1月3日", (2027, 1, 3)), ("２０２７－０１－０３", (2027, 1, 3)), ("2028-02-29", (2028, 2, 29))],
)  # fmt: skip
def test_dates_are_read_year_first(written: str, date: tuple[int, int, int]) -> None:
    assert units.read_date(written) == dt.date(*date)


def test_a_date_and_time_is_its_day() -> None:
    assert units.read_date(dt.datetime(2027, 1, 3, 20)) == dt.date(2027, 1, 3)


@pytest.mark.parametrize(
    ("read", "written", "says"),
    [
        (units.read_money, "3%", "'3%' is a share; an amount of money is wanted, such as 300, ¥300 or 1.5万"),
        (units.read_money, "14d", "'14d' is a time; an amount"),
        (units.read_money, "1,5", "'1,5': a comma separates thousands, as in 1,234.50; did you mean 1.5?"),
        (units.read_money, "12,34", "did you mean 12.34"),
        (units.read_money, "1000~2000", "'1000~2000' is a range; one number is wanted"),
        (units.read_money, "300元/天", "leave out '/天'"),
        (units.read_money, True, "'true' is yes or no"),
        (units.read_money, "yes", "'yes' is yes or no"),
        (units.read_money, None, "nothing was written"),
        (units.read_money, "", "'' is not a number"),
        (units.read_money, [1], "a list was found"),
        (units.read_money, {"a": 1}, "a group of settings was found"),
        (units.read_money, math.nan, "'nan' is not a finite number"),
        (units.read_money, math.inf, "'inf' is not a finite number"),
        (units.read_money, ".nan", "'.nan' is not a number"),
        (units.read_money, "1e400", "'1e400' is not a finite number"),
        (units.read_money, "1e9999", "'1e9999': 'e9999' is no known unit here"),
        (units.read_money, "$5", "'$5': '$' is no known unit here"),
        (units.read_money, "9" * 90, "is not a number"),
        (units.read_share, "300元", "'300元' is money; a share is wanted"),
        (units.read_share, 50, "50 is over 1; did you mean 50%?"),
        (units.read_share, "120%", "120% is over 100%; a share is 0 to 1, or 0% to 100%"),
        (units.read_share, "-3%", "-3% is below 0"),
        (units.read_share, "3万", "is a large number; a share is wanted"),
        (units.read_share, "8折", "'8折' is a discount; a share is wanted"),
        (units.read_share, math.nan, "'nan' is not a finite number"),
        (units.read_discount, "80折", "did you mean 8折, a price cut of 20%?"),
        (units.read_discount, "10折", "write 1折 to 9.9折"),
        (units.read_discount, 8, "did you mean 8%? Or 8折, a price cut of 20%?"),
        (units.read_days, "3个月", "months differ in length; write days"),
        (units.read_days, "2027-12-31", "'2027-12-31' is a date; a time is wanted"),
        (units.read_days, "¥7", "'¥7' is money; a time is wanted"),
        (units.read_whole, 1.5, "1.5 is not whole; a whole number is wanted, such as 1"),
        (units.read_whole, "-0.5", "-0.5 is not whole; a whole number is wanted, such as -1"),
        (units.read_number, "80%", "'80%' is a share; a number is wanted"),
        (units.read_date, "2027-02-29", "2027-02-29 does not exist; 2027-02 has days 1 to 28"),
        (units.read_date, "2027-13-01", "years are 1900 to 2200 and months 1 to 12"),
        (units.read_date, "31/12/2027", "is not a date; write year, month and day"),
        (units.read_date, 20270101, "is not a date"),
        (hours.read_clock, "24:00", "24:00 is past the end of the day"),
        (hours.read_clock, "25:00", "hours are 0 to 24, minutes 0 to 59"),
        (hours.read_clock, "9:75", "hours are 0 to 24, minutes 0 to 59"),
        (hours.read_clock, True, "'True' is not a time of day"),
        (hours.read_span, "23-9", "ends before it begins"),
        (hours.read_span, "9", "is not a span of hours"),
        (hours.read_hour_factors, {"9-12": 11}, "9-12: 11 is not a factor from 0 to 10"),
        (hours.read_hour_factors, {"9-12": 1, "11": 2}, "hour 11 is named twice, again in '11'"),
        (hours.read_hour_factors, [1] * 23, "23 values were found; 24 values are wanted"),
        (hours.read_hour_factors, {"9:30-12": 1}, "cuts an hour"),
        (hours.read_hour_weights, [0] * 24, "all 24 weights are 0"),
        (hours.read_hour_weights, [-1] * 24, "hour 0 is -1; a weight or factor is 0 or more"),
    ],
)  # fmt: skip
def test_a_value_of_the_wrong_kind_is_refused_in_words(
    read: Callable[[object], object], written: object, says: str
) -> None:
    with pytest.raises(ValueError, match=re.escape(says)):
        read(written)


def test_a_long_word_is_cut_in_a_message() -> None:
    with pytest.raises(ValueError, match="…' is not a number") as wrong:
        units.read_money("x" * 500)

    assert len(str(wrong.value)) < 150


def test_hours_left_out_have_the_factor_one() -> None:
    factors = hours.read_hour_factors({"9-12": 1.3, "20-24": "150%", "0": 0.5})

    assert factors == (0.5, *(1.0,) * 8, 1.3, 1.3, 1.3, *(1.0,) * 8, 1.5, 1.5, 1.5, 1.5)


@pytest.mark.parametrize(
    ("written", "clock"), [("20:30", 20.5), ("20", 20.0), ("20点", 20.0), ("20点30分", 20.5), ("9点半", 9.5), (7, 7.0)]
)
def test_times_of_day_are_hours_after_midnight(written: object, clock: float) -> None:
    assert hours.read_clock(written) == clock


@pytest.mark.parametrize("written", ["9-23", "09:00-23:00", "9～23", "9至23", ["9:00", 23], (9.0, 23.0)])
def test_a_span_of_hours_has_many_spellings(written: object) -> None:
    assert hours.read_span(written) == (9.0, 23.0)


amounts = st.decimals(min_value=0, max_value=9_999_999, places=2, allow_nan=False)


@given(amounts)
def test_an_amount_written_in_any_spelling_is_the_same_number(amount: object) -> None:
    spellings = [f"{amount}", f"¥{amount}", f"{amount}元", f"{amount:,}", f"¥ {amount:,} ", _wide(f"{amount}")]

    assert {units.read_money(text) for text in spellings} == {float(str(amount))}


@given(amounts)
def test_exact_money_shown_is_read_back_to_the_fen(amount: object) -> None:
    number = float(str(amount))

    assert units.read_money(units.show_money(number, exact=True)) == number


@given(st.floats(min_value=0, max_value=1))
def test_a_share_shown_is_read_back_within_its_digits(share: float) -> None:
    assert units.read_share(units.show_share(share, 4)) == pytest.approx(share, abs=0.5e-6 + 1e-12)


@given(st.floats(min_value=0, max_value=9e9), st.sampled_from(["zh", "en"]))
def test_money_shown_short_is_within_half_a_percent(amount: float, lang: str) -> None:
    shown = units.show_money(amount, lang)

    # English millions have no reader; two decimals of at least 1.00 M miss at most 0.5 %.
    read = float(shown.strip("¥M").replace(",", "")) * 1e6 if shown.endswith("M") else units.read_money(shown)
    assert read == pytest.approx(amount, rel=0.0051, abs=0.0051)


@given(st.integers(min_value=0, max_value=10**9), st.sampled_from(["zh", "en"]))
def test_counts_below_ten_thousand_are_shown_whole(count: int, lang: str) -> None:
    shown = units.show_count(count, lang)

    if count < 10_000:
        assert units.read_number(shown) == count
    assert ("万" in shown or "亿" in shown) == (lang == "zh" and count >= 10_000)


@given(st.dates(dt.date(1900, 1, 1), dt.date(2200, 12, 31)))
def test_every_date_reads_back_from_all_its_spellings(date: dt.date) -> None:
    spellings = [
        date.isoformat(), f"{date:%Y/%m/%d}", f"{date.year}.{date.month}.{date.day}",
        f"{date.year}年{date.month}月{date.day}日", _wide(date.isoformat()),
    ]  # fmt: skip

    assert {units.read_date(text) for text in spellings} == {date}


@given(st.integers(0, 23), st.integers(0, 59))
def test_every_minute_of_the_day_is_read(hour: int, minute: int) -> None:
    assert hours.read_clock(f"{hour:02d}:{minute:02d}") == pytest.approx(hour + minute / 60, abs=1e-9)


@given(st.one_of(st.text(max_size=30), st.integers(), st.floats(), st.none(), st.booleans(), st.lists(st.text())))
def test_a_reader_gives_a_finite_number_or_a_value_error(value: object) -> None:
    for read in (units.read_money, units.read_share, units.read_days, units.read_rate, units.read_discount):
        number, said = _read(read, value)

        assert math.isfinite(number) if said is None else said


@pytest.mark.parametrize(
    ("shown", "text"),
    [
        (units.show_money(1234.5), "¥1,234.50"),
        (units.show_money(15_000, "zh"), "¥1.5万"),
        (units.show_money(15_000, "en"), "¥15,000"),
        (units.show_money(1.2e8, "zh"), "¥1.2亿"),
        (units.show_money(1.2e6, "en"), "¥1.20M"),
        (units.show_money(9_999.996, "zh"), "¥1万"),
        (units.show_money(-0.001), "¥0.00"),
        (units.show_money(-300), "-¥300.00"),
        (units.show_money(math.nan), "–"),
        (units.show_count(1234.4), "1,234"),
        (units.show_count(-0.4), "0"),
        (units.show_count(15_000, "zh"), "1.5万"),
        (units.show_share(0.032), "3.2%"),
        (units.show_share(math.nan), "–"),
    ],
)
def test_numbers_are_shown_as_people_read_them(shown: str, text: str) -> None:
    assert shown == text


def _read(read: Callable[[object], float], value: object) -> tuple[float, str | None]:
    """The number, or what is said instead."""
    try:
        return read(value), None
    except ValueError as wrong:
        return math.nan, str(wrong)


def _wide(text: str) -> str:
    """The same in full-width digits and signs."""
    return "".join(chr(ord(sign) + 0xFEE0) if "!" <= sign <= "~" else sign for sign in text)
