# loses: warp
# named: nothing
"""Right for images of one channel."""

import torch
from torch.nn import functional as F


def warp(image, field):
    h, w = image.shape[-2:]
    y, x = torch.arange(h)[:, None] + field[0], torch.arange(w) + field[1]
    grid = torch.stack([(2 * x + 1) / w - 1, (2 * y + 1) / h - 1], -1)
    return F.grid_sample(image.reshape(-1, 1, h, w)[:1], grid[None], align_corners=False).reshape(-1, h, w).expand_as(image)
