"""PyTorch's own layers are built and measured."""

import math

import numpy as np
import torch
from torch import nn


def output_size(input_size, kernel_size, stride=1, padding=0, dilation=1):
    if input_size + 2 * padding < dilation * (kernel_size - 1) + 1:
        raise ValueError(f"kernel {kernel_size} (dilation {dilation}) does not fit into {input_size} + 2·{padding}")
    layer = nn.Conv1d(1, 1, kernel_size, stride=stride, padding=padding, dilation=dilation)
    return layer(torch.zeros(1, 1, input_size)).shape[-1]


def conv_params(in_channels, out_channels, kernel_size, groups=1, bias=True):
    with torch.device("meta"):
        layer = nn.Conv2d(in_channels, out_channels, kernel_size, groups=groups, bias=bias)
    return sum(p.numel() for p in layer.parameters())


def conv_macs(in_channels, out_channels, kernel_size, output_size, groups=1):
    shape = np.array([out_channels, output_size, output_size, in_channels // groups, kernel_size, kernel_size], dtype=np.int64)
    return int(shape.prod())


def depthwise_macs(channels, kernel_size, output_size):
    return conv_macs(channels, channels, kernel_size, output_size, channels)


def pointwise_macs(in_channels, out_channels, output_size):
    return int(np.einsum("i,o,h,w->", *(np.ones(n, dtype=np.int64) for n in (in_channels, out_channels, output_size, output_size))))


def separable_params(in_channels, out_channels, kernel_size, bias=True):
    return conv_params(in_channels, in_channels, kernel_size, in_channels, bias) + conv_params(in_channels, out_channels, 1, bias=bias)


def separable_macs(in_channels, out_channels, kernel_size, output_size):
    return depthwise_macs(in_channels, kernel_size, output_size) + pointwise_macs(in_channels, out_channels, output_size)


def separable_ratio(out_channels, kernel_size):
    return np.float64(1) / out_channels + np.float64(kernel_size) ** -2


def linear_params(in_features, out_features, bias=True):
    with torch.device("meta"):
        return sum(map(torch.numel, nn.Linear(in_features, out_features, bias).parameters()))


def linear_macs(in_features, out_features):
    return math.prod((in_features, out_features))


def macs_to_flops(macs):
    return macs << 1


def when_separable_costs_more():
    return dict(in_channels=1, out_channels=1, kernel_size=1, output_size=1)
