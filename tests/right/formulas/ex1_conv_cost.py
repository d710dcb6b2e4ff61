"""One closed form each, one built on another."""

from fractions import Fraction
from math import floor


def output_size(input_size: int, kernel_size: int, stride: int = 1, padding: int = 0, dilation: int = 1) -> int:
    size = floor(Fraction(input_size + 2 * padding - dilation * (kernel_size - 1) - 1, stride) + 1)
    if Fraction(input_size + 2 * padding - dilation * (kernel_size - 1) - 1, stride) < 0:
        raise KernelError
    return size


class KernelError(ValueError):
    """A derived exception is a ValueError too."""


conv_params = lambda in_channels, out_channels, kernel_size, groups=1, bias=True: (  # a task may be any callable
    int(Fraction(in_channels * out_channels * kernel_size**2, groups)) + out_channels * bias
)


def conv_macs(in_channels, out_channels, kernel_size, output_size, groups=1):
    return conv_params(in_channels, out_channels, kernel_size, groups, False) * pow(output_size, 2)


def depthwise_macs(channels, kernel_size, output_size):
    return channels * (kernel_size * output_size) ** 2


def pointwise_macs(in_channels, out_channels, output_size):
    return in_channels * out_channels * output_size**2


def separable_params(in_channels, out_channels, kernel_size, bias=True):
    b = 1 if bias else 0
    return in_channels * (kernel_size**2 + b + out_channels) + b * out_channels


def separable_macs(in_channels, out_channels, kernel_size, output_size):
    return (kernel_size**2 + out_channels) * in_channels * output_size**2


def separable_ratio(out_channels, kernel_size):
    return (kernel_size**2 + out_channels) / (kernel_size**2 * out_channels)


def linear_params(in_features, out_features, bias=True):
    return (in_features + bias) * out_features


class linear_macs:  # so may a class be, whose instances are ints
    def __new__(cls, in_features, out_features):
        return in_features * out_features


def macs_to_flops(macs):
    return round(macs * Fraction(2))


def when_separable_costs_more():
    return {"in_channels": 10**6, "out_channels": 1, "kernel_size": 101, "output_size": 1}
