# loses: displacement_field, elastic_distortion
# named: nothing
"""Row displacements are blurred, column displacements are not."""

import math

import torch
from torch.nn import functional as F


def blur(noise, sigma):
    radius = math.ceil(4 * sigma)
    kernel = torch.exp(-(torch.arange(-radius, radius + 1.0) ** 2) / (2 * sigma**2))
    kernel = kernel / kernel.sum()
    noise = F.conv2d(noise[:, None], kernel.reshape(1, 1, -1, 1), padding=(radius, 0))
    return F.conv2d(noise, kernel.reshape(1, 1, 1, -1), padding=(0, radius))[:, 0]


def displacement_field(height, width, alpha, sigma, generator=None):
    noise = torch.rand(2, height, width, generator=generator) * 2 - 1
    return alpha * torch.stack([blur(noise[:1], sigma)[0], noise[1]])


def warp(image, field):
    h, w = image.shape[-2:]
    y, x = torch.arange(h)[:, None] + field[0], torch.arange(w) + field[1]
    grid = torch.stack([(2 * x + 1) / w - 1, (2 * y + 1) / h - 1], -1)
    return F.grid_sample(image.reshape(1, -1, h, w), grid[None], align_corners=False).reshape(image.shape)


def elastic_distortion(images, alpha, sigma, generator=None):
    return torch.stack([warp(i, displacement_field(i.shape[1], i.shape[2], alpha, sigma, generator)) for i in images])
