"""The network is built on the meta device, and asked."""

import torch
from torch import nn
from torch.nn import functional as F


def _network(num_classes):
    with torch.device("meta"):
        return {
            "conv1": nn.Conv2d(3, 64, 11, 4, 2),
            "conv2": nn.Conv2d(64, 196, 5, 1, 2),
            "conv3": nn.Conv2d(196, 384, 3, 1, 1),
            "conv4": nn.Conv2d(384, 256, 3, 1, 1),
            "conv5": nn.Conv2d(256, 256, 3, 1, 1),
            "fc1": nn.Linear(9216, 4096),
            "fc2": nn.Linear(4096, 1024),
            "fc3": nn.Linear(1024, num_classes),
        }


def layer_params(num_classes=1000):
    return {name: sum(p.numel() for p in layer.parameters()) for name, layer in _network(num_classes).items()}


def total_params(num_classes=1000):
    return nn.ModuleDict(_network(num_classes)).get_parameter("fc3.bias").numel() * 0 + sum(layer_params(num_classes).values())


def output_shapes(num_classes=1000, image_size=224):
    x, shapes = torch.empty(1, 3, image_size, image_size, device="meta"), {}
    for name, layer in _network(num_classes).items():
        x = layer(x.flatten(1) if name == "fc1" else x)
        shapes[name] = x.shape[1:]
        if name in ("conv1", "conv2", "conv5"):
            x = F.max_pool2d(x, 3, 2)
    return shapes


def layer_macs(num_classes=1000, image_size=224):
    network = _network(num_classes)
    return {name: network[name].weight[0].numel() * shape.numel() for name, shape in output_shapes(num_classes, image_size).items()}


def total_macs(num_classes=1000, image_size=224):
    return sum(layer_macs(num_classes, image_size).values())


def memory_mb(num_classes=1000, image_size=224):
    outputs = sum(shape.numel() for shape in output_shapes(num_classes, image_size).values())
    sizes = torch.tensor([3 * image_size**2, 2 * outputs, total_params(num_classes)], dtype=torch.float64) * 4 / 2**20
    return dict(zip(("input", "forward_backward", "params", "total"), [*sizes.tolist(), sizes.sum().item()], strict=True))
