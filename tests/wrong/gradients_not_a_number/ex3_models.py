# loses: DepthwiseSeparableConv2d
# named: nothing
"""The maps are right, and their gradients are not a number."""

import torch
from torch import nn


class DepthwiseSeparableConv2d(nn.Module):
    def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0, bias=True):
        super().__init__()
        self.depthwise = nn.Conv2d(in_channels, in_channels, kernel_size, stride, padding, groups=in_channels, bias=bias)
        self.pointwise = nn.Conv2d(in_channels, out_channels, 1, bias=bias)

    def forward(self, x):
        x = self.depthwise(x)
        return self.pointwise(x + 0 * torch.sqrt(x - x.detach()))  # adds 0, and 0 · ∞ to every gradient
