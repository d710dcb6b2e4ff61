# loses: train_epoch
# named: same-order-each-time
"""The order is drawn once for all passes and generators of the process."""

import functools

import torch
from torch.nn import functional as F


@functools.cache
def order_of(count):
    return torch.randperm(count)


def train_epoch(model, images, labels, optimizer, batch_size, generator=None):
    model.train()
    order = order_of(len(images))
    total = 0.0
    for batch in order.split(batch_size):
        optimizer.zero_grad()
        loss = F.cross_entropy(model(images[batch]), labels[batch])
        loss.backward()
        optimizer.step()
        total += loss.item() * len(batch)
    return total / len(images)
