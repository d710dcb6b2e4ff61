"""The blur in the frequency domain; the warp as a gather from a padded image; all images at once."""

import math

import torch


def displacement_field(height, width, alpha, sigma, generator=None):
    pad = math.ceil(6 * sigma) + 1  # noise beyond the border, cut off afterwards, so that nothing comes round
    h, w = height + 2 * pad, width + 2 * pad
    noise = torch.rand(2, h, w, generator=generator).mul(2).sub(1)

    def kernel(n):
        d = torch.arange(n, dtype=torch.float64)
        d = torch.minimum(d, n - d)
        g = torch.exp(-(d**2) / (2 * sigma**2))
        return torch.fft.fft(g / g.sum())

    spectrum = torch.fft.fft2(noise.double()) * kernel(h)[:, None] * kernel(w)[None, :]
    field = torch.fft.ifft2(spectrum).real[:, pad:-pad, pad:-pad]
    return (alpha * field).float()


def _sample(images, fields):
    """(N, C, H, W) at places (N, 2, H, W)."""
    n, c, h, w = images.shape
    padded = torch.zeros(n, c, h + 2, w + 2, dtype=images.dtype)
    padded[:, :, 1:-1, 1:-1] = images
    y = (torch.arange(h).view(1, h, 1) + fields[:, 0] + 1).clamp(0, h + 1)
    x = (torch.arange(w).view(1, 1, w) + fields[:, 1] + 1).clamp(0, w + 1)
    y0, x0 = y.floor().clamp(max=h), x.floor().clamp(max=w)
    wy, wx = (y - y0)[:, None], (x - x0)[:, None]

    def at(dy, dx):
        index = ((y0 + dy) * (w + 2) + x0 + dx).long().view(n, 1, -1).expand(n, c, -1)
        return padded.flatten(2).gather(2, index).view(n, c, h, w)

    return (1 - wy) * ((1 - wx) * at(0, 0) + wx * at(0, 1)) + wy * ((1 - wx) * at(1, 0) + wx * at(1, 1))


def warp(image, field):
    return _sample(image.reshape(1, -1, *image.shape[-2:]), field[None]).reshape(image.shape)


def elastic_distortion(images, alpha, sigma, generator=None):
    fields = [displacement_field(images.shape[-2], images.shape[-1], alpha, sigma, generator) for _ in images]
    return _sample(images, torch.stack(fields))
