"""Claim: kit cost takes at most 1.2 × the time of the counters that it asks, and allocates no second copy of a model's weights.

    python tests/counting/benchmark.py            both, for resnet18, mobilenet_v2 and vit_b_16; about a minute
    python tests/counting/benchmark.py published  all 80 classification models of torchvision with their counters; about two minutes

Times are medians of interleaved repetitions in one run, on one image, with torch's threads as they come. The counters are timed twice:
on meta, where kit cost asks them and where they are fastest, and with real weights, as they are used. `main` returns the worst ratio.
"""

from __future__ import annotations

import os
import platform
import statistics
import subprocess
import sys
import time
import warnings
from collections.abc import Callable

import torch
import torchinfo
import torchvision
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from kit.counting import cost
from kit.counting.weightless import shapes_only

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # thop imports distutils
    import thop

REPETITIONS = 21
WITH_WEIGHTS = 3
MODELS = ("resnet18", "mobilenet_v2")


def ask_thop(model: nn.Module, image: torch.Tensor) -> None:
    thop.profile(model, (image,), verbose=False)


def ask_torchinfo(model: nn.Module, image: torch.Tensor) -> None:
    torchinfo.summary(model, input_data=image, device=image.device, verbose=0)


def ask_torch(model: nn.Module, image: torch.Tensor) -> None:
    with FlopCounterMode(display=False):
        model(image)


COUNTERS: dict[str, Callable[[nn.Module, torch.Tensor], None]] = {"thop": ask_thop, "torchinfo": ask_torchinfo, "torch": ask_torch}


def seconds(call: Callable[[], object]) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def speed(name: str) -> float:
    """The time of cost over the sum of the counters' times on meta, for a model that stands in memory with its weights."""
    model = torchvision.models.get_model(name, weights=None).eval()
    image = torch.zeros(1, 3, 224, 224)
    times: dict[str, list[float]] = {}
    for _ in range(REPETITIONS):
        times.setdefault("kit cost", []).append(seconds(lambda: cost(model, (3, 224, 224))))
        for counter, ask in COUNTERS.items():
            copy = shapes_only(model)  # for thop leaves buffers behind; making the copy is not timed
            times.setdefault(f"{counter} on meta", []).append(seconds(lambda s=copy, a=ask: a(s, image.to("meta"))))
    for _ in range(WITH_WEIGHTS):  # apart from the others, for a real pass empties the caches
        for counter, ask in COUNTERS.items():
            times.setdefault(f"{counter} with weights", []).append(seconds(lambda a=ask: a(model, image)))
    medians = {label: statistics.median(measured) for label, measured in times.items()}
    for label, median in medians.items():
        print(f"  {name:<14} {label:<24} {1000 * median:8.1f} ms")
    ours = medians["kit cost"]
    on_meta, real = (sum(medians[f"{counter} {where}"] for counter in COUNTERS) for where in ("on meta", "with weights"))
    print(f"  {name:<14} kit cost / sum of counters: {ours / on_meta:.2f} on meta, {ours / real:.2f} with weights")
    return ours / on_meta


MEMORY = """
import sys, pathlib, torchvision
from kit.counting import cost

def peak():
    status = pathlib.Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 1024

cost("squeezenet1_0")  # imports and caches are not the model's
model = "vit_b_16" if sys.argv[1] == "name" else torchvision.models.vit_b_16()
pathlib.Path("/proc/self/clear_refs").write_text("5")  # from here on the peak is counted anew
before = peak()
cost(model, (3, 224, 224))
print(peak() - before)
"""


def memory() -> None:
    """Peak memory that kit cost adds for vit_b_16, whose weights take 330 MiB. Read from /proc, so on Linux only."""
    for how in ("name", "module"):
        added = subprocess.run([sys.executable, "-c", MEMORY, how], check=True, capture_output=True, text=True).stdout
        print(f"  vit_b_16 by {how}: kit cost adds {float(added):.0f} MiB to the peak")


def published() -> None:
    """Every classification model of torchvision against its published figures, with its counters."""
    for name in torchvision.models.list_models(module=torchvision.models):
        report = cost(name)
        agree = round(report.macs / 1e9, 3) == report.published_gmacs, report.params == report.published_params
        residues = [counter.residue for counter in report.counters]
        signs = ["=" if equal else "≠" for equal in agree]
        print(f"  {name:<20} {report.macs:>18,} MACs {signs[0]} {report.params:>14,} params {signs[1]}  residues {residues}")


def main() -> float:
    threads = f"{torch.get_num_threads()} threads of {os.cpu_count()} cores"
    print(f"{platform.processor() or platform.machine()}, {threads}, torch {torch.__version__}, n = {REPETITIONS}, median")
    if sys.argv[1:] == ["published"]:
        published()
        return 0.0
    worst = max(speed(name) for name in MODELS)
    memory()
    return worst


if __name__ == "__main__":
    main()
