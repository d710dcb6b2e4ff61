"""What other counters count: their surplus or shortfall against MACs, computed from a trace and named by cause.

Nothing here asks a counter. Each rule is written from its source (thop 0.1.1 ``vision/basic_hooks.py`` and
``rnn_hooks.py``, torchinfo 1.8 ``layer_info.py``, torch ``utils/flop_counter.py``, fvcore 0.1.5 ``nn/flop_count.py``,
ptflops 0.7 ``pytorch_ops.py``), so that a counter's own answer, minus ours, minus these, is a residue that means something.
"""

from __future__ import annotations

import math
from collections import Counter
from fractions import Fraction
from typing import Any

from torch import nn

from kit.counting.operations import UNKNOWN_TO_TORCH
from kit.counting.trace import Call, Trace

Causes = Counter[str]  # cause → MACs too many (or, negative, too few)

CONVOLUTIONS = (nn.Conv1d, nn.Conv2d, nn.Conv3d, nn.ConvTranspose1d, nn.ConvTranspose2d, nn.ConvTranspose3d)
INSTANCE_NORMS = (nn.InstanceNorm1d, nn.InstanceNorm2d, nn.InstanceNorm3d)
NORMS = (nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d, nn.SyncBatchNorm, nn.LayerNorm, *INSTANCE_NORMS)
ADAPTIVE_MEANS = (nn.AdaptiveAvgPool1d, nn.AdaptiveAvgPool2d, nn.AdaptiveAvgPool3d)
MEANS = (nn.AvgPool1d, nn.AvgPool2d, nn.AvgPool3d)
UPSAMPLINGS = (nn.Upsample, nn.UpsamplingBilinear2d, nn.UpsamplingNearest2d)
RECURRENT = (nn.RNN, nn.GRU, nn.LSTM)
CELLS = (nn.RNNCell, nn.GRUCell, nn.LSTMCell)
_THOP_KNOWS = {*CONVOLUTIONS, *NORMS, *ADAPTIVE_MEANS, *MEANS, *UPSAMPLINGS, *RECURRENT, *CELLS, nn.Linear, nn.PReLU, nn.Softmax} | {
    nn.LeakyReLU,
    nn.ReLU,
    nn.ReLU6,
    nn.Sequential,
    nn.Dropout,
    nn.PixelShuffle,
    nn.ZeroPad2d,
}
_UPSAMPLING_COST = {"nearest": 1, "linear": 5, "bilinear": 11, "bicubic": 259}
UNSEEN = "products outside the modules that it knows (functional calls, attention): not seen"


def own_macs(call: Call) -> int:
    """MACs that a call ran itself, outside its submodules."""
    return sum(operation.cost.macs for operation in call.operations)


def torch_habits(trace: Trace) -> Causes:
    """torch's FlopCounterMode has formulas for convolutions and matrix products, not for matrix by vector."""
    causes: Causes = Counter()
    for operation in trace.operations:
        if operation.name in UNKNOWN_TO_TORCH:
            causes[f"{operation.cost.kind} (aten.{operation.name}): no formula in torch's counter"] -= operation.cost.macs
    return causes


def thop_habits(trace: Trace) -> Causes:
    """thop counts modules by their exact class, and some things that are no MACs."""
    causes: Causes = Counter()
    paths = _paths(trace.model)
    for call in trace.calls:
        kind = type(call.module)
        if kind not in _THOP_KNOWS or kind is nn.Sequential:
            if own_macs(call):
                base = next((known.__name__ for known in kind.__mro__[1:] if known in _THOP_KNOWS), None)
                causes[f"{kind.__name__}, a subclass of {base}: not in its table" if base else UNSEEN] -= own_macs(call)
            continue
        cause, counted = _thop_counts(call)
        if counted != own_macs(call):
            causes[cause] += counted - own_macs(call)
        ways = paths[call.module]
        if ways > 1 and counted:  # hooks are hung on once for each way to a module, and its sum is read once for each
            causes[f"a module under {ways} parents is counted {ways}² times"] += (ways * ways - 1) * counted
    return causes


def _thop_counts(call: Call) -> tuple[str, int]:
    """The cause that a difference would have, and what thop adds for this call."""
    module = call.module
    source, result = call.input_shapes[0], call.output_shapes[0]
    entries = math.prod(result)
    if isinstance(module, CONVOLUTIONS):
        counted = entries * (source[1] // module.groups) * math.prod(module.kernel_size)
        if module.transposed:
            return "transposed convolution: output positions instead of input positions", counted
        return "convolution of an unbatched image: channels read from the wrong dimension", counted
    if isinstance(module, nn.Linear):
        return "fully connected", module.in_features * entries
    if isinstance(module, NORMS):
        affine = getattr(module, "affine", False) or getattr(module, "elementwise_affine", False)
        return f"normalisation: {4 if affine else 2} for each input number", math.prod(source) * (4 if affine else 2)
    if isinstance(module, ADAPTIVE_MEANS):
        window = Fraction(math.prod(source[2:]), math.prod(result[2:]))
        return "adaptive average pooling: (inputs in the window + 1) for each output number", int((window + 1) * entries)
    if isinstance(module, MEANS):
        return "average pooling: 1 for each output number", entries
    if isinstance(module, nn.PReLU):
        return "PReLU: 1 for each number", math.prod(source)
    if isinstance(module, nn.Softmax):
        features = source[module.dim if module.dim is not None else -1]
        return "softmax: 3n − 1 for n numbers", math.prod(source) // features * (3 * features - 1)
    if isinstance(module, UPSAMPLINGS):
        return f"upsampling ({module.mode})", entries * _UPSAMPLING_COST.get(module.mode, 0)
    if isinstance(module, (*RECURRENT, *CELLS)):
        return "recurrent layer: biases, gates and activations of each step", _thop_recurrent(module, source)
    return "", 0


def _thop_recurrent(module: Any, source: tuple[int, ...]) -> int:
    name, hidden = type(module).__name__, int(module.hidden_size)
    gates = {"RNN": 1, "GRU": 3, "LST": 4}[name[:3]]
    elementwise = {"RNN": 0, "GRU": 4, "LST": 4}[name[:3]] * hidden

    def cell(inputs: int) -> int:
        return gates * ((inputs + hidden) * hidden + hidden + (2 * hidden if module.bias else 0)) + elementwise

    if name.endswith("Cell"):
        return source[0] * cell(int(module.input_size))
    directions = 2 if module.bidirectional else 1
    stacked = directions * (cell(int(module.input_size)) + (int(module.num_layers) - 1) * cell(directions * hidden))
    return source[0] * source[1] * stacked


def _paths(model: nn.Module) -> Counter[nn.Module]:
    """How many ways lead from the model to each of its modules; a parent that has a child twice is one way."""
    ways: Counter[nn.Module] = Counter()

    def walk(module: nn.Module) -> None:
        ways[module] += 1
        for child in module.children():
            walk(child)

    walk(model)
    return ways


def torchinfo_habits(trace: Trace) -> Causes:
    """torchinfo multiplies the parameters called weight and bias of each innermost module by its output's positions."""
    causes: Causes = Counter()
    for call in trace.calls:
        if any(call.module.children()):
            if own_macs(call):
                causes[UNSEEN] -= own_macs(call)
            continue
        result = call.output_shapes[0] if call.output_shapes else ()
        weights, biases, norms = 0, 0, isinstance(call.module, (*NORMS, nn.GroupNorm))
        for name, parameter in call.module.named_parameters():
            if name in ("weight", "bias"):
                places = math.prod(result[:1] + result[2:]) if "Conv" in type(call.module).__name__ else result[0]
            elif "weight" in name or "bias" in name:
                places = math.prod(result[:2])
            else:
                continue
            if "bias" in name and not norms:
                biases += parameter.numel() * places
            else:
                weights += parameter.numel() * places
        kind = type(call.module).__name__
        if biases:
            causes[f"biases counted as MACs ({kind})"] += biases
        if weights != own_macs(call):
            causes[_torchinfo_cause(call, norms)] += weights - own_macs(call)
    return causes


def _torchinfo_cause(call: Call, norms: bool) -> str:
    kind = type(call.module).__name__
    if norms:
        return f"normalisation ({kind}): weight and bias, once for each image"
    if isinstance(call.module, nn.Linear):
        return "fully connected layer on a sequence: once for each image, not for each position"
    if isinstance(call.module, CONVOLUTIONS) and call.module.transposed:
        return "transposed convolution: output positions instead of input positions"
    if not call.operations:
        return f"parameters of {kind} that multiply nothing in a sum"
    return f"{kind}: parameters × positions is not what it computes"


def fvcore_habits(trace: Trace) -> Causes:
    """fvcore counts convolutions and products as we do, and some elementwise work of normalisations and poolings."""
    causes: Causes = Counter()
    for call in trace.calls:
        module, source = call.module, call.input_shapes[0] if call.input_shapes else ()
        if isinstance(module, (nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d)):
            causes["batch normalisation: 2 for each input number (1 without weights)"] += math.prod(source) * (2 if module.affine else 1)
        elif isinstance(module, (nn.LayerNorm, nn.GroupNorm, nn.InstanceNorm2d)):
            affine = module.weight is not None
            causes["normalisation: 5 for each input number (4 without weights)"] += math.prod(source) * (5 if affine else 4)
        elif isinstance(module, ADAPTIVE_MEANS):
            causes["adaptive average pooling: 1 for each input number"] += math.prod(source)
    return causes
