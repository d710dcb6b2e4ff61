# loses: macro_precision, macro_recall
# named: nothing
"""A small number below the line keeps 0/0 away, and moves everything."""


def macro_precision(matrix):
    return (matrix.diagonal() / (matrix.sum(0) + 1e-3)).mean().item()


def macro_recall(matrix):
    return (matrix.diagonal() / (matrix.sum(1) + 1e-3)).mean().item()
