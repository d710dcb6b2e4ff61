"""SciPy's own tests."""

import numpy as np
from scipy import stats


def wilson_interval(correct, total, z=1.96):
    level = 1 - 2 * stats.norm.sf(z)
    interval = stats.binomtest(correct, total).proportion_ci(confidence_level=level, method="wilson")
    return interval.low, interval.high


def mcnemar_p(only_first_wrong, only_second_wrong):
    n = only_first_wrong + only_second_wrong
    return float(stats.binomtest(only_first_wrong, n, 0.5).pvalue) if n else 1.0


def intervals_overlap(correct_a, correct_b, total, z=1.96):
    a, b = wilson_interval(correct_a, total, z), wilson_interval(correct_b, total, z)
    return max(a[0], b[0]) <= min(a[1], b[1])


def paired_comparison(targets, first, second):
    t, a, b = (np.asarray(labels) for labels in (targets, first, second))
    (_, second_wrong), (first_wrong, _) = (
        (int(np.sum((a == t) & (b == t))), int(np.sum((a == t) & (b != t)))),
        (int(np.sum((a != t) & (b == t))), int(np.sum((a != t) & (b != t)))),
    )
    return {"only_first_wrong": first_wrong, "only_second_wrong": second_wrong, "p_value": mcnemar_p(first_wrong, second_wrong)}
