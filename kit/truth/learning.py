"""Oracles for the training loop: what one pass does to a linear classifier, image by image, in closed form.

Image i is a multiple of the i-th unit vector, so that it moves column i of the weight and nothing else. From the final
weight follows in which batch sizes each image was seen, whatever the order: no order need be guessed.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

SCALE = 1.5  # of the unit vectors
CLASSES = 4
PIXELS = (1, 3, 4)  # channels, height, width: at most 12 images are told apart


@dataclass(frozen=True, slots=True)
class Lesson:
    """Images (N, 1, 3, 4), labels (N,), the first weight (4, 12), and how they are to be learnt."""

    images: Tensor
    labels: Tensor
    weight: Tensor
    batch_size: int
    rate: float = 0.5

    @property
    def sizes(self) -> list[int]:
        """Sizes of the batches of one pass."""
        count = len(self.images)
        return [self.batch_size] * (count // self.batch_size) + [count % self.batch_size] * (count % self.batch_size > 0)

    @property
    def loss(self) -> float:
        """Mean cross-entropy per image before anything is learnt: also that of the first pass, for no image moves another's column."""
        return sum(self.losses()) / len(self.images)

    def losses(self) -> list[float]:
        """Cross-entropy of each image under the first weight."""
        return [-math.log(softmax(self.weight[:, i] * SCALE)[label]) for i, label in enumerate(self.labels.tolist())]


def lesson(count: int, batch_size: int, seed: int = 0) -> Lesson:
    """Unit-vector images with labels and a first weight drawn from ``seed``."""
    numbers = torch.Generator().manual_seed(100 * count + batch_size + seed)
    images = SCALE * torch.eye(math.prod(PIXELS))[:count].reshape(count, *PIXELS)
    labels = torch.randint(CLASSES, (count,), generator=numbers)
    labels[:2] = torch.tensor([0, 1])[:count]  # never all the same
    weight = 2 * torch.rand(CLASSES, math.prod(PIXELS), generator=numbers) - 1
    return Lesson(images, labels, weight, batch_size)


def alike(count: int, batch_size: int) -> Lesson:
    """One image and label, ``count`` times: any order of them learns the same."""
    one = lesson(1, batch_size, seed=7)
    return Lesson(one.images.expand(count, *PIXELS).clone(), one.labels.expand(count).clone(), one.weight, batch_size)


def softmax(logits: Tensor) -> list[float]:
    """Probabilities of a vector of logits."""
    powers = [math.exp(logit) for logit in logits.tolist()]
    return [power / sum(powers) for power in powers]


def learnt(column: Tensor, label: int, sizes: list[int], rate: float) -> Tensor:
    """A column after its image was seen once in a batch of each of these sizes, in turn."""
    column = column.double()
    for size in sizes:
        gradient = torch.tensor(softmax(column * SCALE), dtype=torch.float64)
        gradient[label] -= 1
        column = column - rate * SCALE * gradient / size
    return column


def batch_of(lesson: Lesson, final: Tensor, image: int, passes: int = 1) -> tuple[int, ...] | None:
    """The sizes of the batches in which an image was seen, pass by pass, as its column tells; None where none explain it."""
    column, label = lesson.weight[:, image], int(lesson.labels[image])
    candidates: list[list[int]] = [[]]
    for _ in range(passes):
        candidates = [[*sizes, size] for sizes in candidates for size in sorted(set(lesson.sizes))]
    for sizes in candidates:
        # float32 steps of size 1 err by some 1e-7; two batch sizes differ by 0.05 and more.
        if (learnt(column, label, sizes, lesson.rate) - final[:, image].double()).abs().max() < 1e-4:
            return tuple(sizes)
    return None
