"""Other counters, reconciled: zero residue wherever their rules are understood, and the residue shown where not."""

from __future__ import annotations

import copy

import pytest
import torch
from odd_models import ODD
from torch import nn

from kit.counting import cost, habits

CONTRACT = ["CustomAlexNet", "DepthwiseSeparableConv2d", "CiresanNet", "ResidualCiresanNet", "CompactNet", "mnist_resnet18"]
TORCHVISION = "alexnet vgg11 resnet18 resnet50 mobilenet_v2 efficientnet_b0 densenet121 googlenet shufflenet_v2_x1_0 squeezenet1_0 vit_b_16"


@pytest.mark.parametrize("name", [*CONTRACT, *TORCHVISION.split(" ")])
def test_zero_residue(name: str) -> None:
    report = cost(name)
    assert {counter.name.split()[0] for counter in report.counters} >= {"torch", "torchinfo", "thop"}
    for counter in report.counters:
        assert counter.failure == ""
        assert counter.residue == 0, counter
        assert counter.macs == report.macs + sum(counter.causes.values())


@pytest.mark.parametrize("name", ODD)
@pytest.mark.parametrize("batch", [1, 3])
def test_zero_residue_on_odd_modules(name: str, batch: int) -> None:
    model, shape, _ = ODD[name]
    report = cost(copy.deepcopy(model), shape, batch=1 if name == "matrix by vector" else batch)
    for counter in report.counters:
        assert counter.residue == 0, counter


def causes_of(name: str, counter: str) -> dict[str, int]:
    report = cost(name)
    return next(found.causes for found in report.counters if found.name.startswith(counter))


def test_the_causes_are_the_ones_that_were_measured() -> None:
    """Measured before this table was written: alexnet thop +18,432, torchinfo +494,184; resnet18 +9,960,448 and +10,600."""
    assert sum(causes_of("alexnet", "thop").values()) == 18_432
    assert sum(causes_of("alexnet", "torchinfo").values()) == 494_184
    assert causes_of("resnet18", "thop") == {
        "normalisation: 4 for each input number": 9_934_848,
        "adaptive average pooling: (inputs in the window + 1) for each output number": 25_600,
    }
    assert sum(causes_of("resnet18", "torchinfo").values()) == 10_600
    assert causes_of("CustomAlexNet", "torchinfo") == {"biases counted as MACs (Conv2d)": 487_908, "biases counted as MACs (Linear)": 6_120}
    assert causes_of("CustomAlexNet", "thop") == {}


def test_a_residue_is_shown_as_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take a rule away: what it explained must come back as residue."""
    monkeypatch.setattr(habits, "NORMS", (nn.LayerNorm,))
    model = nn.Sequential(nn.Conv2d(3, 4, 1), nn.BatchNorm2d(4))
    report = cost(model, (3, 5, 5))
    thop = next(counter for counter in report.counters if counter.name.startswith("thop"))
    assert thop.residue == 4 * 100
    assert "400" in str(report).split("thop")[-1]


def test_a_layer_under_two_parents_in_thop() -> None:
    model, shape, macs = ODD["a shared layer"]
    thop = next(counter for counter in cost(model, shape).counters if counter.name.startswith("thop"))
    assert thop.causes == {"a module under 2 parents is counted 2² times": 3 * macs}


def test_torchs_counter_misses_matrix_by_vector() -> None:
    model, shape, _ = ODD["matrix by vector"]
    torchs = cost(model, shape).counters[0]
    assert (torchs.macs, torchs.causes) == (0, {"matrix by vector (aten.mv): no formula in torch's counter": -24})


def test_random_state_of_counting_is_not_seen_by_others() -> None:
    torch.manual_seed(3)
    first = torch.rand(1)
    torch.manual_seed(3)
    cost("googlenet")
    assert torch.rand(1) == first
