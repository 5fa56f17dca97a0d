"""The pages of the model speak of settings and files that exist, and leave none out."""

from __future__ import annotations

import re
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from storesim.model.finance import Day
from storesim.scenario.document import Scenario
from storesim.scenario.fields import every_setting, group_class, is_list, is_named, item_kind
from storesim.scenario.playbook import ALLOWED

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))
try:
    from make_model_pages import FOLDER, listed, pages, setting_at
    from make_model_pictures import PICTURES, shown
finally:
    sys.path.pop(0)

PAGES = sorted(FOLDER.glob("*.md"))
PARTS = ("**In short.**", "## Equations", "## Settings", "## Where the numbers come from", "## Left out", "**Code:**")
GROUPS = "|".join(("store", "market", "channels", "catalogue", "operations", "events", "stages"))
PATH = re.compile(rf"`((?:{GROUPS})\.[a-z_0-9.]+[a-z_0-9])`")
FILE = re.compile(r"`((?:model|engine|tests)/[a-z_/]+\.py)`")
LINK = re.compile(r"\]\((?!https?:)([^)#]+)")
CHANNEL_OF = {
    "Organic": "search", "PayPerClick": "express", "Placement": "direct_placement", "Returning": "returning",
    "Keywords": "express", "Phrase": "express", "Broad": "express", "Crowd": "express", "Device": "express",
    "Display": "display", "Booking": "display", "PayPerSale": "affiliate",
    "Slots": "flash_sale", "Slot": "flash_sale", "Entry": "flash_sale", "Burst": "social", "Campaign": "social",
    "Offsite": "vipshop",
    "Single": "single", "Bundle": "bundle", "Gift": "gift", "SpendAndSave": "spend_and_save",
    "SpendAndGet": "spend_and_get", "SaveAndGet": "save_and_get", "MultiBuy": "multi_buy", "Presale": "presale",
    "Coupon": "coupon",
}  # fmt: skip
NO_MECHANISM = {
    "store.name", "store.category", "store.opened", "horizon", "catalogue.file",
    "catalogue.skus.name", "catalogue.skus.category", "catalogue.skus.material", "catalogue.skus.sku", "events.name",
}  # fmt: skip
"""Labels, dates and files: they move no count by a mechanism of their own."""


def _text(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def _all_paths() -> set[str]:
    found = set()
    for group, setting in every_setting(Scenario):
        kind = setting.info.annotation
        inner = item_kind(kind) if is_named(kind) or is_list(kind) else kind
        if (
            group_class(inner)
            or setting.name in ("mechanism", "kind", "channels", "promotions", "targets", "uncertain")
            or group.startswith("targets")
        ):
            continue
        channel = CHANNEL_OF.get(setting.owner.__name__, "<name>")
        path = re.sub(r"(keywords|crowds|devices|staff)\.<name>", r"\1", f"{group}.{setting.name}".lstrip("."))
        if "<name>" in path and channel == "<name>":
            channel = "search"
        found.add(re.sub(r"stages\.(launch|stable)", "stages.growth", path.replace("<name>", channel)))
    return found - NO_MECHANISM


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_setting_named_on_a_page_exists(page: Path) -> None:
    unknown = []
    for path in PATH.findall(_text(page)):
        try:
            setting_at(path)
        except KeyError:
            unknown.append(path)

    assert unknown == []


def test_the_tables_say_what_the_classes_say() -> None:
    behind = [path.name for path, text in pages().items() if text != _text(path)]

    assert behind == [], "run `python tools/make_model_pages.py`"


def test_every_setting_with_a_mechanism_stands_in_a_table() -> None:
    standing = {path for page in PAGES for path in listed(_text(page))}

    assert sorted(_all_paths() - standing) == []


def test_every_file_of_model_and_engine_has_its_page() -> None:
    spoken_of = {name for page in PAGES for name in FILE.findall(_text(page))}
    files = {
        f"{room}/{path.name}"
        for room in ("model", "engine")
        for path in (ROOT / "src" / "storesim" / room).glob("*.py")
        if path.name != "__init__.py"
    }

    assert sorted(files - spoken_of) == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_file_and_link_of_a_page_leads_somewhere(page: Path) -> None:
    text = _text(page)
    roots = {"model": ROOT / "src" / "storesim", "engine": ROOT / "src" / "storesim", "tests": ROOT}

    missing = [name for name in FILE.findall(text) if not (roots[name.split("/")[0]] / name).exists()]
    dead = [link for link in LINK.findall(text) if not (page.parent / link).exists()]

    assert (missing, dead) == ([], [])


@pytest.mark.parametrize("page", [page for page in PAGES if page.stem != "README"], ids=lambda page: page.stem)
def test_every_page_has_all_its_parts_and_a_line_in_the_index(page: Path) -> None:
    text = _text(page)

    assert [part for part in PARTS if part not in text] == []
    assert f"]({page.name})" in _text(FOLDER / "README.md")


def test_every_page_has_a_picture_that_says_what_it_shows() -> None:
    names = {page.stem for page in PAGES} - {"README"}

    assert set(PICTURES) == names
    for name in names:
        picture = ET.fromstring((FOLDER.parent / "pictures" / "model" / f"{name}.svg").read_text(encoding="utf-8"))  # noqa: S314  # our own file
        assert picture.attrib["aria-label"] == shown(name), "run `python tools/make_model_pictures.py`"


def test_a_setting_that_does_not_exist_is_refused() -> None:
    for wrong in ("market.seasons", "channels.express.keywords.bids", "operations.stock.lot.days", "channels.shop.bid"):
        with pytest.raises(KeyError):
            setting_at(wrong)
    assert setting_at("operations.stock") is None


def test_the_page_of_settings_says_what_each_means() -> None:
    page = (ROOT / "docs" / "scenario.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([^|`]+)` \| [^|]+ \| (.*) \|$", page, re.MULTILINE)

    # What a mechanism is stands over its table.
    assert [name for name, meaning in rows if not meaning.strip() and name not in ("mechanism", "kind")] == []
    assert len(rows) > 150


def test_the_page_of_stages_names_every_lever_of_a_playbook() -> None:
    page = _text(FOLDER / "stages.md")

    assert [lever for lever in ALLOWED if lever.removesuffix(".*") not in page] == []


def test_the_page_of_money_names_every_cost_the_books_have() -> None:
    """Every amount of `finance.Day` that is earned or paid stands in the equation of the page."""
    profit = _text(FOLDER / "money.md").partition("    profit = ")[2].partition("\n\n")[0]
    called = {
        "goods_cost": "cost of goods sold", "transaction_fee": "transaction fee", "write_offs": "write-offs",
        "bean_cost": "京豆",
    }  # fmt: skip
    elsewhere = {"purchases", "profit", "cash_in", "cash_out", "borrowed", "people", "ruin"}

    costs = [called.get(name, name) for name in Day._fields if name not in elsewhere]
    assert [cost for cost in costs if cost not in profit] == []
    assert "ad spend" in profit
    assert "members' coupons" in profit
