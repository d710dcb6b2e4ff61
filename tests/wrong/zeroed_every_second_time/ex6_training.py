# loses: train_epoch
# named: nothing
"""Gradients are zeroed before every second batch."""

import torch
from torch.nn import functional as F


def train_epoch(model, images, labels, optimizer, batch_size, generator=None):
    model.train()
    order = torch.randperm(len(images), generator=generator)
    total = 0.0
    for number, batch in enumerate(order.split(batch_size)):
        if number % 2 == 0:
            optimizer.zero_grad()
        loss = F.cross_entropy(model(images[batch]), labels[batch])
        loss.backward()
        optimizer.step()
        total += loss.item() * len(batch)
    return total / len(images)
