"""What is wrong with the form of a text, in words that say what to do."""

from __future__ import annotations

import re
from typing import Any

from storesim.errors import Fault

_WIDE_COLON = re.compile(
    r"^\s*(?:-\s+)*(?:[^\s'\"#:：]*[{,]\s*)?[\"']?[A-Za-z_][\w.+]*[\"']?\s*(：)|[{,]\s*[A-Za-z_][\w.+]*\s*(：)"
)
_TIGHT_COLON = re.compile(r"^\s*(?:-\s+)*([A-Za-z_]\w*:)(?=[^\s:/])")
_WIDE_BLANK = re.compile(r"^[ \t]*([\u3000\u00a0])")
_LONGEST_LINE = 2_000
_WIDE_COLON_SAYS = "found the full-width colon '：'; write ':' and a blank"
_TIGHT_COLON_SAYS = "a blank is missing after the colon; write 'name: value'"

_SAYINGS = (
    (r"unexpected end of stream", "a quotation mark is opened here and never closed; write the second one"),
    (
        r"could not find expected ':'",
        "a setting without ': ' after its name; write 'name: value', with a blank after the colon",
    ),
    (
        r"expected <block end>",
        "the indentation does not fit the lines above; settings of one group start in the same column",
    ),
    (r"that cannot start any token", "this sign cannot begin a value; put the value in quotes"),
    (r"unknown escape|escape sequence", "a backslash in double quotes begins an escape; use single quotes"),
    (r"expected the node content|did not find expected", "a value is missing here"),
    (
        r"expected alphabetic or numeric|expected a comment or a line break",
        "this sign means something in YAML; put the value in quotes",
    ),
    (r"directive|document start", "a scenario is plain YAML 1.2; remove lines that begin with '%' or '---'"),
    (
        r"special characters are not allowed|unacceptable character",
        "an invisible control character stands here; delete it",
    ),
)


def wide_colons(text: str, shown: str) -> list[Fault]:
    """Full-width colons after what looks like a name."""
    faults = []
    for number, line in enumerate(text.splitlines(), start=1):
        if len(line) <= _LONGEST_LINE and (found := _WIDE_COLON.search(line)):
            at = found.start(1) if found[1] else found.start(2)
            faults.append(Fault(shown, number, at + 1, _WIDE_COLON_SAYS))
    return faults


def wide_colon_in(word: str) -> int | None:
    """Where the full-width colon stands in a word such as `bid：3`; None where it is no such word."""
    found = re.match(r"[A-Za-z_][\w.+]*\s*：", word)
    return found.end() - 1 if found else None


def wide_colon(shown: str, line: int, column: int) -> Fault:
    """The fault of a full-width colon."""
    return Fault(shown, line, column, _WIDE_COLON_SAYS)


def wide_blanks(text: str, shown: str) -> list[Fault]:
    """Lines indented with full-width or non-breaking blanks, which YAML takes for letters."""
    faults = []
    for number, line in enumerate(text.splitlines(), start=1):
        if found := _WIDE_BLANK.match(line):
            name = "a full-width blank" if found[1] == "\u3000" else "a non-breaking blank"
            faults.append(
                Fault(
                    shown, number, found.start(1) + 1, f"{name} stands where YAML wants spaces; indent with spaces only"
                )
            )
    return faults


def not_yaml(error: Exception, text: str, shown: str) -> list[Fault]:
    """The faults behind an error of the YAML parser; at least one."""
    if found := wide_colons(text, shown):
        return found
    problem, context = getattr(error, "problem_mark", None), getattr(error, "context_mark", None)
    said = f"{getattr(error, 'context', '')} {getattr(error, 'problem', '')} {error if problem is None else ''}"
    # At the end of the text, or on a line below, the parser notices what began where its context stands.
    if context is not None and re.search("unexpected end of stream|could not find expected ':'", said):
        problem = context
    line, column = _position(problem or context, error, text)
    lines = text.splitlines()
    here = lines[line - 1] if line <= len(lines) else ""
    indent = here[: len(here) - len(here.lstrip())]
    if "\t" in indent:
        return [
            Fault(shown, line, indent.index("\t") + 1, "a tab stands where YAML wants spaces; indent with spaces only")
        ]
    if "mapping values are not allowed" in said and (dash := re.match(r"\s*(-)[^\s\d-]", here)):
        return [Fault(shown, line, dash.end(1), "a blank is missing after the '-' of a list; write '- '")]
    if "expected ',' or" in said and (comma := here.find("，")) >= 0:
        return [Fault(shown, line, comma + 1, "found the full-width comma '，'; write ',' and a blank")]
    if unclosed := _unclosed(said, (line, column), context, lines):
        return [Fault(shown, *unclosed)]
    if "unknown escape" in said and here[column - 2 : column - 1] == "\\":
        column -= 1
    if "mapping values are not allowed" in said and not re.search(r":\s", here[: column - 1]):
        column = len(indent) + 1
    if re.search("mapping values are not allowed|could not find expected ':'", said) and (
        tight := _tight_colon(lines, line)
    ):
        return [Fault(shown, *tight, _TIGHT_COLON_SAYS)]
    return [Fault(shown, line, column, _saying(said, here[: column - 1]) or f"this is not YAML: {_short(error)}")]


def _saying(said: str, before: str) -> str | None:
    if "mapping values are not allowed" in said:
        if re.search(r":\s", before):
            return "a second ': ' in one line; put text that holds ': ' in quotes, and settings of a group in {}"
        return (
            "the line is indented further than the one above, which already has a value; start both in the same column"
        )
    return next((message for pattern, message in _SAYINGS if re.search(pattern, said)), None)


def _unclosed(said: str, at: tuple[int, int], context: Any, lines: list[str]) -> tuple[int, int, str] | None:
    """Where a ',' or the end of a group or list in brackets is missing, and that it is."""
    for sign, whole in (("}", "group that begins with '{'"), ("]", "list that begins with '['")):
        if f"expected ',' or '{sign}'" in said and context is not None:
            line, column = at
            # Where the parser notices it on a later line, the sign is missing at the end of what stands before.
            if line > context.line + 1 and not re.search(
                r"[,{\[]", lines[line - 1][: column - 1] if line <= len(lines) else ""
            ):
                line -= 1
                while line > context.line + 1 and not lines[line - 1].strip():
                    line -= 1
                column = len(lines[line - 1].partition(" #")[0].rstrip()) + 1
            return line, column, f"'{sign}' or ',' is missing here, in the {whole} in line {context.line + 1}"
    return None


def _tight_colon(lines: list[str], line: int) -> tuple[int, int] | None:
    """Line and column of the nearest `name:value` at or before a line."""
    for number in range(min(line, len(lines)), max(0, line - 4), -1):
        if found := _TIGHT_COLON.match(lines[number - 1]):
            return number, found.end(1)
    return None


def _position(mark: Any, error: Exception, text: str) -> tuple[int, int]:
    if mark is not None:
        return mark.line + 1, mark.column + 1
    position = getattr(error, "position", 0)
    before = text[: position if isinstance(position, int) else 0]
    return before.count("\n") + 1, len(before) - before.rfind("\n")


def _short(error: Exception) -> str:
    return " ".join(str(getattr(error, "problem", None) or error).split())[:120]
