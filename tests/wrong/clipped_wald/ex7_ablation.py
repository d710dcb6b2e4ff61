# loses: wilson_interval, intervals_overlap
# named: wald
"""The normal approximation, cut to 0 … 1."""

from math import sqrt


def wilson_interval(correct, total, z=1.96):
    p = correct / total
    half = z * sqrt(p * (1 - p) / total)
    return max(0.0, p - half), min(1.0, p + half)


def intervals_overlap(correct_a, correct_b, total, z=1.96):
    a, b = wilson_interval(correct_a, total, z), wilson_interval(correct_b, total, z)
    return a[0] <= b[1] and b[0] <= a[1]
