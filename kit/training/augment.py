"""Distorted digits as a few tensor operations: rotation, scaling, shift and an elastic field, drawn for every image."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

CHUNK = 2000  # images warped at a time: their grids stay in the processor's cache


@dataclass(frozen=True)
class Distortion:
    """How far a digit may be bent; uniform draws up to each bound.

    alpha, sigma: the elastic field's strength and smoothness in pixels (Simard, Steinkraus and Platt 2003), as in the
    homework's exercise 4: noise in −1 … 1, blurred by a normalised Gaussian, times alpha.
    rotation: degrees; scale: share of the size, each axis by itself; shift: pixels; shear: share.
    Digits are never flipped: a mirrored 2 is no 2.
    """

    alpha: float = 0.0
    sigma: float = 4.0
    rotation: float = 0.0
    scale: float = 0.0
    shift: float = 0.0
    shear: float = 0.0

    @property
    def changes_nothing(self) -> bool:
        return not (self.alpha or self.rotation or self.scale or self.shift or self.shear)


def blur_matrix(side: int, sigma: float) -> Tensor:
    """A Gaussian blur along one axis as a banded matrix: (side, side), blurred = matrix @ map.

    Each row holds the normalised kernel, cut off at 4 sigma; what falls outside the map is lost, as with zero padding.
    >>> blur_matrix(28, sigma=1.0)[14].sum().item() > 0.9999
    True
    """
    reach = max(1, math.ceil(4 * sigma))
    offsets = torch.arange(side)[:, None] - torch.arange(side)[None, :]
    weights = torch.exp(-(offsets.double() ** 2) / (2 * sigma**2)) * (offsets.abs() <= reach)
    taps = torch.arange(-reach, reach + 1).double()
    return (weights / torch.exp(-(taps**2) / (2 * sigma**2)).sum()).float()


def elastic_fields(count: int, side: int, alpha: float, sigma: float, generator: torch.Generator) -> Tensor:
    """One displacement field for each image, in pixels: (count, 2, side, side), rows first, then columns.

    Two products with a banded matrix do what two convolutions would: blur the rows, blur the columns.
    >>> elastic_fields(3, 28, alpha=34.0, sigma=4.0, generator=torch.Generator().manual_seed(0)).shape
    torch.Size([3, 2, 28, 28])
    """
    blur = blur_matrix(side, sigma).to(generator.device)
    noise = torch.rand(count, 2, side, side, generator=generator, device=generator.device).mul_(2).sub_(1)
    return (blur @ noise @ blur.T).mul_(alpha)


def affine_grids(count: int, side: int, how: Distortion, generator: torch.Generator) -> Tensor:
    """Where every output pixel comes from under a random rotation, scaling, shear and shift: (count, side, side, 2), x first, −1 … 1."""

    def draw(bound: float) -> Tensor:
        return (torch.rand(count, generator=generator, device=generator.device) * 2 - 1) * bound

    angle, shear = draw(math.radians(how.rotation)), draw(how.shear)
    wide, high = 1 + draw(how.scale), 1 + draw(how.scale)
    across, down = draw(how.shift) * 2 / (side - 1), draw(how.shift) * 2 / (side - 1)
    cos, sin = torch.cos(angle), torch.sin(angle)
    rows = (torch.stack([cos / wide, (shear - sin) / wide, across], 1), torch.stack([sin / high, cos / high, down], 1))
    return F.affine_grid(torch.stack(rows, 1), [count, 1, side, side], align_corners=True)


def distort(images: Tensor, how: Distortion, generator: torch.Generator) -> Tensor:
    """Every image warped by a field of its own, sampled bilinearly, background outside.

    images: uint8 (N, H, H) → uint8 (N, H, H); draws come from `generator` alone, on its device.
    >>> images = torch.zeros(2, 28, 28, dtype=torch.uint8)
    >>> distort(images, Distortion(alpha=34.0, rotation=10.0), torch.Generator().manual_seed(0)).shape
    torch.Size([2, 28, 28])
    """
    if how.changes_nothing:
        return images
    side = images.shape[-1]
    warped = torch.empty_like(images)
    for start in range(0, len(images), CHUNK):
        chunk = images[start : start + CHUNK]
        grid = affine_grids(len(chunk), side, how, generator)
        if how.alpha:
            field = elastic_fields(len(chunk), side, how.alpha, how.sigma, generator).mul_(2 / (side - 1))
            grid = grid + field.flip(1).permute(0, 2, 3, 1)  # grid_sample wants x before y
        sampled = F.grid_sample(chunk[:, None].float(), grid, padding_mode="zeros", align_corners=True)
        warped[start : start + CHUNK] = sampled[:, 0].round_().to(torch.uint8)
    return warped
