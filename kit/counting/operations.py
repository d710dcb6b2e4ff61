"""What one operation of torch costs: multiply-accumulates as a product with the numbers put in, and how many of them touch the input.

One multiply-accumulate (MAC) is one product added to a sum. Convolutions and matrix products are made of them; a bias is an
addition, a pooling, an activation or a normalisation no sum of products with weights: they count 0, as in the homework and in
torchvision's published figures.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch

Shape = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Convolution:
    """The sizes of a convolution, as torch was asked for it. ``spatial`` sizes have one number for each of its dimensions."""

    batch: int
    in_channels: int
    out_channels: int
    groups: int
    kernel: Shape
    stride: Shape
    padding: Shape
    dilation: Shape
    input_size: Shape
    output_size: Shape
    transposed: bool

    @property
    def positions(self) -> Shape:
        """Where the kernel is applied: every output position, or, transposed, every input position."""
        return self.input_size if self.transposed else self.output_size


@dataclass(frozen=True, slots=True)
class Cost:
    """MACs of one operation: the product as text, its value, the taps of it that fall on zeros of padding.

    >>> Cost("convolution", "64·55·55·3·11²", 70_276_800, 4_234_240).on_padding
    4234240
    """

    kind: str
    text: str
    macs: int
    on_padding: int = 0
    convolution: Convolution | None = None


def times(*factors: int | str) -> str:
    """Factors as a product; ones at the front (a batch of one, a matrix of one row) are left out.

    >>> times(1, 64, 55, 55)
    '64·55·55'
    """
    kept = list(factors)
    while len(kept) > 1 and kept[0] == 1:
        kept.pop(0)
    return "·".join(map(str, kept))


def power(sizes: Sequence[int]) -> str:
    """A kernel's taps: 11² for 11×11, 3·5 for 3×5.

    >>> power((11, 11)), power((3, 5)), power((3, 3, 3)), power((7,))
    ('11²', '3·5', '3³', '7')
    """
    same = len(set(sizes)) == 1 and len(sizes) in (2, 3)
    return f"{sizes[0]}{'²' if len(sizes) == 2 else '³'}" if same else "·".join(map(str, sizes))


def taps_inside(size: int, positions: int, kernel: int, stride: int, padding: int, dilation: int) -> int:
    """How many (position, tap) pairs of one dimension land on the 0 … size − 1 that are really there.

    A tap t at position p reads p·stride − padding + t·dilation. For a transposed convolution the same count holds with
    input positions and the output's size: there the others are cropped away.

    >>> taps_inside(size=5, positions=5, kernel=3, stride=1, padding=1, dilation=1)  # 15 taps, one beyond either end
    13
    """
    inside = 0
    for tap in range(kernel):
        offset = tap * dilation - padding
        first = max(0, -(offset // stride))  # the first position with p·stride + offset ≥ 0
        last = min(positions - 1, (size - 1 - offset) // stride)
        inside += max(0, last - first + 1)
    return inside


def convolution_cost(sizes: Convolution, padded_before: Shape = ()) -> Cost:
    """MACs of a convolution: every output number sums in_channels/groups · kernel products.

    macs = batch · out_channels · output positions · in_channels/groups · kernel taps; transposed: every input number is
    spread over out_channels/groups · kernel products. ``padded_before``: zeros that an operation before this one has
    added at both ends of each spatial dimension (before, after, from the last dimension on, as F.pad has it).
    """
    taps = math.prod(sizes.kernel)
    share = (sizes.out_channels if sizes.transposed else sizes.in_channels) // sizes.groups
    source = sizes.in_channels if sizes.transposed else sizes.out_channels
    macs = sizes.batch * source * math.prod(sizes.positions) * share * taps
    whole = sizes.out_channels if sizes.transposed else sizes.in_channels
    per_group = f"({whole}/{sizes.groups})" if sizes.groups > 1 else str(share)
    text = times(*([sizes.batch] if sizes.batch > 1 else []), source, *sizes.positions, per_group, power(sizes.kernel))

    touching = sizes.batch * source * share
    target = sizes.output_size if sizes.transposed else sizes.input_size
    for dimension in range(len(sizes.kernel)):
        before, after = 0, 0
        if padded_before:
            before, after = padded_before[-2 * dimension - 2], padded_before[-2 * dimension - 1]
        touching *= taps_inside(
            target[dimension] - before - after,
            sizes.positions[dimension],
            sizes.kernel[dimension],
            sizes.stride[dimension],
            sizes.padding[dimension] + before,
            sizes.dilation[dimension],
        )
    return Cost("convolution", text, macs, macs - touching, sizes)


def convolution_sizes(args: Sequence[Any], output: torch.Tensor) -> Convolution:
    """Read the sizes off aten.convolution's arguments: (input, weight, bias, stride, padding, dilation, transposed, _, groups)."""
    images, weight, _, stride, padding, dilation, transposed, _, groups = args[:9]
    spatial = weight.dim() - 2

    def spread(value: Sequence[int]) -> Shape:  # torch allows one number for all dimensions here
        return tuple(value) * spatial if len(value) == 1 else tuple(value)

    return Convolution(
        batch=images.shape[0],
        in_channels=images.shape[1],
        out_channels=output.shape[1],
        groups=groups,
        kernel=tuple(weight.shape[2:]),
        stride=spread(stride),
        padding=spread(padding),
        dilation=spread(dilation),
        input_size=tuple(images.shape[2:]),
        output_size=tuple(output.shape[2:]),
        transposed=transposed,
    )


def matrix_product(left: Shape, right: Shape) -> Cost:
    """(b, m, k) by (b, k, n) is b·m·n numbers, each a sum of k products; read as rows · outputs · inputs.

    >>> matrix_product((1, 9216), (9216, 4096)).text
    '4096·9216'
    """
    *batch, rows, inner = left
    outputs = right[-1]
    return Cost("matrix product", times(*batch, rows, outputs, inner), math.prod((*batch, rows, outputs, inner)))


def attention_cost(query: Shape, key: Shape, value: Shape) -> Cost:
    """Scaled dot-product attention: queries by keys, then weights by values; nothing is taken off for a mask."""
    *batch, queries, depth = query
    keys, depth_out = key[-2], value[-1]
    both = math.prod(batch) * queries * keys * (depth + depth_out)
    return Cost("attention", times(*batch, queries, keys, f"({depth} + {depth_out})"), both)


def _of_shapes(formula: Callable[..., Cost], first: int, how_many: int) -> Callable[[Sequence[Any]], Cost]:
    return lambda args: formula(*(tuple(tensor.shape) for tensor in args[first : first + how_many]))


def _vector(args: Sequence[Any]) -> Cost:
    matrix = tuple(args[0].shape)
    return Cost("matrix by vector", times(*matrix), math.prod(matrix))


aten = torch.ops.aten
ATTENTIONS = (
    "_scaled_dot_product_flash_attention",
    "_scaled_dot_product_flash_attention_for_cpu",
    "_scaled_dot_product_efficient_attention",
    "_scaled_dot_product_cudnn_attention",
    "_scaled_dot_product_fused_attention_overrideable",
)
#: What has MACs, by torch's name of the operation. Convolutions are treated apart, for their padding.
MATRIX_PRODUCTS: dict[Any, Callable[[Sequence[Any]], Cost]] = {
    aten.mm: _of_shapes(matrix_product, 0, 2),
    aten.addmm: _of_shapes(matrix_product, 1, 2),
    aten.bmm: _of_shapes(matrix_product, 0, 2),
    aten.baddbmm: _of_shapes(matrix_product, 1, 2),
    aten.addbmm: _of_shapes(matrix_product, 1, 2),
    aten.mv: _vector,
    aten.addmv: lambda args: _vector(args[1:]),
    aten.dot: _vector,
    aten.vdot: _vector,
    **{getattr(aten, name): _of_shapes(attention_cost, 0, 3) for name in ATTENTIONS if hasattr(aten, name)},
}
#: Products that torch's own counter has no formula for, so that a reconciliation can name them.
UNKNOWN_TO_TORCH = frozenset({"mv", "addmv", "dot", "vdot", "addbmm", *ATTENTIONS[1:2], *ATTENTIONS[4:]})

# Operations without a sum of products, beyond those that torch marks as pointwise or as views.
_MAKING = "empty zeros ones full arange scalar_tensor eye linspace new_empty new_zeros new_ones new_full empty_like zeros_like ones_like"
_RANDOM = "full_like rand randn rand_like randn_like randint randperm bernoulli bernoulli_ native_dropout uniform_ normal_ lift_fresh"
_MOVING = "clone copy_ _to_copy cat stack constant_pad_nd _unsafe_view view_copy repeat roll flip tril triu unsafe_split im2col fill_ zero_"
_EDGES = "reflection_pad1d reflection_pad2d reflection_pad3d replication_pad1d replication_pad2d replication_pad3d pixel_shuffle"
_PICKING = "index select_scatter slice_scatter index_put index_put_ index_select gather scatter scatter_ masked_fill embedding sort topk"
_REDUCING = "argmax argmin max min amax amin sum mean prod cumsum cumprod any all logsumexp std var var_mean _softmax _log_softmax"
_NORMING = "native_batch_norm _native_batch_norm_legit _native_batch_norm_legit_no_training native_layer_norm native_group_norm"
_POOLING = "max_pool2d_with_indices max_pool3d_with_indices avg_pool2d avg_pool3d _adaptive_avg_pool2d _adaptive_avg_pool3d _safe_softmax"
_OTHERS = "adaptive_max_pool2d adaptive_max_pool3d native_channel_shuffle channel_shuffle pixel_unshuffle glu _fused_rms_norm"
_RESIZING = "upsample_nearest1d upsample_nearest2d upsample_nearest3d max_unpool2d max_unpool3d unsafe_split_with_sizes lift_fresh_copy"
_UNTAGGED = "hardswish_ as_strided_ linalg_vector_norm _prelu_kernel transpose_ t_ squeeze_ unsqueeze_"
_WITHOUT_PRODUCTS = frozenset(
    " ".join((_MAKING, _RANDOM, _MOVING, _EDGES, _PICKING, _REDUCING, _NORMING, _POOLING, _OTHERS, _RESIZING, _UNTAGGED)).split(" ")
)


def without_products(operation: Any) -> bool:
    """Whether an operation (an overload of torch.ops) is known to have no sum of products with weights.

    >>> without_products(torch.ops.aten.relu.default), without_products(torch.ops.aten.grid_sampler_2d.default)
    (True, False)
    """
    return torch.Tag.pointwise in operation.tags or operation.is_view or operation._schema.name.split("::")[-1] in _WITHOUT_PRODUCTS
