"""Designs, indices and boxes against answers that are known."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from storesim.errors import UsageError
from storesim.experiments.boxes import find_box
from storesim.experiments.design import axis_of, changes, points
from storesim.experiments.sensitivity import sobol_indices
from tests.model.small import scenario

Array = NDArray[np.float64]
BASE = scenario()


def ishigami(unit: Array) -> Array:
    x = np.pi * (2 * unit - 1)
    return np.asarray(np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0]))


@pytest.mark.parametrize("seed", range(6))
def test_sobols_indices_of_the_ishigami_function_are_the_published_ones(seed: int) -> None:
    first, total = sobol_indices(ishigami, 3, 2**13, seed, n_resamples=20)

    # CHECKS, "Sensitivity": exact to all digits given.
    assert first[:, 1] == pytest.approx([0.313905, 0.442411, 0], abs=0.01)
    assert total[:, 1] == pytest.approx([0.557589, 0.442411, 0.243684], abs=0.01)
    assert (first[:, 0] <= first[:, 1]).all()
    assert (total[:, 1] <= total[:, 2]).all()


def test_a_function_that_never_moves_depends_on_nothing() -> None:
    first, total = sobol_indices(lambda unit: np.full(len(unit), 3.0), 2, 8, 0)

    assert first.tolist() == total.tolist() == [[0.0] * 3] * 2


def test_ranges_are_read_as_people_write_them() -> None:
    assert axis_of("channels.express.daily_budget=¥100:¥0.05万:3", BASE).values == (100, 300, 500)
    assert axis_of("catalogue.discount = 0%, 5%", BASE).values == (0, 0.05)
    assert axis_of("operations.service.agents=1:4:5", BASE).values == (1, 2, 3, 4)
    assert axis_of("catalogue.skus.0.price=90:110", BASE).values == (90, 95, 100, 105, 110)


@pytest.mark.parametrize(
    "text",
    ["channels.express.bid", "channels.express.bid=1:2:3:4", "channels.express.bid=much", "channels.express.bids=1:2",
     "store.name=1:2", "channels.express.bid=1", "catalogue.skus.7.price=1:2"],
)  # fmt: skip
def test_what_is_no_range_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        axis_of(text, BASE)


def test_a_grid_holds_every_combination_and_whole_settings_stay_whole() -> None:
    axes = [axis_of("operations.service.agents=0:2:3", BASE), axis_of("catalogue.discount=0,0.1", BASE)]

    grid, even = points(axes), points(axes, "sobol", 30, 1)

    assert grid.tolist() == [[0, 0], [0, 0.1], [1, 0], [1, 0.1], [2, 0], [2, 0.1]]
    assert len(even) == 32
    assert set(even[:, 0]) == {0, 1, 2}
    assert changes(axes, even[0])["operations.service.agents"] in (0, 1, 2)


def test_a_latin_hypercube_has_one_point_in_each_slice() -> None:
    axes = [axis_of("channels.express.bid=1:2", BASE), axis_of("catalogue.discount=0:0.5", BASE)]

    found = points(axes, "latin", 20, 1)

    assert sorted(((found[:, 0] - 1) * 20).astype(int)) == list(range(20))
    assert sorted((found[:, 1] * 40).astype(int)) == list(range(20))


def test_the_box_of_failures_is_found_and_leaves_out_settings_that_do_not_matter() -> None:
    tried = np.random.default_rng(3).uniform(0, 1, (600, 3))
    fails = (tried[:, 0] > 0.6) & (tried[:, 1] < 0.5)

    box = find_box(tried, fails)

    assert box is not None
    assert box.restricted == (True, True, False)
    assert box.low[0] == pytest.approx(0.6, abs=0.07)
    assert box.high[1] == pytest.approx(0.5, abs=0.07)
    assert box.coverage > 0.85
    assert box.density >= 0.8


def test_of_few_points_a_setting_that_keeps_none_out_is_no_restriction() -> None:
    tried = np.random.default_rng(5).uniform(0, 1, (16, 3))

    box = find_box(tried, tried[:, 1] > 0.5)

    assert box is not None
    assert box.restricted == (False, True, False)


def test_there_is_no_box_where_nothing_fails() -> None:
    assert find_box(np.zeros((5, 1)), np.zeros(5, dtype=np.bool_)) is None
