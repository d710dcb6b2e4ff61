"""Losses through log_softmax and gather, gradients through autograd.grad, whole tensors permuted first."""

import torch
from torch.nn import functional as F


def train_epoch(model, images, labels, optimizer, batch_size, generator=None):
    order = torch.randperm(labels.numel(), generator=generator)
    images, labels = images[order], labels[order]
    model.train()
    parameters = [p for p in model.parameters() if p.requires_grad]
    losses = torch.zeros(len(labels), dtype=torch.float64)
    for start in range(0, len(labels), batch_size):
        stop = min(start + batch_size, len(labels))
        log_p = F.log_softmax(model(images[start:stop]), dim=1)
        each = -log_p.gather(1, labels[start:stop, None]).squeeze(1)
        for p, gradient in zip(parameters, torch.autograd.grad(each.sum() / len(each), parameters), strict=True):
            p.grad = gradient
        optimizer.step()
        losses[start:stop] = each.detach()
    return losses.mean().item()


def predict(model, images, batch_size=1000):
    was = torch.is_grad_enabled()
    torch.set_grad_enabled(False)
    model.eval()
    found = torch.empty(len(images), dtype=torch.long)
    for i in range(0, len(images), batch_size):
        found[i : i + batch_size] = torch.softmax(model(images[i : i + batch_size]), 1).argmax(1)
    torch.set_grad_enabled(was)
    return found


def evaluate(model, images, labels, batch_size=1000):
    with torch.no_grad():
        logits = torch.cat([model.eval()(part) for part in images.split(batch_size)])
    return {
        "loss": float(F.nll_loss(F.log_softmax(logits.double(), 1), labels)),
        "accuracy": (logits.argmax(1) == labels).double().mean().item(),
    }
