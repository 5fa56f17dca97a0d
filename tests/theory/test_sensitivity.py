"""Which inputs matter: Sobol's indices of a function whose indices are known (CHECKS, "Sensitivity")."""

from __future__ import annotations

import numpy as np

from storesim.experiments.sensitivity import sobol_indices
from tests.experiments.test_designs import ishigami
from tests.theory.evidence import Evidence

SEEDS, POINTS = 16, 2**10
EXACT = {"first order": (0.313905, 0.442411, 0), "total": (0.557589, 0.442411, 0.243684)}


def test_sobols_indices_are_those_of_the_ishigami_function(evidence: Evidence) -> None:
    found = [sobol_indices(ishigami, 3, POINTS, seed, n_resamples=1) for seed in range(SEEDS)]

    for kind, (order, exact) in enumerate(EXACT.items()):
        values = np.array([indices[kind][:, 1] for indices in found])
        for i, expected in enumerate(exact):
            evidence.mean(
                f"Ishigami (7, 0.1): {order}, x{i + 1}", expected=expected, values=values[:, i],
                size=f"{SEEDS} scrambled designs of {POINTS:,} points", source="Ishigami and Homma 1990",
            )  # fmt: skip
