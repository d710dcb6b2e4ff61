"""Exercise 6: the training loop, written out.

Images are a float tensor (N, 1, 28, 28) that lies in memory as a whole, labels int64 (N,): a batch is an index into both.

Grade this file with:   pytest exercises/ex6_training.py
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
    # TODO: In which order do these come: backward, step, zero_grad, forward? And what if the last batch is a small one?
    raise NotImplementedError


def predict(model: nn.Module, images: Tensor, batch_size: int = 1000) -> Tensor:
    """Class of each image: int64 (N,), in the images' order; eval mode, no gradients."""
    # TODO: What would dropout do to these answers, and what would gradients cost?
    raise NotImplementedError


def evaluate(model: nn.Module, images: Tensor, labels: Tensor, batch_size: int = 1000) -> dict[str, float]:
    """``loss``, the mean cross-entropy per image, and ``accuracy``, 0 … 1, in eval mode."""
    # TODO: Why must the result not depend on batch_size, and what makes sure that it does not?
    raise NotImplementedError
