# loses: predict, evaluate
# named: not-in-eval-mode for evaluate
"""Two misconceptions at a time in predict; evaluate shows one of them."""

import torch
from torch.nn import functional as F


def predict(model, images, batch_size=1000):
    return torch.cat([model(part).argmax(1) for part in images.split(batch_size)])


def evaluate(model, images, labels, batch_size=1000):
    logits = torch.cat([model(part) for part in images.split(batch_size)])
    return {"loss": F.cross_entropy(logits, labels).item(), "accuracy": (logits.argmax(1) == labels).double().mean().item()}
