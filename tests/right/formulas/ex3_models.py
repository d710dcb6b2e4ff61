"""Weights in layers, arithmetic by hand: unfold and einsum in the place of convolutions where that is quick enough."""

import torch
import torch.nn as nn
import torch.nn.functional as F
from torchvision.models.resnet import BasicBlock, ResNet


class CustomAlexNet(nn.Module):
    def __init__(self, num_classes):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 64, (11, 11), stride=(4, 4), padding=(2, 2))
        self.conv2 = nn.Conv2d(64, 196, (5, 5), padding=(2, 2))
        self.conv3 = nn.Conv2d(196, 384, (3, 3), padding=(1, 1))
        self.conv4 = nn.Conv2d(384, 256, (3, 3), padding=(1, 1))
        self.conv5 = nn.Conv2d(256, 256, (3, 3), padding=(1, 1))
        self.fc1 = nn.Linear(9216, 4096)
        self.fc2 = nn.Linear(4096, 1024)
        self.fc3 = nn.Linear(1024, num_classes)
        self.dropout1, self.dropout2 = nn.Dropout(), nn.Dropout()

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv1(x)), 3, 2)
        x = F.max_pool2d(F.relu(self.conv2(x)), 3, 2)
        x = F.relu(self.conv3(x))
        x = F.relu(self.conv4(x))
        x = F.max_pool2d(F.relu(self.conv5(x)), 3, 2)
        x = x.view(-1, 256 * 6 * 6)
        x = F.relu(self.dropout1(self.fc1(x)))  # dropped is 0 before ReLU as after it
        x = F.relu(self.dropout2(self.fc2(x)))
        return F.linear(x, self.fc3.weight, self.fc3.bias)


class DepthwiseSeparableConv2d(nn.Module):
    def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0, bias=True):
        super().__init__()
        self.depthwise = nn.Conv2d(in_channels, in_channels, kernel_size, groups=in_channels, bias=bias)
        self.pointwise = nn.Conv2d(in_channels, out_channels, 1, bias=bias)
        self.kernel_size, self.stride, self.padding = kernel_size, stride, padding

    def forward(self, x):
        n, m = x.shape[:2]
        h, w = ((side + 2 * self.padding - self.kernel_size) // self.stride + 1 for side in x.shape[-2:])
        patches = F.unfold(x, self.kernel_size, padding=self.padding, stride=self.stride).view(n, m, -1, h * w)
        y = torch.einsum("nmkp,mk->nmp", patches, self.depthwise.weight.flatten(1))
        if self.depthwise.bias is not None:
            y = y + self.depthwise.bias[:, None]
        y = torch.einsum("nmp,om->nop", y, self.pointwise.weight.flatten(1))
        if self.pointwise.bias is not None:
            y = y + self.pointwise.bias[:, None]
        return y.view(n, -1, h, w)


def conv(inputs, outputs):
    return nn.Conv2d(inputs, outputs, 5, 1, 2)


class CiresanNet(nn.Module):
    def __init__(self, num_classes=10):
        super().__init__()
        self.conv1, self.conv2, self.conv3 = conv(1, 48), conv(48, 128), conv(128, 192)
        self.conv4, self.conv5, self.conv6, self.conv7 = (conv(192, 192) for _ in range(4))
        self.fc1, self.fc2, self.fc3 = nn.Linear(1728, 512), nn.Linear(512, 512), nn.Linear(512, num_classes)

    def forward(self, x):
        n = x.size(0)
        p, r = lambda t: F.max_pool2d(t, 2), F.relu
        x = p(r(self.conv3(r(self.conv2(p(r(self.conv1(x))))))))
        x = p(r(self.conv7(r(self.conv6(r(self.conv5(r(self.conv4(x)))))))))
        return self.fc3(r(self.fc2(r(self.fc1(x.reshape(n, -1))))))


class CompactNet(CiresanNet):
    def __init__(self, num_classes=10):
        super().__init__(num_classes)
        del self.conv5, self.conv6, self.conv7

    def forward(self, x):
        for number in (1, 2, 3, 4):
            x = F.relu(getattr(self, f"conv{number}")(x))
            x = x if number == 3 else F.max_pool2d(x, 2)
        return self.fc3(F.relu(self.fc2(F.relu(self.fc1(torch.flatten(x, 1))))))


class ResidualCiresanNet(CiresanNet):
    def __init__(self, num_classes=10, fc_layers=3):
        super().__init__(num_classes)
        self.conv3_1x1 = nn.Conv2d(128, 192, 1)
        del self.fc1, self.fc2, self.fc3
        for i in range(fc_layers):
            ins = 9408 if i == 0 else 512
            out = 512 if i + 1 < fc_layers else num_classes
            vars(self)["_modules"][f"fc{i + 1}"] = nn.Linear(ins, out)
        self.n = fc_layers

    def forward(self, x):
        x = F.max_pool2d(self.conv1(x).relu(), 2)
        x = self.conv2(x).relu()
        # The shortcut as part of the kernel: its 1×1 weight is the centre of a 5×5 one.
        weight = self.conv3.weight + F.pad(self.conv3_1x1.weight, (2, 2, 2, 2))
        x = F.conv2d(x, weight, self.conv3.bias + self.conv3_1x1.bias, padding=2).relu()
        x = self.conv4(x).relu()
        x = torch.add(x, self.conv5(x)).relu()
        x = self.conv6(x).relu()
        x = F.relu(self.conv7(x) + x)
        x = F.max_pool2d(x, 2).flatten(1)
        for i in range(1, self.n):
            x = F.relu(getattr(self, f"fc{i}")(x))
        return getattr(self, f"fc{self.n}")(x)


class mnist_resnet18(ResNet):  # a task may be a class
    def __init__(self, num_classes=10):
        super().__init__(BasicBlock, [2, 2, 2, 2], num_classes=num_classes)
        self.conv1 = nn.Conv2d(1, 64, kernel_size=7, stride=2, padding=3, bias=False)
