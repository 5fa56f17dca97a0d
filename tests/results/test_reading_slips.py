"""Whatever a CSV file holds, reading it ends in a History or in a HistoryError with words."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
from hypothesis import HealthCheck, given, settings, strategies as st

from storesim.errors import HistoryError
from storesim.results.history import History, read_history

GOOD = (
    "京东商智\n统计日期,访客数,成交客户数,成交金额(万元),成交转化率,天气\n汇总,600,11,0.28,1%,\n"
    '2027-03-01,100,2,0.04,2%,晴\n2027-03-02,"1,200",3,0.06,1.5%,雨\n2027-03-03,1000~2000,-,¥0.18,,晴\n'
)
MEAN = [
    ",",
    '"',
    "\n",
    "\r",
    ";",
    "\t",
    "\x00",
    "-",
    "~",
    "%",
    "万",
    "1e400",
    "9" * 400,
    "¥",
    "£",
    "日期",
    "uv",
    "月",
    "nan",
]
few = settings(
    max_examples=200, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@st.composite
def mutated(draw: st.DrawFn) -> str:
    """`GOOD` with a few pieces cut out, doubled or written over."""
    text = GOOD
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(text)))
        until = min(len(text), at + draw(st.integers(0, 12)))
        piece = draw(st.one_of(st.just(""), st.sampled_from(MEAN), st.just(text[at:until] * 2), st.text(max_size=3)))
        text = text[:at] + piece + text[until:]
    return text


@few
@given(text=mutated(), encoding=st.sampled_from(["utf-8", "gb18030", "utf-16"]))
def test_a_report_with_random_slips_is_read_or_refused_in_words(text: str, encoding: str, tmp_path: Path) -> None:
    _read(tmp_path, text.encode(encoding, "ignore"))


@few
@given(data=st.binary(max_size=200))
def test_random_bytes_are_refused_in_words(data: bytes, tmp_path: Path) -> None:
    assert _read(tmp_path, data) is None


def _read(folder: Path, data: bytes) -> History | None:
    """The history, None if it is refused; anything else that is raised fails the test."""
    path = folder / "shop.csv"
    path.write_bytes(data)
    started = time.process_time()
    try:
        history: History | None = read_history(path)
        said = ""
    except HistoryError as wrong:
        history, said = None, str(wrong)
    assert time.process_time() - started < 2.0
    # Known figures are finite; what is not known is NaN, never infinite.
    assert said if history is None else not any(np.isinf(history.daily(name)).any() for name in history.columns)
    return history
