"""What a report looks like: on terminals of two widths, as the homework's screenshot, and in files."""

from __future__ import annotations

import csv
import io
import json
import sys
from pathlib import Path

import pytest
import torch
from torch import nn

from kit.counting import cost
from kit.counting.export import as_csv, as_html, as_json, as_markdown
from kit.counting.plots import save_plot
from kit.counting.report import as_text, summary
from kit.errors import UserError

SCREENSHOT = """\
FLOPS: 705535424.0 Parameters: 45463084.0
(thop's wording: the first number is MACs, FLOPs are twice it)
----------------------------------------------------------------
        Layer (type)               Output Shape         Param #
================================================================
            Conv2d-1           [-1, 64, 55, 55]          23,296
            Conv2d-2          [-1, 196, 27, 27]         313,796
            Conv2d-3          [-1, 384, 13, 13]         677,760
            Conv2d-4          [-1, 256, 13, 13]         884,992
            Conv2d-5          [-1, 256, 13, 13]         590,080
            Linear-6                 [-1, 4096]      37,752,832
            Linear-7                 [-1, 1024]       4,195,328
            Linear-8                 [-1, 1000]       1,025,000
================================================================
Total params: 45,463,084
Trainable params: 45,463,084
Non-trainable params: 0
----------------------------------------------------------------
Input size (MB): 0.57
Forward/backward pass size (MB): 3.77
Params size (MB): 173.43
Estimated Total Size (MB): 177.77
----------------------------------------------------------------"""


@pytest.fixture(scope="module")
def alexnet():
    return cost("CustomAlexNet")


def test_the_homeworks_screenshot(alexnet) -> None:
    assert summary(alexnet) == SCREENSHOT


@pytest.mark.parametrize("width", [80, 120])
@pytest.mark.parametrize("name", ["CustomAlexNet", "resnet18", "vit_b_16"])
def test_a_report_keeps_to_the_terminal(width: int, name: str) -> None:
    text = as_text(cost(name), width)
    assert max(map(len, text.splitlines())) <= width
    assert "…" not in text.replace("activations, pooling, …", "")  # nothing is cut off


def test_what_a_report_says(alexnet) -> None:
    text = as_text(alexnet, 120)
    for piece in (
        "64·55·55·3·11²",
        "64·(3·11² + 1)",
        "70,276,800",
        "140,553,600",
        "648,626,688",
        "91.9%",
        "biases counted as MACs (Conv2d)",
        "+487,908",
    ):
        assert piece in text
    assert str(alexnet).startswith("CustomAlexNet on an input of 3×224×224")


def test_json_keeps_its_layout(alexnet) -> None:
    data = json.loads(json.dumps(as_json(alexnet)))
    assert (data["model"], data["input"]) == ("CustomAlexNet", [3, 224, 224])
    assert data["totals"] == {"params": 45_463_084, "macs": 705_535_424, "flops": 1_411_070_848}
    first = data["layers"][0]
    assert {key: first[key] for key in ("name", "type", "output_shape", "params", "macs", "flops", "formula")} == {
        "name": "conv1",
        "type": "Conv2d",
        "output_shape": [64, 55, 55],
        "params": 23_296,
        "macs": 70_276_800,
        "flops": 140_553_600,
        "formula": "64·55·55·3·11²",
    }
    for key in ("params", "macs", "flops"):
        assert sum(layer[key] for layer in data["layers"]) == data["totals"][key]
    for counter in data["counters"].values():
        assert counter["residue"] == 0
        assert counter["macs"] == data["totals"]["macs"] + sum(cause["macs"] for cause in counter["causes"])


def test_csv_and_markdown(alexnet) -> None:
    rows = list(csv.DictReader(io.StringIO(as_csv(alexnet))))
    assert (rows[0]["name"], rows[0]["output_shape"], rows[0]["macs"]) == ("conv1", "64×55×55", "70276800")
    markdown = as_markdown(alexnet)
    assert "| conv1 (Conv2d) | 64×55×55 | 64·(3·11² + 1) = 23,296 | 64·55·55·3·11² = 70,276,800 | 140,553,600 |" in markdown


def test_html_escapes_names() -> None:
    class Net(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.parts = nn.ModuleDict({"<script>": nn.Linear(3, 2)})

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return self.parts["<script>"](x)

    page = as_html(cost(Net(), (3,), counters=False))
    assert "<script>" not in page
    assert "parts.&lt;script&gt;" in page


def test_a_frame_needs_pandas_and_says_so(alexnet, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(UserError, match="pip install pandas"):
        alexnet.to_dataframe()


@pytest.mark.parametrize("name", ["CiresanNet", "resnet50"])
def test_a_picture(name: str, tmp_path: Path) -> None:
    path = save_plot(cost(name, counters=False), tmp_path / "cost.png")
    assert path.read_bytes().startswith(b"\x89PNG")


def test_a_picture_of_a_model_without_products(tmp_path: Path) -> None:
    assert save_plot(cost(nn.ReLU(), (3, 4, 4), counters=False), tmp_path / "cost.svg").is_file()
