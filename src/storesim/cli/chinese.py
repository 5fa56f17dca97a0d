"""What storesim says when something is wrong, in Chinese: `errors_zh.txt` holds every sentence and its twin.

The code speaks English only. On the way to a Chinese reader a sentence is recognised by its shape, and said again by
its twin with the same words and numbers in it. A sentence without a twin stays English, whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

_HOLE = re.compile(r"\{([a-z]+)\}|<([a-z]+)(\??)>")
_SENTENCES = "rest"
_WORDS = {"path": r"[^\s:;,]+", "typed": r"'[^']*'|\S+", "file": "[^;]+", "low": r"-?[\d,.]*\d", "high": r"-?[\d,.]*\d"}
"""What fits a hole of this name; anything fits any other."""


@dataclass(frozen=True)
class Twin:
    """One sentence, or a part of one, in both languages."""

    en: str
    zh: str
    group: str
    """"rest" for a whole sentence; else the name of the holes it may stand in."""

    shape: re.Pattern[str]
    """Matches the English with anything in its holes."""

    parts: dict[str, bool]
    """Holes to be said in Chinese too, and whether they must have a twin; the others are the user's own words."""

    @property
    def letters(self) -> int:
        """Letters that are not in holes: the more, the surer a match."""
        return len(_HOLE.sub("", self.en))

    def said(self, text: str) -> str | None:
        """`text` in Chinese; None if it is another sentence, or a part of it has no twin."""
        found = self.shape.fullmatch(text)
        if found is None:
            return None
        words = found.groupdict()
        for name, must in self.parts.items():
            part = _translated(words[name], name)
            if part is None and must:
                return None
            words[name] = words[name] if part is None else part
        return _HOLE.sub(lambda hole: words[hole[1] or hole[2]], self.zh)


def in_chinese(text: str) -> str:
    """A message of storesim in Chinese; as it is where it has no twin."""
    said = _translated(text, _SENTENCES)
    return text if said is None else said


@cache
def twins() -> tuple[Twin, ...]:
    """Every pair of `errors_zh.txt`, the longest first: a short one fits much that it does not mean."""
    text = files("storesim.cli").joinpath("errors_zh.txt").read_text(encoding="utf-8")
    # What stands before many sentences must not be taken for the words of one.
    before = ("{path}: <", "Invalid value")
    return tuple(sorted(_pairs(text), key=lambda twin: (not twin.en.startswith(before), -twin.letters)))


def _translated(text: str, group: str) -> str | None:
    if not text:
        return ""
    told = (twin.said(text) for twin in twins() if twin.group == group)
    return next((said for said in told if said is not None), None)


def _pairs(text: str) -> Iterator[Twin]:
    group = ""
    for block in text.split("\n\n"):
        lines = [line for line in block.split("\n") if line and not line.startswith("#")]
        if len(lines) == 1:
            group = lines[0].strip("[]")
        elif lines:
            en, zh = lines
            yield _twin(group, en, zh)


def _twin(group: str, en: str, zh: str) -> Twin:
    shape, at = "", 0
    for hole in _HOLE.finditer(en):
        # A part may be empty, words of the user's never are.
        shape += re.escape(en[at : hole.start()])
        shape += f"(?P<{hole[1]}>{_WORDS.get(hole[1], '.+?')})" if hole[1] else f"(?P<{hole[2]}>.*?)"
        at = hole.end()
    parts = {hole[2]: not hole[3] for hole in _HOLE.finditer(en) if hole[2]}
    return Twin(en, zh, group, re.compile(shape + re.escape(en[at:]), re.DOTALL), parts)
