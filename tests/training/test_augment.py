"""Distortion: its blur against scipy, its warp against a loop, its statistics, and a field for each image."""

from __future__ import annotations

import math

import pytest
import torch
from scipy.ndimage import gaussian_filter1d, map_coordinates

from kit.training.augment import Distortion, affine_grids, blur_matrix, distort, elastic_fields
from kit.training.data import Digits


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


@pytest.mark.parametrize("sigma", [0.7, 1.5, 4.0])
def test_the_banded_matrix_blurs_as_scipy_does(sigma: float) -> None:
    noise = torch.rand(28, 31, generator=generator()).double()
    reach = max(1, math.ceil(4 * sigma))
    expected = gaussian_filter1d(noise.numpy(), sigma, axis=0, mode="constant", radius=reach)
    found = blur_matrix(28, sigma).double() @ noise
    torch.testing.assert_close(found, torch.from_numpy(expected), atol=1e-6, rtol=0)  # the matrix is float32


def test_a_fields_deviation_is_the_formulas() -> None:
    """Away from the border: alpha · √(1/3) / (2 · sigma · √π); 4,000 fields leave a standard error below 1 %."""
    sigma, alpha = 2.0, 34.0
    fields = elastic_fields(4000, 28, alpha, sigma, generator())
    found = float(fields[:, :, 13, 13].std())
    assert found == pytest.approx(alpha * math.sqrt(1 / 3) / (2 * sigma * math.sqrt(math.pi)), rel=0.04)


def test_warped_pixels_are_those_of_scipys_bilinear_sampling(few: Digits) -> None:
    """With alpha alone, each image is sampled at its own field's positions, zero outside."""
    how = Distortion(alpha=30.0, sigma=3.0)
    images = few.test_images[:5]
    found = distort(images, how, generator(7))
    draws = generator(7)
    affine_grids(5, 28, how, draws)  # the affine draws come first
    fields = elastic_fields(5, 28, how.alpha, how.sigma, draws)
    rows, columns = torch.meshgrid(torch.arange(28.0), torch.arange(28.0), indexing="ij")
    for image, field, got in zip(images, fields, found, strict=True):
        where = torch.stack([rows + field[0], columns + field[1]]).numpy()
        expected = map_coordinates(image.float().numpy(), where, order=1, mode="grid-constant", cval=0.0)
        assert float((got.float() - torch.from_numpy(expected)).abs().max()) <= 0.51  # rounded to whole grey levels


def test_every_image_gets_a_field_of_its_own(few: Digits) -> None:
    twice = few.test_images[:1].expand(2, -1, -1)
    one, other = distort(twice, Distortion(alpha=34.0), generator())
    assert not torch.equal(one, other)


def test_nothing_asked_changes_nothing(few: Digits) -> None:
    assert distort(few.test_images, Distortion(), generator()) is few.test_images


def test_draws_come_from_the_generator_alone(few: Digits) -> None:
    how = Distortion(alpha=34.0, rotation=10.0, scale=0.1, shift=1.0, shear=0.1)
    before = torch.get_rng_state()
    first = distort(few.test_images, how, generator(3))
    assert torch.equal(first, distort(few.test_images, how, generator(3)))
    assert torch.equal(before, torch.get_rng_state())


def moments(image: torch.Tensor) -> tuple[float, float]:
    """Centre of mass: row, column."""
    weight = image.double() / image.double().sum()
    ticks = torch.arange(image.shape[-1]).double()
    return float((weight.sum(1) * ticks).sum()), float((weight.sum(0) * ticks).sum())


def test_bounds_are_kept() -> None:
    """A dot off the centre under rotation stays within its angle, and under a shift within its pixels."""
    dot = torch.zeros(400, 28, 28, dtype=torch.uint8)
    dot[:, 13:15, 23:25] = 255  # ten pixels to the right of the centre
    angles, shifts = [], []
    for image in distort(dot, Distortion(rotation=15.0), generator()):
        row, column = moments(image)
        angles.append(math.degrees(math.atan2(row - 13.5, column - 13.5)))
    for image in distort(dot, Distortion(shift=2.0), generator()):
        row, column = moments(image)
        shifts += [row - 13.5, column - 23.5]
    # Bilinear sampling and rounding move a small dot's centre by a few hundredths of a pixel.
    assert max(map(abs, angles)) < 15.5
    assert min(angles) < -14
    assert max(angles) > 14
    assert 1.9 < max(map(abs, shifts)) < 2.1
