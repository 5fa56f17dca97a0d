"""One tree from a scenario file, its parents and its table of SKUs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from storesim.errors import Fault, ScenarioError
from storesim.scenario.files import read_text
from storesim.scenario.kept import PRESETS, parsed_preset
from storesim.scenario.merge import laid_over
from storesim.scenario.suggest import did_you_mean, likely
from storesim.scenario.table import MOST_BYTES, sku_table
from storesim.scenario.text import parsed
from storesim.scenario.tree import Entry, Group, Listing, Node, Place, Scalar, plain, walk

_MOST_FILES = 60
_ROOTS = ("store", "market", "horizon", "channels", "catalogue", "operations", "events", "stages", "targets")
_YAML = (".yaml", ".yml")


class Gathering:
    """Reads files and collects their faults; `whole` is false once one of them could not be read at all."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []
        self.whole = True
        self._paths: dict[str, Path] = {}
        self._trees: dict[tuple[Path, str], Group] = {}
        self._files = 0

    def file(self, path: Path, shown: str, chain: tuple[Path, ...] = ()) -> Group:
        """One file over its parents; empty if it cannot be read. `chain` are the files that extend it."""
        empty = Group({}, Place(shown, 1, 1))
        try:
            text = read_text(path, shown)
            root, faults = parsed_preset(text, shown) if path.parent == PRESETS else parsed(text, shown)
        except ScenarioError as error:
            root, faults = None, list(error.faults)
        self.faults += faults
        self._paths[shown] = path
        if root is None:
            self.whole = False
            return empty
        if "extends" not in root.entries and any(
            likely(key, [*_ROOTS, "extends"]) == "extends" for key in root.entries
        ):
            # What a parent would have said is not missing.
            self.whole = False
        below = empty
        for parent in self._parents(root):
            below = laid_over(below, self._parent(parent, path, (*chain, path)), self.faults)
        entries = {key: entry for key, entry in root.entries.items() if key != "extends"}
        return laid_over(below, Group(entries, root.place), self.faults)

    def with_table(self, root: Group) -> Group:
        """The tree with the table that `catalogue.file` names as `catalogue.skus`."""
        catalogue, spot = root.entries.get("catalogue"), walk(root, ("catalogue", "file"))
        named = isinstance(spot.node, Scalar) and isinstance(spot.node.value, str)
        if catalogue is None or not isinstance(catalogue.node, Group) or not named or spot.node is None:
            return root
        if "skus" in catalogue.node.entries:
            self.faults.append(spot.key.fault("catalogue has both 'file' and 'skus'; keep the table or the list"))
            return root
        table = self._table(str(plain(spot.node)), spot.node.place)
        group = Group({**catalogue.node.entries, "skus": Entry(spot.node.place, table)}, catalogue.node.place)
        return Group({**root.entries, "catalogue": Entry(catalogue.key, group)}, root.place)

    def _table(self, name: str, place: Place) -> Listing:
        path = self._paths.get(place.file, Path()).parent / name
        shown = str(Path(place.file).parent / name) if place.line else name
        found: list[Fault] = []
        table = Listing((), place)
        if not _exists(path):
            beside = f" beside {Path(place.file).name}" if place.line else ""
            found.append(
                place.fault(f"catalogue.file: there is no file '{name}'{beside}{_near(path, name, ('.csv',))}")
            )
        elif path.is_dir():
            found.append(place.fault(f"catalogue.file: '{name}' is a directory; name a CSV file in it"))
        else:
            try:
                table = sku_table(read_text(path, shown, MOST_BYTES), shown, found)
            except ScenarioError as error:
                found += error.faults
        self.faults += found
        # A heading that is not understood may be the one that seems to be missing.
        self.whole = self.whole and bool(table.items) and all(fault.line > table.place.line for fault in found)
        return table

    def _parents(self, root: Group) -> list[Scalar]:
        entry = root.entries.get("extends")
        if entry is None:
            return []
        nodes: Sequence[Node] = entry.node.items if isinstance(entry.node, Listing) else (entry.node,)
        found = [node for node in nodes if isinstance(node, Scalar) and str(node.value or "").strip()]
        if len(found) < len(nodes):
            message = "extends names a scenario file, or a list of them, such as presets/apparel.yaml"
            self.faults.append(entry.key.fault(message))
            self.whole = False
        return found

    def _parent(self, parent: Scalar, child: Path, chain: tuple[Path, ...]) -> Group:
        name = str(parent.value)
        path, shown = child.parent / name, str(Path(parent.place.file).parent / name)
        if not _exists(path) and name.startswith("presets/") and ".." not in Path(name).parts:
            path, shown = PRESETS / name.removeprefix("presets/"), name
        self._files += 1
        problem = self._refused(path, name, child, chain)
        if problem is None:
            # A parent that several files share, such as a calendar, is read once, and its faults are told once.
            if (path, shown) not in self._trees:
                self._trees[path, shown] = self.file(path, shown, chain)
            return self._trees[path, shown]
        self.faults.append(parent.place.fault(problem))
        self.whole = False
        return Group({}, parent.place)

    def _refused(self, path: Path, name: str, child: Path, chain: tuple[Path, ...]) -> str | None:
        """Why a parent is not read."""
        if self._files > _MOST_FILES:
            return f"more than {_MOST_FILES} files are extended"
        if not _exists(path):
            near = _near(child.parent / name, name, _YAML)
            near = "; write '/' between folders" if "\\" in name else near
            return f"extends: there is no file '{name}' beside {child.name} nor among the presets{near}"
        if path.is_dir():
            return f"extends: '{name}' is a directory; name a file in it"
        seen = [item.resolve() for item in chain]
        if path.resolve() in seen:
            circle = [*chain[seen.index(path.resolve()) :], path]
            names = " → ".join(item.name for item in circle)
            return f"files extend one another in a circle: {names}; take one 'extends' out"
        return None


def preset_names() -> list[str]:
    """Names of the presets that come with storesim, as written after `extends`."""
    return sorted(f"presets/{item.name}" for item in PRESETS.glob("*.yaml"))


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):
        return False


def _near(path: Path, name: str, endings: tuple[str, ...]) -> str:
    """`; did you mean …?` from the files beside `path`, written the way `name` is."""
    folder = name[: len(name) - len(path.name)]
    try:
        beside = sorted(folder + item.name for item in path.parent.iterdir() if item.suffix in endings)
    except (OSError, ValueError):
        beside = []
    return did_you_mean(name, [*beside, *(preset_names() if endings == _YAML else ())], most=8)
