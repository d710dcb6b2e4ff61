"""The homework's five conclusions: supported, contradicted or not established, each with its test."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from kit.training import nets
from kit.training.reproduce import Comparison, by_name, compare
from kit.training.runs import Result
from kit.training.trainer import Arithmetic

SUPPORTED, CONTRADICTED, OPEN = "supported", "contradicted", "not established"
Measured = Mapping[str, Sequence[Result]]


@dataclass(frozen=True)
class Finding:
    """A claim of the homework, what is known of it, and why."""

    claim: str
    verdict: str
    reasons: tuple[str, ...]


def conclusions(results: Iterable[Result], models: Path | None = None) -> list[Finding]:
    """The five findings. Pooling's saving is measured here and now with the networks of `models`; without them it is left out."""
    measured = by_name(results)
    return [
        fully_connected(measured),
        judged("2. Residual blocks do no good here.", measured, "ciresan", "residual-3fc", RESIDUAL_CAVEAT, no_better=True),
        judged("3. Fewer layers do better on a simple task.", measured, "compact", "ciresan", "Both are trained for three epochs."),
        pooling(models),
        elastic(measured),
    ]


RESIDUAL_CAVEAT = (
    "The two nets of the homework differ in their pools, fc1 and epochs too, so even a clear difference would not be the skips' alone."
)


def compared(measured: Measured, first: str, second: str) -> Comparison | str:
    """The comparison, or which recipe has not been run."""
    for name in (first, second):
        if not measured.get(name):
            return f"{name} has not been run: kit reproduce --train --only {name}"
    return compare(measured[first], measured[second])


def judged(claim: str, measured: Measured, better: str, worse: str, caveat: str, *, no_better: bool = False) -> Finding:
    """A claim that one recipe beats another; no_better: that the second does not beat the first, which no test can support."""
    comparison = compared(measured, better, worse)
    if isinstance(comparison, str):
        return Finding(claim, OPEN, (comparison,))
    verdict = {1: SUPPORTED, -1: CONTRADICTED, 0: OPEN}[comparison.sign]
    equal = ("That two are equal is never shown by finding no difference; it takes seeds enough to bound it.",) if no_better else ()
    return Finding(claim, verdict, (str(comparison), caveat, *equal))


def fully_connected(measured: Measured) -> Finding:
    """One layer cannot be made under the contract (2 … 5), so CompactNet's convolutions stand in, with three layers and with one."""
    claim = "1. Two to four fully connected layers beat one."
    found = judged(claim, measured, "compact", "compact-1fc", "CompactNet's convolutions with three layers against one, three epochs each.")
    others = [compared(measured, f"residual-{count}fc", "residual-5fc") for count in (2, 3, 4)]
    return Finding(claim, found.verdict, (*found.reasons, "Against five layers, in the residual network:", *map(str, others)))


def elastic(measured: Measured) -> Finding:
    """Against as many epochs without distortion where that was run: longer training alone may help too."""
    claim = "5. Elastic distortion helps."
    control = "compact-long" if measured.get("compact-long") else "compact"
    caveat = (
        "Both are trained for as many epochs; the distortion is elastic, rotation, scaling, shear and shift together."
        if control == "compact-long"
        else "CompactNet had fewer epochs without distortion: what longer training does by itself is not known here."
    )
    found = judged(claim, measured, "compact-elastic", control, caveat)
    confounded = control == "compact" and found.verdict == SUPPORTED
    return Finding(claim, OPEN if confounded else found.verdict, found.reasons)


def pooling(models: Path | None) -> Finding:
    """Step time and MACs of the residual network with and without its early pool."""
    claim = "4. Max pooling cuts cost at little loss."
    if models is None:
        return Finding(claim, OPEN, ("measured where the networks are: kit reproduce --conclusions --from FOLDER",))
    saving = pooling_saving(models)
    return Finding(
        claim,
        f"{SUPPORTED} as to cost, {OPEN} as to loss" if saving.time_ratio > 1.5 else OPEN,
        (
            f"ResidualCiresanNet, 3 fc: {saving.macs_without:,} MACs an image without its early pool, {saving.macs_with:,} with it, "
            f"a ratio of {saving.macs_without / saving.macs_with:.2f}; "
            f"a training step of {saving.batch} images takes {saving.seconds_without:.2f} s and {saving.seconds_with:.2f} s, "
            f"a ratio of {saving.time_ratio:.2f} (the homework reports about 30 and 7 minutes, 4.3)",
            "This supports the cost alone: neither the homework nor this table has a net trained to the end without the pool, "
            "so 'at little loss' is not established.",
        ),
    )


@dataclass(frozen=True)
class Saving:
    """What the early pool saves: MACs of one image, and seconds of the fastest training step of `batch` images."""

    batch: int
    macs_with: int
    macs_without: int
    seconds_with: float
    seconds_without: float

    @property
    def time_ratio(self) -> float:
        return self.seconds_without / self.seconds_with


def trunk(model: nn.Module, x: Tensor, early_pool: bool) -> Tensor:
    """ResidualCiresanNet's convolutions by the contract's names: (N, 1, 28, 28) → (N, 192, 7, 7), or (N, 192, 14, 14) without the pool."""
    layer: Callable[[str], nn.Module] = model.get_submodule
    x = F.relu(layer("conv1")(x))
    x = F.max_pool2d(x, 2) if early_pool else x
    x = F.relu(layer("conv2")(x))
    x = F.relu(layer("conv3")(x) + layer("conv3_1x1")(x))
    x = F.relu(layer("conv4")(x))
    x = F.relu(layer("conv5")(x) + x)
    x = F.relu(layer("conv6")(x))
    x = F.relu(layer("conv7")(x) + x)
    return F.max_pool2d(x, 2)


def pooling_saving(models: Path, batch: int = 16, repeats: int = 3, arithmetic: Arithmetic | None = None) -> Saving:
    """Both forms of one network on the same images; the two heads differ in the first fully connected layer's width alone."""
    arithmetic = arithmetic or Arithmetic("float32", channels_last=True)
    images = torch.rand(batch, 1, 28, 28, generator=torch.Generator().manual_seed(0))
    macs, seconds = {}, {}
    for early_pool in (True, False):
        torch.manual_seed(0)
        model = nets.build("ResidualCiresanNet", {"fc_layers": 3}, models).to(memory_format=arithmetic.memory)
        side = 7 if early_pool else 14
        head = nn.Sequential(nn.Flatten(), nn.Linear(192 * side * side, 512), nn.ReLU(), nn.Linear(512, 512), nn.ReLU(), nn.Linear(512, 10))
        macs[early_pool] = count_macs(model, head, images[:1], early_pool)
        best = float("inf")
        for _ in range(repeats):
            began = time.perf_counter()
            with arithmetic.autocast(images.device):
                loss = head(trunk(model, images.to(memory_format=arithmetic.memory), early_pool)).float().square().mean()
            loss.backward()
            best = min(best, time.perf_counter() - began)
        seconds[early_pool] = best
    return Saving(batch, macs[True], macs[False], seconds[True], seconds[False])


def count_macs(model: nn.Module, head: nn.Module, image: Tensor, early_pool: bool) -> int:
    """MACs of one image through convolutions and fully connected layers, counted where the outputs appear."""
    total = 0

    def count(layer: nn.Module, _: object, output: Tensor) -> None:
        nonlocal total
        total += output[0].numel() * layer.get_parameter("weight")[0].numel()

    layers = [layer for layer in [*model.modules(), *head.modules()] if isinstance(layer, nn.Conv2d | nn.Linear)]
    hooks = [layer.register_forward_hook(count) for layer in layers]
    with torch.no_grad():
        head(trunk(model, image, early_pool))
    for hook in hooks:
        hook.remove()
    return total
