"""Write the pages that are made from code, and the picture that is made from the demo: `make docs`.

A test says when the pages are behind. The picture needs `make demo` first.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from storesim import kpi
from storesim.cli.commands.schema import schema_text
from storesim.cli.main import COMMANDS, storesim
from storesim.report.build import build_report
from storesim.report.document import Figure
from storesim.report.palette import FONT_STACK, PAPER
from storesim.scenario.document import Scenario
from storesim.scenario.fields import every_setting
from storesim.study.run import reopen

ROOT = Path(__file__).resolve().parents[1]
DEMO = ROOT / "outputs" / "demo"
MADE = "<!-- Made by `make docs`; do not edit. -->\n\n"
WIDTH = 100

OF_COMMANDS = """\
Each answers one question. Exit status: 0 done, 1 a gate failed (`--fail-under`), 2 wrong usage, 3 a file is wrong,
4 the run failed, 130 interrupted. Data goes to standard output, progress and remarks to standard error.
"""
OF_SETTINGS = """\
Amounts, shares and times are written as people write them: `¥300`, `1.5万`, `3%`, `14d`, `2周`. *assumed* marks a
default without a source, or with one that is a single page or a guess (grades C, D and G); replace it by the store's
own figure. DOMAIN and MODEL with a number point to sections of the project's research notes.
"""


def pages() -> dict[str, str]:
    """Every made page: path from the root of the project, and text."""
    return {
        "storesim.schema.json": schema_text(),
        "docs/commands.md": commands(),
        "docs/scenario.md": scenario(),
        "docs/glossary.md": glossary(),
    }


def commands() -> str:
    """Every command with its options, from the commands themselves."""
    parts = [
        "# Commands\n",
        OF_COMMANDS,
    ]
    width: dict[str, Any] = {**storesim.context_settings, "max_content_width": WIDTH, "terminal_width": WIDTH}
    with click.Context(storesim, info_name="storesim", **width) as root:
        for name in COMMANDS:
            command = storesim.get_command(root, name)
            assert command is not None
            with click.Context(command, info_name=name, parent=root, **width) as ctx:
                parts.append(f"## storesim {name}\n\n```text\n{command.get_help(ctx)}\n```\n")
    return MADE + "\n".join(parts)


def scenario() -> str:
    """Every setting, from the JSON Schema; what each means stands under it in its class."""
    schema = Scenario.model_json_schema(by_alias=True)
    groups = {"Scenario": schema, **schema["$defs"]}
    for _, setting in every_setting(Scenario):
        groups[setting.owner.__name__]["properties"][setting.name]["description"] = setting.explanation
    parts = [
        "# Settings of a scenario\n",
        OF_SETTINGS,
    ]
    parts += [_group(name, group) for name, group in groups.items() if group.get("properties")]
    return MADE + "\n".join(parts)


def glossary() -> str:
    """Every count and ratio in both languages."""
    adds = {"sum": "days are added", "last": "the last day's", "mean": "mean of days"}
    counts = [(c.name, c.zh, c.en, c.unit, adds[c.adds]) for c in (*kpi.CHANNEL_COUNTS, *kpi.STORE_COUNTS)]
    ratios = [(r.name, r.zh, r.en, r.unit, _formula(r)) for r in kpi.RATIOS]
    return MADE + "\n".join(
        [
            "# Glossary 术语表\n",
            "Counts are recorded and add up; ratios are divided last, from sums.\n",
            f"## Counts by channel and day\n\n{_table(('name', '中文', 'English', 'unit', 'a period'), counts)}\n",
            f"## Ratios\n\n{_table(('name', '中文', 'English', 'unit', 'formula'), ratios)}\n",
        ]
    )


def pictures() -> dict[str, str]:
    """Every made picture: path and SVG; none where the demo has not been played."""
    if not (DEMO / "latest").exists():
        sys.stdout.write("no picture was made: run `make demo` first\n")
        return {}
    study = reopen(DEMO)
    report = build_report(study.scenario, study.ensemble, study.outlook, study.goals, lang="en", origins=study.origins)
    path = next(
        block
        for section in report.sections
        for block in section.blocks
        if isinstance(block, Figure) and block.key == "path"
    )
    return {"docs/pictures/elena_mileva.svg": _standing_alone(path.draw())}


def main() -> None:
    """Write every page and picture that has changed."""
    for name, text in (pages() | pictures()).items():
        path = ROOT / name
        path.parent.mkdir(exist_ok=True)
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
            sys.stdout.write(f"wrote {name}\n")


def _standing_alone(svg: str) -> str:
    """A picture of the report as a file: it brings its own namespace, font and paper."""
    view = re.search(r'viewBox="([^"]+)"', svg)
    assert view is not None
    x, y, width, height = view[1].split()
    paper = f'<rect x="{x}" y="{y}" width="{width}" height="{height}" fill="{PAPER}"/>'
    opening, inside = svg.split(">", 1)
    namespace = "" if "xmlns=" in opening else ' xmlns="http://www.w3.org/2000/svg"'
    font = "" if "font-family" in opening else f" font-family='{FONT_STACK}'"
    return f"{opening}{namespace}{font}>{paper}{inside}\n"


def _formula(ratio: kpi.Ratio) -> str:
    return f"`{ratio.above} / {ratio.below}`" + (f" × {ratio.scale:g}" if ratio.scale != 1 else "")


def _group(name: str, group: Mapping[str, Any]) -> str:
    required = group.get("required", ())
    rows = [_setting(key, setting, key in required) for key, setting in group["properties"].items()]
    about = group.get("description", "").split("\n\n")[0].replace("\n", " ")
    return f"## {name}\n\n{about}\n\n{_table(('setting', 'default', 'meaning'), rows)}\n"


def _setting(key: str, setting: Mapping[str, Any], required: bool) -> tuple[str, str, str]:
    default = "required" if required else f"`{_short(setting.get('default'))}`"
    about = " ".join(setting.get("description", "").split())
    kinds = [f"[{name}](#{name.lower()})" for name in _references(setting)]
    return f"`{key}`", default, " ".join([about, *([f"See {', '.join(kinds)}."] if kinds else [])]).strip()


def _references(setting: Any) -> list[str]:
    if isinstance(setting, dict):
        own = [setting["$ref"].rsplit("/", 1)[1]] if "$ref" in setting else []
        return list(dict.fromkeys(own + [name for item in setting.values() for name in _references(item)]))
    return [name for item in setting for name in _references(item)] if isinstance(setting, list) else []


def _short(value: Any) -> str:
    if isinstance(value, list | tuple) and len(value) > 6:
        return f"{value[0]:g} … {value[-1]:g} ({len(value)} numbers)"
    if isinstance(value, dict):
        return "see below" if value else "none"
    return "none" if value in (None, [], ()) else str(value)


def _table(columns: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [columns, tuple("---" for _ in columns), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


if __name__ == "__main__":
    main()
