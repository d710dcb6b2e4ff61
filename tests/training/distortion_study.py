"""How far digits should be bent: held-out accuracy and loss of one small net under one distortion after another.

    python tests/training/distortion_study.py            prints the table of docs/distortion.md; a quarter of an hour on two cores

FastNet, six epochs and the last of them plain, on 55,000 training images; 5,000 others are looked at. The same seeds for each row.
"""

from __future__ import annotations

import statistics

from kit.training import data, nets
from kit.training.augment import Distortion
from kit.training.recipes import FAR, FURTHER, RECIPES
from kit.training.runs import measure
from kit.training.trainer import Arithmetic, Trainer, logits_of

SEEDS = 2
ROWS = {
    "none": Distortion(),
    "alpha 10, sigma 4": Distortion(alpha=10, sigma=4),
    "alpha 20, sigma 4": Distortion(alpha=20, sigma=4),
    "alpha 34, sigma 4 (Simard)": Distortion(alpha=34, sigma=4),
    "alpha 50, sigma 4": Distortion(alpha=50, sigma=4),
    "alpha 20, sigma 2.5": Distortion(alpha=20, sigma=2.5),
    "alpha 34, sigma 6": Distortion(alpha=34, sigma=6),
    "FAR without its elastic field": Distortion(rotation=FAR.rotation, scale=FAR.scale, shift=FAR.shift, shear=FAR.shear),
    "FAR: alpha 28, sigma 5, rotation ±12°, scale ±12 %, shift ±2 px, shear ±5 %": FAR,
    "FURTHER: alpha 34, sigma 5, rotation ±15°, scale ±15 %, shift ±2 px, shear ±10 %": FURTHER,
}


def main() -> None:
    digits = data.load("mnist").held_out(5000)
    recipe = RECIPES["fast"].but(epochs=6, plain_epochs=1)
    print("| distortion | accuracy % | SD | loss | training loss |\n| --- | --- | --- | --- | --- |")
    for name, distortion in ROWS.items():
        found, training = [], []
        for seed in range(SEEDS):
            arithmetic = Arithmetic("bfloat16", channels_last=True)
            trainer = Trainer(recipe.but(distortion=distortion), nets.FastNet, digits, seed=seed, arithmetic=arithmetic)
            trainer.run()
            found.append(measure(logits_of(trainer.model, digits.test_images, Arithmetic()), digits.test_labels))
            training.append(trainer.history[-2]["loss"])  # of the last distorted epoch
        accuracies = [100 * one["accuracy"] for one in found]
        loss = statistics.fmean(one["loss"] for one in found)
        row = [name, f"{statistics.fmean(accuracies):.2f}", f"{statistics.stdev(accuracies):.2f}", f"{loss:.4f}"]
        print("| " + " | ".join([*row, f"{statistics.fmean(training):.4f}"]) + " |", flush=True)


if __name__ == "__main__":
    main()
