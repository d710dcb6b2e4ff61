# loses: predict
# named: nothing
"""batch_size has no effect: a large test set does not fit into memory."""

import torch


def predict(model, images, batch_size=1000):
    model.eval()
    with torch.no_grad():
        return model(images).argmax(1)
