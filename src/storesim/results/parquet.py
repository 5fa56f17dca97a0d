"""Every run's daily counts as one long table, `draws.parquet`, for who reads draws without NumPy (extra `parquet`)."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np

from storesim import kpi
from storesim.errors import MissingExtra
from storesim.results.ensemble import Ensemble
from storesim.results.files import write_whole

if TYPE_CHECKING:
    import pyarrow as pa

ROWS_AT_ONCE = 500_000
"""Rows of one group, about: what is in memory at a time."""


def need_parquet() -> None:
    """Refuse before anything is simulated what could not be written afterwards.

    Raises
    ------
    MissingExtra
        If pyarrow is not installed.
    """
    try:
        import pyarrow.parquet  # noqa: F401
    except ImportError as error:
        raise MissingExtra("pyarrow", "parquet") from error


def save_parquet(path: Path, ensemble: Ensemble) -> str:
    """Write every run's daily counts as a long table, whole or not at all; give the file's SHA-256.

    A row a run, a day and a channel, and one with an empty channel for the whole store: its channel counts are the
    sums, and only it has the counts of the store (null elsewhere). Columns are `run` (from 0), `date`, `channel`, then
    the counts of `kpi.CHANNEL_COUNTS` and `kpi.STORE_COUNTS`; money in CNY. The same ensemble and version of pyarrow
    give the same bytes.

    Raises
    ------
    MissingExtra
        If pyarrow is not installed.
    RunError
        If the file cannot be written.
    """
    need_parquet()
    return write_whole(path, partial(_write, ensemble=ensemble))


def _write(file: BinaryIO, ensemble: Ensemble) -> None:
    import pyarrow.parquet as pq

    groups = _groups(ensemble)
    first = next(groups)
    with pq.ParquetWriter(file, first.schema, compression="zstd") as writer:
        writer.write_table(first)
        for group in groups:
            writer.write_table(group)


def _groups(ensemble: Ensemble) -> Iterator[pa.Table]:
    """The table in pieces of whole runs."""
    rows = ensemble.n_days * (len(ensemble.channels) + 1)
    step = max(1, ROWS_AT_ONCE // rows)
    for start in range(0, ensemble.n_runs, step):
        yield _table(ensemble, slice(start, min(start + step, ensemble.n_runs)))


def _table(ensemble: Ensemble, runs: slice) -> pa.Table:
    import pyarrow as pa

    by_channel, of_store = np.asarray(ensemble.by_channel[runs]), np.asarray(ensemble.of_store[runs])
    n_runs, n_days, n_channels, _ = by_channel.shape
    shape = (n_runs, n_days, n_channels + 1)
    number, day, place = np.indices(shape, dtype=np.int32)
    names = pa.array([*ensemble.channels, ""])
    columns: dict[str, Any] = {
        "run": pa.array((number + np.int32(runs.start)).ravel()),
        "date": pa.array((np.datetime64(ensemble.start, "D") + day.ravel()).astype("datetime64[D]")),
        "channel": pa.DictionaryArray.from_arrays(pa.array(place.ravel()), names),
    }
    # Counts add up; the mean or largest of a channel is not among them.
    whole = np.concatenate([by_channel, by_channel.sum(axis=2, keepdims=True)], axis=2)
    for i, count in enumerate(kpi.CHANNEL_COUNTS):
        columns[count.name] = pa.array(np.ascontiguousarray(whole[..., i]).ravel())
    told = np.full(shape, np.nan)
    for i, count in enumerate(kpi.STORE_COUNTS):
        told[..., n_channels] = of_store[..., i]
        columns[count.name] = pa.array(told.flatten(), from_pandas=True)  # Arrow keeps what it is handed
    return pa.table(columns)
