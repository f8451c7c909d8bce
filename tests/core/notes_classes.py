"""Networks as pupils write them: the notes' own classes, and others with the same layers."""

import io
import itertools

import torch
from torch import nn


class CNN(nn.Module):
    def __init__(self):
        super(CNN, self).__init__()  # noqa: UP008  # as the notes write it
        self.net = nn.Sequential(
            *(nn.Conv2d(1, 6, kernel_size=5, padding=2), nn.Tanh()),
            nn.AvgPool2d(kernel_size=2, stride=2),
            *(nn.Conv2d(6, 16, kernel_size=5), nn.Tanh()),
            nn.AvgPool2d(kernel_size=2, stride=2),
            *(nn.Conv2d(16, 120, kernel_size=5), nn.Tanh()),
            nn.Flatten(),
            *(nn.Linear(120, 84), nn.Tanh()),
            nn.Linear(84, 10),
        )

    def forward(self, x):
        return self.net(x)


class DNN(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(
            nn.Flatten(),
            *(nn.Linear(784, 512), nn.ReLU()),
            *(nn.Linear(512, 256), nn.ReLU()),
            *(nn.Linear(256, 128), nn.ReLU()),
            *(nn.Linear(128, 64), nn.ReLU()),
            nn.Linear(64, 10),
        )

    def forward(self, x):
        return self.net(x)


class Named(nn.Module):
    """A LeNet-5 of many tutorials: attributes, and C5 as a fully connected layer."""

    def __init__(self):
        super().__init__()
        self.conv1, self.conv2 = nn.Conv2d(1, 6, 5, padding=2), nn.Conv2d(6, 16, 5)
        self.fc1, self.fc2, self.fc3 = nn.Linear(16 * 5 * 5, 120), nn.Linear(120, 84), nn.Linear(84, 10)

    def forward(self, x):
        x = nn.functional.avg_pool2d(self.conv1(x).tanh(), 2)
        x = nn.functional.avg_pool2d(self.conv2(x).tanh(), 2).flatten(1)
        return self.fc3(self.fc2(self.fc1(x).tanh()).tanh())


class Deep(nn.Module):
    def __init__(self, widths=(784, 512, 256, 128, 64, 10)):
        super().__init__()
        self.hidden = nn.ModuleList(nn.Linear(a, b) for a, b in itertools.pairwise(widths[:-1]))
        self.out = nn.Linear(*widths[-2:])

    def forward(self, x):
        x = x.flatten(1)
        for layer in self.hidden:
            x = layer(x).relu()
        return self.out(x)


class Plain(nn.Module):
    """The notes' DNN of 3-5-5-5-3."""

    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(
            *(nn.Linear(3, 5), nn.ReLU(), nn.Linear(5, 5), nn.ReLU(), nn.Linear(5, 5), nn.ReLU()), nn.Linear(5, 3)
        )

    def forward(self, x):
        return self.net(x)


def pth(what) -> bytes:
    file = io.BytesIO()
    torch.save(what, file)
    return file.getvalue()
