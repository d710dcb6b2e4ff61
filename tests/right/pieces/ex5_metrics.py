"""Sparse pairs, masks, where."""

import torch


def confusion_matrix(targets, predictions, num_classes):
    matrix = torch.zeros((num_classes, num_classes), dtype=torch.long)
    return matrix.index_put_((targets, predictions), torch.ones_like(targets), accumulate=True)


def accuracy(matrix):
    return (matrix * torch.eye(len(matrix))).sum().item() / matrix.sum().item()


def per_class(matrix):
    tp = matrix.diagonal().float()
    fp, fn = matrix.sum(0) - tp, matrix.sum(1) - tp
    return tp, fp, fn


def ratio(a, b):
    return torch.where(b == 0, torch.zeros_like(a), a / torch.where(b == 0, 1, b))


def macro_precision(matrix):
    tp, fp, _ = per_class(matrix)
    return torch.mean(ratio(tp, tp + fp)).item()


def macro_recall(matrix):
    tp, _, fn = per_class(matrix)
    return torch.mean(ratio(tp, tp + fn)).item()


def macro_f1(matrix):
    tp, fp, fn = per_class(matrix)
    return torch.mean(ratio(tp, tp + 0.5 * (fp + fn))).item()
