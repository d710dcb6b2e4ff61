"""The trainer: one-cycle Adam over tensors that stay in memory, and a checkpoint from which it goes on bit for bit.

Everything random is a function of (seed, epoch), but for the draws of dropout, whose state is in the checkpoint: an epoch's
order and distortions are simply made again.
"""

from __future__ import annotations

import hashlib
import io
import os
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from kit.errors import UserError
from kit.training.augment import distort
from kit.training.data import DEVIATION, MEAN, Digits
from kit.training.recipes import Recipe

MAGIC = b"kit-checkpoint-1"


@dataclass(frozen=True)
class Arithmetic:
    """In which precision and memory format a net runs; chosen once, by measurement, and kept with the run.

    precision: "float32" or "bfloat16" (weights stay float32; matrix products run in bfloat16).
    channels_last: whether channels are innermost in memory.
    """

    precision: str = "float32"
    channels_last: bool = False

    @property
    def memory(self) -> torch.memory_format:
        return torch.channels_last if self.channels_last else torch.contiguous_format

    def autocast(self, device: torch.device) -> AbstractContextManager[Any]:
        return torch.autocast(device.type, dtype=torch.bfloat16, enabled=self.precision == "bfloat16")


@dataclass(frozen=True)
class Progress:
    """What a progress bar or a log shows after a step."""

    epoch: int  # from 0
    step: int  # done, of this epoch
    steps: int  # of an epoch
    seen: int  # images of this epoch
    loss: float  # mean per image, this epoch so far
    accuracy: float  # of the same images, as they were trained on
    seconds: float  # since this process began or went on


def as_input(images: Tensor, arithmetic: Arithmetic) -> Tensor:
    """uint8 (N, H, W) → normalised (N, 1, H, W) in the arithmetic's memory format."""
    batch = images[:, None].float().div_(255).sub_(MEAN).div_(DEVIATION)
    return batch.to(memory_format=arithmetic.memory)


@torch.no_grad()
def logits_of(model: nn.Module, images: Tensor, arithmetic: Arithmetic, batch_size: int = 1000) -> Tensor:
    """float32 (N, classes) in eval mode; the model's mode is as before afterwards. images: uint8 (N, H, W)."""
    was_training = model.training
    model.eval()
    with arithmetic.autocast(images.device):
        parts = [model(as_input(batch, arithmetic)).float() for batch in images.split(batch_size)]
    model.train(was_training)
    return torch.cat(parts)


def judged(model: nn.Module, images: Tensor, arithmetic: Arithmetic, shifts: int = 0) -> Tensor:
    """The logits, or with shifts the mean log-probabilities over every move of up to so many pixels each way: float32 (N, classes).

    A net that strides or pools answers a digit and the same digit a pixel further differently; the mean of its answers is better
    than one. images: uint8 (N, H, W); background moves in.
    """
    height, width = images.shape[1:]
    framed, moves = F.pad(images, (shifts,) * 4), range(2 * shifts + 1)
    views = [framed[:, down : down + height, right : right + width] for down in moves for right in moves]
    answers = [logits_of(model, view, arithmetic) for view in views]
    return torch.stack([answer.log_softmax(1) for answer in answers]).mean(0) if shifts else answers[0]


class Trainer:
    """One training, from its first step or from a checkpoint.

    >>> from kit.training.data import sample
    >>> trainer = Trainer(Recipe("FastNet", epochs=1, batch_size=256), lambda: nn.Sequential(nn.Flatten(), nn.Linear(784, 10)), sample())
    >>> trainer.run()
    >>> len(trainer.history)
    1
    """

    def __init__(
        self,
        recipe: Recipe,
        build: Callable[[], nn.Module],
        digits: Digits,
        *,
        seed: int = 0,
        device: str = "cpu",
        arithmetic: Arithmetic | None = None,
    ) -> None:
        arithmetic = arithmetic or Arithmetic()
        self.recipe, self.digits, self.seed, self.arithmetic = recipe, digits.to(device), seed, arithmetic
        self.device = torch.device(device)
        torch.manual_seed(seed)
        self.model = build().to(self.device).to(memory_format=arithmetic.memory)
        self.model.train()
        self.steps = -(-len(digits.train_labels) // recipe.batch_size)  # of an epoch; the last batch may be smaller
        self.optimizer = torch.optim.AdamW(
            self.model.parameters(), lr=recipe.peak, betas=recipe.betas, weight_decay=recipe.weight_decay, fused=True
        )
        self.schedule = torch.optim.lr_scheduler.OneCycleLR(
            self.optimizer,
            max_lr=recipe.peak,
            total_steps=recipe.epochs * self.steps,
            pct_start=recipe.warmup,
            anneal_strategy="linear" if recipe.anneal == "linear" else "cos",
            final_div_factor=recipe.final / 25,  # of the initial rate, which is peak / 25
            cycle_momentum=False,
        )
        self.average = (
            AveragedModel(self.model, multi_avg_fn=get_ema_multi_avg_fn(recipe.average), use_buffers=True) if recipe.average else None
        )
        self.epoch, self.step = 0, 0
        self.loss_sum, self.right, self.seen = 0.0, 0, 0
        self.history: list[dict[str, float]] = []
        self.trace: list[list[float]] = []  # twenty points an epoch: epochs done, mean loss and accuracy since the epoch began
        self.seconds_before = 0.0  # of processes that were killed

    @property
    def evaluated(self) -> nn.Module:
        """The model whose accuracy counts: the running mean where the recipe keeps one."""
        return self.average.module if self.average is not None else self.model

    def run(
        self,
        report: Callable[[Progress], None] = lambda _: None,
        after_epoch: Callable[[], None] = lambda: None,
        checkpoint: Path | None = None,
        every: float = 60.0,
    ) -> None:
        """Train to the end, saving to `checkpoint` after every epoch and each `every` seconds."""
        began = saved = time.perf_counter()
        already = self.seconds_before
        while self.epoch < self.recipe.epochs:
            images, order = self.epoch_images(), self.epoch_order()
            for batch in order.split(self.recipe.batch_size)[self.step :]:
                self.learn(images[batch], self.digits.train_labels[batch])
                now = time.perf_counter()
                self.seconds_before = already + now - began
                seen = max(1, self.seen)
                report(Progress(self.epoch, self.step, self.steps, self.seen, self.loss_sum / seen, self.right / seen, now - began))
                if checkpoint is not None and now - saved > every:
                    self.save(checkpoint)
                    saved = now
            self.history.append(
                {
                    "epoch": self.epoch + 1,
                    "loss": self.loss_sum / self.seen,
                    "accuracy": self.right / self.seen,
                    "seconds": self.seconds_before,
                }
            )
            self.epoch, self.step = self.epoch + 1, 0
            self.loss_sum, self.right, self.seen = 0.0, 0, 0
            after_epoch()
            self.seconds_before = already + time.perf_counter() - began
            if checkpoint is not None:
                self.save(checkpoint)
                saved = time.perf_counter()

    def generator(self, purpose: int) -> torch.Generator:
        """A stream of draws of its own for each (seed, epoch, purpose)."""
        return torch.Generator(self.device).manual_seed((self.seed * 100_003 + self.epoch) * 2 + purpose)

    def epoch_order(self) -> Tensor:
        return torch.randperm(len(self.digits.train_labels), generator=self.generator(0), device=self.device)

    def epoch_images(self) -> Tensor:
        if self.epoch >= self.recipe.epochs - self.recipe.plain_epochs:
            return self.digits.train_images
        return distort(self.digits.train_images, self.recipe.distortion, self.generator(1))

    def learn(self, images: Tensor, labels: Tensor) -> None:
        """One step on one batch."""
        with self.arithmetic.autocast(self.device):
            logits = self.model(as_input(images, self.arithmetic)).float()
        loss = F.cross_entropy(logits, labels, label_smoothing=self.recipe.smoothing)
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
        self.schedule.step()
        if self.average is not None:
            self.average.update_parameters(self.model)
        self.step += 1
        self.seen += len(labels)
        self.loss_sum += float(loss.detach()) * len(labels)
        self.right += int((logits.argmax(1) == labels).sum())
        if self.step % max(1, self.steps // 20) == 0:
            self.trace.append([self.epoch + self.step / self.steps, self.loss_sum / self.seen, self.right / self.seen])

    def state(self) -> dict[str, Any]:
        """All that the rest of the training depends on."""
        return {
            "recipe": self.recipe.plain(),
            "seed": self.seed,
            "images": len(self.digits.train_labels),
            "model": self.model.state_dict(),
            "average": None if self.average is None else self.average.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "schedule": self.schedule.state_dict(),
            "at": [self.epoch, self.step, self.loss_sum, self.right, self.seen, self.seconds_before],
            "history": self.history,
            "trace": self.trace,
            "random": torch.get_rng_state(),
            "random_cuda": torch.cuda.get_rng_state(self.device) if self.device.type == "cuda" else None,
        }

    def save(self, path: Path) -> None:
        write_checkpoint(self.state(), path)

    def resume(self, path: Path) -> None:
        """Go on from a checkpoint of the same recipe, seed and data."""
        state = read_checkpoint(path)
        for what, mine in (("recipe", self.recipe.plain()), ("seed", self.seed), ("images", len(self.digits.train_labels))):
            theirs = Recipe.of(state[what]).plain() if what == "recipe" else state[what]
            if theirs != mine:
                raise UserError(f"{path} belongs to another training: its {what} is {theirs}, this one's is {mine}")
        self.model.load_state_dict(state["model"])
        if self.average is not None:
            self.average.load_state_dict(state["average"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.schedule.load_state_dict(state["schedule"])
        self.epoch, self.step, self.loss_sum, self.right, self.seen, self.seconds_before = state["at"]
        self.history, self.trace = state["history"], state["trace"]
        torch.set_rng_state(state["random"])
        if state["random_cuda"] is not None:
            torch.cuda.set_rng_state(state["random_cuda"], self.device)


def write_checkpoint(state: dict[str, Any], path: Path) -> None:
    """Whole or not at all: a temporary file, flushed to the disk, takes the old one's place; its digest stands in front."""
    buffer = io.BytesIO()
    torch.save(state, buffer)
    payload = buffer.getbuffer()
    beside = path.with_name(path.name + ".part")
    with beside.open("wb") as file:
        file.write(MAGIC + hashlib.sha256(payload).digest())
        file.write(payload)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)


def read_checkpoint(path: Path) -> dict[str, Any]:
    """The state in a checkpoint; UserError for a file that is no checkpoint, cut short or damaged."""
    raw = path.read_bytes()
    head = len(MAGIC) + 32
    if not raw.startswith(MAGIC):
        raise UserError(f"{path} is no checkpoint of the kit")
    if hashlib.sha256(raw[head:]).digest() != raw[len(MAGIC) : head]:
        raise UserError(f"{path} is damaged: its {len(raw):,} bytes do not match their digest. Delete it to train from the start")
    state: dict[str, Any] = torch.load(io.BytesIO(raw[head:]), weights_only=True)
    return state
