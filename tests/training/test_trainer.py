"""The trainer: killed at any step it ends with the same bits; a torn checkpoint is never read; its pieces do what they say."""

from __future__ import annotations

import itertools
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from kit.errors import UserError
from kit.training import arithmetic, nets
from kit.training.augment import Distortion
from kit.training.data import Digits, sample
from kit.training.recipes import RECIPES, Recipe, recipe_named
from kit.training.trainer import Arithmetic, Progress, Trainer, judged, logits_of, read_checkpoint, write_checkpoint

# Everything that a checkpoint must hold is in use: dropout's random state, batch norm's and the average's buffers, the schedule.
RECIPE = Recipe(
    "a net with everything",
    epochs=3,
    batch_size=128,
    peak=0.01,
    distortion=Distortion(alpha=20.0, rotation=10.0),
    plain_epochs=1,
    average=0.9,
)
STEPS = 5 * 3  # 600 images: four batches of 128 and one of 88, three epochs


class Killed(Exception):
    """In place of a power cut."""


def build() -> nn.Module:
    norm = nn.BatchNorm2d(4)
    return nn.Sequential(nn.Conv2d(1, 4, 5, stride=3), norm, nn.ReLU(), nn.Flatten(), nn.Dropout(0.3), nn.Linear(4 * 8 * 8, 10))


def leaves(value: Any) -> Iterator[Any]:
    """Every number and tensor of a nested state, in order."""
    if isinstance(value, dict):
        for key in value:
            yield from leaves(value[key])
    elif isinstance(value, list | tuple):
        for part in value:
            yield from leaves(part)
    else:
        yield value


def same(first: dict[str, Any], second: dict[str, Any]) -> bool:
    """Bit for bit, but for the clock."""
    for state in (first, second):
        state["at"][5] = 0.0
        for row in state["history"]:
            row["seconds"] = 0.0
    pairs = list(itertools.zip_longest(leaves(first), leaves(second)))
    return all(torch.equal(a, b) if isinstance(a, torch.Tensor) else a == b for a, b in pairs)


@pytest.fixture(scope="module")
def uninterrupted(few: Digits) -> Callable[[str], dict[str, Any]]:
    """The final state of a training that nothing disturbed, in either precision."""
    states: dict[str, dict[str, Any]] = {}

    def state(precision: str) -> dict[str, Any]:
        if precision not in states:
            trainer = Trainer(RECIPE, build, few, seed=3, arithmetic=Arithmetic(precision, channels_last=True))
            trainer.run()
            states[precision] = trainer.state()
        return states[precision]

    return state


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
@pytest.mark.parametrize("last", [1, 4, 5, 6, 11, STEPS - 1])
def test_a_resumed_run_ends_bit_for_bit(
    few: Digits, tmp_path: Path, last: int, precision: str, uninterrupted: Callable[[str], dict[str, Any]]
) -> None:
    """Killed after any step: within an epoch, at its last step, at the first of the next, in the plain epoch."""
    path = tmp_path / "checkpoint"

    def trainer() -> Trainer:
        return Trainer(RECIPE, build, few, seed=3, arithmetic=Arithmetic(precision, channels_last=True))

    def kill(progress: Progress) -> None:
        if progress.epoch * progress.steps + progress.step > last:
            raise Killed

    with pytest.raises(Killed):
        trainer().run(kill, checkpoint=path, every=0.0)
    torch.rand(17)  # what another program drew in between does not matter
    goes_on = trainer()
    goes_on.resume(path)
    assert goes_on.epoch * 5 + goes_on.step == last
    goes_on.run(checkpoint=path, every=0.0)
    assert same(goes_on.state(), uninterrupted(precision))
    assert same(read_checkpoint(path), uninterrupted(precision))


PROGRAM = """
import sys, torch
torch.set_num_threads(1)
from pathlib import Path
sys.path.insert(0, sys.argv[2])
import test_trainer as here
from kit.training.trainer import Trainer
few = here.sample()
trainer = Trainer(here.RECIPE.but(epochs=20), here.build, few, seed=3)
trainer.run(checkpoint=Path(sys.argv[1]), every=0.0)
"""


def test_a_killed_process_leaves_a_checkpoint_that_goes_on(tmp_path: Path) -> None:
    """SIGKILL at whatever moment it comes: the checkpoint is whole, and an earlier state of the same training."""
    path = tmp_path / "checkpoint"
    process = subprocess.Popen([sys.executable, "-c", PROGRAM, str(path), str(Path(__file__).parent)], env={**os.environ, "KIT_DATA": ""})
    deadline = time.monotonic() + 60
    while not path.exists() and time.monotonic() < deadline and process.poll() is None:
        time.sleep(0.01)
    time.sleep(0.1)
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    killed = read_checkpoint(path)
    epoch, step = killed["at"][:2]
    again = Trainer(RECIPE.but(epochs=20), build, sample(), seed=3)

    last = (epoch, step) if step else (epoch - 1, again.steps)  # a checkpoint after an epoch stands at the next one's start

    def stop(progress: Progress) -> None:
        if (progress.epoch, progress.step) == last:
            raise Killed

    with pytest.raises(Killed):
        again.run(stop)
    assert all(torch.equal(a, b) for a, b in zip(again.model.state_dict().values(), killed["model"].values(), strict=True))


def test_a_torn_checkpoint_is_never_read(tmp_path: Path) -> None:
    """Cut anywhere or with one bit turned, it is refused by name."""
    path = tmp_path / "checkpoint"
    write_checkpoint({"weights": torch.arange(1000.0)}, path)
    whole = path.read_bytes()
    assert torch.equal(read_checkpoint(path)["weights"], torch.arange(1000.0))
    for length in (0, 5, 16, 40, 48, len(whole) // 2, len(whole) - 1):
        path.write_bytes(whole[:length])
        with pytest.raises(UserError, match=str(path)):
            read_checkpoint(path)
    turned = bytearray(whole)
    turned[len(whole) // 2] ^= 1
    path.write_bytes(turned)
    with pytest.raises(UserError, match="is damaged"):
        read_checkpoint(path)


def test_a_write_that_fails_leaves_the_old_checkpoint(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "checkpoint"
    write_checkpoint({"step": 1}, path)

    def full(_: int) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="no space"):
        write_checkpoint({"step": 2}, path)
    assert read_checkpoint(path) == {"step": 1}


def test_a_checkpoint_of_another_training_is_refused(few: Digits, tmp_path: Path) -> None:
    path = tmp_path / "checkpoint"
    Trainer(RECIPE, build, few, seed=3).save(path)
    with pytest.raises(UserError, match="its seed is 3, this one's is 4"):
        Trainer(RECIPE, build, few, seed=4).resume(path)
    with pytest.raises(UserError, match="its recipe is"):
        Trainer(RECIPE.but(peak=0.02), build, few, seed=3).resume(path)


def test_every_image_is_seen_once_an_epoch_in_an_order_of_the_epoch(few: Digits) -> None:
    trainer = Trainer(RECIPE, build, few, seed=3)
    orders = []
    for trainer.epoch in range(3):
        orders.append(trainer.epoch_order())
        assert orders[-1].sort().values.tolist() == list(range(600))
    assert not torch.equal(orders[0], orders[1])
    assert not torch.equal(orders[0], Trainer(RECIPE, build, few, seed=4).epoch_order())


def test_the_last_epoch_sees_plain_images(few: Digits) -> None:
    trainer = Trainer(RECIPE, build, few)
    assert not torch.equal(trainer.epoch_images(), few.train_images)
    trainer.epoch = 2
    assert torch.equal(trainer.epoch_images(), few.train_images)


def test_the_average_is_the_running_mean_of_weights_and_buffers(few: Digits) -> None:
    """mean ← 0.9 · mean + 0.1 · weights, from the first step's weights on."""
    trainer = Trainer(RECIPE.but(epochs=1), build, few, seed=3)
    expected: dict[str, torch.Tensor] = {}

    def follow(_: Progress) -> None:
        for name, value in trainer.model.state_dict().items():
            now = value.double()
            expected[name] = now.clone() if name not in expected else 0.9 * expected[name] + 0.1 * now

    trainer.run(follow)
    for name, value in trainer.evaluated.state_dict().items():
        if value.is_floating_point():
            torch.testing.assert_close(value.double(), expected[name], rtol=1e-4, atol=1e-6)


def test_evaluation_is_in_eval_mode_and_leaves_the_mode(few: Digits) -> None:
    trainer = Trainer(RECIPE, build, few)
    first = logits_of(trainer.model, few.test_images, Arithmetic())
    assert torch.equal(first, logits_of(trainer.model, few.test_images, Arithmetic(), batch_size=200))
    assert trainer.model.training


def test_shifted_views_are_judged_together(few: Digits) -> None:
    """Nine moves of one bright pixel in the corner: where it leaves the image, nothing comes in on the other side."""
    image = torch.zeros(1, 28, 28, dtype=torch.uint8)
    image[0, 0, 0] = 255
    views = []
    for down in (-1, 0, 1):
        for right in (-1, 0, 1):
            view = torch.zeros_like(image)
            if down >= 0 and right >= 0:
                view[0, down, right] = 255
            views.append(view)
    model = Trainer(RECIPE, build, few).model
    expected = logits_of(model, torch.cat(views), Arithmetic()).log_softmax(1).mean(0, keepdim=True)
    torch.testing.assert_close(judged(model, image, Arithmetic(), shifts=1), expected, rtol=1e-5, atol=1e-6)  # another order of the sum
    assert torch.equal(judged(model, image, Arithmetic()), logits_of(model, image, Arithmetic()))


def test_arithmetic_is_measured_and_checked() -> None:
    digits = sample()
    found = arithmetic.trials(nets.FastNet, digits.train_images[:64], digits.train_labels[:64], budget=0.01)
    assert [trial.arithmetic for trial in found] == list(arithmetic.CANDIDATES)
    assert all(trial.trustworthy for trial in found)
    assert arithmetic.choose(found) == min(found, key=lambda trial: trial.seconds).arithmetic
    wrong = [arithmetic.Trial(Arithmetic("bfloat16"), 0.1, cosine=float("nan"))]
    assert arithmetic.choose(wrong) == Arithmetic("float32")


def test_recipes_survive_being_written_down() -> None:
    for recipe in RECIPES.values():
        assert Recipe.of(recipe.plain()) == recipe
    with pytest.raises(UserError, match="Did you mean CompactNet"):
        recipe_named("CompactNett")


def test_models_come_from_anyones_file(tmp_path: Path) -> None:
    path = tmp_path / "ex3_models.py"
    with pytest.raises(UserError, match="does not exist"):
        nets.build("CompactNet", {}, tmp_path)
    cases = {
        "import torch\nCompactNet = torch.nn.Linear": "cannot be built: TypeError",
        "def CompactNet(): return 3": "is no torch module but int",
        "CompactNet = None +": "cannot be built: SyntaxError",
        "raise SystemExit(0)": "cannot be built: SystemExit",
        "CompatNet = 1": "has no CompactNet. Did you mean CompatNet",
        "def CompactNet(): raise NotImplementedError": "cannot be built: NotImplementedError",
    }
    for source, message in cases.items():
        path.write_text(source)
        with pytest.raises(UserError, match=message):
            nets.build("CompactNet", {}, tmp_path)
    path.write_text("import torch\nclass CompactNet(torch.nn.Linear):\n    def __init__(self):\n        super().__init__(2, 3)")
    assert isinstance(nets.build("CompactNet", {}, tmp_path), nn.Linear)
