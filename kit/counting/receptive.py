"""How far back a number looks: the receptive field, followed from the input through each operation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import torch

from kit.counting.operations import Convolution, Shape


@dataclass(frozen=True, slots=True)
class Field:
    """What one position of a map sees of the input: ``size`` pixels, and ``jump`` pixels further on for its neighbour.

    One number for each spatial dimension. Sizes are not cut at the image's border: a field of 483 pixels on an image of
    224 reaches beyond it. ``whole`` stands for the whole input, after a flattening, a global mean or attention.
    """

    size: Shape = ()
    jump: tuple[Fraction, ...] = ()
    whole: bool = False

    def window(self, kernel: Shape, stride: Shape, dilation: Shape) -> Field:
        """After a convolution or pooling: size + dilation·(kernel − 1)·jump, and jump·stride.

        >>> Field((11,), (Fraction(4),)).window((3,), (2,), (1,))
        Field(size=(19,), jump=(Fraction(8, 1),), whole=False)
        """
        if self.whole or len(self.size) != len(kernel):
            return self
        sizes = (size + d * (k - 1) * jump for size, k, d, jump in zip(self.size, kernel, dilation, self.jump, strict=True))
        jumps = (jump * s for jump, s in zip(self.jump, stride, strict=True))
        return Field(tuple(int(size) if size == int(size) else int(size) + 1 for size in sizes), tuple(jumps))

    def transposed(self, kernel: Shape, stride: Shape, dilation: Shape) -> Field:
        """After a transposed convolution: an output number gathers at most ⌈covered / stride⌉ neighbouring inputs."""
        if self.whole or len(self.size) != len(kernel):
            return self
        gathered = tuple(-(-(d * (k - 1) + 1) // s) for k, s, d in zip(kernel, stride, dilation, strict=True))
        wider = self.window(gathered, (1,) * len(kernel), (1,) * len(kernel))
        return Field(wider.size, tuple(jump / s for jump, s in zip(self.jump, stride, strict=True)))

    def text(self) -> str:
        """'51' for 51×51, '3×5', 'all' for the whole input, '' where it is not known."""
        if self.whole:
            return "all"
        return str(self.size[0]) if len(set(self.size)) == 1 else "×".join(map(str, self.size))


WHOLE = Field(whole=True)
_POOLS = {"max_pool2d_with_indices": 2, "max_pool3d_with_indices": 3, "avg_pool2d": 2, "avg_pool3d": 3}
_REDUCTIONS = {"mean", "sum", "amax", "amin", "max", "min", "adaptive_max_pool2d", "adaptive_max_pool3d"} | {
    "_adaptive_avg_pool2d",
    "_adaptive_avg_pool3d",
}
_ROW_BY_ROW = {"mm", "addmm", "mv", "addmv"}  # a fully connected layer, of a flattened map or of each position by itself
_ALL_WITH_ALL = {"bmm", "baddbmm"}  # attention: every position looks at every other


def at_input(shape: Shape) -> Field:
    """Each pixel of an image (N, C, spatial…) sees itself."""
    spatial = max(len(shape) - 2, 0)
    return Field((1,) * spatial, (Fraction(1),) * spatial)


def follow(
    name: str, args: Sequence[Any], fields: Sequence[Field], output: torch.Tensor, sizes: Convolution | None, batch: int
) -> Field | None:
    """The field of an operation's output, from those of its inputs; None where it cannot be followed.

    Of several inputs (a sum, a concatenation) the largest counts. A matrix product with more rows than the batch has images
    treats positions one by one, as in a transformer's layers; with as many, it reads a whole flattened map.
    """
    if not fields:
        return None
    largest = max(fields, key=lambda field: (field.whole, field.size))
    if sizes is not None:
        return (largest.transposed if sizes.transposed else largest.window)(sizes.kernel, sizes.stride, sizes.dilation)
    spatial = len(largest.size)
    before = tuple(args[0].shape) if args and isinstance(args[0], torch.Tensor) else ()
    if name in _POOLS and not largest.whole:
        pool = [tuple(value) * (spatial if len(value) == 1 else 1) for value in args[1:5] if isinstance(value, (tuple, list))]
        kernel, stride = pool[0], pool[1] if len(pool) > 1 and pool[1] else pool[0]
        dilation = pool[3] if name.startswith("max") and len(pool) > 3 else (1,) * spatial
        return largest.window(kernel, stride, dilation)
    changed = not spatial or before[-spatial:] != tuple(output.shape)[-spatial:]
    if name in _ALL_WITH_ALL or (name in _REDUCTIONS and changed) or (name in _ROW_BY_ROW and output.shape[0] <= batch):
        return WHOLE
    return largest
