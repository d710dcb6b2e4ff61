"""Pieces from functions; hooks, buffers of no consequence, in-place layers, alpha for names."""

from itertools import pairwise

import torchvision
from torch import nn


class Flat(nn.Module):
    def forward(self, x):
        return x.flatten(1)


def stage(conv, *pool):
    return nn.Sequential(conv, nn.ReLU(inplace=True), *pool)


class CustomAlexNet(nn.Module):
    def __init__(self, num_classes):
        super().__init__()
        pool = nn.MaxPool2d(3, 2)
        self.conv1 = nn.Conv2d(3, 64, 11, 4, 2)
        self.conv2 = nn.Conv2d(64, 196, 5, 1, 2)
        self.conv3 = nn.Conv2d(196, 384, 3, 1, 1)
        self.conv4 = nn.Conv2d(384, 256, 3, 1, 1)
        self.conv5 = nn.Conv2d(256, 256, 3, 1, 1)
        self.fc1 = nn.Linear(256 * 6 * 6, 4096)
        self.fc2 = nn.Linear(4096, 1024)
        self.fc3 = nn.Linear(1024, num_classes)
        convs = [stage(self.conv1, pool), stage(self.conv2, pool), stage(self.conv3), stage(self.conv4), stage(self.conv5, pool)]
        dense = [Flat(), self.fc1, nn.ReLU(), nn.Dropout(), self.fc2, nn.ReLU(), nn.Dropout(), self.fc3]
        self.whole = nn.Sequential(*convs, *dense)

    def forward(self, x):
        return self.whole(x)


class DepthwiseSeparableConv2d(nn.Module):
    def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0, bias=True):
        super().__init__()
        self.zero = nn.ZeroPad2d(padding)
        self.depthwise = nn.Conv2d(in_channels, in_channels, kernel_size, stride, groups=in_channels, bias=bias)
        self.pointwise = nn.Conv2d(in_channels, out_channels, kernel_size=(1, 1), bias=bias)

    def forward(self, x):
        return self.pointwise(self.depthwise(self.zero(x)))


class Net(nn.Module):
    def __init__(self, pools, widths, num_classes):
        super().__init__()
        steps = []
        for i, (m, n) in enumerate(pairwise(widths), 1):
            layer = nn.Conv2d(m, n, 5, padding="same")
            self.add_module(f"conv{i}", layer)
            steps.append(stage(layer, *[nn.MaxPool2d(2, 2)] * (i in pools)))
        self.fc1, self.fc2, self.fc3 = nn.Linear(1728, 512), nn.Linear(512, 512), nn.Linear(512, num_classes)
        # A plain list: these pieces are registered above, and need no second name.
        self.steps = [*steps, Flat(), self.fc1, nn.ReLU(), self.fc2, nn.ReLU(), self.fc3]

    def forward(self, x):
        for step in self.steps:
            x = step(x)
        return x


class CiresanNet(Net):
    def __init__(self, num_classes=10):
        super().__init__({1, 3, 7}, [1, 48, 128, 192, 192, 192, 192, 192], num_classes)


class CompactNet(Net):
    def __init__(self, num_classes=10):
        super().__init__({1, 2, 4}, [1, 48, 128, 192, 192], num_classes)


class Skip(nn.Module):
    def __init__(self, conv, shortcut=None):
        super().__init__()
        self.conv, self.shortcut, self.relu = conv, shortcut or nn.Identity(), nn.ReLU()

    def forward(self, x):
        return self.relu(self.shortcut(x) + self.conv(x))


class ResidualCiresanNet(nn.Module):
    def __init__(self, num_classes=10, fc_layers=3):
        super().__init__()

        def conv(m, n):
            return nn.Conv2d(m, n, 5, padding=2)

        self.fc = nn.Sequential(Flat(), nn.Linear(9408, 512), nn.ReLU())
        for _ in range(fc_layers - 2):
            self.fc.extend([nn.Linear(512, 512), nn.ReLU()])
        self.fc.append(nn.Linear(512, num_classes))
        for i, layer in enumerate((layer for layer in self.fc if isinstance(layer, nn.Linear)), 1):
            setattr(self, f"fc{i}", layer)
        pool = nn.MaxPool2d(2)
        self.body = nn.Sequential(
            stage(conv(1, 48), pool), stage(conv(48, 128)), Skip(conv(128, 192), nn.Conv2d(128, 192, 1)),
            stage(conv(192, 192)), Skip(conv(192, 192)), stage(conv(192, 192)), Skip(conv(192, 192)), pool,
        )  # fmt: skip
        self.conv1, self.conv2, self.conv4, self.conv6 = (self.body[i][0] for i in (0, 1, 3, 5))
        self.conv3, self.conv5, self.conv7 = (self.body[i].conv for i in (2, 4, 6))
        self.conv3_1x1 = self.body[2].shortcut

    def forward(self, x):
        return self.fc(self.body(x))


def mnist_resnet18(num_classes=10):
    model = torchvision.models.get_model("resnet18", weights=None, num_classes=num_classes)
    model.conv1 = nn.LazyConv2d(64, (7, 7), (2, 2), (3, 3), bias=False)
    return model
