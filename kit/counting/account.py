"""The costs of a model: its layers, their sums, and what other counters say of it. ``cost`` is the way in."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from torch import nn

from kit.counting.counters import Reconciled, reconcile
from kit.counting.layers import Layer, Separable, rows, separable
from kit.counting.models import Found, find
from kit.counting.operations import Shape
from kit.counting.trace import Trace, watch
from kit.counting.weightless import shapes_only, undisturbed
from kit.errors import UserError

if TYPE_CHECKING:
    import pandas

LARGEST = 2**63 - 1  # torch counts elements and bytes in int64


@dataclass(frozen=True, slots=True)
class CostReport:
    """What a model costs on an input; str() is the table of a terminal, a notebook shows HTML.

    input_shape: one image's, without the batch. layers: in the order in which they ran. counters: see ``Reconciled``.
    unattributed: operations that no formula covers, and how often they ran: their work is in no number here.
    all_outputs_bytes: outputs of every module that torchsummary would list, with those that have no parameters.
    published_params, published_gmacs: torchvision's figures (MACs in units of 10⁹, three decimals), None elsewhere.
    """

    model: str
    input_shape: Shape
    batch: int
    layers: tuple[Layer, ...]
    input_bytes: int
    trainable_params: int
    params_bytes: int
    all_outputs_bytes: int
    counters: tuple[Reconciled, ...] = ()
    unattributed: dict[str, int] = field(default_factory=dict)
    published_params: int | None = None
    published_gmacs: float | None = None

    @property
    def params(self) -> int:
        return sum(layer.params for layer in self.layers)

    @property
    def macs(self) -> int:
        return sum(layer.macs for layer in self.layers)

    @property
    def flops(self) -> int:
        return 2 * self.macs

    @property
    def macs_on_padding(self) -> int:
        return sum(layer.macs_on_padding for layer in self.layers)

    @property
    def saved_bytes(self) -> int:
        return sum(layer.saved_bytes for layer in self.layers)

    @property
    def output_bytes(self) -> int:
        """Outputs of the layers that have parameters or MACs: what the homework's summary lists."""
        return sum(layer.activation_bytes for layer in self.layers if layer.counts)

    @property
    def separables(self) -> list[Separable]:
        """Every convolution beside its regular and its separable form."""
        return [found for layer in self.layers if (found := separable(layer)) is not None]

    def memory(self, megabyte: int) -> dict[str, float]:
        """The homework's four lines in megabytes of so many bytes: 2²⁰ for torchsummary and the homework, 10⁶ for torchinfo.

        forward_backward counts each output twice, once for its values and once for its gradients.
        """
        parts = {"input": self.input_bytes, "forward_backward": 2 * self.output_bytes, "params": self.params_bytes}
        return {name: size / megabyte for name, size in (parts | {"total": sum(parts.values())}).items()}

    def to_json(self) -> dict[str, Any]:
        """The layout of ``kit cost --json``."""
        from kit.counting.export import as_json

        return as_json(self)

    def to_dataframe(self) -> pandas.DataFrame:
        """One row for each layer; needs pandas, which the kit does not bring along."""
        try:
            import pandas
        except ImportError as error:
            raise UserError("to_dataframe needs pandas: pip install pandas. Without it, to_json()['layers'] has the rows.") from error
        from kit.counting.export import as_rows

        return pandas.DataFrame(as_rows(self))

    def __str__(self) -> str:
        from kit.counting.report import as_text

        return as_text(self)

    def _repr_html_(self) -> str:
        from kit.counting.export import as_html

        return as_html(self)


def cost(
    model: nn.Module | str,
    inputs: Sequence[int] | torch.Tensor | Sequence[torch.Tensor] | None = None,
    *,
    batch: int = 1,
    counters: bool = True,
    folder: str | Path | None = None,
) -> CostReport:
    """Count what a model costs on an input, layer by layer, on shapes alone: no weight is allocated and none is read.

    model: a module, which is left as it is; or a name as ``kit cost`` takes it.
    inputs: an image's shape without the batch, such as (3, 224, 224); or the tensors that the model is called with, batch included.
    A model known by name has a shape of its own. counters: whether to ask and reconcile others as well.
    Raises UserError where the model is unknown or refuses the input; it says in which layer, and why.

    >>> report = cost(nn.Conv2d(3, 64, 11, stride=4, padding=2), (3, 224, 224), counters=False)
    >>> report.params, report.macs, report.layers[0].formula
    (23296, 70276800, '64·55·55·3·11²')
    """
    found = find(model, folder) if isinstance(model, str) else Found(type(model).__name__, model, None)
    shape = found.input_shape if inputs is None else inputs
    if shape is None:
        raise UserError(f"{found.title} does not say what input it is meant for: give one, such as --input 1,28,28.")
    with undisturbed():
        tensors = _tensors(shape, batch)
        trace = watch(_copied(found), tensors, found.title, ask_torch=counters)
        layers = rows(trace)
        return CostReport(
            model=found.title,
            input_shape=tuple(tensors[0].shape[1:]) if len(tensors) == 1 and tensors[0].dim() > 1 else tuple(tensors[0].shape),
            batch=tensors[0].shape[0] if tensors[0].dim() > 1 else 1,
            layers=tuple(layers),
            input_bytes=sum(tensor.numel() * tensor.element_size() for tensor in tensors),
            trainable_params=sum(p.numel() for p in trace.model.parameters() if p.requires_grad),
            params_bytes=sum(p.numel() * p.element_size() for p in trace.model.parameters()),
            all_outputs_bytes=_all_outputs(trace),
            counters=tuple(reconcile(trace, tensors)) if counters else (),
            unattributed=dict(trace.unknown),
            published_params=found.published_params,
            published_gmacs=found.published_gmacs,
        )


def _tensors(inputs: Sequence[int] | torch.Tensor | Sequence[torch.Tensor], batch: int) -> tuple[torch.Tensor, ...]:
    if isinstance(inputs, torch.Tensor):
        inputs = [inputs]
    if any(isinstance(part, torch.Tensor) for part in inputs):
        if batch != 1:
            raise UserError("Tensors bring their batch with them: give either tensors or a batch.")
        return tuple(torch.empty_like(part, device="meta") for part in inputs if isinstance(part, torch.Tensor))
    sizes = (batch, *(size for size in inputs if not isinstance(size, torch.Tensor)))
    if not all(type(size) is int for size in sizes) or len(sizes) < 2:
        raise UserError(f"An input is a shape of whole numbers such as 3,224,224, and not {inputs!r} with a batch of {batch!r}.")
    if min(sizes) < 1:
        raise UserError(f"Sizes are 1 or more: an input of {'×'.join(map(str, sizes[1:]))} with a batch of {batch} has nothing to compute.")
    if math.prod(sizes) * 4 > LARGEST:
        raise UserError(f"An input of {'×'.join(map(str, sizes))} numbers has more bytes than int64 can count (2⁶³ − 1).")
    return (torch.empty(sizes, device="meta"),)


def _copied(found: Found) -> nn.Module:
    try:
        return shapes_only(found.model)
    except Exception as error:
        raise UserError(
            f"{found.title} cannot be copied, and the original is not to be touched: {type(error).__name__}: {error}"
        ) from error


def _all_outputs(trace: Trace) -> int:
    """Outputs of the modules that torchsummary hooks: all but the model itself, Sequential and ModuleList."""
    return sum(
        call.output_bytes
        for call in trace.calls
        if call.module is not trace.model and not isinstance(call.module, (nn.Sequential, nn.ModuleList))
    )
