"""Thresholds for trained networks, from the seeds that were measured; the evidence is the committed results themselves."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from kit.errors import UserError
from kit.training.reproduce import by_name
from kit.training.runs import Result
from kit.training.statistics import SEED_DEVIATION, summarise

SIGMAS = 3.1  # an unlucky but honest run falls below once in a thousand times


@dataclass(frozen=True)
class Gate:
    """The least mean test accuracy of `runs` new runs of a recipe, and what it rests on.

    deviation: measured over seeds where there are ten, else the published 0.066 points if that is more: five seeds can well agree
    three times better than they should (bent's did, 0.019).
    """

    name: str
    seeds: int
    mean: float
    deviation: float
    assumed: bool

    def threshold(self, runs: int = 1) -> float:
        """mean − 3.1 · SD · √(1/runs), and where the deviation is assumed also for the mean's own few seeds.

        >>> round(Gate("fast", 10, 0.9905, 0.0007, assumed=False).threshold(), 5)
        0.98833
        """
        spread = 1 / runs + (1 / self.seeds if self.assumed else 0)
        return self.mean - SIGMAS * self.deviation * math.sqrt(spread)

    def __str__(self) -> str:
        kind = "published deviation" if self.deviation == SEED_DEVIATION else "deviation"
        return f"{self.name}: mean {self.mean:.2%} of {self.seeds} seeds, {kind} {100 * self.deviation:.3f} points"


def gates(results: Iterable[Result]) -> dict[str, Gate]:
    """A gate for every recipe that has been measured."""
    found = {}
    for name, measured in by_name(results).items():
        summary = summarise([result.accuracy for result in measured])
        assumed = summary.count < 10
        deviation = max(summary.deviation, SEED_DEVIATION) if assumed else summary.deviation
        found[name] = Gate(name, summary.count, summary.mean, deviation, assumed)
    return found


def gate_named(name: str, results: Iterable[Result]) -> Gate:
    """The gate of one recipe; UserError where it has not been measured."""
    known = gates(results)
    if name not in known:
        raise UserError(f"{name} has no measured results to judge a new run by. Measured are: {', '.join(known) or 'none'}.")
    return known[name]
