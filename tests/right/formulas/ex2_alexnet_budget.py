"""Polynomials in num_classes, and maps that depend on image_size in steps of four pixels."""

from math import prod

FIXED = {"conv1": 23_296, "conv2": 313_796, "conv3": 677_760, "conv4": 884_992, "conv5": 590_080, "fc1": 37_752_832, "fc2": 4_195_328}


def layer_params(num_classes=1000):
    return FIXED | {"fc3": 1025 * num_classes}


def total_params(num_classes=1000):
    return 44_438_084 + 1025 * num_classes


def output_shapes(num_classes=1000, image_size=224):
    s1 = 55 + (image_size - 223) // 4
    s2 = (s1 - 1) // 2
    s3 = (s2 - 1) // 2
    channels = [64, 196, 384, 256, 256]
    maps = {f"conv{i}": (c, s, s) for i, (c, s) in enumerate(zip(channels, [s1, s2, s3, s3, s3], strict=True), 1)}
    return {**maps, "fc1": (4096,), "fc2": (1024,), "fc3": (num_classes,)}


def layer_macs(num_classes=1000, image_size=224):
    shapes = output_shapes(num_classes, image_size)
    biases = {name: shape[0] for name, shape in shapes.items()}
    return {name: (count - biases[name]) * prod(shapes[name][1:]) for name, count in layer_params(num_classes).items()}


def total_macs(num_classes=1000, image_size=224):
    return sum(layer_macs(num_classes, image_size).values())


def memory_mb(num_classes=1000, image_size=224):
    outputs = sum(map(prod, output_shapes(num_classes, image_size).values()))
    parts = 3 * image_size**2 / 2**18, outputs / 2**17, total_params(num_classes) / 2**18
    return {"input": parts[0], "forward_backward": parts[1], "params": parts[2], "total": parts[0] + parts[1] + parts[2]}
