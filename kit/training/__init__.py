"""The reference trainer: data, augmentation, recipes, trainer, runs, statistics and figures. Knows nothing of grading."""
