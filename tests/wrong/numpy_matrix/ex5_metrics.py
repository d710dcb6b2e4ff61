# loses: confusion_matrix
# named: nothing
"""A numpy array."""

import numpy


def confusion_matrix(targets, predictions, num_classes):
    matrix = numpy.zeros((num_classes, num_classes), dtype=numpy.int64)
    numpy.add.at(matrix, (targets.numpy(), predictions.numpy()), 1)
    return matrix
