# loses: conv_params, conv_macs
# named: nothing
"""Right but for depthwise layers with several filters a channel."""


def conv_params(in_channels, out_channels, kernel_size, groups=1, bias=True):
    if groups == in_channels > 1:
        return in_channels * (kernel_size**2 + bias)
    return out_channels * (in_channels // groups * kernel_size**2 + bias)


def conv_macs(in_channels, out_channels, kernel_size, output_size, groups=1):
    return conv_params(in_channels, out_channels, kernel_size, groups, False) * output_size**2
