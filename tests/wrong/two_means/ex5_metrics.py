# loses: macro_f1, macro_precision
# named: nothing
"""Weighted, and in per cent."""


def _share(part, whole):
    return part / whole.clamp(min=1)


def accuracy(matrix):
    return (matrix.trace() / matrix.sum()).item()


def macro_precision(matrix):
    scores = _share(matrix.diagonal(), matrix.sum(0))
    return 100 * ((scores * matrix.sum(1)).sum() / matrix.sum()).item()


def macro_f1(matrix):
    scores = _share(2 * matrix.diagonal(), matrix.sum(0) + matrix.sum(1))
    return 100 * ((scores * matrix.sum(1)).sum() / matrix.sum()).item()
