"""Assumptions: every setting, what it is, and whether somebody wrote it or it is a default."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from pydantic import BaseModel

from storesim.report.document import Block, Cell, Column, Row, Section, Table, Text, printable
from storesim.report.settings_zh import meaning_zh
from storesim.report.sources import Sources
from storesim.scenario.explained import explained

_COUNTED = ("catalogue.skus", "events")
"""Long lists that stand elsewhere, and are only counted here."""

_LONGEST = 160


@dataclass(frozen=True)
class Setting:
    """One setting of a scenario as it stands after merging."""

    path: str
    value: object
    of: type[BaseModel]
    """Class that declares it."""

    name: str
    """Its name there."""

    written: bool
    """False where nobody wrote it and the default holds."""


def assumptions(sources: Sources) -> Section:
    """What was written in the scenario, what a preset says, and what was left at its default."""
    say = sources.say
    found = list(settings(sources.scenario))
    if sources.origins:
        # Merging and `with_` write every setting out, so only the origins know what somebody wrote.
        found = [
            replace(setting, written=_origin(sources.origins, setting.path) not in ("", "default")) for setting in found
        ]
    preset = {setting.path for setting in found if _origin(sources.origins, setting.path).startswith("presets/")}
    written = [setting for setting in found if setting.written]
    groups = (
        ("set", [setting for setting in written if setting.path not in preset]),
        ("preset", [setting for setting in written if setting.path in preset]),
        ("default", [setting for setting in found if not setting.written]),
    )
    meanings = {setting.path: _meaning(setting, sources.lang) for setting in found}
    blocks: list[Block] = [_table(sources, key, members, meanings) for key, members in groups if members]
    return Section("assumptions", say("assumptions"), (*blocks, Text(say("assumptions.note"), "note")))


def settings(spec: BaseModel, path: str = "") -> Iterator[Setting]:
    """Every setting below `spec`, in the order of the classes; long lists count as one setting."""
    for name, info in type(spec).model_fields.items():
        here = f"{path}.{info.alias or name}".lstrip(".")
        value = getattr(spec, name)
        written = name in spec.model_fields_set and value != info.default
        yield from _below(Setting(here, value, type(spec), name, written))


def _below(found: Setting) -> Iterator[Setting]:
    path, value = found.path, found.value
    if isinstance(value, BaseModel):
        yield from settings(value, path)
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from _below(replace(found, path=f"{path}.{key}", value=item))
    elif isinstance(value, tuple) and value and isinstance(value[0], BaseModel) and path not in _COUNTED:
        for i, item in enumerate(value):
            yield from settings(item, f"{path}.{i}")
    else:
        yield found


def _table(sources: Sources, key: str, found: list[Setting], meanings: Mapping[str, str]) -> Table:
    say = sources.say
    columns = [Column("setting", say("assumptions.setting"), "code"), Column("value", say("assumptions.value"), "code")]
    if key != "default" and sources.origins:
        columns.append(Column("origin", say("assumptions.origin"), "code"))
    columns.append(Column("meaning", say("assumptions.meaning")))
    rows = tuple(
        Row(f"{key}{i}", (*_cells(sources, setting, len(columns)), printable(_lever_or_own(setting, meanings))))
        for i, setting in enumerate(found)
    )
    return Table(f"settings_{key}", say("assumptions." + key), tuple(columns), rows, folded=key != "set")


def _cells(sources: Sources, setting: Setting, n_columns: int) -> tuple[Cell, ...]:
    cells: list[Cell] = [printable(setting.path), _shown(sources, setting.value)]
    if n_columns == 4:
        cells.append(printable(_origin(sources.origins, setting.path)))
    return tuple(cells)


def _lever_or_own(setting: Setting, meanings: Mapping[str, str]) -> str:
    """What the setting means; of a lever in a stage's playbook, what the lever itself means."""
    _, playbook, lever = setting.path.partition(".playbook.")
    return meanings.get(lever, meanings[setting.path]) if playbook else meanings[setting.path]


def _meaning(setting: Setting, lang: str) -> str:
    own = explained(setting.of).get(setting.name, "")
    if lang == "zh":
        return meaning_zh(setting.of, setting.name) or own
    # Asterisks and backticks are for the reference pages.
    return own.replace("; *assumed*", " (assumed)").replace("*assumed*", "(assumed)").replace("`", "")


def _origin(origins: Mapping[str, str], path: str) -> str:
    """Where a setting was written; of a part of a larger value, where the whole was."""
    while path not in origins and "." in path:
        path = path.rpartition(".")[0]
    return origins.get(path, "")


def _shown(sources: Sources, value: object) -> str:
    match value:
        case None:
            return "–"
        case bool():
            return str(value).lower()
        case float():
            return f"{value:,.10g}" if abs(value) < 1e15 else f"{value:g}"
        case dt.date():
            return value.isoformat()
        case tuple() if value and isinstance(value[0], BaseModel):
            return sources.say("assumptions.items", n=len(value))
        case tuple():
            text = ", ".join(_shown(sources, item) for item in value)
        case _:
            text = printable(str(value))
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
