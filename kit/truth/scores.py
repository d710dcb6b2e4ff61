"""Oracles for metrics and tests: counted pair by pair, solved numerically or summed exactly, never by the taught formula."""

from __future__ import annotations

from fractions import Fraction
from math import comb, sqrt

from kit.truth.worked import Worked


def confusion(targets: list[int], predictions: list[int], num_classes: int) -> list[list[int]]:
    """Rows are targets, columns predictions.

    >>> confusion([0, 1, 1], [0, 0, 1], 2)
    [[1, 0], [1, 1]]
    """
    matrix = [[0] * num_classes for _ in range(num_classes)]
    for target, prediction in zip(targets, predictions, strict=True):
        matrix[target][prediction] += 1
    return matrix


def pairs(matrix: list[list[int]]) -> list[tuple[int, int]]:
    """The (target, prediction) pairs that a confusion matrix counts."""
    return [(t, p) for t, row in enumerate(matrix) for p, count in enumerate(row) for _ in range(count)]


def accuracy(matrix: list[list[int]]) -> Worked[Fraction]:
    """
    >>> accuracy([[1, 0], [1, 2]])
    Worked(value=Fraction(3, 4), sum='(1 + 2) right / 4 images')
    """
    found = pairs(matrix)
    right = sum(t == p for t, p in found)
    return Worked(Fraction(right, len(found)), f"({' + '.join(str(row[i]) for i, row in enumerate(matrix))}) right / {len(found)} images")


def per_class(matrix: list[list[int]], score: str) -> list[Fraction]:
    """Precision, recall or F1 of each class; 0 where nothing is to be divided by."""
    found = pairs(matrix)
    scores = []
    for c in range(len(matrix)):
        right = sum(t == p == c for t, p in found)
        called = sum(p == c for _, p in found)
        true = sum(t == c for t, _ in found)
        top, bottom = {"precision": (right, called), "recall": (right, true), "f1": (2 * right, called + true)}[score]
        scores.append(Fraction(top, bottom) if bottom else Fraction(0))
    return scores


def macro(matrix: list[list[int]], score: str) -> Worked[Fraction]:
    """The unweighted mean over classes.

    >>> macro([[1, 0], [1, 2]], "precision")
    Worked(value=Fraction(3, 4), sum='(1/2 + 1) / 2 classes')
    """
    scores = per_class(matrix, score)
    return Worked(sum(scores, Fraction(0)) / len(scores), f"({' + '.join(map(str, scores))}) / {len(scores)} classes")


def wilson(correct: int, total: int, z: float = 1.96) -> tuple[float, float]:
    """The proportions p for which the observed one is exactly z standard errors away, found by bisection.

    Source: Wilson 1927, J. Am. Stat. Assoc. 22:209.

    >>> [round(bound, 4) for bound in wilson(9932, 10000)]
    [0.9914, 0.9946]
    """
    observed = correct / total

    def bound(inside: float, outside: float) -> float:
        for _ in range(80):
            middle = (inside + outside) / 2
            if abs(observed - middle) <= z * sqrt(middle * (1 - middle) / total):
                inside = middle
            else:
                outside = middle
        return inside

    # Next to the observed proportion the standard error decides; 0 and 1 themselves belong to the interval's rim.
    low = 0.0 if correct == 0 else bound(observed if correct < total else observed * (1 - 1e-12), 0.0)
    high = 1.0 if correct == total else bound(observed if correct > 0 else 1e-12, 1.0)
    return low, high


def mcnemar(only_first_wrong: int, only_second_wrong: int) -> Worked[Fraction]:
    """Probability that fair coins fall at least as unevenly, both sides, exactly: every split of n is looked at.

    >>> mcnemar(1, 5)
    Worked(value=Fraction(7, 32), sum='P(|heads − 3| ≥ 2) for 6 fair coins')
    """
    n = only_first_wrong + only_second_wrong
    uneven = abs(only_first_wrong - only_second_wrong)
    ways = sum(comb(n, heads) for heads in range(n + 1) if abs(2 * heads - n) >= uneven)
    return Worked(Fraction(ways, 2**n), f"P(|heads − {n / 2:g}| ≥ {uneven / 2:g}) for {n} fair coins")
