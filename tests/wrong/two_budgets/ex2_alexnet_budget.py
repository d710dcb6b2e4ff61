# loses: layer_params, total_params
# named: nothing
"""192 filters, and no biases."""


def layer_params(num_classes=1000):
    rows = {"conv1": 363 * 64, "conv2": 1600 * 192, "conv3": 1728 * 384, "conv4": 3456 * 256, "conv5": 2304 * 256}
    return rows | {"fc1": 9216 * 4096, "fc2": 4096 * 1024, "fc3": 1024 * num_classes}


def total_params(num_classes=1000):
    return sum(layer_params(num_classes).values())
