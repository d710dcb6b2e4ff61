"""Modules of every kind that a counter stumbles over, each with an input."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import nn


def value_of(formula: str) -> int:
    """A formula with the numbers put in, as a reader with a calculator takes it."""
    if not formula:
        return 0
    python = formula.replace("²", "**2").replace("³", "**3").replace("·", "*").replace("/", "//")
    return int(eval(python, {"__builtins__": {}}))


class Functional(nn.Module):
    """Convolution, product and pooling called as functions, on weights of its own and of a layer that is never called."""

    def __init__(self) -> None:
        super().__init__()
        self.kernel = nn.Parameter(torch.zeros(5, 3, 3, 3))
        self.fc = nn.Linear(5, 7)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = F.max_pool2d(F.relu(F.conv2d(x, self.kernel, padding=1)), 2)
        return F.linear(x.mean((2, 3)), self.fc.weight, self.fc.bias)


class Shared(nn.Module):
    """One layer under two parents, and called three times."""

    def __init__(self) -> None:
        super().__init__()
        layer = nn.Conv2d(3, 3, 3, padding=1)
        self.first, self.second = nn.Sequential(layer), nn.Sequential(layer, nn.ReLU())

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.second(self.first(self.second(x)))


class Gated(nn.Conv2d):
    """A subclass of a known layer."""


class Tied(nn.Module):
    """Two layers with one weight."""

    def __init__(self) -> None:
        super().__init__()
        self.encode, self.decode = nn.Linear(6, 6, bias=False), nn.Linear(6, 6, bias=False)
        self.decode.weight = self.encode.weight

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.decode(self.encode(x))


class Attending(nn.Module):
    """Attention over the positions of a map, after its layer norm."""

    def __init__(self) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(6)
        self.attention = nn.MultiheadAttention(6, 2, batch_first=True)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.norm(x.flatten(2).transpose(1, 2))
        return self.attention(x, x, x)[0]


class Reading(nn.Module):
    """The outputs of a recurrent layer."""

    def __init__(self, layer: nn.Module) -> None:
        super().__init__()
        self.layer = layer

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.layer(x)[0]


class MatrixByVector(nn.Module):
    """Products that torch's own counter has no formula for."""

    def __init__(self) -> None:
        super().__init__()
        self.matrix = nn.Parameter(torch.zeros(4, 6))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.mv(self.matrix, x[0])


def plain(*layers: nn.Module) -> nn.Module:
    return nn.Sequential(*layers)


#: name → (model, image's shape, MACs of one image in closed form)
ODD: dict[str, tuple[nn.Module, tuple[int, ...], int]] = {
    "a bare layer": (nn.Conv2d(3, 5, 3), (3, 9, 8), 5 * 7 * 6 * 27),
    "a grouped, dilated layer": (plain(nn.Conv2d(4, 6, 3, groups=2, dilation=2)), (4, 9, 9), 6 * 25 * 2 * 9),
    "one dimension": (plain(nn.Conv1d(3, 5, 4)), (3, 11), 5 * 8 * 3 * 4),
    "three dimensions": (plain(nn.Conv3d(2, 3, 2, bias=False)), (2, 4, 5, 6), 3 * 3 * 4 * 5 * 2 * 8),
    "padding same": (plain(nn.Conv2d(3, 5, 3, padding="same")), (3, 8, 7), 5 * 56 * 27),
    "an even kernel, padding same": (plain(nn.Conv2d(3, 5, (3, 1), padding="same")), (3, 8, 7), 5 * 56 * 9),
    "circular padding": (plain(nn.Conv2d(3, 5, 3, padding=1, padding_mode="circular")), (3, 8, 7), 5 * 56 * 27),
    "transposed": (plain(nn.ConvTranspose2d(4, 6, 2, stride=2, groups=2)), (4, 5, 7), 35 * 4 * 3 * 4),
    "a subclass": (plain(Gated(3, 5, 3)), (3, 9, 8), 5 * 42 * 27),
    "functional calls": (Functional(), (3, 8, 8), 5 * 64 * 27 + 7 * 5),
    "a shared layer": (Shared(), (3, 8, 8), 3 * 3 * 64 * 27),
    "tied weights": (Tied(), (6,), 72),
    "a sequence": (plain(nn.Linear(6, 5)), (7, 6), 7 * 30),
    "attention": (Attending(), (6, 3, 5), 15 * 18 * 6 + 2 * (15 * 15 * 6) + 15 * 36),
    "LSTM": (Reading(nn.LSTM(6, 4, num_layers=2, bidirectional=True, batch_first=True)), (5, 6), 5 * 2 * 16 * ((6 + 4) + (8 + 4))),
    "GRU": (Reading(nn.GRU(6, 4, batch_first=True)), (5, 6), 5 * 12 * 10),
    "RNN": (Reading(nn.RNN(6, 4, bias=False, batch_first=True)), (5, 6), 5 * 4 * 10),
    "norms and pools": (
        plain(nn.InstanceNorm2d(4), nn.GroupNorm(2, 4), nn.AvgPool2d(2), nn.PReLU(), nn.Softmax(1), nn.AdaptiveAvgPool2d(3), nn.Flatten()),
        (4, 8, 8),
        0,
    ),
    "upsampling": (plain(nn.Upsample(scale_factor=2), nn.Conv2d(3, 2, 1)), (3, 4, 5), 2 * 80 * 3),
    "matrix by vector": (MatrixByVector(), (6,), 24),
    "an embedding of codes": (plain(nn.Conv2d(3, 5, 1), nn.Flatten(), nn.LazyLinear(4)), (3, 2, 2), 60 + 80),
}
