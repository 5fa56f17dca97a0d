"""Approved forecasts, looked at again."""

from __future__ import annotations

import json
import math
import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from storesim.cli.main import main
from storesim.errors import FileFaults, UsageError
from storesim.runs.intervals import p_value, rank_p_value
from storesim.scenario.load import read_scenario
from storesim.scenario.written import yaml_of
from storesim.testing.approved import Approved, Limits, approved_of, prints_of, read_approved, write_approved
from storesim.testing.check import approve, check, play, runs_needed
from storesim.testing.verdict import Verdict, corrected, figures_of, judged
from tests.model.small import scenario

SMALL = Path(__file__).parents[1] / "cli" / "small.yaml"
BASE = scenario({"horizon": 8})


@pytest.fixture(scope="module")
def approved() -> Approved:
    return approved_of(play(BASE, 3, 40), fingerprint=BASE.fingerprint, seed=3)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A scenario with approved figures beside it."""
    text = SMALL.read_text(encoding="utf-8").replace("365d", "10d")
    (tmp_path / "store.yaml").write_text(text, encoding="utf-8")
    approve([tmp_path / "store.yaml"], n_runs=12, seed=2, executor="serial")
    return tmp_path


def _judged(approved: Approved, changes: dict[str, object]) -> Verdict:
    other = BASE.with_(changes)
    totals = play(other, approved.seed, approved.n_runs)
    return corrected([judged("store", approved, totals, other.fingerprint)])[0]


def test_what_nobody_touched_is_unchanged(approved: Approved) -> None:
    verdict = _judged(approved, {})

    assert verdict.level == "same"
    assert verdict.moved is None
    assert not verdict.edited
    assert {figure.relative for figure in verdict.figures} == {0.0}


def test_a_change_fails_and_says_where_it_began(approved: Approved) -> None:
    verdict = _judged(approved, {"operations.conversion.base": 2 * BASE.operations.conversion.base})

    levels = {figure.kpi: figure.level for figure in verdict.figures}
    assert (levels["gmv"], levels["cvr"]) == ("fail", "fail")
    assert verdict.edited
    assert verdict.moved is not None
    assert verdict.moved.date == BASE.store.opened
    assert verdict.moved.mechanism in ("traffic", "ads", "conversion")


def test_a_change_within_tolerance_or_within_noise_does_not_fail(approved: Approved) -> None:
    more = _judged(approved, {"operations.conversion.base": 1.2 * BASE.operations.conversion.base})
    wide = corrected([replace(more, approved=replace(approved, limits=Limits(10.0, 10.0)))])[0]
    # Next to nothing, in few buyers: beyond the tolerance of nothing at all, and within the noise.
    little = _judged(replace(approved, limits=Limits(0.0, 0.0)), {"operations.conversion.base": 0.0202})

    assert wide.level == "moved"
    assert "fail" not in {figure.level for figure in little.figures if figure.kpi == "aov"}


def test_a_figure_that_is_no_longer_known_fails(approved: Approved) -> None:
    verdict = _judged(approved, {"channels.express.daily_budget": 0, "channels.direct_placement.daily_budget": 0})

    roas = next(figure for figure in verdict.figures if figure.kpi == "roas")
    assert math.isnan(roas.after)
    assert roas.level == "fail"


def test_the_number_of_figures_is_corrected_for(approved: Approved) -> None:
    verdict = judged("store", approved, play(BASE.with_({"catalogue.discount": 0.01}), 3, 40), "")
    alone, many = corrected([verdict])[0], corrected([verdict] * 30)[0]

    smallest = min(figure.p for figure in alone.figures)
    assert min(figure.p for figure in many.figures) == pytest.approx(min(1.0, 30 * smallest))


def test_approved_figures_come_back_from_their_file_and_are_the_same_bytes(approved: Approved, tmp_path: Path) -> None:
    path = tmp_path / "a.approved.json"

    write_approved(path, approved)
    found = read_approved(path)
    write_approved(tmp_path / "b.approved.json", found)

    assert path.read_bytes() == (tmp_path / "b.approved.json").read_bytes()
    assert (found.prints == approved.prints).all()
    assert found.values("cvr") == pytest.approx(approved.values("cvr"), rel=1e-12)
    assert len(path.read_bytes()) < 30_000


def test_figures_of_a_storesim_with_other_counts_are_still_checked(approved: Approved, tmp_path: Path) -> None:
    # A count that was there then and is not now, and one that is new since.
    known = [i for i, (_, count) in enumerate(approved.columns) if count not in ("chats", "impressions")]
    older = replace(
        approved,
        prints=np.column_stack([approved.prints[:, known], np.full(len(approved.prints), 7, np.uint16)]),
        columns=(*(approved.columns[i] for i in known), ("", "forgotten")),
    )

    assert _judged(older, {}).level == "same"
    changed = _judged(older, {"operations.conversion.base": 2 * BASE.operations.conversion.base})
    assert changed.moved is not None
    assert changed.moved.mechanism == "conversion"

    # A file that does not say what its columns are: no place can be told, the figures are judged all the same.
    write_approved(tmp_path / "a.approved.json", approved)
    document = json.loads((tmp_path / "a.approved.json").read_text("utf-8"))
    del document["columns"]
    (tmp_path / "a.approved.json").write_text(json.dumps(document), "utf-8")
    unnamed = _judged(read_approved(tmp_path / "a.approved.json"), {"catalogue.discount": 0.2})
    assert (unnamed.level, unnamed.moved) == ("fail", None)


def test_prints_tell_numbers_apart_and_nothing_from_something() -> None:
    numbers = np.arange(2_000.0)

    prints = prints_of(numbers)

    assert prints[0] == 0
    assert (prints[1:] > 0).all()
    # Neighbours may meet by chance, 1 in 65,536.
    assert (prints[1:] == prints[:-1]).sum() <= 1
    assert prints_of(np.array([-0.0]))[0] == 0


def test_runs_are_chosen_by_the_noise_of_the_store() -> None:
    calm = BASE.with_({"operations.conversion.base": 0.3})

    assert runs_needed(BASE, 1, jobs=1, executor="serial") > runs_needed(calm, 1, jobs=1, executor="serial") >= 40


def test_a_folder_is_searched_and_what_has_lost_its_scenario_is_listed(folder: Path) -> None:
    (folder / "gone.approved.json").write_bytes(
        (folder / "store.approved.json").read_bytes().replace(b"store.yaml", b"gone.yaml")
    )

    found = check([folder], executor="serial")

    assert [verdict.level for verdict in found.verdicts] == ["same"]
    assert [path.name for path in found.obsolete] == ["gone.approved.json"]


def test_approving_again_keeps_runs_seed_and_limits(folder: Path) -> None:
    path = folder / "store.approved.json"
    before = read_approved(path)
    (folder / "store.yaml").write_text((folder / "store.yaml").read_text("utf-8").replace("1.2}", "1.4}"), "utf-8")

    assert check([folder], executor="serial").verdicts[0].edited
    assert approve([folder], executor="serial") == [path]

    after = read_approved(path)
    assert (after.seed, after.n_runs, after.limits) == (before.seed, before.n_runs, before.limits) == (2, 12, Limits())
    assert after.fingerprint == read_scenario(folder / "store.yaml").fingerprint != before.fingerprint
    assert check([path], executor="serial").level == "same"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{", "is not a file of approved figures"),
        ('{"form": 99}', "newer storesim"),
        ("[]", "is not a file of approved"),
    ],
)
def test_a_damaged_file_is_a_wrong_file(folder: Path, text: str, says: str) -> None:
    (folder / "store.approved.json").write_text(text, encoding="utf-8")

    with pytest.raises(FileFaults, match=says):
        check([folder])


def test_nothing_to_check_is_wrong_usage(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="make some with storesim approve"):
        check([tmp_path])
    with pytest.raises(FileFaults, match="has no approved figures"):
        check([SMALL])


def test_the_command_fails_and_writes_pages_for_people_and_servers(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store = folder / "store.yaml"
    store.write_text(store.read_text("utf-8").replace("¥60", "¥1"), encoding="utf-8")

    status = main(["check", str(store), "--executor", "serial", "-q", "--lang", "en", "-o", str(folder / "out")])

    assert status == 1
    assert "what moves first is" in capsys.readouterr().out
    assert "failed" in (folder / "out" / "check.md").read_text(encoding="utf-8")
    assert "<svg" in (folder / "out" / "check.html").read_text(encoding="utf-8")
    suite = ET.fromstring((folder / "out" / "check.xml").read_bytes())[0]  # noqa: S314  # made a line ago
    failed = [case.get("name") for case in suite if case.find("failure") is not None]
    assert suite.get("failures") == str(len(failed))
    assert "ad_spend" in failed


def test_the_command_approves_and_then_finds_all_well(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["approve", str(folder), "--executor", "serial", "-q", "--tolerance", "2%", "--kpi", "uv"]) == 0
    assert main(["check", str(folder), "--executor", "serial", "-q", "--json"]) == 0

    found = json.loads("{" + capsys.readouterr().out.partition("{")[2])
    assert found["level"] == "same"
    assert [figure["kpi"] for figure in found["forecasts"][0]["figures"]] == ["uv"]
    assert read_approved(folder / "store.approved.json").limits == Limits(0.02, 0.002)


def test_a_shift_in_every_run_is_found_whatever_a_few_runs_do(approved: Approved) -> None:
    # Each run sells 1 % more; in two of the thirty the store's path parted, far up and far down.
    before = {name: values.astype(float) for name, values in approved.counts.items()}
    gmv = 1_000.0 + np.arange(30.0)
    shifted = 1.01 * gmv
    shifted[[3, 8]] += [400.0, -390.0]
    kept = replace(approved, kpis=("gmv",), n_runs=30, counts=before | {"gmv": gmv})

    class Now:
        def count(self, name: str) -> object:
            return shifted if name == "gmv" else before[name]

        def values(self, name: str) -> object:
            return self.count(name)

    (figure,) = figures_of(kept, Now())  # type: ignore[arg-type]
    (verdict,) = corrected([Verdict("", (figure,), kept, edited=False, moved=None)])

    assert p_value(shifted - gmv) > 0.3
    assert figure.middle == pytest.approx(0.01, abs=0.001)
    assert verdict.figures[0].level == "fail"


def test_ranks_are_wilcoxons() -> None:
    # All 12 signs alike: 2 of 2^12 ways.
    assert rank_p_value(np.arange(1.0, 13.0)) == pytest.approx(2 / 2**12)
    assert rank_p_value(np.zeros(5)) == 1.0
    assert math.isnan(rank_p_value(np.array([1.0, np.nan, 2.0])))


def test_too_few_runs_to_fail_are_refused(tmp_path: Path) -> None:
    (tmp_path / "store.yaml").write_text(yaml_of(BASE), encoding="utf-8")

    with pytest.raises(UsageError, match="5 runs tell no change from luck; approve with 12 or more"):
        approve([tmp_path / "store.yaml"], n_runs=5, executor="serial")
