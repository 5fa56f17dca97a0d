"""Write `src/storesim/forecast/holidays.csv`: public holidays by country, from the `holidays` library.

`python tools/make_holidays.py`. The library takes most of a second to load, so a forecast reads this table instead.
A holiday and its substitute days bear one name; dates the library estimates (lunar, far ahead) are as it gives them.
"""

from __future__ import annotations

import re
from pathlib import Path

import holidays

COUNTRIES = ("CN", "US", "GB", "DE", "FR", "ES", "IT", "JP", "AU", "BR", "IN", "KR")
YEARS = range(2008, 2037)
TABLE = Path(__file__).resolve().parents[1] / "src" / "storesim" / "forecast" / "holidays.csv"

_SUBSTITUTE = re.compile(r" \((?:observed|in lieu|estimated|substitute)[^)]*\)|^Substitute Holiday for ", re.IGNORECASE)
_MOVED = re.compile(r"Day off \(substituted.*")


def rows() -> list[str]:
    """A row a country, name and its dates."""
    found = []
    for country in COUNTRIES:
        dates: dict[str, list[str]] = {}
        last = ""
        for date, names in sorted(holidays.country_holidays(country, years=YEARS, language="en_US").items()):
            for name in names.split("; "):
                # A day off moved from a weekend lengthens the holiday it follows.
                plain = last if _MOVED.match(name) and last else _SUBSTITUTE.sub("", name).replace(",", " ")
                last = plain
                dates.setdefault(plain, []).append(date.isoformat())
        found += [f"{country},{name},{' '.join(days)}" for name, days in dates.items() if len(days) > 3]
    return found


def main() -> None:
    """Write the table."""
    head = "country,holiday,dates"
    TABLE.write_text("\n".join([head, *rows()]) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
