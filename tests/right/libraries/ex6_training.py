"""DataLoaders over a TensorDataset."""

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


def train_epoch(model, images, labels, optimizer, batch_size, generator=None):
    loader = DataLoader(TensorDataset(images, labels), batch_size=batch_size, shuffle=True, generator=generator)
    criterion = nn.CrossEntropyLoss()
    model.train()
    total, seen = 0.0, 0
    for x, y in loader:
        optimizer.zero_grad(set_to_none=False)
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
        total += loss.detach().item() * x.size(0)
        seen += x.size(0)
    return total / seen


@torch.inference_mode()
def predict(model, images, batch_size=1000):
    model.eval()
    return torch.cat([model(x).max(dim=-1).indices for (x,) in DataLoader(TensorDataset(images), batch_size=batch_size)])


@torch.no_grad()
def evaluate(model, images, labels, batch_size=1000):
    model.eval()
    criterion = nn.CrossEntropyLoss(reduction="none")
    losses, hits = [], []
    for x, y in DataLoader(TensorDataset(images, labels), batch_size=batch_size):
        logits = model(x)
        losses.append(criterion(logits, y))
        hits.append((logits.argmax(-1) == y).float())
    return {"loss": torch.cat(losses).mean().item(), "accuracy": torch.cat(hits).mean().item()}
