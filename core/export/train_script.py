"""A training as one PyTorch script that a student can run anywhere: same seed, same losses.

The script draws its first weights after ``torch.manual_seed`` and its batches from a seeded DataLoader; core.nets
and core.training draw the same numbers in the same order, so that script and app agree bit for bit (tested).
"""

from __future__ import annotations

from itertools import pairwise

from core.training.config import TrainConfig
from core.training.courses import ONE_HOT_SHARE
from core.training.jobs import MnistJob, OneHotJob

_ACTIVATION = {
    "relu": "nn.ReLU()",
    "leaky_relu": "nn.LeakyReLU()",
    "tanh": "nn.Tanh()",
    "sigmoid": "nn.Sigmoid()",
    "gelu": "nn.GELU()",
    "identity": "nn.Identity()",
}
_LENET5 = [
    "nn.Conv2d(1, 6, kernel_size=5, padding=2), nn.Tanh(),  # C1",
    "nn.AvgPool2d(kernel_size=2, stride=2),  # S2",
    "nn.Conv2d(6, 16, kernel_size=5), nn.Tanh(),  # C3",
    "nn.AvgPool2d(kernel_size=2, stride=2),  # S4",
    "nn.Conv2d(16, 120, kernel_size=5), nn.Tanh(),  # C5",
    "nn.Flatten(),",
    "nn.Linear(120, 84), nn.Tanh(),  # F6",
    "nn.Linear(84, 10),  # Out",
]
# How a non-default initialisation fills each Linear layer; the same calls as core.nets.initialisation.
_FILL = {
    "xavier": "nn.init.xavier_uniform_(layer.weight)",
    "he": 'nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")',
    "zeros": "nn.init.zeros_(layer.weight)",
    "large": "nn.init.normal_(layer.weight, 0.0, 3.0)",
}


def one_hot_script(job: OneHotJob) -> str:
    """Return the script of a run of the DNN playground; it prints each update's loss at the end of an epoch."""
    widths = job.net.widths
    layers = []
    for index, (into, out) in enumerate(pairwise(widths)):
        last = index == len(widths) - 2
        layers.append(f"nn.Linear({into}, {out})," + ("" if last else f" {_ACTIVATION[job.net.activation]},"))
    mse = job.train.loss == "mse"
    data = f"""# The synthetic one-hot data: 3 inputs, 3 outputs, the class is decided by their sum
generator = torch.Generator().manual_seed({job.data_seed})
X = torch.rand({job.samples}, 3, generator=generator)
s = X.sum(dim=1)
low, high = s < 1, s > 2
Y = torch.stack([low, ~(low | high), high], dim=1).float()

# Shuffle the rows, then {ONE_HOT_SHARE:.0%} for training and the rest for testing
order = torch.randperm(len(X), generator=torch.Generator().manual_seed({job.data_seed}))
cut = int(len(X) * {ONE_HOT_SHARE})
X, Y = X[order], Y[order]
train_X, test_X = X[:cut], X[cut:]
train_Y, test_Y = {"Y[:cut]" if mse else "Y[:cut].argmax(dim=1)"}, Y[cut:].argmax(dim=1)
"""
    return _script(data, layers, job.net.seed, job.net.initialisation, job.train)


def mnist_script(job: MnistJob, folder: str = "data") -> str:
    """Return the script of a run of the LeNet-5 lesson; it downloads MNIST through torchvision.

    Args:
        job: the run.
        folder: where torchvision keeps its files.
    """
    if job.network == "lenet5":
        layers = _LENET5
    else:
        layers = [
            "nn.Flatten(),",
            *[f"nn.Linear({a}, {b}), nn.ReLU()," for a, b in ((784, 512), (512, 256), (256, 128), (128, 64))],
            "nn.Linear(64, 10),",
        ]
    data = f"""# MNIST, normalised with the training set's mean and standard deviation
transform = transforms.Compose([transforms.ToTensor(), transforms.Normalize((0.1307,), (0.3081,))])
train = datasets.MNIST("{folder}", train=True, download=True, transform=transform)
test = datasets.MNIST("{folder}", train=False, download=True, transform=transform)
"""
    return _script(data, layers, job.seed, "default", job.train)


def _script(data: str, layers: list[str], seed: int, initialisation: str, train: TrainConfig) -> str:
    mnist = "datasets.MNIST" in data
    imports = ["import torch", "from torch import nn"]
    if train.batch_size or mnist:
        imports.append("from torch.utils.data import DataLoader" + ("" if mnist else ", TensorDataset"))
    if mnist:
        imports.append("from torchvision import datasets, transforms")
    fill = ""
    if initialisation != "default":
        fill = f"""for layer in net:
    if isinstance(layer, nn.Linear):
        {_FILL[initialisation]}
        nn.init.zeros_(layer.bias)
"""
        if initialisation != "zeros":  # building the layers drew numbers already: begin anew
            fill = f"torch.manual_seed({seed})\n" + fill
    loss = "nn.MSELoss()" if train.loss == "mse" else "nn.CrossEntropyLoss()"
    if train.optimiser == "sgd":
        momentum = f", momentum={train.momentum}" if train.momentum else ""
        optimiser = f"torch.optim.SGD(net.parameters(), lr={train.lr}{momentum})"
    else:
        optimiser = f"torch.optim.Adam(net.parameters(), lr={train.lr})"
    return f"""{chr(10).join(imports)}

{data}
# The network; the seed decides its first weights
torch.manual_seed({seed})
net = nn.Sequential(
    {f"{chr(10)}    ".join(layers)}
)
{fill}
loss_function = {loss}
optimiser = {optimiser}

losses = []
{_loop(train, mnist)}
{_test(mnist)}"""


def _loop(train: TrainConfig, mnist: bool) -> str:
    update = """{i}prediction = net(x)
{i}loss = loss_function(prediction, y)
{i}optimiser.zero_grad()
{i}loss.backward()
{i}optimiser.step()
{i}losses.append(loss.item())"""
    if not train.batch_size:
        source = (
            "x = torch.stack([image for image, _ in train])\ny = train.targets"
            if mnist
            else "x, y = train_X, train_Y  # the whole training set at once: batch gradient descent"
        )
        return f"""{source}
for epoch in range({train.epochs}):
{update.format(i="    ")}
print(f"{{len(losses)}} updates, last loss {{losses[-1]:.6f}}")
"""
    dataset = "train" if mnist else "TensorDataset(train_X, train_Y)"
    return f"""shuffler = torch.Generator().manual_seed({train.seed})
loader = DataLoader({dataset}, batch_size={train.batch_size}, shuffle=True, generator=shuffler)
for epoch in range({train.epochs}):
    for x, y in loader:
{update.format(i="        ")}
    print(f"epoch {{epoch + 1}}: loss {{losses[-1]:.6f}}")
"""


def _test(mnist: bool) -> str:
    if mnist:
        return """with torch.no_grad():
    right = sum((net(x).argmax(dim=1) == y).sum().item() for x, y in DataLoader(test, batch_size=1000))
print(f"{right} of {len(test)} test samples right: {right / len(test):.4%}")
"""
    return """with torch.no_grad():
    right = (net(test_X).argmax(dim=1) == test_Y).sum().item()
print(f"{right} of {len(test_X)} test samples right: {right / len(test_X):.4%}")
"""
