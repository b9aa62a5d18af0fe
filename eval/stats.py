"""How sure a figure is, and whether two runs differ: resampling statistics (scipy), risk and coverage, calibration."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

ROUNDS = 2000
"""Bootstrap samples."""

PERMUTATIONS = 9999
"""Random sign flips of a paired test; fewer where all can be tried."""

MIDDLES: dict[str, Callable[..., NDArray[np.float64]]] = {
    "mean": np.mean,
    "median": np.median,
    "p95": lambda values, axis=-1: np.percentile(values, 95, axis=axis),
}
"""What stands for many values: each takes an array and an axis."""


def middle(values: Sequence[float], of: str = "mean") -> float:
    """One of :data:`MIDDLES` of ``values``. Raises ``ValueError`` for no values."""
    if not values:
        raise ValueError("a figure needs at least one value, got none")
    return float(MIDDLES[of](np.asarray(values, np.float64), axis=-1))


def interval(values: Sequence[float], of: str = "mean", *, seed: int = 0) -> tuple[float, float]:
    """95 % percentile bootstrap interval of a middle of ``values`` (Efron 1979, doi:10.1214/aos/1176344552).

    A single value is its own interval. Raises ``ValueError`` for no values.
    """
    if not values:
        raise ValueError("an interval needs at least one value, got none")
    if len(set(values)) == 1:
        return float(values[0]), float(values[0])
    from scipy.stats import bootstrap

    sample = np.asarray(values, np.float64)
    bounds = bootstrap((sample,), MIDDLES[of], n_resamples=ROUNDS, method="percentile", rng=seed).confidence_interval
    return float(bounds.low), float(bounds.high)


@dataclass(frozen=True, slots=True)
class Paired:
    """The mean of ``after - before`` over ``n`` cases, its 95 % bootstrap interval, and the two-sided p of no difference."""

    n: int
    difference: float
    low: float
    high: float
    p: float


def paired(before: Sequence[float], after: Sequence[float], *, seed: int = 0) -> Paired:
    """Paired randomisation test of the mean difference: the two values of each case change places at random.

    Smucker, Allan and Carterette, A Comparison of Statistical Significance Tests for Information Retrieval Evaluation,
    CIKM 2007, doi:10.1145/1321440.1321528. Raises ``ValueError`` when the two are of different length or empty.
    """
    if len(before) != len(after) or not before:
        raise ValueError(f"a paired test needs as many values before as after, got {len(before)} and {len(after)}")
    differences = np.asarray(after, np.float64) - np.asarray(before, np.float64)
    mean = float(differences.mean())
    changed = differences[differences != 0]
    low, high = interval(differences.tolist(), seed=seed)
    if len(changed) < 2:
        return Paired(len(before), mean, low, high, 1.0)  # one change is as probable either way
    from scipy.stats import permutation_test

    # Equal pairs change nothing when they change places, so that only the others need to be drawn.
    flips = permutation_test(
        (changed,),
        lambda values, axis=-1: np.sum(values, axis=axis),
        permutation_type="samples",
        n_resamples=PERMUTATIONS,
        batch=1000,  # of tens of thousands of cases all draws at once would not fit into memory
        rng=seed,
    )
    return Paired(len(before), mean, low, high, float(flips.pvalue))


@dataclass(frozen=True, slots=True)
class Curve:
    """Risk over coverage: after the ``coverage[i]`` most confident share of questions, ``risk[i]`` of the answers are wrong.

    ``area`` is the mean risk over the points, lower is better.
    """

    coverage: tuple[float, ...]
    risk: tuple[float, ...]
    area: float


def risk_coverage(confidence: Sequence[float], wrong: Sequence[bool], asked: int | None = None) -> Curve:
    """The curve over the answers given, most confident first; of those equally confident the risk is shared evenly.

    ``asked`` is the number of questions when some were refused and have no answer here.
    El-Yaniv and Wiener, On the Foundations of Noise-free Selective Classification, JMLR 11, 2010.
    Raises ``ValueError`` when there is no answer or the two differ in length.
    """
    if len(confidence) != len(wrong) or not wrong:
        raise ValueError(f"a curve needs as many confidences as answers, got {len(confidence)} and {len(wrong)}")
    sure = np.asarray(confidence, np.float64)
    order = np.argsort(-sure, kind="stable")
    levels, place, sizes = np.unique(-sure[order], return_inverse=True, return_counts=True)
    shared = np.bincount(place, np.asarray(wrong, np.float64)[order], len(levels)) / sizes
    answers = np.arange(1, len(wrong) + 1)
    risk = np.cumsum(shared[place]) / answers
    return Curve(tuple((answers / (asked or len(wrong))).tolist()), tuple(risk.tolist()), float(risk.mean()))


@dataclass(frozen=True, slots=True)
class Bin:
    """Of ``n`` values said to be true with a mean probability ``said``, a share ``seen`` was."""

    said: float
    seen: float
    n: int


def reliability(probability: Sequence[float], true: Sequence[bool], bins: int = 10) -> tuple[Bin, ...]:
    """What was said beside what was seen, in ``bins`` of equal width; empty ones are left out."""
    said, seen = np.asarray(probability, np.float64), np.asarray(true, np.float64)
    place = np.minimum((said * bins).astype(int), bins - 1)
    return tuple(
        Bin(float(said[place == n].mean()), float(seen[place == n].mean()), int((place == n).sum()))
        for n in range(bins)
        if (place == n).any()
    )


def calibration_error(table: Sequence[Bin]) -> float:
    """Expected calibration error: the mean distance between said and seen, by the size of the bins.

    Naeini, Cooper and Hauskrecht, Obtaining Well Calibrated Probabilities Using Bayesian Binning, AAAI 2015.
    """
    return sum(b.n * abs(b.said - b.seen) for b in table) / max(1, sum(b.n for b in table))
