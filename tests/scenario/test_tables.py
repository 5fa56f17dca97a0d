"""The SKU table: a CSV file named in the scenario, with the place of every bad cell."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from storesim.scenario.document import Scenario
from storesim.scenario.load import read_scenario_with_origins
from tests.scenario.conftest import Write, messages

Read = Callable[..., Scenario]
NAMED = "extends: good.yaml\ncatalogue: {file: skus.csv}\n"


@pytest.mark.parametrize(
    "table",
    [
        "sku,name,role,price,cost\nA1,连衣裙,hero,399,140\nB2,衬衫,profit,199,60\n",
        "sku;name;role;price;cost\nA1;连衣裙;hero;399;140\nB2;衬衫;profit;199;60\n",
        "sku\tname\trole\tprice\tcost\nA1\t连衣裙\thero\t399\t140\nB2\t衬衫\tprofit\t199\t60\n",
        "编码,品名,角色,售价,采购价\nA1,连衣裙,主推款,¥399,140元\nB2,衬衫,利润款,１９９,60\n",
        "\ufeff货号,商品名称,款型,京东价,成本\r\nA1,连衣裙,hero,399,140\r\n\r\nB2,衬衫,profit,199,60\r\n",
        'SKU,Name,Role,Price,Cost\n"A1","连衣裙","hero","399","140"\nB2, 衬衫 ,profit , 199,60\n,,,,\n',
    ],
)
def test_a_table_is_read_as_planners_save_it(write: Write, read: Read, table: str) -> None:
    write("skus.csv", table)

    skus = read(NAMED).catalogue.skus

    assert [(sku.sku, sku.name, sku.role, sku.price, sku.cost) for sku in skus] == [
        ("A1", "连衣裙", "hero", 399.0, 140.0),
        ("B2", "衬衫", "profit", 199.0, 60.0),
    ]


def test_quoted_cells_may_hold_commas_and_quotation_marks(write: Write, read: Read) -> None:
    write("skus.csv", 'sku,name,price,cost\nA1,"衬衫, ""白""","1,299",60\n')

    (sku,) = read(NAMED).catalogue.skus

    assert (sku.name, sku.price) == ('衬衫, "白"', 1299.0)


def test_empty_cells_and_columns_take_the_default(write: Write, read: Read) -> None:
    write("skus.csv", "sku,price,cost,popularity,,stock\nA1,399,140,,,\n")

    (sku,) = read(NAMED).catalogue.skus

    assert (sku.popularity, sku.stock) == (1.0, None)


def test_a_table_and_a_list_give_the_same_scenario(write: Write, read: Read, good: Scenario) -> None:
    write("skus.csv", "sku,name,role,price,cost\nA1,连衣裙,hero,399,140\nA2,衬衫,profit,199,60\n")

    assert read(NAMED).fingerprint == good.fingerprint


def test_a_table_is_sought_beside_the_file_that_names_it(write: Write, read: Read) -> None:
    write("deep/skus.csv", "sku,price,cost\nZ9,1,0\n")
    write("deep/base.yaml", "extends: ../good.yaml\ncatalogue: {file: skus.csv}\n")

    assert [sku.sku for sku in read("extends: deep/base.yaml\n").catalogue.skus] == ["Z9"]


def test_a_list_in_the_child_replaces_the_table_of_the_parent(write: Write, read: Read) -> None:
    write("skus.csv", "sku,price,cost\nZ9,1,0\n")
    write("base.yaml", NAMED)

    made = read("extends: base.yaml\ncatalogue: {skus: [{sku: Y1, price: 5, cost: 1}]}\n")

    assert [sku.sku for sku in made.catalogue.skus] == ["Y1"]


def test_an_origin_names_the_cell_of_the_table(write: Write, tmp_path: Path) -> None:
    write("skus.csv", "sku,name,price,cost\nA1,连衣裙,399,140\n")

    _, origins = read_scenario_with_origins(write("s.yaml", NAMED))

    assert origins["catalogue.skus.0.price"] == f"{tmp_path / 'skus.csv'}:2:8"


def test_every_bad_cell_is_reported_at_its_line_and_column(write: Write, read: Read) -> None:
    write(
        "skus.csv",
        "sku,name,price,cost,role\n"
        "A1,连衣裙,cheap,140,hero\n"
        '"A 2","a,b",-5,14d,star\n'
        "A1,衬衫,199,60,profit,7\n"
        ",裙,1,1,hero\n",
    )

    found = messages(lambda: read(NAMED))

    assert [message.split(": ")[0] for message in found] == [
        "skus.csv:2:8",  # cheap
        "skus.csv:3:13",  # -5
        "skus.csv:3:16",  # 14d
        "skus.csv:3:20",  # star
        "skus.csv:4:1",  # A1 again
        "skus.csv:4:21",  # a sixth cell
        "skus.csv:5:1",  # no code
    ]


def test_a_misspelt_heading_does_not_hide_the_cells_below_it(write: Write, read: Read) -> None:
    write("skus.csv", "sku,prise,cost\nA1,cheap,140\n")

    found = messages(lambda: read(NAMED))

    assert found[0] == "skus.csv:1:5: there is no SKU setting 'prise'; did you mean 'price'?"
    assert [message.split(": ")[0] for message in found] == ["skus.csv:1:5", "skus.csv:2:4"]


def test_a_heading_nobody_knows_is_not_followed_by_a_missing_setting_in_each_row(write: Write, read: Read) -> None:
    write("skus.csv", "sku,usual,cost\nA1,399,140\nA2,199,60\n")

    (message,) = messages(lambda: read(NAMED))

    assert message.startswith("skus.csv:1:5: there is no SKU setting 'usual'; allowed: sku, name,")


def test_two_columns_of_one_meaning_are_refused(write: Write, read: Read) -> None:
    write("skus.csv", "sku,price,售价,cost\nA1,1,2,0\n")

    (message,) = messages(lambda: read(NAMED))

    assert message == "skus.csv:1:11: two columns are called '售价' (price); keep one"


def test_a_table_without_a_word_says_what_its_first_row_holds(write: Write, read: Read) -> None:
    write("skus.csv", "\n\n")

    (message,) = messages(lambda: read(NAMED))

    assert message.startswith("skus.csv:1:1: the table is empty; its first row names the columns: sku, name,")


def test_what_else_is_wrong_is_told_beside_a_missing_table(read: Read) -> None:
    found = messages(lambda: read("extends: good.yaml\nhorizon: 0\ncatalogue: {file: sku.csv, discount: 200%}\n"))

    assert [message.split(": ")[0] for message in found] == ["s.yaml:2:10", "s.yaml:3:19", "s.yaml:3:38"]
