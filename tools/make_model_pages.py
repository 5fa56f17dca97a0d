"""Fill the tables of settings in `docs/model`: `python tools/make_model_pages.py`.

The text of those pages is written by hand. A table stands between `<!-- settings: … -->`, which names the settings by
dotted path, and `<!-- end -->`; default and meaning come from the classes, where each setting is explained once.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from storesim.scenario.complete import KNOWN_MECHANISMS
from storesim.scenario.document import Scenario
from storesim.scenario.fields import Setting, bare, group_class, is_list, is_named, item_kind, mechanisms, settings
from storesim.scenario.spec import Spec

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "model"
TABLE = re.compile(r"<!-- settings: (?P<paths>.*?) -->\n(?P<table>.*?)<!-- end -->\n", re.DOTALL)


def pages() -> dict[Path, str]:
    """Every page with its tables filled."""
    return {path: TABLE.sub(_filled, path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.md"))}


def listed(text: str) -> list[str]:
    """Paths of the settings in the tables of a page."""
    return [path for found in TABLE.finditer(text) for word in found["paths"].split() for path, *_ in _expand(word)]


def setting_at(path: str) -> Setting | None:
    """The setting at a dotted path, None for a group.

    Channels are named as JD's are, which tells their mechanism, promotions by their kind; items of lists and of named
    groups need no place: `catalogue.skus.price`, `channels.express.keywords.relevance`, `promotions.coupon.face`.

    Raises
    ------
    KeyError
        If there is no such setting or group.
    """
    owner: type[Spec] | None = Scenario
    found: Setting | None = None
    steps = path.split(".")
    for i, step in enumerate(steps):
        if i == 1 and steps[0] in ("channels", "promotions"):
            owner, found = _named(steps[0], step), None
            continue
        if owner is None:
            raise KeyError(path)
        found = settings(owner)[step]
        owner = group_class(_inner(found))
    return found if owner is None and found is not None else None


def _group_made(path: str) -> Spec | None:
    """The group of a setting as its owner makes it where nothing is written; None where it must be written.

    What 秒杀 asks of a store is `SLOT_ENTRY`, the default of a channel's `entry`, and not what `Entry` alone asks.
    """
    owner: type[Spec] | None = Scenario
    made: Spec | None = None
    *steps, _ = path.split(".")
    for i, step in enumerate(steps):
        if i == 1 and steps[0] in ("channels", "promotions"):
            owner, made = _named(steps[0], step), None
        elif owner is not None:
            setting = settings(owner)[step]
            default = getattr(made, setting.attribute) if made is not None else _made(setting)
            owner = group_class(_inner(setting))
            made = default if isinstance(default, Spec) else None
    return made


def _made(setting: Setting) -> object:
    """The default of a setting as its class declares it; None where it is required."""
    return None if setting.info.is_required() else setting.info.get_default(call_default_factory=True)


def _named(group: str, name: str) -> type[Spec]:
    """The class of a channel by its name, or of a promotion by its kind."""
    classes = mechanisms(item_kind(Scenario.model_fields[group].annotation))
    return classes[KNOWN_MECHANISMS[name] if group == "channels" else name]


def _inner(setting: Setting) -> object:
    kind = bare(setting.info.annotation)
    return bare(item_kind(kind)) if is_named(kind) or (is_list(kind) and group_class(item_kind(kind))) else kind


def _expand(word: str) -> Iterator[tuple[str, Setting]]:
    """The setting at a path, or with `.*` at its end every setting of a group."""
    if not word.endswith(".*"):
        setting = setting_at(word)
        if setting is None:
            raise KeyError(f"{word} is a group; write {word}.*")
        yield word, setting
        return
    group = word[:-2]
    owner: type[Spec] = Scenario
    steps = group.split(".")
    for i, step in enumerate(steps):
        owner = _named(steps[0], step) if i == 1 and steps[0] in ("channels", "promotions") else _group(owner, step)
    for name, setting in settings(owner).items():
        if group_class(_inner(setting)) is None and name not in ("mechanism", "kind"):
            yield f"{group}.{name}", setting


def _group(owner: type[Spec], step: str) -> type[Spec]:
    found = group_class(_inner(settings(owner)[step]))
    # `channels` is a group of many kinds: the next step tells which.
    return found if found is not None else Scenario


def _filled(found: re.Match[str]) -> str:
    rows = [row for word in found["paths"].split() for row in map(_row, *zip(*_expand(word), strict=True))]
    table = "\n".join(["| setting | default | meaning, source and grade |", "| --- | --- | --- |", *rows])
    return f"<!-- settings: {found['paths']} -->\n{table}\n<!-- end -->\n"


def _row(path: str, setting: Setting) -> str:
    meaning = " ".join(setting.explanation.split()).replace("|", "\\|")
    return f"| `{path}` | {_default(path, setting)} | {meaning} |"


def _default(path: str, setting: Setting) -> str:
    group = _group_made(path)
    if group is None and setting.info.is_required():
        return "required"
    value = _made(setting) if group is None else getattr(group, setting.attribute)
    if value is None or value == () or (isinstance(value, Mapping) and not value):
        return "none"
    if isinstance(value, tuple) and len(value) == 24:
        return "1 in each hour" if set(value) == {1.0} else "24 values"
    if isinstance(value, tuple):
        return ", ".join(item if isinstance(item, str) else f"{item:g}" for item in value)
    return f"{value:g}" if isinstance(value, float) else str(value) or "none"


def main() -> None:
    """Write every page whose tables have changed."""
    for path, text in pages().items():
        if path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
            sys.stdout.write(f"wrote {path.name}\n")


if __name__ == "__main__":
    main()
