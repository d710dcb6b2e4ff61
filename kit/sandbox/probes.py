"""Models that the training tasks are handed. Their answers and final weights tell, from outside, how they were used."""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional as F


class LinearProbe(nn.Module):
    """A linear classifier without bias that answers with turned-round classes when it is asked in the wrong mode.

    With images that are multiples of unit vectors, image i moves column i of the weight alone, so that the final
    weight tells which images were seen, how often, and in batches of which size.

    images (N, …) → logits (N, C), weight (C, D) with D the pixels of an image.
    turns: ``train``, ``eval``, ``grad`` or ``crowd`` (more than ``most`` images at once): the condition under which the
    classes are turned round; "" for never.
    """

    def __init__(self, weight: Tensor, turns: str = "", most: int = 0) -> None:
        super().__init__()
        self.weight = nn.Parameter(weight.clone())
        self.turns = turns
        self.most = most

    def forward(self, images: Tensor) -> Tensor:
        logits = F.linear(images.flatten(1), self.weight)
        wrong = {"train": self.training, "eval": not self.training, "grad": logits.requires_grad, "crowd": len(images) > self.most}
        return logits.flip(1) if wrong.get(self.turns, False) else logits


class DigitNet(nn.Module):
    """A small convolutional net for real digits that a class can train in a second: (N, 1, 28, 28) → (N, 10).

    Batch normalisation and dropout make it care about modes.
    """

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(1, 12, 5, stride=2, padding=2)
        self.norm1 = nn.BatchNorm2d(12)
        self.conv2 = nn.Conv2d(12, 24, 3, padding=1)
        self.norm2 = nn.BatchNorm2d(24)
        self.drop = nn.Dropout(0.1)
        self.fc = nn.Linear(24 * 3 * 3, 10)

    def forward(self, x: Tensor) -> Tensor:
        x = F.max_pool2d(F.relu(self.norm1(self.conv1(x))), 2)  # (N, 12, 7, 7)
        x = F.max_pool2d(F.relu(self.norm2(self.conv2(x))), 2)  # (N, 24, 3, 3)
        logits: Tensor = self.fc(self.drop(x.flatten(1)))
        return logits


def make(request: dict[str, object]) -> nn.Module:
    """The probe that a request describes, in the mode that it asks for."""
    kind, weights = request["kind"], request["weights"]
    assert isinstance(weights, dict)
    model: nn.Module
    if kind == "linear":
        model = LinearProbe(weights["weight"], str(request["turns"]), int(str(request["most"])))
    elif kind == "digits":
        model = DigitNet()
        model.load_state_dict(weights)
    else:
        raise ValueError(f"there is no probe {kind!r}")
    return model.train(bool(request["training"]))
