"""The notes on convolutional networks: CNN 一 and 二."""

from ui.course.place import CONV, LENET, Entry, Part, Section
from ui.text import _


def convolution() -> Part:
    """Return the part's map."""
    blocks = {"channels": 3}
    colours = {"mode": "picture", "source": "colours", "maps": "one", "kernel": "edge"}
    halved = {"kernel_size": 2, "stride": 2}
    return Part(
        "CNN 一",
        _("How a CNN works"),
        Section(
            "1.1",
            _("From DNN to CNN"),
            Entry(
                "图 1-1",
                _("A DNN flattens the picture into 784 numbers first."),
                CONV,
                {"mode": "chain", "chain": "mnist-dnn"},
            ),
            Entry("图 1-2", _("A CNN keeps rows and columns from layer to layer."), CONV, {"mode": "chain"}),
        ),
        Section(
            "1.2",
            _("The convolution layer"),
            Entry("(1) 图 1-3", _("A 4×4 input and a 3×3 kernel give 2×2 numbers."), CONV),
            Entry("(1) 图 1-4", _("Step by step: multiply number by number, then add."), CONV),
            Entry("(2) 图 1-5", _("A bias of 3 is added to each sum."), CONV, {"bias": 3}),
            Entry("(3) 图 1-6", _("Padding 1: a ring of zeros around the 4×4 input."), CONV, {"padding": 1}),
            Entry("(4) 图 1-7", _("Stride 2 on a 7×7 input: 3×3 numbers."), CONV, {"height": 7, "stride": 2}),
            Entry("(5)", _("The size formula, with this layer's numbers put in."), CONV),
        ),
        Section(
            "1.3",
            _("Several channels"),
            Entry(
                "", _("A colour picture is three channels: red, green and blue light, shown one by one."), CONV, colours
            ),
            Entry("", _("RGB is red, green and blue, not red, yellow and blue."), CONV, colours, remark=True),
            Entry("", _("Kernel or filter: one flat grid of weights, or one for each channel."), CONV, inside="why"),
            Entry(
                "(1) 图 1-8, 图 1-9",
                _("Three channels and one filter as blocks, in the order C, H, W: all products are summed."),
                CONV,
                blocks,
            ),
            Entry(
                "(2) 图 1-10",
                _("Several filters, block by block: as many output channels."),
                CONV,
                {**blocks, "filters": 2},
            ),
            Entry(
                "(2) 图 1-11",
                _("Each output channel has a bias of its own."),
                CONV,
                {**blocks, "filters": 2, "edits": "b0_1~b1_3"},
            ),
        ),
        Section(
            "1.4",
            _("Pooling"),
            Entry("(1) 图 1-12", _("Average pooling, 2×2 with stride 2."), CONV, {"operation": "avgpool", **halved}),
            Entry("(2) 图 1-13", _("Max pooling, 2×2 with stride 2."), CONV, {"operation": "maxpool", **halved}),
            Entry(
                "",
                _("Pooling keeps the number of channels: each is pooled by itself."),
                CONV,
                {"operation": "maxpool", "channels": 3, **halved},
            ),
        ),
        Section(
            "1.5",
            _("Sizes in short"),
            Entry(
                "(1)",
                _("The whole line of shapes, with numbers: (C, H, W) ⊛ (FN, C, FH, FW) → (FN, OH, OW)."),
                CONV,
                {**blocks, "filters": 2, "padding": 1, "height": 7, "stride": 2},
            ),
            Entry(
                "(2)",
                _("Pooling: OH = H/S holds when the window equals the stride and S divides H."),
                CONV,
                {"operation": "avgpool", **halved},
            ),
        ),
    )


def lenet() -> Part:
    """Return the part's map."""
    return Part(
        "CNN 二",
        "LeNet-5",
        Section(
            "2.1",
            _("The network"),
            Entry(
                "表 2-1",
                _("Seven layers: kernels, strides, padding, sizes; what became of RBF in the last row."),
                LENET,
                inside="layers",
            ),
            Entry("图 2-1", _("The maps of every layer, for the digit that is shown."), LENET),
            Entry(
                "", _("RBF outputs of 1998, in place of today's softmax."), LENET, {"network": "lenet5-rbf", "lr": 0.03}
            ),
            Entry(
                "", _("The same as nn.Sequential, and what each argument of nn.Conv2d says."), LENET, inside="layers"
            ),
        ),
        Section(
            "2.2",
            _("Make the data set"),
            Entry("In [1]-[4]", _("Imports, MNIST, batches of 256: in the exported script."), LENET, inside="take"),
        ),
        Section(
            "2.3",
            _("Build the network"),
            Entry("In [5]", _("class CNN, in the exported script."), LENET, inside="take"),
            Entry(
                "In [5]",
                _("Its comments say F5 and F6; table 2-1 calls the same layers F6 and Out, after C5."),
                LENET,
                inside="layers",
                remark=True,
            ),
            Entry(
                "In [6], Out [6]",
                _("The twelve lines of shapes: batch, Tanh and Flatten included."),
                LENET,
                {"out": "shapes"},
                "take",
            ),
            Entry(
                "In [5]-[7]",
                _("The class, the loop that prints each shape, and the model, for any chain of layers."),
                CONV,
                {"mode": "chain"},
                "code",
            ),
            Entry("In [7]", _("The device, and what cuda:0 would say here."), LENET, {"out": "device"}, "take"),
        ),
        Section(
            "2.4",
            _("Train the network"),
            Entry("In [8]-[9]", _("Cross-entropy, SGD with the high learning rate 0.9."), LENET),
            Entry(
                "In [10]",
                _("Five epochs in batches of 256, and the loss of each update."),
                LENET,
                {"look": "curves", "smooth": 0.0},
            ),
            Entry("Out [10]", _("The loss of every update as a curve, unsmoothed."), LENET, {"out": "losses"}, "take"),
        ),
        Section(
            "2.5",
            _("Test the network"),
            Entry(
                "In [11], Out [11]",
                _("97.94 % in the notes, beside this run with its interval, and ten seeds; why they differ."),
                LENET,
                {"look": "test"},
            ),
            Entry(
                "In [11]",
                _("The test cell line by line: torch.max, the labels, and the softmax inside the loss."),
                LENET,
                inside="cell",
            ),
        ),
    )
