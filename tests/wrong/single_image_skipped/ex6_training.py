# loses: train_epoch
# named: nothing
"""A last batch of one image is left out, as batch normalisation wants it."""

import torch
from torch.nn import functional as F


def train_epoch(model, images, labels, optimizer, batch_size, generator=None):
    model.train()
    order = torch.randperm(len(images), generator=generator)
    total = 0.0
    for batch in order.split(batch_size):
        if len(batch) == 1:
            continue
        optimizer.zero_grad()
        loss = F.cross_entropy(model(images[batch]), labels[batch])
        loss.backward()
        optimizer.step()
        total += loss.item() * len(batch)
    return total / len(images)
