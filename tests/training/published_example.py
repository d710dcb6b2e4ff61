"""The yardstick: our own equivalent of PyTorch's published MNIST example, with its settings.

Two 3×3 convolutions (32, 64), one pool, dropout .25 and .5, 128 hidden units; batch 64, Adadelta lr 1, StepLR .7 an epoch,
float32, a DataLoader over PIL images with ToTensor and Normalize. As published, it shuffles on an accelerator alone: on a CPU
the order stays the same in every epoch.

    python tests/training/published_example.py --epochs 5 --seeds 1

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


class Training:
    """The example's training, an epoch at a time; seconds and CPU seconds are those of training alone."""

    def __init__(self, seed: int) -> None:
        self.digits = load("mnist")
        torch.manual_seed(seed)
        self.loader = DataLoader(Pictures(self.digits.train_images, self.digits.train_labels), batch_size=64)
        self.model = Example()
        self.optimizer = torch.optim.Adadelta(self.model.parameters(), lr=1.0)
        self.schedule = torch.optim.lr_scheduler.StepLR(self.optimizer, step_size=1, gamma=0.7)
        self.epochs, self.seconds, self.cpu_seconds = 0, 0.0, 0.0

    def epoch(self) -> float:
        """Train one epoch; test accuracy afterwards."""
        began, began_cpu = time.perf_counter(), time.process_time()
        self.model.train()
        for images, labels in self.loader:
            self.optimizer.zero_grad()
            F.nll_loss(self.model(images), labels).backward()
            self.optimizer.step()
        self.schedule.step()
        self.epochs += 1
        self.seconds += time.perf_counter() - began
        self.cpu_seconds += time.process_time() - began_cpu
        self.model.eval()
        with torch.no_grad():
            guesses = torch.cat([self.model(batch).argmax(1) for batch in normalise(self.digits.test_images).split(1000)])
        return float((guesses == self.digits.test_labels).double().mean())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--threads", type=int, default=0, help="0: torch's own choice")
    arguments = parser.parse_args()
    if arguments.threads:
        torch.set_num_threads(arguments.threads)
    for seed in range(arguments.seeds):
        training = Training(seed)
        for _ in range(arguments.epochs):
            accuracy = training.epoch()
            spent = {"seconds": round(training.seconds, 2), "cpu_seconds": round(training.cpu_seconds, 2)}
            print(json.dumps({"seed": seed, "epoch": training.epochs, "accuracy": accuracy, **spent}), flush=True)


if __name__ == "__main__":
    main()
