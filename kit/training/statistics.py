"""What test accuracies support: intervals, exact paired tests, power, and how many seeds a question needs."""

from __future__ import annotations

import bisect
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

SEED_DEVIATION = 0.00066  # of the test accuracy over seeds where too few were run: the larger of published 0.047 … 0.066 points
MOST_SEEDS = 2**16  # beyond which nobody goes


@dataclass(frozen=True)
class Summary:
    """Accuracies over seeds: mean, sample deviation (0 for one), and the mean's 95 % t-interval (None for one)."""

    count: int
    mean: float
    deviation: float
    interval: tuple[float, float] | None


def summarise(accuracies: Sequence[float]) -> Summary:
    """Mean and Student's interval over seeds.

    >>> summarise([0.991, 0.993]).mean
    0.992
    >>> summarise([0.991]).interval is None
    True
    """
    values = np.asarray(accuracies, float)
    mean = float(values.mean())
    if len(values) < 2:
        return Summary(len(values), mean, 0.0, None)
    deviation = float(values.std(ddof=1))
    half = float(stats.t.ppf(0.975, len(values) - 1)) * deviation / math.sqrt(len(values))
    return Summary(len(values), mean, deviation, (mean - half, mean + half))


def wilson(correct: int, total: int) -> tuple[float, float]:
    """The 95 % Wilson score interval of a share.

    >>> [round(100 * x, 2) for x in wilson(9896, 10000)]
    [98.74, 99.14]
    """
    interval = stats.binomtest(correct, total).proportion_ci(0.95, method="wilson")
    return float(interval.low), float(interval.high)


@dataclass(frozen=True)
class Paired:
    """Two nets on the same images: how many only the one got wrong, and the exact two-sided p-value (McNemar)."""

    only_first_wrong: int
    only_second_wrong: int
    p_value: float


def paired(first_wrong: Sequence[Sequence[int]], second_wrong: Sequence[Sequence[int]]) -> Paired:
    """Exact McNemar from the [index, prediction] pairs of what each net got wrong.

    If both were equally good, each image that exactly one gets wrong would be a fair coin.
    >>> paired([[3, 8], [5, 1]], [[3, 8]])
    Paired(only_first_wrong=1, only_second_wrong=0, p_value=1.0)
    """
    first, second = {row[0] for row in first_wrong}, {row[0] for row in second_wrong}
    b, c = len(first - second), len(second - first)
    return Paired(b, c, float(stats.binomtest(b, b + c, 0.5).pvalue) if b + c else 1.0)


def power_of_pair(disagreements: int, difference: float, total: int = 10_000, level: float = 0.05) -> float:
    """The chance that exact McNemar sees a true `difference` of accuracy (a share), given how often two nets disagree.

    >>> round(power_of_pair(disagreements=100, difference=0.003), 2)
    0.83
    """
    if disagreements == 0:
        return 0.0
    share = min(1.0, 0.5 + difference * total / disagreements / 2)
    counts = np.arange(disagreements + 1)
    tail = np.minimum(1.0, 2 * np.minimum(stats.binom.cdf(counts, disagreements, 0.5), stats.binom.sf(counts - 1, disagreements, 0.5)))
    return float(stats.binom.pmf(counts[tail <= level], disagreements, share).sum())


def power_of_seeds(seeds: int, difference: float, deviation: float = SEED_DEVIATION, level: float = 0.05) -> float:
    """The chance that a two-sided t-test over `seeds` runs an arm sees a true difference of the mean accuracy."""
    if seeds < 2:
        return 0.0
    freedom = 2 * seeds - 2
    shift = difference / (deviation * math.sqrt(2 / seeds))
    # t² is F: both tails of the noncentral t at once.
    critical = stats.f.ppf(1 - level, 1, freedom)
    return float(stats.ncf.sf(critical, 1, freedom, shift**2))


def seeds_needed(difference: float, deviation: float = SEED_DEVIATION, power: float = 0.8) -> int:
    """Runs an arm until a t-test sees a true `difference` of the mean accuracy with this power at the 5 % level.

    >>> seeds_needed(0.0010), seeds_needed(0.0010, deviation=0.00047)
    (8, 5)
    """
    if difference <= 0:
        raise ValueError(f"difference is {difference}; no number of seeds shows that two means are equal")
    enough = 2
    while power_of_seeds(enough, difference, deviation) < power and enough < MOST_SEEDS:
        enough *= 2
    return bisect.bisect_left(range(enough), power, lo=enough // 2, key=lambda seeds: power_of_seeds(seeds, difference, deviation))
