"""Results to disk and back."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import json
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from made_runs import CHANNELS, made_ensemble

import storesim
from storesim import kpi
from storesim.errors import FileFaults
from storesim.results.archive import load_draws, read_record, save_draws, versions, write_record
from storesim.results.daily import COLUMNS, daily_csv
from storesim.results.ensemble import Ensemble
from storesim.results.files import write_whole


def test_draws_read_back_are_the_ensemble(tmp_path: Path) -> None:
    ensemble = made_ensemble(4)

    save_draws(tmp_path / "draws.npz", ensemble)

    assert load_draws(tmp_path / "draws.npz") == ensemble


def test_a_store_without_skus_survives_the_disk(tmp_path: Path) -> None:
    ensemble = made_ensemble(2)
    bare = replace(ensemble, skus=(), by_sku=ensemble.by_sku[:, :0])

    save_draws(tmp_path / "draws.npz", bare)

    assert load_draws(tmp_path / "draws.npz") == bare


def test_draws_are_the_same_bytes_whenever_they_are_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one = save_draws(tmp_path / "one.npz", made_ensemble(4))
    monkeypatch.setattr(time, "time", lambda: 2_000_000_000.0)
    monkeypatch.setattr(time, "localtime", lambda *_: time.gmtime(2_000_000_000))

    other = save_draws(tmp_path / "other.npz", made_ensemble(4))

    assert one == other
    assert (tmp_path / "one.npz").read_bytes() == (tmp_path / "other.npz").read_bytes()


def test_draws_open_in_numpy_alone(tmp_path: Path) -> None:
    ensemble = made_ensemble(3)
    save_draws(tmp_path / "draws.npz", ensemble)

    with np.load(tmp_path / "draws.npz", allow_pickle=False) as file:
        column = file["channel_counts"].tolist().index("gmv")
        channel = file["channels"].tolist().index("快车")
        gmv = file["by_channel"][:, :, channel, column]

    np.testing.assert_array_equal(gmv, ensemble.daily("gmv", "快车"))


def test_a_damaged_file_is_refused_wherever_the_damage_is(tmp_path: Path) -> None:
    ensemble = made_ensemble(2, n_days=5)
    path = tmp_path / "draws.npz"
    save_draws(path, ensemble)
    whole = path.read_bytes()

    for place in np.linspace(0, len(whole) - 1, 300).astype(int):
        damaged = bytearray(whole)
        damaged[place] ^= 0xFF
        path.write_bytes(damaged)
        try:
            found = load_draws(path)
        except FileFaults:
            continue
        # What nobody reads, such as the dates of the archive's entries, may be damaged without harm.
        assert found == ensemble
    for length in np.linspace(0, len(whole) - 1, 50).astype(int):
        path.write_bytes(whole[:length])
        with pytest.raises(FileFaults, match=r"draws\.npz"):
            load_draws(path)


def test_draws_that_are_not_there_or_hold_other_counts_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(FileFaults, match="No such file"):
        load_draws(tmp_path / "draws.npz")
    save_draws(tmp_path / "draws.npz", made_ensemble(2))
    monkeypatch.setattr(kpi, "STORE_COUNTS", kpi.STORE_COUNTS[:-1])

    with pytest.raises(FileFaults, match="other counts"):
        load_draws(tmp_path / "draws.npz")


def test_daily_csv_has_every_kpi_of_every_day_and_channel() -> None:
    ensemble = made_ensemble(20, n_days=3)

    text = daily_csv(ensemble)

    assert text.startswith(b"\xef\xbb\xbfdate,channel,kpi,mean,se,p10,p50,p90\n")
    table = pd.read_csv(io.BytesIO(text), encoding="utf-8-sig", keep_default_na=False, na_values={"mean": [""]})
    rows_a_day = len(kpi.COUNT) + len(kpi.RATIO) + len(CHANNELS) * len(ensemble.names_of("search"))
    assert len(table) == 3 * rows_a_day
    assert set(table["kpi"]) == {*kpi.COUNT, *kpi.RATIO}
    second = table[(table["date"] == "2027-01-02") & (table["channel"] == "快车")].set_index("kpi")
    assert float(second.loc["gmv", "mean"]) == pytest.approx(ensemble.mean("gmv", "快车")[1], abs=0.005)
    assert float(second.loc["cvr", "p90"]) == pytest.approx(ensemble.quantiles("cvr", [0.9], "快车")[1, 0], rel=1e-5)


def test_means_in_daily_csv_keep_gmv_equal_to_uv_times_cvr_times_aov() -> None:
    table = pd.read_csv(io.BytesIO(daily_csv(made_ensemble(20, n_days=5))), encoding="utf-8-sig", keep_default_na=False)
    means = table.assign(mean=pd.to_numeric(table["mean"])).pivot_table(
        index=["date", "channel"], columns="kpi", values="mean"
    )

    # Six digits in each of two ratios.
    np.testing.assert_allclose(means["gmv"], means["uv"] * means["cvr"] * means["aov"], rtol=2e-5)


def test_an_ensembles_frame_is_the_table_of_daily_csv() -> None:
    ensemble = made_ensemble(5, n_days=4)

    frame = ensemble.frame()

    assert list(frame.columns) == list(COLUMNS)
    table = pd.read_csv(io.BytesIO(daily_csv(ensemble)), encoding="utf-8-sig", keep_default_na=False)
    assert frame["date"].dt.strftime("%Y-%m-%d").tolist() == table["date"].tolist()
    assert frame["channel"].tolist() == table["channel"].tolist()
    assert frame["kpi"].tolist() == table["kpi"].tolist()
    np.testing.assert_allclose(frame["p50"], pd.to_numeric(table["p50"]), rtol=1e-5, atol=0.005)


def test_a_channel_named_like_a_formula_is_text_in_daily_csv() -> None:
    ensemble: Ensemble = replace(made_ensemble(2, n_days=1), channels=("=1+1", "a,b"))

    text = daily_csv(ensemble).decode("utf-8-sig")

    assert ",'=1+1,uv," in text
    assert ',"a,b",uv,' in text


def test_the_record_tells_what_was_made_from_what(tmp_path: Path) -> None:
    ensemble = made_ensemble(3)
    write_whole(tmp_path / "daily.csv", b"figures")

    write_record(
        tmp_path,
        ensemble,
        scenario={"store": {"name": "店"}, "horizon": 40.0},
        origins={"store.name": "a.yaml:1:8"},
        calendar={"library": "holidays 0.109", "estimated_years": [2027]},
        timings={"simulate": 1.23456},
        files=["daily.csv"],
    )
    record = read_record(tmp_path)

    assert record["fingerprint"] == "f" * 64
    assert (record["seed"], record["n_runs"], record["n_days"], record["start"]) == (7, 3, 40, "2027-01-01")
    assert record["scenario"]["store"]["name"] == "店"
    assert record["origins"] == {"store.name": "a.yaml:1:8"}
    assert record["files"] == {"daily.csv": {"bytes": 7, "sha256": hashlib.sha256(b"figures").hexdigest()}}
    assert record["timings_s"] == {"simulate": 1.235}
    assert record["versions"]["numpy"] == np.__version__
    assert dt.datetime.fromisoformat(record["made"]).tzinfo is not None


def test_a_record_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileFaults, match=r"run\.json"):
        read_record(tmp_path)
    (tmp_path / "run.json").write_text("[]")
    with pytest.raises(FileFaults, match="not the record"):
        read_record(tmp_path)
    (tmp_path / "run.json").write_text(json.dumps({"form": 99}))
    with pytest.raises(FileFaults, match="newer storesim"):
        read_record(tmp_path)


def test_versions_name_storesim_python_and_the_libraries() -> None:
    found = versions()

    assert found["storesim"] == storesim.__version__
    assert all(found[name] for name in ("python", "numpy", "numba", "simpy", "machine"))
