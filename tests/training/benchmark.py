"""What the trainer claims of its speed, measured in one run on whatever machine this is.

    python tests/training/benchmark.py sooner     how much sooner than PyTorch's example `fast` reaches a mean of 99 %; twelve minutes
    python tests/training/benchmark.py epoch      what `bent` reaches within one epoch of that example; ten minutes
    python tests/training/benchmark.py rate       CiresanNet's and CompactNet's share of the matrix product's rate; two minutes

Both sides of a ratio take turns, with as many threads as torch takes by itself; data is loaded beforehand for both. A test set is
looked at once a run, after the last epoch, and that is not timed. `main` returns the ratio.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from pathlib import Path

import torch
from published_example import Training
from torch import nn
from torch.nn import functional as F

from kit.training import data, nets
from kit.training.recipes import RECIPES
from kit.training.runs import Config, Result, run
from kit.training.trainer import Arithmetic, as_input

BFLOAT16 = Arithmetic("bfloat16", channels_last=True)


def trained(name: str, seed: int, results: list[Result]) -> Result:
    """One more run of a recipe, and what all of them are so far."""
    with tempfile.TemporaryDirectory() as folder:
        result = run(Config(name, RECIPES[name], seed=seed, arithmetic=BFLOAT16), Path(folder), every=float("inf"))
    results.append(result)
    mean = statistics.fmean(found.accuracy for found in results)
    print(f"  {name}, seed {seed}: {result.accuracy:.2%} in {result.seconds:.2f} s; mean of {len(results)}: {mean:.3%}", flush=True)
    return result


def sooner(seeds: int) -> float:
    """Mean seconds until the example's mean test accuracy is 99 %, over the mean seconds of `fast`, whose seeds run between epochs."""
    examples, results, accuracy = [Training(seed) for seed in range(3)], list[Result](), 0.0
    while accuracy < 0.99:
        found = []
        for example in examples:
            found.append(example.epoch())
            print(f"  example, epoch {example.epochs}: {found[-1]:.2%} after {example.seconds:.1f} s", flush=True)
            if len(results) < seeds:
                trained("fast", len(results), results)
        accuracy = statistics.fmean(found)
        print(f"  example, mean of {len(found)} seeds: {accuracy:.3%}", flush=True)
    for seed in range(len(results), seeds):
        trained("fast", seed, results)
    theirs, own = (statistics.fmean(one.seconds for one in several) for several in (examples, results))
    print(f"example {theirs:.1f} s, fast {own:.2f} s: {theirs / own:.0f} times sooner")
    return theirs / own


def epoch(seeds: int) -> float:
    """Mean seconds of `bent` over the mean seconds of the example's epochs, one epoch before every seed."""
    example, results = Training(seed=0), list[Result]()
    for seed in range(seeds):
        if seed < 3:
            example.epoch()
            print(f"  example, epoch {example.epochs}: {example.seconds:.1f} s in all", flush=True)
        trained("bent", seed, results)
    ratio = statistics.fmean(found.seconds for found in results) / (example.seconds / example.epochs)
    print(f"bent takes {ratio:.2f} of an epoch of the example")
    return ratio


def valid_taps(size: int, kernel: int, stride: int, padding: int) -> float:
    """The share of a kernel's rows that fall on the image, on average over the places where it is put.

    >>> round(valid_taps(7, kernel=5, stride=1, padding=2) ** 2, 2)
    0.69
    """
    starts = range(-padding, size + padding - kernel + 1, stride)
    return statistics.fmean(min(start + kernel, size) - max(start, 0) for start in starts) / kernel


def useful_macs(model: nn.Module) -> tuple[float, float]:
    """Multiply-accumulates of one image, zeros of the padding left out: of all layers, and of the first alone."""
    found: list[float] = []

    def note(layer: nn.Module, inputs: tuple[torch.Tensor], output: torch.Tensor) -> None:
        if isinstance(layer, nn.Linear):
            found.append(layer.weight.numel())
        elif isinstance(layer, nn.Conv2d):
            shares = [
                valid_taps(size, kernel, stride, int(padding))
                for size, kernel, stride, padding in zip(inputs[0].shape[2:], layer.kernel_size, layer.stride, layer.padding, strict=True)
            ]
            found.append(layer.weight.numel() * output.shape[2] * output.shape[3] * shares[0] * shares[1])

    for layer in model.modules():
        layer.register_forward_hook(note)
    with torch.no_grad():
        model(torch.zeros(1, 1, 28, 28))
    return sum(found), found[0]


def rate(batch: int = 128, rounds: int = 9) -> float:
    """Median over rounds of (operations a second while training) / (those of a 4096³ product of the precision, before and after it)."""
    images = torch.randint(256, (batch, 28, 28), dtype=torch.uint8)
    labels = torch.randint(10, (batch,))
    best: dict[str, float] = {}
    for arithmetic in (BFLOAT16, Arithmetic("float32", channels_last=True)):
        left, right = (torch.randn(4096, 4096, dtype=getattr(torch, arithmetic.precision)) for _ in range(2))

        def product(left: torch.Tensor = left, right: torch.Tensor = right) -> float:
            began = time.perf_counter()
            left @ right
            return 2 * 4096**3 / (time.perf_counter() - began)

        for name in ("CiresanNet", "CompactNet"):
            macs, first = useful_macs(nets.build(name, {}, Path("solutions")))
            operations = 2 * batch * (3 * macs - first)  # forward, by the weights, and by the inputs but for the image's own
            model = nets.build(name, {}, Path("solutions")).to(memory_format=arithmetic.memory)
            optimizer = torch.optim.AdamW(model.parameters(), lr=1e-4, fused=True)

            def step(model: nn.Module = model, optimizer: torch.optim.AdamW = optimizer, arithmetic: Arithmetic = arithmetic) -> float:
                began = time.perf_counter()
                with arithmetic.autocast(torch.device("cpu")):
                    logits = model(as_input(images, arithmetic)).float()
                optimizer.zero_grad()
                F.cross_entropy(logits, labels).backward()
                optimizer.step()
                return time.perf_counter() - began

            step(), product()
            products, steps = [product()], []
            for _ in range(rounds):
                steps.append(operations / step())
                products.append(product())
            share = statistics.median(
                2 * ours / (before + after) for ours, before, after in zip(steps, products, products[1:], strict=False)
            )
            speeds = f"{statistics.median(steps) / 1e9:.0f} of {statistics.median(products) / 1e9:.0f} GFLOP/s"
            print(f"{name}, {arithmetic.precision}: {share:.0%}, {speeds}; {macs:,.0f} useful MACs an image", flush=True)
            best[name] = max(best.get(name, 0.0), share)
    return min(best.values())


def main() -> float:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("claim", choices=["sooner", "epoch", "rate"])
    parser.add_argument("--seeds", type=int, default=10)
    arguments = parser.parse_args()
    data.load("mnist")
    return {"sooner": sooner, "epoch": epoch, "rate": lambda _: rate()}[arguments.claim](arguments.seeds)


if __name__ == "__main__":
    main()
