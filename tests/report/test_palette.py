"""How numbers look, to a reader of Chinese and of English."""

from __future__ import annotations

import math

import pytest

from storesim import kpi
from storesim.report import palette
from storesim.report.document import Kind


@pytest.mark.parametrize(
    ("value", "kind", "zh", "en"),
    [
        (5_097_537.4, "money", "¥509.8万", "¥5,097,537"),
        (-89_800.0, "money", "-¥8.98万", "-¥89,800"),
        (-0.2, "money", "¥0", "¥0"),
        (1_035_055, "count", "103.5万", "1,035,055"),
        (387.868, "price", "¥387.87", "¥387.87"),
        (0.01254, "share", "1.25%", "1.25%"),
        (0.123, "share", "12.3%", "12.3%"),
        (0.0, "share", "0%", "0%"),
        (1.0, "share", "100%", "100%"),
        (0.0312, "change", "+3.1%", "+3.1%"),
        (-0.0004, "change", "0.0%", "0.0%"),
        (0.625, "chance", "63%", "63%"),
        (0.004, "chance", "<1%", "<1%"),
        (1.0, "chance", ">99%", ">99%"),
        (2.634, "factor", "2.63", "2.63"),
        (8.44, "hours", "8.4", "8.4"),
        (math.nan, "money", "–", "–"),
        (math.inf, "share", "–", "–"),
    ],
)
def test_a_number_is_shown_as_its_reader_expects(value: float, kind: Kind, zh: str, en: str) -> None:
    assert palette.show(value, kind, "zh") == zh
    assert palette.show(value, kind, "en") == en


@pytest.mark.parametrize(
    ("value", "zh", "en"), [(1_500_000, "¥150万", "¥1.5m"), (999_600, "¥100万", "¥1m"), (0, "¥0", "¥0"),
                            (-60_000, "-¥6万", "-¥60k"), (250_000_000, "¥2.5亿", "¥250m")],
)  # fmt: skip
def test_an_axis_has_short_numbers(value: float, zh: str, en: str) -> None:
    assert palette.short(value, "money", "zh") == zh
    assert palette.short(value, "money", "en") == en


def test_every_count_and_ratio_has_a_way_to_be_shown() -> None:
    for name in (*kpi.COUNT, *kpi.RATIO):
        assert palette.kind_of(name) in palette.SHEET_FORMATS


def test_chances_fall_into_bands_from_hardly_to_certain() -> None:
    words = [palette.chance_band(chance)[1] for chance in (0.0, 0.05, 0.2, 0.4, 0.6, 0.8, 0.95, 1.0)]

    assert words == [
        "chance.hardly", "chance.very_unlikely", "chance.unlikely", "chance.even", "chance.likely",
        "chance.very_likely", "chance.certain", "chance.certain",
    ]  # fmt: skip


def contrast(one: str, other: str) -> float:
    """Contrast of two colours, WCAG 2.1."""

    def light(colour: str) -> float:
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    high, low = sorted((light(one), light(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_words_can_be_read_on_every_ground_they_stand_on() -> None:
    # WCAG 2.1, 1.4.3: at least 4.5 : 1.
    for _, tint, _ in palette.CHANCES:
        assert contrast(palette.INK, tint) >= 4.5
    assert contrast(palette.INK, palette.INPUT_FILL) >= 4.5
    assert contrast(palette.MUTED, palette.PAPER) >= 4.5
