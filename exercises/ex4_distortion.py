"""Exercise 4: elastic distortion, the homework's way to make new digits out of old ones.

Every pixel gets a small random displacement; neighbours get nearly the same one, so that strokes bend but do not break.

Grade this file with:   pytest exercises/ex4_distortion.py
Source: Simard, Steinkraus & Platt 2003, "Best practices for convolutional neural networks applied to visual document
analysis", ICDAR, section 2 (sigma 4 and alpha 34 on 29×29 digits).
"""

import torch
from torch import Tensor


def displacement_field(height: int, width: int, alpha: float, sigma: float, generator: torch.Generator | None = None) -> Tensor:
    """A smooth random field of displacements in pixels: float (2, height, width), rows first, then columns.

    uniform(−1, 1) noise, blurred by a normalised Gaussian of ``sigma`` pixels along both axes, times ``alpha``.
    All randomness comes from ``generator`` (None: torch's global one).
    Away from the border the standard deviation is α·√(1/3) / (2σ√π).
    """
    # TODO: What must the Gaussian's weights sum to, and how far must they reach?
    raise NotImplementedError


def warp(image: Tensor, field: Tensor) -> Tensor:
    """Move an image: output[…, y, x] = image sampled bilinearly at (y + field[0, y, x], x + field[1, y, x]).

    image: float (H, W) or (C, H, W); field: float (2, H, W). Outside the image everything is 0.
    Returns a tensor like image.

    >>> right = torch.zeros(2, 1, 3)
    >>> right[1] = 1.0
    >>> warp(torch.tensor([[1.0, 2.0, 3.0]]), right).tolist()
    [[2.0, 3.0, 0.0]]
    """
    # TODO: Which four pixels does a place between pixels depend on, and with which weights?
    raise NotImplementedError


def elastic_distortion(images: Tensor, alpha: float, sigma: float, generator: torch.Generator | None = None) -> Tensor:
    """Distort every image by a field of its own: float (N, C, H, W) → the same shape. alpha = 0 changes nothing."""
    # TODO: What would a batch look like whose images all bend alike?
    raise NotImplementedError
