"""The notes on handwritten digits with a fully connected network: DNN 六."""

from ui.course.place import CONV, LENET, MNIST_DNN, SPLIT, Entry, Part, Section
from ui.text import _


def handwriting() -> Part:
    """Return the part's map."""
    return Part(
        "DNN 六",
        _("Handwritten digits with a DNN"),
        Section(
            "",
            _("MNIST"),
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
            Entry(
                "",
                _("No label becomes one-hot by itself: nn.CrossEntropyLoss takes the number of the class."),
                LENET,
                MNIST_DNN,
                "cell",
                remark=True,
            ),
        ),
        Section(
            "6.1",
            _("Make the data set"),
            Entry("In [1]-[2]", _("Imports, as in the exported script."), LENET, MNIST_DNN, "take"),
            Entry(
                "In [3]",
                _("ToTensor and Normalize with 0.1307 and 0.3081: a digit before and after."),
                SPLIT,
                {"data": "mnist", "samples": 60_000, "view": "picture", "normalised": True},
            ),
            Entry(
                "In [3]",
                _("The order is C, H, W, not C, W, H: an input of 4 rows and 6 columns is 1×4×6."),
                CONV,
                {"square": False, "width": 6},
                remark=True,
            ),
            Entry("In [4]", _("Batches of 64, in the exported script."), LENET, MNIST_DNN, "take"),
        ),
        Section(
            "6.2",
            _("Build the network"),
            Entry("In [5]-[6]", _("784-512-256-128-64-10: each layer and its parameters."), LENET, MNIST_DNN, "layers"),
            Entry("Out [6]", _("print(model), beside the code."), LENET, MNIST_DNN, "take"),
        ),
        Section(
            "6.3",
            _("Train the network"),
            Entry("In [7]-[8]", _("Cross-entropy, learning rate 0.01, momentum 0.5."), LENET, MNIST_DNN),
            Entry(
                "In [9]",
                _("Five epochs in batches of 64, and the loss of each update."),
                LENET,
                {**MNIST_DNN, "look": "curves", "smooth": 0.0},
            ),
            Entry(
                "Out [9]",
                _("The loss of every update as a curve, unsmoothed."),
                LENET,
                {**MNIST_DNN, "out": "losses"},
                "take",
            ),
        ),
        Section(
            "6.4",
            _("Test the network"),
            Entry(
                "In [10], Out [10]",
                _("96.66 % in the notes, beside this run with its interval, and ten seeds; why they differ."),
                LENET,
                {**MNIST_DNN, "look": "test"},
            ),
            Entry(
                "In [10]",
                _("The test cell line by line: torch.max, the labels, and the softmax inside the loss."),
                LENET,
                MNIST_DNN,
                "cell",
            ),
        ),
    )
