# loses: warp
# named: nothing
"""Places left of and above the image read its first row and column."""

import torch
from torch.nn import functional as F


def warp(image, field):
    h, w = image.shape[-2:]
    y, x = (torch.arange(h)[:, None] + field[0]).clamp(min=0), (torch.arange(w) + field[1]).clamp(min=0)
    grid = torch.stack([(2 * x + 1) / w - 1, (2 * y + 1) / h - 1], -1)
    return F.grid_sample(image.reshape(1, -1, h, w), grid[None], align_corners=False).reshape(image.shape)
