"""Solved by bisection and summed exactly."""

from fractions import Fraction
from math import sqrt


def wilson_interval(correct, total, z=1.96):
    p = correct / total

    def outside(q):
        return abs(p - q) > z * sqrt(q * (1 - q) / total)

    def edge(inside, beyond):
        for _ in range(200):
            middle = (inside + beyond) / 2
            if outside(middle):
                beyond = middle
            else:
                inside = middle
        return inside

    a, b = total + z * z, 2 * correct + z * z
    root = sqrt(max(0.0, b * b - 4 * a * total * p * p))
    low, high = (b - root) / (2 * a), (b + root) / (2 * a)
    return (low if correct in (0, total) else edge(p, 0.0), high if correct in (0, total) else edge(p, 1.0))


def mcnemar_p(only_first_wrong, only_second_wrong):
    n = only_first_wrong + only_second_wrong
    ways = [1]
    for _ in range(n):
        ways = [a + b for a, b in zip([0, *ways], [*ways, 0], strict=True)]
    extreme = sum(count for k, count in enumerate(ways) if abs(2 * k - n) >= abs(only_first_wrong - only_second_wrong))
    return float(Fraction(extreme, 2**n))


def intervals_overlap(correct_a, correct_b, total, z=1.96):
    (low_a, high_a), (low_b, high_b) = sorted([wilson_interval(correct_a, total, z), wilson_interval(correct_b, total, z)])
    return bool(low_b <= high_a and high_b >= low_a)


def paired_comparison(targets, first, second):
    one = other = 0
    for target, a, b in zip(targets, first, second, strict=True):
        if bool(a == target) != bool(b == target):
            if bool(a == target):
                other += 1
            else:
                one += 1
    return {"p_value": mcnemar_p(one, other), "only_first_wrong": one, "only_second_wrong": other}
