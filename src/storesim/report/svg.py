"""From a matplotlib figure to SVG that stands inside a page: text as text, no styles, no identifiers of its own.

A page that allows no inline style still shows these pictures, two pictures never share an identifier, the words take
the font of the page, and the same figure gives the same bytes on a machine with other fonts.
"""

from __future__ import annotations

import io
import re
import warnings
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from html import escape
from typing import TYPE_CHECKING, Any

from storesim.report.palette import FONT_STACK, INK, MUTED, RULE

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from matplotlib.figure import Figure

# No font is looked for beyond the one matplotlib carries, and names of stores and channels are never read as formulas.
_STYLE: Mapping[str, Any] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "storesim",
    "text.parse_math": False,
    "axes.unicode_minus": False,
    "axes.formatter.useoffset": False,
    "font.family": ["DejaVu Sans"],
    "font.size": 7.8,
    "axes.edgecolor": RULE,
    "axes.labelcolor": MUTED,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.spines.left": False,
    "axes.titlesize": 8,
    "axes.titlelocation": "left",
    "axes.titlecolor": INK,
    "axes.titleweight": "bold",
    "axes.titlepad": 5,
    "axes.axisbelow": True,
    "axes.grid": True,
    "axes.grid.axis": "y",
    "grid.color": "#e4e8ec",
    "grid.linewidth": 0.6,
    "text.color": INK,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "xtick.major.size": 2.5,
    "ytick.major.size": 0,
    "xtick.major.width": 0.6,
    "lines.linewidth": 1.5,
    "hatch.linewidth": 0.6,
    "path.simplify": True,
    "path.simplify_threshold": 0.1,
}
_KEPT = frozenset(["d", "x", "y", "width", "height", "transform", "points", "r", "cx", "cy", "patternUnits", "fill"])
_FROM_STYLE = frozenset(
    [
        "fill",
        "fill-opacity",
        "stroke",
        "stroke-width",
        "stroke-opacity",
        "stroke-dasharray",
        "stroke-dashoffset",
        "stroke-linecap",
        "stroke-linejoin",
        "opacity",
        "font-size",
        "font-weight",
        "font-style",
        "text-anchor",
    ]
)
_DROPPED = frozenset(("metadata", "style", "title"))
_POINTS = re.compile(r"url\(#([\w.-]+)\)")
_NUMBER = re.compile(r"-?\d+\.\d+")


@contextmanager
def drawing(width: float, height: float) -> Iterator[Figure]:
    """An empty figure of that size in inches, in the style of the report; the style ends with the block."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    style: Any = dict(_STYLE)
    with mpl.rc_context(style), warnings.catch_warnings():
        # Chinese is measured with the font at hand and shown with the reader's: nothing is lost.
        warnings.filterwarnings("ignore", message="Glyph .* missing from")
        yield Figure(figsize=(width, height))


def to_svg(figure: Figure, key: str, alternative: str) -> str:
    """The figure as one `svg` element; call it inside `drawing`.

    Parameters
    ----------
    key
        Begins every identifier in the picture; a name no other picture of the page has.
    alternative
        What the picture shows, for readers who cannot see it.
    """
    written = io.StringIO()
    figure.savefig(written, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    root = ET.fromstring(written.getvalue())  # noqa: S314  # matplotlib wrote it a line ago
    names = {old: f"{key}-{i}" for i, old in enumerate(_used_identifiers(root))}
    inside = "".join(_element(child, names) for child in root)
    width, height = root.attrib["viewBox"].split()[2:]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_rounded(width, 2)} {_rounded(height, 2)}" role="img" '
        f'aria-label="{escape(alternative)}" font-family="{escape(FONT_STACK)}" stroke-linejoin="round">{inside}</svg>'
    )


def _used_identifiers(root: Element) -> dict[str, None]:
    used: dict[str, None] = {}
    for element in root.iter():
        for name, value in element.attrib.items():
            if name.endswith("href"):
                used[value.removeprefix("#")] = None
            used.update(dict.fromkeys(_POINTS.findall(value)))
    return used


def _element(element: Element, names: Mapping[str, str]) -> str:
    tag = element.tag.rpartition("}")[2]
    if tag in _DROPPED:
        return ""
    inside = "".join(_element(child, names) for child in element)
    if tag == "text":
        inside = escape("".join(element.itertext()), quote=False)
    attributes = "".join(f' {name}="{escape(value)}"' for name, value in _attributes(element, names))
    if tag in ("g", "defs") and not attributes:
        # A group that carries nothing is only depth.
        return inside if tag == "g" else inside and f"<defs>{inside}</defs>"
    return f"<{tag}{attributes}>{inside}</{tag}>" if inside else f"<{tag}{attributes}/>"


def _attributes(element: Element, names: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for name, value in element.attrib.items():
        if name == "id" and value in names:
            yield "id", names[value]
        elif name.endswith("href"):
            yield "href", "#" + names[value.removeprefix("#")]
        elif name == "clip-path":
            yield name, _POINTS.sub(lambda m: f"url(#{names[m[1]]})", value)
        elif name == "style":
            yield from _from_style(value, names)
        elif name in _KEPT and not value.startswith("rotate(-0 "):
            yield name, _rounded(" ".join(value.split()), 1 if name == "d" else 2)


def _from_style(style: str, names: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for rule in style.split(";"):
        name, _, value = (part.strip() for part in rule.partition(":"))
        if name in _FROM_STYLE:
            yield name, _rounded(_POINTS.sub(lambda m: f"url(#{names[m[1]]})", value.removesuffix("px")), 2)


def _rounded(text: str, decimals: int) -> str:
    return _NUMBER.sub(lambda found: _short(float(found[0]), decimals), text)


def _short(number: float, decimals: int) -> str:
    digits = f"{number:.{decimals}f}".rstrip("0").rstrip(".")
    return "0" if digits == "-0" else digits
