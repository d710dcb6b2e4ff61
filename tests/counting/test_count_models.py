"""From a name to a model, and the errors on the way."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from kit.counting.models import find
from kit.errors import UserError

NETS = '''
import torch
from torch import nn

class Net(nn.Module):
    def __init__(self, width=4):
        super().__init__()
        self.layer = nn.Linear(3, width)
    def forward(self, x):
        return self.layer(x)

class Broken(nn.Module):
    def __init__(self):
        super().__init__()
        self.size = {}["missing"]

class Todo(nn.Module):
    def __init__(self):
        raise NotImplementedError("ex3")

class Reading(nn.Module):
    """Reads a number of its own weight, which a model without weights does not have."""
    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(3, 2)
        self.scale = float(self.layer.weight.sum())

def number():
    return 3
'''


@pytest.fixture
def nets(tmp_path: Path) -> Path:
    path = tmp_path / "nets.py"
    path.write_text(NETS)
    return path


def test_a_class_of_a_file(nets: Path) -> None:
    found = find(f"{nets}:Net(width=7)")
    assert found.model.layer.out_features == 7
    assert found.model.layer.weight.device.type == "meta"


def test_a_model_that_reads_its_weights_is_built_with_them(nets: Path) -> None:
    assert find(f"{nets}:Reading").model.layer.weight.device.type == "cpu"


BAD = [
    ("nope.py:Net", "There is no file nope.py."),
    ("{}:Nett", "has no model Nett. Did you mean Net?"),
    ("{}:Broken", "KeyError (line 15 of nets.py): 'missing'"),
    ("{}:Todo", "is not written yet"),
    ("{}:number", "is a int, not a torch.nn.Module"),
    ("{}:Net(width=unknown)", "are not plain values"),
    ("{}:Net(1, 2, 3)", "TypeError"),
    ("resnet81", "Did you mean resnet18"),
    ("no such thing", "is no model"),
    ("xyzzy", "There is no model 'xyzzy'. Write one of CustomAlexNet"),
    ("resnet18(weights=5)", "cannot be built"),
]


@pytest.mark.parametrize(("name", "message"), BAD)
def test_names_that_lead_nowhere(nets: Path, name: str, message: str) -> None:
    with pytest.raises(UserError, match=re.escape(message)):
        find(name.format(nets))


def test_a_file_that_raises_is_blamed_with_its_line(tmp_path: Path) -> None:
    for text, message in [
        ("x = 1\ny = 1 / 0\n", "ZeroDivisionError (line 2 of bad.py)"),
        ("def (", "SyntaxError (line 1 of bad.py)"),
        ("import sys\nsys.exit(3)", "SystemExit (line 2 of bad.py)"),
    ]:
        (tmp_path / "bad.py").write_text(text)
        with pytest.raises(UserError, match=re.escape(message)):
            find(f"{tmp_path / 'bad.py'}:Net")


def test_a_submissions_folder(tmp_path: Path, nets: Path) -> None:
    (tmp_path / "ex3_models.py").write_text(nets.read_text().replace("class Net", "class CiresanNet"))
    assert find("CiresanNet", tmp_path).model.layer.out_features == 4
    assert find("CiresanNet", tmp_path).input_shape == (1, 28, 28)
    with pytest.raises(UserError, match="has no model CompactNet"):
        find("CompactNet", tmp_path)
    with pytest.raises(UserError, match="is no folder"):
        find("CiresanNet", tmp_path / "absent")


def test_torchvisions_published_figures_belong_to_the_plain_model() -> None:
    assert find("resnet18").published_params == 11_689_512
    assert find("resnet18(num_classes=10)").published_params is None
    assert find("vit_h_14").input_shape == (3, 518, 518)
