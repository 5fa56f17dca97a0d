"""The tables in a file a merchant has: what it is, told by its bytes and never by its name."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Final

from storesim.results.csv_table import text_table
from storesim.results.grid import Recognised, Table, refuse
from storesim.results.html_table import page_table
from storesim.results.sheet_table import workbook_tables

LARGEST: Final = 50_000_000
"""Bytes; a daily file of a hundred years is far smaller."""

_OLD_WORKBOOK = (
    "this is a workbook of the old .xls kind, or one with a password; open it in Excel or WPS and save it as .xlsx or "
    "CSV UTF-8"
)
_OTHERS: Final[tuple[tuple[bytes, str], ...]] = (
    (b"\xd0\xcf\x11\xe0", _OLD_WORKBOOK),
    (b"\x09\x08\x10\x00", _OLD_WORKBOOK),
    (b"\x09\x04\x06\x00", _OLD_WORKBOOK),
    (b"\x89PNG", "this is a picture (PNG); a table is wanted, CSV or .xlsx"),
    (b"\xff\xd8\xff", "this is a picture (JPEG); a table is wanted, CSV or .xlsx"),
    (b"GIF8", "this is a picture (GIF); a table is wanted, CSV or .xlsx"),
    (b"%PDF", "this is a PDF document; a table is wanted, CSV or .xlsx"),
    (b"Rar!", "this is an archive (RAR); unpack it and give the table in it"),
    (b"7z\xbc\xaf", "this is an archive (7z); unpack it and give the table in it"),
    (b"\x1f\x8b", "this is an archive (gzip); unpack it and give the table in it"),
    (b"PAR1", "this is a Parquet file; a table is wanted, CSV or .xlsx"),
)


def read_tables(file: str, recognised: Recognised) -> tuple[list[Table], list[str]]:
    """Every table of a file, and the sheets of a workbook that hold none.

    Raises
    ------
    HistoryError
        If the file cannot be read, is none of the kinds that are, or holds no table of days.
    """
    raw = _bytes(file)
    if raw.startswith(b"PK\x03\x04"):
        return workbook_tables(file, _workbook(file, raw), recognised)
    for mark, message in _OTHERS:
        if raw.startswith(mark):
            raise refuse(file, message)
    if _is_page(raw):
        return [page_table(file, raw, recognised)], []
    return [text_table(file, raw, recognised)], []


def _bytes(file: str) -> bytes:
    path = Path(file)
    if path.is_dir():
        raise refuse(file, "this is a directory; a CSV file or .xlsx workbook is wanted")
    try:
        # Not by its size: a pipe has none, and a device that has none may never end.
        with path.open("rb") as opened:
            raw = opened.read(LARGEST + 1)
    except FileNotFoundError:
        raise refuse(file, "there is no such file") from None
    except OSError as error:
        raise refuse(file, f"the file cannot be read: {error.strerror or error}") from error
    except ValueError as error:
        raise refuse(file, f"the file cannot be read: {error}") from error
    if len(raw) > LARGEST:
        raise refuse(file, f"the file has more than {LARGEST:,} bytes; daily figures are far fewer")
    return raw


def _workbook(file: str, raw: bytes) -> bytes:
    """The bytes again if they are a workbook; else what kind of package they are is said."""
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as packed:
            names = packed.namelist()
    except Exception as error:  # a damaged package trips over anything
        raise refuse(file, f"the workbook is damaged: {error}; open it and save it again") from error
    if any(name.startswith("xl/workbook.xml") for name in names):
        return raw
    if any(name.startswith("xl/") for name in names):
        raise refuse(file, "this is a workbook of the binary kind (.xlsb); save it as .xlsx or CSV UTF-8")
    if any(name.startswith("word/") for name in names):
        raise refuse(file, "this is a document (.docx); a table is wanted, CSV or .xlsx")
    tables = [name for name in names if name.lower().endswith((".csv", ".xlsx", ".xls"))]
    inside = f"; it holds '{tables[0]}'" if tables else ""
    raise refuse(file, f"this is an archive (zip); unpack it and give the table in it{inside}")


def _is_page(raw: bytes) -> bool:
    begin = raw[:4000].replace(b"\0", b"").lower().lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    return begin.startswith((b"<!doctype html", b"<html", b"<table", b"<meta", b"<head", b"<body", b"<div")) or (
        begin.startswith(b"<?xml") and b"<html" in begin
    )
