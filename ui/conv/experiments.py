"""What there is to try in each of lesson 3's modes."""

from ui.lesson import Experiment
from ui.text import _, once_a_language

CHANNELS = {"channels": 3}
OWN_BIASES = {"channels": 3, "filters": 2, "edits": "b0_1~b1_3"}
HALVED = {"kernel_size": 2, "stride": 2}


@once_a_language
def first(mode: str) -> list[Experiment]:
    """Return what to try in one of the page's modes."""
    return {"layer": _layer_experiments, "chain": _chain_experiments, "picture": _picture_experiments}[mode]()


def _layer_experiments() -> list[Experiment]:
    return [
        Experiment(
            _("4×4 with 3×3"),
            _("The window has two places down and two across: 2×2 numbers come out."),
            {},
            "",
            (_("Bias 3"), {"bias": 3}),
            (_("Padding 1"), {"padding": 1}),
            (_("7×7, stride 2"), {"height": 7, "stride": 2}),
        ),
        Experiment(
            _("Three channels"),
            _("A filter has as many channels as its input, sums all their products and gives one map."),
            CHANNELS,
            "",
            (_("Two filters"), CHANNELS | {"filters": 2}),
            (_("A bias each"), OWN_BIASES),
        ),
        Experiment(
            _("A stride that does not divide"),
            _("8 − 3 = 5 is odd: the last row and the last column are never read."),
            {"height": 8, "stride": 2},
        ),
        Experiment(
            _("Pooling 2×2"),
            _("Each window gives one number, its mean or its largest; there is nothing to learn."),
            {"operation": "avgpool", **HALVED},
            "",
            (_("Maximum"), {"operation": "maxpool", **HALVED}),
            (_("Three channels"), {"operation": "maxpool", "channels": 3, **HALVED}),
        ),
        Experiment(
            _("Find an edge"),
            _("0 where the input is uniform, far from 0 where it changes. Play it to the end."),
            {"height": 8, "kernel": "sobel", "picture": "edge"},
        ),
        Experiment(
            _("An impossible one"),
            _("The window is larger than its input: read what to change."),
            {"height": 2},
        ),
    ]


def _chain_experiments() -> list[Experiment]:
    return [
        Experiment(
            _("LeNet-5 in a row"),
            _("Each layer's output is the next one's input: 1×28×28 becomes ten numbers with 61,706 parameters."),
            {"mode": "chain"},
        ),
        Experiment(
            _("A chain that breaks"),
            _("AlexNet was made for 224×224: on a digit its second pooling no longer fits. Mend it."),
            {"mode": "chain", "chain": "alexnet-28"},
        ),
        Experiment(
            _("Where the parameters are"),
            _("VGG-16: compare the parameters of its 13 convolutions with those of the first fully connected layer."),
            {"mode": "chain", "chain": "vgg16"},
        ),
    ]


def _picture_experiments() -> list[Experiment]:
    return [
        Experiment(
            _("Red, green, blue"),
            _("A colour picture is three channels of light: where red and green overlap, it is yellow."),
            {"mode": "picture", "source": "colours", "maps": "one", "kernel": "edge"},
        ),
        Experiment(
            _("Edges of a digit"),
            _("Sobel x answers where it gets brighter to the right: blue on left edges, orange on right ones."),
            {"mode": "picture", "maps": "one", "kernel": "sobel", "padding": 1},
        ),
        Experiment(
            _("What LeNet-5 looks for"),
            _("Nobody chose these six kernels: training did. Which of them answer to edges, and of which direction?"),
            {"mode": "picture", "maps": "c1"},
        ),
        Experiment(
            _("Half the size"),
            _("A blur with stride 2 keeps every second pixel: 28×28 becomes 14×14, and the digit can still be read."),
            {"mode": "picture", "maps": "one", "kernel": "blur", "stride": 2, "padding": 1},
        ),
    ]
