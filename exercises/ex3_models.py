"""Exercise 3: the homework's networks.

Attribute names (conv1, fc1, …) are part of the exercise: one set of weights is loaded into everybody's model by name.
Every network returns logits. ReLU follows every convolution and every fully connected layer but the last, except
inside DepthwiseSeparableConv2d. Write the shape of x at every line of forward: most mistakes show there first.

Grade this file with:   pytest exercises/ex3_models.py
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class CustomAlexNet(nn.Module):
    """The homework's AlexNet: (N, 3, 224, 224) → (N, num_classes) logits; 45,463,084 parameters at 1000 classes.

    conv1 3→64 kernel 11 stride 4 padding 2, conv2 64→196 kernel 5 padding 2, conv3 196→384, conv4 384→256 and
    conv5 256→256 kernel 3 padding 1; a 3×3 max pool of stride 2 after conv1, conv2 and conv5; fc1 9216→4096,
    fc2 4096→1024, fc3 1024→num_classes; dropout of 0.5 after fc1 and fc2, only while training.
    Source: Krizhevsky, Sutskever & Hinton 2012; the widths are the homework's own.
    """

    def __init__(self, num_classes: int) -> None:
        # TODO: Which layers have weights and are made here, and which can be functions in forward?
        raise NotImplementedError

    def forward(self, x: Tensor) -> Tensor:
        # TODO: How does dropout know whether the model is training?
        raise NotImplementedError


class DepthwiseSeparableConv2d(nn.Module):
    """``depthwise``, one k×k filter for each channel, then ``pointwise``, a 1×1 convolution; nothing between.

    (N, in_channels, H, W) → (N, out_channels, H′, W′). Stride and padding belong to depthwise; both halves have a bias or none.
    Source: Howard et al. 2017, "MobileNets", arXiv:1704.04861, section 3.1 (without its batch norm and ReLU).
    """

    def __init__(self, in_channels: int, out_channels: int, kernel_size: int, stride: int = 1, padding: int = 0, bias: bool = True) -> None:
        # TODO: Which argument of nn.Conv2d keeps the channels apart?
        raise NotImplementedError

    def forward(self, x: Tensor) -> Tensor:
        raise NotImplementedError


class CiresanNet(nn.Module):
    """Seven convolutions: (N, 1, 28, 28) → (N, num_classes) logits; 5,609,770 parameters.

    conv1 … conv7 are 5×5 with padding 2, widths 1→48→128→192→192→192→192→192; a 2×2 max pool after conv1, conv3 and
    conv7; fc1 1728→512, fc2 512→512, fc3 512→num_classes.
    Source: after Ciresan, Meier, Gambardella & Schmidhuber 2011, "Convolutional neural network committees for handwritten
    character classification", ICDAR.
    """

    def __init__(self, num_classes: int = 10) -> None:
        # TODO: 1728 = 192 · 3 · 3: where does the 3 come from?
        raise NotImplementedError

    def forward(self, x: Tensor) -> Tensor:
        raise NotImplementedError


class ResidualCiresanNet(nn.Module):
    """CiresanNet's convolutions with skips: (N, 1, 28, 28) → (N, num_classes) logits.

    A 2×2 max pool after conv1 and after conv7 only. Skips around conv3 (through ``conv3_1x1``, 128→192), conv5 and conv7;
    ReLU after the sum. fc1 9408→512, then 512→512 layers, the last one → num_classes: ``fc_layers`` in all (2 … 5), named
    fc1, fc2, …; 9,304,042 / 9,566,698 / 9,829,354 / 10,092,010 parameters.
    Source: skips after He, Zhang, Ren & Sun 2015, "Deep residual learning for image recognition", arXiv:1512.03385.
    """

    def __init__(self, num_classes: int = 10, fc_layers: int = 3) -> None:
        # TODO: Why does the skip around conv3 need a convolution, and those around conv5 and conv7 none?
        raise NotImplementedError

    def forward(self, x: Tensor) -> Tensor:
        raise NotImplementedError


class CompactNet(nn.Module):
    """The homework's 7-layer net: (N, 1, 28, 28) → (N, num_classes) logits; 2,844,394 parameters.

    conv1 … conv4 of CiresanNet, a 2×2 max pool after conv1, conv2 and conv4, fc1 … fc3 of CiresanNet.
    """

    def __init__(self, num_classes: int = 10) -> None:
        # TODO: What does pooling one convolution earlier save, and what could it cost?
        raise NotImplementedError

    def forward(self, x: Tensor) -> Tensor:
        raise NotImplementedError


def mnist_resnet18(num_classes: int = 10) -> nn.Module:
    """torchvision's resnet18 for digits: (N, 1, 28, 28) → (N, num_classes) logits; 11,175,370 parameters.

    No pretrained weights, everything trainable; ``conv1`` reads one channel: 1→64 kernel 7 stride 2 padding 3, no bias.
    Source: He, Zhang, Ren & Sun 2015, arXiv:1512.03385, table 1.
    """
    # TODO: Which single layer of torchvision's model does not fit a digit?
    raise NotImplementedError
