"""Counted pair by pair."""

import torch


def confusion_matrix(targets, predictions, num_classes):
    rows = [[0 for _ in range(num_classes)] for _ in range(num_classes)]
    for t, p in zip(targets.tolist(), predictions.tolist(), strict=True):
        rows[t][p] += 1
    return torch.tensor(rows)


def accuracy(matrix):
    right = total = 0
    for t, row in enumerate(matrix.tolist()):
        for p, count in enumerate(row):
            total += count
            right += count if t == p else 0
    return right / total


def _scores(matrix):
    rows = matrix.tolist()
    n = len(rows)
    precisions, recalls, f1s = [], [], []
    for c in range(n):
        true = rows[c][c]
        called = sum(rows[t][c] for t in range(n))
        there = sum(rows[c])
        precision = true / called if called else 0.0
        recall = true / there if there else 0.0
        precisions.append(precision)
        recalls.append(recall)
        f1s.append(2 * precision * recall / (precision + recall) if precision + recall else 0.0)
    return precisions, recalls, f1s


def macro_precision(matrix):
    scores = _scores(matrix)[0]
    return sum(scores) / len(scores)


def macro_recall(matrix):
    scores = _scores(matrix)[1]
    return sum(scores) / len(scores)


def macro_f1(matrix):
    scores = _scores(matrix)[2]
    return sum(scores) / len(scores)
