"""MNIST through torchvision, and the two networks that lesson 4 trains on it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from core.export.loop_part import Loop, loop_part, rule_part
from core.export.parts import Part

if TYPE_CHECKING:
    from core.training.jobs import MnistJob

_DATA: Final = """\
transform = transforms.Compose([transforms.ToTensor(), transforms.Normalize((0.1307,), (0.3081,))])
train = datasets.MNIST({folder!r}, train=True, download=True, transform=transform)
test = datasets.MNIST({folder!r}, train=False, download=True, transform=transform)
"""
_WHOLE: Final = "images = torch.stack([image for image, _ in train])\n"
_LENET5: Final = (
    "nn.Conv2d(1, 6, kernel_size=5, padding=2), nn.Tanh(),  # C1",
    "nn.AvgPool2d(kernel_size=2, stride=2),  # S2",
    "nn.Conv2d(6, 16, kernel_size=5), nn.Tanh(),  # C3",
    "nn.AvgPool2d(kernel_size=2, stride=2),  # S4",
    "nn.Conv2d(16, 120, kernel_size=5), nn.Tanh(),  # C5",
    "nn.Flatten(),",
    "nn.Linear(120, 84), nn.Tanh(),  # F6",
    "nn.Linear(84, 10),  # Out",
)
_DNN: Final = (
    "nn.Flatten(),",
    "nn.Linear(784, 512), nn.ReLU(),",
    "nn.Linear(512, 256), nn.ReLU(),",
    "nn.Linear(256, 128), nn.ReLU(),",
    "nn.Linear(128, 64), nn.ReLU(),",
    "nn.Linear(64, 10),",
)
_TEST: Final = """\
with torch.no_grad():
    right = sum((net(x).argmax(dim=1) == y).sum().item() for x, y in DataLoader(test, batch_size=1000))
print(f"{right} of {len(test)} test samples right: {right / len(test):.4%}")
"""


def mnist_parts(job: MnistJob, folder: str) -> tuple[Part, ...]:
    """Return a run's steps, from the download to the test.

    Args:
        job: the run.
        folder: where torchvision keeps its files.
    """
    train = job.train
    whole = not train.batch_size
    layers = "\n    ".join(_LENET5 if job.network == "lenet5" else _DNN)
    net = f"torch.manual_seed({job.seed})\nnet = nn.Sequential(\n    {layers}\n)"
    loop = Loop(train, len(job.data.train_labels), dataset="train", whole=("images", "train.targets"))
    return (
        Part(
            "MNIST, normalised with the training set's mean and standard deviation",
            "",
            _DATA.format(folder=folder) + (_WHOLE if whole else ""),
        ),
        Part("The network; the seed decides its first weights", "", net),
        rule_part(train),
        loop_part(loop),
        Part("Test on images that the network has never seen", "", _TEST),
    )
