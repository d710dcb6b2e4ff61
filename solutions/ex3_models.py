"""Exercise 3: the homework's networks.

Read every forward pass with a pencil: the comment at the line is the shape that the line leaves behind, batch first.
Three rules hold everywhere. Layers with weights are made once, in ``__init__``, under the contract's names. ReLU follows
every convolution and every fully connected layer but the last. The last layer returns logits: the loss
(``F.cross_entropy``) applies the softmax itself, and a second one would flatten its gradient.
"""

from __future__ import annotations

import torch
import torchvision
from torch import Tensor, nn
from torch.nn import functional as F


class CustomAlexNet(nn.Module):
    """The homework's AlexNet: five convolutions, three fully connected layers, 45,463,084 parameters at 1000 classes.

    (N, 3, 224, 224) → (N, num_classes) logits; any side from 224 to 254 leaves a 6×6 map for fc1.
    After Krizhevsky, Sutskever and Hinton 2012, with the homework's widths.
    """

    def __init__(self, num_classes: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(3, 64, kernel_size=11, stride=4, padding=2)
        self.conv2 = nn.Conv2d(64, 196, kernel_size=5, padding=2)
        self.conv3 = nn.Conv2d(196, 384, kernel_size=3, padding=1)
        self.conv4 = nn.Conv2d(384, 256, kernel_size=3, padding=1)
        self.conv5 = nn.Conv2d(256, 256, kernel_size=3, padding=1)
        self.pool = nn.MaxPool2d(kernel_size=3, stride=2)  # windows overlap: 3 wide, 2 apart
        self.fc1 = nn.Linear(256 * 6 * 6, 4096)
        self.fc2 = nn.Linear(4096, 1024)
        self.fc3 = nn.Linear(1024, num_classes)
        # A module, so that eval() reaches it. The homework calls F.dropout(x, p=0.5), whose default is training=True:
        # that one drops half the features while testing, too, and the same image gets another answer each time.
        self.dropout = nn.Dropout(p=0.5)

    def forward(self, x: Tensor) -> Tensor:  # (N, 3, 224, 224)
        x = F.relu(self.conv1(x))  # (N, 64, 55, 55): (224 + 2·2 − 11) / 4 + 1, rounded down
        x = self.pool(x)  # (N, 64, 27, 27)
        x = F.relu(self.conv2(x))  # (N, 196, 27, 27): kernel 5 with padding 2 keeps the side
        x = self.pool(x)  # (N, 196, 13, 13)
        x = F.relu(self.conv3(x))  # (N, 384, 13, 13)
        x = F.relu(self.conv4(x))  # (N, 256, 13, 13)
        x = F.relu(self.conv5(x))  # (N, 256, 13, 13)
        x = self.pool(x)  # (N, 256, 6, 6)
        x = x.flatten(start_dim=1)  # (N, 9216): images stay apart, so dimension 0 is left alone
        x = self.dropout(F.relu(self.fc1(x)))  # (N, 4096)
        x = self.dropout(F.relu(self.fc2(x)))  # (N, 1024)
        return self.fc3(x)  # (N, num_classes)


class DepthwiseSeparableConv2d(nn.Module):
    """One k×k filter for each channel, then a 1×1 convolution that mixes the channels (Howard et al. 2017, MobileNets).

    (N, in_channels, H, W) → (N, out_channels, H′, W′). There is no activation between the two halves: together they are
    one linear map, a convolution whose filters are restricted to (spatial pattern of a channel) × (weight of the channel).
    """

    def __init__(self, in_channels: int, out_channels: int, kernel_size: int, stride: int = 1, padding: int = 0, bias: bool = True) -> None:
        super().__init__()
        # groups=in_channels splits the input into single channels, each with a filter of its own.
        self.depthwise = nn.Conv2d(in_channels, in_channels, kernel_size, stride, padding, groups=in_channels, bias=bias)
        self.pointwise = nn.Conv2d(in_channels, out_channels, kernel_size=1, bias=bias)

    def forward(self, x: Tensor) -> Tensor:  # (N, in_channels, H, W)
        x = self.depthwise(x)  # (N, in_channels, H′, W′): space is filtered, channels stay apart
        return self.pointwise(x)  # (N, out_channels, H′, W′): channels are mixed, space stays


class CiresanNet(nn.Module):
    """Seven 5×5 convolutions, three pools, three fully connected layers: 5,609,770 parameters.

    (N, 1, 28, 28) → (N, num_classes) logits. After Ciresan et al., ICDAR 2011.
    """

    def __init__(self, num_classes: int = 10) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(1, 48, kernel_size=5, padding=2)
        self.conv2 = nn.Conv2d(48, 128, kernel_size=5, padding=2)
        self.conv3 = nn.Conv2d(128, 192, kernel_size=5, padding=2)
        self.conv4 = nn.Conv2d(192, 192, kernel_size=5, padding=2)
        self.conv5 = nn.Conv2d(192, 192, kernel_size=5, padding=2)
        self.conv6 = nn.Conv2d(192, 192, kernel_size=5, padding=2)
        self.conv7 = nn.Conv2d(192, 192, kernel_size=5, padding=2)
        self.pool = nn.MaxPool2d(kernel_size=2)
        self.fc1 = nn.Linear(192 * 3 * 3, 512)
        self.fc2 = nn.Linear(512, 512)
        self.fc3 = nn.Linear(512, num_classes)

    def forward(self, x: Tensor) -> Tensor:  # (N, 1, 28, 28)
        x = F.relu(self.conv1(x))  # (N, 48, 28, 28)
        x = self.pool(x)  # (N, 48, 14, 14)
        x = F.relu(self.conv2(x))  # (N, 128, 14, 14)
        x = F.relu(self.conv3(x))  # (N, 192, 14, 14)
        x = self.pool(x)  # (N, 192, 7, 7)
        x = F.relu(self.conv4(x))  # (N, 192, 7, 7)
        x = F.relu(self.conv5(x))  # (N, 192, 7, 7)
        x = F.relu(self.conv6(x))  # (N, 192, 7, 7)
        x = F.relu(self.conv7(x))  # (N, 192, 7, 7)
        x = self.pool(x)  # (N, 192, 3, 3): the seventh row and column are left over
        x = x.flatten(start_dim=1)  # (N, 1728)
        x = F.relu(self.fc1(x))  # (N, 512)
        x = F.relu(self.fc2(x))  # (N, 512)
        return self.fc3(x)  # (N, num_classes)


class ResidualCiresanNet(nn.Module):
    """CiresanNet with skips around conv3, conv5 and conv7, two pools, and two to five fully connected layers.

    (N, 1, 28, 28) → (N, num_classes) logits. A skip adds what goes into a layer to what comes out, so that the layer
    has only the difference to learn (He et al. 2015). ReLU follows the sum: before it, a block could only ever add.
    """

    def __init__(self, num_classes: int = 10, fc_layers: int = 3) -> None:
        super().__init__()
        if not 2 <= fc_layers <= 5:
            raise ValueError(f"fc_layers is {fc_layers}; the homework compares 2, 3, 4 and 5")
        self.conv1 = nn.Conv2d(1, 48, kernel_size=5, padding=2)
        self.conv2 = nn.Conv2d(48, 128, kernel_size=5, padding=2)
        self.conv3 = nn.Conv2d(128, 192, kernel_size=5, padding=2)
        self.conv3_1x1 = nn.Conv2d(128, 192, kernel_size=1)  # 128 channels cannot be added to 192: the skip is translated
        self.conv4 = nn.Conv2d(192, 192, kernel_size=5, padding=2)
        self.conv5 = nn.Conv2d(192, 192, kernel_size=5, padding=2)
        self.conv6 = nn.Conv2d(192, 192, kernel_size=5, padding=2)
        self.conv7 = nn.Conv2d(192, 192, kernel_size=5, padding=2)
        self.pool = nn.MaxPool2d(kernel_size=2)
        self.fc_layers = fc_layers
        widths = [192 * 7 * 7] + [512] * (fc_layers - 1) + [num_classes]
        for i in range(fc_layers):
            setattr(self, f"fc{i + 1}", nn.Linear(widths[i], widths[i + 1]))

    def forward(self, x: Tensor) -> Tensor:  # (N, 1, 28, 28)
        x = F.relu(self.conv1(x))  # (N, 48, 28, 28)
        x = self.pool(x)  # (N, 48, 14, 14)
        x = F.relu(self.conv2(x))  # (N, 128, 14, 14)
        x = F.relu(self.conv3(x) + self.conv3_1x1(x))  # (N, 192, 14, 14)
        x = F.relu(self.conv4(x))  # (N, 192, 14, 14)
        x = F.relu(self.conv5(x) + x)  # (N, 192, 14, 14)
        x = F.relu(self.conv6(x))  # (N, 192, 14, 14)
        x = F.relu(self.conv7(x) + x)  # (N, 192, 14, 14)
        x = self.pool(x)  # (N, 192, 7, 7)
        x = x.flatten(start_dim=1)  # (N, 9408)
        for i in range(1, self.fc_layers):
            x = F.relu(getattr(self, f"fc{i}")(x))  # (N, 512)
        return getattr(self, f"fc{self.fc_layers}")(x)  # (N, num_classes)


class CompactNet(nn.Module):
    """The homework's 7-layer CNN, CiresanNet's first four convolutions: 2,844,394 parameters.

    (N, 1, 28, 28) → (N, num_classes) logits.
    """

    def __init__(self, num_classes: int = 10) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(1, 48, kernel_size=5, padding=2)
        self.conv2 = nn.Conv2d(48, 128, kernel_size=5, padding=2)
        self.conv3 = nn.Conv2d(128, 192, kernel_size=5, padding=2)
        self.conv4 = nn.Conv2d(192, 192, kernel_size=5, padding=2)
        self.pool = nn.MaxPool2d(kernel_size=2)
        self.fc1 = nn.Linear(192 * 3 * 3, 512)
        self.fc2 = nn.Linear(512, 512)
        self.fc3 = nn.Linear(512, num_classes)

    def forward(self, x: Tensor) -> Tensor:  # (N, 1, 28, 28)
        x = F.relu(self.conv1(x))  # (N, 48, 28, 28)
        x = self.pool(x)  # (N, 48, 14, 14)
        x = F.relu(self.conv2(x))  # (N, 128, 14, 14)
        x = self.pool(x)  # (N, 128, 7, 7)
        x = F.relu(self.conv3(x))  # (N, 192, 7, 7)
        x = F.relu(self.conv4(x))  # (N, 192, 7, 7)
        x = self.pool(x)  # (N, 192, 3, 3)
        x = x.flatten(start_dim=1)  # (N, 1728)
        x = F.relu(self.fc1(x))  # (N, 512)
        x = F.relu(self.fc2(x))  # (N, 512)
        return self.fc3(x)  # (N, num_classes)


def mnist_resnet18(num_classes: int = 10) -> nn.Module:
    """torchvision's ResNet-18, untrained, with a stem for one channel: 11,175,370 parameters, all trainable.

    (N, 1, 28, 28) → (N, num_classes) logits. Feeding three copies of a grey digit to the three-channel stem would
    compute the same kind of function with 6,272 weights more: their sum over the channels is all that matters.
    """
    model = torchvision.models.resnet18(weights=None, num_classes=num_classes)
    model.conv1 = nn.Conv2d(1, 64, kernel_size=7, stride=2, padding=3, bias=False)  # batch norm follows, and brings the bias
    torch.nn.init.kaiming_normal_(model.conv1.weight, mode="fan_out", nonlinearity="relu")  # as torchvision starts its own
    return model
