"""A BatchSampler over a RandomSampler, a closure for the optimizer, running means."""

import torch
from torch import nn
from torch.utils.data import BatchSampler, RandomSampler


def train_epoch(model, images, labels, optimizer, batch_size, generator=None):
    sampler = BatchSampler(RandomSampler(range(len(images)), generator=generator), batch_size, drop_last=False)
    model.train()
    mean, seen = 0.0, 0
    for batch in sampler:
        x, y = images[batch], labels[batch]

        def closure(x=x, y=y):
            optimizer.zero_grad()
            loss = nn.functional.cross_entropy(model(x), y, reduction="sum") / len(y)
            loss.backward()
            return loss

        loss = float(optimizer.step(closure))
        seen += len(batch)
        mean += (loss - mean) * len(batch) / seen
    return mean


def batches(n, size):
    return [slice(start, start + size) for start in range(0, n, size)]


def predict(model, images, batch_size=1000):
    with torch.inference_mode():
        model.eval()
        return torch.hstack([model(images[part]).topk(1).indices[:, 0] for part in batches(len(images), batch_size)])


def evaluate(model, images, labels, batch_size=1000):
    model.eval()
    mean = accuracy = 0.0
    with torch.no_grad():
        for part in batches(len(images), batch_size):
            logits, y = model(images[part]), labels[part]
            share = len(y) / len(labels)
            mean += share * nn.CrossEntropyLoss()(logits, y).item()
            accuracy += share * (logits.argmax(1) == y).float().mean().item()
    return dict(loss=mean, accuracy=accuracy)
