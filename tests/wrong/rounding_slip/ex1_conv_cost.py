# loses: separable_ratio
# named: nothing
"""A ratio that is right to nine digits."""


def separable_ratio(out_channels, kernel_size):
    return round(1 / out_channels + 1 / kernel_size**2, 9)
