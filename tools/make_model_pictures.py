"""Draw the picture of each page in `docs/model`: `python tools/make_model_pictures.py [NAME …]`.

Each is made by the simulator itself, with the seed 2024: nothing is sketched. Equal bytes for equal code. What a
picture shows is written once, in its page, in italics under it.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from model_pictures import channels, customers, operations
from model_pictures.drawn import WIDTH

from storesim.report.svg import drawing, to_svg

ROOT = Path(__file__).resolve().parents[1]
PAGES, FOLDER = ROOT / "docs" / "model", ROOT / "docs" / "pictures" / "model"
HEIGHT = 2.3
PICTURES: Mapping[str, Callable[[Figure], Any]] = {
    picture.__name__: picture
    for room in (channels, customers, operations)
    for picture in vars(room).values()
    if getattr(picture, "__module__", "") == room.__name__ and not picture.__name__.startswith("_")
}
"""By the page it stands on."""


def shown(name: str) -> str:
    """What the picture of a page shows, as the page says it."""
    page = (PAGES / f"{name}.md").read_text(encoding="utf-8")
    found = re.search(rf"\(\.\./pictures/model/{name}\.svg\)\n\n\*(.+?)\*\n\n", page, re.DOTALL)
    if found is None:
        raise SystemExit(f"docs/model/{name}.md has no picture with a text in italics under it")
    return " ".join(found[1].split())


def picture(name: str) -> str:
    """The picture of a page, as a file of SVG."""
    with drawing(WIDTH, HEIGHT) as figure, np.errstate(invalid="ignore", divide="ignore"):
        PICTURES[name](figure)
        svg = to_svg(figure, name, shown(name))
    return svg.replace(">", '><rect width="100%" height="100%" fill="#ffffff"/>', 1) + "\n"


def main() -> None:
    """Write the pictures named, or all."""
    for name in sys.argv[1:] or PICTURES:
        (FOLDER / f"{name}.svg").write_text(picture(name), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
