"""A list of layers is folded from the image to the logits."""

from collections import namedtuple
from functools import reduce
from itertools import chain

Conv = namedtuple("Conv", "name m n k s p")
Pool = namedtuple("Pool", "k s", defaults=(3, 2))
Dense = namedtuple("Dense", "name m n")


def net(num_classes):
    return [
        Conv("conv1", 3, 64, 11, 4, 2), Pool(), Conv("conv2", 64, 196, 5, 1, 2), Pool(),
        Conv("conv3", 196, 384, 3, 1, 1), Conv("conv4", 384, 256, 3, 1, 1), Conv("conv5", 256, 256, 3, 1, 1), Pool(),
        Dense("fc1", 9216, 4096), Dense("fc2", 4096, 1024), Dense("fc3", 1024, num_classes),
    ]  # fmt: skip


def layer_params(num_classes=1000):
    return {layer.name: layer.n * (layer.m * getattr(layer, "k", 1) ** 2 + 1) for layer in net(num_classes) if not isinstance(layer, Pool)}


def total_params(num_classes=1000):
    return reduce(lambda a, b: a + b, layer_params(num_classes).values())


def output_shapes(num_classes=1000, image_size=224):
    shapes, side = {}, image_size
    for layer in net(num_classes):
        match layer:
            case Conv(name, _, n, k, s, p):
                side = (side - k + p + p) // s + 1
                shapes[name] = (n, side, side)
            case Pool(k, s):
                side = (side - k) // s + 1
            case Dense(name, _, n):
                shapes[name] = (n,)
    return shapes


def layer_macs(num_classes=1000, image_size=224):
    shapes = output_shapes(num_classes, image_size)
    return {
        layer.name: layer.m * layer.n * getattr(layer, "k", 1) ** 2 * (shapes[layer.name][-1] ** 2 if isinstance(layer, Conv) else 1)
        for layer in net(num_classes)
        if not isinstance(layer, Pool)
    }


def total_macs(num_classes=1000, image_size=224):
    return sum(chain(layer_macs(num_classes, image_size).values()))


def memory_mb(num_classes=1000, image_size=224):
    outputs = 0
    for shape in output_shapes(num_classes, image_size).values():
        n, *sides = shape
        outputs += n * (sides[0] * sides[1] if sides else 1)
    mb = {"input": image_size * image_size * 3, "forward_backward": outputs * 2, "params": total_params(num_classes)}
    mb = {name: round(numbers * 4 / 1024 / 1024, 4) for name, numbers in mb.items()}
    exact = (image_size * image_size * 3 + outputs * 2 + total_params(num_classes)) * 4 / 1024 / 1024
    return mb | {"total": round(exact, 4)}
