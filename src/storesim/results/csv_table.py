"""A text file as rows of cells: its encoding told by its bytes, its delimiter by its first lines."""

from __future__ import annotations

import codecs
import csv
import io

from storesim.errors import Fault, HistoryError
from storesim.results.grid import Recognised, Row, Table, below_header, no_header, refuse

_DELIMITERS = (",", "\t", ";", "|")
_FIRST_LINES = 40


def text_table(file: str, raw: bytes, recognised: Recognised) -> Table:
    """The table in a text file.

    Raises
    ------
    HistoryError
        If the bytes are no text, the text no CSV, or no row is a header.
    """
    text, encoding = _text(file, raw)
    if not text.strip():
        raise refuse(file, "the file is empty; a header and one row a day are wanted")
    lines = [line for line in text.splitlines()[:_FIRST_LINES] if line.strip()]
    delimiters = sorted(_DELIMITERS, key=lambda sign: -max(line.count(sign) for line in lines))
    for delimiter in delimiters:
        found = below_header(file, _rows(file, text, delimiter), encoding, recognised)
        if found is not None:
            return found
    raise no_header(file, _rows(file, text, delimiters[0]))


def decoded(raw: bytes) -> tuple[str, str] | None:
    """The text in some bytes and its encoding; None where they are no text.

    UTF-8 with or without BOM, UTF-16 with or without BOM, GB18030, which contains GBK and GB2312.
    """
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        tries: tuple[str, ...] = ("utf-16",)
    elif (order := _wide(raw)) is not None:
        tries = (order,)
    else:
        tries = ("utf-8-sig", "gb18030")
    for encoding in tries:
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text, encoding
    return None


def _wide(raw: bytes) -> str | None:
    """The byte order of UTF-16 without a BOM: every comma and line end of it has a zero byte beside it."""
    sample = raw[:4000]
    if len(sample) < 4 or len(raw) % 2:
        return None
    signs = (b",", b"\t", b"\n", b"-")
    little = sum(sample[at : at + 1] in signs and sample[at + 1] == 0 for at in range(0, len(sample) - 1, 2))
    big = sum(sample[at + 1 : at + 2] in signs and sample[at] == 0 for at in range(0, len(sample) - 1, 2))
    if max(little, big) < 2:
        return None
    return "utf-16-le" if little >= big else "utf-16-be"


def _text(file: str, raw: bytes) -> tuple[str, str]:
    found = decoded(raw)
    if found is None:
        raise refuse(file, "the file is neither UTF-8 nor GBK text; save it as CSV UTF-8")
    return found


def _rows(file: str, text: str, delimiter: str) -> list[Row]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    rows: list[Row] = []
    line = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                rows.append(Row(line, tuple(cells), delimiter))
            line = reader.line_num + 1
    except csv.Error as error:
        raise HistoryError([Fault(file, reader.line_num, 1, f"the line is no CSV: {error}")]) from error
    return rows
