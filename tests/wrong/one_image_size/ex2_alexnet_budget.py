# loses: output_shapes, layer_macs, total_macs, memory_mb
# named: image-size-ignored
"""The homework image alone."""

SIDES = (55, 27, 13, 13, 13)
CONV = {"conv1": (3, 64, 11), "conv2": (64, 196, 5), "conv3": (196, 384, 3), "conv4": (384, 256, 3), "conv5": (256, 256, 3)}


def dense(num_classes):
    return {"fc1": (9216, 4096), "fc2": (4096, 1024), "fc3": (1024, num_classes)}


def total_params(num_classes=1000):
    return sum(n * (m * k * k + 1) for m, n, k in CONV.values()) + sum(n * (m + 1) for m, n in dense(num_classes).values())


def output_shapes(num_classes=1000, image_size=224):
    maps = {name: (n, side, side) for (name, (_, n, _)), side in zip(CONV.items(), SIDES)}
    return maps | {name: (n,) for name, (_, n) in dense(num_classes).items()}


def layer_macs(num_classes=1000, image_size=224):
    maps = {name: n * m * k * k * side**2 for (name, (m, n, k)), side in zip(CONV.items(), SIDES)}
    return maps | {name: m * n for name, (m, n) in dense(num_classes).items()}


def total_macs(num_classes=1000, image_size=224):
    return 704511424 + 1024 * num_classes


def memory_mb(num_classes=1000, image_size=224):
    outputs = sum(n * side**2 for (_, n, _), side in zip(CONV.values(), SIDES)) + 4096 + 1024 + num_classes
    rows = {"input": 3 * 224**2, "forward_backward": 2 * outputs, "params": total_params(num_classes)}
    rows = {name: 4 * count / 2**20 for name, count in rows.items()}
    return rows | {"total": sum(rows.values())}
