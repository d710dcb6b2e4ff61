"""The figures: learning curves, confusions, mistakes, distorted digits, and reported against measured."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from sklearn.metrics import ConfusionMatrixDisplay
from torch import Tensor

from kit.training.augment import Distortion, distort

DPI = 120


def save(figure: Figure, path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=DPI, bbox_inches="tight", metadata={"Software": None} if path.suffix == ".png" else None)
    return path


def axes(width: float, height: float, columns: int = 1) -> tuple[Figure, list[Axes]]:
    figure = Figure(figsize=(width, height), layout="constrained")
    made = figure.subplots(1, columns, squeeze=False)
    return figure, [made[0, i] for i in range(columns)]


def learning_curve(trace: Sequence[Sequence[float]], history: Sequence[dict[str, float]], path: Path) -> Path:
    """Loss and error while training: trace rows are (epochs, loss, accuracy); held-out points where the history has them."""
    figure, (left, right) = axes(9, 3.4, columns=2)
    epochs = [row[0] for row in trace]
    left.plot(epochs, [row[1] for row in trace], label="training, mean of the epoch so far")
    right.plot(epochs, [100 * (1 - row[2]) for row in trace], label="training")
    held = [row for row in history if "held_out_loss" in row]
    if held:
        left.plot([row["epoch"] for row in held], [row["held_out_loss"] for row in held], "o", label="held out")
        right.plot([row["epoch"] for row in held], [100 * (1 - row["held_out_accuracy"]) for row in held], "o", label="held out")
    for ax, label in ((left, "cross-entropy per image"), (right, "error, %")):
        ax.set(xlabel="epochs", ylabel=label, yscale="log")
        ax.grid(alpha=0.3, which="both")
        ax.legend()
    return save(figure, path)


def confusion(targets: Tensor, guesses: Tensor, path: Path) -> Path:
    """Rows are what the image is, columns what the network said; counts."""
    figure, (ax,) = axes(5.5, 5)
    ConfusionMatrixDisplay.from_predictions(targets.numpy(), guesses.numpy(), ax=ax, cmap="Blues", colorbar=False, im_kw={"norm": "symlog"})
    ax.set(xlabel="predicted", ylabel="target")
    return save(figure, path)


def mistakes(images: Tensor, logits: Tensor, targets: Tensor, path: Path, count: int = 24) -> Path:
    """The wrong answers that the network was surest of, the surest first: images uint8 (N, H, W), logits (N, C)."""
    sure, guesses = logits.softmax(1).max(1)
    wrong = torch.nonzero(guesses != targets)[:, 0]
    wrong = wrong[sure[wrong].argsort(descending=True)][:count]
    figure = Figure(figsize=(9, 1.6 * max(1, -(-len(wrong) // 8))), layout="constrained")
    for place, index in enumerate(wrong.tolist()):
        ax = figure.add_subplot(-(-len(wrong) // 8), 8, place + 1)
        ax.imshow(images[index].numpy(), cmap="gray_r")
        ax.set_title(f"{int(targets[index])} as {int(guesses[index])}, {float(sure[index]):.0%}", fontsize=7)
        ax.set_axis_off()
    return save(figure, path)


def distortion_grid(images: Tensor, how: Distortion, path: Path, rows: int = 5, seed: int = 0) -> Path:
    """The homework's picture: a row of digits, and below each what distortion makes of it, a field for each image."""
    generator = torch.Generator().manual_seed(seed)
    tall = [images, *(distort(images, how, generator) for _ in range(rows))]
    sheet = np.concatenate([np.concatenate(list(row.numpy()), axis=1) for row in tall])
    figure, (ax,) = axes(len(images) * 0.8, (rows + 1) * 0.8)
    ax.imshow(sheet, cmap="gray_r")
    ax.axhline(images.shape[-1] - 0.5, color="C0")
    ax.set_title(f"originals above the line; alpha {how.alpha:g}, sigma {how.sigma:g} px, rotation ±{how.rotation:g}°", fontsize=9)
    ax.set_axis_off()
    return save(figure, path)


def reported_and_measured(rows: Sequence[tuple[str, float, Sequence[float]]], path: Path) -> Path:
    """Rows of (name, reported accuracy, measured accuracies), shares; the bar is the reported figure's Wilson interval."""
    from kit.training.statistics import wilson

    figure, (ax,) = axes(7.5, 0.5 * len(rows) + 1.2)
    for y, (_, reported, measured) in enumerate(rows):
        low, high = wilson(round(reported * 10_000), 10_000)
        first = y == 0
        ax.plot([100 * low, 100 * high], [y + 0.15] * 2, color="C7", lw=4, alpha=0.5, label="95 % of that one run" if first else None)
        ax.plot([100 * reported], [y + 0.15], "|", color="k", ms=10, label="reported" if first else None)
        ax.plot([100 * a for a in measured], [y - 0.15] * len(measured), "o", color="C0", label="measured, a seed each" if first else None)
    ax.set_yticks(range(len(rows)), [name for name, _, _ in rows])
    ax.set(xlabel="test accuracy, %")
    ax.invert_yaxis()
    ax.grid(alpha=0.3, axis="x")
    ax.legend(fontsize=8)
    return save(figure, path)
