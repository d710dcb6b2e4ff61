# loses: intervals_overlap
# named: nothing
"""Overlap only where one interval lies above the other by its middle."""

from math import sqrt


def intervals_overlap(correct_a, correct_b, total, z=1.96):
    def interval(correct):
        p = correct / total
        scale = 1 + z**2 / total
        half = z / scale * sqrt(p * (1 - p) / total + z**2 / (4 * total**2))
        return (p + z**2 / (2 * total)) / scale - half, (p + z**2 / (2 * total)) / scale + half

    a, b = sorted([interval(correct_a), interval(correct_b)])
    return b[0] < a[1] - 0.1 * (a[1] - a[0])
