"""The homework's trainings, reported beside measured, and what its five conclusions are worth."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from concurrent.futures import Executor, as_completed
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from kit.errors import UserError
from kit.training import runs
from kit.training.recipes import RECIPES
from kit.training.runs import Config, Result
from kit.training.statistics import SEED_DEVIATION, Paired, paired, power_of_seeds, seeds_needed, summarise, wilson
from kit.training.trainer import Arithmetic

RESULTS = Path(__file__).with_name("results.jsonl")


@dataclass(frozen=True)
class Reported:
    """A row of the homework's table: one run each; epochs, optimiser and choice of the epoch are unknown."""

    title: str
    accuracy: float
    precision: float | None = None
    recall: float | None = None
    f1: float | None = None
    loss: float | None = None  # a sum of batch means over the number of images: not comparable with a loss per image


REPORTED = {
    "resnet18": Reported("ResNet18, not pretrained", 0.9896, 0.989518, 0.989531, 0.989502, 0.0022),
    "ciresan": Reported("CiresanNet (7 conv + 3 fc)", 0.9932, 0.993207, 0.993143, 0.993155, 0.0018),
    "residual-3fc": Reported("ResidualCiresanNet, 3 fc", 0.9922),
    "residual-2fc": Reported("ResidualCiresanNet, 2 fc", 0.9919, 0.991866, 0.991797, 0.991824, 0.0021),
    "residual-4fc": Reported("ResidualCiresanNet, 4 fc", 0.9942, 0.994247, 0.994107, 0.994167, 0.0013),
    "residual-5fc": Reported("ResidualCiresanNet, 5 fc", 0.9898),
    "compact": Reported("CompactNet (4 conv + 3 fc)", 0.9928, 0.992861, 0.992790, 0.992810, 0.0015),
    "compact-elastic": Reported("CompactNet + elastic distortion", 0.9943, 0.994347, 0.994258, 0.994297, 0.0011),
}


@dataclass(frozen=True)
class Row:
    """Reported against measured."""

    name: str
    reported: Reported
    results: tuple[Result, ...]

    @property
    def accuracies(self) -> list[float]:
        return [result.accuracy for result in self.results]

    @property
    def interval(self) -> tuple[float, float] | None:
        """Student's over seeds where there are two; for one run Wilson's, which knows of the test images alone."""
        if not self.results:
            return None
        found = summarise(self.accuracies)
        if found.interval is not None:
            return found.interval[0], min(1.0, found.interval[1])
        return wilson(self.results[0].correct, self.results[0].total)

    @property
    def verdict(self) -> str:
        """above or below where the interval leaves the reported figure out, else within."""
        if self.interval is None:
            return "not run"
        low, high = self.interval
        return "above" if low > self.reported.accuracy else "below" if high < self.reported.accuracy else "within"


def by_name(results: Iterable[Result]) -> dict[str, tuple[Result, ...]]:
    """MNIST's results of each recipe, by seed."""
    found: dict[str, dict[int, Result]] = {}
    for result in results:
        if result.data == "mnist":
            found.setdefault(result.name, {})[result.seed] = result
    return {name: tuple(seeds[seed] for seed in sorted(seeds)) for name, seeds in found.items()}


def table(results: Iterable[Result]) -> list[Row]:
    """A row for each accuracy that the homework reports, in its order."""
    measured = by_name(results)
    return [Row(name, reported, measured.get(name, ())) for name, reported in REPORTED.items()]


def train_missing(
    names: Sequence[str],
    seeds: int,
    results: Path,
    root: Path,
    pool: Executor,
    *,
    models: str = "solutions",
    device: str = "cpu",
    arithmetic: Arithmetic | None = None,
    threads: int = 1,
) -> Iterable[Result]:
    """Run what the results file lacks, each as soon as the pool has room; yields results as they are appended.

    A run is a function of its configuration, so any Executor will do: a process pool here, `Client(address).get_executor()` of
    dask.distributed elsewhere (its workers then need the data and share `root`). Runs that were killed go on from their checkpoints.
    """
    unknown = [name for name in names if name not in RECIPES]
    if unknown:
        raise UserError(f"There is no recipe {unknown[0]!r}. Known are: {', '.join(RECIPES)}.")
    done = {(result.name, result.seed) for result in runs.read_results(results) if result.data == "mnist"}
    waiting = []
    for seed in range(seeds):  # a seed of everything before the second of anything
        for name in names:
            if (name, seed) not in done:
                config = Config(
                    name, RECIPES[name], seed=seed, device=device, arithmetic=arithmetic or Arithmetic(), threads=threads, models=models
                )
                waiting.append(pool.submit(runs.run, config, root / f"{name}-seed{seed}"))
    for future in as_completed(waiting):
        result = future.result()
        runs.append(result, results)
        yield result


@dataclass(frozen=True)
class Comparison:
    """Two recipes, first against second: seeds, difference of the mean accuracies, and what they support.

    p_seeds: two-sided, of a z-test over seeds with the deviation given; pairs: exact McNemar for each seed that both ran.
    power: of as many seeds to see 0.10 points; needed: seeds an arm until a difference like the measured one is settled.
    """

    first: str
    second: str
    seeds: tuple[int, int]
    difference: float
    deviation: float
    p_seeds: float
    pairs: tuple[Paired, ...]
    power: float
    needed: int | None

    @property
    def sign(self) -> int:
        """+1 or −1 where the first is established to be better or worse than the second, else 0.

        Both must speak: one pair of nets can differ by the luck of two seeds, and seeds alone know nothing of the images.
        """
        if self.p_seeds >= 0.05 or not any(pair.p_value < 0.05 for pair in self.pairs):
            return 0
        return 1 if self.difference > 0 else -1

    def __str__(self) -> str:
        pairs = "; ".join(f"{pair.only_first_wrong} : {pair.only_second_wrong}, p = {pair.p_value:.3f}" for pair in self.pairs)
        settle = f"; about {self.needed} seeds an arm would settle a difference like this" if self.needed else ""
        return (
            f"{self.first} − {self.second}: {100 * self.difference:+.2f} points over {self.seeds[0]} + {self.seeds[1]} seeds, "
            f"p = {self.p_seeds:.3f} at a seed deviation of {100 * self.deviation:.3f}; exact McNemar on images that only one "
            f"got wrong: {pairs or 'no common seed'}; power to see 0.10 points {self.power:.0%}{settle}"
        )


def compare(first: Sequence[Result], second: Sequence[Result]) -> Comparison:
    """What the runs of two recipes say about which is better.

    The seed deviation is pooled from the runs where they leave five degrees of freedom, else the published 0.066 points.
    """
    freedom = len(first) + len(second) - 2
    values = [[run.accuracy for run in arm] for arm in (first, second)]
    squares = sum(float(((np.array(arm) - np.mean(arm)) ** 2).sum()) for arm in values)
    deviation = math.sqrt(squares / freedom) if freedom >= 5 and squares > 0 else SEED_DEVIATION
    difference = float(np.mean(values[0]) - np.mean(values[1]))
    error = deviation * math.sqrt(1 / len(first) + 1 / len(second))
    by_seed = {run.seed: run for run in second}
    return Comparison(
        first[0].name,
        second[0].name,
        (len(first), len(second)),
        difference,
        deviation,
        math.erfc(abs(difference) / error / math.sqrt(2)),
        tuple(paired(run.wrong, by_seed[run.seed].wrong) for run in first if run.seed in by_seed),
        power_of_seeds(min(len(first), len(second)), 0.0010, deviation),
        seeds_needed(abs(difference), deviation) if abs(difference) > 1e-9 else None,
    )
