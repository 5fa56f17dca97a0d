"""The house itself: its walls, the size of its files, and what importing it does."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

import storesim

ROOT = Path(__file__).resolve().parents[1]
SOURCES = sorted((ROOT / "src").rglob("*.py"))
WRITTEN = (".py", ".md", ".toml", ".yaml", ".yml", ".sh", ".lock", ".cfg", ".json", ".jinja", ".css", ".js", ".txt", "")
HEAVY = (
    "pandas", "pydantic", "numba", "ruamel", "rich", "scipy", "statsmodels", "matplotlib", "simpy", "numpy", "jinja2",
)  # fmt: skip
PIN = re.compile(r"^(\S+)==\S+(?: ; [^\\]*)? \\\n((?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)", re.MULTILINE)

LONGEST_FILE = 400
LONGEST_FUNCTION = 60
MOST_POSITIONAL = 5


def test_rooms_import_only_what_lies_below_them() -> None:
    checked = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports; import sys; sys.exit(lint_imports())"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert checked.returncode == 0, checked.stdout


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT / "src")))
def test_no_file_is_longer_than_a_cup_of_tea(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()

    assert len(lines) <= LONGEST_FILE


def test_no_function_is_longer_than_sixty_lines() -> None:
    lengths = {where: _length(node) for where, node in _functions()}

    assert [f"{where}: {length} lines" for where, length in lengths.items() if length > LONGEST_FUNCTION] == []


def test_functions_take_at_most_five_parameters_by_position() -> None:
    # The kernel is handed arrays one by one, because compiled code takes no objects.
    functions = [(where, node) for where, node in _functions() if "/engine/" not in where]

    crowded = [where for where, node in functions if _positional(node) > MOST_POSITIONAL]

    assert crowded == []


def test_nothing_is_printed_outside_the_commands() -> None:
    speaking = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in SOURCES
        if "cli" not in path.parts
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
    ]

    assert speaking == []


def test_every_public_name_resolves_to_something_of_that_name() -> None:
    for name in storesim.PUBLIC:
        found = getattr(storesim, name)

        assert found.__name__ == name
        assert found.__doc__


def test_no_public_name_is_the_name_of_a_room() -> None:
    package = ROOT / "src" / "storesim"
    rooms = {path.stem for path in package.iterdir() if path.is_dir() or path.suffix == ".py"}

    assert rooms & set(storesim.PUBLIC) == set()


def test_type_checkers_see_the_same_public_names_as_the_table() -> None:
    tree = ast.parse((ROOT / "src" / "storesim" / "__init__.py").read_text(encoding="utf-8"))
    block = next(node for node in tree.body if isinstance(node, ast.If))

    seen = {
        alias.asname: node.module for node in block.body if isinstance(node, ast.ImportFrom) for alias in node.names
    }

    assert seen == storesim.PUBLIC


def test_an_unknown_public_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'simulat'"):
        storesim.simulat  # noqa: B018  # looking is the act


def test_importing_storesim_loads_no_heavy_library() -> None:
    loaded = _modules_after("import storesim")

    assert loaded.isdisjoint(HEAVY)


def test_asking_for_help_loads_no_heavy_library() -> None:
    loaded = _modules_after("from storesim.cli.main import main; main(['--help'])")

    assert loaded.isdisjoint(HEAVY)


def test_importing_every_module_changes_nothing() -> None:
    names = [".".join(path.relative_to(ROOT / "src").with_suffix("").parts) for path in SOURCES]
    modules = [name.removesuffix(".__init__") for name in names if not name.endswith("__main__")]
    script = f"""
import importlib, locale, os, random, socket, sys, warnings, logging
import numpy, matplotlib, multiprocessing
def world():
    return (
        random.getstate(), str(numpy.random.get_state()), warnings.filters[:], dict(os.environ), os.getcwd(),
        logging.getLogger().handlers[:], logging.getLogger().level, dict(matplotlib.rcParams),
        locale.setlocale(locale.LC_ALL),
        multiprocessing.get_start_method(allow_none=True), sys.excepthook, socket.getdefaulttimeout(), numpy.geterr(),
    )
# Libraries may change what they like when they load; only what ours change is looked at.
for library in ("pandas", "scipy.stats", "statsmodels.api", "pydantic", "ruamel.yaml", "numba", "simpy", "holidays",
                "matplotlib.pyplot", "click", "rich.console", "jinja2", "xlsxwriter", "openpyxl"):
    importlib.import_module(library)
before = world()
for name in {modules!r}:
    importlib.import_module(name)
after = world()
assert before == after, [i for i, (a, b) in enumerate(zip(before, after)) if a != b]
"""

    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)

    assert (ran.returncode, ran.stdout) == (0, ""), ran.stderr


def test_no_file_names_this_machine_or_an_address_to_download_from() -> None:
    words = ["/" + "root/", "/" + "work/", "/" + "home/", "/" + "Users/", "files." + "pythonhosted", "pypi." + "org"]
    forbidden = re.compile("|".join(map(re.escape, [*words, "index" + "-url", "find" + "-links"])))

    found = [
        f"{path.relative_to(ROOT)}: {match.group()}"
        for path in _kept_files()
        for match in forbidden.finditer(path.read_text(encoding="utf-8", errors="replace"))
    ]

    assert found == []


def test_the_lock_pins_every_dependency_with_hashes_and_records_no_address() -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    pins = PIN.findall(lock)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["dev"]]

    pinned = {name for name, _ in pins}

    assert lock.count("==") == len(pins) + len(re.findall(r"(?:python_\w+|sys_platform|implementation) == ", lock))
    assert {_plain(line) for line in wanted} - {"storesim"} <= pinned
    assert "://" not in lock


def test_no_network_is_used_to_simulate(tmp_path: Path) -> None:
    script = f"""
import socket
def refuse(*a, **k):
    raise AssertionError("the network was used")
socket.socket.connect = socket.getaddrinfo = socket.create_connection = refuse
from storesim.cli.main import main
raise SystemExit(main(["run", {str(ROOT / "scenarios" / "elena_mileva.yaml")!r}, "--runs", "2", "--executor", "serial",
                       "--set", "horizon=40d", "-q", "-o", {str(tmp_path)!r}]))
"""

    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)

    assert ran.returncode == 0, ran.stderr


def _functions() -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield f"{path.relative_to(ROOT)}:{node.lineno} {node.name}", node


def _length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    # The docstring is not counted: a function of a public face explains more than it does.
    documented = ast.get_docstring(node, clean=False)
    return (node.end_lineno or node.lineno) - node.lineno + 1 - (documented.count("\n") + 1 if documented else 0)


def _positional(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    names = [argument.arg for argument in (*node.args.posonlyargs, *node.args.args)]
    return len([name for name in names if name not in {"self", "cls"}])


def _modules_after(script: str) -> set[str]:
    code = f"import sys, json\n{script}\nprint(json.dumps(sorted({{name.partition('.')[0] for name in sys.modules}})))"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(json.loads(ran.stdout.splitlines()[-1]))


def _kept_files() -> Iterator[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    names = listed.stdout.splitlines() or [str(path.relative_to(ROOT)) for path in SOURCES]
    for name in names:
        path = ROOT / name
        if path.is_file() and path.suffix in WRITTEN:
            yield path


def _plain(requirement: str) -> str:
    name = re.split(r"[\[>=<~! ]", requirement, maxsplit=1)[0]
    return re.sub(r"[-_.]+", "-", name).lower()
