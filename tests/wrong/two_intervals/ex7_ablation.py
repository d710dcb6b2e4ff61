# loses: wilson_interval
# named: nothing
"""Wald, and z always 2."""


def wilson_interval(correct, total, z=1.96):
    p = correct / total
    half = 2 * (p * (1 - p) / total) ** 0.5
    return p - half, p + half
