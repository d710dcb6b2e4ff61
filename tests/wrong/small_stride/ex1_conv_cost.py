# loses: output_size
# named: nothing
"""Right as long as the stride is no larger than the kernel."""


def output_size(input_size, kernel_size, stride=1, padding=0, dilation=1):
    covered = dilation * (kernel_size - 1) + 1
    if covered > input_size + 2 * padding:
        raise ValueError
    return (input_size + 2 * padding - covered) // min(stride, kernel_size) + 1
