"""The quadratic's roots; the tail through logarithms of factorials."""

from math import comb, exp, hypot, lgamma, log


def wilson_interval(correct, total, z=1.96):
    wrong = total - correct
    middle = (correct + z * z / 2) / (total + z * z)
    half = z / (total + z * z) * hypot((correct * wrong / total) ** 0.5, z / 2)
    return [middle - half, middle + half]


def mcnemar_p(only_first_wrong, only_second_wrong):
    b, c = sorted((only_first_wrong, only_second_wrong))
    if b == c:
        return 1
    n = b + c
    if n < 1000:
        return sum(comb(n, k) for k in range(b + 1)) / 2 ** (n - 1)
    return 2 * sum(exp(lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1) - n * log(2)) for k in range(b + 1))


def intervals_overlap(correct_a, correct_b, total, z=1.96):
    low_a, high_a = wilson_interval(correct_a, total, z)
    low_b, high_b = wilson_interval(correct_b, total, z)
    return not (high_a < low_b or high_b < low_a)


def paired_comparison(targets, first, second):
    """Lists of ints."""
    pairs = [(a == t, b == t) for t, a, b in zip(list(targets), list(first), list(second), strict=True)]
    counts = {"only_first_wrong": pairs.count((False, True)), "only_second_wrong": pairs.count((True, False))}
    return counts | {"p_value": mcnemar_p(*counts.values())}
