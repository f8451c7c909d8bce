"""The course's notes, part by part: every section, figure, table and cell, and the screen that shows it.

The notes are Chinese and number themselves (二 2.1, 表 2-1, In [3]); these numbers stand here as they are printed, in
both languages, since pupils look for them on paper.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ui.text import _


@dataclass(frozen=True)
class Entry:
    """One place of the notes.

    Attributes:
        places: its numbers as printed, such as "表 2-1" or "In [3]".
        says: what stands there, in one line, translated.
        page: file stem of the page that shows it.
        changes: settings of that page, all others at their default.
        inside: the tab under Inside that shows it; empty: the stage.
    """

    places: str
    says: str
    page: str
    changes: Mapping[str, Any] = field(default_factory=dict)
    inside: str = ""


@dataclass(frozen=True)
class Section:
    """A numbered section of a part, such as 2.1, with its places in their order."""

    number: str
    title: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class Part:
    """One of the notes' five documents.

    Attributes:
        name: as printed, such as "DNN 二".
        title: of the document, translated.
        sections: in their order.
    """

    name: str
    title: str
    sections: tuple[Section, ...]


def parts() -> tuple[Part, ...]:
    """Return the notes' five documents in their order."""
    return (_principles(), _practice(), _handwriting(), _convolution(), _lenet())


def anchor(name: str) -> str:
    """Return what a part is called in the address of its page.

    >>> anchor("DNN 二"), anchor("CNN 一")
    ('dnn-2', 'cnn-1')
    """
    kind, number = name.split()
    return f"{kind.lower()}-{'〇一二三四五六'.index(number)}"


def address(entry: Entry) -> dict[str, str]:
    """Return the query parameters of an entry's link: its settings, all others at their default, and its tab.

    Args:
        entry: with a page.
    """
    asked = {f"{PREFIXES[entry.page]}{name}": _written(value) for name, value in entry.changes.items()}
    return asked | ({"inside": entry.inside} if entry.inside else {})


def _written(value: object) -> str:
    """Return how a setting's value stands in an address; a test compares it with the pages' own rules."""
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, tuple):
        return "-".join(map(str, value))
    return f"{value:.10g}" if isinstance(value, float) else str(value)


def place(page: str, parameters: Mapping[str, str]) -> list[tuple[str, Entry]]:
    """Return the places of the notes that a screen shows.

    Args:
        page: file stem of the page.
        parameters: of its address: every setting that is not at its default, and the open tab.

    Returns:
        (part's name and section's number, entry) of those entries whose link this screen has followed: with the open
        tab, if any is about it, and with the most settings.
    """
    found = [
        (f"{part.name} {section.number}", entry)
        for part in parts()
        for section in part.sections
        for entry in section.entries
        if entry.page == page and address(entry).items() <= parameters.items()
    ]
    most = max(((bool(entry.inside), len(entry.changes)) for _number, entry in found), default=None)
    return [(number, entry) for number, entry in found if (bool(entry.inside), len(entry.changes)) == most]


PREFIXES = {
    "data_split": "split_",
    "dnn_playground": "dnn_",
    "conv_calculator": "conv_",
    "lenet_training": "lenet_",
    "sketch_pad": "sketch_",
}
SPLIT, DNN, CONV, LENET, SKETCH = "data_split", "dnn_playground", "conv_calculator", "lenet_training", "sketch_pad"
MNIST_DNN = {"network": "mnist-dnn", "lr": 0.01, "momentum": 0.5, "batch": 64}


def _principles() -> Part:
    return Part(
        "DNN 二",
        _("How a DNN works"),
        (
            Section(
                "2.1",
                _("Split the data set"),
                (
                    Entry("表 2-1", _("1000 samples: rows 1 to 800 train, rows 801 to 1000 test."), SPLIT),
                    Entry(
                        "图 2-1",
                        _("Three neurons go in and three come out, because the table has as many columns."),
                        DNN,
                    ),
                    Entry("", _("Why the input layer is layer 0: it has no parameters."), DNN, inside="why"),
                ),
            ),
            Section(
                "2.2",
                _("Train the network"),
                (
                    Entry(
                        "",
                        _("Parameters are learned and begin at random; hyperparameters are set before."),
                        DNN,
                        inside="why",
                    ),
                    Entry(
                        "(1) 图 2-2",
                        _("Forward: one neuron's weights, its bias, its sum, its activation."),
                        DNN,
                        {"neuron": "1.1"},
                    ),
                    Entry(
                        "(1) σ",
                        _("Without the activation function ten layers are one: the one matrix is written out."),
                        DNN,
                        {"activation": "identity"},
                        "folding",
                    ),
                    Entry(
                        "(2)",
                        _("Backward: each parameter's gradient says whether it shall grow or shrink."),
                        DNN,
                        inside="loop",
                    ),
                    Entry(
                        "(2)",
                        _("The learning rate: with 3 the loss jumps out of the valley; compare 0.1 and 0.001."),
                        DNN,
                        {"loss": "cross_entropy", "lr": 3.0},
                    ),
                    Entry(
                        "(3)",
                        _("Batches: all samples, one sample, or some of them at a time (BGD, SGD, MBGD)."),
                        SPLIT,
                        {"topic": "batches"},
                    ),
                    Entry(
                        "(3)",
                        _("Batch normalisation needs at least two samples in a batch: what is said with one."),
                        DNN,
                        {"norm": True, "batch": 1},
                    ),
                    Entry(
                        "(3)",
                        _("torch.optim.SGD only means gradient descent: the batch makes it one of the three."),
                        DNN,
                        inside="why",
                    ),
                    Entry(
                        "(4)",
                        _("10,240 samples, batch size 1,024, 5 epochs: 10 updates an epoch, 50 in all."),
                        SPLIT,
                        {"topic": "batches", "samples": 12_800, "batch_size": 1_024},
                    ),
                ),
            ),
            Section(
                "2.3",
                _("Test the network"),
                (
                    Entry("图 2-3 (a)", _("A right fit: degree 3."), SPLIT, {"topic": "overfit"}),
                    Entry("图 2-3 (b)", _("Overfitting: degree 12."), SPLIT, {"topic": "overfit", "degree": 12}),
                ),
            ),
            Section(
                "2.4",
                _("Use the network"),
                (Entry("", _("Only inputs are known: draw a digit, and one forward pass answers."), SKETCH),),
            ),
        ),
    )


def _practice() -> Part:
    code = "take"
    return Part(
        "DNN 三",
        _("A DNN in PyTorch"),
        (
            Section(
                "3.1",
                _("Make the data set"),
                (
                    Entry(
                        "In [1]-[2]",
                        _("Imports: the exported script imports what it uses, and no more."),
                        DNN,
                        inside=code,
                    ),
                    Entry(
                        "In [3], Out [3]",
                        _("10,000 samples in a cube, three classes; the table is (10000, 6)."),
                        DNN,
                        inside=code,
                    ),
                    Entry(
                        "In [3]",
                        _("The one-hot code of the three output features, in the cube."),
                        SPLIT,
                        {"samples": 10_000, "cuts": (70, 70), "how": "random", "view": "picture"},
                    ),
                    Entry(
                        "In [4], Out [4]",
                        _("Shuffled, then cut: 7000 rows to train, 3000 to test."),
                        SPLIT,
                        {"samples": 10_000, "cuts": (70, 70), "how": "random"},
                    ),
                ),
            ),
            Section(
                "3.2",
                _("Build the network"),
                (
                    Entry("In [5]", _("class DNN: 3-5-5-5-3 with ReLU after every hidden layer."), DNN, inside=code),
                    Entry("In [6], Out [6]", _("The network drawn; print(model) is in the code."), DNN),
                ),
            ),
            Section(
                "3.3",
                _("The network's parameters"),
                (
                    Entry(
                        "In [7], Out [7]",
                        _("Every parameter with its values, requires_grad and device."),
                        DNN,
                        inside="parameters",
                    ),
                    Entry("表 3-1", _("Eight tensors and their shapes, 98 numbers in all."), DNN, inside="parameters"),
                ),
            ),
            Section(
                "3.4",
                _("The network's hyperparameters"),
                (
                    Entry("(1)", _("Activation functions: choose another one than ReLU."), DNN, {"activation": "tanh"}),
                    Entry("(2) In [8]", _("The loss function: the mean squared error."), DNN),
                    Entry("(3) In [9]", _("Learning rate 0.01 and SGD."), DNN),
                ),
            ),
            Section(
                "3.5",
                _("Train the network"),
                (
                    Entry(
                        "In [10]",
                        _("The training loop, line by line, with the numbers of one update."),
                        DNN,
                        inside="loop",
                    ),
                    Entry("Out [10]", _("The loss of every epoch as a curve, unsmoothed."), DNN),
                ),
            ),
            Section(
                "3.6",
                _("Test the network"),
                (
                    Entry(
                        "In [11], Out [11]",
                        _("67.17 % in the notes: train, and compare with the share of the middle class."),
                        DNN,
                        {"view": "confusion"},
                    ),
                    Entry(
                        "In [11]",
                        _("The line Pred[:, argmax] = 1 sets whole columns: beside the row-wise form."),
                        DNN,
                        {"view": "lines"},
                    ),
                ),
            ),
            Section(
                "3.7",
                _("Save and load the network"),
                (
                    Entry(
                        "(1)-(3) In [12]-[14]",
                        _("Save the weights, load them into a new network, test again: the same accuracy."),
                        DNN,
                        inside="take",
                    ),
                ),
            ),
        ),
    )


def _handwriting() -> Part:
    return Part(
        "DNN 六",
        _("Handwritten digits with a DNN"),
        (
            Section(
                "六",
                _("MNIST"),
                (
                    Entry(
                        "图 6-1",
                        _("Samples of MNIST, as many as the screen holds."),
                        SPLIT,
                        {"data": "mnist", "samples": 60_000, "view": "picture"},
                    ),
                    Entry(
                        "图 6-2 (a)",
                        _("One sample as a picture."),
                        SPLIT,
                        {"data": "mnist", "samples": 60_000, "view": "picture"},
                    ),
                    Entry(
                        "图 6-2 (b)",
                        _("The same sample as 28×28 numbers."),
                        SPLIT,
                        {"data": "mnist", "samples": 60_000, "view": "picture"},
                    ),
                    Entry("", _("Softmax turns ten outputs into shares that sum to 1."), LENET, MNIST_DNN),
                ),
            ),
            Section(
                "6.1",
                _("Make the data set"),
                (
                    Entry("In [1]-[2]", _("Imports, as in the exported script."), LENET, MNIST_DNN, "take"),
                    Entry(
                        "In [3]",
                        _("ToTensor and Normalize with 0.1307 and 0.3081: a digit before and after."),
                        SPLIT,
                        {"data": "mnist", "samples": 60_000, "view": "picture", "normalised": True},
                    ),
                    Entry(
                        "In [4]",
                        _("Batches of 64, in the exported script."),
                        LENET,
                        MNIST_DNN,
                        "take",
                    ),
                ),
            ),
            Section(
                "6.2",
                _("Build the network"),
                (
                    Entry(
                        "In [5]-[6], Out [6]",
                        _("784-512-256-128-64-10: each layer and its parameters."),
                        LENET,
                        MNIST_DNN,
                        "layers",
                    ),
                ),
            ),
            Section(
                "6.3",
                _("Train the network"),
                (
                    Entry("In [7]-[8]", _("Cross-entropy, learning rate 0.01, momentum 0.5."), LENET, MNIST_DNN),
                    Entry(
                        "In [9], Out [9]",
                        _("Five epochs in batches of 64, and the loss of each update."),
                        LENET,
                        {**MNIST_DNN, "look": "curves", "smooth": 0.0},
                    ),
                ),
            ),
            Section(
                "6.4",
                _("Test the network"),
                (
                    Entry(
                        "In [10], Out [10]",
                        _("Of 10,000 test digits 96.66 % in the notes: this run's, with its interval."),
                        LENET,
                        {**MNIST_DNN, "look": "test"},
                    ),
                ),
            ),
        ),
    )


def _convolution() -> Part:
    blocks = {"channels": 3}
    return Part(
        "CNN 一",
        _("How a CNN works"),
        (
            Section(
                "1.1",
                _("From DNN to CNN"),
                (
                    Entry(
                        "图 1-1",
                        _("A DNN flattens the picture into 784 numbers first."),
                        CONV,
                        {"mode": "chain", "chain": "mnist-dnn"},
                    ),
                    Entry("图 1-2", _("A CNN keeps rows and columns from layer to layer."), CONV, {"mode": "chain"}),
                ),
            ),
            Section(
                "1.2",
                _("The convolution layer"),
                (
                    Entry("(1) 图 1-3", _("A 4×4 input and a 3×3 kernel give 2×2 numbers."), CONV),
                    Entry("(1) 图 1-4", _("Step by step: multiply number by number, then add."), CONV),
                    Entry("(2) 图 1-5", _("A bias of 3 is added to each sum."), CONV, {"bias": 3}),
                    Entry("(3) 图 1-6", _("Padding 1: a ring of zeros around the 4×4 input."), CONV, {"padding": 1}),
                    Entry("(4) 图 1-7", _("Stride 2 on a 7×7 input: 3×3 numbers."), CONV, {"height": 7, "stride": 2}),
                    Entry("(5)", _("The size formula, with this layer's numbers put in."), CONV),
                ),
            ),
            Section(
                "1.3",
                _("Several channels"),
                (
                    Entry(
                        "(1) 图 1-8, 图 1-9",
                        _("Three channels and one filter: the products of all channels are summed."),
                        CONV,
                        blocks,
                    ),
                    Entry(
                        "(2) 图 1-10", _("Several filters: as many output channels."), CONV, {**blocks, "filters": 2}
                    ),
                    Entry(
                        "(2) 图 1-11",
                        _("Each output channel has a bias of its own."),
                        CONV,
                        {**blocks, "filters": 2, "edits": "b1_3"},
                    ),
                ),
            ),
            Section(
                "1.4",
                _("Pooling"),
                (
                    Entry(
                        "(1) 图 1-12",
                        _("Average pooling, 2×2 with stride 2."),
                        CONV,
                        {"operation": "avgpool", "kernel_size": 2, "stride": 2},
                    ),
                    Entry(
                        "(2) 图 1-13",
                        _("Max pooling, 2×2 with stride 2."),
                        CONV,
                        {"operation": "maxpool", "kernel_size": 2, "stride": 2},
                    ),
                ),
            ),
            Section(
                "1.5",
                _("Sizes in short"),
                (
                    Entry("(1)", _("(C, H, W) with FN filters becomes (FN, OH, OW)."), CONV, {**blocks, "filters": 2}),
                    Entry(
                        "(2)",
                        _("Pooling: OH = H/S holds when the window equals the stride and S divides H."),
                        CONV,
                        {"operation": "avgpool", "kernel_size": 2, "stride": 2},
                    ),
                ),
            ),
        ),
    )


def _lenet() -> Part:
    return Part(
        "CNN 二",
        "LeNet-5",
        (
            Section(
                "2.1",
                _("The network"),
                (
                    Entry(
                        "表 2-1",
                        _("Seven layers: kernels, strides, padding, activations, sizes."),
                        LENET,
                        inside="layers",
                    ),
                    Entry("图 2-1", _("The maps of every layer, for the digit that is shown."), LENET),
                    Entry(
                        "",
                        _("RBF outputs of 1998, in place of today's softmax."),
                        LENET,
                        {"network": "lenet5-rbf", "lr": 0.03},
                    ),
                    Entry(
                        "",
                        _("The same as nn.Sequential."),
                        LENET,
                        inside="layers",
                    ),
                ),
            ),
            Section(
                "2.2",
                _("Make the data set"),
                (
                    Entry(
                        "In [1]-[4]", _("Imports, MNIST, batches of 256: in the exported script."), LENET, inside="take"
                    ),
                ),
            ),
            Section(
                "2.3",
                _("Build the network"),
                (
                    Entry("In [5]", _("class CNN, in the exported script."), LENET, inside="take"),
                    Entry("In [6], Out [6]", _("The shape after each layer, traced."), LENET, inside="layers"),
                    Entry("In [7]", _("The network on a device: in the exported script."), LENET, inside="take"),
                ),
            ),
            Section(
                "2.4",
                _("Train the network"),
                (
                    Entry("In [8]-[9]", _("Cross-entropy, SGD with the high learning rate 0.9."), LENET),
                    Entry(
                        "In [10], Out [10]",
                        _("Five epochs in batches of 256, and the loss of each update."),
                        LENET,
                        {"look": "curves", "smooth": 0.0},
                    ),
                ),
            ),
            Section(
                "2.5",
                _("Test the network"),
                (
                    Entry(
                        "In [11], Out [11]",
                        _("Of 10,000 test digits 97.94 % in the notes: this run's, with its interval."),
                        LENET,
                        {"look": "test"},
                    ),
                ),
            ),
        ),
    )
