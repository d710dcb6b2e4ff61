"""A cost report as one picture: bars of parameters and MACs, the roofline, and where separable convolutions pay."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from kit.counting.account import CostReport
from kit.counting.layers import Layer

MOST_BARS = 40
# A roof to compare layers under, not a measurement of this machine: about what one core of a desktop processor offers.
PEAK_FLOPS = 100e9
BANDWIDTH = 20e9


def save_plot(report: CostReport, path: Path) -> Path:
    """Draw the three pictures into one file; its ending chooses the format (png, pdf, svg). Needs no display."""
    layers = [layer for layer in report.layers if layer.counts]
    if len(layers) > MOST_BARS:  # the costliest, still in their order
        kept = {id(layer) for layer in sorted(layers, key=lambda layer: (layer.macs, layer.params))[-MOST_BARS:]}
        layers = [layer for layer in layers if id(layer) in kept]
    figure = Figure(figsize=(15, max(4.5, 0.22 * len(layers) + 1)), layout="constrained")
    FigureCanvasAgg(figure)
    figure.suptitle(f"{report.model}: {report.params:,} parameters, {report.macs:,} MACs")
    bars, roof, ratio = figure.subplots(1, 3)
    _bars(bars, layers)
    _roofline(roof, layers)
    _separable(ratio)
    figure.savefig(path, dpi=130)
    return path


def _bars(axes: Axes, layers: list[Layer]) -> None:
    places = np.arange(len(layers))
    axes.barh(places - 0.2, [layer.params for layer in layers], height=0.4, label="parameters", color="tab:blue")
    axes.barh(places + 0.2, [layer.macs for layer in layers], height=0.4, label="MACs", color="tab:orange")
    axes.set_yticks(places, [layer.name for layer in layers], fontsize=8 if len(layers) < 20 else 6)
    axes.invert_yaxis()
    axes.set_xscale("log")
    axes.set_xlim(0.5, 2 * max([10, *(layer.macs for layer in layers), *(layer.params for layer in layers)]))  # also without any layer
    axes.set_title("Where parameters and MACs are", fontsize=10)
    axes.legend(loc="lower right")


def _roofline(axes: Axes, layers: list[Layer]) -> None:
    busy = [layer for layer in layers if layer.intensity]
    intensities = [layer.intensity or 1.0 for layer in busy]
    low, high = min([*intensities, 0.3]) / 2, max([*intensities, 30.0]) * 2
    across = np.geomspace(low, high, 200)
    axes.plot(across, np.minimum(PEAK_FLOPS, BANDWIDTH * across) / 1e9, color="black", linewidth=1)
    axes.axvline(PEAK_FLOPS / BANDWIDTH, color="grey", linewidth=0.7, linestyle=":")
    heights = [min(PEAK_FLOPS, BANDWIDTH * value) / 1e9 for value in intensities]
    axes.scatter(intensities, heights, s=[10 + 200 * layer.macs / max(other.macs for other in busy) for layer in busy], alpha=0.6)
    if len(busy) <= 20:
        for number, (layer, x, y) in enumerate(zip(busy, intensities, heights, strict=True)):
            below = -12 - 9 * (number % 6)  # neighbours on the roof do not write over one another
            axes.annotate(layer.name, (x, y), xytext=(-6, below), textcoords="offset points", fontsize=7)
    axes.set(xscale="log", yscale="log", xlabel="FLOP for each byte moved", ylabel="attainable GFLOP/s")
    axes.set_title(f"Roofline, {PEAK_FLOPS / 1e9:.0f} GFLOP/s and {BANDWIDTH / 1e9:.0f} GB/s\nleft of the bend, memory limits", fontsize=10)


def _separable(axes: Axes) -> None:
    channels = np.geomspace(1, 1024, 200)
    for kernel in (1, 3, 5, 7, 11):
        axes.plot(channels, 1 / channels + 1 / kernel**2, label=f"$D_k$ = {kernel}")
    axes.axhline(1, color="grey", linewidth=0.7, linestyle=":")
    axes.set(xscale="log", yscale="log", xlabel="output channels N", ylabel="separable MACs / regular MACs")
    axes.set_title("separable / regular = 1/N + 1/$D_k$²\nabove the dotted line separable costs more", fontsize=10)
    axes.legend()
