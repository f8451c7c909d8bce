"""What people paste from tutorials and books: torch runs the same text, and makes the same of it."""

import contextlib
import io
import textwrap
from collections import OrderedDict
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.conv.layers import Activation, AdaptivePool, AvgPool, BatchNorm, Conv, Flatten, Linear, MaxPool
from core.conv.sequential import Pasted, check_inputs, fitting_input, parse_sequential
from core.conv.sizes import Shape, trace
from core.errors import InvalidInput
from core.export.sequential_script import sequential_script

torch = pytest.importorskip("torch")

NOTES_DNN = """
In [5]: class DNN(nn.Module):

    def __init__(self):
        ''' the layers '''
        super(DNN,self).__init__()
        self.net = nn.Sequential(          # in order
            nn.Linear(3, 5), nn.ReLU(),    # layer 1
            nn.Linear(5, 5), nn.ReLU(),
            nn.Linear(5, 5), nn.ReLU(),
            nn.Linear(5, 3)
        )

    def forward(self, x):
        y = self.net(x)
        return y
"""
NOTES_MNIST_DNN = """
class DNN(nn.Module):
    def __init__(self):
        super(DNN,self).__init__()
        self.net = nn.Sequential(
            nn.Flatten(),
            nn.Linear(784, 512), nn.ReLU(),
            nn.Linear(512, 256), nn.ReLU(),
            nn.Linear(256, 128), nn.ReLU(),
            nn.Linear(128, 64), nn.ReLU(),
            nn.Linear(64, 10)
        )

    def forward(self, x):
        y = self.net(x)
        return y

model = DNN()
"""
NOTES_CNN = """
In [5]: class CNN(nn.Module):
        def __init__(self):
            super(CNN,self).__init__()
            self.net = nn.Sequential(
                nn.Conv2d(1, 6, kernel_size=5, padding=2), nn.Tanh(),
                nn.AvgPool2d(kernel_size=2, stride=2),
                nn.Conv2d(6, 16, kernel_size=5), nn.Tanh(),
                nn.AvgPool2d(kernel_size=2, stride=2),
                nn.Conv2d(16, 120, kernel_size=5), nn.Tanh(),
                nn.Flatten(),
                nn.Linear(120, 84), nn.Tanh(),
                nn.Linear(84, 10)
            )

        def forward(self, x):
            y = self.net(x)
            return y
"""
BLITZ = """
import torch
import torch.nn as nn
import torch.nn.functional as F

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 6, 5)
        self.pool = nn.MaxPool2d(2, 2)
        self.conv2 = nn.Conv2d(6, 16, 5)
        self.fc1 = nn.Linear(16 * 5 * 5, 120)
        self.fc2 = nn.Linear(120, 84)
        self.fc3 = nn.Linear(84, 10)

    def forward(self, x):
        x = self.pool(F.relu(self.conv1(x)))
        x = self.pool(F.relu(self.conv2(x)))
        x = torch.flatten(x, 1)  # all dimensions except batch
        x = F.relu(self.fc1(x))
        x = F.relu(self.fc2(x))
        x = self.fc3(x)
        return x


net = Net()
"""
OLD_BLITZ = """
class Net(nn.Module):

    def __init__(self):
        super(Net, self).__init__()
        self.conv1 = nn.Conv2d(1, 6, 3)
        self.conv2 = nn.Conv2d(6, 16, 3)
        self.fc1 = nn.Linear(16 * 6 * 6, 120)
        self.fc2 = nn.Linear(120, 84)
        self.fc3 = nn.Linear(84, 10)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv1(x)), (2, 2))
        x = F.max_pool2d(F.relu(self.conv2(x)), 2)
        x = x.view(-1, self.num_flat_features(x))
        x = F.relu(self.fc1(x))
        x = F.relu(self.fc2(x))
        x = self.fc3(x)
        return x

    def num_flat_features(self, x):
        size = x.size()[1:]
        num_features = 1
        for s in size:
            num_features *= s
        return num_features
"""
C_BLITZ = """
class Net(nn.Module):
    def __init__(self):
        super(Net, self).__init__()
        self.conv1 = nn.Conv2d(1, 6, 5)
        self.conv2 = nn.Conv2d(6, 16, 5)
        self.fc1 = nn.Linear(16 * 5 * 5, 120)
        self.fc2 = nn.Linear(120, 84)
        self.fc3 = nn.Linear(84, 10)

    def forward(self, input):
        c1 = F.relu(self.conv1(input))
        s2 = F.max_pool2d(c1, (2, 2))
        c3 = F.relu(self.conv2(s2))
        s4 = F.max_pool2d(c3, 2)
        s4 = torch.flatten(s4, 1)
        f5 = F.relu(self.fc1(s4))
        f6 = F.relu(self.fc2(f5))
        output = self.fc3(f6)
        return output
"""
QUICKSTART = """
class NeuralNetwork(nn.Module):
    def __init__(self):
        super().__init__()
        self.flatten = nn.Flatten()
        self.linear_relu_stack = nn.Sequential(
            nn.Linear(28*28, 512),
            nn.ReLU(),
            nn.Linear(512, 512),
            nn.ReLU(),
            nn.Linear(512, 10)
        )

    def forward(self, x):
        x = self.flatten(x)
        logits = self.linear_relu_stack(x)
        return logits

model = NeuralNetwork().to(device)
print(model)
"""
MNIST_EXAMPLE = """
class Net(nn.Module):
    def __init__(self):
        super(Net, self).__init__()
        self.conv1 = nn.Conv2d(1, 32, 3, 1)
        self.conv2 = nn.Conv2d(32, 64, 3, 1)
        self.dropout1 = nn.Dropout(0.25)
        self.dropout2 = nn.Dropout(0.5)
        self.fc1 = nn.Linear(9216, 128)
        self.fc2 = nn.Linear(128, 10)

    def forward(self, x):
        x = self.conv1(x)
        x = F.relu(x)
        x = self.conv2(x)
        x = F.relu(x)
        x = F.max_pool2d(x, 2)
        x = self.dropout1(x)
        x = torch.flatten(x, 1)
        x = self.fc1(x)
        x = F.relu(x)
        x = self.dropout2(x)
        x = self.fc2(x)
        output = F.log_softmax(x, dim=1)
        return output
"""
OLD_MNIST_EXAMPLE = """
class Net(nn.Module):
    def __init__(self):
        super(Net, self).__init__()
        self.conv1 = nn.Conv2d(1, 10, kernel_size=5)
        self.conv2 = nn.Conv2d(10, 20, kernel_size=5)
        self.conv2_drop = nn.Dropout2d()
        self.fc1 = nn.Linear(320, 50)
        self.fc2 = nn.Linear(50, 10)

    def forward(self, x):
        x = F.relu(F.max_pool2d(self.conv1(x), 2))
        x = F.relu(F.max_pool2d(self.conv2_drop(self.conv2(x)), 2))
        x = x.view(-1, 320)
        x = F.relu(self.fc1(x))
        x = F.dropout(x, training=self.training)
        x = self.fc2(x)
        return F.log_softmax(x, dim=1)
"""
ALEXNET = """
class AlexNet(nn.Module):
    def __init__(self, num_classes: int = 1000, dropout: float = 0.5) -> None:
        super().__init__()
        _log_api_usage_once(self)
        self.features = nn.Sequential(
            nn.Conv2d(3, 64, kernel_size=11, stride=4, padding=2),
            nn.ReLU(inplace=True),
            nn.MaxPool2d(kernel_size=3, stride=2),
            nn.Conv2d(64, 192, kernel_size=5, padding=2),
            nn.ReLU(inplace=True),
            nn.MaxPool2d(kernel_size=3, stride=2),
            nn.Conv2d(192, 384, kernel_size=3, padding=1),
            nn.ReLU(inplace=True),
            nn.Conv2d(384, 256, kernel_size=3, padding=1),
            nn.ReLU(inplace=True),
            nn.Conv2d(256, 256, kernel_size=3, padding=1),
            nn.ReLU(inplace=True),
            nn.MaxPool2d(kernel_size=3, stride=2),
        )
        self.avgpool = nn.AdaptiveAvgPool2d((6, 6))
        self.classifier = nn.Sequential(
            nn.Dropout(p=dropout),
            nn.Linear(256 * 6 * 6, 4096),
            nn.ReLU(inplace=True),
            nn.Dropout(p=dropout),
            nn.Linear(4096, 4096),
            nn.ReLU(inplace=True),
            nn.Linear(4096, num_classes),
        )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.features(x)
        x = self.avgpool(x)
        x = torch.flatten(x, 1)
        x = self.classifier(x)
        return x
"""
D2L_LENET = """
class LeNet(d2l.Classifier):  #@save
    def __init__(self, lr=0.1, num_classes=10):
        super().__init__()
        self.save_hyperparameters()
        self.net = nn.Sequential(
            nn.LazyConv2d(6, kernel_size=5, padding=2), nn.Sigmoid(),
            nn.AvgPool2d(kernel_size=2, stride=2),
            nn.LazyConv2d(16, kernel_size=5), nn.Sigmoid(),
            nn.AvgPool2d(kernel_size=2, stride=2),
            nn.Flatten(),
            nn.LazyLinear(120), nn.Sigmoid(),
            nn.LazyLinear(84), nn.Sigmoid(),
            nn.LazyLinear(num_classes))
"""
D2L_ZH_LENET = """
net = nn.Sequential(
    nn.Conv2d(1, 6, kernel_size=5, padding=2), nn.Sigmoid(),
    nn.AvgPool2d(kernel_size=2, stride=2),
    nn.Conv2d(6, 16, kernel_size=5), nn.Sigmoid(),
    nn.AvgPool2d(kernel_size=2, stride=2),
    nn.Flatten(),
    nn.Linear(16 * 5 * 5, 120), nn.Sigmoid(),
    nn.Linear(120, 84), nn.Sigmoid(),
    nn.Linear(84, 10))

X = torch.rand(size=(1, 1, 28, 28), dtype=torch.float32)
"""
D2L_ALEXNET = """
class AlexNet(d2l.Classifier):
    def __init__(self, lr=0.1, num_classes=10):
        super().__init__()
        self.save_hyperparameters()
        self.net = nn.Sequential(
            nn.LazyConv2d(96, kernel_size=11, stride=4, padding=1),
            nn.ReLU(), nn.MaxPool2d(kernel_size=3, stride=2),
            nn.LazyConv2d(256, kernel_size=5, padding=2), nn.ReLU(),
            nn.MaxPool2d(kernel_size=3, stride=2),
            nn.LazyConv2d(384, kernel_size=3, padding=1), nn.ReLU(),
            nn.LazyConv2d(384, kernel_size=3, padding=1), nn.ReLU(),
            nn.LazyConv2d(256, kernel_size=3, padding=1), nn.ReLU(),
            nn.MaxPool2d(kernel_size=3, stride=2), nn.Flatten(),
            nn.LazyLinear(4096), nn.ReLU(), nn.Dropout(p=0.5),
            nn.LazyLinear(4096), nn.ReLU(),nn.Dropout(p=0.5),
            nn.LazyLinear(num_classes))
        self.net.apply(d2l.init_cnn)
"""
VGG_BLOCK = """
block1 = nn.Sequential(
    nn.LazyConv2d(64, kernel_size=3, padding=1), nn.ReLU(),
    nn.MaxPool2d(kernel_size=2, stride=2))
block2 = nn.Sequential(
    nn.LazyConv2d(128, kernel_size=3, padding=1), nn.BatchNorm2d(128), nn.ReLU(),
    nn.LazyConv2d(128, kernel_size=3, padding='same'), nn.LazyBatchNorm2d(), nn.ReLU(),
    nn.MaxPool2d(kernel_size=2, stride=2))
net = nn.Sequential(block1, block2, nn.Flatten(), nn.LazyLinear(10))
"""
NIN = """
net = nn.Sequential(
    nn.LazyConv2d(96, kernel_size=11, stride=4, padding=0), nn.ReLU(),
    nn.LazyConv2d(96, kernel_size=1), nn.ReLU(),
    nn.LazyConv2d(96, kernel_size=1), nn.ReLU(),
    nn.MaxPool2d(3, stride=2),
    nn.Dropout(0.5),
    nn.LazyConv2d(10, kernel_size=3, stride=1, padding=1), nn.ReLU(),
    nn.AdaptiveAvgPool2d((1, 1)),
    nn.Flatten())
"""
D2L_BN_LENET = """
net = nn.Sequential(
    nn.Conv2d(1, 6, kernel_size=5), nn.BatchNorm2d(6), nn.Sigmoid(),
    nn.AvgPool2d(kernel_size=2, stride=2),
    nn.Conv2d(6, 16, kernel_size=5), nn.BatchNorm2d(16), nn.Sigmoid(),
    nn.AvgPool2d(kernel_size=2, stride=2), nn.Flatten(),
    nn.Linear(256, 120), nn.BatchNorm1d(120), nn.Sigmoid(),
    nn.Linear(120, 84), nn.BatchNorm1d(84), nn.Sigmoid(),
    nn.Linear(84, 10))
"""
PARAMETERS = """
hidden = 2 * 32

class Net(nn.Module):
    def __init__(self, input_size, hidden_size, num_classes):
        super(Net, self).__init__()
        self.fc1 = nn.Linear(input_size, hidden_size)
        self.relu = nn.ReLU()
        self.fc2 = nn.Linear(hidden_size, num_classes)

    def forward(self, x):
        out = self.fc1(x)
        out = self.relu(out)
        out = self.fc2(out)
        return out

model = Net(784, hidden, num_classes=10)
"""
CONVNET = """
class ConvNet(nn.Module):
    def __init__(self, num_classes=10):
        super(ConvNet, self).__init__()
        self.layer1 = nn.Sequential(
            nn.Conv2d(1, 16, kernel_size=5, stride=1, padding=2),
            nn.BatchNorm2d(16),
            nn.ReLU(),
            nn.MaxPool2d(kernel_size=2, stride=2))
        self.layer2 = nn.Sequential(
            nn.Conv2d(16, 32, kernel_size=5, stride=1, padding=2),
            nn.BatchNorm2d(32),
            nn.ReLU(),
            nn.MaxPool2d(kernel_size=2, stride=2))
        self.fc = nn.Linear(7*7*32, num_classes)

    def forward(self, x):
        print(x.shape)
        out = self.layer1(x)
        out = self.layer2(out)
        out = out.reshape(out.size(0), -1)
        out = self.fc(out)
        return out
"""
INIT_ONLY = """
self.conv1 = nn.Conv2d(1, 8, 3)
self.relu = nn.ReLU()
self.pool = nn.AdaptiveAvgPool2d(1)
self.flatten = nn.Flatten()
self.fc = nn.Linear(8 * 1 * 1, 10)
self.softmax = nn.Softmax(dim=1)
"""
METHODS = """
class Net(torch.nn.Module):
    def __init__(self):
        torch.nn.Module.__init__(self)
        width = 3 + 5
        self.a, self.b = torch.nn.Conv2d(1, width, 3), torch.nn.Linear(width * 13 * 13, 5 - -5)
    def forward(self, x):
        batch = x.shape[0]
        x = torch.nn.functional.avg_pool2d(torch.tanh(self.a(x)), 2).view(batch, -1)
        return nn.Softmax(dim=1)(self.b(x).relu())
"""
CHANGING = """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        width = 1
        self.a = nn.Conv2d(width, 4, 3)
        width = 4
        self.b = nn.Conv2d(width, 8, 3)
    def forward(self, x):
        side = 2
        y = F.max_pool2d(self.a(x), side)
        side = 3
        return F.max_pool2d(self.b(y), side)
"""
LISTS = """
body = [nn.Conv2d(1, 4, 3), nn.GELU()]
head = nn.Sequential(OrderedDict([("flat", nn.Flatten()), ("fc", nn.Linear(4 * 26 * 26, 10))]))
net = nn.Sequential(*body, *[nn.Identity()], head).to("meta")
"""
BASE = """
class Net(nn.Sequential):
    def __init__(self):
        super().__init__(nn.Flatten(), nn.Linear(784, 10))
"""
TEXTS: dict[str, tuple[str, Shape]] = {
    "the notes' DNN": (NOTES_DNN, (3, 1, 1)),
    "the notes' DNN for MNIST": (NOTES_MNIST_DNN, (1, 28, 28)),
    "the notes' CNN": (NOTES_CNN, (1, 28, 28)),
    "blitz": (BLITZ, (3, 32, 32)),
    "blitz of 2019": (OLD_BLITZ, (1, 32, 32)),
    "blitz of today": (C_BLITZ, (1, 32, 32)),
    "quickstart": (QUICKSTART, (1, 28, 28)),
    "mnist example": (MNIST_EXAMPLE, (1, 28, 28)),
    "mnist example of 2018": (OLD_MNIST_EXAMPLE, (1, 28, 28)),
    "torchvision's AlexNet": (ALEXNET, (3, 224, 224)),
    "d2l LeNet": (D2L_LENET, (1, 28, 28)),
    "d2l-zh LeNet": (D2L_ZH_LENET, (1, 28, 28)),
    "d2l AlexNet": (D2L_ALEXNET, (1, 224, 224)),
    "VGG blocks": (VGG_BLOCK, (1, 28, 28)),
    "NiN": (NIN, (1, 224, 224)),
    "d2l LeNet with batch norm": (D2L_BN_LENET, (1, 28, 28)),
    "parameters of __init__": (PARAMETERS, (784, 1, 1)),
    "ConvNet": (CONVNET, (1, 28, 28)),
    "lines of __init__": (INIT_ONLY, (1, 28, 28)),
    "methods": (METHODS, (1, 28, 28)),
    "names that change": (CHANGING, (1, 28, 28)),
    "lists": (LISTS, (1, 28, 28)),
    "a class that is a Sequential": (BASE, (1, 28, 28)),
}


class _Classifier(torch.nn.Module):
    def save_hyperparameters(self) -> None: ...

    def forward(self, x):
        return self.net(x)


class _D2l:
    Classifier = _Classifier

    @staticmethod
    def init_cnn(module) -> None: ...


def run(text: str):
    """Run a text as its author would, on the meta device, and return its network."""
    if "self.conv1" in text and "class " not in text:
        text = "class Net(nn.Sequential):\n  def __init__(self):\n    super().__init__()\n" + textwrap.indent(
            text, "    "
        )
    space: dict = {"torch": torch, "nn": torch.nn, "F": torch.nn.functional, "d2l": _D2l, "OrderedDict": OrderedDict}
    space |= {"device": "meta", "_log_api_usage_once": lambda _network: None}
    known = set(space)
    exec(text.replace("In [5]: ", ""), space)
    made = [value for name, value in space.items() if name not in known and isinstance(value, torch.nn.Module)]
    if made:
        return made[-1]
    return next(value for value in reversed(space.values()) if isinstance(value, type))()


@pytest.mark.parametrize(("text", "shape"), TEXTS.values(), ids=TEXTS)
def test_torch_makes_the_same_of_it(text: str, shape: Shape) -> None:
    pasted = parse_sequential(text)
    check_inputs(pasted, shape)
    traced = trace(pasted.chain, shape)
    row = shape[1:] == (1, 1)
    with torch.device("meta"), contextlib.redirect_stdout(io.StringIO()):
        network = run(text).eval()
        output = network(torch.empty(2, *(shape[:1] if row else shape)))
    flat = any(isinstance(layer, Linear | Flatten) for layer in pasted.chain)
    assert tuple(output.shape[1:]) == (traced.output[:1] if flat else traced.output)
    assert traced.parameters == sum(p.numel() for p in network.parameters())
    theirs = [sum(p.numel() for p in m.parameters(recurse=False)) for m in network.modules()]
    assert [layer.parameters for layer in traced.layers if layer.parameters] == [count for count in theirs if count]


@pytest.mark.parametrize(("text", "shape"), TEXTS.values(), ids=TEXTS)
def test_the_input_that_a_text_was_written_for_is_found(text: str, shape: Shape) -> None:
    if "Lazy" not in text and "Adaptive" not in text:  # these take several
        assert fitting_input(parse_sequential(text), (1, 28, 28)) == shape
    assert fitting_input(parse_sequential(text), shape) == shape


@pytest.mark.parametrize(
    ("text", "decided_by", "line"),
    [
        (NOTES_DNN, "Sequential", 7),
        (BLITZ, "forward", 16),
        (QUICKSTART, "forward", 14),
        (INIT_ONLY, "__init__", 2),
        ("\n\nnn.Sequential(nn.ReLU())", "Sequential", 3),
        (D2L_LENET, "Sequential", 6),
        ("Net(\n  (conv1): Conv2d(1, 6, kernel_size=(5, 5), stride=(1, 1))\n  (fc): Linear(9, 2)\n)", "print", 1),
    ],
)
def test_the_line_that_decides_the_order_is_told(text: str, decided_by: str, line: int) -> None:
    pasted = parse_sequential(text)
    assert (pasted.decided_by, pasted.line) == (decided_by, line)


def test_what_print_shows_of_a_class_with_several_parts_is_read_whole() -> None:
    with torch.device("meta"):
        network = run(ALEXNET)
    assert nameless(parse_sequential(str(network))) == tuple(
        layer for layer in nameless(parse_sequential(ALEXNET)) if layer != Flatten()
    )


def nameless(pasted: Pasted) -> tuple:
    return tuple(replace(layer, name="") for layer in pasted.chain)


def test_attributes_name_their_layers() -> None:
    assert [layer.name for layer in parse_sequential(BLITZ).chain] == [
        *("conv1", "pool", "conv2", "pool", "", "fc1", "fc2", "fc3")
    ]
    assert parse_sequential(BLITZ).chain[0] == Conv(6, 5, activation="relu", name="conv1")


def test_new_layers() -> None:
    text = "nn.Sequential(nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.AdaptiveAvgPool2d((2, 3)))"
    assert parse_sequential(text).chain == (Conv(4, 3), BatchNorm("relu"), AdaptivePool((2, 3)))
    assert parse_sequential("nn.Sequential(nn.LogSoftmax(dim=1))").chain == (Activation("log_softmax"),)
    assert parse_sequential("nn.Sequential(nn.AvgPool2d(2 + 1), nn.MaxPool2d(7 // 2))").chain == (
        AvgPool(3),
        MaxPool(3),
    )


@pytest.mark.parametrize(
    ("text", "shape", "words"),
    [
        ("nn.Sequential(nn.Conv2d(1, 4, 3), nn.BatchNorm2d(5))", (1, 28, 28), "written for 5"),
        ("nn.Sequential(nn.Conv2d(1, 4, 3), nn.BatchNorm1d(4))", (1, 28, 28), "BatchNorm2d"),
        ("nn.Sequential(nn.Flatten(), nn.BatchNorm2d(784))", (1, 28, 28), "BatchNorm1d"),
        (OLD_MNIST_EXAMPLE, (1, 32, 32), "layer 7 (flatten): it is written for 320"),
    ],
)
def test_what_does_not_fit_its_input_is_refused(text: str, shape: Shape, words: str) -> None:
    with pytest.raises(InvalidInput, match=words.replace("(", r"\(").replace(")", r"\)")):
        check_inputs(parse_sequential(text), shape)


HEAD = """
class Net(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.a = nn.Linear(3, 3)
        self.b = nn.Linear(3, 3)
"""


def forward(*lines: str, given: str = "x") -> str:
    return HEAD + f"    def forward(self, {given}):\n" + "".join(f"        {line}\n" for line in lines)


REFUSED = {
    "residual": (forward("return self.a(x) + x"), "line 8", "one value"),
    "loop in forward": (forward("for i in (1, 2):", "    x = self.a(x)", "return x"), "line 8", "print"),
    "return in a condition": (forward("if x.sum() > 0:", "    return x", "return self.a(x)"), "line 8", "print"),
    "no return": (forward("x = self.a(x)"), "line 7", "return"),
    "unknown function": (forward("return torch.cat(self.a(x), self.b(x))"), "line 8", "cat"),
    "own method": (forward("return self.help(x)"), "line 8", "self.help"),
    "two inputs": (forward("return self.a(y)", given="x, y"), "line 8", "'y'"),
    "view": (forward("return self.a(x.view(-1, 1, 28, 28))"), "line 8", "flatten"),
    "flatten": (forward("return self.a(torch.flatten(x))"), "line 8", "torch.flatten(x, 1)"),
    "unknown size": (HEAD.replace("(3, 3)\n        self.b", "(size, 3)\n        self.b"), "line 5", "'size'"),
    "unknown module": (HEAD + "        self.c = nn.LSTM(3, 4)\n", "line 7", "LSTM"),
    "own module": (HEAD + "        self.c = Block(3)\n", "line 7", "Block"),
    "layers of a loop": (HEAD + "        for i in (1, 2):\n            self.c = nn.Linear(3, 3)\n", "line 7", "print"),
    "appended": ("net = nn.Sequential(nn.Flatten())\nnet.append(nn.ReLU())\n", "line 2", "print"),
    "comprehension": ("x = 1\nnn.Sequential(*[nn.ReLU() for _ in (1, 2)])", "line 2", "print"),
    "function": ("net = nn.Sequential(block(3), nn.ReLU())", "line 1", "block"),
    "power": ("nn.Sequential(nn.Linear(2 ** 3, 1))", "line 1", "2 ** 3"),
    "too large": ("nn.Sequential(nn.Linear(" + "*".join(["99999"] * 99) + ", 1))", "line 1", "99999"),
}


@pytest.mark.parametrize(("text", "line", "words"), REFUSED.values(), ids=REFUSED)
def test_what_is_not_read_is_refused_with_line_rule_and_remedy(text: str, line: str, words: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        parse_sequential(text)
    assert line in str(refusal.value)
    assert words in str(refusal.value)
    assert len(str(refusal.value)) < 500


def test_a_text_that_doubles_with_every_line_is_refused_at_once() -> None:
    lines = ["a0 = nn.Sequential(nn.ReLU())"] + [f"a{n} = nn.Sequential(a{n - 1}, a{n - 1})" for n in range(1, 60)]
    with pytest.raises(InvalidInput, match="64"):
        parse_sequential("\n".join(lines))
    body = "".join("        x = self.net(self.net(self.net(x)))\n" for _ in range(200))
    text = "class Net(nn.Module):\n    def __init__(self):\n        self.net = nn.Sequential(" + "nn.ReLU()," * 60
    with pytest.raises(InvalidInput, match="64"):
        parse_sequential(text + ")\n    def forward(self, x):\n" + body + "        return x")
    nested = "class Net(nn.Module):\n    def forward(self, x):\n        return " + "F.relu(" * 90 + "x" + ")" * 90
    with pytest.raises(InvalidInput, match="64"):
        parse_sequential(nested)


@pytest.mark.parametrize("text", ["nn.Conv2d(1, 4, 3), nn.AdaptiveAvgPool2d(1), nn.BatchNorm2d(4), nn.Sigmoid()"])
def test_the_exporter_knows_the_new_layers(text: str) -> None:
    chain = parse_sequential(f"nn.Sequential({text})").chain
    script = sequential_script(chain, (1, 9, 9))
    assert parse_sequential(script).chain == chain
    space: dict = {}
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        exec(script, space)  # batch norm in training needs more than one number for each channel
    assert printed.getvalue().endswith("48 parameters\n")
    assert space["X"].shape == (2, 4, 1, 1)


LINES = sorted(
    {line for text, _ in TEXTS.values() for line in text.splitlines()} | {text for text, *_ in REFUSED.values()}
)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(LINES), max_size=12), st.sampled_from([text for text, _ in TEXTS.values()]), st.data())
def test_any_lines_give_a_chain_or_a_sentence(lines: list[str], text: str, data) -> None:
    kept = text.splitlines()
    for line in lines:
        kept.insert(data.draw(st.integers(0, len(kept))), line)
    for mixed in ("\n".join(kept), "\n".join(lines), HEAD + "\n".join(lines)):
        try:
            fitting_input(parse_sequential(mixed), (1, 28, 28))
        except InvalidInput as refusal:
            assert len(str(refusal)) < 700  # noqa: PT017
