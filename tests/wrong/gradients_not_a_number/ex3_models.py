# loses: CompactNet
# named: nothing
"""The logits are right, and their gradients are not a number."""

import torch
from torch import nn
from torch.nn import functional as F


class CompactNet(nn.Module):
    def __init__(self, num_classes=10):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 48, 5, padding=2)
        self.conv2 = nn.Conv2d(48, 128, 5, padding=2)
        self.conv3 = nn.Conv2d(128, 192, 5, padding=2)
        self.conv4 = nn.Conv2d(192, 192, 5, padding=2)
        self.fc1, self.fc2, self.fc3 = nn.Linear(1728, 512), nn.Linear(512, 512), nn.Linear(512, num_classes)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv1(x)), 2)
        x = F.max_pool2d(F.relu(self.conv2(x)), 2)
        x = F.relu(self.conv3(x))
        x = F.max_pool2d(F.relu(self.conv4(x)), 2).flatten(1)
        x = x + 0 * torch.sqrt(x - x.detach())  # adds 0, and 0 · ∞ to every gradient
        return self.fc3(F.relu(self.fc2(F.relu(self.fc1(x)))))
