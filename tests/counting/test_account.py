"""Costs of layers and models: the homework's numbers, odd modules, and that nothing of a model is touched."""

from __future__ import annotations

import copy
import itertools
import random
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from odd_models import ODD, value_of
from torch import nn
from torch.autograd.graph import saved_tensors_hooks
from torchvision import models

from kit.counting import cost
from kit.counting.layers import MEBI, MEGA
from kit.errors import UserError

ALEXNET = {
    "conv1": ((64, 55, 55), 23_296, 70_276_800, "64·55·55·3·11²"),
    "conv2": ((196, 27, 27), 313_796, 228_614_400, "196·27·27·64·5²"),
    "conv3": ((384, 13, 13), 677_760, 114_476_544, "384·13·13·196·3²"),
    "conv4": ((256, 13, 13), 884_992, 149_520_384, "256·13·13·384·3²"),
    "conv5": ((256, 13, 13), 590_080, 99_680_256, "256·13·13·256·3²"),
    "fc1": ((4096,), 37_752_832, 37_748_736, "4096·9216"),
    "fc2": ((1024,), 4_195_328, 4_194_304, "1024·4096"),
    "fc3": ((1000,), 1_025_000, 1_024_000, "1000·1024"),
}


@pytest.fixture(scope="module")
def alexnet():
    return cost("CustomAlexNet", counters=False)


def test_the_homeworks_alexnet(alexnet) -> None:
    rows = {layer.name: (layer.output_shape, layer.params, layer.macs, layer.formula) for layer in alexnet.layers if layer.counts}
    assert rows == ALEXNET
    assert (alexnet.params, alexnet.macs, alexnet.flops) == (45_463_084, 705_535_424, 1_411_070_848)


def test_its_four_lines_of_memory(alexnet) -> None:
    two = [f"{size:.2f}" for size in alexnet.memory(MEBI).values()]
    assert two == ["0.57", "3.77", "173.43", "177.77"]
    assert f"{alexnet.memory(MEGA)['params']:.2f}" == "181.85"


def test_its_products_with_zeros_fields_and_intensities(alexnet) -> None:
    assert alexnet.macs - alexnet.macs_on_padding == 648_626_688
    layers = {layer.name: layer for layer in alexnet.layers}
    assert [layers[f"conv{n}"].receptive_field for n in range(1, 6)] == ["11", "51", "99", "131", "163"]
    assert layers["fc1"].receptive_field == "all"
    assert round(layers["conv2"].intensity) == 227
    assert round(layers["fc1"].intensity, 1) == 0.5


def test_regular_against_separable(alexnet) -> None:
    for pair in alexnet.separables:
        layer = next(layer for layer in alexnet.layers if layer.name == pair.name)
        channels, kernel = layer.convolution.out_channels, layer.convolution.kernel[0]
        assert pair.regular_macs == layer.macs
        assert float(pair.ratio) == pytest.approx(1 / channels + 1 / kernel**2, rel=1e-12)


@pytest.mark.parametrize(
    ("name", "params"),
    [
        ("CiresanNet", 5_609_770),
        ("ResidualCiresanNet(fc_layers=2)", 9_304_042),
        ("ResidualCiresanNet", 9_566_698),
        ("ResidualCiresanNet(fc_layers=4)", 9_829_354),
        ("ResidualCiresanNet(fc_layers=5)", 10_092_010),
        ("CompactNet", 2_844_394),
        ("mnist_resnet18", 11_175_370),
    ],
)
def test_the_contracts_networks(name: str, params: int) -> None:
    assert cost(name, counters=False).params == params


@pytest.mark.parametrize("name", ODD)
@pytest.mark.parametrize("batch", [1, 3])
def test_odd_modules_in_closed_form(name: str, batch: int) -> None:
    model, shape, macs = ODD[name]
    if name == "matrix by vector":
        batch = 1
    report = cost(copy.deepcopy(model), shape, batch=batch, counters=False)
    assert report.macs == batch * macs
    assert not report.unattributed
    for layer in report.layers:
        assert value_of(layer.formula) == layer.macs
        assert value_of(layer.params_formula) == layer.params
    if not any(nn.parameter.is_lazy(parameter) for parameter in model.parameters()):
        assert report.params == sum(parameter.numel() for parameter in model.parameters())


def test_functional_calls_stand_under_the_layer_whose_weights_they_use() -> None:
    model, shape, _ = ODD["functional calls"]
    types = {layer.name: layer.type for layer in cost(model, shape, counters=False).layers}
    assert types["fc"] == "Linear (matrix product, a functional call)"
    assert types["kernel"] == "convolution, a functional call"  # a parameter of the model's own


def test_what_is_not_read_is_said() -> None:
    model = nn.Module()
    model.used, model.unused = nn.Linear(3, 2), nn.Linear(5, 4)
    model.forward = lambda x: model.used(x)
    model.__class__ = type("Net", (nn.Module,), {"forward": lambda self, x: self.used(x)})
    del model.forward
    report = cost(model, (3,), counters=False)
    row = next(layer for layer in report.layers if layer.name == "unused")
    assert (row.params, row.macs, row.note) == (24, 0, "no operation of this pass reads it")
    assert report.params == 32


def test_what_cannot_be_attributed_is_said() -> None:
    class Sampling(nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return nn.functional.grid_sample(x, x.new_zeros(x.shape[0], 4, 4, 2), align_corners=False)

    report = cost(Sampling(), (3, 8, 8), counters=False)
    assert report.unattributed == {"grid_sampler_2d": 1}
    assert "grid_sampler_2d (×1)" in str(report)


@given(
    channels=st.lists(st.integers(1, 5), min_size=2, max_size=4),
    kernel=st.integers(1, 3),
    bias=st.booleans(),
    side=st.integers(9, 12),
    batch=st.integers(1, 3),
)
@settings(deadline=None, max_examples=25)
def test_random_networks_agree_with_torch(channels: list[int], kernel: int, bias: bool, side: int, batch: int) -> None:
    layers: list[nn.Module] = []
    for before, after in itertools.pairwise(channels):
        layers += [nn.Conv2d(before, after, kernel, padding=1, bias=bias), nn.BatchNorm2d(after), nn.ReLU()]
    model = nn.Sequential(*layers, nn.Flatten(), nn.LazyLinear(3))
    report = cost(model, (channels[0], side, side + 2), batch=batch)
    model(torch.zeros(2, channels[0], side, side + 2))
    assert report.params == sum(parameter.numel() for parameter in model.parameters())
    assert [counter.residue for counter in report.counters] == [0] * len(report.counters)


@pytest.mark.parametrize("name", ["alexnet", "resnet18", "shufflenet_v2_x1_0"])
def test_bytes_saved_are_those_of_a_real_pass(name: str) -> None:
    model = models.get_model(name, weights=None).eval()
    held = {parameter.untyped_storage().data_ptr() for parameter in model.parameters()}
    kept: dict[int, torch.Tensor] = {}

    def pack(tensor: torch.Tensor) -> torch.Tensor:
        place = tensor.untyped_storage().data_ptr()
        if place not in held:
            kept[place] = tensor
        return tensor

    with saved_tensors_hooks(pack, lambda tensor: tensor):
        output = model(torch.zeros(1, 3, 64, 64))
    del output
    assert cost(model, (3, 64, 64), counters=False).saved_bytes == sum(tensor.untyped_storage().nbytes() for tensor in kept.values())


def state_of(model: nn.Module) -> list[object]:
    """All of a model that somebody could notice."""
    hooks = [
        (len(module._forward_hooks), len(module._forward_pre_hooks), len(module._backward_hooks), module.training)
        for module in model.modules()
    ]
    tensors = [(name, tensor.clone(), tensor.device) for name, tensor in model.state_dict().items()]
    gradients = [(parameter.grad is None, parameter.requires_grad) for parameter in model.parameters()]
    streams = torch.get_rng_state().tolist(), random.getstate(), np.random.get_state()[1].tolist(), torch.is_grad_enabled()
    return [hooks, [(name, tensor.tolist(), device) for name, tensor, device in tensors], gradients, streams, list(vars(model))]


class Dropping(nn.Module):
    """Uses every random source while it runs, and breaks on a small image."""

    def __init__(self) -> None:
        super().__init__()
        self.conv, self.norm, self.drop = nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.Dropout(0.5)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        random.random()
        np.random.rand()
        x = self.drop(self.norm(self.conv(x)) + torch.rand(1))
        if x.shape[-1] < 4:
            raise ValueError("too small")
        return x


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("side", [8, 4])
def test_a_model_is_left_as_it_was(training: bool, side: int) -> None:
    model = Dropping().train(training)
    model.norm.eval()
    model.conv.register_forward_hook(lambda *_: None)
    model(torch.zeros(2, 3, 8, 8)).sum().backward()
    model.conv.weight.requires_grad_(False)
    before = state_of(model)
    if side == 4:
        with pytest.raises(UserError, match="ValueError: too small"):
            cost(model, (3, side, side))
    else:
        assert cost(model, (3, side, side)).macs == 4 * 36 * 27
    assert state_of(model) == before


def test_a_counter_that_stops_is_a_finding_and_no_harm(monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*_: object, **__: object) -> None:
        raise RuntimeError("out of order")

    monkeypatch.setattr("torchinfo.summary", stop)
    report = cost(nn.Conv2d(3, 4, 3), (3, 8, 8))
    failures = {counter.name.split()[0]: counter.failure for counter in report.counters}
    assert failures["torchinfo"] == "stopped with RuntimeError: out of order"
    assert failures["thop"] == ""
    assert "out of order" in str(report)


BAD_INPUTS = [
    ((3, 0, 8), "Sizes are 1 or more"),
    ((3, -8, 8), "Sizes are 1 or more"),
    ((3, 8.5, 8), "whole numbers"),
    ((), "whole numbers"),
    ((3, 2**40, 2**40), "more bytes than int64"),
    ((1, 8, 8), "stops in 0 \\(Conv2d\\), which received 1×1×8×8"),
    ((3, 2, 2), "stops in 0 \\(Conv2d\\)"),
]


@pytest.mark.parametrize(("shape", "reason"), BAD_INPUTS)
def test_input_that_cannot_be_used(shape: tuple, reason: str) -> None:
    with pytest.raises(UserError, match=reason):
        cost(nn.Sequential(nn.Conv2d(3, 4, 3)), shape)


def test_a_layer_too_large_for_int64_is_named() -> None:
    model = nn.Sequential(nn.Conv2d(3, 4, 1), nn.Upsample(scale_factor=2**31))
    with pytest.raises(UserError, match="1 \\(Upsample\\)"):
        cost(model, (3, 8, 8))


def test_a_batch_that_makes_no_sense() -> None:
    with pytest.raises(UserError, match="a batch of 0"):
        cost(nn.Conv2d(3, 4, 3), (3, 8, 8), batch=0)
    with pytest.raises(UserError, match="either tensors or a batch"):
        cost(nn.Conv2d(3, 4, 3), torch.zeros(1, 3, 8, 8), batch=2)


def test_tensors_bring_their_own_shapes_and_types() -> None:
    model = nn.Sequential(nn.Embedding(50, 6), nn.Linear(6, 2))
    report = cost(model, torch.zeros(2, 7, dtype=torch.long), counters=False)
    assert (report.batch, report.macs, report.input_bytes) == (2, 2 * 7 * 12, 2 * 7 * 8)


def test_two_inputs() -> None:
    class Adding(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.bilinear = nn.Linear(3, 2)

        def forward(self, x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
            return self.bilinear(x) + y

    assert cost(Adding(), (torch.zeros(4, 3), torch.zeros(4, 2)), counters=False).macs == 24


PEAK = """
import pathlib, torch
from torch import nn
from kit.counting import cost
cost(nn.Linear(3, 3), (3,))
model = nn.Sequential(*(nn.Linear(4000, 4000) for _ in range(5)))  # 320 MB of weights
pathlib.Path("/proc/self/clear_refs").write_text("5")
peak = lambda: int(pathlib.Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0]) / 1024
before = peak()
cost(model, (4000,))
print(peak() - before)
"""


def test_weights_are_not_allocated_twice() -> None:
    """A second copy of the weights would add 305 MiB; 40 is room for torchinfo and thop themselves."""
    if not Path("/proc/self/clear_refs").exists():
        return  # the kernel's own peak is read; elsewhere there is none to read
    added = subprocess.run([sys.executable, "-c", PEAK], check=True, capture_output=True, text=True).stdout
    assert float(added) < 40
