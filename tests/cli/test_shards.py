"""`run --shard` and `merge`: machines that do not know of each other give what one gives, or are told why not."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

import storesim
from storesim.cli.main import main
from storesim.errors import FileFaults, UsageError
from storesim.runs.shards import Shard
from storesim.study.folder import find_run

SMALL = Path(__file__).parent / "small.yaml"
DATA = ("daily.csv", "draws.npz", "forecast.csv", "goals.csv")
ASKED = ("--runs", "17", "--seed", "3", "--set", "horizon=20d", "--executor", "serial", "-q")


@pytest.fixture(scope="module")
def farm(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three shards of 17 runs, all finished."""
    folder = tmp_path_factory.mktemp("farm")
    for number in (1, 2, 3):
        assert main(["run", str(SMALL), *ASKED, "--shard", f"{number}/3", "-o", str(folder)]) == 0
    return folder


@pytest.fixture
def mine(farm: Path, tmp_path: Path) -> Path:
    """A copy of the shards, to do harm to."""
    return Path(shutil.copytree(farm, tmp_path / "farm"))


def test_shards_merged_are_the_same_bytes_as_one_machine(farm: Path, tmp_path: Path) -> None:
    assert main(["run", str(SMALL), *ASKED, "-o", str(tmp_path / "one")]) == 0
    # In another order than they were dealt out.
    shards = sorted(map(str, farm.glob("*shard*")), reverse=True)

    status = main(["merge", *shards, "-o", str(tmp_path / "merged"), "-q"])

    one, merged = find_run(tmp_path / "one"), find_run(tmp_path / "merged")
    assert status == 0
    assert one.name == merged.name
    assert [(one / name).read_bytes() == (merged / name).read_bytes() for name in DATA] == [True] * len(DATA)
    assert _lasting(one) == _lasting(merged)


def test_every_run_is_in_exactly_one_shard() -> None:
    dealt = [batch for number in (1, 2, 3) for batch in Shard(number, 3).batches(52)]

    runs = sorted(run for batch in dealt for run in range(batch.first, batch.stop))

    assert runs == list(range(52))


def test_an_interrupted_shard_goes_on_where_it_was(mine: Path) -> None:
    second = next(mine.glob("*shard2of3"))
    whole = {path.name: path.read_bytes() for path in (second / "parts").glob("*.npz")}
    lost = second / "parts" / sorted(whole)[0]
    lost.unlink()
    told: list[tuple[int, int]] = []

    storesim.play_shard(
        SMALL, 17, 3, shard=(2, 3), output=mine, overrides=["horizon=20d"], executor="serial", resume=True,
        progress=lambda done, wanted: told.append((done, wanted)),
    )  # fmt: skip

    assert told == [(0, 5), (5, 5)]
    assert {path.name: path.read_bytes() for path in (second / "parts").glob("*.npz")} == whole


def test_everything_that_keeps_shards_apart_is_told_at_once(mine: Path) -> None:
    shutil.copytree(next(mine.glob("*shard2of3")), mine / "again")
    shutil.rmtree(next(mine.glob("*shard3of3")))
    next(mine.glob("*shard1of3/parts/batch-*.npz")).unlink()
    other = shutil.copytree(next(mine.glob("*shard2of3")), mine / "other")
    for path in ("shard.json", "parts/manifest.json"):
        record = json.loads((other / path).read_text("utf-8"))
        record.get("rests_on", record).update(seed=4, version="old", shard="3/4")
        (other / path).write_text(json.dumps(record), "utf-8")
    (mine / "empty").mkdir()

    with pytest.raises(FileFaults) as caught:
        storesim.merge([mine, mine / "empty"])

    said: dict[str, list[str]] = {}
    for fault in caught.value.faults:
        said.setdefault(Path(fault.file).name[-9:], []).append(fault.message)
    assert said["empty"] == ["holds no shard of a run; there is no shard.json in it"]
    assert said["farm"] == ["of 3 shards these are missing: 3"]
    assert said["shard1of3"] == ["shard 1/3 lacks 1 of its 2 batches; play it again with --resume"]
    assert "is shard 3/4, and others are of 3" in said["other"]
    assert f"was made with another seed, version than {mine / 'again'}" in said["other"]
    # Sorted by name the copy comes first, so that the original stands twice.
    assert said["shard2of3"] == [f"shard 2/3 stands already in {mine / 'again'}"]


def test_a_shard_that_was_never_finished_and_one_that_is_damaged_are_named(mine: Path) -> None:
    (next(mine.glob("*shard1of3")) / "shard.json").unlink()
    (next(mine.glob("*shard2of3")) / "shard.json").write_text('{"form": 1, "scenario": {}}')

    with pytest.raises(FileFaults, match=r"shard 1/3 is not finished") as caught:
        storesim.merge([mine])

    assert "shard.json is damaged" in str(caught.value)


def test_shards_of_another_storesim_are_refused(mine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storesim, "__version__", "0.2.0")

    with pytest.raises(FileFaults, match="was made with another version than this storesim has"):
        storesim.merge([mine])


@pytest.mark.parametrize("text", ["0/3", "4/3", "1", "a/b", "1/0", "-1/3", "1/3/5", "１/３"])
def test_what_is_no_shard_is_wrong_usage(text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", str(SMALL), "--shard", text, "-o", str(tmp_path), "--lang", "en"]) == 2
    assert "is no shard; write 2/5" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--runs", "auto"], "give their number"),
        (["--runs", "10", "--shard", "1/3"], "too few for 3 shards"),
        (["--fail-under", "80%"], "give it to merge"),
    ],
)
def test_what_a_shard_cannot_do_is_wrong_usage(
    words: list[str], says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["run", str(SMALL), "--shard", "1/2", *words, "-o", str(tmp_path), "--lang", "en"]) == 2
    assert says in capsys.readouterr().err


def test_a_missing_shard_is_a_wrong_file_in_both_languages(mine: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.rmtree(next(mine.glob("*shard3of3")))

    assert [main(["merge", str(mine), "--lang", lang]) for lang in ("en", "zh")] == [3, 3]
    said = capsys.readouterr().err
    assert "of 3 shards these are missing: 3" in said
    assert "3 个分片中缺：3" in said
    assert not (mine / "latest").exists()


def test_nothing_to_merge_is_wrong_usage() -> None:
    with pytest.raises(UsageError, match="nothing to merge"):
        storesim.merge([])


def _lasting(folder: Path) -> dict[str, object]:
    """What `run.json` says that does not depend on when and where."""
    record: dict[str, object] = json.loads((folder / "run.json").read_text("utf-8"))
    return {name: value for name, value in record.items() if name not in ("made", "timings_s")}
