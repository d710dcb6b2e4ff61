"""From what a user types to a model: a contract model of a submission's folder, a torchvision name, or file.py:Name."""

from __future__ import annotations

import ast
import importlib.util
import inspect
import re
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from torch import nn

from kit.counting.operations import Shape
from kit.counting.weightless import build
from kit.errors import UserError, did_you_mean

#: The contract's networks: their input, and arguments for those that have no default. They live in a folder's ex3_models.py.
CONTRACT: dict[str, tuple[Shape, dict[str, Any]]] = {
    "CustomAlexNet": ((3, 224, 224), {"num_classes": 1000}),
    "DepthwiseSeparableConv2d": ((3, 224, 224), {"in_channels": 3, "out_channels": 64, "kernel_size": 3, "padding": 1}),
    "CiresanNet": ((1, 28, 28), {}),
    "ResidualCiresanNet": ((1, 28, 28), {}),
    "CompactNet": ((1, 28, 28), {}),
    "mnist_resnet18": ((1, 28, 28), {}),
}
MODELS_FILE = "ex3_models.py"
_SPELLING = re.compile(r"(?:(?P<file>.+\.py):)?(?P<name>[A-Za-z_]\w*)(?P<call>\(.*\))?", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Found:
    """A model, what it is called, the input that it is meant for (without the batch), and what its makers published."""

    title: str
    model: nn.Module
    input_shape: Shape | None
    published_params: int | None = None
    published_gmacs: float | None = None


def find(name: str, folder: str | Path | None = None) -> Found:
    """The model of this name, built without memory for its weights.

    name: CiresanNet, resnet18 or nets.py:Net, each with arguments if need be: "ResidualCiresanNet(fc_layers=5)".
    folder: a submission that contract models come from; by default solutions/ beside the kit, else ./solutions or ./exercises.
    Raises UserError for an unknown name, and for a file or constructor that raises, with its line.

    >>> find("resnet18").input_shape
    (3, 224, 224)
    """
    match = _SPELLING.fullmatch(name.strip())
    if match is None:
        raise UserError(f"{name!r} is no model: write CiresanNet, resnet18, nets.py:Net or ResidualCiresanNet(fc_layers=5).")
    positional, keywords = _arguments(name, match["name"] + (match["call"] or "()"))
    if match["file"]:
        constructor = _constructor(Path(match["file"]), match["name"])
        return Found(match["name"], _built(name, constructor, positional, keywords), None)
    if match["name"] in CONTRACT:
        shape, defaults = CONTRACT[match["name"]]
        constructor = _constructor(_submission(folder) / MODELS_FILE, match["name"])
        if not match["call"]:
            keywords = defaults
        if match["name"] == "DepthwiseSeparableConv2d":
            shape = (positional[0] if positional else keywords.get("in_channels", 3), *shape[1:])
        return Found(name, _built(name, constructor, positional, keywords), shape)
    return _torchvision(name, match["name"], positional, keywords)


def _arguments(name: str, call: str) -> tuple[list[Any], dict[str, Any]]:
    try:
        tree = ast.parse(call, mode="eval").body
        if isinstance(tree, ast.Call) and all(keyword.arg for keyword in tree.keywords):
            return [ast.literal_eval(value) for value in tree.args], {str(k.arg): ast.literal_eval(k.value) for k in tree.keywords}
    except (SyntaxError, ValueError):
        pass
    raise UserError(f"The arguments in {name!r} are not plain values: write them as in ResidualCiresanNet(fc_layers=5).")


def _submission(folder: str | Path | None) -> Path:
    if folder is not None:
        if not Path(folder).is_dir():
            raise UserError(f"{folder} is no folder.")
        return Path(folder)
    candidates = [Path(__file__).resolve().parents[2] / "solutions", Path("solutions"), Path("exercises")]
    for candidate in candidates:
        if (candidate / MODELS_FILE).is_file():
            return candidate
    raise UserError(f"No {MODELS_FILE} in {', '.join(map(str, candidates))}: name a submission's folder with --from.")


def _constructor(path: Path, name: str) -> Callable[..., nn.Module]:
    if not path.is_file():
        raise UserError(f"There is no file {path}.")
    module_name = f"kit_cost_{path.stem}_{abs(hash(path.resolve()))}"
    specification = importlib.util.spec_from_file_location(module_name, path)
    if specification is None or specification.loader is None:
        raise UserError(f"{path} is not a Python file.")
    module = importlib.util.module_from_spec(specification)
    sys.modules[module_name] = module  # dataclasses and pickling look a class's module up here
    try:
        specification.loader.exec_module(module)
    except (Exception, SystemExit) as error:
        del sys.modules[module_name]
        raise UserError(f"{path} cannot be loaded. {_blame(error, path)}") from error
    found: Callable[..., nn.Module] | None = getattr(module, name, None)  # what it really returns is looked at in _built
    if not callable(found):
        classes = [word for word, value in vars(module).items() if inspect.isclass(value) and issubclass(value, nn.Module)]
        raise UserError(f"{path} has no model {name}. {did_you_mean(name, classes) if classes else 'It defines none.'}")
    return found


def _built(name: str, constructor: Callable[..., Any], positional: list[Any], keywords: dict[str, Any]) -> nn.Module:
    try:
        model = build(lambda: constructor(*positional, **keywords))
    except NotImplementedError as error:
        raise UserError(f"{name} is not written yet: it raises NotImplementedError.") from error
    except (Exception, SystemExit) as error:
        source = Path(inspect.getsourcefile(constructor) or "")
        raise UserError(f"{name} cannot be built. {_blame(error, source)}") from error
    if not isinstance(model, nn.Module):
        raise UserError(f"{name} is a {type(model).__name__}, not a torch.nn.Module.")
    return model


def _blame(error: BaseException, path: Path) -> str:
    """The exception with the last line of the user's own file that led to it."""
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if Path(frame.filename).name == path.name]
    if isinstance(error, SyntaxError):
        lines = [error.lineno]
    where = f" (line {lines[-1]} of {path.name})" if lines else ""
    return f"{type(error).__name__}{where}: {error}"


def _torchvision(spelling: str, name: str, positional: list[Any], keywords: dict[str, Any]) -> Found:
    from torchvision import models

    if name not in models.list_models():
        known = [*CONTRACT, *models.list_models(module=models)]
        raise UserError(f"There is no model {name!r}. {did_you_mean(name, known) if _near(name, known) else _how_to_name()}")
    builder = models.get_model_builder(name)
    accepted = inspect.signature(builder).parameters
    defaults: dict[str, Any] = {"weights": None} | ({"weights_backbone": None} if "weights_backbone" in accepted else {})
    if name in ("googlenet", "inception_v3"):
        defaults["init_weights"] = False  # their initialisation takes a minute, and says so with a warning
    weights = list(models.get_model_weights(name))
    published = weights[0] if weights else None
    if name.startswith("vit_") and published is not None and "image_size" not in keywords:
        defaults["image_size"] = published.meta["min_size"][0]  # as torchvision does it for these weights: 518 for vit_h_14
    crop = published.transforms.keywords.get("crop_size") if published else None
    shape = (3, crop, crop) if isinstance(crop, int) else (3, 224, 224) if crop is None else None
    plain = published is not None and not positional and not keywords
    model = _built(spelling, builder, positional, defaults | keywords)
    return Found(
        spelling,
        model,
        shape,
        published.meta["num_params"] if plain and published else None,
        published.meta["_ops"] if plain and published else None,
    )


def _near(name: str, known: list[str]) -> bool:
    return did_you_mean(name, known).startswith("Did you mean")


def _how_to_name() -> str:
    return f"Write one of {', '.join(CONTRACT)}, a torchvision name such as resnet18, or file.py:Name."
