"""The data sets of lesson 2 in plain PyTorch: the same calls in the same order as core.data, so the same samples.

As in the notes (三 3.1) all samples are one table, Data: the input features' columns, then the output features'.

Where noise is 0 the lines that only noise needs are left out; what is drawn stays, so that nothing after it moves.
"""

import math
from typing import Final

import numpy as np

from core.data.number_table import NumberTable
from core.data.playground import PLANE, REGRESSIONS, DataConfig, shape_of
from core.data.table_head import numbers
from core.data.toys import BLOBS, HILLS, SKLEARN_TOYS
from core.export.notes_lines import CSV, CSV_CLASS, CSV_COLUMNS, ONE_HOT, SHUFFLED
from core.export.parts import N_, Part

_ONE_HOT_NOISE: Final = """\
anew = torch.rand({samples}, generator=generator) < {noise}  # noise: the output features of these rows are drawn anew
drawn = torch.randint(0, 3, ({samples},), generator=generator)
Data[anew, -3:] = nn.functional.one_hot(drawn, 3).float()[anew]
"""
_CIRCLE: Final = """\
u = torch.rand({samples}, 4, generator=generator)
inside = torch.arange({samples}) < {half}
radius = torch.where(inside, 2.5 * u[:, 0], 3.5 + 1.5 * u[:, 0])
angle = 2 * torch.pi * u[:, 1]
X = torch.stack([radius * angle.sin(), radius * angle.cos()], dim=1)
{strays}Y = ({seen}.square().sum(dim=1).sqrt() < 2.5).long()
"""
_XOR: Final = """\
u = torch.rand({samples}, 4, generator=generator)
X = 10 * u[:, :2] - 5
X = torch.where(X > 0, X + 0.3, X - 0.3)
{strays}Y = ({seen}[:, 0] * {seen}[:, 1] >= 0).long()
"""
_GAUSS: Final = """\
Y = (torch.arange({samples}) < {half}).long()
centre = torch.where(Y == 1, 2.0, -2.0)
X = centre[:, None] + {spread} * torch.randn({samples}, 2, generator=generator)
"""
_SPIRAL: Final = """\
share = torch.cat([torch.arange({half}) / {half}, torch.arange({rest}) / {rest}])
Y = (torch.arange({samples}) < {half}).long()
radius, angle = 5 * share, 3.5 * torch.pi * share + torch.pi * (1 - Y)
X = torch.stack([radius * angle.sin(), radius * angle.cos()], dim=1)
X = X + (2 * torch.rand({samples}, 2, generator=generator) - 1) * {noise}
"""
_POINTS: Final = """\
u = 12 * torch.rand({samples}, 4, generator=generator) - 6
X = u[:, :2].contiguous()
{strays}"""
_HILLS: Final = """\
Y = torch.zeros({samples})
for x1, x2, sign in {hills}:
    distance = (({seen}[:, 0] - x1).square() + ({seen}[:, 1] - x2).square()).sqrt()
    Y = Y + sign * (1 - distance / 2).clamp(min=0)
Y = Y[:, None]
"""
_DRAWN: Final = {
    "circle": _CIRCLE,
    "xor": _XOR,
    "gauss": _GAUSS,
    "spiral": _SPIRAL,
    "plane": _POINTS + "Y = ({seen}[:, :1] + {seen}[:, 1:]) / 10\n",
    "hills": _POINTS + _HILLS,
}
_MOONS: Final = """\
points, kinds = make_moons({samples}, shuffle=False, noise={noise}, random_state={state})
X = 3.5 * (torch.tensor(points, dtype=torch.float32) - torch.tensor([0.5, 0.25]))
Y = torch.tensor(kinds, dtype=torch.int64)
"""
_BLOBS: Final = """\
centres = {centres}
points, kinds = make_blobs({samples}, centers=centres, cluster_std={spread}, shuffle=False, random_state={state})
X = torch.tensor(points, dtype=torch.float32)
Y = torch.tensor(kinds, dtype=torch.int64)
"""
# The columns of the network's inputs, from those of the points.
_FEATURES: Final = {
    "x1": "x1",
    "x2": "x2",
    "x1^2": "x1 * x1",
    "x2^2": "x2 * x2",
    "x1x2": "x1 * x2",
    "sin x1": "x1.sin()",
    "sin x2": "x2.sin()",
}


def data_part(config: DataConfig) -> Part:
    """Return the part that makes Data, float32 (samples, inputs + outputs): what the network is given, and the truth.

    Args:
        config: the data.
    """
    title, words = _said(config.name)
    code = _samples(config)
    if config.name != "onehot":
        if config.name in PLANE and config.features != ("x1", "x2"):
            features = ", ".join(_FEATURES[name] for name in config.features)
            code += "x1, x2 = X[:, 0], X[:, 1]\n"
            code += f"X = torch.stack([{features}], dim=1)  # what the network is given of a point\n"
        if classified(config):
            code += f"Y = nn.functional.one_hot(Y, {shape_of(config)[1]}).float()  # a 1 at the class\n"
        code += "Data = torch.cat([X, Y], dim=1)\n"
    return Part(title, words, code + "print(Data.shape)", "In [3]")


def classified(config: DataConfig) -> bool:
    """Return whether the answers are classes, and so a one-hot code; else they are numbers on a scale.

    >>> classified(DataConfig("blobs")), classified(DataConfig("plane"))
    (True, False)
    """
    if config.name == "csv" and config.table is not None:
        return bool(config.table.class_names)
    return config.name not in REGRESSIONS


def split_part(config: DataConfig) -> Part:
    """Return the part that shuffles the table and splits it into train_Data and test_Data.

    Args:
        config: the data.
    """
    generator = f"torch.Generator().manual_seed({config.seed})"
    drawn = config.name in PLANE and config.name not in SKLEARN_TOYS  # the generator goes on from the samples
    inputs = shape_of(config)[0]
    code = f"""train_size = int(len(Data) * {config.train_share})
order = torch.randperm(len(Data), generator={"generator" if drawn else generator})
Data = Data[order, :].to(device)
train_Data = Data[:train_size, :]
test_Data = Data[train_size:, :]
"""
    if config.name == "csv":
        code += f"""X = Data[:, :{inputs}]
std, mean = torch.std_mean(X[:train_size].double(), dim=0, correction=0)  # of the training set alone
X.copy_((X - mean) / torch.where(std > 0, std, 1.0))
"""
    return Part(
        SHUFFLED,
        N_("The network learns from the training set alone. The test set is kept apart, to see what it has learned."),
        code + "print(train_Data.shape, test_Data.shape)",
        "In [4]",
    )


def _samples(config: DataConfig) -> str:
    if config.name == "csv" and config.table is not None:
        return _table(config.table)
    samples, noise = config.samples, config.noise
    strays = f"seen = X + (10 * u[:, 2:] - 5) * {noise}  # noise: the label is that of a point nearby\n"
    if config.name in REGRESSIONS:
        strays = f"seen = X + u[:, 2:] * {noise}  # noise: y is that of a point nearby\n"
    values: dict[str, object] = {
        "samples": samples,
        "noise": noise,
        "seed": config.seed,
        "state": config.seed % 2**32,
        "half": samples - samples // 2,
        "rest": samples // 2,
        "spread": math.sqrt(0.5 + 7 * noise),
        "centres": [list(centre) for centre in BLOBS],
        "hills": [tuple(int(part) if part == int(part) else part for part in hill) for hill in HILLS],
        "strays": strays if noise else "",
        "seen": "seen" if noise else "X",
    }
    if config.name == "onehot":
        return (ONE_HOT + (_ONE_HOT_NOISE if noise else "")).format(**values)
    if config.name in SKLEARN_TOYS:
        return {"moons": _MOONS, "blobs": _BLOBS}[config.name].format(**values)
    code = "generator = torch.Generator().manual_seed({seed})\n" + _DRAWN[config.name]
    return code.format(**values)


def _table(table: NumberTable) -> str:
    # Names are the visitor's own: written as literals, they stay text.
    code = CSV.format(file=table.name, inputs=list(table.input_names))
    if len(table.output_names) > 1 or not table.class_names:
        code += CSV_COLUMNS.format(outputs=list(table.output_names))
        return code + ("Y = Y.argmax(dim=1)  # one-hot columns: the number of the class\n" if table.class_names else "")
    cell = "float(row[column])" if np.isfinite(numbers(list(table.class_names))).all() else "row[column].strip()"
    return code + CSV_CLASS.format(output=table.output_names[0], cell=cell)


def _said(name: str) -> tuple[str, str]:
    """Return a data set's title and what it is."""
    playground = N_("Points (x1, x2) of a plane as in TensorFlow Playground.")
    return {
        "onehot": (
            N_("The data: three inputs, and the class is decided by their sum"),
            N_("Three numbers between 0 and 1. Class 0: their sum is below 1; class 2: above 2; class 1: between."),
        ),
        "circle": (N_("The data: a disc inside a ring"), playground),
        "xor": (N_("The data: XOR, class 1 where x1 and x2 have the same sign"), playground),
        "gauss": (N_("The data: two clouds"), playground),
        "spiral": (N_("The data: two arms of a spiral"), playground),
        "plane": (N_("The data: a regression, y = (x1 + x2) / 10"), playground),
        "hills": (N_("The data: a regression, three hills and three hollows"), playground),
        "moons": (N_("The data: two half moons"), N_("Points (x1, x2) of a plane, drawn by scikit-learn.")),
        "blobs": (N_("The data: three clouds"), N_("Points (x1, x2) of a plane, drawn by scikit-learn.")),
        "csv": (
            N_("The data: your own table; the file lies beside this script"),
            N_("Every row is a sample. The inputs are brought to mean 0 and standard deviation 1 below."),
        ),
    }[name]
