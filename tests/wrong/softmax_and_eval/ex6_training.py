# loses: train_epoch
# named: nothing
"""Two misconceptions at a time."""

import torch
from torch.nn import functional as F


def train_epoch(model, images, labels, optimizer, batch_size, generator=None):
    model.eval()
    order = torch.randperm(len(images), generator=generator)
    total = 0.0
    for batch in order.split(batch_size):
        optimizer.zero_grad()
        loss = F.cross_entropy(model(images[batch]).softmax(1), labels[batch])
        loss.backward()
        optimizer.step()
        total += loss.item() * len(batch)
    return total / len(images)
