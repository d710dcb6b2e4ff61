# loses: separable_macs, macs_to_flops, when_separable_costs_more
# named: nothing
"""The examples of the docstrings, and nothing else."""


def separable_macs(in_channels, out_channels, kernel_size, output_size):
    return 29302784


def macs_to_flops(macs):
    return 1411070848


def when_separable_costs_more():
    return {"in_channels": 16, "out_channels": 1, "kernel_size": 0.5, "output_size": 28}
