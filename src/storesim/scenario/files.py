"""A file on disk to text: what can be wrong before a word of it is understood."""

from __future__ import annotations

import re
import stat
from pathlib import Path

from storesim.errors import Fault, ScenarioError
from storesim.scenario.suggest import likely
from storesim.scenario.tree import Place

MOST_BYTES = 1_000_000
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_HIGH = re.compile(rb"[\x80-\xff]")
# Two bytes of simplified Chinese in GBK: the zone of the older GB 2312, where all common characters are.
_GBK_PAIR = re.compile(rb"[\xa1-\xf7][\xa1-\xfe]")


def read_text(path: Path, shown: str, most: int = MOST_BYTES) -> str:
    """The text of an ordinary UTF-8 file of at most `most` bytes, named `shown` in messages.

    Raises
    ------
    ScenarioError
        If there is no such file, it is no ordinary file, too large, or not UTF-8.
    """
    return decoded(_bytes(path, shown, most), shown)


def decoded(data: bytes, shown: str) -> str:
    """UTF-8 text, with or without byte order mark; ScenarioError names the encoding it looks like."""
    if data.startswith(_WORKBOOKS) and Path(shown).suffix not in (".yaml", ".yml"):
        raise ScenarioError([Fault(shown, 0, 0, "this is a workbook; in Excel or WPS, save the sheet as 'CSV UTF-8'")])
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise ScenarioError([Fault(shown, 1, 1, "the file is UTF-16 ('Unicode' in Notepad); save it as UTF-8")])
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ScenarioError([_not_utf8(data, error.start, shown)]) from None
    if "\x00" in text:
        raise ScenarioError([Fault(shown, 1, 1, "this is a binary file; plain text is wanted")])
    return text


def _bytes(path: Path, shown: str, most: int) -> bytes:
    try:
        found = path.stat()
        problem = _unreadable(path, found.st_mode, found.st_size, most)
        if problem is None:
            return path.read_bytes()
    except FileNotFoundError:
        problem = f"there is no such file{_neighbour(path)}"
    except (OSError, ValueError) as error:
        problem = f"the file cannot be read: {getattr(error, 'strerror', None) or error}"
    raise ScenarioError([Fault(shown, 0, 0, problem)])


def _unreadable(path: Path, mode: int, size: int, most: int) -> str | None:
    if stat.S_ISDIR(mode):
        return f"this is a directory; name a file in it{_first_yaml(path)}"
    if not stat.S_ISREG(mode):
        return "this is no ordinary file; name a file on disk"
    if size > most:
        advice = "" if path.suffix == ".csv" else ". Put long lists of SKUs in a CSV file, named by catalogue.file"
        return f"the file has {size:,} bytes; at most {most:,} are read{advice}"
    return None


def _not_utf8(data: bytes, start: int, shown: str) -> Fault:
    before = data[:start]
    line_start = before.rfind(b"\n") + 1
    column = len(before[line_start:].removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace")) + 1
    place = Place(shown, before.count(b"\n") + 1, column)
    if not _is_gbk(data):
        return place.fault(f"byte 0x{data[start]:02x} is not UTF-8 text; save the file as UTF-8")
    file = Path(shown)
    if file.suffix == ".csv":
        return place.fault("the file is not UTF-8; it looks like GBK. In Excel or WPS, save it as 'CSV UTF-8'")
    command = f"iconv -f GBK -t UTF-8 {file.name} > new{file.suffix}"
    return place.fault(f"the file is not UTF-8; it looks like GBK. Save it as UTF-8, or run: {command}")


def _is_gbk(data: bytes) -> bool:
    high = len(_HIGH.findall(data))
    return 2 * len(_GBK_PAIR.findall(data)) > 0.8 * high


def _first_yaml(folder: Path) -> str:
    try:
        names = sorted(item.name for item in folder.iterdir() if item.suffix in (".yaml", ".yml"))
    except OSError:
        return ""
    return f", such as {names[0]}" if names else ""


def _neighbour(path: Path) -> str:
    try:
        names = [item.name for item in path.parent.iterdir() if item.is_file()]
    except (OSError, ValueError):
        return "; its directory does not exist either"
    close = likely(path.name, names)
    return f"; did you mean '{close}'?" if close else ""
