# loses: ResidualCiresanNet
# named: nothing
"""Right for three fully connected layers; a fourth has no ReLU before it."""

from torch import nn
from torch.nn import functional as F


class ResidualCiresanNet(nn.Module):
    def __init__(self, num_classes=10, fc_layers=3):
        super().__init__()
        widths = (1, 48, 128, 192, 192, 192, 192, 192)
        for i in range(7):
            setattr(self, f"conv{i + 1}", nn.Conv2d(widths[i], widths[i + 1], 5, padding=2))
        self.conv3_1x1 = nn.Conv2d(128, 192, 1)
        dense = [9408] + [512] * (fc_layers - 1) + [num_classes]
        for i in range(fc_layers):
            setattr(self, f"fc{i + 1}", nn.Linear(dense[i], dense[i + 1]))
        self.fc_layers = fc_layers

    def forward(self, x):
        x = F.relu(self.conv2(F.max_pool2d(F.relu(self.conv1(x)), 2)))
        x = F.relu(self.conv3(x) + self.conv3_1x1(x))
        x = F.relu(self.conv4(x))
        x = F.relu(self.conv6(F.relu(self.conv5(x) + x)))
        x = F.max_pool2d(F.relu(self.conv7(x) + x), 2).flatten(1)
        for i in range(1, self.fc_layers):
            x = getattr(self, f"fc{i}")(x)
            x = F.relu(x) if i < 3 else x
        return getattr(self, f"fc{self.fc_layers}")(x)
