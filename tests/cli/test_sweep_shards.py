"""`sweep --shard` and `merge`: machines that do not know of each other give the sweep of one, or are told why not."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

import storesim
from storesim.cli.main import main
from storesim.errors import FileFaults, UsageError
from storesim.experiments.sweep import SweepPlan
from storesim.experiments.sweep_shards import merge_sweep, play_points
from storesim.scenario.load import read_scenario

SMALL = Path(__file__).parent / "small.yaml"
ASKED = ("sweep", str(SMALL), "--over", "channels.express.daily_budget=0:60:4", "--over", "catalogue.discount=0,0.1",
         "--set", "horizon=3d", "--runs", "6", "--seed", "3", "--executor", "serial", "-q", "--fails", "profit<-3900",
         "--lang", "en")  # fmt: skip
PAGES = ("sweep.html", "sweep.md", "sweep.csv")


@pytest.fixture(scope="module")
def farm(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three shards of eight points, all finished."""
    folder = tmp_path_factory.mktemp("farm")
    for number in (1, 2, 3):
        assert main([*ASKED, "--shard", f"{number}/3", "-o", str(folder)]) == 0
    return folder


@pytest.fixture
def mine(farm: Path, tmp_path: Path) -> Path:
    """A copy of the shards, to do harm to."""
    return Path(shutil.copytree(farm, tmp_path / "farm"))


def test_shards_of_a_sweep_merged_are_the_same_bytes_as_one_machine(
    farm: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*ASKED, "-o", str(tmp_path / "one")]) == 0
    shown = capsys.readouterr().out

    status = main(["merge", *sorted(map(str, farm.iterdir()), reverse=True), "-o", str(tmp_path / "merged"),
                   "--lang", "en"])  # fmt: skip

    one, merged = tmp_path / "one", tmp_path / "merged"
    assert status == 0
    assert [(one / name).read_bytes() == (merged / name).read_bytes() for name in PAGES] == [True] * 3
    assert capsys.readouterr().out.replace(str(merged), str(one)) == shown


def test_an_interrupted_shard_plays_only_what_it_lacks(mine: Path) -> None:
    second = next(mine.glob("*shard2of3"))
    lost = sorted((second / "cells").glob("*.npz"))[0]
    whole = lost.read_bytes()
    lost.unlink()
    told: list[tuple[int, int]] = []
    over = ["channels.express.daily_budget=0:60:4", "catalogue.discount=0,0.1"]
    plan = SweepPlan.of(read_scenario(SMALL, ("horizon=3d",)), over, 6, 3, fails="profit<-3900")

    folder = play_points(plan, (2, 3), mine, executor="serial", resume=True, progress=lambda *now: told.append(now))

    # Three points of two batches.
    assert folder == second
    assert told == [(5, 6), (6, 6)]
    assert lost.read_bytes() == whole


def test_what_keeps_shards_of_a_sweep_apart_is_told_at_once(mine: Path) -> None:
    shutil.copytree(next(mine.glob("*shard2of3")), mine / "again")
    shutil.rmtree(next(mine.glob("*shard3of3")))
    next(mine.glob("*shard1of3/cells/*.npz")).write_bytes(b"damaged")
    other = shutil.copytree(next(mine.glob("*shard2of3")), mine / "other")
    record = json.loads((other / "shard.json").read_text("utf-8"))
    record["rests_on"] |= {"numpy": "1.0", "shard": "3/4"}
    (other / "shard.json").write_text(json.dumps(record), "utf-8")
    begun = shutil.copytree(next(mine.glob("*shard2of3")), mine / "begun")
    record["rests_on"]["shard"], record["finished"] = "1/3", False
    (begun / "shard.json").write_text(json.dumps(record), "utf-8")
    (mine / "empty").mkdir()

    with pytest.raises(FileFaults) as caught:
        merge_sweep([mine, mine / "empty"])

    said: dict[str, list[str]] = {}
    for fault in caught.value.faults:
        said.setdefault(Path(fault.file).name[-9:], []).append(fault.message)
    assert said["empty"] == ["holds no shard of a sweep, as other folders do"]
    assert said["farm"] == ["of 3 shards these are missing: 3"]
    assert said["begun"] == ["shard 1/3 is not finished; play it again with --resume"]
    assert "shard 1/3 lacks runs of 1 of its 3 points; play it again with --resume" in said["shard1of3"]
    assert "is shard 3/4, and others are of 3" in said["other"]
    assert f"was made with another numpy than {mine / 'again'}" in said["other"]
    assert said["shard2of3"] == [f"shard 2/3 stands already in {mine / 'again'}"]


@pytest.mark.parametrize(
    ("change", "says"),
    [({"seed": 4}, "it was changed"), ({"axes": [["catalogue.discount", [0, 1e9], False]]}, "it was changed"),
     ({"kpis": ["nothing"]}, "damaged"), ({"axes": 7}, "damaged"), ({"design": "round"}, "damaged")],
)  # fmt: skip
def test_a_record_that_was_changed_is_refused_in_words(mine: Path, change: dict[str, object], says: str) -> None:
    path = next(mine.glob("*shard1of3")) / "shard.json"
    record = json.loads(path.read_text("utf-8"))
    record["asked"] |= change
    path.write_text(json.dumps(record), "utf-8")

    with pytest.raises(FileFaults, match=f"shard.json is damaged.*{says}|{says}"):
        merge_sweep([mine])


def test_shards_of_another_storesim_are_refused(mine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storesim, "__version__", "0.2.0")

    with pytest.raises(FileFaults, match="was made with another version than this storesim has"):
        merge_sweep([mine])


def test_more_shards_than_points_are_wrong_usage(tmp_path: Path) -> None:
    plan = SweepPlan.of(read_scenario(SMALL, ("horizon=3d",)), ["catalogue.discount=0,0.1"], 3)

    with pytest.raises(UsageError, match="2 points are too few for 3 shards"):
        play_points(plan, "1/3", tmp_path)


def test_a_missing_shard_of_a_sweep_is_a_wrong_file_in_both_languages(
    mine: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.rmtree(next(mine.glob("*shard3of3")))

    assert [main(["merge", str(mine), "--lang", lang]) for lang in ("en", "zh")] == [3, 3]
    said = capsys.readouterr().err
    assert "of 3 shards these are missing: 3" in said
    assert "3 个分片中缺：3" in said
    assert not (mine / "sweep.csv").exists()


def test_a_sweep_has_no_chance_for_a_gate(mine: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["merge", str(mine), "--fail-under", "80%", "--lang", "en"]) == 2
    assert "--fail-under: no effect with a sweep" in capsys.readouterr().err
