"""Every file of `tests/bad_scenarios/` holds one mistake, and beside it the message it must give.

A `.txt` may begin with `at: …`, the text that stands at the line and column the message names; it is looked up in
the file, so that a column is counted by this test and not copied from the program.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from storesim.errors import Fault, ScenarioError
from storesim.scenario.files import MOST_BYTES
from storesim.scenario.load import read_scenario

FOLDER = Path(__file__).resolve().parents[1] / "bad_scenarios"
NAMES = sorted(path.stem for path in FOLDER.glob("*.yaml"))
ADVICE = re.compile(
    r"; (?!found)|from 0 to|more than|did you mean|allowed|wanted|must|write|save|keep|name|delete|quote|is missing",
    re.IGNORECASE,
)


@contextmanager
def in_folder(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with monkeypatch.context() as moved:
        moved.chdir(folder)
        yield


def test_at_least_sixty_files_hold_one_mistake_each() -> None:
    assert len(NAMES) >= 60


def test_every_bad_scenario_has_its_message_and_every_message_its_scenario() -> None:
    messages = {path.stem for path in FOLDER.glob("*.txt")}

    assert messages == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_mistake_gives_exactly_its_message(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    _, wanted = _expected(name)

    with in_folder(FOLDER, monkeypatch), pytest.raises(ScenarioError) as wrong:
        read_scenario(f"{name}.yaml")

    assert str(wrong.value) == wanted


@pytest.mark.parametrize("name", [name for name in NAMES if (FOLDER / f"{name}.txt").read_bytes().startswith(b"at: ")])
def test_the_place_of_a_message_is_where_the_mistake_stands(name: str) -> None:
    at, wanted = _expected(name)
    file, line, column = wanted.split(":")[:3]

    text = (FOLDER / file).read_text(encoding="utf-8").split("\n")[int(line) - 1]

    assert text[int(column) - 1 :].startswith(at)


@pytest.mark.parametrize("name", NAMES)
def test_a_message_says_what_is_allowed_or_what_to_do(name: str) -> None:
    _, wanted = _expected(name)

    message = wanted.split(": ", 1)[1]

    assert ADVICE.search(message)
    assert len(message) <= 320


def test_the_scenario_behind_the_bad_ones_is_good() -> None:
    assert read_scenario(FOLDER / "parts" / "good.yaml").store.name == "Good Store"


def test_a_file_saved_as_gbk_is_named_as_such(tmp_path: Path) -> None:
    good = (FOLDER / "parts" / "good.yaml").read_text(encoding="utf-8")
    (tmp_path / "s.yaml").write_bytes(good.encode("gb18030"))

    (fault,) = _faults(tmp_path / "s.yaml")

    # The first Chinese letter is that of 80万.
    line = next(number for number, text in enumerate(good.splitlines(), 1) if "万" in text)
    assert (fault.line, fault.column) == (line, good.splitlines()[line - 1].index("万") + 1)
    assert "looks like GBK" in fault.message


def test_a_directory_instead_of_a_file_is_said_with_a_file_in_it(tmp_path: Path) -> None:
    (tmp_path / "plans").mkdir()
    (tmp_path / "plans" / "spring.yaml").write_text("store: {}", encoding="utf-8")

    (fault,) = _faults(tmp_path / "plans")

    assert str(fault) == f"{tmp_path / 'plans'}: this is a directory; name a file in it, such as spring.yaml"


def test_an_empty_directory_is_a_directory(tmp_path: Path) -> None:
    (fault,) = _faults(tmp_path)

    assert fault.message == "this is a directory; name a file in it"


def test_a_file_over_a_million_bytes_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "large.yaml"
    path.write_bytes(b"#" * (MOST_BYTES + 1))

    (fault,) = _faults(path)

    assert str(fault) == (
        f"{path}: the file has 1,000,001 bytes; at most 1,000,000 are read. "
        "Put long lists of SKUs in a CSV file, named by catalogue.file"
    )


def test_a_file_of_a_million_bytes_is_read(tmp_path: Path) -> None:
    good = (FOLDER / "parts" / "good.yaml").read_bytes()
    path = tmp_path / "large.yaml"
    path.write_bytes((good + (b"#" * 99 + b"\n") * 10_000)[:MOST_BYTES])

    assert read_scenario(path).store.name == "Good Store"


def test_a_missing_file_is_said_with_a_name_that_is_near(tmp_path: Path) -> None:
    (tmp_path / "elena_mileva.yaml").touch()

    (fault,) = _faults(tmp_path / "elena_mileba.yaml")

    assert fault.message == "there is no such file; did you mean 'elena_mileva.yaml'?"


def test_a_missing_directory_is_said(tmp_path: Path) -> None:
    (fault,) = _faults(tmp_path / "plans" / "a.yaml")

    assert fault.message == "there is no such file; its directory does not exist either"


def test_a_file_with_many_mistakes_reports_all_of_them_in_the_order_of_lines(tmp_path: Path) -> None:
    path = tmp_path / "many.yaml"
    path.write_text(
        "store: {name: X, opened: 2027-02-29}\n"
        "market: {searches_per_day: .nan, seson: [1, 0, 0, 0]}\n"
        "horizon: 30kg\n"
        "horizon: 30d\n"
        "channels:\n"
        "  express: {daily_buget: 300, bid: -1}\n"
        "  search: {bounce: 130%}\n"
        "catalogue:\n"
        "  skus:\n"
        "    - {sku: A, price: cheap, cost: 1}\n"
        "    - {sku: A, price: 0, cost: 1}\n"
        "stages: {growth: {playbook: {channels.expres.bid: 2}}}\n"
        "targets: {2027: {gmv: -5}}\n",
        encoding="utf-8",
    )

    faults = _faults(path)

    places = [(fault.line, fault.column) for fault in faults]
    assert places == sorted(places)
    # One for each mistake: a budget that is misspelt is not said to be missing as well.
    assert [(line, column) for line, column in places] == [
        (1, 26), (2, 28), (2, 34), (3, 10), (4, 1), (6, 13), (6, 36), (7, 20),
        (10, 23), (11, 13), (11, 23), (12, 30), (13, 23),
    ]  # fmt: skip


def test_mistakes_of_parent_child_and_table_come_together(tmp_path: Path) -> None:
    good = (FOLDER / "parts" / "good.yaml").read_text(encoding="utf-8")
    (tmp_path / "parent.yaml").write_text(good + "operations: {service: {agents: two}}\n", encoding="utf-8")
    (tmp_path / "skus.csv").write_text("sku,price,cost\nA1,99,much\n", encoding="utf-8")
    child = tmp_path / "child.yaml"
    child.write_text("extends: parent.yaml\nhorizon: 0\ncatalogue: {file: skus.csv}\n", encoding="utf-8")

    places = [(Path(fault.file).name, fault.line, fault.column) for fault in _faults(child)]

    lines = good.count("\n") + 1
    assert places == [("child.yaml", 2, 10), ("parent.yaml", lines, 32), ("skus.csv", 2, 7)]


def _expected(name: str) -> tuple[str, str]:
    """The text at the place, '' if it is not said, and the message."""
    text = (FOLDER / f"{name}.txt").read_text(encoding="utf-8").removesuffix("\n")
    first, _, rest = text.partition("\n")
    return (first.removeprefix("at: "), rest) if first.startswith("at: ") else ("", text)


def _faults(path: Path) -> tuple[Fault, ...]:
    with pytest.raises(ScenarioError) as wrong:
        read_scenario(path)
    return wrong.value.faults
