"""The yardstick: our own equivalent of PyTorch's published MNIST example, with its settings.

Two 3×3 convolutions (32, 64), one pool, dropout .25 and .5, 128 hidden units; batch 64, Adadelta lr 1, StepLR .7 an epoch,
float32, a DataLoader over PIL images with ToTensor and Normalize. As published, it shuffles on an accelerator alone: on a CPU
the order stays the same in every epoch.

    python benchmarks/published_example.py --epochs 5 --seeds 1

prints one JSON line an epoch: seed, epoch, test accuracy, seconds and CPU seconds of training so far (tests not counted).
On a busy machine compare CPU seconds of one thread (--threads 1): threads that wait for one another spin.
"""

from __future__ import annotations

import argparse
import json
import time

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.utils.data import DataLoader, Dataset
from torchvision import transforms
from torchvision.transforms.functional import to_pil_image

from kit.training.data import DEVIATION, MEAN, load, normalise


class Example(nn.Module):
    """(N, 1, 28, 28) → (N, 10) log-probabilities; 1,199,882 parameters."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(1, 32, 3)
        self.conv2 = nn.Conv2d(32, 64, 3)
        self.dropout1 = nn.Dropout(0.25)
        self.dropout2 = nn.Dropout(0.5)
        self.fc1 = nn.Linear(9216, 128)
        self.fc2 = nn.Linear(128, 10)

    def forward(self, x: Tensor) -> Tensor:
        x = F.relu(self.conv1(x))  # (N, 32, 26, 26)
        x = F.relu(self.conv2(x))  # (N, 64, 24, 24)
        x = self.dropout1(F.max_pool2d(x, 2)).flatten(1)  # (N, 9216)
        x = self.dropout2(F.relu(self.fc1(x)))  # (N, 128)
        return F.log_softmax(self.fc2(x), dim=1)


class Pictures(Dataset[tuple[Tensor, int]]):
    """What torchvision.datasets.MNIST does for each image: an array becomes a PIL image, and the transform a tensor."""

    def __init__(self, images: Tensor, labels: Tensor) -> None:
        self.images, self.labels = images, labels
        self.transform = transforms.Compose([transforms.ToTensor(), transforms.Normalize((MEAN,), (DEVIATION,))])

    def __len__(self) -> int:
        return len(self.labels)

    def __getitem__(self, index: int) -> tuple[Tensor, int]:
        return self.transform(to_pil_image(self.images[index])), int(self.labels[index])


def epochs(seed: int, count: int) -> list[dict[str, float]]:
    """Train `count` epochs; test accuracy and seconds after each."""
    digits = load("mnist")
    torch.manual_seed(seed)
    loader = DataLoader(Pictures(digits.train_images, digits.train_labels), batch_size=64)
    model = Example()
    optimizer = torch.optim.Adadelta(model.parameters(), lr=1.0)
    schedule = torch.optim.lr_scheduler.StepLR(optimizer, step_size=1, gamma=0.7)
    seconds, spent, lines = 0.0, 0.0, []
    for epoch in range(1, count + 1):
        began, began_cpu = time.perf_counter(), time.process_time()
        model.train()
        for images, labels in loader:
            optimizer.zero_grad()
            F.nll_loss(model(images), labels).backward()
            optimizer.step()
        schedule.step()
        seconds, spent = seconds + time.perf_counter() - began, spent + time.process_time() - began_cpu
        model.eval()
        with torch.no_grad():
            guesses = torch.cat([model(batch).argmax(1) for batch in normalise(digits.test_images).split(1000)])
        accuracy = float((guesses == digits.test_labels).double().mean())
        lines.append({"seed": seed, "epoch": epoch, "accuracy": accuracy, "seconds": round(seconds, 2), "cpu_seconds": round(spent, 2)})
        print(json.dumps(lines[-1]), flush=True)
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--threads", type=int, default=0, help="0: torch's own choice")
    arguments = parser.parse_args()
    if arguments.threads:
        torch.set_num_threads(arguments.threads)
    for seed in range(arguments.seeds):
        epochs(seed, arguments.epochs)


if __name__ == "__main__":
    main()
