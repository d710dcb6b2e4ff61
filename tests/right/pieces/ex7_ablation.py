"""Tensors and running products."""

import math


def wilson_interval(correct, total, z=1.96):
    p, q, n = correct / total, 1 - correct / total, total
    bottom = 2 * (n + z**2)
    root = z * math.sqrt(z**2 + 4 * n * p * q)
    return (2 * n * p + z**2 - root) / bottom, (2 * n * p + z**2 + root) / bottom


def mcnemar_p(only_first_wrong, only_second_wrong):
    n, few = only_first_wrong + only_second_wrong, min(only_first_wrong, only_second_wrong)
    term = total = 0.5**n
    for k in range(1, few + 1):
        term *= (n - k + 1) / k
        total += term
    return min(2 * total, 1.0)


def intervals_overlap(correct_a, correct_b, total, z=1.96):
    a, b = wilson_interval(correct_a, total, z), wilson_interval(correct_b, total, z)
    return a[0] <= b[0] <= a[1] or a[0] <= b[1] <= a[1] or b[0] <= a[0] <= b[1]


def paired_comparison(targets, first, second):
    import torch

    t, a, b = torch.as_tensor(targets), torch.as_tensor(first), torch.as_tensor(second)
    table = torch.zeros(2, 2, dtype=torch.long)
    for i, j in zip((a == t).int(), (b == t).int(), strict=True):
        table[i, j] += 1
    counts = table[0, 1].item(), table[1, 0].item()
    return {"only_first_wrong": counts[0], "only_second_wrong": counts[1], "p_value": mcnemar_p(*counts)}
