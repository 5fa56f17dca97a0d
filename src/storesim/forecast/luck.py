"""Random numbers for paths: keyed by seed and purpose, the same bits on every machine and library version.

Only the raw bits of the Philox counter generator are used; what is made of them is written here, so that an update
of NumPy does not move a forecast.
"""

from __future__ import annotations

import hashlib

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

_RAW_BITS = 11
_STEP = 2.0**-53

# Wichura (1988), algorithm AS 241 (PPND16), Applied Statistics 37(3), 477-484: coefficients of the three ranges.
_CENTRE = (
    (
        3.3871328727963666080e0, 1.3314166789178437745e2, 1.9715909503065514427e3, 1.3731693765509461125e4,
        4.5921953931549871457e4, 6.7265770927008700853e4, 3.3430575583588128105e4, 2.5090809287301226727e3,
    ),
    (
        1.0, 4.2313330701600911252e1, 6.8718700749205790830e2, 5.3941960214247511077e3,
        2.1213794301586595867e4, 3.9307895800092710610e4, 2.8729085735721942674e4, 5.2264952788528545610e3,
    ),
)  # fmt: skip
_NEAR = (
    (
        1.42343711074968357734e0, 4.63033784615654529590e0, 5.76949722146069140550e0, 3.64784832476320460504e0,
        1.27045825245236838258e0, 2.41780725177450611770e-1, 2.27238449892691845833e-2, 7.74545014278341407640e-4,
    ),
    (
        1.0, 2.05319162663775882187e0, 1.67638483018380384940e0, 6.89767334985100004550e-1,
        1.48103976427480074590e-1, 1.51986665636164571966e-2, 5.47593808499534494600e-4, 1.05075007164441684324e-9,
    ),
)  # fmt: skip
_FAR = (
    (
        6.65790464350110377720e0, 5.46378491116411436990e0, 1.78482653991729133580e0, 2.96560571828504891230e-1,
        2.65321895265761230930e-2, 1.24266094738807843860e-3, 2.71155556874348757815e-5, 2.01033439929228813265e-7,
    ),
    (
        1.0, 5.99832206555887937690e-1, 1.36929880922735805310e-1, 1.48753612908506148525e-2,
        7.86869131145613259100e-4, 1.84631831751005468180e-5, 1.42151175831644588870e-7, 2.04426310338993978564e-15,
    ),
)  # fmt: skip


def uniforms(seed: int, purpose: str, shape: tuple[int, ...]) -> Array:
    """Uniform numbers between 0 and 1, neither included: [*shape]."""
    digest = hashlib.sha256(f"{seed}\0{purpose}".encode()).digest()
    key = np.frombuffer(digest[:16], dtype="<u8").astype(np.uint64)
    raw = np.random.Philox(key=key).random_raw(int(np.prod(shape, dtype=np.int64)))
    return ((np.asarray(raw, dtype=np.uint64) >> np.uint64(_RAW_BITS)).astype(np.float64) + 0.5).reshape(shape) * _STEP


def below(seed: int, purpose: str, bound: int, shape: tuple[int, ...]) -> NDArray[np.int64]:
    """Whole numbers from 0 to `bound` - 1: [*shape]."""
    return np.minimum((uniforms(seed, purpose, shape) * bound).astype(np.int64), bound - 1)


def normals(seed: int, purpose: str, shape: tuple[int, ...]) -> Array:
    """Standard normal numbers: [*shape]; as many above as below their mirror, so that means and medians are near 0.

    Along the first axis the second half is the first half with the other sign: antithetic pairs.
    """
    half = (shape[0] + 1) // 2
    first = normal_quantile(uniforms(seed, purpose, (half, *shape[1:])))
    return np.concatenate([first, -first])[: shape[0]]


def normal_quantile(share: Array) -> Array:
    """The standard normal quantile of shares between 0 and 1: same shape.

    References
    ----------
    Wichura (1988), algorithm AS 241, Applied Statistics 37(3), 477-484; relative error about 1e-16.
    """
    centred = share - 0.5
    result = np.empty_like(share)
    central = np.abs(centred) <= 0.425
    at = centred[central]
    result[central] = at * _rational(_CENTRE, 0.180625 - at * at)
    tail = ~central
    depth = np.sqrt(-np.log(np.minimum(share[tail], 1.0 - share[tail])))
    size = np.where(depth <= 5.0, _rational(_NEAR, depth - 1.6), _rational(_FAR, depth - 5.0))
    result[tail] = np.copysign(size, centred[tail])
    return result


def _rational(coefficients: tuple[tuple[float, ...], tuple[float, ...]], at: Array) -> Array:
    above, under = np.zeros_like(at), np.zeros_like(at)
    for a, b in zip(reversed(coefficients[0]), reversed(coefficients[1]), strict=True):
        above, under = above * at + a, under * at + b
    return above / under
