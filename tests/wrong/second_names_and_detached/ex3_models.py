# loses: DepthwiseSeparableConv2d
# named: nothing
"""The depthwise half learns nothing, and has another name that comes first."""

from torch import nn


class DepthwiseSeparableConv2d(nn.Module):
    def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0, bias=True):
        super().__init__()
        depthwise = nn.Conv2d(in_channels, in_channels, kernel_size, stride, padding, groups=in_channels, bias=bias)
        self.body = nn.Sequential(depthwise)
        self.depthwise = depthwise
        self.pointwise = nn.Conv2d(in_channels, out_channels, 1, bias=bias)

    def forward(self, x):
        return self.pointwise(self.body(x).detach())
