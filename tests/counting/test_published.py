"""All 80 classification models of torchvision at their published sizes: MACs to three decimals of 10⁹, parameters to the last.

The exceptions, with their causes, are in the table; there are no others. regnets compute their widths with small tensors,
and vit_h_14's first weights want 518 pixels: both are built as their makers mean it, and are no exceptions.
"""

from __future__ import annotations

import pytest
from torchvision import models

from kit.counting import cost

NAMES = models.list_models(module=models)
#: Parameters beyond the published number: googlenet's two auxiliary heads, which its published count leaves out.
MORE_PARAMETERS = {"googlenet": 6_379_984}


def test_there_are_eighty() -> None:
    assert len(NAMES) == 80


@pytest.mark.parametrize("name", NAMES)
def test_published_figures(name: str) -> None:
    report = cost(name, counters=False)
    assert round(report.macs / 1e9, 3) == report.published_gmacs
    assert report.params == report.published_params + MORE_PARAMETERS.get(name, 0)
    assert not report.unattributed


def test_googlenets_surplus_is_its_auxiliary_heads() -> None:
    layers = cost("googlenet", counters=False).layers
    unread = [layer for layer in layers if layer.note == "no operation of this pass reads it"]
    assert {layer.name.split(".")[0] for layer in unread} == {"aux1", "aux2"}
    assert sum(layer.params for layer in unread) == MORE_PARAMETERS["googlenet"]
