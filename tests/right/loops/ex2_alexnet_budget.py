"""Written out line by line, as on paper."""

from collections import OrderedDict


def layer_params(num_classes=1000):
    d = OrderedDict()
    d["fc3"] = 1024 * num_classes + num_classes  # the order of the keys is free
    d["fc2"] = 4096 * 1024 + 1024
    d["fc1"] = 9216 * 4096 + 4096
    d["conv5"] = 256 * 256 * 9 + 256
    d["conv4"] = 384 * 256 * 9 + 256
    d["conv3"] = 196 * 384 * 9 + 384
    d["conv2"] = 64 * 196 * 25 + 196
    d["conv1"] = 3 * 64 * 121 + 64
    return d


def total_params(num_classes=1000):
    total = 0
    for count in layer_params(num_classes).values():
        total += count
    return total


def output_shapes(num_classes=1000, image_size=224):
    a = (image_size + 4 - 11) // 4 + 1
    b = (a - 3) // 2 + 1
    c = (b - 3) // 2 + 1
    return {
        "conv1": (64, a, a),
        "conv2": (196, b, b),
        "conv3": (384, c, c),
        "conv4": (256, c, c),
        "conv5": (256, c, c),
        "fc1": (4096,),
        "fc2": (1024,),
        "fc3": (num_classes,),
    }


def layer_macs(num_classes=1000, image_size=224):
    shapes = output_shapes(num_classes, image_size)
    fan_in = {"conv1": 363, "conv2": 1600, "conv3": 1764, "conv4": 3456, "conv5": 2304, "fc1": 9216, "fc2": 4096, "fc3": 1024}
    macs = {}
    for name, shape in shapes.items():
        count = fan_in[name]
        for side in shape:
            count *= side
        macs[name] = count
    return macs


def total_macs(num_classes=1000, image_size=224):
    return sum(layer_macs(num_classes, image_size)[name] for name in output_shapes())


def memory_mb(num_classes=1000, image_size=224):
    """Rounded to two decimals, as torchsummary prints it."""
    outputs = 0
    for shape in output_shapes(num_classes, image_size).values():
        count = 1
        for side in shape:
            count *= side
        outputs += count
    exact = {
        "total": (3 * image_size * image_size + 2 * outputs + total_params(num_classes)) * 4 / 1048576,
        "input": 3 * image_size * image_size * 4 / 1048576,
        "forward_backward": outputs * 8 / 1048576,
        "params": total_params(num_classes) * 4 / 1048576,
    }
    return {name: round(size, 2) for name, size in exact.items()}
