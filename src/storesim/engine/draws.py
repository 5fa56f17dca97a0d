"""Keyed random numbers and their transforms: the same bits on every machine.

A *key* names a stream: seed, run and purpose (`stream_key`), then the day (`seed_of`). Entity i of a stream has its
own *state* `seed_of(key, i)`, and its draws stand at fixed offsets of it: `unit(state + n * STEP)` for draw n. Nothing
depends on order, batch, worker or on what others drew.

The state is mixed by the finaliser of MurmurHash3 (Appleby 2011), the draws by SplitMix64 (Steele, Lea and Flood,
OOPSLA 2014). Logarithm, exponential and the normal law are polynomials of our own arithmetic: no library's rounding
enters, and a library's update never moves a forecast.
"""

from __future__ import annotations

import hashlib
import math

import numpy as np
from numpy.typing import NDArray

from storesim.engine.compiled import compiled, inlined

STEP = np.uint64(0x9E3779B97F4A7C15)
_A, _B = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_C, _D = np.uint64(0xFF51AFD7ED558CCD), np.uint64(0xC4CEB9FE1A85EC53)
_12, _20, _27, _30, _31, _33 = (np.uint64(n) for n in (12, 20, 27, 30, 31, 33))
_HIGH_HALF, _LOW_HALF = np.uint64(0x000FFFFFFFF00000), np.uint64(0xFFFFFFFF)

# Bits become a uniform number as the mantissa of one between 1 and 2: processors do that for a block at once.
_FROM_1 = np.uint64(0x3FF0000000000000)
_LESS_1, _LESS_1_OF_HALF = 1.0 - 2.0**-53, 1.0 - 2.0**-33

NORMAL_MIDDLE = 0.47575
"""Distance from a half at which the quantile of the normal law goes over from one formula to another."""

CDF_MIDDLE = 7.07106781186547
"""Distance from 0 at which the distribution function of the normal law goes over from one formula to another."""

_LN2_HIGH, _LN2_LOW = 6.93147180369123816490e-01, 1.90821492927058770002e-10
_SQRT2 = 1.4142135623730951
_MANTISSA, _ONE, _BIAS, _52 = np.int64(0x000FFFFFFFFFFFFF), np.int64(0x3FF0000000000000), np.int64(1023), np.int64(52)

# Whole numbers become floats and back by their bits: processors do that for a block at once, and convert one by one.
_BITS_OF_2_52, _2_52, _2_52_AND_BIAS, _SHIFTER = np.int64(0x4330000000000000), 2.0**52, 2.0**52 + 1023.0, 1.5 * 2.0**52


def stream_key(seed: int, run: int, name: str) -> np.uint64:
    """Key of the stream `name` in run `run` of `seed`; equal names give equal luck in every scenario."""
    digest = hashlib.blake2b(f"{seed}\x1f{run}\x1f{name}".encode(), digest_size=8).digest()
    return np.uint64(int.from_bytes(digest, "little"))


@compiled
def seed_of(key: np.uint64, i: int) -> np.uint64:
    """State of entity `i` under `key`."""
    z = key ^ (np.uint64(i) * STEP)
    z = (z ^ (z >> _33)) * _C
    z = (z ^ (z >> _33)) * _D
    return z ^ (z >> _33)


@compiled
def unit(state: np.uint64) -> float:
    """A uniform number strictly between 0 and 1, a multiple of 2⁻⁵² and a half."""
    z = (state ^ (state >> _30)) * _A
    z = (z ^ (z >> _27)) * _B
    z = z ^ (z >> _31)
    return np.uint64((z >> _12) | _FROM_1).view(np.float64) - _LESS_1


@inlined
def whole(x: float) -> int:
    """A whole number from 0 up to 2⁵² as an integer."""
    return np.float64(x + _2_52).view(np.int64) & _MANTISSA  # type: ignore[return-value]  # an integer of NumPy's


@inlined
def draw(seed: np.uint64, offset: int) -> float:
    """Draw number `offset` of the visitor with state `seed`."""
    return unit(seed + np.uint64(offset) * STEP)


@compiled
def own_unit(state: np.uint64) -> float:
    """A uniform number of the state's own bits, which are as well mixed as those of its draws."""
    return np.uint64((state >> _12) | _FROM_1).view(np.float64) - _LESS_1


@compiled
def halves(state: np.uint64) -> tuple[float, float]:
    """Two uniform numbers from one draw, each a multiple of 2⁻³² and a half; for choices among a few."""
    z = (state ^ (state >> _30)) * _A
    z = (z ^ (z >> _27)) * _B
    z = z ^ (z >> _31)
    high, low = np.uint64(((z >> _12) & _HIGH_HALF) | _FROM_1), np.uint64(((z & _LOW_HALF) << _20) | _FROM_1)
    return high.view(np.float64) - _LESS_1_OF_HALF, low.view(np.float64) - _LESS_1_OF_HALF


@compiled
def log(x: float) -> float:
    """Natural logarithm of a positive normal number, without branches.

    References
    ----------
    The minimax polynomial of fdlibm's e_log.c (Sun Microsystems 1993); error below 1 ulp.
    """
    bits = np.float64(x).view(np.int64)
    exponent = np.int64((bits >> _52) | _BITS_OF_2_52).view(np.float64) - _2_52_AND_BIAS
    m = np.int64((bits & _MANTISSA) | _ONE).view(np.float64)
    big = m > _SQRT2
    m = 0.5 * m if big else m
    k = exponent + 1.0 if big else exponent
    f = m - 1.0
    s = f / (2.0 + f)
    z = s * s
    w = z * z
    odd = z * (
        6.666666666666735130e-01
        + w * (2.857142874366239149e-01 + w * (1.818357216161805012e-01 + w * 1.479819860511658591e-01))
    )
    even = w * (3.999999999940941908e-01 + w * (2.222219843214978396e-01 + w * 1.531383769920937332e-01))
    half = 0.5 * f * f
    return k * _LN2_HIGH - ((half - (s * (half + (even + odd)) + k * _LN2_LOW)) - f)


@compiled
def exp(x: float) -> float:
    """Exponential, by a Taylor polynomial on |r| ≤ ln 2 / 2; 0 below -700, capped at e^700."""
    y = min(max(x, -700.0), 700.0)
    n = np.floor(y * 1.4426950408889634 + 0.5)
    r = (y - n * _LN2_HIGH) - n * _LN2_LOW
    p = 1.0 / 6227020800.0
    p = 1.0 / 479001600.0 + r * p
    p = 1.0 / 39916800.0 + r * p
    p = 1.0 / 3628800.0 + r * p
    p = 1.0 / 362880.0 + r * p
    p = 1.0 / 40320.0 + r * p
    p = 1.0 / 5040.0 + r * p
    p = 1.0 / 720.0 + r * p
    p = 1.0 / 120.0 + r * p
    p = 1.0 / 24.0 + r * p
    p = 1.0 / 6.0 + r * p
    p = 0.5 + r * p
    p = 1.0 + r * p
    p = 1.0 + r * p
    scale = np.int64((np.float64(n + _SHIFTER).view(np.int64) + _BIAS) << _52).view(np.float64)
    return p * scale if x > -700.0 else 0.0


@inlined
def normal_middle(u: float) -> float:
    """`normal` of a number no farther than `NORMAL_MIDDLE` from a half."""
    q = u - 0.5
    r = q * q
    above = (
        (((-3.969683028665376e01 * r + 2.209460984245205e02) * r - 2.759285104469687e02) * r + 1.383577518672690e02) * r
        - 3.066479806614716e01
    ) * r + 2.506628277459239e00
    below = (
        (((-5.447609879822406e01 * r + 1.615858368580409e02) * r - 1.556989798598866e02) * r + 6.680131188771972e01) * r
        - 1.328068155288572e01
    ) * r + 1.0
    return above * q / below


@inlined
def normal_tail(u: float) -> float:
    """`normal` of a number farther than `NORMAL_MIDDLE` from a half."""
    t = np.sqrt(-2.0 * log(min(u, 1.0 - u)))
    top = (
        (((-7.784894002430293e-03 * t - 3.223964580411365e-01) * t - 2.400758277161838e00) * t - 2.549732539343734e00)
        * t
        + 4.374664141464968e00
    ) * t + 2.938163982698783e00
    bottom = (
        ((7.784695709041462e-03 * t + 3.224671290700398e-01) * t + 2.445134137142996e00) * t + 3.754408661907416e00
    ) * t + 1.0
    tail = top / bottom
    return tail if u < 0.5 else -tail


@compiled
def normal(u: float) -> float:
    """Standard normal quantile of `u`.

    References
    ----------
    Acklam (2003), An algorithm for computing the inverse normal cumulative distribution function; relative
    error below 1.15e-9.
    """
    return normal_middle(u) if abs(u - 0.5) <= NORMAL_MIDDLE else normal_tail(u)


@inlined
def fill_quantiles(u: NDArray[np.float64], n: int, out: NDArray[np.float64]) -> None:
    """Standard normal quantiles of the first `n` numbers of `u`; the few in the tails apart, to vectorise."""
    for j in range(n):
        out[j] = normal_middle(u[j])
    for j in range(n):
        if abs(u[j] - 0.5) > NORMAL_MIDDLE:
            out[j] = normal_tail(u[j])


@inlined
def cdf_middle(x: float) -> float:
    """`normal_cdf` of a number less than `CDF_MIDDLE` from 0."""
    z = abs(x)
    a = 3.52624965998911e-02 * z + 0.700383064443688
    a = a * z + 6.37396220353165
    a = a * z + 33.912866078383
    a = a * z + 112.079291497871
    a = a * z + 221.213596169931
    a = a * z + 220.206867912376
    b = 8.83883476483184e-02 * z + 1.75566716318264
    b = b * z + 16.064177579207
    b = b * z + 86.7807322029461
    b = b * z + 296.564248779674
    b = b * z + 637.333633378831
    b = b * z + 793.826512519948
    b = b * z + 440.413735824752
    tail = exp(-0.5 * z * z) * a / b
    return tail if x < 0.0 else 1.0 - tail


@compiled
def normal_cdf(x: float) -> float:
    """Standard normal distribution function.

    References
    ----------
    Hart (1968), Computer Approximations, algorithm 5666, as given by West (2005), Wilmott Magazine, May, 70-76;
    absolute error below 1e-14.
    """
    z = abs(x)
    if z < CDF_MIDDLE:
        return cdf_middle(x)
    if z > 37.0:
        return 0.0 if x < 0.0 else 1.0
    c = z + 1.0 / (z + 2.0 / (z + 3.0 / (z + 4.0 / (z + 0.65))))
    tail = exp(-0.5 * z * z) / c / 2.506628274631
    return tail if x < 0.0 else 1.0 - tail


@inlined
def fill_chances(x: NDArray[np.float64], n: int, out: NDArray[np.float64]) -> None:
    """`normal_cdf` of the first `n` numbers of `x`; the few far out apart, to vectorise."""
    for j in range(n):
        out[j] = cdf_middle(x[j])
    for j in range(n):
        if abs(x[j]) >= CDF_MIDDLE:
            out[j] = normal_cdf(x[j])


@compiled
def poisson(mean: float, state: np.uint64) -> float:
    """A Poisson number of the given mean, as a float.

    Below 30 by inversion, above by transformed rejection.

    References
    ----------
    Hörmann (1993), The transformed rejection method for generating Poisson random variables, algorithm PTRS.
    """
    if mean <= 0.0:
        return 0.0
    s = state
    if mean < 30.0:
        s += STEP
        u = unit(s)
        p = exp(-mean)
        n = 0.0
        while u > p and n < 400.0:
            u -= p
            n += 1.0
            p *= mean / n
        return n
    b = 0.931 + 2.53 * np.sqrt(mean)
    a = -0.059 + 0.02483 * b
    inverse_alpha = 1.1239 + 1.1328 / (b - 3.4)
    v_r = 0.9277 - 3.6224 / (b - 2.0)
    log_mean = log(mean)
    for _ in range(1000):
        s += STEP
        u = unit(s) - 0.5
        s += STEP
        v = unit(s)
        us = 0.5 - abs(u)
        n = np.floor((2.0 * a / us + b) * u + mean + 0.43)
        if us >= 0.07 and v <= v_r:
            return n
        if n < 0.0 or (us < 0.013 and v > us):
            continue
        if log(v * inverse_alpha / (a / (us * us) + b)) <= -mean + n * log_mean - _log_factorial(n):
            return n
    return np.floor(mean + 0.5)


@compiled
def _log_factorial(n: float) -> float:
    """ln n!, by Stirling's series from 10 on."""
    if n < 10.0:
        product = 1.0
        for i in range(2, int(n) + 1):
            product *= i
        return log(product)
    x = n + 1.0
    y = 1.0 / (x * x)
    series = (1.0 / 12.0 - y * (1.0 / 360.0 - y * (1.0 / 1260.0 - y / 1680.0))) / x
    return (x - 0.5) * log(x) - x + 0.9189385332046727 + series


@compiled
def gamma(shape: float, state: np.uint64) -> float:
    """A gamma number of the given shape and mean `shape`.

    References
    ----------
    Marsaglia and Tsang (2000), A simple method for generating gamma variables, ACM TOMS 26(3), 363-372; with their
    power of a uniform number where the shape is below 1.
    """
    s = state
    d = (shape if shape >= 1.0 else shape + 1.0) - 1.0 / 3.0
    c = 1.0 / np.sqrt(9.0 * d)
    v = 1.0
    for _ in range(1000):
        s += STEP
        x = normal(unit(s))
        s += STEP
        v = 1.0 + c * x
        if v > 0.0:
            v = v * v * v
            u = unit(s)
            # Their squeeze: nearly always that tells without a logarithm what the test behind it would say.
            if u < 1.0 - 0.0331 * (x * x) * (x * x) or log(u) < 0.5 * x * x + d - d * v + d * log(v):
                break
    if shape >= 1.0:
        return d * v
    return d * v * exp(log(unit(s + STEP)) / shape)


@compiled
def fill_uniforms(key: np.uint64, day: int, out: NDArray[np.float64]) -> None:
    """Fill `out` with the uniforms of one day of a stream."""
    state = seed_of(key, day + 1)
    for i in range(out.shape[0]):
        out[i] = unit(seed_of(state, i))


@compiled
def fill_normals(key: np.uint64, day: int, out: NDArray[np.float64]) -> None:
    """Fill `out` with the standard normals of one day of a stream."""
    state = seed_of(key, day + 1)
    for i in range(out.shape[0]):
        out[i] = normal(unit(seed_of(state, i)))


def uniforms(key: np.uint64, day: int, n: int) -> NDArray[np.float64]:
    """`[n]` uniforms in (0, 1) of one day of the stream `key`."""
    out = np.empty(n)
    with np.errstate(over="ignore"):
        fill_uniforms(key, day, out)
    return out


def normals(key: np.uint64, day: int, n: int) -> NDArray[np.float64]:
    """`[n]` standard normals of one day of the stream `key`."""
    out = np.empty(n)
    with np.errstate(over="ignore"):
        fill_normals(key, day, out)
    return out


def log_normal_mu(mean: float, sd: float) -> float:
    """μ of a lognormal law with this mean and standard deviation of the logarithm."""
    return math.log(mean) - 0.5 * sd * sd
