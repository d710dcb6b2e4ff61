# loses: layer_params
# named: nothing
"""One of eight keys is not there."""


def layer_params(num_classes=1000):
    counts = [23296, 313796, 677760, 884992, 590080, 37752832, 4195328]
    return dict(zip(["conv1", "conv2", "conv3", "conv4", "conv5", "fc1", "fc2"], counts))
