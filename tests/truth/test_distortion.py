"""The oracles for elastic distortion against SciPy, and the formula for a field's deviation against fields."""

from __future__ import annotations

import numpy
import pytest
import torch
from scipy.ndimage import gaussian_filter, map_coordinates

from kit.truth import distortion


@pytest.mark.parametrize("shape", [(5, 8), (3, 7, 4), (1, 4, 9)])
def test_warp(shape) -> None:
    numbers = torch.Generator().manual_seed(1)
    image = torch.rand(shape, generator=numbers)
    field = 3 * torch.rand(2, *shape[-2:], generator=numbers) - 1.5
    places = numpy.indices(shape[-2:]) + field.numpy()
    planes = image.reshape(-1, *shape[-2:]).double().numpy()
    # grid-constant: between the last pixel and the next one outside, the image fades out
    want = numpy.stack([map_coordinates(plane, places, order=1, mode="grid-constant", cval=0.0) for plane in planes]).reshape(shape)
    assert distortion.warp(image, field).numpy() == pytest.approx(want, abs=1e-6)


@pytest.mark.parametrize(("sigma", "alpha"), [(2, 5.0), (5, 34.0)])
def test_statistics_of_a_field(sigma, alpha) -> None:
    numbers = numpy.random.default_rng(0)
    noise = numbers.uniform(-1, 1, (16, 2, 300, 300))
    blurred = alpha * gaussian_filter(noise, (0, 0, sigma, sigma))[..., 30:-30, 30:-30]
    found = distortion.measure(torch.from_numpy(blurred), sigma)
    assert found.deviation == pytest.approx(distortion.standard_deviation(alpha, sigma), rel=0.03)
    for near, far in (found.down, found.along):
        assert near == pytest.approx(distortion.correlation(sigma, sigma), abs=0.02)
        assert far == pytest.approx(distortion.correlation(2 * sigma, sigma), abs=0.04)
    assert abs(found.mean) < 0.1 * found.deviation
    assert abs(found.between) < 0.05
