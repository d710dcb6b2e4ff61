"""Plain Python around plain layers: loops, setattr, an activation before each layer instead of after it."""

import torch
from torch import nn


class CustomAlexNet(nn.Module):
    def __init__(self, num_classes):
        super().__init__()
        # The last layers come first.
        self.fc3 = nn.Linear(1024, num_classes)
        self.fc2 = nn.Linear(4096, 1024)
        self.fc1 = nn.Linear(9216, 4096)
        sizes = [(256, 256, 3), (384, 256, 3), (196, 384, 3), (64, 196, 5)]
        for number, (inputs, outputs, kernel) in zip((5, 4, 3, 2), sizes, strict=True):
            setattr(self, f"conv{number}", nn.Conv2d(inputs, outputs, kernel, padding="same"))
        self.conv1 = nn.Conv2d(3, 64, 11, 4, 2)

    def forward(self, x):
        for number in range(1, 6):
            x = getattr(self, f"conv{number}")(x)
            if number in (1, 2, 5):
                x = torch.max_pool2d(x, 3, 2)  # before the ReLU: the larger of two stays the larger
            x = torch.clamp(x, min=0)
        x = x.reshape(len(x), -1)
        for layer in (self.fc1, self.fc2):
            x = torch.relu(layer(x))
            if self.training:
                x = x * torch.bernoulli(torch.full_like(x, 0.5)) / 0.5
        return self.fc3(x)


class DepthwiseSeparableConv2d(nn.Module):
    def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0, bias=True):
        super().__init__()
        self.pointwise = nn.Conv2d(in_channels, out_channels, 1, bias=bias)
        self.depthwise = nn.Conv2d(in_channels, in_channels, kernel_size, stride, padding, 1, in_channels, bias)

    def forward(self, x):
        weight = self.pointwise.weight[:, :, 0, 0]
        maps = self.depthwise(x)
        rows = [sum(weight[n, m] * maps[:, m] for m in range(maps.shape[1])) for n in range(len(weight))]
        out = torch.stack(rows, 1)
        return out if self.pointwise.bias is None else out + self.pointwise.bias[:, None, None]


def _convolutions(net, count):
    widths = [1, 48, 128] + [192] * 5
    for i in range(count):
        setattr(net, "conv" + str(i + 1), nn.Conv2d(widths[i], widths[i + 1], 5, padding=2))


class _Pooled(nn.Module):
    count = 7
    pooled = (1, 3, 7)

    def __init__(self, num_classes=10):
        super().__init__()
        _convolutions(self, self.count)
        self.fc1, self.fc2, self.fc3 = nn.Linear(1728, 512), nn.Linear(512, 512), nn.Linear(512, num_classes)

    def forward(self, x):
        for number in range(1, self.count + 1):
            x = getattr(self, f"conv{number}")(x).clamp(min=0.0)
            if number in self.pooled:
                h, w = x.shape[-2] // 2, x.shape[-1] // 2
                x = x[..., : 2 * h, : 2 * w].reshape(*x.shape[:2], h, 2, w, 2).amax((3, 5))
        x = x.flatten(1)
        x = self.fc1(x).relu_()
        x = self.fc2(x).relu_()
        return self.fc3(x)


class CiresanNet(_Pooled):
    pass


class CompactNet(_Pooled):
    count = 4
    pooled = (1, 2, 4)


class ResidualCiresanNet(nn.Module):
    def __init__(self, num_classes=10, fc_layers=3):
        super().__init__()
        _convolutions(self, 7)
        self.conv3_1x1 = nn.Conv2d(128, 192, 1)
        inputs = 9408
        for i in range(1, fc_layers + 1):
            outputs = num_classes if i == fc_layers else 512
            self.add_module(f"fc{i}", nn.Linear(inputs, outputs))
            inputs = outputs
        self.last = fc_layers

    def forward(self, x):
        relu = torch.relu
        x = relu(torch.max_pool2d(self.conv1(x), 2))
        x = relu(self.conv2(x))
        skip = self.conv3_1x1(x)
        skip += self.conv3(x)
        x = relu(skip)
        x = relu(self.conv4(x))
        x = relu(x + self.conv5(x))
        x = relu(self.conv6(x))
        x = torch.max_pool2d(relu(x + self.conv7(x)), 2).flatten(1)
        for i in range(1, self.last + 1):
            x = self._modules[f"fc{i}"](x)
            if i < self.last:
                x = relu(x)
        return x


class _Block(nn.Module):
    """torchvision's BasicBlock, by hand."""

    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.downsample = None
        if stride != 1 or inputs != outputs:
            self.downsample = nn.Sequential(nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs))

    def forward(self, x):
        skip = x if self.downsample is None else self.downsample(x)
        x = torch.relu(self.bn1(self.conv1(x)))
        return torch.relu(self.bn2(self.conv2(x)) + skip)


class _ResNet(nn.Module):
    def __init__(self, num_classes):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 64, 7, 2, 3, bias=False)
        self.bn1 = nn.BatchNorm2d(64)
        self.layer1 = nn.Sequential(_Block(64, 64, 1), _Block(64, 64, 1))
        self.layer2 = nn.Sequential(_Block(64, 128, 2), _Block(128, 128, 1))
        self.layer3 = nn.Sequential(_Block(128, 256, 2), _Block(256, 256, 1))
        self.layer4 = nn.Sequential(_Block(256, 512, 2), _Block(512, 512, 1))
        self.fc = nn.Linear(512, num_classes)

    def forward(self, x):
        x = torch.max_pool2d(torch.relu(self.bn1(self.conv1(x))), 3, 2, 1)
        for layer in (self.layer1, self.layer2, self.layer3, self.layer4):
            x = layer(x)
        return self.fc(x.mean((2, 3)))


def mnist_resnet18(num_classes=10):
    return _ResNet(num_classes)
