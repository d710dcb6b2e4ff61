"""Layers in containers, registered under the contract's names as well; lazy layers; functional dropout."""

import torchvision
from torch import nn
from torch.nn import functional as F


class CustomAlexNet(nn.Module):
    def __init__(self, num_classes):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(3, 64, 11, 4, 2), nn.ReLU(True), nn.MaxPool2d(3, 2),
            nn.Conv2d(64, 196, 5, padding=2), nn.ReLU(True), nn.MaxPool2d(3, 2),
            nn.Conv2d(196, 384, 3, padding=1), nn.ReLU(True),
            nn.Conv2d(384, 256, 3, padding=1), nn.ReLU(True),
            nn.Conv2d(256, 256, 3, padding=1), nn.ReLU(True), nn.MaxPool2d(3, 2),
            nn.AdaptiveAvgPool2d(6),
        )  # fmt: skip
        self.conv1, self.conv2, self.conv3, self.conv4, self.conv5 = (self.features[i] for i in (0, 3, 6, 8, 10))
        self.fc1, self.fc2, self.fc3 = nn.Linear(256 * 6 * 6, 4096), nn.Linear(4096, 1024), nn.Linear(1024, num_classes)

    def forward(self, x):
        x = self.features(x).flatten(1)
        x = F.dropout(F.relu(self.fc1(x)), training=self.training)
        x = F.dropout(F.relu(self.fc2(x)), training=self.training)
        return self.fc3(x)


class DepthwiseSeparableConv2d(nn.Sequential):
    def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0, bias=True):
        super().__init__()
        self.add_module("depthwise", nn.LazyConv2d(in_channels, kernel_size, stride, padding, groups=in_channels, bias=bias))
        self.add_module("pointwise", nn.LazyConv2d(out_channels, 1, bias=bias))


class CiresanNet(nn.Module):
    def __init__(self, num_classes=10):
        super().__init__()
        for number, width in enumerate((48, 128, 192, 192, 192, 192, 192), start=1):
            setattr(self, f"conv{number}", nn.LazyConv2d(width, 5, padding=2))
        self.pool = nn.MaxPool2d(2)
        self.fc1, self.fc2, self.fc3 = nn.LazyLinear(512), nn.LazyLinear(512), nn.LazyLinear(num_classes)

    def forward(self, x):
        x = F.relu(self.pool(self.conv1(x)))
        x = F.relu(self.conv2(x))
        x = F.relu(self.pool(self.conv3(x)))
        x = F.relu(self.conv4(x))
        x = F.relu(self.conv5(x))
        x = F.relu(self.conv6(x))
        x = F.relu(self.pool(self.conv7(x)))
        return self.fc3(F.relu(self.fc2(F.relu(self.fc1(x.flatten(1))))))


class ResidualCiresanNet(nn.Module):
    def __init__(self, num_classes=10, fc_layers=3):
        super().__init__()
        widths = (1, 48, 128, 192, 192, 192, 192, 192)
        self.convolutions = nn.ModuleList(nn.Conv2d(widths[i], widths[i + 1], 5, padding="same") for i in range(7))
        self.conv1, self.conv2, self.conv3, self.conv4, self.conv5, self.conv6, self.conv7 = self.convolutions
        self.shortcuts = nn.ModuleDict({"2": nn.Conv2d(128, 192, 1), "4": nn.Identity(), "6": nn.Identity()})
        self.conv3_1x1 = self.shortcuts["2"]
        ends = [9408, *[512] * (fc_layers - 1), num_classes]
        layers = []
        for i in range(fc_layers):
            layer = nn.Linear(ends[i], ends[i + 1])
            self.register_module(f"fc{i + 1}", layer)
            layers += [layer, nn.ReLU()]
        self.classifier = nn.Sequential(*layers[:-1])

    def forward(self, x):
        for i, convolution in enumerate(self.convolutions):
            y = convolution(x)
            x = F.relu(y + self.shortcuts[str(i)](x)) if str(i) in self.shortcuts else F.relu(y)
            if i in (0, 6):
                x = F.max_pool2d(x, kernel_size=2, stride=2)
        return self.classifier(x.flatten(1))


class CompactNet(nn.Module):
    def __init__(self, num_classes=10):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 48, 5, padding=2)
        self.conv2 = nn.Conv2d(48, 128, 5, padding=2)
        self.conv3 = nn.Conv2d(128, 192, 5, padding=2)
        self.conv4 = nn.Conv2d(192, 192, 5, padding=2)
        self.fc1 = nn.Linear(3 * 3 * 192, 512)
        self.fc2 = nn.Linear(512, 512)
        self.fc3 = nn.Linear(512, num_classes)
        self.stages = nn.Sequential(
            self.conv1, nn.MaxPool2d(2), nn.ReLU(), self.conv2, nn.MaxPool2d(2), nn.ReLU(),
            self.conv3, nn.ReLU(), self.conv4, nn.MaxPool2d(2), nn.ReLU(),
            nn.Flatten(), self.fc1, nn.ReLU(), self.fc2, nn.ReLU(), self.fc3,
        )  # fmt: skip

    def forward(self, x):
        return self.stages(x)


def mnist_resnet18(num_classes=10):
    model = torchvision.models.resnet18()
    old = model.conv1
    model.conv1 = nn.Conv2d(1, old.out_channels, old.kernel_size, old.stride, old.padding, bias=old.bias is not None)
    model.conv1.weight.data = old.weight.data.sum(1, keepdim=True)
    model.fc = nn.Linear(model.fc.in_features, num_classes)
    return model
