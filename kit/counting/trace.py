"""One forward pass on the meta device, watched: which module was called, which operations it ran, what it kept for backward."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import torch
from torch import nn
from torch.autograd.graph import saved_tensors_hooks
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.flop_counter import FlopCounterMode

from kit.counting import operations
from kit.counting.operations import Cost, Shape
from kit.counting.receptive import Field, at_input, follow
from kit.errors import UserError

_CONVOLUTIONS = {operations.aten.convolution, operations.aten._convolution, operations.aten.convolution_overrideable}


@dataclass(slots=True)
class Operation:
    """An operation with MACs."""

    name: str  # torch's, such as convolution or addmm
    cost: Cost
    order: int
    weight: str  # the parameter that it reads, by its dotted name, or ''
    output_shape: Shape
    bytes_moved: int  # tensors in and out, each once
    output_bytes: int
    field: Field | None


@dataclass(slots=True)
class Call:
    """One call of one module; ``operations`` are those that it ran itself, outside its submodules."""

    name: str
    module: nn.Module
    order: int
    first: bool  # of this module's calls
    input_shapes: list[Shape]
    output_shapes: list[Shape] = field(default_factory=list)
    output_bytes: int = 0
    operations: list[Operation] = field(default_factory=list)
    field: Field | None = None
    leaf: bool = True
    bytes_saved: int = 0


@dataclass(slots=True)
class Trace:
    """What a forward pass did, in its order. ``flop_counter``: MACs that torch's own counter saw in the same pass."""

    calls: list[Call]
    model: nn.Module
    input_shapes: list[Shape]
    used: set[str]  # parameters that some operation read
    unknown: Counter[str]  # operations that no formula covers
    flop_counter: float

    @property
    def operations(self) -> Iterator[Operation]:
        return (operation for call in self.calls for operation in call.operations)

    @property
    def macs(self) -> int:
        return sum(operation.cost.macs for operation in self.operations)


def tensors_in(value: Any) -> Iterator[torch.Tensor]:
    """Every tensor in nested tuples, lists and dicts, in their order."""
    if isinstance(value, torch.Tensor):
        yield value
    elif isinstance(value, dict):
        yield from tensors_in(tuple(value.values()))
    elif isinstance(value, (tuple, list)):
        for part in value:
            yield from tensors_in(part)
    elif hasattr(value, "data") and isinstance(value.data, torch.Tensor):  # a packed sequence
        yield value.data


class _Watch(TorchDispatchMode):
    """Sees every operation that reaches a device, whoever called it: modules and functional calls alike."""

    def __init__(self, model: nn.Module, inputs: tuple[torch.Tensor, ...]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # torch leaves this constructor without types
        self.calls: list[Call] = []
        self.stack: list[Call] = []
        self.used: set[str] = set()
        self.unknown: Counter[str] = Counter()
        self.order = 0
        self.batch = max((tensor.shape[0] for tensor in inputs if tensor.dim()), default=1)
        self.owners = {_storage(parameter): name for name, parameter in model.named_parameters() if not nn.parameter.is_lazy(parameter)}
        self.saved = set(self.owners)
        self.kept: list[Any] = []  # keeps ids and storages from being reused while they serve as keys
        self.fields = {id(tensor): at_input(tuple(tensor.shape)) for tensor in inputs}
        self.zeros_around: dict[int, Shape] = {}  # a tensor that was padded with zeros, and how far
        self.called: set[str] = set()

    def __torch_dispatch__(self, function: Any, types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None) -> Any:
        kwargs = kwargs or {}
        packet = function._overloadpacket
        if packet not in operations.MATRIX_PRODUCTS and packet not in _CONVOLUTIONS and _composite(function):
            with self:
                parts = function.decompose(*args, **kwargs)
            if parts is not NotImplemented:
                return parts
        output = _at_once(packet, args)
        if output is None:
            output = function(*args, **kwargs)
        self.record(function, packet, args, output)
        return output

    def record(self, function: Any, packet: Any, args: tuple[Any, ...], output: Any) -> None:
        inputs = list(tensors_in(args))
        result = output if isinstance(output, torch.Tensor) else next(tensors_in(output), None)
        weight, dimensions = "", 0
        for tensor in inputs:
            parameter = self.owners.get(_storage(tensor))
            if parameter is not None:
                self.used.add(parameter)
                if tensor.dim() > dimensions:  # the weight, not the bias
                    weight, dimensions = parameter, tensor.dim()
        if result is None:
            return
        name = packet.__name__
        cost: Cost | None = None
        if packet in _CONVOLUTIONS:
            cost = operations.convolution_cost(operations.convolution_sizes(args, result), self.zeros_around.get(id(args[0]), ()))
        elif packet in operations.MATRIX_PRODUCTS:
            cost = operations.MATRIX_PRODUCTS[packet](args)
        elif not _without_products(function):
            self.unknown[name] += 1
        elif name == "constant_pad_nd" and (len(args) < 3 or args[2] == 0) and min(args[1]) >= 0:
            self.zeros_around[id(result)] = tuple(args[1])
            self.kept.append(result)
        known = [found for tensor in inputs if (found := self.fields.get(id(tensor))) is not None]
        field = follow(name, args, known, result, cost.convolution if cost else None, self.batch)
        if field is not None:
            for part in tensors_in(output):
                self.fields[id(part)] = field
                self.kept.append(part)
        if cost is not None and self.stack:
            self.order += 1
            moved = sum(_bytes(tensor) for tensor in inputs) + _bytes(result)
            shape = tuple(result.shape)
            self.stack[-1].operations.append(Operation(name, cost, self.order, weight, shape, moved, _bytes(result), field))

    def enter(self, name: str, module: nn.Module, args: Any, kwargs: Any) -> None:
        self.order += 1
        shapes = [tuple(tensor.shape) for tensor in tensors_in((args, kwargs))]
        call = Call(name, module, self.order, name not in self.called, shapes)
        self.called.add(name)
        if self.stack:
            self.stack[-1].leaf = False
        self.stack.append(call)
        self.calls.append(call)

    def leave(self, module: nn.Module, args: Any, output: Any) -> None:  # noqa: ARG002 -- torch fixes a hook's arguments
        call = self.stack.pop()
        outputs = list(tensors_in(output))
        call.output_shapes = [tuple(tensor.shape) for tensor in outputs]
        call.output_bytes = sum(map(_bytes, outputs[:1]))
        call.field = next((self.fields.get(id(tensor)) for tensor in outputs), None)

    def save(self, tensor: torch.Tensor) -> torch.Tensor:
        """Called by autograd for what it keeps; parameters are there anyhow, and a storage that is kept twice is kept once."""
        storage = _storage(tensor)
        if storage not in self.saved and self.stack:
            self.saved.add(storage)
            self.kept.append(tensor)
            self.stack[-1].bytes_saved += tensor.untyped_storage().nbytes()
        return tensor


def _at_once(packet: Any, args: tuple[Any, ...]) -> Any:
    """The result of operations whose shapes are plain, where torch's meta device takes a detour of many operations; else None.

    They are two thirds of the time of a pass: batch normalisation in eval mode, and activations that work in place.
    """
    if packet is operations.aten.native_batch_norm and args[5] is False:
        images, *per_channel = args[:5]
        if all(part is not None and part.dim() == 1 and part.shape[0] == images.shape[1] for part in per_channel):
            return torch.empty_like(images), images.new_empty(0), images.new_empty(0)
    elif packet in _IN_PLACE:
        return args[0]
    return None


_IN_PLACE = {operations.aten.relu_, operations.aten.hardtanh_, operations.aten.silu_, operations.aten.hardswish_, operations.aten.sigmoid_}


def _storage(tensor: torch.Tensor) -> int:
    return int(tensor.untyped_storage()._cdata)


def _bytes(tensor: torch.Tensor) -> int:
    return tensor.numel() * tensor.element_size()


_known: dict[Any, bool] = {}


def _without_products(function: Any) -> bool:
    if function not in _known:
        _known[function] = operations.without_products(function)
    return _known[function]


_composites: dict[Any, bool] = {}


def _composite(function: Any) -> bool:
    """Whether torch itself writes this operation as others; it does so before we look, but not in inference mode."""
    if function not in _composites:
        _composites[function] = torch._C._dispatch_has_kernel_for_dispatch_key(function.name(), "CompositeImplicitAutograd")
    return _composites[function]


def watch(model: nn.Module, inputs: tuple[torch.Tensor, ...], title: str, ask_torch: bool = True) -> Trace:
    """Run a model of shapes (see ``shapes_only``) once in eval mode, with autograd recording, and tell what happened.

    inputs: tensors on meta. title: what the model is called in an error. ask_torch: let torch's own counter see the same pass.
    Raises UserError where the model refuses the input; it names the layer, and the reason in torch's own words.
    """
    model.eval()
    watch = _Watch(model, inputs)
    handles: list[Any] = []
    counter = FlopCounterMode(display=False)
    try:
        for name, module in model.named_modules():
            handles.append(module.register_forward_pre_hook(partial(_entering, watch, name), with_kwargs=True))
            handles.append(module.register_forward_hook(watch.leave))
        with ExitStack() as modes:
            modes.enter_context(torch.enable_grad())
            modes.enter_context(torch.device("meta"))
            modes.enter_context(saved_tensors_hooks(watch.save, _same))
            if ask_torch:
                modes.enter_context(counter)
            modes.enter_context(watch)
            model(*inputs)
    except Exception as error:
        raise UserError(_refusal(title, watch.stack, inputs, error)) from error
    finally:
        for handle in handles:
            handle.remove()
    shapes = [tuple(tensor.shape) for tensor in inputs]
    return Trace(watch.calls, model, shapes, watch.used, watch.unknown, counter.get_total_flops() / 2)


def _entering(watch: _Watch, name: str, module: nn.Module, args: Any, kwargs: Any) -> None:
    watch.enter(name, module, args, kwargs)


def _same(tensor: torch.Tensor) -> torch.Tensor:
    return tensor


def _refusal(title: str, stack: Iterable[Call], inputs: Iterable[torch.Tensor], error: Exception) -> str:
    """Which layer stopped, and why; the last of the calls that were not left is where it happened."""
    shapes = " and ".join("×".join(map(str, tensor.shape)) for tensor in inputs)
    *_, call = [None, *stack]
    where = f"in {call.name} ({type(call.module).__name__})" if call and call.name else "in its own forward"
    received = f", which received {' and '.join('×'.join(map(str, shape)) for shape in call.input_shapes)}" if call and call.name else ""
    reason = " ".join(str(error).split()) or type(error).__name__
    text = f"{title} does not run on an input of {shapes}: it stops {where}{received}. {type(error).__name__}: {reason}"
    if "meta tensor" in reason:
        text += " (Costs are counted on shapes alone; this layer wants to read numbers.)"
    return text
