"""The packaged sample, and what is said of data that cannot be used."""

from __future__ import annotations

import gzip
import hashlib
import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

from kit.errors import UserError
from kit.training.data import FILES, MEAN, Digits, load, load_folder, normalise, pick_balanced, read_idx, sample, write_sample


def idx(array: np.ndarray) -> bytes:
    return b"\0\0\x08" + bytes([array.ndim]) + struct.pack(f">{array.ndim}I", *array.shape) + array.astype(np.uint8).tobytes()


def write_folder(folder: Path, digits: Digits, ending: str = "") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for part, name in FILES.items():
        raw = idx(getattr(digits, part).numpy())
        (folder / (name + ending)).write_bytes(gzip.compress(raw) if ending else raw)
    return folder


def test_the_sample_is_what_its_page_says() -> None:
    """Arrays rather than the archive are hashed: another zlib may pack them otherwise."""
    digits = sample()
    assert [tuple(getattr(digits, part).shape) for part in FILES] == [(5000, 28, 28), (5000,), (1000, 28, 28), (1000,)]
    assert digits.train_labels.bincount().tolist() == [500] * 10
    assert digits.test_labels.bincount().tolist() == [100] * 10
    content = hashlib.sha256(b"".join(getattr(digits, part).numpy().tobytes() for part in FILES)).hexdigest()
    assert content == "b8fea48311ee08d6aba83dfd0659daa4181e4f06db4fc4e012e294ff60aa862e"


def test_a_sample_is_made_deterministically(few: Digits, tmp_path: Path) -> None:
    first = write_sample(few, tmp_path / "a.npz", train=100, test=50)
    assert first == write_sample(few, tmp_path / "b.npz", train=100, test=50)
    assert load(str(tmp_path / "a.npz")).train_labels.bincount().tolist() == [10] * 10


def test_picks_are_spread_and_in_order() -> None:
    labels = np.array([3, 3, 3, 1, 1, 3, 1, 3])
    assert pick_balanced(labels, 2).tolist() == [0, 3, 6, 7]


def test_normalise_gives_the_known_mean_and_deviation() -> None:
    images = normalise(sample().train_images)
    assert images.shape == (5000, 1, 28, 28)
    # The sample's own mean and deviation differ a little from the whole set's, for which the constants hold.
    assert abs(float(images.mean())) < 0.02
    assert abs(float(images.std()) - 1) < 0.02
    with pytest.raises(ValueError, match="uint8"):
        normalise(images)
    assert float(normalise(torch.full((1, 2, 2), 255, dtype=torch.uint8))[0, 0, 0, 0]) == pytest.approx((1 - MEAN) / 0.3081)


@pytest.mark.parametrize("ending", ["", ".gz"])
@pytest.mark.parametrize("below", ["", "MNIST/raw"])
def test_folders_in_torchvisions_layouts(few: Digits, tmp_path: Path, ending: str, below: str) -> None:
    write_folder(tmp_path / below, few, ending)
    found = load(str(tmp_path))
    assert torch.equal(found.train_images, few.train_images)
    assert torch.equal(found.test_labels, few.test_labels)


def test_held_out_images_are_the_last_of_the_training_set(few: Digits) -> None:
    split = few.held_out(100)
    assert torch.equal(split.test_images, few.train_images[-100:])
    assert len(split.train_images) == 500
    with pytest.raises(UserError, match="cannot hold out 600"):
        few.held_out(600)


FAULTS: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "cut short": (lambda raw: raw[:-1], "is cut short: its header says"),
    "too long": (lambda raw: raw + b"x", "is too long"),
    "empty": (lambda _: b"", "is no IDX file of bytes: it starts with nothing"),
    "a page of a proxy": (lambda _: b"<html>blocked", "starts with 3c 68 74 6d"),
    "floats": (lambda raw: b"\0\0\x0d" + raw[3:], "starts with 00 00 0d"),
    "inside the header": (lambda raw: raw[:9], "ends inside its header, after 9 bytes"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_damaged_file_is_named_with_its_fault(few: Digits, tmp_path: Path, fault: str) -> None:
    damage, message = FAULTS[fault]
    path = write_folder(tmp_path, few) / FILES["train_images"]
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(UserError, match=message) as caught:
        load(str(tmp_path))
    assert str(path) in str(caught.value)


def test_a_cut_gzip_file_is_named(few: Digits, tmp_path: Path) -> None:
    path = write_folder(tmp_path, few, ".gz") / (FILES["test_images"] + ".gz")
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(UserError, match=r"t10k-images-idx3-ubyte\.gz cannot be read"):
        read_idx(path)


SHAPES = {
    "labels of another count": ("train_labels", np.zeros(3), "train_labels is torch.uint8 (3,) for 600 images"),
    "pictures of another size": ("test_images", np.zeros((200, 28, 29)), "test_images is torch.uint8 (200, 28, 29), not uint8 (N, 28, 28)"),
    "an eleventh digit": ("test_labels", np.full(200, 10), "test_labels has 10 … 10, not 0 … 9"),
    "no image at all": ("test_labels", np.zeros(0), "test_labels is torch.uint8 (0,)"),
}


@pytest.mark.parametrize("case", SHAPES)
def test_wrong_shapes_are_named(few: Digits, tmp_path: Path, case: str) -> None:
    part, array, message = SHAPES[case]
    (write_folder(tmp_path, few) / FILES[part]).write_bytes(idx(array))
    with pytest.raises(UserError) as caught:
        load_folder(tmp_path, "few")
    assert message in str(caught.value)


def test_missing_data_say_how_to_get_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KIT_DATA", str(tmp_path))
    with pytest.raises(UserError, match="kit data mnist"):
        load("mnist")
    (tmp_path / "mnist").mkdir()
    with pytest.raises(UserError, match=r"train-images-idx3-ubyte is missing .*kit data"):
        load("mnist")
    with pytest.raises(UserError, match="neither mnist, fashion or sample"):
        load("mnits")


def test_an_archive_that_is_none_is_named(few: Digits, tmp_path: Path) -> None:
    torn = tmp_path / "torn.npz"
    write_sample(few, torn, train=10, test=10)
    torn.write_bytes(torn.read_bytes()[:-300])
    with pytest.raises(UserError, match=r"torn\.npz is not a readable \.npz archive"):
        load(str(torn))
    np.savez(tmp_path / "half.npz", train_images=few.train_images.numpy())
    with pytest.raises(UserError, match="has no array 'train_labels'; it has train_images"):
        load(str(tmp_path / "half.npz"))
