# loses: CustomAlexNet
# named: nothing
"""Dropout that does not scale what it keeps."""

import torch
from torch import nn
from torch.nn import functional as F


class CustomAlexNet(nn.Module):
    def __init__(self, num_classes):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 64, 11, 4, 2)
        self.conv2 = nn.Conv2d(64, 196, 5, padding=2)
        self.conv3 = nn.Conv2d(196, 384, 3, padding=1)
        self.conv4 = nn.Conv2d(384, 256, 3, padding=1)
        self.conv5 = nn.Conv2d(256, 256, 3, padding=1)
        self.fc1, self.fc2, self.fc3 = nn.Linear(9216, 4096), nn.Linear(4096, 1024), nn.Linear(1024, num_classes)

    def drop(self, x):
        return x * (torch.rand_like(x) < 0.5) if self.training else x

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv1(x)), 3, 2)
        x = F.max_pool2d(F.relu(self.conv2(x)), 3, 2)
        x = F.max_pool2d(F.relu(self.conv5(F.relu(self.conv4(F.relu(self.conv3(x)))))), 3, 2).flatten(1)
        return self.fc3(self.drop(F.relu(self.fc2(self.drop(F.relu(self.fc1(x)))))))
