"""An edited workbook becomes a scenario that simulates what was typed; broken cells are told by address."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path

import openpyxl
import pytest

from storesim.cli.main import main
from storesim.errors import ScenarioError
from storesim.plan.break_down import break_down
from storesim.report.kept import YellowCell
from storesim.scenario.document import Scenario
from storesim.scenario.load import read_scenario
from storesim.study.run import run
from storesim.study.workbook import read_workbook

SHIPPED = Path(__file__).parents[2] / "scenarios" / "small_store.yaml"


def store() -> Scenario:
    """The small store, with the same sale in two years, and more for Express from March on while it launches."""
    sales = [{"name": "3.8", "from": f"{year}-03-06", "to": f"{year}-03-08"} for year in (2027, 2028)]
    change = {"from": "2027-03-01", "stage": "launch", "playbook": {"channels.express.daily_budget": 50.0}}
    return read_scenario(SHIPPED, ("horizon=70d",)).with_({"events": sales, "changes": [change]})


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The workbook of a small plan."""
    folder = tmp_path_factory.mktemp("planned")
    found = run(store(), 4, executor="serial", output=folder)
    assert found.folder is not None
    return found.folder / "plan.xlsx"


def edited(plan: Path, to: Path, cells: Mapping[str, object]) -> Path:
    book = openpyxl.load_workbook(plan)
    for name, value in cells.items():
        sheet, address = next(iter(book.defined_names[name].destinations))
        book[sheet][address.replace("$", "")].value = value
    book.save(to)
    return to


def test_a_workbook_nobody_touched_gives_the_scenario_it_was_made_from(plan: Path) -> None:
    found = read_workbook(plan)

    assert found.changes == ()
    assert found.scenario.fingerprint == store().fingerprint


def test_the_calendar_lists_the_sales_of_the_year_that_is_planned(plan: Path) -> None:
    page = openpyxl.load_workbook(plan)["Calendar"]

    names = [row[0] for row in page.iter_rows(values_only=True) if row[0] == "3.8"]

    assert names == ["3.8"]


def test_settings_and_the_target_that_were_typed_are_those_of_the_scenario(plan: Path, tmp_path: Path) -> None:
    rows = {row.label: row.name for row in _settable(plan)}
    file = edited(
        plan,
        tmp_path / "mine.xlsx",
        {"annual_target": "1.5万", rows["channels.express.daily_budget"]: 66, rows["catalogue.discount"]: "95折"},
    )

    found = read_workbook(file)

    assert found.scenario.targets["2027"].gmv == 15_000.0
    assert found.scenario.channels["express"].daily_budget == 66.0
    assert found.scenario.catalogue.discount == pytest.approx(0.05)
    assert [change.after for change in found.changes] == pytest.approx([15_000.0, 0.05, 66.0])
    assert [change.shown(change.after) for change in found.changes] == ["15,000", "5%", "66"]


def test_months_that_were_typed_make_the_sheet_the_workbook_calculates(plan: Path, tmp_path: Path) -> None:
    target = read_workbook(edited(plan, tmp_path / "mine.xlsx", {"inputs_cvr_2027_03": 0.02})).scenario.targets["2027"]

    goals = break_down(None, {"2027": target})

    assert target.is_sheet
    assert target.cvr is not None
    assert target.cvr[2] == 0.02
    march = goals.value("2027-03", "gmv")
    assert goals.value("2027-03", "uv") == pytest.approx(march / (0.02 * target.aov[2]), abs=1)  # type: ignore[index]
    assert goals.value("2027", "gmv") == target.gmv


def test_every_broken_cell_is_told_with_its_address_at_once(plan: Path, tmp_path: Path) -> None:
    rows = {row.label: row.name for row in _settable(plan)}
    broken = {
        "annual_target": "viel",
        "inputs_cvr_2027_03": None,
        rows["channels.express.bid"]: -1,
        "channels_cvr_2027Q1_c0": 0.5,
    }

    with pytest.raises(ScenarioError) as caught:
        read_workbook(edited(plan, tmp_path / "mine.xlsx", broken))

    told = str(caught.value)
    assert "is 'viel'; a number of 0 or more is wanted, such as 10,000" in told
    assert "is empty, or a formula whose value was not kept" in told
    assert "(channels.express.bid) is '-1'" in told
    assert "cannot be simulated. Put it back" in told
    assert len(caught.value.faults) == 4


def test_a_value_no_scenario_allows_is_told_in_the_words_of_scenarios(plan: Path, tmp_path: Path) -> None:
    rows = {row.label: row.name for row in _settable(plan)}

    with pytest.raises(ScenarioError, match=r"catalogue\.discount"):
        read_workbook(edited(plan, tmp_path / "mine.xlsx", {rows["catalogue.discount"]: 3}))


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda path: path.write_text("no workbook"), "is not an Excel workbook"),
        (lambda path: path.parent, "there is no such file"),
        (lambda path: openpyxl.Workbook().save(path), "has no hidden sheet 'storesim'"),
    ],
)
def test_what_is_no_workbook_of_storesim_is_refused(make: object, words: str, tmp_path: Path) -> None:
    make(tmp_path / "mine.xlsx")  # type: ignore[operator]

    with pytest.raises(ScenarioError, match=words):
        read_workbook(tmp_path / "mine.xlsx")


def test_the_command_writes_a_scenario_that_can_be_read_and_says_what_changed(
    plan: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = edited(plan, tmp_path / "mine.xlsx", {"annual_target": 12_345})

    status = main(["import", str(file), "-o", str(tmp_path / "mine.yaml"), "--lang", "en"])

    assert status == 0
    assert "12,345" in capsys.readouterr().out
    assert read_scenario(tmp_path / "mine.yaml").targets["2027"].gmv == 12_345


def test_a_broken_workbook_leaves_no_scenario(plan: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = edited(plan, tmp_path / "mine.xlsx", {"annual_target": "=1/0"})

    status = main(["import", str(file), "-o", str(tmp_path / "mine.yaml"), "--lang", "zh"])

    assert status == 3
    assert "没有保存计算值的公式" in capsys.readouterr().err
    assert not (tmp_path / "mine.yaml").exists()


def test_dated_changes_and_price_cuts_of_sales_stand_in_yellow_and_come_back(plan: Path, tmp_path: Path) -> None:
    cells = {cell.key.partition(".")[0]: cell.name for cell in _yellow(plan)}
    typed = {cells["changes"]: 75, "calendar_discount_e0": "9折"}

    found = read_workbook(edited(plan, tmp_path / "mine.xlsx", typed))

    assert found.scenario.changes[0].playbook["channels.express.daily_budget"] == 75
    assert [event.discount for event in found.scenario.events] == pytest.approx([0.1, 0.0])
    assert [change.shown(change.after) for change in found.changes] == ["10%", "75"]


@pytest.mark.parametrize("spelt", [dt.date(2027, 2, 27), "2027-02-27", "2027年2月27日", 46445])
def test_a_sale_may_be_moved_to_other_days(plan: Path, tmp_path: Path, spelt: object) -> None:
    assert dt.date(1899, 12, 30) + dt.timedelta(days=46445) == dt.date(2027, 2, 27)
    file = edited(plan, tmp_path / "mine.xlsx", {"calendar_first_e0": spelt, "calendar_last_e0": dt.date(2027, 3, 2)})

    found = read_workbook(file)

    assert [(event.first, event.last) for event in found.scenario.events] == [
        (dt.date(2027, 2, 27), dt.date(2027, 3, 2)),
        (dt.date(2028, 3, 6), dt.date(2028, 3, 8)),
    ]
    assert [change.shown(change.after) for change in found.changes] == ["2027-02-27", "2027-03-02"]


def test_days_stand_in_the_calendar_as_dates(plan: Path) -> None:
    book = openpyxl.load_workbook(plan)

    sheet, address = next(iter(book.defined_names["calendar_first_e0"].destinations))

    assert book[sheet][address.replace("$", "")].value == dt.datetime(2027, 3, 6)


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"first": "soon"}, r"Calendar!B\d+ \(3\.8 From\) is 'soon'; a day from 2000-01-01 to 2199-12-31 is wanted"),
        ({"first": 618}, r"\(3\.8 From\) is '1901-09-09 00:00:00'; a day from"),
        ({"first": 20270618}, r"\(3\.8 From\) is '#VALUE!'; a day from"),
        ({"last": "2027-02-30"}, r"Calendar!C\d+ \(3\.8 To\) is '2027-02-30'; a day from"),
        (
            {"last": None},
            r"\(3\.8 To\) is empty, or a formula whose value was not kept; a day from .* such as 2027-03-08",
        ),
        ({"last": "2027-03-05"}, r"Calendar!C\d+ \(3\.8 To\) is 2027-03-05; the sale begins on 2027-03-06"),
        ({"first": "2027-03-09"}, r"Calendar!B\d+ \(3\.8 From\) is 2027-03-09; the sale ends on 2027-03-08"),
        ({"first": "2027-05-09", "last": "2027-05-01"}, r"\(3\.8 To\) is 2027-05-01; the sale begins on 2027-05-09"),
        (
            {"first": "2027-02-06", "last": "2027-02-08"},
            r"Calendar!C\d+ \(3\.8 To\) is 2027-02-08; the store opens on 2027-03-01: a sale that ends before it",
        ),
        (
            {"first": "2028-03-08", "last": "2028-03-10"},
            r"Calendar!C\d+ \(3\.8 To\) is 2028-03-10; on these days '3\.8' is on already, from 2028-03-06",
        ),
        ({"last": "2028-01-05"}, r"Calendar!C\d+ \(3\.8 To\) is 2028-01-05; the sale would last 306 days, and 92 are"),
        ({"discount": 1.5}, r"Calendar!\w+ \(3\.8 .*\) is 150%; a price cut of at most 100% is wanted"),
    ],
)
def test_a_sale_that_cannot_be_meant_is_told_by_its_cell(
    plan: Path, tmp_path: Path, typed: Mapping[str, object], told: str
) -> None:
    cells = {f"calendar_{end}_e0": value for end, value in typed.items()}

    with pytest.raises(ScenarioError, match=told):
        read_workbook(edited(plan, tmp_path / "mine.xlsx", cells))


def _settable(plan: Path) -> list[YellowCell]:
    return [cell for cell in _yellow(plan) if cell.key.startswith("settable") and cell.key.endswith(".store")]


def _yellow(plan: Path) -> list[YellowCell]:
    from storesim.study.workbook import _kept

    return _kept(plan, openpyxl.load_workbook(plan))[1]
