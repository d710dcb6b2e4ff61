"""One thread, so that small tensors do not wait for one another and bits do not depend on the machine's size."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import torch

from kit.training.data import Digits, sample


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture(scope="session")
def few() -> Digits:
    """600 training and 200 test digits of the sample."""
    digits = sample()
    return Digits(digits.train_images[::8][:600], digits.train_labels[::8][:600], digits.test_images[::5], digits.test_labels[::5], "few")
