"""`draws.parquet`: every run's daily counts as one long table."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tests.model.small import scenario

from storesim import kpi
from storesim.results import parquet
from storesim.results.ensemble import Ensemble
from storesim.results.parquet import save_parquet
from storesim.runs.many import replicate

pq = pytest.importorskip("pyarrow.parquet", reason="pyarrow is not installed (the extra `parquet`)")


@pytest.fixture(scope="module")
def ensemble() -> Ensemble:
    return replicate(scenario({"horizon": 9}), 3, 1, executor="serial")


def test_a_row_is_a_run_a_day_and_a_channel_and_the_store_has_its_own(tmp_path: Path, ensemble: Ensemble) -> None:
    save_parquet(tmp_path / "draws.parquet", ensemble)

    table = pq.read_table(tmp_path / "draws.parquet").to_pandas()
    assert len(table) == 3 * 9 * (len(ensemble.channels) + 1)
    for place, channel in enumerate(ensemble.channels):
        rows = table[table["channel"] == channel]
        for i, count in enumerate(kpi.CHANNEL_COUNTS):
            assert np.array_equal(rows[count.name], ensemble.by_channel[:, :, place, i].ravel())
        assert rows[[count.name for count in kpi.STORE_COUNTS]].isna().all(axis=None)
    store = table[table["channel"] == ""].set_index(["run", "date"])
    assert store.loc[2, "gmv"].tolist() == ensemble.daily("gmv")[2].tolist()
    assert np.array_equal(store["cash"], ensemble.of_store[:, :, kpi.STORE_INDEX["cash"]].ravel())
    assert [str(date) for date in store.loc[0].index[:2]] == [str(ensemble.start), str(ensemble.dates[1])]


def test_the_same_draws_give_the_same_bytes_in_pieces_of_whole_runs(
    tmp_path: Path, ensemble: Ensemble, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = save_parquet(tmp_path / "one.parquet", ensemble)
    assert save_parquet(tmp_path / "two.parquet", ensemble) == one

    monkeypatch.setattr(parquet, "ROWS_AT_ONCE", 1)
    save_parquet(tmp_path / "pieces.parquet", ensemble)

    assert pq.ParquetFile(tmp_path / "pieces.parquet").num_row_groups == 3
    assert pq.read_table(tmp_path / "pieces.parquet").equals(pq.read_table(tmp_path / "one.parquet"))
