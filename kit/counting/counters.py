"""Other counters, asked about the same model, and reconciled: their answer = ours + named causes + residue."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache

import torch
from torch import nn

from kit.counting import habits
from kit.counting.trace import Trace

Inputs = tuple[torch.Tensor, ...]


@dataclass(frozen=True, slots=True)
class Reconciled:
    """A counter's MACs beside ours. ``residue``: what the causes do not explain; 0 if we understand the counter.

    A counter that stopped has no MACs, and says why in ``failure``.
    """

    name: str
    macs: int | None
    causes: dict[str, int] = field(default_factory=dict)
    residue: int | None = None
    failure: str = ""


def _thop(model: nn.Module, inputs: Inputs) -> float:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # thop imports distutils, and calls parts of itself deprecated
        import thop

        macs, _ = thop.profile(model, inputs=inputs, verbose=False)
    return float(macs)


def _torchinfo(model: nn.Module, inputs: Inputs) -> float:
    import torchinfo

    return float(torchinfo.summary(model, input_data=list(inputs), device="meta", verbose=0).total_mult_adds)


def _fvcore(model: nn.Module, inputs: Inputs) -> float:
    from fvcore.nn import FlopCountAnalysis

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch.jit's tracer warns of every shape that it fixes
        return float(FlopCountAnalysis(model, inputs).unsupported_ops_warnings(False).uncalled_modules_warnings(False).total())


#: Counters with their package, how they are asked, and what they are known to do. torch's own has seen the traced pass already.
COUNTERS: dict[str, tuple[Callable[[nn.Module, Inputs], float], Callable[[Trace], habits.Causes]]] = {
    "torchinfo": (_torchinfo, habits.torchinfo_habits),
    "fvcore": (_fvcore, habits.fvcore_habits),
    "thop": (_thop, habits.thop_habits),  # the last, for it leaves buffers behind
}


def reconcile(trace: Trace, inputs: Inputs) -> list[Reconciled]:
    """Ask every installed counter about the traced model of shapes, in eval mode. The model is not needed afterwards."""
    answers = [_explain("torch FlopCounterMode / 2", trace.flop_counter, trace, habits.torch_habits)]
    for name, (ask, known) in COUNTERS.items():
        version = _installed(name)
        if version is None:
            continue
        label = f"{name} {version}"
        try:
            with torch.no_grad(), torch.device("meta") if name == "torchinfo" else torch.device("cpu"):
                macs = ask(trace.model.eval(), inputs)
        except Exception as error:  # a counter's failure is a finding about the counter, and no reason to stop ours
            cause: BaseException = error.__cause__ or error
            reason = " ".join(str(cause).split())[:200]
            answers.append(Reconciled(label, None, failure=f"stopped with {type(cause).__name__}: {reason}"))
        else:
            answers.append(_explain(label, macs, trace, known))
    return answers


@cache
def _installed(name: str) -> str | None:
    return importlib.metadata.version(name) if importlib.util.find_spec(name) else None


def _explain(label: str, macs: float, trace: Trace, known: Callable[[Trace], habits.Causes]) -> Reconciled:
    causes = {cause: count for cause, count in known(trace).items() if count}
    return Reconciled(label, round(macs), causes, round(macs) - trace.macs - sum(causes.values()))
