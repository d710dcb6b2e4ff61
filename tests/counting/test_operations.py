"""Formulas against counting: a convolution in Python loops that counts each product, with its padding really there."""

from __future__ import annotations

import itertools
import math

import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from odd_models import value_of

from kit.counting.operations import Convolution, convolution_cost, taps_inside, without_products


@st.composite
def convolutions(draw: st.DrawFn) -> Convolution:
    """Small convolutions of one to three dimensions, with unequal sizes."""
    spatial = draw(st.integers(1, 3))
    groups = draw(st.integers(1, 3))
    kernel = tuple(draw(st.integers(1, 3)) for _ in range(spatial))
    stride = tuple(draw(st.integers(1, 3)) for _ in range(spatial))
    padding = tuple(draw(st.integers(0, 3)) for _ in range(spatial))
    dilation = tuple(draw(st.integers(1, 2)) for _ in range(spatial))
    size = tuple(d * (k - 1) + 1 + draw(st.integers(0, 4)) for d, k in zip(dilation, kernel, strict=True))
    out = tuple((i + 2 * p - d * (k - 1) - 1) // s + 1 for i, p, d, k, s in zip(size, padding, dilation, kernel, stride, strict=True))
    channels = groups * draw(st.integers(1, 2)), groups * draw(st.integers(1, 3))
    return Convolution(draw(st.integers(1, 2)), *channels, groups, kernel, stride, padding, dilation, size, out, transposed=False)


def walk(sizes: Convolution) -> tuple[int, int]:
    """All products, and those with a number of the image in them."""
    products, real = 0, 0
    for position in itertools.product(*map(range, sizes.output_size)):
        for tap in itertools.product(*map(range, sizes.kernel)):
            places = [
                p * s - pad + t * d for p, s, pad, t, d in zip(position, sizes.stride, sizes.padding, tap, sizes.dilation, strict=True)
            ]
            inside = all(0 <= place < size for place, size in zip(places, sizes.input_size, strict=True))
            products, real = products + 1, real + inside
    each = sizes.batch * sizes.out_channels * (sizes.in_channels // sizes.groups)
    return products * each, real * each


@given(sizes=convolutions())
@settings(deadline=None, max_examples=60)
def test_a_convolution_costs_what_a_walk_counts(sizes: Convolution) -> None:
    cost = convolution_cost(sizes)
    assert (cost.macs, cost.macs - cost.on_padding) == walk(sizes)
    assert value_of(cost.text) == cost.macs


@given(st.integers(1, 9), st.integers(1, 9), st.integers(1, 5), st.integers(1, 3), st.integers(0, 5), st.integers(1, 3))
def test_taps_inside_is_a_count(size: int, positions: int, kernel: int, stride: int, padding: int, dilation: int) -> None:
    counted = sum(0 <= p * stride - padding + t * dilation < size for p in range(positions) for t in range(kernel))
    assert taps_inside(size, positions, kernel, stride, padding, dilation) == counted


def test_a_transposed_convolution_spreads_each_input() -> None:
    sizes = Convolution(1, 4, 6, 2, (3, 2), (2, 2), (1, 0), (1, 1), (5, 7), (9, 14), transposed=True)
    cost = convolution_cost(sizes)
    assert cost.macs == 5 * 7 * 4 * 3 * math.prod((3, 2))
    inside = sum(0 <= i * 2 - 1 + t < 9 for i in range(5) for t in range(3)) * 7 * 2  # columns are not cropped
    assert cost.macs - cost.on_padding == inside * 4 * 3


def test_an_operation_that_nobody_knows_is_not_taken_for_free() -> None:
    aten = torch.ops.aten
    free = [aten.relu.default, aten.view.default, aten.native_batch_norm.default, aten.cat.default, aten.max_pool2d_with_indices.default]
    unknown = [aten.grid_sampler_2d.default, aten._cdist_forward.default, aten._trilinear.default]
    assert all(map(without_products, free))
    assert not any(map(without_products, unknown))
