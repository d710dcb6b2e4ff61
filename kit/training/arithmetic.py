"""Which precision and memory format train a net fastest on this machine, and whether its numbers can be trusted."""

from __future__ import annotations

import copy
import time
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from kit.training.trainer import Arithmetic, as_input

CANDIDATES = (Arithmetic("bfloat16", True), Arithmetic("float32", True), Arithmetic("float32", False), Arithmetic("bfloat16", False))
# bfloat16 keeps 8 bits: a product is off by up to 0.4 %, and errors of a few layers add up. Measured on the contract's nets at
# their first batch, gradients agree with float32's to a cosine of 0.995 or more; wrong kernels give far less.
LEAST_COSINE = 0.99


@dataclass(frozen=True)
class Trial:
    """One candidate, measured: seconds of a step (the fastest of a few), and its gradient's cosine with float32's."""

    arithmetic: Arithmetic
    seconds: float
    cosine: float

    @property
    def trustworthy(self) -> bool:
        return self.cosine >= LEAST_COSINE


def gradient(model: nn.Module, images: Tensor, labels: Tensor, arithmetic: Arithmetic) -> Tensor:
    """All gradients of one batch, flattened, in float64."""
    model.zero_grad()
    with arithmetic.autocast(images.device):
        logits = model(as_input(images, arithmetic)).float()
    F.cross_entropy(logits, labels).backward()
    return torch.cat([p.grad.flatten().double() for p in model.parameters() if p.grad is not None])


def trials(build: Callable[[], nn.Module], images: Tensor, labels: Tensor, budget: float = 1.0) -> list[Trial]:
    """Every candidate on one batch: images uint8 (N, H, W), labels (N,). Each gets `budget` seconds, and two steps at least.

    Dropout is off, so that the gradients can be compared; torch's random state is as before afterwards.
    """
    device = images.device
    with torch.random.fork_rng():
        torch.manual_seed(0)
        model = build().to(device).eval()
    truth = gradient(copy.deepcopy(model), images, labels, Arithmetic())
    measured = []
    for arithmetic in CANDIDATES:
        tried = copy.deepcopy(model).to(memory_format=arithmetic.memory)
        found = gradient(tried, images, labels, arithmetic)
        best, until = float("inf"), time.perf_counter() + budget
        while True:
            began = time.perf_counter()
            gradient(tried, images, labels, arithmetic)
            if device.type == "cuda":
                torch.cuda.synchronize(device)
            best = min(best, time.perf_counter() - began)
            if time.perf_counter() > until:
                break
        cosine = float(F.cosine_similarity(found, truth, dim=0))
        measured.append(Trial(arithmetic, best, cosine))
    return measured


def choose(measured: list[Trial]) -> Arithmetic:
    """The fastest whose numbers can be trusted; float32 where none can.

    >>> choose([Trial(Arithmetic("bfloat16"), 0.1, cosine=0.4), Trial(Arithmetic("float32"), 0.3, cosine=1.0)]).precision
    'float32'
    """
    trusted = [trial for trial in measured if trial.trustworthy]
    return min(trusted, key=lambda trial: trial.seconds).arithmetic if trusted else Arithmetic()
