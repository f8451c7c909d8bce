"""The notes on fully connected networks: DNN 二 and 三."""

from ui.course.place import DNN, SKETCH, SPLIT, Entry, Part, Section
from ui.text import _


def principles() -> Part:
    """Return the part's map."""
    return Part(
        "DNN 二",
        _("How a DNN works"),
        Section(
            "2.1",
            _("Split the data set"),
            Entry("表 2-1", _("1000 samples: rows 1 to 800 train, rows 801 to 1000 test."), SPLIT),
            Entry("图 2-1", _("Three neurons go in and three come out, because the table has as many columns."), DNN),
            Entry("", _("Why the input layer is layer 0: it has no parameters."), DNN, inside="why"),
        ),
        Section(
            "2.2",
            _("Train the network"),
            Entry(
                "", _("Parameters are learned and begin at random; hyperparameters are set before."), DNN, inside="why"
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
                _("The learning rate: the valley, and a step of 3 that crosses it; compare 0.1 and 0.001."),
                DNN,
                {"loss": "cross_entropy", "lr": 3.0},
                "loop",
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
                _("PyTorch does take single samples: a batch of one trains, with as many updates as samples."),
                DNN,
                {"batch": 1, "epochs": 10},
                remark=True,
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
        Section(
            "2.3",
            _("Test the network"),
            Entry("图 2-3 (a)", _("A right fit: degree 3."), SPLIT, {"topic": "overfit"}),
            Entry("图 2-3 (b)", _("Overfitting: degree 12."), SPLIT, {"topic": "overfit", "degree": 12}),
        ),
        Section(
            "2.4",
            _("Use the network"),
            Entry("", _("Only inputs are known: type x₁, x₂, x₃, and the network answers."), DNN, {"view": "use"}),
            Entry("", _("The same with a digit: draw it, and one forward pass answers."), SKETCH),
            Entry(
                "",
                _("The same in plain PyTorch: trained weights loaded, one forward pass, ten probabilities."),
                SKETCH,
                inside="code",
            ),
        ),
    )


def practice() -> Part:
    """Return the part's map."""
    code = "take"
    return Part(
        "DNN 三",
        _("A DNN in PyTorch"),
        Section(
            "3.1",
            _("Make the data set"),
            Entry("In [1]-[2]", _("Imports: the exported script imports what it uses, and no more."), DNN, inside=code),
            Entry(
                "In [3], Out [3]",
                _("10,000 samples in a cube, three classes; the table is (10000, 6)."),
                DNN,
                {"out": "data"},
                code,
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
            Entry(
                "In [3]-[4]",
                _("X1 … Y3, Data, train_Data and test_Data in code, and other ways to split."),
                SPLIT,
                {"samples": 10_000, "cuts": (70, 70), "how": "random"},
                "code",
            ),
            Entry("Out [4]", _("Both shapes, as the cell prints them."), DNN, {"out": "split"}, code),
        ),
        Section(
            "3.2",
            _("Build the network"),
            Entry("In [5]", _("class DNN: 3-5-5-5-3 with ReLU after every hidden layer."), DNN, inside=code),
            Entry("In [6]", _("The network drawn."), DNN),
            Entry("Out [6]", _("print(model), beside the code."), DNN, inside=code),
        ),
        Section(
            "3.3",
            _("The network's parameters"),
            Entry(
                "In [7], Out [7]",
                _("Every parameter in the notes’ layout: name, shape, values, requires_grad."),
                DNN,
                {"out": "parameters"},
                code,
            ),
            Entry("Out [7]", _("The device, and what cuda:0 would say here."), DNN, {"out": "device"}, code),
            Entry("表 3-1", _("Eight tensors and their shapes, 98 numbers in all."), DNN, inside="parameters"),
        ),
        Section(
            "3.4",
            _("The network's hyperparameters"),
            Entry("(1)", _("Activation functions: choose another one than ReLU."), DNN, {"activation": "tanh"}),
            Entry("(2) In [8]", _("The loss function: the mean squared error."), DNN),
            Entry("(3) In [9]", _("Learning rate 0.01 and SGD."), DNN),
        ),
        Section(
            "3.5",
            _("Train the network"),
            Entry("In [10]", _("The training loop, line by line, with the numbers of one update."), DNN, inside="loop"),
            Entry("Out [10]", _("The loss of every epoch as a curve, unsmoothed."), DNN, {"out": "losses"}, code),
        ),
        Section(
            "3.6",
            _("Test the network"),
            Entry(
                "In [11], Out [11]",
                _("67.17 % in the notes, beside this run with its interval, and ten seeds; why they differ."),
                DNN,
                {"view": "confusion"},
            ),
            Entry(
                "In [11]",
                _("The test cell line by line: no_grad, Pred == Y, all(1), the sum; with five samples."),
                DNN,
                inside="lines",
            ),
            Entry("Out [11]", _("What the test cell prints, of this network."), DNN, {"out": "test"}, code),
            Entry(
                "In [11]",
                _("The line Pred[:, argmax] = 1 sets whole columns: beside the row-wise form."),
                DNN,
                {"view": "lines"},
                remark=True,
            ),
        ),
        Section(
            "3.7",
            _("Save and load the network"),
            Entry(
                "(1)-(3) In [12]-[14]",
                _("Save and load line by line, torch.load’s error explained and cured: the same accuracy."),
                DNN,
                {"cell": "save"},
                "lines",
            ),
        ),
    )
