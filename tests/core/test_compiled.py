"""The compiled engine: autograd's numbers to rounding, and its own to the last bit whatever is done between updates."""

import math
import os
import platform
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from torch import nn

from core.data.playground import DataConfig
from core.data.problem import ClassData
from core.nets.building import build
from core.nets.mlp import ACTIVATIONS, MlpConfig, mlp
from core.nets.networks import VARIANTS
from core.runs.playground_job import PlaygroundJob
from core.training.checkpoints import from_bytes
from core.training.compiled.engine import CompiledEngine
from core.training.config import TrainConfig
from core.training.courses import COURSES
from core.training.engine import AutogradEngine
from core.training.engines import CompiledDigitEngine, digit_engine, engine_for
from core.training.fit import fit
from core.training.losses import LOSSES
from core.training.optimisers import OPTIMISERS
from core.training.schedules import SCHEDULES

pytestmark = pytest.mark.usefixtures("compiled")

DATA = DataConfig(samples=100, seed=2)  # 70 to train on
TRAIN = TrainConfig("cross_entropy", lr=0.05, batch_size=20, epochs=30, seed=8, evaluations=3)  # 4 updates an epoch
MOMENTUM = {"sgd": 0.5, "nesterov": 0.9, "rmsprop": 0.3}
LAYERS = [nn.ReLU, nn.LeakyReLU, nn.Tanh, nn.Sigmoid, nn.GELU, nn.Identity]


def pictures(samples, shape=(1, 28, 28), classes=10, seed=0):
    generator = torch.Generator().manual_seed(seed)
    images = torch.randn(samples, *shape, generator=generator)
    return ClassData(images, torch.arange(samples) % classes, images[:9], torch.arange(9) % classes, classes, "noise")


def both(make, data, train):
    """The same run on both engines."""
    quick = engine_for(make(), data, train)
    assert type(quick) is CompiledEngine, quick.note.why
    return quick, AutogradEngine(make(), data, train)


def alike(quick, slow, rtol=1e-4):
    """Weights and what the optimiser remembers lie as near as rounding lets them."""
    ours, theirs = quick.state()[0], slow.state()[0]
    ours.pop("engine.difference")
    assert ours.keys() == theirs.keys()
    for name, value in theirs.items():
        size = max(float(value.abs().max()), 1e-6)
        assert float((ours[name] - value).abs().max()) <= rtol * size, name


def gradients(model, data, train, rows=None):
    """Those of one batch in float64, and the largest of each parameter."""
    model = model.double()
    engine = AutogradEngine(
        model, replace(data, train_inputs=data.train_inputs.double()), replace(train, engine="torch")
    )
    inputs, targets = engine.batch(rows)
    targets = targets if train.loss == "cross_entropy" else targets.double()
    engine.loss(model(inputs), targets).backward()
    return [value.grad for value in model.parameters()]


def check_gradients(make, data, loss, batch=0):
    train = replace(TRAIN, loss=loss, batch_size=batch, lr=1e-30, optimiser="sgd")
    engine = engine_for(make(), data, train)
    assert type(engine) is CompiledEngine, engine.note.why
    found = []
    engine._slice(engine._program(), 1, lambda space: found.extend(view.numpy().copy() for view in space.weights(1)))
    true = gradients(make(), data, train, engine._drawn)
    size = math.sqrt(sum(float(right.square().sum()) for right in true))
    for mine, right in zip(found, true, strict=True):
        apart = np.linalg.norm(mine - right.numpy().reshape(mine.shape))
        assert apart <= 1e-5 * size
        assert apart <= 1e-3 * np.linalg.norm(right) + 1e-6 * size  # nor is a small one wrong


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("optimiser", OPTIMISERS)
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_a_hundred_updates_are_those_of_autograd(activation, optimiser, loss):
    lr = 0.002 if "adam" in optimiser or optimiser == "rmsprop" else 0.05
    train = replace(TRAIN, loss=loss, optimiser=optimiser, momentum=MOMENTUM.get(optimiser, 0.0), lr=lr)
    net = MlpConfig((3, 20, 6, 5, 3), activation, seed=1)
    quick, slow = both(lambda: mlp(net), PlaygroundJob(net, train, DATA).playground().data, train)
    np.testing.assert_allclose(quick.advance(100), slow.advance(100), rtol=1e-4, atol=1e-6)
    assert quick.lr == slow.lr


@pytest.mark.parametrize("penalty", [{"l1": 0.01}, {"l2": 0.01}, {"l1": 0.001, "l2": 0.1}], ids=str)
@pytest.mark.parametrize("schedule", SCHEDULES)
def test_penalties_and_schedules(penalty, schedule):
    train = replace(TRAIN, schedule=schedule, **penalty)
    net = MlpConfig((3, 20, 5, 3), "tanh", seed=1)
    quick, slow = both(lambda: mlp(net), PlaygroundJob(net, train, DATA).playground().data, train)
    np.testing.assert_allclose(quick.advance(100), slow.advance(100), rtol=1e-4)
    alike(quick, slow)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_gradients_of_any_chain(data):
    """Convolutions with any kernel, stride and padding, poolings, activations, then layers of any width."""
    draw = data.draw
    channels, high, wide = draw(st.integers(1, 5)), draw(st.integers(1, 12)), draw(st.integers(1, 12))
    classes, samples = draw(st.integers(2, 5)), draw(st.integers(1, 40))
    given_shape = shape = (channels, high, wide)
    layers = []
    for _ in range(draw(st.integers(0, 3))):
        deep, high, wide = shape
        pair = st.tuples(st.integers(1, 3), st.integers(1, 3))
        kernel, stride = draw(pair), draw(pair)
        kind = draw(st.sampled_from(["conv", "conv", "average", "max"]))
        most = (2, 2) if kind == "conv" else (kernel[0] // 2, kernel[1] // 2)
        padding = draw(st.integers(0, most[0])), draw(st.integers(0, most[1]))
        sides = [(n + 2 * p - k) // s + 1 for n, p, k, s in zip((high, wide), padding, kernel, stride, strict=True)]
        if min(sides) < 1:
            continue
        if kind == "conv":
            out = draw(st.integers(1, 8))
            layers.append(nn.Conv2d(deep, out, kernel, stride, padding))
        else:
            out = deep
            layers.append((nn.AvgPool2d if kind == "average" else nn.MaxPool2d)(kernel, stride, padding))
        layers.append(draw(st.sampled_from(LAYERS))())
        shape = (out, *sides)
    layers.append(nn.Flatten())
    width = math.prod(shape)
    for _ in range(draw(st.integers(0, 2))):
        out = draw(st.integers(1, 40))
        layers += [nn.Linear(width, out), draw(st.sampled_from(LAYERS))()]
        width = out
    layers.append(nn.Linear(width, classes))
    torch.manual_seed(draw(st.integers(0, 1000)))
    model = nn.Sequential(*layers)
    start = {name: value.clone() for name, value in model.state_dict().items()}

    def make():
        model.float().load_state_dict(start)
        model.zero_grad()
        return model

    problem = pictures(samples, given_shape, classes)
    loss, batch = draw(st.sampled_from(list(LOSSES))), draw(st.sampled_from([0, 0, 7, 16]))
    why = engine_for(make(), problem, replace(TRAIN, loss=loss, batch_size=batch)).note.why
    assume("single numbers" not in str(why))  # a pooling after a convolution that left one number of each picture
    check_gradients(make, problem, loss, batch)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.integers(1, 40), st.sampled_from(list(ACTIVATIONS))), max_size=5),
    st.sampled_from(list(LOSSES)),
    st.sampled_from([0, 1, 16, 33, 75]),
    st.sampled_from(["circle", "onehot", "plane", "blobs"]),
)
def test_gradients_of_any_plain_network(hidden, loss, batch, name):
    inputs, outputs = {"onehot": (3, 3), "circle": (2, 2), "plane": (2, 1), "blobs": (2, 3)}[name]
    net = MlpConfig((inputs, *(width for width, _ in hidden), outputs), activations=tuple(kind for _, kind in hidden))
    loss = "mse" if name == "plane" else loss
    data = PlaygroundJob(net, replace(TRAIN, loss=loss), DataConfig(name, 100)).playground().data
    check_gradients(lambda: mlp(net), data, loss, batch)


@pytest.mark.parametrize("name", [name for name, variant in VARIANTS.items() if not variant.rbf])
def test_lenet_and_its_variants(name):
    data = pictures(150)
    check_gradients(lambda: build(name, 1), data, "cross_entropy", 70)
    quick, slow = both(lambda: build(name, 1), data, replace(COURSES[name], batch_size=64))
    np.testing.assert_allclose(quick.advance(9), slow.advance(9), rtol=1e-4)
    answers = quick.outputs(data.train_inputs)
    with torch.no_grad():
        torch.testing.assert_close(answers, quick.model(data.train_inputs), rtol=1e-4, atol=1e-5)


def test_the_mnist_dnn_on_chosen_digits():
    data, rows = pictures(300), torch.randperm(300, generator=torch.Generator().manual_seed(0))[:200]
    train = replace(COURSES["mnist-dnn"], batch_size=64)
    quick = digit_engine(build("mnist-dnn", 1), data, train, rows)
    slow = digit_engine(build("mnist-dnn", 1), data, replace(train, engine="torch"), rows)
    assert type(quick) is CompiledDigitEngine
    np.testing.assert_allclose(quick.advance(9), slow.advance(9), rtol=1e-4)


@pytest.mark.parametrize("optimiser", OPTIMISERS)
@pytest.mark.parametrize("batch", [0, 20])
def test_bits_do_not_depend_on_what_is_done_between_updates(optimiser, batch):
    """Slices of any length, checkpoints, other runs in the same memory, traces and looks: always the same losses."""
    train = replace(TRAIN, optimiser=optimiser, momentum=MOMENTUM.get(optimiser, 0.0), batch_size=batch, lr=0.01)
    train = replace(train, schedule="cosine")
    net = MlpConfig((3, 20, 5, 3))
    data = PlaygroundJob(net, train, DATA).playground().data

    def run(resume=None):
        return fit(mlp(net), data, train, resume=resume)

    def finish(run):
        return [loss for progress in run for loss in progress.losses]

    whole = finish(run())
    for cut in (1, 5, 22):
        begun, losses = run(), []
        while begun.step < cut:
            losses += begun.take(2).losses
        kept = from_bytes(begun.checkpoint().to_bytes())
        other = run(kept)
        assert other.engine.note == begun.engine.note
        assert other.engine.note.compiled
        trace, progress = other.trace()
        assert trace.loss == progress.losses[0]
        assert [*losses, trace.loss, *finish(other)] == whole
        assert losses + finish(begun) == whole


def test_a_traced_update_tells_what_autograd_tells():
    net, train = MlpConfig((3, 20, 5, 3), "tanh"), replace(TRAIN, l2=0.01)
    quick, slow = both(lambda: mlp(net), PlaygroundJob(net, train, DATA).playground().data, train)
    quick.advance(3), slow.advance(3)
    ours, theirs = quick.traced(), slow.traced()
    assert (ours.step, ours.epoch, ours.batch, ours.rows) == (theirs.step, theirs.epoch, theirs.batch, theirs.rows)
    assert ours.gradients_zeroed == theirs.gradients_zeroed
    for name in ("loss", "penalty", "lr", "prediction", "inputs", "targets"):
        torch.testing.assert_close(getattr(ours, name), getattr(theirs, name), rtol=1e-5, atol=1e-6)
    for name in ("gradients_before", "gradients", "before", "after"):
        torch.testing.assert_close(getattr(ours, name), getattr(theirs, name), rtol=1e-4, atol=1e-6)


def test_edits_and_changes_are_heard():
    net, train = MlpConfig((3, 20, 5, 3)), replace(TRAIN, optimiser="adam", lr=0.01, schedule="step")
    quick, slow = both(lambda: mlp(net), PlaygroundJob(net, train, DATA).playground().data, train)
    for engine in (quick, slow):
        engine.losses = engine.advance(3)
        engine.edit("net.2.weight", (1, 2), 0.7)
        engine.losses += engine.advance(1)
        engine.change(0.02, 33)
        engine.losses += engine.advance(7)
        with torch.no_grad():
            engine.model.net[0].weight.mul_(0.9)
        engine.change(None, 0)
        engine.losses += engine.advance(9)
    np.testing.assert_allclose(quick.losses, slow.losses, rtol=1e-4)
    alike(quick, slow)


@pytest.mark.parametrize("samples", [1, 2, 15, 17])
def test_few_samples(samples):
    data = pictures(samples, (3,), 2)
    quick, slow = both(lambda: mlp(MlpConfig((3, 4, 2))), data, replace(TRAIN, batch_size=1))
    np.testing.assert_allclose(quick.advance(30 * samples), slow.advance(30 * samples), rtol=1e-4)


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("optimiser", ["sgd", "adam"])
def test_a_run_that_diverges_diverges_as_with_autograd(loss, optimiser):
    data = pictures(50, (3,), 2)
    data.train_inputs[7, 1] = 1e30
    run = fit(mlp(MlpConfig((3, 20, 2))), data, replace(TRAIN, loss=loss, optimiser=optimiser, lr=100.0, batch_size=10))
    true = fit(
        mlp(MlpConfig((3, 20, 2))),
        data,
        replace(TRAIN, loss=loss, optimiser=optimiser, lr=100.0, batch_size=10, engine="torch"),
    )
    assert list(run)[-1].diverged == list(true)[-1].diverged


def test_the_first_updates_are_checked_and_autograd_goes_on_where_they_differ(monkeypatch):
    net = MlpConfig((3, 20, 5, 3))
    data = PlaygroundJob(net, TRAIN, DATA).playground().data
    run = fit(mlp(net), data, TRAIN)
    run.look()
    note = run.take(5).engine
    assert note.compiled
    assert 0 <= note.difference < 1e-6
    monkeypatch.setattr("core.training.compiled.engine.MOST", -1.0)
    run, true = fit(mlp(net), data, TRAIN), fit(mlp(net), data, replace(TRAIN, engine="torch"))
    run.look(), true.look()
    progress = run.take(5)
    assert progress.losses == true.take(5).losses
    assert not progress.engine.compiled
    assert "differed" in str(progress.engine.why)
    assert "compiled" not in run.checkpoint().numbers


@pytest.mark.parametrize(
    ("net", "train", "why"),
    [
        ({"dropout": 0.1}, {}, "no Dropout"),
        ({"batch_norm": True}, {}, "no Batch normalisation"),
        ({}, {"engine": "torch"}, "asked for"),
    ],
)
def test_everything_else_is_the_reference_engines(net, train, why):
    job = PlaygroundJob(MlpConfig((3, 6, 5, 3), **net), replace(TRAIN, **train), DATA)
    engine = job.make().engine
    assert type(engine) is AutogradEngine
    assert why in str(engine.note.why)


def test_a_run_keeps_its_engine():
    net = MlpConfig((3, 6, 3))
    data = PlaygroundJob(net, TRAIN, DATA).playground().data
    begun = fit(mlp(net), data, TRAIN, engine=AutogradEngine(mlp(net), data, TRAIN))
    begun.take(3)
    other = fit(mlp(net), data, TRAIN, resume=begun.checkpoint())
    assert type(other.engine) is AutogradEngine
    assert "began" in str(other.engine.note.why)


SOME_LOSSES = """
import hashlib, torch
torch.set_num_threads(1)
from core.training.compiled import cache
cache.prepare(wait=True)
assert cache.machine() is not None, cache.failure()
from dataclasses import replace
from core.nets.building import build
from core.training.courses import COURSES
from core.training.engines import engine_for
from tests.core.test_compiled import pictures
found = hashlib.sha256()
for name, optimiser in (("lenet5", "sgd"), ("mnist-dnn", "adam"), ("lenet5-sigmoid", "rmsprop")):
    train = replace(COURSES[name], optimiser=optimiser, batch_size=100, lr=0.01)
    engine = engine_for(build(name, 1), pictures(300), train)
    assert engine.note.compiled
    found.update(repr(engine.advance(9)).encode())
    for value in engine.model.parameters():
        found.update(value.detach().numpy().tobytes())
print(found.hexdigest())
"""
HASWELL = {"NUMBA_CPU_NAME": "haswell", "NUMBA_CPU_FEATURES": "+sse4.2,+avx,+avx2,+fma,+bmi,+bmi2,+popcnt,+lzcnt,+f16c"}


@pytest.mark.slow
@pytest.mark.skipif(
    platform.machine() not in ("x86_64", "AMD64"), reason="compiles for an older processor of this kind"
)
def test_another_processor_gives_the_same_bits_and_so_does_another_process():
    """LeNet-5, the DNN and sigmoids; SGD, Adam and RMSprop: losses and weights after nine updates."""

    def digest(**variables):
        root = Path(__file__).parents[2]
        done = subprocess.run(
            [sys.executable, "-c", SOME_LOSSES],
            cwd=root,
            env=os.environ | variables,
            capture_output=True,
            text=True,
            check=False,
        )
        assert not done.returncode, done.stderr
        return done.stdout

    assert digest() == digest() == digest(**HASWELL)


def test_core_alone_does_not_load_numba():
    """It takes 55 MB and a third of a second, which no first page shall wait for."""
    code = "import sys, core.runs.scheduler, core.training.fit, core.cli; print('numba' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=Path(__file__).parents[2], capture_output=True, text=True, check=True
    )
    assert done.stdout == "False\n"
