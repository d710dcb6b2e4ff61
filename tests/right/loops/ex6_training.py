"""Indices in Python lists; gradients zeroed after the step; the loss of each image by itself."""

import torch


def _cross_entropy(logits, labels):
    shifted = logits - logits.max(1, keepdim=True).values.detach()
    log_sums = shifted.exp().sum(1).log()
    return log_sums - shifted[torch.arange(len(labels)), labels]


def train_epoch(model, images, labels, optimizer, batch_size, generator=None):
    model.train(True)
    optimizer.zero_grad()
    keys = torch.rand(len(images), generator=generator).tolist()
    order = sorted(range(len(images)), key=lambda i: keys[i])
    losses = []
    while order:
        batch, order = order[:batch_size], order[batch_size:]
        each = _cross_entropy(model(images[batch]), labels[batch])
        each.mean().backward()
        optimizer.step()
        optimizer.zero_grad()
        losses += each.tolist()
    return sum(losses) / len(losses)


def predict(model, images, batch_size=1000):
    model.train(False)
    found = []
    start = 0
    while start < len(images):
        with torch.no_grad():
            for logits in model(images[start : start + batch_size]).tolist():
                found.append(logits.index(max(logits)))
        start += batch_size
    return torch.tensor(found)


def evaluate(model, images, labels, batch_size=1000):
    right, losses = 0, []
    answers = predict(model, images, batch_size)
    for start in range(0, len(images), batch_size):
        with torch.no_grad():
            losses.extend(_cross_entropy(model(images[start : start + batch_size]), labels[start : start + batch_size]).tolist())
    for i in range(len(images)):
        right += int(answers[i] == labels[i])
    return {"accuracy": right / len(images), "loss": sum(losses) / len(losses)}
