"""Models without weights: the same structure on torch's meta device, where shapes are computed and numbers are not."""

from __future__ import annotations

import copy
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import numpy as np
import torch
from torch import nn
from torch.nn.parameter import is_lazy
from torch.overrides import TorchFunctionMode

T = TypeVar("T")


def shapes_only(model: nn.Module) -> nn.Module:
    """A deep copy of a model whose tensors have shapes and types, but no memory: nothing of the original is shared or doubled.

    Tied weights stay tied. Counters may hang buffers and hooks on the copy as they please.

    >>> shapes_only(nn.Linear(3, 2)).weight.device
    device(type='meta')
    """
    already_copied: dict[int, Any] = {}  # deepcopy's own memory: what stands in it is taken instead of a copy
    for module in model.modules():
        for parameter in module.parameters(recurse=False):
            already_copied[id(parameter)] = _empty_parameter(parameter)
        for name, value in (*module.named_buffers(recurse=False), *vars(module).items()):
            if isinstance(value, torch.Tensor) and id(value) not in already_copied and not name.startswith("__"):
                already_copied[id(value)] = torch.empty_like(value, device="meta", requires_grad=False)
    return copy.deepcopy(model, already_copied)


def _empty_parameter(parameter: nn.Parameter) -> nn.Parameter:
    if is_lazy(parameter):
        return nn.UninitializedParameter(requires_grad=parameter.requires_grad, device="meta", dtype=parameter.dtype)
    return nn.Parameter(torch.empty_like(parameter, device="meta"), requires_grad=parameter.requires_grad)


class _WithoutWeights(TorchFunctionMode):
    """Sends what nn's layers allocate their weights with (torch.empty) to meta.

    Everything else stays where it is: a network that computes its own widths with small tensors, as torchvision's
    regnets do, cannot be built under ``torch.device("meta")``, and can be built so.
    """

    def __torch_function__(
        self, function: Callable[..., Any], types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        kwargs = dict(kwargs or {})
        if function is torch.empty:
            kwargs["device"] = "meta"
        return function(*args, **kwargs)


def build(constructor: Callable[[], T]) -> T:
    """What a constructor returns, without memory for its weights where that works, else with; random state is left alone.

    >>> build(lambda: nn.Conv2d(3, 64, 11)).weight.device
    device(type='meta')
    """
    with undisturbed():
        try:
            with _WithoutWeights():
                return constructor()
        except Exception:  # for instance a network that reads a weight while it is built; what fails here as well, is its own fault
            return constructor()


@contextmanager
def undisturbed() -> Iterator[None]:
    """Random state and gradient mode are afterwards what they were before, also after an exception."""
    states = torch.get_rng_state(), random.getstate(), np.random.get_state()
    with_gradients = torch.is_grad_enabled()
    try:
        yield
    finally:
        torch.set_rng_state(states[0])
        random.setstate(states[1])
        np.random.set_state(states[2])
        torch.set_grad_enabled(with_gradients)
