"""A run's folder, its numbers against scikit-learn and torch, its results file, and the commands that show it."""

from __future__ import annotations

import csv
import hashlib
import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import torch
from sklearn import metrics
from typer.testing import CliRunner

from kit.cli import app
from kit.errors import UserError
from kit.training import recipes, runs
from kit.training.data import Digits, write_sample
from kit.training.recipes import Recipe
from kit.training.reproduce import train_missing
from kit.training.runs import Config, Result, append, measure, read_results

QUICK = Recipe("FastNet", epochs=2, batch_size=128, peak=0.01)


@pytest.fixture
def source(few: Digits, tmp_path: Path) -> str:
    """The few digits as a file, as --data takes it."""
    write_sample(few, tmp_path / "few.npz", train=600, test=200)
    return str(tmp_path / "few.npz")


def test_measured_numbers_are_scikit_learns() -> None:
    logits = torch.randn(300, 10, generator=torch.Generator().manual_seed(0))
    targets = torch.randint(9, (300,), generator=torch.Generator().manual_seed(1))  # nothing is a nine: a class without a target
    found, guesses = measure(logits, targets), logits.argmax(1)
    how = {"average": "macro", "zero_division": 0}
    assert found["precision"] == pytest.approx(metrics.precision_score(targets, guesses, **how))
    assert found["recall"] == pytest.approx(metrics.recall_score(targets, guesses, **how))
    assert found["f1"] == pytest.approx(metrics.f1_score(targets, guesses, **how))
    assert found["accuracy"] == pytest.approx(metrics.accuracy_score(targets, guesses))
    assert found["loss"] == pytest.approx(metrics.log_loss(targets, logits.double().softmax(1), labels=range(10)), rel=1e-5)
    assert found["predictions_sha256"] == hashlib.sha256(guesses.to(torch.uint8).numpy().tobytes()).hexdigest()
    restored = targets.clone()
    for index, guess in found["wrong"]:
        restored[index] = guess
    assert torch.equal(restored, guesses)  # targets and mistakes are the predictions


def test_a_run_leaves_its_folder_and_is_a_function_of_its_configuration(source: str, tmp_path: Path) -> None:
    config = Config("quick", QUICK, data=source, seed=5, threads=1)
    result = runs.run(config, tmp_path / "a")
    again = runs.run(config, tmp_path / "b")
    assert result.predictions_sha256 == again.predictions_sha256
    assert (result.accuracy, result.loss) == (again.accuracy, again.loss)
    assert result.accuracy > 0.7
    assert Config.of(json.loads((tmp_path / "a/config.json").read_text())) == config
    assert Result(**json.loads((tmp_path / "a/result.json").read_text())) == result
    with (tmp_path / "a/history.csv").open(newline="") as file:
        assert [int(row["epoch"]) for row in csv.DictReader(file)] == [1, 2]
    with np.load(tmp_path / "a/predictions.npz") as archive:
        assert int((archive["logits"].argmax(1) != archive["targets"]).sum()) == len(result.wrong)


def test_a_finished_run_is_not_trained_again(source: str, tmp_path: Path) -> None:
    config = Config("quick", QUICK, data=source, threads=1)
    first = runs.run(config, tmp_path / "run")
    seen: list[int] = []
    second = runs.run(config, tmp_path / "run", lambda step: seen.append(step.step))
    assert seen == []
    assert second.predictions_sha256 == first.predictions_sha256


def test_held_out_images_stand_in_for_the_test_set(source: str, tmp_path: Path) -> None:
    result = runs.run(Config("quick", QUICK, data=source, held_out=100, threads=1), tmp_path / "run")
    assert (result.images, result.total) == (500, 100)
    curve = json.loads((tmp_path / "run/curve.json").read_text())
    assert curve["history"][-1]["held_out_accuracy"] == pytest.approx(result.accuracy, abs=0.011)


def test_results_are_lines_that_can_be_read_again(source: str, tmp_path: Path) -> None:
    path = tmp_path / "deep/results.jsonl"
    assert read_results(path) == []
    result = runs.run(Config("quick", QUICK, data=source, threads=1), tmp_path / "run")
    append(result, path)
    append(result, path)
    assert read_results(path) == [result, result]
    with path.open("a") as file:
        file.write('{"name": "torn')
    with pytest.raises(UserError, match=r"results\.jsonl:3 is no result of a run"):
        read_results(path)


def test_missing_runs_alone_are_trained(few: Digits, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "data/mnist"
    folder.mkdir(parents=True)
    monkeypatch.setattr(runs.data, "load", lambda _: Digits(*(getattr(few, part) for part in runs.data.FILES)))
    monkeypatch.setitem(recipes.RECIPES, "quick", QUICK)
    monkeypatch.setitem(recipes.RECIPES, "quicker", QUICK.but(epochs=1))
    path = tmp_path / "results.jsonl"
    with ThreadPoolExecutor(1) as pool:
        list(train_missing(["quick"], 1, path, tmp_path / "runs", pool))
        added = [(result.name, result.seed) for result in train_missing(["quick", "quicker"], 2, path, tmp_path / "runs", pool)]
        assert sorted(added) == [("quick", 1), ("quicker", 0), ("quicker", 1)]
        assert list(train_missing(["quick", "quicker"], 2, path, tmp_path / "runs", pool)) == []
        with pytest.raises(UserError, match="There is no recipe 'quickest'"):
            list(train_missing(["quickest"], 1, path, tmp_path, pool))


def test_kit_train_prints_the_homeworks_numbers_and_draws(source: str, tmp_path: Path) -> None:
    out = tmp_path / "run"
    words = ["train", "fast", "--data", source, "--seed", "2", "--out", str(out)]
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 0, done.output
    assert "Test set: Average loss: " in done.output
    assert "/200 (" in done.output
    left = {path.name for path in out.iterdir()}
    assert left >= {"card.md", "confusion.png", "learning_curve.png", "mistakes.png", "checkpoint", "history.csv"}
    assert "it is for teaching" in (out / "card.md").read_text()
    assert CliRunner().invoke(app, [*words, "--fresh"]).exit_code == 0


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["fsat"], "Did you mean fast"),
        (["fast", "--data", "nowhere"], "neither mnist, fashion or sample"),
        (["fast", "--data", "sample", "--device", "tpu"], "--device tpu cannot be used"),
        (["fast", "--data", "sample", "--precision", "int8"], "one of auto, float32, bfloat16"),
        (["CompactNet", "--data", "sample", "--from", "nowhere"], "nowhere/ex3_models.py does not exist"),
    ],
)
def test_what_kit_train_cannot_use_is_named(words: list[str], message: str, tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["train", *words, "--out", str(tmp_path / "run")])
    assert isinstance(done.exception, UserError)
    assert message in str(done.exception)


def test_a_run_of_another_length_is_refused_until_fresh(source: str, tmp_path: Path) -> None:
    words = ["train", "fast", "--data", source, "--out", str(tmp_path / "run")]
    assert CliRunner().invoke(app, words).exit_code == 0
    refused = CliRunner().invoke(app, [*words, "--epochs", "2"])
    assert "belongs to another training" in str(refused.exception)
    assert CliRunner().invoke(app, [*words, "--epochs", "2", "--fresh"]).exit_code == 0
