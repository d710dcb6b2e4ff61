"""Counted, not computed: everything is a loop."""

from fractions import Fraction


def output_size(input_size, kernel_size, stride=1, padding=0, dilation=1):
    taps = [tap * dilation for tap in range(kernel_size)]
    size = 0
    start = -padding
    while start + taps[-1] < input_size + padding:
        size += 1
        start += stride
    if not size:
        raise ValueError("no place for the kernel")
    return size


def conv_params(in_channels, out_channels, kernel_size, groups=1, bias=True):
    count = 0
    for _ in range(out_channels):
        for _ in range(in_channels // groups):
            for _ in range(kernel_size):
                count += kernel_size
        if bias:
            count += 1
    return count


def conv_macs(in_channels, out_channels, kernel_size, output_size, groups=1):
    macs = 0
    for _ in range(output_size):
        for _ in range(output_size):
            macs += conv_params(in_channels, out_channels, kernel_size, groups, bias=False)
    return macs


def depthwise_macs(channels, kernel_size, output_size):
    return sum(kernel_size * kernel_size for _ in range(channels) for _ in range(output_size) for _ in range(output_size))


def pointwise_macs(in_channels, out_channels, output_size):
    return sum(in_channels * out_channels for _ in range(output_size) for _ in range(output_size))


def separable_params(in_channels, out_channels, kernel_size, bias=True):
    total = conv_params(in_channels=1, out_channels=in_channels, kernel_size=kernel_size, bias=bias)
    total += conv_params(in_channels=in_channels, out_channels=out_channels, kernel_size=1, bias=bias)
    return total


def separable_macs(in_channels, out_channels, kernel_size, output_size):
    total = 0
    for _ in range(in_channels):
        total += (kernel_size * kernel_size + out_channels) * output_size * output_size
    return total


def separable_ratio(out_channels, kernel_size):
    return Fraction(separable_macs(7, out_channels, kernel_size, 5), conv_macs(7, out_channels, kernel_size, 5))


def linear_params(in_features, out_features, bias=True):
    rows = [in_features + (1 if bias else 0) for _ in range(out_features)]
    return sum(rows)


def linear_macs(in_features, out_features):
    return sum(in_features for _ in range(out_features))


def macs_to_flops(macs):
    return macs + macs


def when_separable_costs_more():
    for kernel_size in range(1, 5):
        for out_channels in range(2, 5):
            if separable_macs(3, out_channels, kernel_size, 4) > conv_macs(3, out_channels, kernel_size, 4):
                return {"kernel_size": kernel_size, "out_channels": out_channels, "in_channels": 3, "output_size": 4}
    raise AssertionError
