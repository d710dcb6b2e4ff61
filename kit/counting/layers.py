"""A trace, told layer by layer: every multiply-accumulate and every parameter of a model stands in exactly one row."""

from __future__ import annotations

import math
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from torch import nn

from kit.counting.operations import Convolution, Shape, power
from kit.counting.trace import Call, Operation, Trace

MEBI = 2**20  # torchsummary's and the homework's megabyte
MEGA = 10**6  # torchinfo's


@dataclass(frozen=True, slots=True)
class Layer:
    """One row: a call of a module without submodules, or an operation that a larger module ran itself.

    output_shape: without the batch, (C, H, W) or (F,). params: those that no earlier row has. macs: of the whole batch.
    formula: MACs with the numbers put in, '' where there are none; params_formula likewise.
    macs_on_padding: those whose input is a zero of padding. activation_bytes: the output, once.
    saved_bytes: what autograd keeps for backward and nothing before it has kept. receptive_field: '' where not known.
    bytes_moved: inputs, weights and outputs of its MAC operations, each once.
    """

    name: str
    type: str
    output_shape: Shape
    params: int
    macs: int
    formula: str = ""
    params_formula: str = ""
    macs_on_padding: int = 0
    activation_bytes: int = 0
    saved_bytes: int = 0
    receptive_field: str = ""
    bytes_moved: int = 0
    convolution: Convolution | None = None
    note: str = ""

    @property
    def flops(self) -> int:
        """Two for each MAC: a multiplication and an addition."""
        return 2 * self.macs

    @property
    def intensity(self) -> float | None:
        """FLOPs for each byte moved; low numbers wait for memory, high ones for arithmetic (the roofline model)."""
        return self.flops / self.bytes_moved if self.macs and self.bytes_moved else None

    @property
    def counts(self) -> bool:
        """Whether the row has parameters or MACs."""
        return bool(self.params or self.macs)


@dataclass(frozen=True, slots=True)
class Separable:
    """A convolution beside its two alternatives, in MACs and weights: all inputs for each filter, or depthwise and pointwise."""

    name: str
    groups: int
    macs: int
    regular_macs: int
    separable_macs: int
    regular_weights: int
    separable_weights: int

    @property
    def ratio(self) -> Fraction:
        """separable / regular = 1/N + 1/(kernel taps)."""
        return Fraction(self.separable_macs, self.regular_macs)


def separable(layer: Layer) -> Separable | None:
    """What a convolution costs regular and depthwise separable, at the same output; None for what is no plain convolution.

    regular = N·M·k²·D², separable = (k² + N)·M·D².
    """
    sizes = layer.convolution
    if sizes is None or sizes.transposed:
        return None
    taps, places = math.prod(sizes.kernel), sizes.batch * math.prod(sizes.output_size)
    regular = sizes.out_channels * sizes.in_channels * taps
    apart = (taps + sizes.out_channels) * sizes.in_channels
    return Separable(layer.name, sizes.groups, layer.macs, regular * places, apart * places, regular, apart)


def rows(trace: Trace) -> list[Layer]:
    """The layers of a trace in the order in which they ran, then what is in no layer of its own."""
    drafts: list[tuple[int, _Draft]] = []
    for call in trace.calls:
        if _one_row(call):
            drafts.append((call.order, _Draft(call.name, call.module, call, call.operations)))
        else:
            for operation in call.operations:
                owner = _owner(operation, call)
                drafts.append((operation.order, _Draft(owner, call.module, call, [operation], True)))
            if call.bytes_saved:  # kept by operations that have no row of their own, such as a functional pooling
                drafts.append((sys.maxsize, _Draft(call.name, call.module, call, [], True)))
    drafts.sort(key=lambda draft: draft[0])
    ordered = [draft for _, draft in drafts]
    leftover = _share_out_parameters(trace, ordered)
    batch = trace.input_shapes[0][0] if trace.input_shapes and trace.input_shapes[0] else 1
    return [draft.row(batch, trace) for draft in ordered] + leftover


def _owner(operation: Operation, call: Call) -> str:
    """The layer whose weight an operation reads; the caller where it reads none."""
    return operation.weight.rpartition(".")[0] if operation.weight else call.name


def _one_row(call: Call) -> bool:
    """Whether a call is told as one layer: it called no other, and it is torch's own or runs at most one operation with MACs.

    What somebody writes with several functional calls is told operation by operation.
    """
    holds_layers = any(True for child in call.module.children() for _ in child.parameters())
    own = type(call.module).__module__.startswith("torch.nn.")
    return call.leaf and (own or (len(call.operations) <= 1 and not (holds_layers and call.operations)))


@dataclass(slots=True)
class _Draft:
    name: str
    module: nn.Module
    call: Call
    operations: Sequence[Operation]
    functional: bool = False
    parameters: list[tuple[str, nn.Parameter]] | None = None

    def row(self, batch: int, trace: Trace) -> Layer:
        operations = self.operations
        shapes = [operations[-1].output_shape] if self.functional and operations else self.call.output_shapes
        macs = sum(operation.cost.macs for operation in operations)
        own = self.parameters or []
        terms = Counter(operation.cost.text for operation in operations)
        text = " + ".join(term if times == 1 else f"{times}·({term})" for term, times in terms.items())
        convolutions = [operation.cost.convolution for operation in operations if operation.cost.convolution]
        last = operations[-1].field if operations else self.call.field
        again = not self.functional and not self.call.first and any(True for _ in self.module.parameters())
        active = 0 if self.functional and not operations else self.call.output_bytes
        if self.functional and operations:
            active = operations[-1].output_bytes
        return Layer(
            name=self._title(),
            type=self._type(trace),
            output_shape=_without_batch(shapes[0], batch) if shapes and not (self.functional and not operations) else (),
            params=sum(parameter.numel() for _, parameter in own),
            macs=macs,
            formula=text,
            params_formula=parameters_formula(self.module, own, convolutions),
            macs_on_padding=sum(operation.cost.on_padding for operation in operations),
            activation_bytes=active,
            saved_bytes=0 if self.functional and operations else self.call.bytes_saved,
            receptive_field=last.text() if last else "",
            bytes_moved=sum(operation.bytes_moved for operation in operations),
            convolution=convolutions[0] if len(convolutions) == 1 else None,
            note="called again; its parameters stand at the first call" if again else "",
        )

    def _title(self) -> str:
        name = self.name or "(model)"
        if not self.functional:
            return name
        weight = self.operations[0].weight if self.operations else ""
        if weight:
            return weight if self.name == self.call.name else name  # a parameter of the caller's own, or the layer that it belongs to
        return f"{name} itself"

    def _type(self, trace: Trace) -> str:
        if not self.functional:
            return type(self.module).__name__
        if not self.operations:
            return "operations without parameters"
        operation = self.operations[0]
        owner = trace.model.get_submodule(self.name)
        called = f"{operation.cost.kind}, a functional call"
        return f"{type(owner).__name__} ({called})" if operation.weight and owner is not self.module else called


def _without_batch(shape: Shape, batch: int) -> Shape:
    return shape[1:] if len(shape) > 1 and shape[0] == batch else shape


def _share_out_parameters(trace: Trace, drafts: list[_Draft]) -> list[Layer]:
    """Give each parameter, once, to the first row that is its module's, or that calls its module without entering it."""
    place: dict[str, _Draft] = {}
    readers: dict[str, _Draft] = {}
    for draft in drafts:
        if draft.operations or not draft.functional:
            place.setdefault(draft.name, draft)
        for operation in draft.operations:
            readers.setdefault(operation.weight, draft)
    inside = {draft.name for draft in drafts if not draft.functional}
    missing: dict[tuple[str, bool], list[tuple[str, nn.Parameter]]] = {}
    for name, parameter in trace.model.named_parameters():
        owner, _, last = name.rpartition(".")
        reader = readers.get(name)
        home = reader if reader is not None and reader.functional else place.get(owner)
        outer = owner
        while home is None and outer:
            outer = outer.rpartition(".")[0]
            home = place[outer] if outer in inside else None
        if home is None or (home.name != owner and name not in trace.used):
            missing.setdefault((owner, name in trace.used), []).append((last, parameter))
        else:
            home.parameters = [*(home.parameters or []), (last, parameter)]
    return [
        Layer(
            name=owner or "(model)",
            type=type(trace.model.get_submodule(owner)).__name__,
            output_shape=(),
            params=sum(parameter.numel() for _, parameter in own),
            macs=0,
            params_formula=parameters_formula(trace.model.get_submodule(owner), own, []),
            note="parameters of its own, beside those of its layers" if used else "no operation of this pass reads it",
        )
        for (owner, used), own in missing.items()
    ]


def parameters_formula(module: nn.Module, own: Sequence[tuple[str, nn.Parameter]], convolutions: Sequence[Convolution]) -> str:
    """Parameters with the numbers put in: 64·(3·11² + 1) for a convolution, 1000·(4096 + 1) for a fully connected layer."""
    sizes = {name: tuple(parameter.shape) for name, parameter in own}
    weight, bias = sizes.get("weight"), sizes.get("bias")
    if weight is None or len(sizes) > 2 or (len(sizes) == 2 and bias is None):
        return " + ".join("·".join(map(str, shape)) or "1" for shape in sizes.values())
    if len(weight) == 1:
        return f"2·{weight[0]}" if bias else str(weight[0])
    filters, inputs, *kernel = weight
    groups = convolutions[0].groups if convolutions else getattr(module, "groups", 1)
    if getattr(module, "transposed", False):
        taps = f"{filters}·{inputs}·{power(kernel)}"
        return f"{taps} + {bias[0]}" if bias else taps
    each = f"({inputs * groups}/{groups})" if groups > 1 else str(inputs)
    each += f"·{power(kernel)}" if kernel else ""
    return f"{filters}·({each} + 1)" if bias else f"{filters}·{each}"
