# loses: linear_macs, separable_ratio
# named: nothing
"""Right numbers of types that were not asked for."""

import numpy


def linear_macs(in_features, out_features):
    return numpy.int64(in_features) * out_features


def separable_ratio(out_channels, kernel_size):
    return f"{1 / out_channels + 1 / kernel_size**2}"


def macs_to_flops(macs):
    return 2 * macs
