"""Lesson 1's settings as lines that give the same rows and the same counts."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Final, Literal

from core.data.batches import Batches
from core.data.overfitting import TEST_POINTS, FitConfig, seed_of_test
from core.data.splits import SplitConfig

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
    """

    data: str = "onehot"
    sort: bool = False
    copies: int = 0
    file: str = ""
    inputs: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()
    text: bool = False
    classes: bool = True


_ONE_HOT: Final = """\
inputs = torch.rand({samples}, 3, generator=torch.Generator().manual_seed(0))
total = inputs.sum(dim=1)
targets = torch.stack([total < 1, (total >= 1) & (total <= 2), total > 2], dim=1).float()
"""
_REGRESSION: Final = """\
generator = torch.Generator().manual_seed(0)
inputs = torch.rand({samples}, 1, generator=generator) * 2 - 1
targets = torch.sin(torch.pi * inputs) + 0.2 * torch.randn({samples}, 1, generator=generator)
"""
_MNIST: Final = """\
digits = MNIST("data", train=True, download=True)
inputs = (digits.data[:{samples}].reshape(-1, 784) / 255 - 0.1307) / 0.3081
targets = digits.targets[:{samples}, None].float()
"""
_CSV: Final = """\
table = pd.read_csv({file!r}, sep=None, engine="python", skipinitialspace=True)
inputs = torch.tensor(table[{inputs!r}].to_numpy(), dtype=torch.float32)
"""
_CSV_NUMBERS: Final = "targets = torch.tensor(table[{outputs!r}].to_numpy(), dtype=torch.float32)\n"
_CSV_TEXT: Final = """\
codes = pd.Categorical(table[{outputs[0]!r}].astype(str).str.strip()).codes  # classes in alphabetical order
targets = torch.tensor(codes.astype("float32"))[:, None]
"""
_SORT: Final = """
by_output = {labels}.argsort(stable=True)
inputs, targets = inputs[by_output], targets[by_output]
"""
_COPIES: Final = """
copies = int(len(inputs) * {share})
inputs[-copies:], targets[-copies:] = inputs[:copies].clone(), targets[:copies].clone()
"""
_SIZES: Final = """
data = torch.cat([inputs, targets], dim=1)  # ({config.samples}, {columns})
train_size = int(len(data) * {config.ratio})  # {config.train_size}
validation_size = int(len(data) * {config.validation})  # {config.validation_size}
test_size = len(data) - train_size - validation_size  # {config.test_size}
"""
_ROWS: Final = {
    "order": "rows = torch.arange(len(data))\n",
    "random": "rows = torch.randperm(len(data), generator=torch.Generator().manual_seed({config.seed}))\n",
    "stratified": '''

def shares(counts, size):
    """Whole parts first, then the largest remainders."""
    exact = [count * size / sum(counts) for count in counts]
    taken = [int(share) for share in exact]
    by_remainder = sorted(range(len(counts)), key=lambda c: taken[c] - exact[c])
    for c in by_remainder[: size - sum(taken)]:
        taken[c] += 1
    return taken


labels = {labels}
drawn = torch.randperm(len(data), generator=torch.Generator().manual_seed({config.seed}))
members = [drawn[labels[drawn] == label] for label in labels.unique()]
first = shares([len(m) for m in members], train_size)
second = shares([len(m) - a for m, a in zip(members, first)], validation_size)
part = torch.full((len(data),), 2)
for m, a, b in zip(members, first, second):
    part[m[:a]], part[m[a : a + b]] = 0, 1
rows = torch.cat([drawn[part[drawn] == which] for which in (0, 1, 2)])
''',
}
_CUT: Final = """\
train, validation, test = data[rows].split([train_size, validation_size, test_size])
train_set = TensorDataset(train[:, :{inputs}], train[:, {inputs}:])
"""
_SUBSETS: Final = {
    "order": """\
dataset = TensorDataset(inputs, targets)
train_set = Subset(dataset, range(train_size))
validation_set = Subset(dataset, range(train_size, train_size + validation_size))
test_set = Subset(dataset, range(train_size + validation_size, len(dataset)))
""",
    "random": """\
dataset = TensorDataset(inputs, targets)
train_set, validation_set, test_set = random_split(
    dataset,
    [train_size, validation_size, test_size],
    generator=torch.Generator().manual_seed({config.seed}),
)
""",
    "stratified": """\
dataset = TensorDataset(inputs, targets)
parts = rows.split([train_size, validation_size, test_size])  # random_split cannot stratify
train_set, validation_set, test_set = (Subset(dataset, part.tolist()) for part in parts)
""",
}
_SKLEARN: Final = """\
train, test = train_test_split(data.numpy(), test_size=test_size, {options})
"""
_SKLEARN_SECOND: Final = """\
train, validation = train_test_split(train, test_size=validation_size, {options})
"""
_SKLEARN_SET: Final = """\
train_set = TensorDataset(torch.from_numpy(train[:, :{inputs}]), torch.from_numpy(train[:, {inputs}:]))
"""
_LOADER: Final = """
loader = DataLoader(
    train_set,
    batch_size={batches.batch_size},
    shuffle={reshuffle},
    drop_last={batches.drop_last},
    generator=torch.Generator().manual_seed({config.seed}),
)
updates = 0
for epoch in range({batches.epochs}):
    for x, y in loader:
        updates += 1  # forward, backward, one step of the optimiser
print(len(loader), updates)  # {batches.updates_per_epoch} {batches.updates}
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
    """
    source = source or Source()
    labels = "targets.argmax(dim=1)" if outputs > 1 and source.classes else "targets[:, 0]"
    values: dict[str, Any] = {
        "config": config,
        "batches": batches,
        "columns": features + outputs,
        "inputs": features,
        "labels": labels,
        "reshuffle": reshuffle,
    }
    parts = [_imports(source, style, config.how), _data(source, config.samples)]
    if source.sort:
        parts.append(_SORT.format(labels=labels))
    if int(config.samples * (source.copies / 100)):
        parts.append(_COPIES.format(share=source.copies / 100))
    parts.append(_SIZES.format(**values))
    parts.append(_cut(config, style, values))
    return "".join([*parts, _LOADER.format(**values)])


def _imports(source: Source, style: Style, how: str) -> str:
    names = {"course": ["DataLoader", "TensorDataset"], "sklearn": ["DataLoader", "TensorDataset"]}.get(
        style,
        ["DataLoader", "TensorDataset", "random_split"]
        if how == "random"
        else ["DataLoader", "Subset", "TensorDataset"],
    )
    lines = ["import pandas as pd"] * (source.data == "csv") + ["import torch"]
    lines += ["from sklearn.model_selection import train_test_split"] * (style == "sklearn")
    lines.append(f"from torch.utils.data import {', '.join(names)}")
    lines += ["from torchvision.datasets import MNIST"] * (source.data == "mnist")
    return "\n".join(lines) + "\n\n"


def _data(source: Source, samples: int) -> str:
    if source.data == "csv":
        # Names are the visitor's own: written as literals, they stay text.
        target = _CSV_TEXT if source.text else _CSV_NUMBERS
        return (_CSV + target).format(file=source.file, inputs=list(source.inputs), outputs=list(source.outputs))
    template = {"onehot": _ONE_HOT, "regression": _REGRESSION, "mnist": _MNIST}[source.data]
    return template.format(samples=samples)


def _cut(config: SplitConfig, style: Style, values: dict[str, Any]) -> str:
    if style == "course":
        return _ROWS[config.how].format(**values) + _CUT.format(**values)
    if style == "loader":
        rows = _ROWS["stratified"].format(**values) if config.how == "stratified" else ""
        return rows + _SUBSETS[config.how].format(**values)
    if config.how == "order":
        options = rest = "shuffle=False"
    else:
        options = rest = f"random_state={config.seed}"
    lines = ""
    if config.how == "stratified":
        lines = f"labels = {values['labels']}\n"
        options += ", stratify=labels"
        of_rest = str(values["labels"]).replace("targets", f"torch.from_numpy(train[:, {values['inputs']} :])")
        rest += f", stratify={of_rest}"
    lines += _SKLEARN.format(options=options)
    if config.validation_size:
        lines += _SKLEARN_SECOND.format(options=rest)
    return lines + _SKLEARN_SET.format(**values)


_FIT: Final = """\
import numpy as np
from numpy.polynomial.legendre import legval, legvander

random = np.random.default_rng({seed})
x = (np.arange({points}) + random.uniform(size={points})) * 2 / {points} - 1
y = np.sin(np.pi * x) + {noise} * random.standard_normal({points})

matrix = legvander(x, {degree})  # Legendre polynomials up to degree {degree}: orthogonal, so that the sum stays exact
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


def fit_script(config: FitConfig) -> str:
    """Return the polynomial fit as lines of NumPy that print the page's two errors."""
    penalty = _PENALTY.format(**asdict(config)) if config.ridge else ""
    test_seed = seed_of_test(config.seed)
    return _FIT.format(**asdict(config), penalty=penalty, test_seed=test_seed, test_points=TEST_POINTS)
