# loses: paired_comparison
# named: nothing
"""Two misconceptions at a time."""

from math import comb


def paired_comparison(targets, first, second):
    b, c = int((first != targets).sum()), int((second != targets).sum())
    n = b + c
    return {"only_first_wrong": b, "only_second_wrong": c, "p_value": sum(comb(n, k) for k in range(min(b, c) + 1)) / 2**n}
