"""Digits as tensors: the packaged sample, the four files of MNIST and its kin, and what is checked before they are believed."""

from __future__ import annotations

import gzip
import hashlib
import os
import struct
import zipfile
import zlib
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from kit.errors import UserError

MEAN, DEVIATION = 0.1307, 0.3081  # of the 60,000 training images' pixels, scaled to 0 … 1
SIDE = 28
SAMPLE = Path(__file__).with_name("sample.npz")
FILES = {  # the four files of the MNIST family, by the part of the data that each holds
    "train_images": "train-images-idx3-ubyte",
    "train_labels": "train-labels-idx1-ubyte",
    "test_images": "t10k-images-idx3-ubyte",
    "test_labels": "t10k-labels-idx1-ubyte",
}


@dataclass(frozen=True)
class Digits:
    """Images and labels, resident in memory.

    train_images, test_images: uint8 (N, 28, 28), 0 background … 255 ink.
    train_labels, test_labels: int64 (N,).
    name: what the data are called in reports.

    >>> digits = sample()
    >>> digits.train_images.shape, digits.test_labels.dtype
    (torch.Size([5000, 28, 28]), torch.int64)
    """

    train_images: Tensor
    train_labels: Tensor
    test_images: Tensor
    test_labels: Tensor
    name: str = "mnist"

    def held_out(self, count: int = 5000) -> Digits:
        """The last `count` training images in the place of the test set: settings are chosen there.

        The last, not random ones: MNIST's neighbours are one writer's, and a writer should be on one side alone.

        >>> split = sample().held_out(1000)
        >>> len(split.train_labels), len(split.test_labels), split.name
        (4000, 1000, 'mnist-sample, held out 1000')
        """
        if not 0 < count < len(self.train_labels):
            raise UserError(f"cannot hold out {count} of {len(self.train_labels)} training images")
        return Digits(
            self.train_images[:-count],
            self.train_labels[:-count],
            self.train_images[-count:],
            self.train_labels[-count:],
            f"{self.name}, held out {count}",
        )

    def to(self, device: torch.device | str) -> Digits:
        """The same digits on another device."""
        parts = {part: getattr(self, part).to(device) for part in FILES}
        return replace(self, **parts)


def normalise(images: Tensor) -> Tensor:
    """What a network reads: (pixel/255 − 0.1307) / 0.3081.

    images: uint8 (N, 28, 28) → float32 (N, 1, 28, 28).
    >>> normalise(torch.zeros(2, 28, 28, dtype=torch.uint8))[0, 0, 0, 0].item()
    -0.4242129623889923
    """
    if images.dtype != torch.uint8 or images.dim() != 3:
        raise ValueError(f"normalise takes uint8 images (N, H, W), not {images.dtype} {tuple(images.shape)}")
    return images[:, None].float().div_(255).sub_(MEAN).div_(DEVIATION)


def sample() -> Digits:
    """The packaged sample of MNIST: 5,000 training and 1,000 test digits, balanced by class; no network needed.

    >>> sample().train_labels.bincount().tolist()
    [500, 500, 500, 500, 500, 500, 500, 500, 500, 500]
    """
    return load_archive(SAMPLE, "mnist-sample")


def home() -> Path:
    """Where data are kept: the folder in KIT_DATA, else ./data."""
    return Path(os.environ.get("KIT_DATA") or "data")


def load(source: str) -> Digits:
    """Digits by name or path: ``mnist``, ``fashion``, ``sample``, a folder of the four IDX files, or an .npz like the sample.

    Errors: UserError that names the file and what is wrong with it, or how to fetch what is missing.
    """
    if source == "sample":
        return sample()
    if source in ("mnist", "fashion"):
        folder = home() / source
        if not folder.is_dir():
            raise UserError(
                f"{source} is not in {folder}. Fetch it: kit data {source}   (or set KIT_DATA to the folder that has {source}/)"
            )
        return load_folder(folder, source)
    path = Path(source)
    if path.is_dir():
        return load_folder(path, path.name)
    if path.is_file():
        return load_archive(path, path.stem)
    raise UserError(f"--data {source}: neither mnist, fashion or sample, nor a folder or .npz file that exists")


def load_folder(folder: Path, name: str) -> Digits:
    """The four IDX files of a folder, plain or .gz, there or in torchvision's MNIST/raw below it."""
    parts: dict[str, Tensor] = {}
    for part, filename in FILES.items():
        places = [below / (filename + ending) for below in (folder, folder / "MNIST/raw", folder / "raw") for ending in ("", ".gz")]
        path = next((place for place in places if place.is_file()), None)
        if path is None:
            raise UserError(f"{folder / filename} is missing (plain or .gz). Fetch it: kit data")
        parts[part] = read_idx(path)
    return checked(parts, name, folder)


def load_archive(path: Path, name: str) -> Digits:
    """An .npz file with the four arrays train_images, train_labels, test_images, test_labels."""
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
            absent = [part for part in FILES if part not in archive.files]
            if absent:
                raise UserError(f"{path} has no array {absent[0]!r}; it has {', '.join(archive.files) or 'none'}")
            parts = {part: torch.from_numpy(archive[part]) for part in FILES}
    except (OSError, ValueError, TypeError, zipfile.BadZipFile, zlib.error) as error:
        raise UserError(f"{path} is not a readable .npz archive: {error}") from error
    return checked(parts, name, path)


def read_idx(path: Path) -> Tensor:
    """One IDX file of unsigned bytes (LeCun's format), plain or gzipped, as a uint8 tensor.

    The header is two zero bytes, the type 8, the number of dimensions, and each size as a big-endian 32-bit number.
    Errors: UserError for a file cut short, bytes too many, another type or a header that is none.
    """
    try:
        raw = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    except (OSError, EOFError, zlib.error) as error:
        raise UserError(f"{path} cannot be read: {error}") from error
    if len(raw) < 4 or raw[:3] != b"\0\0\x08" or not 1 <= raw[3] <= 3:
        raise UserError(f"{path} is no IDX file of bytes: it starts with {raw[:4].hex(' ') or 'nothing'}, not with 00 00 08 and 01 … 03")
    dims = raw[3]
    if len(raw) < 4 + 4 * dims:
        raise UserError(f"{path} ends inside its header, after {len(raw)} bytes")
    shape = struct.unpack(f">{dims}I", raw[4 : 4 + 4 * dims])
    wanted = 4 + 4 * dims + int(np.prod(shape, dtype=object))
    if len(raw) != wanted:
        fault = "is cut short" if len(raw) < wanted else "is too long"
        raise UserError(f"{path} {fault}: its header says {shape}, which takes {wanted:,} bytes, and it has {len(raw):,}")
    return torch.from_numpy(np.frombuffer(raw, np.uint8, offset=4 + 4 * dims).reshape(shape).copy())


def checked(parts: dict[str, Tensor], name: str, where: Path) -> Digits:
    """Digits of four arrays, once their shapes, types and labels make sense."""
    for split in ("train", "test"):
        images, labels = parts[f"{split}_images"], parts[f"{split}_labels"]
        if images.dtype != torch.uint8 or images.dim() != 3 or images.shape[1:] != (SIDE, SIDE):
            raise UserError(f"{where}: {split}_images is {images.dtype} {tuple(images.shape)}, not uint8 (N, {SIDE}, {SIDE})")
        if labels.dim() != 1 or labels.is_floating_point() or len(labels) != len(images) or len(labels) == 0:
            raise UserError(f"{where}: {split}_labels is {labels.dtype} {tuple(labels.shape)} for {len(images)} images")
        if not 0 <= int(labels.min()) <= int(labels.max()) <= 9:
            raise UserError(f"{where}: {split}_labels has {int(labels.min())} … {int(labels.max())}, not 0 … 9")
        parts[f"{split}_labels"] = labels.long()
    return Digits(**parts, name=name)


def pick_balanced(labels: np.ndarray, per_class: int) -> np.ndarray:
    """Indices of `per_class` images of each class, evenly spread over the data, in the data's order: how the sample was made.

    >>> pick_balanced(np.array([0, 1, 0, 1, 0, 1]), per_class=2).tolist()
    [0, 1, 4, 5]
    """
    picks = []
    for digit in np.unique(labels):
        places = np.flatnonzero(labels == digit)
        picks.append(places[np.linspace(0, len(places) - 1, per_class).round().astype(int)])
    return np.sort(np.concatenate(picks))


def write_sample(digits: Digits, path: Path, train: int = 5000, test: int = 1000) -> str:
    """Make the packaged sample from full MNIST; returns its SHA-256. The archive carries no clock: same digits, same bytes."""
    chosen = {}
    for split, count in (("train", train), ("test", test)):
        labels = getattr(digits, f"{split}_labels").numpy()
        picked = pick_balanced(labels, count // 10)
        chosen[f"{split}_images"] = getattr(digits, f"{split}_images").numpy()[picked]
        chosen[f"{split}_labels"] = labels[picked]
    np.savez_compressed(path, **chosen)
    return hashlib.sha256(path.read_bytes()).hexdigest()
