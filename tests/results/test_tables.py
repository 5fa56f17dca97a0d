"""CSV as storesim writes it."""

from __future__ import annotations

import csv
import io

import numpy as np
import pytest
from hypothesis import given, strategies as st

from storesim.results.tables import csv_bytes, number_texts, plain_text


def test_a_file_begins_with_the_mark_and_ends_its_lines_with_lf() -> None:
    written = csv_bytes(("渠道", "b"), [("快,车", "1")])

    assert written == b"\xef\xbb\xbf" + '渠道,b\n"快,车",1\n'.encode()


@pytest.mark.parametrize(
    ("value", "name", "text"),
    [
        (1234.5678, "gmv", "1234.57"),
        (0.1 + 0.2, "gmv", "0.3"),
        (123456789.01, "gmv", "123456789.01"),
        (100.0, "gmv", "100"),
        (-0.001, "profit", "0"),
        (1234.56789, "uv", "1234.568"),
        (2000000.0, "uv", "2000000"),
        (0.0312345678, "cvr", "0.0312346"),
        (187.6543211, "aov", "187.654"),
        (0.98765432, "score", "0.987654"),
        (float("nan"), "cvr", ""),
    ],
)
def test_money_goes_to_the_fen_counts_to_a_thousandth_and_ratios_to_six_digits(
    value: float, name: str, text: str
) -> None:
    assert number_texts(np.array([value]), name) == [text]


@given(st.floats(-1e12, 1e12))
def test_money_reads_back_to_the_fen(value: float) -> None:
    (text,) = number_texts(np.array([value]), "gmv")

    # Half a fen, and what a float of this size cannot tell.
    assert float(text) == pytest.approx(value, abs=0.00501 + 2.3e-16 * abs(value), rel=1e-15)
    assert len(text.partition(".")[2]) <= 2


@given(st.text(max_size=20))
def test_a_users_text_is_never_a_formula_and_reads_back(text: str) -> None:
    cell = plain_text(text)

    assert not cell.startswith(("=", "+", "-", "@"))
    assert cell.removeprefix("'") == text.removeprefix("'")
    written = csv_bytes(("a", "b"), [(cell, "1")]).decode("utf-8-sig")
    if not {"\r", "\n"} & set(text):
        assert list(csv.reader(io.StringIO(written))) == [["a", "b"], [cell, "1"]]
