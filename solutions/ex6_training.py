"""Exercise 6: the training loop, written out.

Images are a float tensor (N, 1, 28, 28) that lies in memory as a whole, labels int64 (N,): a batch is an index into both.

Every line of train_epoch's loop is there for a reason that shows only when it is missing: try leaving them out.

Source: Goodfellow, Bengio & Courville 2016, "Deep Learning", section 8.1.3 (minibatch algorithms).
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F


def train_epoch(
    model: nn.Module,
    images: Tensor,
    labels: Tensor,
    optimizer: torch.optim.Optimizer,
    batch_size: int,
    generator: torch.Generator | None = None,
) -> float:
    """One pass over all images in train mode: shuffled, in batches, one optimiser step on each batch's mean cross-entropy.

    The order is drawn from ``generator`` (None: torch's global one), afresh in every call. The last batch may be smaller.
    Returns the mean loss per image, each image's loss being that of its batch's forward pass.
    """
    model.train()  # dropout drops, batch normalisation takes its statistics from the batch
    order = torch.randperm(len(images), generator=generator)
    total = 0.0
    for batch in order.split(batch_size):  # the last one may be smaller; every image is in exactly one
        optimizer.zero_grad()  # backward() adds to what is there
        loss = F.cross_entropy(model(images[batch]), labels[batch])  # the mean over this batch
        loss.backward()
        optimizer.step()
        total += loss.item() * len(batch)  # a mean of means would count a small last batch too much
    return total / len(images)


def predict(model: nn.Module, images: Tensor, batch_size: int = 1000) -> Tensor:
    """Class of each image: int64 (N,), in the images' order; eval mode, no gradients."""
    model.eval()
    with torch.no_grad():
        return torch.cat([model(batch).argmax(dim=1) for batch in images.split(batch_size)])


def evaluate(model: nn.Module, images: Tensor, labels: Tensor, batch_size: int = 1000) -> dict[str, float]:
    """``loss``, the mean cross-entropy per image, and ``accuracy``, 0 … 1, in eval mode."""
    model.eval()
    total, right = 0.0, 0
    with torch.no_grad():
        for batch, answers in zip(images.split(batch_size), labels.split(batch_size), strict=True):
            logits = model(batch)
            total += F.cross_entropy(logits, answers, reduction="sum").item()  # sums add up over batches, means do not
            right += int((logits.argmax(dim=1) == answers).sum())
    return {"loss": total / len(images), "accuracy": right / len(images)}
