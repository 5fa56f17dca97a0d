"""Pages made once for all tests of reports, and a reader that takes one apart."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from html.parser import HTMLParser

from storesim.plan.break_down import break_down
from storesim.plan.goals import Goals
from storesim.report.build import build_report
from storesim.report.document import Report
from storesim.report.writers import html
from tests.report import made_up

HOSTILE = '=HYPERLINK("//evil")<script>alert(1)</script>&amp;\u202e$x_1$'


@cache
def planned() -> Goals:
    """The made-up runs, broken down for the scenario's target by the real break-down."""
    return break_down(made_up.outlook(made_up.ensemble()), made_up.scenario().targets)


@cache
def report(lang: str = "en", name: str = "ELENA MILEVA") -> Report:
    """The report of the made-up runs."""
    runs = made_up.ensemble()
    return build_report(made_up.scenario(name), runs, made_up.outlook(runs), planned(), lang=lang)


@cache
def page(lang: str = "en", name: str = "ELENA MILEVA") -> str:
    """That report as a page."""
    return html.write(report(lang, name)).decode()


@dataclass
class Taken(HTMLParser):
    """A page taken apart: elements with their attributes, words outside scripts and styles, tables by key."""

    elements: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    tables: dict[str, list[list[str]]] = field(default_factory=dict)
    raw: dict[str, list[str]] = field(default_factory=dict)
    """Contents of scripts and styles."""

    def __post_init__(self) -> None:
        super().__init__()
        self._inside = ""
        self._key = ""
        self._in_cell = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.elements.append((tag, given))
        if given.get("id", "").startswith("table-"):
            self._key = given["id"].removeprefix("table-")
            self.tables[self._key] = []
        if tag == "tr":
            self.tables[self._key].append([])
        if tag in ("td", "th"):
            self.tables[self._key][-1].append("")
        self._in_cell = tag in ("td", "th") or (self._in_cell and tag in ("b", "button"))
        self._inside = tag if tag in ("script", "style") else ""

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th"):
            self._in_cell = False
        self._inside = ""

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.raw.setdefault(self._inside, []).append(data)
            return
        self.words.append(data)
        if self._in_cell:
            self.tables[self._key][-1][-1] += data

    @property
    def text(self) -> str:
        """All words a reader sees."""
        return "".join(self.words)

    def row(self, table: str, first: str) -> list[str]:
        """The row of a table that begins with these words."""
        return next(row for row in self.tables[table] if row and row[0] == first)


@cache
def taken(lang: str = "en", name: str = "ELENA MILEVA") -> Taken:
    """The page, taken apart."""
    return take(page(lang, name))


def take(text: str) -> Taken:
    """A page taken apart."""
    parts = Taken()
    parts.feed(text)
    parts.close()
    return parts
