# loses: mcnemar_p
# named: nothing
"""Exact for few disagreements, an approximation for many: a habit of tables."""

from math import comb, erfc, sqrt


def mcnemar_p(only_first_wrong, only_second_wrong):
    n = only_first_wrong + only_second_wrong
    if n > 25:
        return erfc((abs(only_first_wrong - only_second_wrong) - 1) / sqrt(2 * n))
    return min(1.0, 2 * sum(comb(n, k) for k in range(min(only_first_wrong, only_second_wrong) + 1)) / 2**n)
