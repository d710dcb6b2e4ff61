"""SciPy blurs; grid_sample moves, with align_corners=False."""

import numpy as np
import torch
from scipy.ndimage import gaussian_filter, map_coordinates
from torch.nn import functional as F


def displacement_field(height, width, alpha, sigma, generator=None):
    noise = torch.rand(2, height, width, generator=generator, dtype=torch.float64).numpy() * 2 - 1
    return torch.from_numpy(alpha * np.stack([gaussian_filter(plane, sigma, mode="constant") for plane in noise])).float()


def warp(image, field):
    height, width = image.shape[-2:]
    y, x = torch.meshgrid(torch.arange(height), torch.arange(width), indexing="ij")
    grid = torch.stack([(2 * (x + field[1]) + 1) / width - 1, (2 * (y + field[0]) + 1) / height - 1], -1)
    planes = image if image.dim() == 3 else image[None]
    moved = F.grid_sample(planes[None], grid[None], align_corners=False)[0]
    return moved if image.dim() == 3 else moved[0]


def elastic_distortion(images, alpha, sigma, generator=None):
    out = []
    for image in images:
        field = displacement_field(*image.shape[-2:], alpha, sigma, generator).numpy()
        places = np.indices(image.shape[-2:]) + field
        out.append(np.stack([map_coordinates(plane, places, order=1, mode="constant", cval=0.0) for plane in image.numpy()]))
    return torch.from_numpy(np.stack(out))
