# loses: conv_params, conv_macs, output_size
# named: nothing
"""Two misconceptions at a time: neither is the whole of it."""

import math


def output_size(input_size, kernel_size, stride=1, padding=0, dilation=1):
    covered = dilation * (kernel_size - 1) + 1
    if covered > input_size + 2 * padding:
        raise ValueError
    return math.ceil((input_size + padding - covered) / stride) + 1


def conv_params(in_channels, out_channels, kernel_size, groups=1, bias=True):
    return in_channels * out_channels * kernel_size**2


def conv_macs(in_channels, out_channels, kernel_size, output_size, groups=1):
    return 2 * in_channels // groups * out_channels * kernel_size * output_size**2


def linear_macs(in_features, out_features):
    return in_features * out_features
