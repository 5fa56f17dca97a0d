"""The page in a real browser: it opens, its script runs under its own policy, nothing overflows, it prints on A4."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import dataclass
from html import unescape
from pathlib import Path

import numpy as np
import pytest

from tests.report import browser
from tests.report.pages import HOSTILE, page, taken

pytestmark = pytest.mark.skipif(browser.BROWSER is None, reason="no Chromium or Chrome: no report was opened in it")
A4 = (595.0, 842.0)
ASKING = """
<script>
addEventListener("load", () => {
  const root = document.documentElement, seen = [];
  for (const box of document.querySelectorAll("main *, header *, nav")) {
    if (box.closest("svg, .scroll, nav ol, details")) continue;
    const place = box.getBoundingClientRect();
    if (place.right > root.clientWidth + 1) seen.push(box.tagName + " " + (box.id || box.className));
  }
  const words = [...document.querySelectorAll("svg text")].filter((word) => {
    const place = word.getBoundingClientRect(), frame = word.ownerSVGElement.getBoundingClientRect();
    return place.left < frame.left - 1 || place.right > frame.right + 1;
  }).map((word) => word.textContent);
  const meets = (a, b) => a.left < b.right - 2 && b.left < a.right - 2 && a.top < b.bottom - 4 && b.top < a.bottom - 4;
  const pairs = [];
  for (const svg of document.querySelectorAll("svg")) {
    const places = [...svg.querySelectorAll("text")].map((word) => [word.textContent, word.getBoundingClientRect()]);
    places.forEach(([one, a], i) => places.slice(i + 1).forEach(([two, b]) => {
      if (meets(a, b)) pairs.push(one + " | " + two);
    }));
  }
  root.dataset.found = JSON.stringify({ wide: seen, cut: words, pairs, sideways: root.scrollWidth - root.clientWidth,
    buttons: document.querySelectorAll("th button").length, hit: window.hit === undefined });
});
</script>
"""


@pytest.fixture(scope="module", params=["zh", "en"])
def opened(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    folder = tmp_path_factory.mktemp("page")
    file = folder / "report.html"
    file.write_text(page(request.param), encoding="utf-8")
    return request.param, file


@dataclass(frozen=True)
class Seen:
    """What one opening of the page gave."""

    shot: Path
    printed: Path
    shown: str
    """The document after the page's own script."""


@pytest.fixture(scope="module")
def seen(opened: tuple[str, Path]) -> Seen:
    """The page on a screen of 1,000 by 1,000, and printed."""
    file = opened[1]
    shot, printed = file.with_name("shot.png"), file.with_name("report.pdf")
    shown = browser.browse(
        file, file.parent / "profile", "--window-size=1000,1000", f"--screenshot={shot}", "--no-pdf-header-footer",
        f"--print-to-pdf={printed}", "--dump-dom",
    )  # fmt: skip
    return Seen(shot, printed, shown)


def measured(file: Path, width: int) -> str:
    """What a second script, let in beside the page's own, finds when the page is laid out at that width."""
    text = file.read_text(encoding="utf-8")
    asking = file.with_name(f"asking{width}.html")
    open_policy = re.sub(r"script-src [^;]*;", "script-src 'unsafe-inline';", text, count=1)
    asking.write_text(open_policy.replace("</body>", ASKING + "</body>"), encoding="utf-8")
    shown = browser.browse(asking, file.parent / f"profile{width}", f"--window-size={width},3000", "--dump-dom")
    found = re.search(r'data-found="([^"]*)"', shown)
    assert found is not None
    return unescape(found[1])


def test_the_page_opens_and_is_not_blank(seen: Seen) -> None:
    picture = browser.pixels(seen.shot)

    assert picture.shape == (1000, 1000, 3)
    inked = (picture < 0.96).any(axis=2)
    assert 0.02 < inked.mean() < 0.6
    assert inked.any(axis=1).reshape(10, -1).any(axis=1).all()
    assert len(np.unique(picture.reshape(-1, 3), axis=0)) > 50


def test_the_page_runs_its_own_script_under_its_own_policy(opened: tuple[str, Path], seen: Seen) -> None:
    lang, _ = opened

    assert seen.shown.count('aria-live="polite"') == 1
    assert "<button>" in seen.shown
    assert taken(lang).row("asked", {"zh": "2027年", "en": "2027"}[lang])[1] in seen.shown


@pytest.mark.parametrize("width", [1200, 600])
def test_nothing_is_cut_off_and_no_words_of_a_picture_meet(opened: tuple[str, Path], width: int) -> None:
    _, file = opened

    found = measured(file, width)

    for key in ("wide", "cut", "pairs"):
        assert f'"{key}":[]' in found, found
    assert '"sideways":0' in found


def test_the_page_prints_on_a4(seen: Seen) -> None:
    sizes = browser.pdf_pages(seen.printed.read_bytes())

    assert 5 <= len(sizes) <= 25
    assert all(size == pytest.approx(A4, abs=1.0) for size in sizes)


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="no pdftotext (of poppler): no printed page was read")
def test_the_printed_pages_hold_every_table_within_their_margins(opened: tuple[str, Path], seen: Seen) -> None:
    if opened[0] == "zh" and not _chinese_is_written_here():
        pytest.skip("no Chinese font: what was printed in Chinese cannot be read")
    tables = taken(opened[0]).tables

    boxes = subprocess.run(
        ["pdftotext", "-bbox", str(seen.printed), "-"], check=True, capture_output=True, text=True, encoding="utf-8"
    ).stdout

    words = re.findall(r'<word xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">([^<]*)<', boxes)
    assert min(float(word[0]) for word in words) > 20.0
    assert max(float(word[2]) for word in words) < A4[0] - 20.0
    assert max(float(word[3]) for word in words) < A4[1] - 10.0
    said = "".join(unescape(word[4]) for word in words)
    for key in ("asked", "quarter_goals", "month_goals", "channel_goals", "ads", "money"):
        # Heads may stand on two lines, beside one another.
        for row in tables[key][2:]:
            assert all("".join(cell.split()) in said for cell in row), (key, row)
    # What is folded on the screen is printed in full.
    for group in ("operations.", "market."):
        folded = sum(row[0].startswith(group) for row in tables["settings_default"])
        assert said.count(group) >= folded > 3


def _chinese_is_written_here() -> bool:
    """Whether a font for it is there, or nobody knows."""
    if shutil.which("fc-list") is None:
        return True
    fonts = subprocess.run(["fc-list", ":lang=zh"], check=True, capture_output=True, text=True, encoding="utf-8")
    return bool(fonts.stdout.strip())


def test_a_hostile_name_runs_nothing(tmp_path: Path) -> None:
    file = tmp_path / "hostile.html"
    file.write_text(page("en", HOSTILE.replace("alert(1)", "hit=1")), encoding="utf-8")

    assert '"hit":true' in measured(file, 1200)
