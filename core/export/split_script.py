"""Lesson 1's settings as lines that give the same rows and the same counts."""

from dataclasses import asdict, dataclass
from typing import Any, Final, Literal

from core.data.batches import Batches
from core.data.overfitting import TEST_POINTS, FitConfig, seed_of_test
from core.data.splits import SplitConfig
from core.export.notes_lines import CSV, CSV_CLASS, CSV_COLUMNS, ONE_HOT, SHUFFLED, mnist_mirrors
from core.export.parts import N_, Part, Say, in_language, script

Style = Literal["course", "loader", "sklearn"]


@dataclass(frozen=True)
class Source:
    """Where the samples of a script come from.

    Args:
        data: "onehot", "mnist", "regression" or "csv".
        sort: sorted by output first.
        copies: percent of the last samples that are copies of the first ones.
        file: name of the CSV file.
        inputs: names of its input columns.
        outputs: names of its output columns.
        text: whether its one output is a class written as text.
        classes: whether the output is a class.
        mirror: see core.export.train_script.mnist_script.
    """

    data: str = "onehot"
    sort: bool = False
    copies: int = 0
    file: str = ""
    inputs: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()
    text: bool = False
    classes: bool = True
    mirror: str = ""


_REGRESSION: Final = """\
generator = torch.Generator().manual_seed(0)
X1 = torch.rand({samples}, 1, generator=generator) * 2 - 1  # input features
Y1 = torch.sin(torch.pi * X1) + 0.2 * torch.randn({samples}, 1, generator=generator)  # output features
Data = torch.cat([X1, Y1], dim=1)
"""
_MNIST: Final = """\
digits = datasets.MNIST("data", train=True, download=True)
X = (digits.data[:{samples}].reshape(-1, 784) / 255 - 0.1307) / 0.3081  # input features
Y = digits.targets[:{samples}, None].float()  # output features
Data = torch.cat([X, Y], dim=1)
"""
_SORT: Final = "Data = Data[{labels}.argsort(stable=True)]  # sorted by output\n"
_COPIES: Final = """\
copies = int(len(Data) * {share})
Data[-copies:] = Data[:copies].clone()  # the last samples are copies of the first ones
"""
_SIZE: Final = "{name} = int(len(Data) * {share})\n"
_RANDOM: Final = "order = torch.randperm(len(Data), generator=torch.Generator().manual_seed({config.seed}))\n"
_STRATIFIED: Final = """

def shares(counts, size):  # whole parts first, then the largest remainders
    exact = [count * size / sum(counts) for count in counts]
    taken = [int(share) for share in exact]
    by_remainder = sorted(range(len(counts)), key=lambda c: taken[c] - exact[c])
    for c in by_remainder[: size - sum(taken)]:
        taken[c] += 1
    return taken


labels = {labels}
drawn = torch.randperm(len(Data), generator=torch.Generator().manual_seed({config.seed}))
members = [drawn[labels[drawn] == label] for label in labels.unique()]
first = shares([len(m) for m in members], train_size)
second = shares([len(m) - a for m, a in zip(members, first, strict=True)], {validation})
part = torch.full((len(Data),), 2)
for m, a, b in zip(members, first, second, strict=True):
    part[m[:a]], part[m[a : a + b]] = 0, 1
order = torch.cat([drawn[part[drawn] == which] for which in (0, 1, 2)])
"""
_CUT: Final = """\
train_Data = Data[:train_size, :]
validation_Data = Data[train_size : train_size + validation_size, :]
test_Data = Data[train_size + validation_size :, :]
print(train_Data.shape, validation_Data.shape, test_Data.shape)
"""
_CUT_IN_TWO: Final = """\
train_Data = Data[:train_size, :]
test_Data = Data[train_size:, :]
print(train_Data.shape, test_Data.shape)
"""
_SUBSETS: Final = {
    "order": """\
parts = torch.arange(len(dataset)).split([{sizes}])
{names} = (Subset(dataset, part.tolist()) for part in parts)
""",
    "random": """\
generator = torch.Generator().manual_seed({config.seed})
{names} = random_split(dataset, [{sizes}], generator)
""",
    "stratified": """\
parts = order.split([{sizes}])  # random_split cannot stratify
{names} = (Subset(dataset, part.tolist()) for part in parts)
""",
}
_LOADER: Final = """\
train_loader = DataLoader(
    {samples},
    batch_size={batches.batch_size},
    shuffle={reshuffle},
    drop_last={batches.drop_last},
    generator=torch.Generator().manual_seed({config.seed}),
)
epochs = {batches.epochs}
updates = 0
for epoch in range(epochs):
    for x, y in train_loader:
        updates += 1  # forward, backward, one step of the optimizer
print(f"{{len(train_loader)}} updates an epoch, {{updates}} in all")
"""


def split_script(
    config: SplitConfig,
    batches: Batches,
    source: Source | None = None,
    style: Style = "course",
    *,
    features: int = 3,
    outputs: int = 3,
    reshuffle: bool = True,
    say: Say = str,
) -> str:
    """Return the lesson's settings as a script.

    "course" permutes with ``torch.randperm`` and cuts, "loader" uses ``random_split``; both give the page's own rows.
    "sklearn" calls ``train_test_split``, whose generator is NumPy's: other rows, the same sizes and class shares.

    Args:
        config: how the samples are split.
        batches: how the training set is fed; its ``samples`` are the split's training samples.
        source: where the samples come from; the one-hot data by default.
        style: which of the three.
        features: input columns.
        outputs: output columns.
        reshuffle: ``shuffle=True`` of the DataLoader.
        say: translates its comments.
    """
    source = source or Source()
    columns = f"Data[:, -{outputs}:]"
    labels = f"{columns}.argmax(dim=1)" if outputs > 1 and source.classes else "Data[:, -1]"
    sets = ("train", "validation", "test") if config.validation_size else ("train", "test")
    values: dict[str, Any] = {
        "config": config,
        "batches": batches,
        "labels": labels,
        "reshuffle": reshuffle,
        "names": ", ".join(f"{name}_Data" for name in sets),
        "sizes": ", ".join(f"{name}_size" for name in sets),
        "validation": "validation_size" if config.validation_size else "0",
    }
    code = _data(source, config.samples)
    if source.sort:
        code += _SORT.format(**values)
    if int(config.samples * (source.copies / 100)):
        code += _COPIES.format(share=source.copies / 100)
    made = Part(_TITLES[source.data], "", code + "print(Data.shape)", "In [3]")
    given = f"X = {{}}[:, :{features}]  # input features\nY = {{}}[:, -{outputs}:]  # output features\n"
    title = N_("Split the rows into training set and test set") if config.how == "order" else SHUFFLED
    sizes = _SIZE.format(name="train_size", share=config.ratio)
    sizes += _SIZE.format(name="validation_size", share=config.validation) if config.validation_size else ""
    sizes += "test_size = " + " - ".join(["len(Data)", *(f"{name}_size" for name in sets[:-1])]) + "\n"
    cut = Part(title, "", sizes + _cut(config, style, values, given), "In [4]")
    samples = "train_Data" if style == "loader" else "TensorDataset(X, Y)"
    rows = {"course": "train_Data", "sklearn": "torch.from_numpy(train_Data)", "loader": ""}[style]
    loader = (given.format(rows, rows) if rows else "") + _LOADER.format(samples=samples, **values)
    fed = Part(N_("Feed the training set in batches and count the updates"), "", loader)
    return script((made, cut, fed), say)


_TITLES: Final = {
    "onehot": N_("The data: three inputs, and the class is decided by their sum"),
    "regression": N_("The data: a noisy sine"),
    "mnist": N_("The data: MNIST's training images, 784 grey values each, and their digits"),
    "csv": N_("The data: your own table; the file lies beside this script"),
}


def _data(source: Source, samples: int) -> str:
    if source.data == "csv":
        # Names are the visitor's own: written as literals, they stay text.
        code = CSV.format(file=source.file, inputs=list(source.inputs))
        if source.text:
            code += CSV_CLASS.format(output=source.outputs[0], cell="row[column].strip()")
            return code + "Data = torch.cat([X, Y[:, None]], dim=1)\n"
        return code + CSV_COLUMNS.format(outputs=list(source.outputs)) + "Data = torch.cat([X, Y], dim=1)\n"
    if source.data == "mnist":
        return mnist_mirrors(source.mirror) + _MNIST.format(samples=samples)
    return {"onehot": ONE_HOT, "regression": _REGRESSION}[source.data].format(samples=samples, seed=0)


def _cut(config: SplitConfig, style: Style, values: dict[str, Any], given: str) -> str:
    order = {"order": "", "random": _RANDOM, "stratified": _STRATIFIED}[config.how].format(**values)
    if style == "course":
        shuffled = order + ("Data = Data[order, :]\n" if order else "")
        return shuffled + (_CUT if config.validation_size else _CUT_IN_TWO)
    if style == "loader":
        dataset = given.format("Data", "Data") + "dataset = TensorDataset(X, Y)\n"
        return dataset + (order if config.how == "stratified" else "") + _SUBSETS[config.how].format(**values)
    return _sklearn(config, str(values["labels"]))


def _sklearn(config: SplitConfig, labels: str) -> str:
    options = "shuffle=False" if config.how == "order" else f"random_state={config.seed}"
    held_out = [("test_Data", "Data", "test_size")]
    if config.validation_size:
        held_out.append(("validation_Data", "train_Data", "validation_size"))
    code = "Data = Data.numpy()\n"
    for held, samples, size in held_out:
        more = ""
        if config.how == "stratified":
            code += f"labels = {labels.replace('Data', samples).replace('dim', 'axis')}\n"
            more = ", stratify=labels"
        code += f"train_Data, {held} = train_test_split({samples}, test_size={size}, {options}{more})\n"
    return code


_FIT: Final = """\
import numpy as np
from numpy.polynomial.legendre import legval, legvander

random = np.random.default_rng({seed})
x = (np.arange({points}) + random.uniform(size={points})) * 2 / {points} - 1
y = np.sin(np.pi * x) + {noise} * random.standard_normal({points})

matrix = legvander(x, {degree})  # Legendre polynomials up to this degree: orthogonal, so that the sum stays exact
{penalty}coefficients = np.linalg.lstsq(matrix, y, rcond=None)[0]

test_random = np.random.default_rng({test_seed})
test_x = (np.arange({test_points}) + test_random.uniform(size={test_points})) * 2 / {test_points} - 1
test_y = np.sin(np.pi * test_x) + {noise} * test_random.standard_normal({test_points})
train_error = np.mean((legval(x, coefficients) - y[: len(x)]) ** 2)
test_error = np.mean((legval(test_x, coefficients) - test_y) ** 2)
print(train_error, test_error)
"""
_PENALTY: Final = """\
matrix = np.vstack([matrix, np.sqrt({ridge}) * np.eye({degree} + 1)[1:]])  # ridge: every coefficient but the constant
y = np.concatenate([y, np.zeros({degree})])
"""


def fit_script(config: FitConfig, say: Say = str) -> str:
    """Return the polynomial fit as lines of NumPy that print the page's two errors.

    Args:
        config: of the fit.
        say: translates its comments.
    """
    penalty = _PENALTY.format(**asdict(config)) if config.ridge else ""
    test_seed = seed_of_test(config.seed)
    code = _FIT.format(**asdict(config), penalty=penalty, test_seed=test_seed, test_points=TEST_POINTS)
    return in_language(code, say)
