"""The code of lesson 1 runs and says what the page says."""

from itertools import product
from pathlib import Path

import numpy as np
import pytest

from core.data import tables
from core.data.batches import Batches
from core.data.order_of_use import order_of_use
from core.data.overfitting import FitConfig, fit
from core.data.sets import DataSet, mnist_set, one_hot_set, regression_set
from core.data.splits import Split, SplitConfig, split
from core.export.split_script import Source, fit_script, split_script


def run(data: DataSet, config: SplitConfig, batches: Batches, source: Source, style: str, **more) -> dict:
    names: dict = {}
    width = {"features": data.inputs.shape[1], "outputs": data.outputs.shape[1]}
    exec(split_script(config, batches, source, style, **width, **more), names)
    return names


def table(data: DataSet, numbers) -> np.ndarray:
    return np.concatenate([data.input_of(numbers), data.output_of(numbers)], axis=1)


def rows_of(names: dict, style: str) -> list[np.ndarray]:
    import torch

    sets = [names.get(f"{part}_Data", ()) for part in ("train", "validation", "test")]
    if style == "course":
        return [np.asarray(part) for part in sets]
    return [np.stack([torch.cat(item).numpy() for item in part]) if len(part) else np.empty((0, 0)) for part in sets]


def same_rows(names: dict, style: str, data: DataSet, result: Split) -> None:
    real = rows_of(names, style)
    for mine, numbers in zip(real, (result.train, result.validation, result.test), strict=True):
        assert len(mine) == len(numbers)
        if len(numbers):
            assert mine == pytest.approx(table(data, numbers), abs=1e-6)


@pytest.mark.parametrize(
    ("config", "batch_size", "epochs", "drop_last"),
    [
        (SplitConfig(), 64, 5, False),
        (SplitConfig(12_800, 0.8), 1_024, 5, False),
        (SplitConfig(997, 0.35, "random", 9), 32, 2, True),
        (SplitConfig(60, 0.5, "random", 3, 0.2), 1, 1, False),
    ],
)
def test_the_script_gives_the_page_s_rows_and_counts(config, batch_size, epochs, drop_last, capsys) -> None:
    batches = Batches(config.train_size, batch_size, epochs, drop_last)
    data = one_hot_set(config.samples)
    same_rows(run(data, config, batches, Source(), "course"), "course", data, split(config))
    told = f"{batches.updates_per_epoch} updates an epoch, {batches.updates} in all"
    assert capsys.readouterr().out.splitlines()[-1] == told


@pytest.mark.parametrize(
    ("how", "validation", "sort", "copies", "style"),
    list(product(["order", "random", "stratified"], [0.0, 0.15], [False, True], [0, 20], ["course", "loader"])),
)
def test_every_setting_has_its_lines(how, validation, sort, copies, style) -> None:
    config = SplitConfig(203, 0.7, how, 5, validation)
    data = one_hot_set(203)
    data = (data.sorted_by_class() if sort else data).copied(copies)
    names = run(data, config, Batches(config.train_size, 32), Source("onehot", sort, copies), style)
    same_rows(names, style, data, split(config, data.classes))


@pytest.mark.parametrize(("how", "validation"), list(product(["order", "random", "stratified"], [0.0, 0.15])))
def test_scikit_learn_gives_the_same_sizes_and_shares(how, validation) -> None:
    config = SplitConfig(211, 0.7, how, 5, validation)
    data = one_hot_set(211)
    names = run(data, config, Batches(config.train_size, 32), Source(), "sklearn")
    result = split(config, data.classes)
    for part, numbers in result.parts:
        rows = names[f"{part}_Data"]
        assert len(rows) == len(numbers)
        if how == "stratified":
            assert np.abs(rows[:, 3:].sum(0) - data.output_of(numbers).sum(0)).max() <= 1
        if how == "order":
            assert rows == pytest.approx(table(data, numbers))


@pytest.mark.parametrize("style", ["course", "loader", "sklearn"])
def test_regression(style) -> None:
    config = SplitConfig(50, 0.6, "random", 1, 0.2)
    data = regression_set(50).sorted_by_class()
    names = run(data, config, Batches(30, 8), Source("regression", True, classes=False), style)
    if style != "sklearn":
        same_rows(names, style, data, split(config))


@pytest.mark.parametrize("style", ["course", "loader", "sklearn"])
@pytest.mark.parametrize(("outputs", "how"), [([2], "stratified"), ([0], "random")])
def test_a_file_of_one_s_own(tmp_path: Path, monkeypatch, outputs, how, style) -> None:
    content = 'a,"b""; x",kind\n' + "".join(f"{i},{i * i % 7}.5,{'yes' if i % 3 else 'no'}\n" for i in range(40))
    (tmp_path / "it's.csv").write_text(content)
    monkeypatch.chdir(tmp_path)
    read = tables.read(content.encode(), "it's.csv")
    data = tables.data_set(read, [1], outputs)
    columns = tuple(read.columns[column] for column in outputs)
    text = outputs == [2]
    source = Source("csv", file="it's.csv", inputs=('b"; x',), outputs=columns, text=text, classes=text)
    config = SplitConfig(40, 0.7, how, 2, 0.1)
    names = run(data, config, Batches(28, 8), source, style)
    if style != "sklearn":
        same_rows(names, style, data, split(config, data.classes))


def test_digits(full_mnist, mnist_files: Path, tmp_path: Path, monkeypatch) -> None:
    raw = tmp_path / "data" / "MNIST" / "raw"
    raw.mkdir(parents=True)
    for file in mnist_files.iterdir():
        (raw / file.name).symlink_to(file)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("torchvision.datasets.MNIST.mirrors", ["http://127.0.0.1:9/"])
    config = SplitConfig(300, 0.7, "stratified", 2, 0.1)
    data = mnist_set(full_mnist, 300)
    names = run(data, config, Batches(210, 8), Source("mnist"), "course")
    same_rows(names, "course", data, split(config, data.classes))


@pytest.mark.parametrize("reshuffle", [False, True])
def test_the_loader_feeds_what_the_schedule_shows(reshuffle: bool) -> None:
    config = SplitConfig(40, 0.5, "random", 4)
    data = one_hot_set(40)
    names = run(data, config, Batches(20, 8, 1), Source(), "course", reshuffle=reshuffle)
    names["train_loader"].generator.manual_seed(4)
    real = [x.numpy() for x, _y in names["train_loader"]]
    plan = order_of_use(Batches(20, 8, 1), split(config).train, 4, reshuffle)
    for place, x in enumerate(real):
        assert x == pytest.approx(data.input_of(plan.update(0, place)))


@pytest.mark.parametrize("config", [FitConfig(), FitConfig(9, 12, 0.35, 0.0, 3), FitConfig(40, 9, 0.1, 0.5, 1)])
def test_the_fit_prints_the_page_s_errors(config: FitConfig, capsys) -> None:
    exec(fit_script(config), {})
    printed = [float(number) for number in capsys.readouterr().out.split()]
    found = fit(config)
    assert printed == pytest.approx([found.train_errors[config.degree], found.test_errors[config.degree]], rel=1e-9)
