# loses: DepthwiseSeparableConv2d
# named: nothing
"""The depthwise half has buffers: they are saved and loaded, and never learn."""

from torch import nn


class DepthwiseSeparableConv2d(nn.Module):
    def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0, bias=True):
        super().__init__()
        self.depthwise = nn.Conv2d(in_channels, in_channels, kernel_size, stride, padding, groups=in_channels, bias=bias)
        for name, weight in list(self.depthwise.named_parameters()):
            delattr(self.depthwise, name)
            self.depthwise.register_buffer(name, weight.detach())
        self.pointwise = nn.Conv2d(in_channels, out_channels, 1, bias=bias)

    def forward(self, x):
        return self.pointwise(self.depthwise(x))
