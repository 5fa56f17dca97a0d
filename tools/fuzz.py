"""Feed damaged files to the readers of scenarios and histories: each must be read, or refused in words, within 2 s.

Every input follows from the seed and its number, so that what is found can be made again:

    python -m tools.fuzz --inputs 1000000        # both readers in turn, a process a core
    python -m tools.fuzz --only history --seconds 60
    python -m tools.fuzz --again scenario:8123   # what this input does, with its traceback
"""

from __future__ import annotations

import argparse
import multiprocessing
import random
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
LONGEST_S = 2.0
"""CPU seconds for one input."""

WORDS = (
    "{", "}", "[", "]", ":", ": ", "：", ",", "，", "\n- ", "#", "&a ", "*a", "!!int ", "!!python/object ", "|", ">",
    "'", '"', "? ", "%", "@", "`", "\t", "\n", "\r", "\x00", "\ufeff", "\u2028", "\u3000", "~", "<<: ", "---\n",
    "...\n", "null", ".nan", "1e400", "-1", "9" * 400, "万", "亿", "折", "¥", "+", "$", "\\", "“", "0x10", "2027-02-30",
    "2月29日", "extends: ", "horizon: 36500d\n", "skus: x.csv\n", "=1+1", ";", "合计", "-", "--", "1,234.5", "１２３",
    "<td>", "</table>", "<!--", "nan", "inf", "0", "1/0", "日期", "访客数", "成交金额", "%%", "2026/13/01", "45292",
    "a" * 3000, "[" * 300, "{a: " * 200,
)  # fmt: skip
TOKENS = tuple(word.encode() for word in WORDS)
"""What people, programs and attackers write where it does not belong."""


class Spoilt(NamedTuple):
    """An input: what the file is called, and what it holds."""

    name: str
    data: bytes


@dataclass
class Tally:
    """What came of many inputs."""

    read: int = 0
    refused: int = 0
    slowest_s: float = 0.0
    slowest: int = -1
    found: dict[int, str] = field(default_factory=dict)
    """Number of each input that was neither read nor refused in words, or took too long, and what it did."""

    @property
    def inputs(self) -> int:
        """Inputs tried."""
        return self.read + self.refused + len(self.found)

    def add(self, other: Tally) -> None:
        """Take in what another process found."""
        self.read += other.read
        self.refused += other.refused
        self.found |= other.found
        if other.slowest_s > self.slowest_s:
            self.slowest_s, self.slowest = other.slowest_s, other.slowest


class TooLongError(BaseException):
    """Raised in the middle of a reader that has used its time; no `except Exception` of a library may swallow it."""


def spoil(kind: str, number: int, seed: int = 0) -> Spoilt:
    """Input `number` of a reader, the same for the same seed."""
    luck = random.Random(f"{seed} {kind} {number}")
    seeds = _SEEDS[kind]()
    name, data = luck.choice(seeds)
    if luck.random() < 0.05:
        return Spoilt(name, luck.randbytes(luck.randrange(200)))
    for _ in range(luck.choice((1, 1, 1, 2, 3, 6))):
        at = luck.randrange(len(data) + 1)
        until = min(len(data), at + luck.choice((0, 1, 2, 8, 40)))
        data = data[:at] + _piece(luck, data[at:until], seeds) + data[until:]
    return Spoilt(name, data)


def tried(kind: str, numbers: Sequence[int], seed: int, folder: Path) -> Tally:
    """What a reader makes of some inputs."""
    tally = Tally()
    read = READERS[kind]
    signal.signal(signal.SIGVTALRM, _stop)
    for number in numbers:
        name, data = spoil(kind, number, seed)
        path = folder / name
        path.write_bytes(data)
        began = time.process_time()
        signal.setitimer(signal.ITIMER_VIRTUAL, LONGEST_S)
        try:
            good = read(path)
            tally.read, tally.refused = tally.read + good, tally.refused + (not good)
        except (Exception, TooLongError) as error:  # noqa: BLE001  # anything else is what is looked for
            tally.found[number] = f"{type(error).__name__}: {error}"[:200]
        finally:
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        spent = time.process_time() - began
        if spent > tally.slowest_s:
            tally.slowest_s, tally.slowest = spent, number
    return tally


def read_as_scenario(path: Path) -> bool:
    """Whether a scenario was read; False if it was refused in words."""
    from storesim.scenario.load import read_scenario

    return _taken(read_scenario, path)


def read_as_history(path: Path) -> bool:
    """Whether a history was read; False if it was refused in words."""
    from storesim.results.history import read_history

    return _taken(read_history, path)


READERS: Mapping[str, Callable[[Path], bool]] = {"scenario": read_as_scenario, "history": read_as_history}


def main(words: Sequence[str] | None = None) -> int:
    """Try inputs and tell what came of them; 1 if any was neither read nor refused in words in time."""
    asked = _asked(words)
    if asked.again:
        return _again(asked.again, asked.seed)
    status = 0
    for kind in [asked.only] if asked.only else READERS:
        began = time.monotonic()
        tally = _all_tried(kind, asked, began)
        rate = tally.inputs / (time.monotonic() - began)
        sys.stdout.write(
            f"{kind}: {tally.inputs:,} inputs, {tally.read:,} read, {tally.refused:,} refused in words, "
            f"{len(tally.found)} found; slowest {tally.slowest_s:.2f} s ({kind}:{tally.slowest}); {rate:,.0f}/s\n"
        )
        for number, what in sorted(tally.found.items()):
            sys.stdout.write(f"  {kind}:{number}  {what}\n")
        status |= bool(tally.found)
    return status


def _all_tried(kind: str, asked: argparse.Namespace, began: float) -> Tally:
    tally = Tally()
    with tempfile.TemporaryDirectory() as place, multiprocessing.get_context("spawn").Pool(asked.jobs) as pool:
        folders = [Path(place, str(number)) for number in range(asked.jobs)]
        for folder in folders:
            folder.mkdir()
        play = partial(_in_own_folder, kind, asked.seed, place)
        for part in pool.imap_unordered(play, _hundreds(asked.first, asked.inputs)):
            tally.add(part)
            if time.monotonic() - began > asked.seconds:
                break
    return tally


def _in_own_folder(kind: str, seed: int, place: str, numbers: range) -> Tally:
    with tempfile.TemporaryDirectory(dir=place) as folder:
        return tried(kind, numbers, seed, Path(folder))


def _hundreds(first: int, inputs: int) -> Iterator[range]:
    for start in range(first, first + inputs, 200):
        yield range(start, min(start + 200, first + inputs))


def _again(what: str, seed: int) -> int:
    kind, _, number = what.partition(":")
    spoilt = spoil(kind, int(number), seed)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, spoilt.name)
        path.write_bytes(spoilt.data)
        sys.stdout.write(f"{spoilt.name}, {len(spoilt.data):,} bytes: {spoilt.data[:300]!r}\n")
        began = time.process_time()
        sys.stdout.write(f"{'read' if READERS[kind](path) else 'refused'} in {time.process_time() - began:.2f} s\n")
    return 0


def _asked(words: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--inputs", type=int, default=100_000, help="for each reader")
    parser.add_argument("--first", type=int, default=0, help="number of the first input")
    parser.add_argument("--seconds", type=float, default=float("inf"), help="stop each reader after so long")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--only", choices=sorted(READERS))
    parser.add_argument("--again", metavar="READER:NUMBER")
    return parser.parse_args(words)


def _piece(luck: random.Random, cut: bytes, seeds: Sequence[Spoilt]) -> bytes:
    """What stands in the place of what was cut out."""
    match luck.randrange(7):
        case 0:
            return b""
        case 1:
            return cut * luck.choice((2, 3, 50))
        case 2:
            return luck.randbytes(luck.choice((1, 2, 6)))
        case 3:
            # A piece of another file, or of this one.
            other = luck.choice(seeds).data
            at = luck.randrange(len(other) + 1)
            return other[at : at + luck.choice((1, 10, 60))]
        case 4:
            return bytes(byte ^ (1 << luck.randrange(8)) for byte in cut)
        case _:
            return luck.choice(TOKENS)


def _taken(read: Callable[[Path], object], path: Path) -> bool:
    from storesim.errors import FileFaults

    try:
        read(path)
    except FileFaults as wrong:
        if not wrong.faults or not all(fault.message.strip() for fault in wrong.faults):
            raise ValueError("refused without a word") from wrong
        return False
    return True


def _stop(*_: object) -> None:
    raise TooLongError(f"took more than {LONGEST_S:g} s of CPU")


def _scenarios() -> list[Spoilt]:
    small = (ROOT / "tests" / "cli" / "small.yaml", ROOT / "tests" / "bad_scenarios" / "parts" / "good.yaml")
    bad = sorted((ROOT / "tests" / "bad_scenarios").glob("*.yaml"))
    return [Spoilt("s.yaml", path.read_bytes()) for path in (*small * (len(bad) // 2), *bad)]


def _histories() -> list[Spoilt]:
    days = "\n".join(
        f"2026-03-{day:02d},{400 + 7 * day},{1500 + day},{9 + day % 5},{990.5 + day}" for day in range(1, 15)
    )
    made = Spoilt("shop.csv", f"日期,访客数,浏览量,成交客户数,成交金额\n{days}\n".encode())
    kept = [path for path in sorted((ROOT / "examples" / "exports").iterdir()) if path.stat().st_size < 200_000]
    return [made] * len(kept) + [Spoilt(path.name, _short(path)) for path in kept]


def _short(path: Path) -> bytes:
    # Workbooks are packed and cannot be cut.
    return path.read_bytes() if path.suffix == ".xlsx" else path.read_bytes()[:1500]


def _once(make: Callable[[], list[Spoilt]]) -> Callable[[], list[Spoilt]]:
    held: list[Spoilt] = []

    def seeds() -> list[Spoilt]:
        if not held:
            held.extend(make())
        return held

    return seeds


_SEEDS: Mapping[str, Callable[[], list[Spoilt]]] = {"scenario": _once(_scenarios), "history": _once(_histories)}


if __name__ == "__main__":
    raise SystemExit(main())
