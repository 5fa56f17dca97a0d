"""Whatever a file holds, reading it ends in a scenario or in a ScenarioError with a place, and soon."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from storesim.errors import Fault, ScenarioError
from storesim.scenario.document import Scenario
from storesim.scenario.fields import every_setting
from storesim.scenario.load import read_scenario
from storesim.scenario.table import sku_table
from storesim.scenario.text import parsed

ROOT = Path(__file__).resolve().parents[2]
GOOD_FILE = ROOT / "tests" / "bad_scenarios" / "parts" / "good.yaml"
GOOD = GOOD_FILE.read_text(encoding="utf-8")
PLAN = (ROOT / "scenarios" / "elena_mileva.yaml").read_text(encoding="utf-8")
LONGEST_S = 2.0
"""CPU seconds: no text of this size may take longer."""

MEAN = [
    "{", "}", "[", "]", ":", ": ", "：", ",", "，", "-", "- ", "#", "&a ", "*a", "!", "!!int ", "|", ">", "'", '"', "?",
    "%", "@", "`", "\t", "\n", "\r", "\x00", "\x07", "\ufeff", "\u2028", "\u3000", "\ud7ff", "~", "<<: ", "---", "...",
    "null", ".nan", "1e400", "-1", "9" * 400, "万", "%", "折", "+", "$", "\\", "“", "0x10", "2027-02-30",
]  # fmt: skip
PATHS = sorted(
    {f"{path}.{setting.name}".lstrip(".").replace("<name>", "express") for path, setting in every_setting(Scenario)}
)
VALUES = st.one_of(
    st.sampled_from(MEAN),
    st.text(max_size=12),
    st.integers(min_value=-(10**30), max_value=10**30).map(str),
    st.floats().map(str),
    st.lists(st.sampled_from(["1", "3%", "a", "[", "null"]), max_size=5).map(lambda items: f"[{', '.join(items)}]"),
    st.sampled_from(["{}", "{a: 1}", "{express: {bid: 2}}", "{2027: {gmv: 5}}", "[{sku: A, price: 1, cost: 0}]"]),
)
few = settings(
    max_examples=120, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@st.composite
def mutated(draw: st.DrawFn, text: str) -> str:
    """`text` with a few pieces cut out, doubled, moved or written over."""
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(text)))
        until = min(len(text), at + draw(st.integers(0, 12)))
        piece = draw(st.one_of(st.just(""), st.sampled_from(MEAN), st.just(text[at:until] * 2), st.text(max_size=3)))
        text = text[:at] + piece + text[until:]
    return text


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "s.yaml"


@few
@given(text=mutated(GOOD))
def test_a_scenario_with_random_slips_is_read_or_refused_in_words(text: str, file: Path) -> None:
    file.write_bytes(text.encode("utf-8", "surrogatepass"))

    _read(file)


@settings(few, max_examples=25)
@given(text=mutated(PLAN))
def test_the_shipped_plan_with_random_slips_is_read_or_refused_in_words(text: str, file: Path) -> None:
    (file.with_name("elena_mileva_skus.csv")).write_bytes((ROOT / "scenarios" / "elena_mileva_skus.csv").read_bytes())
    file.write_bytes(text.encode("utf-8", "surrogatepass"))

    _read(file)


@few
@given(data=st.binary(max_size=200))
def test_random_bytes_are_refused_in_words(data: bytes, file: Path) -> None:
    file.write_bytes(data)

    with pytest.raises(ScenarioError) as wrong:
        read_scenario(file)

    assert all(fault.message for fault in wrong.value.faults)


@few
@given(text=st.text(alphabet=st.sampled_from([*"ab:{}[],-#&*!|>'\"?%@ \n\t0~"]), max_size=60))
def test_random_signs_of_yaml_make_a_tree_or_faults(text: str) -> None:
    started = time.process_time()

    root, faults = parsed(text, "s.yaml")

    assert root is not None or faults
    assert all(fault.line >= 1 and fault.column >= 1 for fault in faults)
    assert time.process_time() - started < LONGEST_S


@settings(few, max_examples=250)
@given(path=st.sampled_from(PATHS), value=VALUES)
def test_any_value_at_any_path_is_taken_or_refused_in_words(path: str, value: str) -> None:
    faults = _faults(lambda: read_scenario(GOOD_FILE, [f"{path}={value}"]))

    assert all(str(fault).startswith("--set ") and fault.message for fault in faults)


@settings(few, max_examples=150)
@given(
    path=st.one_of(st.sampled_from(PATHS), st.text(max_size=20)),
    value=st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.binary(max_size=3),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
        max_leaves=6,
    ),
)
def test_any_python_value_at_any_path_is_taken_or_refused_in_words(path: str, value: object) -> None:
    good = read_scenario(GOOD_FILE)

    faults = _faults(lambda: good.with_({path: value}))

    assert all(fault.file == "with_" and fault.message for fault in faults)


@few
@given(text=mutated('sku,name,price,cost\nA1,连衣裙,399,140\nA2,"衬,衫",199,60\n'))
def test_a_table_with_random_slips_gives_rows_or_faults_with_places(text: str, file: Path) -> None:
    faults: list[Fault] = []

    rows = sku_table(text, "skus.csv", faults)

    assert rows.items or faults
    file.with_name("skus.csv").write_bytes(text.encode("utf-8", "surrogatepass"))
    file.write_text(GOOD.partition("catalogue:")[0] + "catalogue: {file: skus.csv}\n", encoding="utf-8")
    _read(file)


def _read(path: Path) -> None:
    longest = len(path.read_bytes().splitlines()) + 500  # a fault may stand in a preset, which is longer

    for fault in _faults(lambda: read_scenario(path)):
        assert fault.message
        assert 0 <= fault.line <= longest
        assert "Error" not in fault.message.partition(":")[0]


def _faults(read: Callable[[], Scenario]) -> tuple[Fault, ...]:
    """Every fault of a reading, none if there is a scenario; anything else it raises fails the test."""
    started = time.process_time()
    try:
        made: Scenario | None = read()
        faults: tuple[Fault, ...] = ()
    except ScenarioError as wrong:
        made, faults = None, wrong.faults
    assert (made is None) == (faults != ())
    assert time.process_time() - started < LONGEST_S
    return faults
