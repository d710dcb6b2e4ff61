"""Small submissions that are graded quickly."""

from __future__ import annotations

from pathlib import Path

import pytest

RIGHT = """
def conv_params(in_channels, out_channels, kernel_size, groups=1, bias=True):
    print("hello \\x1b[2J")
    return out_channels * (in_channels // groups * kernel_size**2 + bool(bias))

def linear_macs(in_features, out_features):
    return in_features * out_features
"""
ONE_BIAS = RIGHT.replace("+ bool(bias))", ") + bool(bias)")  # one bias for the whole layer: a mistake that has a name


@pytest.fixture
def a_class(tmp_path: Path) -> list[Path]:
    """Four folders: right, wrong, right again, empty-handed."""
    texts = {"ann": RIGHT, "bob": ONE_BIAS, "cy": RIGHT + "# mine\n", "dee": "def conv_params(*a):\n    raise NotImplementedError\n"}
    for name, text in texts.items():
        (tmp_path / "class" / name).mkdir(parents=True)
        (tmp_path / "class" / name / "ex1_conv_cost.py").write_text(text)
    return sorted((tmp_path / "class").iterdir())
