"""The playground's experiments: the course's mistakes first (2.6), each a link with a short guide.

tests/ui/test_experiments.py runs every one of them and holds the guides to what they promise.
"""

from typing import Final

from ui.lesson import Experiment
from ui.text import _, once_a_language

# Fields that only choose what is looked at; an experiment's guide stays while they change.
LOOKED_AT: Final = (
    *("view", "sample", "axis", "level", "cube", "neuron", "gradients", "log", "smooth", "typed"),
    *("out", "cell", "hide", "at"),
)

# Settings that several experiments share.
LEARNS: Final = {"loss": "cross_entropy", "optimiser": "adam"}
DEAD: Final = {**LEARNS, "seed": 2}
SLOPE: Final = {"loss": "cross_entropy", "view": "curves"}
DEEP: Final = {"loss": "cross_entropy", "layers": 8, "lr": 0.1, "view": "histograms"}
PLAYED: Final = {"activation": "tanh", "loss": "cross_entropy", "optimiser": "adam", "batch": 32, "epochs": 100}
FEW: Final = {**PLAYED, "data": "moons", "noise": 0.35, "samples": 400, "share": 0.1, "batch": 0, "epochs": 1500}
LARGE: Final = {**FEW, "layers": 2, "width": 32}
BATCHES: Final = {"loss": "cross_entropy", "lr": 0.1, "epochs": 20, "activation": "leaky_relu", "samples": 2000}


@once_a_language
def first() -> list[Experiment]:
    """Return the six that are always in view."""
    return [
        Experiment(
            _("The 67 % trap"),
            _("The course's settings: the accuracy stops at two thirds. What has been learned?"),
            {"view": "confusion"},
            _(
                "Press Train and watch the confusion matrix: every sample is answered with the middle class. Two "
                "thirds of all samples are of that class, so always giving the same answer scores as much. Then try "
                "“Cross-entropy and Adam”: what was wrong was not the size of the network."
            ),
            (
                _("Cross-entropy and Adam"),
                {**LEARNS},
                _(
                    "Press Train: the same network on the same samples now answers more than 99 % of the test set "
                    "rightly. Only the loss function and the optimiser differ."
                ),
            ),
        ),
        Experiment(
            _("One line, 0 %"),
            _("The notebook's test line against the right one, on the same network."),
            {**LEARNS, "view": "lines"},
            _(
                "Press Train and compare the two test lines. The notebook's sets whole columns for all rows, and looks "
                "right only while every row has the same answer: as soon as the network gives two different answers, "
                "it scores 0 %, however good it is."
            ),
            (
                _("On a network that learned nothing"),
                {"view": "lines"},
                _(
                    "Press Train: at the end both lines give the same share, because every row has the same "
                    "answer. So nobody notices that one of them is wrong."
                ),
            ),
        ),
        Experiment(
            _("Dying ReLUs"),
            _("Another seed, and the same network learns nothing: a whole layer answers 0 for ever."),
            DEAD,
            _(
                "Press Train and watch the crosses in the picture: ReLUs that answer 0 for every sample; their weights "
                "get no gradient. With the whole second layer dead, no input reaches the output and no gradient the "
                "layers before it: all of them stand still. Three cures: another seed, wider layers, or LeakyReLU."
            ),
            (
                _("Another seed"),
                {**DEAD, "seed": 3},
                _(
                    "Press Train: some ReLUs die with these first weights, too, but no layer as a whole, and more "
                    "than 99 % of the test samples are answered rightly."
                ),
            ),
            (
                _("Wider"),
                {**DEAD, "width": 16},
                _(
                    "Press Train: of 16 ReLUs in a layer even more die than of 5, but enough are left, and more "
                    "than 99 % of the test samples are answered rightly."
                ),
            ),
            (
                "LeakyReLU",
                {**DEAD, "activation": "leaky_relu"},
                _(
                    "Press Train: LeakyReLU passes a hundredth of a negative sum on, so no neuron can die. With "
                    "the same seed more than 99 % of the test samples are answered rightly."
                ),
            ),
        ),
        Experiment(
            _("Three learning rates"),
            _("Too small, right, too large: the same first weights, the same samples."),
            {**SLOPE, "lr": 0.1},
            _(
                "Train with each of the three and overlay the curves under Inside, Runs. 0.001 barely moves in 1000 "
                "updates, 0.1 comes down, 3 jumps out of the valley, kills a layer of ReLUs and stays where a constant "
                "answer is."
            ),
            (
                _("0.001: too small"),
                {**SLOPE, "lr": 0.001},
                _(
                    "Press Train: 1000 updates take less than a seventh off the loss, and every test sample still "
                    "gets the same answer. The direction is right, the steps are too short."
                ),
            ),
            (_("0.1: right"), {**SLOPE, "lr": 0.1}),
            (
                _("3: too large"),
                {**SLOPE, "lr": 3.0},
                _(
                    "Press Train: the loss falls for a dozen updates, then a step jumps out of the valley. A whole "
                    "layer of ReLUs is dead after that, and every test sample gets the same answer."
                ),
            ),
        ),
        Experiment(
            _("Circle"),
            _("TensorFlow Playground's first problem: watch the border bend around the points."),
            {**PLAYED, "data": "circle", "widths": "4-2"},
            _(
                "Press Train. Each neuron of the first layer can only draw a straight line, as its small picture "
                "shows; the second layer joins the lines into a ring. Then take the hidden layers away and give x₁² "
                "and x₂² instead: the right feature replaces a layer."
            ),
            (
                _("x₁² and x₂², no hidden layer"),
                {**PLAYED, "data": "circle", "layers": 0, "features": ("x1^2", "x2^2"), "lr": 0.03},
                _(
                    "Press Train: the sum of x₁² and x₂² says how far out a point lies. With these two inputs the "
                    "output layer alone answers more than 97 % of the test samples rightly."
                ),
            ),
            (
                _("Spiral"),
                {**PLAYED, "data": "spiral", "layers": 3, "width": 16, "epochs": 150},
                _(
                    "Press Train: three layers of 16 neurons bend their border along both arms and answer more "
                    "than 90 % of the test samples rightly. With layers 4-2, enough for the circle, it is less "
                    "than 75 %."
                ),
            ),
        ),
        Experiment(
            _("Too few samples"),
            _("40 samples and a large network: right on what it saw, wrong on what it did not."),
            LARGE,
            _(
                "Press Train: the training accuracy climbs to 100 % while the test loss turns and rises again; the "
                "border bends around single points. More samples, an L2 penalty and a small network each help."
            ),
            (
                _("800 samples"),
                {**LARGE, "samples": 4000, "share": 0.2},
                _(
                    "Press Train: with 20 times the samples the test accuracy ends at least 5 points higher, the "
                    "most of the three cures. In so many updates the test loss still turns and rises, but far less."
                ),
            ),
            (
                _("L2 penalty"),
                {**LARGE, "l2": 0.01},
                _(
                    "Press Train: the penalty keeps the weights small. The training accuracy stays below 100 %, "
                    "and the test loss ends lower than with the other two cures."
                ),
            ),
            (
                _("A small network"),
                {**FEW, "layers": 1, "width": 3},
                _(
                    "Press Train: three neurons cannot bend around every point. The training accuracy stays below "
                    "100 %; on the test set they are right a little more often than the large network."
                ),
            ),
        ),
    ]


@once_a_language
def others() -> list[Experiment]:
    """Return the rest."""
    return [
        Experiment(
            _("Vanishing gradients"),
            _("Eight sigmoid layers: the first layers are hardly told anything."),
            {**DEEP, "activation": "sigmoid"},
            _(
                "Press One update and look at the gradients layer by layer: each sigmoid passes on at most a quarter, "
                "so the first layer is told almost nothing, and after 1000 updates every sample still gets the same "
                "answer. tanh with Xavier's first weights passes enough on; so does ReLU with batch normalisation."
            ),
            (
                _("tanh and Xavier"),
                {**DEEP, "activation": "tanh", "init": "xavier"},
                _(
                    "Press One update: the gradients of the first layer are no smaller than the last one's. Then "
                    "press Resume: more than 85 % of the test samples are answered rightly at the end."
                ),
            ),
            (
                _("ReLU and batch normalisation"),
                {**DEEP, "norm": True},
                _(
                    "Press Train: more than 95 % of the test samples are answered rightly at the end. Eight layers "
                    "of ReLU without batch normalisation give every sample the same answer."
                ),
            ),
        ),
        Experiment(
            _("All weights zero"),
            _("Neurons that start alike stay alike: the layer is one neuron, many times."),
            {**LEARNS, "init": "zeros", "activation": "tanh"},
            _(
                "Press Train: every neuron of a layer starts with the same weights, gets the same gradient and stays "
                "the same. Only the output's biases learn the class shares. Random first weights break the symmetry."
            ),
            (
                _("Xavier"),
                {**LEARNS, "init": "xavier", "activation": "tanh"},
                _(
                    "Press Train: random first weights make every neuron another one, and more than 98 % of the "
                    "test samples are answered rightly."
                ),
            ),
        ),
        Experiment(
            _("No activation"),
            _("Nine layers without σ are one linear layer; Inside shows its matrix."),
            {**LEARNS, "activation": "identity", "layers": 8},
            _(
                "Train, then open Inside, Folding: the nine layers are multiplied out into one matrix and one bias, "
                "with the same answers. Here even that learns, because the classes are slices of one sum. On the "
                "circle it fails."
            ),
            (
                _("The same on the circle"),
                {**PLAYED, "data": "circle", "activation": "identity"},
                _(
                    "Press Train: one matrix can only draw a straight border, and none parts the middle from the "
                    "ring around it. Less than 70 % of the test samples are answered rightly."
                ),
            ),
        ),
        Experiment(
            _("BGD, SGD, mini-batch"),
            _("20 epochs each: 20, 28,000 or 440 updates."),
            {**BATCHES, "batch": 64},
            _(
                "Train with each and overlay the curves under Inside, Runs, by updates and by epochs. In 20 epochs the "
                "full batch makes 20 careful steps and has hardly moved; single samples make 28,000 noisy ones and "
                "come furthest; mini-batches lie between, and need far less computing for it."
            ),
            (
                _("Full batch (BGD)"),
                {**BATCHES, "batch": 0},
                _(
                    "Press Train: 20 epochs are only 20 updates. The loss has begun to fall, and every test sample "
                    "still gets the same answer."
                ),
            ),
            (
                _("One sample (SGD)"),
                {**BATCHES, "batch": 1},
                _(
                    "Press Train: 28,000 updates in the same 20 epochs, each from one sample, so the curves "
                    "jitter. More than 90 % of the test samples are answered rightly at the end."
                ),
            ),
            (_("64 samples (MBGD)"), {**BATCHES, "batch": 64}),
        ),
        Experiment(
            _("Regression"),
            _("A height for every point of the plane instead of a class."),
            {
                "data": "hills",
                "activation": "tanh",
                "optimiser": "adam",
                "layers": 2,
                "width": 12,
                "batch": 32,
                "epochs": 300,
            },
            _("Press Train: the picture's colours are the network's answers, the points' colours the truth."),
        ),
    ]
