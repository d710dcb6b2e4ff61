"""The kit's own small nets, and a model by its name from anyone's file."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import Any

from torch import Tensor, nn
from torch.nn import functional as F

from kit.errors import UserError, did_you_mean

FILENAME = "ex3_models.py"


class FastNet(nn.Module):
    """Two convolutions, for 99 % within seconds: (N, 1, 28, 28) → (N, 10) logits; 28,938 parameters.

    Pools come before ReLU, which changes nothing but the work: the maximum commutes with ReLU.
    After T. Malmivirta's one-epoch net.
    """

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(1, 24, 5)
        self.conv2 = nn.Conv2d(24, 32, 3)
        self.fc1 = nn.Linear(32 * 5 * 5, 10)

    def forward(self, x: Tensor) -> Tensor:  # (N, 1, 28, 28)
        x = F.relu(F.max_pool2d(self.conv1(x), 2))  # (N, 24, 12, 12)
        x = F.relu(F.max_pool2d(self.conv2(x), 2))  # (N, 32, 5, 5)
        logits: Tensor = self.fc1(x.flatten(1))  # (N, 10)
        return logits


OWN: dict[str, type[nn.Module]] = {"FastNet": FastNet}


def build(name: str, options: dict[str, Any], folder: Path) -> nn.Module:
    """A net of the kit, or the model of this name in `folder`/ex3_models.py, freshly initialised.

    Errors: UserError for a missing file or name, or code that raises, naming the file.
    """
    if name in OWN:
        return OWN[name](**options)
    path = folder / FILENAME
    if not path.is_file():
        raise UserError(f"{path} does not exist: --from names the folder whose {FILENAME} has {name}")
    spec = importlib.util.spec_from_file_location(f"kit_model_{abs(hash(path.resolve()))}", path)
    if spec is None or spec.loader is None:
        raise UserError(f"{path} is no Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses and pickle look their module up
    try:
        spec.loader.exec_module(module)
        if not hasattr(module, name):
            raise UserError(f"{path} has no {name}. {did_you_mean(name, [key for key in vars(module) if not key.startswith('_')])}")
        model = getattr(module, name)(**options)
    except (Exception, SystemExit) as error:
        if isinstance(error, UserError):
            raise
        raise UserError(f"{path}: {name} cannot be built: {type(error).__name__}: {error}") from error
    if not isinstance(model, nn.Module):
        raise UserError(f"{path}: {name} is no torch module but {type(model).__name__}")
    return model
