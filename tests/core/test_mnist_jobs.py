"""Lesson 4's jobs: every network and choice of samples against a script's losses, and what moved digits do."""

from dataclasses import replace

import nbformat
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torchvision import datasets

from core.data.grey import normalise
from core.errors import InvalidInput
from core.export.mnist_net import layers, sequential
from core.export.notebook import mnist_notebook
from core.export.train_script import mnist_script
from core.export.weights import course_names, digit_file, pth_file
from core.nets.building import build
from core.nets.digit_files import read_digit_weights
from core.nets.networks import DIGITS, NETWORKS, VARIANTS
from core.runs.digits_job import MnistJob
from core.training.changes import Change
from core.training.checkpoints import from_bytes
from core.training.config import TrainConfig
from core.training.courses import COURSES
from core.training.digit_engine import chosen_rows, update_seed
from core.training.evaluate import evaluate
from tests.core.mnist_tiny import N, TinyMnist, tiny

ALL = (*VARIANTS, "mnist-dnn")
DATA = tiny()


@pytest.fixture
def own_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MPLCONFIGDIR", str(tmp_path))
    monkeypatch.setenv("MPLBACKEND", "Agg")
    monkeypatch.setattr(datasets, "MNIST", TinyMnist)
    return tmp_path


def job(network="lenet5", **settings):
    names = set(MnistJob.__dataclass_fields__)
    train = {name: settings.pop(name) for name in list(settings) if name not in names}
    config = replace(COURSES[network], **{"batch_size": 50, "epochs": 2, "seed": 9, "evaluations": 2} | train)
    return MnistJob(network, settings.pop("seed", 2), config, DATA, **settings)


def done(job, resume=None):
    run = job.make(resume)
    losses, last = [], None
    for progress in run:
        losses += progress.losses
        last = progress.evaluation or last
    return losses, last, run


def run(code):
    names: dict = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("matplotlib.pyplot.show", lambda: None)
        exec(compile(code, "script.py", "exec"), names)
    return names


CASES = {
    **{name: job(name) for name in ALL},
    "part": job("mnist-dnn", samples=130, data_seed=5, momentum=0.9),
    "part of lenet, adam": job(samples=100, batch_size=32, optimiser="adam", lr=0.01),
    "all of a part at once": job(samples=120, batch_size=0, epochs=3),
    "32, rows in order, penalties": job("lenet5-32", reshuffle=False, l2=0.001, schedule="cosine", epochs=3),
    "1998, nesterov, a part": job("lenet5-rbf", samples=150, optimiser="nesterov", momentum=0.5),
    "dnn, all of a part at once": job("mnist-dnn", samples=100, batch_size=0, epochs=4),
    "all of it is no permutation": job("mnist-dnn", samples=N),
}


@pytest.mark.parametrize("name", CASES)
def test_the_script_gives_the_app_s_losses_bit_for_bit(name, own_folder, capsys):
    losses, evaluation, fit = done(CASES[name])
    names = run(mnist_script(CASES[name]))
    assert names["losses"] == losses
    assert (names["correct"], names["total"]) == (evaluation.correct, evaluation.samples)
    theirs = names["model"].state_dict().values()
    assert all(torch.equal(a, b) for a, b in zip(fit.model.state_dict().values(), theirs, strict=True))


@pytest.mark.parametrize("name", ["lenet5", "lenet5-rbf", "mnist-dnn"])
def test_first_weights_from_a_file(name, own_folder, capsys):
    start = read_digit_weights(digit_file(build(name, 77).state_dict(), name), name)
    begun = job(name, start=start, samples=100)
    (own_folder / "first-weights.pth").write_bytes(pth_file(course_names(start.tensors(), name)))
    losses, _, _ = done(begun)
    assert run(mnist_script(begun))["losses"] == losses
    assert losses == done(job(name, seed=77, samples=100))[0]
    with pytest.raises(InvalidInput, match="lenet5-32"):
        job("lenet5-32", start=start)


def test_a_learning_rate_changed_under_way_is_in_the_script(own_folder, capsys):
    run_ = job().make()
    losses = list(run_.take(5).losses)
    while len(losses) < 5:
        losses += run_.take(5 - len(losses)).losses
    run_.change(lr=0.1)
    run_.change(batch_size=80)
    for progress in run_:
        losses += progress.losses
    assert {change.what for change in run_.changes} == {"lr", "batch_size"}
    assert run(mnist_script(job(), changes=run_.changes))["losses"] == losses
    assert isinstance(run_.changes[0], Change)


def test_the_notebook_s_cells_give_the_app_s_losses(own_folder, capsys):
    book = nbformat.reads(mnist_notebook(job("lenet5-32", samples=100)).decode(), as_version=4)
    nbformat.validate(book)
    names: dict = {}
    for cell in book.cells:
        if cell.cell_type == "code":
            exec(compile(cell.source, "cell", "exec"), names)
        else:
            assert cell.source.strip()
            assert all(line.strip() for line in cell.source.split("\n\n"))
    assert names["losses"] == done(job("lenet5-32", samples=100))[0]


def test_the_script_with_moved_digits_runs_and_says_that_it_differs(own_folder, capsys):
    text = mnist_script(job(augment=True, epochs=1))
    assert "not quite the same" in text
    names = run(text)
    assert len(names["losses"]) == 8
    assert names["losses"] != done(job(augment=True, epochs=1))[0]


def test_sequential_code_builds_the_network():
    for name in ALL:
        if name != "lenet5-rbf":
            net = run(f"import torch\nimport torch.nn as nn\ntorch.manual_seed(4)\n{sequential(name)}")["net"]
            ours = build(name, 4).state_dict()
            assert all(torch.equal(a, b) for a, b in zip(ours.values(), net.state_dict().values(), strict=True))
    assert layers("lenet5")[0] == "nn.Conv2d(1, 6, kernel_size=5, padding=2), nn.Tanh(),  # C1"


# --- a part of the training set --------------------------------------------------------------------------------------


@settings(max_examples=40, deadline=None)
@given(total=st.integers(100, 900), data=st.data())
def test_few_samples_are_among_many(total, data):
    few, many = sorted(data.draw(st.lists(st.integers(100, total), min_size=2, max_size=2)))
    seed = data.draw(st.integers(0, 2**63 - 1))
    rows = chosen_rows(total, many, seed)
    everything = torch.randperm(total, generator=torch.Generator().manual_seed(seed))
    if many == total:
        assert rows is None
        return
    assert torch.equal(rows, everything[:many])
    assert torch.equal(chosen_rows(total, few, seed), rows[:few])
    assert chosen_rows(total, 0, seed) is None


def test_only_the_chosen_samples_are_seen_and_looked_at():
    chosen = job(samples=100, data_seed=3)
    rows = chosen.chosen()
    fit = chosen.make()
    assert len(fit.engine.order.permutation) == 100
    inputs, labels = fit.engine.batch(torch.tensor([4, 7]))
    assert torch.equal(inputs, DATA.train_inputs[rows[[4, 7]]])
    assert torch.equal(labels, DATA.train_labels[rows[[4, 7]]])
    look = fit.look().train_evaluation
    assert look == evaluate(fit.model, DATA.train_inputs[rows], DATA.train_labels[rows], 10)
    assert [sum(row) for row in look.confusion] == torch.bincount(DATA.train_labels[rows], minlength=10).tolist()
    assert fit.engine.inputs is DATA.train_inputs  # nothing was copied


@pytest.mark.parametrize("network", ["lenet5", "mnist-dnn"])
def test_two_networks_see_the_same_batches(network):
    """LeNet-5 and the DNN side by side: the same images in every update, moved or not."""
    shared = {"lr": 0.05, "batch_size": 32, "samples": 110, "data_seed": 8, "augment": True, "momentum": 0.0}

    def seen(job):
        fit, found = job.make(), []
        real = fit.engine.batch
        fit.engine.batch = lambda rows: found.append(real(rows)) or found[-1]
        for _ in fit:
            pass
        return found

    ours, theirs = seen(job("lenet5", **shared)), seen(job("mnist-dnn", **shared, seed=55))
    assert len(ours) == len(theirs) == 2 * 4
    for (x, y), (images, labels) in zip(ours, theirs, strict=True):
        assert torch.equal(x.flatten(1), images.flatten(1))
        assert torch.equal(y, labels)
    assert not torch.equal(ours[0][0], ours[4][0])


# --- moved digits ----------------------------------------------------------------------------------------------------


def test_moved_digits_are_anew_in_each_update_and_the_same_for_the_same_seed():
    moved = job(augment=True, lr=0.05)
    losses, _, _ = done(moved)
    assert losses == done(moved)[0]
    assert losses != done(job(lr=0.05))[0]
    fit = moved.make()
    rows = torch.arange(6)
    fit.engine.order.next()
    first, labels = fit.engine.batch(rows)
    again, _ = fit.engine.batch(rows)
    fit.engine.order.next()
    second, _ = fit.engine.batch(rows)
    assert torch.equal(first, again)
    assert not torch.equal(first, second)
    other = job(augment=True, lr=0.05, seed=2).make()
    other.engine.config = replace(other.engine.config, seed=10)
    other.engine.order.next()
    assert not torch.equal(other.engine.batch(rows)[0], first)
    assert torch.equal(labels, DATA.train_labels[:6])
    assert first.min() >= normalise(torch.zeros(1, dtype=torch.uint8)).item()


@pytest.mark.parametrize("network", ["lenet5", "mnist-dnn"])
def test_moved_digits_go_on_bit_for_bit_from_a_checkpoint(network):
    moved = job(network, augment=True, samples=110, lr=0.05, momentum=0.5)
    whole, last, _ = done(moved)
    begun = moved.make()
    losses = []
    while len(losses) < 3:
        losses += begun.take(1).losses
    kept = from_bytes(begun.checkpoint().to_bytes())
    rest, again, _ = done(moved, kept)
    assert losses + rest == whole
    assert again == last


def test_seeds_of_updates_differ():
    seeds = {update_seed(seed, update) for seed in (0, 1, 2, 2**40) for update in range(2000)}
    assert len(seeds) >= 7998  # of 8000; two of 2**32 meet by chance once in 134 such lists
    assert all(0 <= seed < 2**32 for seed in seeds)
    assert update_seed(5, 7) == update_seed(5, 7)


# --- what cannot be --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"samples": 99}, "between 100 and 400"),
        ({"samples": 401}, "between 100 and 400"),
        ({"samples": 1.5}, "1.5"),
        ({"samples": True}, "True"),
        ({"data_seed": -1}, "seed"),
        ({"seed": -1}, "seed"),
        ({"augment": 1}, "augment"),
        ({"loss": "rbf"}, "cross_entropy"),
        ({"network": "lenet5-rbf", "loss": "cross_entropy"}, "choose rbf"),
        ({"patience": 3}, "patience 3"),
        ({"network": "lenet6"}, "lenet5, mnist-dnn"),
        ({"epochs": 10_000, "batch_size": 1}, "epochs"),
    ],
)
def test_a_job_that_cannot_run_cannot_be_made(settings, said):
    names = ("loss", "patience", "epochs", "batch_size")
    train = {name: value for name, value in settings.items() if name in names}
    rest = {"network": "lenet5", "seed": 0} | {name: value for name, value in settings.items() if name not in names}
    with pytest.raises(InvalidInput) as error:
        MnistJob(train=TrainConfig(**train), data=DATA, **rest)
    assert said in str(error.value)


def test_a_batch_may_not_hold_a_worker_for_seconds():
    images, labels = torch.zeros(1, 1, 28, 28).expand(5_000, 1, 28, 28), torch.zeros(5_000, dtype=torch.int64)
    data = replace(DATA, train_inputs=images, train_labels=labels)
    for size, samples in ((0, 0), (4_000, 0), (0, 3_000)):
        with pytest.raises(InvalidInput, match="2048"):
            MnistJob("lenet5", 0, TrainConfig(batch_size=size), data, samples)
    assert MnistJob("lenet5", 0, TrainConfig(batch_size=0), data, 2_000).estimate().updates == 5
    assert MnistJob("lenet5", 0, TrainConfig(batch_size=4_000), data, 2_000).samples_used == 2_000


def test_one_lenet_and_one_dnn_may_live_side_by_side():
    assert {job(name).kind for name in VARIANTS} == {"lenet5"}
    assert job("mnist-dnn").kind == "mnist-dnn"
    assert set(DIGITS) == set(ALL)
    assert {name for name, network in NETWORKS.items() if network.data == "mnist"} == set(ALL)
    assert type(job("lenet5-32").model()) is type(build("lenet5"))
