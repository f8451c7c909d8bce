"""The quick engine: the reference engine's numbers bit for bit, whatever is done between two updates."""

import math
from dataclasses import replace

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from core.data.playground import DataConfig
from core.data.problem import ClassData
from core.nets.building import build
from core.nets.mlp import MlpConfig, mlp
from core.runs.playground_job import PlaygroundJob
from core.training import fused
from core.training.checkpoints import from_bytes
from core.training.config import TrainConfig
from core.training.courses import COURSES
from core.training.engine import AutogradEngine
from core.training.fit import fit
from core.training.fused import FusedEngine, applies, engine_for
from core.training.schedules import SCHEDULES

QUICK = ("relu", "leaky_relu", "tanh", "sigmoid", "identity")
DATA = DataConfig(samples=100, seed=2)  # 70 to train on
TRAIN = TrainConfig("cross_entropy", lr=0.05, batch_size=20, epochs=6, seed=8, evaluations=3)  # 4 updates an epoch


def both(net, train, data=DATA):
    """The same run on both engines."""
    samples = PlaygroundJob(net, train, data).playground().data
    return FusedEngine(mlp(net), samples, train), AutogradEngine(mlp(net), samples, train)


def alike(quick, slow):
    """Whether everything that the next update depends on is the same, bit for bit."""
    (ours, numbers), (theirs, others) = quick.state(), slow.state()
    assert numbers == others
    assert ours.keys() == theirs.keys()
    grads = zip(quick.model.parameters(), slow.model.parameters(), strict=True)
    assert all(torch.equal(a.grad, b.grad) for a, b in grads)
    return quick.lr == slow.lr and all(torch.equal(ours[name], theirs[name]) for name in ours)


def same(ours, theirs):
    """Losses are equal bit for bit; NaN equals NaN."""
    pairs = zip(ours, theirs, strict=True)
    return all(a == b or (math.isnan(a) and math.isnan(b)) for a, b in pairs)


@pytest.mark.parametrize("batch", [0, 1, 16, 69, 70, 500], ids=lambda size: f"batch {size}")
@pytest.mark.parametrize("loss", ["mse", "cross_entropy"])
@pytest.mark.parametrize(("optimiser", "momentum"), [("sgd", 0.0), ("sgd", 0.9), ("adam", 0.0)])
@pytest.mark.parametrize("activation", QUICK)
def test_losses_weights_and_memory_are_the_reference_engines(activation, optimiser, momentum, loss, batch):
    train = replace(TRAIN, loss=loss, optimiser=optimiser, momentum=momentum, batch_size=batch)
    quick, slow = both(MlpConfig((3, 1, 6, 5, 3), activation, seed=1), train)
    for updates in (1, 7, 2):
        assert quick.advance(updates) == slow.advance(updates)
        assert alike(quick, slow)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.integers(1, 20), max_size=5),
    st.data(),
    st.sampled_from(["mse", "cross_entropy"]),
    st.sampled_from([("sgd", 0.0), ("sgd", 0.5), ("adam", 0.0)]),
    st.integers(0, 75),
    st.sampled_from(["circle", "onehot", "plane", "blobs"]),
    st.floats(1e-4, 10),
)
def test_any_plain_network(hidden, data, loss, optimiser, batch, name, lr):
    config = DataConfig(name, 60)
    inputs, outputs = {"onehot": (3, 3), "circle": (2, 2), "plane": (2, 1), "blobs": (2, 3)}[name]
    activations = tuple(data.draw(st.sampled_from(QUICK)) for _ in hidden)
    start = data.draw(st.sampled_from(["default", "large", "zeros"]))
    net = MlpConfig((inputs, *hidden, outputs), activations=activations, initialisation=start)
    train = TrainConfig(
        "mse" if name == "plane" else loss,
        optimiser[0],
        lr,
        optimiser[1],
        batch,
        epochs=10,
        schedule=data.draw(st.sampled_from(list(SCHEDULES))),
        reshuffle=data.draw(st.booleans()),
    )
    quick, slow = both(net, train, config)
    for _ in range(3):
        updates = data.draw(st.integers(1, 5))
        ours, theirs = quick.advance(updates), slow.advance(updates)
        assert same(ours, theirs)
        if not math.isfinite(ours[-1]):
            return  # fit ends here
        assert alike(quick, slow) or not all(torch.isfinite(p).all() for p in slow.model.parameters())


@pytest.mark.parametrize("optimiser", ["sgd", "adam"])
def test_the_engines_take_over_from_each_other(optimiser):
    """Trace, edit, change and checkpoint: the quick engine goes on where they leave off."""
    train = replace(TRAIN, optimiser=optimiser, momentum=0.9 if optimiser == "sgd" else 0.0, schedule="cosine")
    quick, slow = both(MlpConfig((3, 6, 5, 3)), train)

    def each(do):
        return do(quick), do(slow)

    for do in (
        lambda engine: engine.advance(3),
        lambda engine: engine.traced().loss,
        lambda engine: engine.advance(2),
        lambda engine: engine.edit("net.2.weight", (1, 2), 0.7),
        lambda engine: engine.advance(1),
        lambda engine: engine.change(0.3, 33),
        lambda engine: engine.advance(5),
        lambda engine: engine.traced().gradients_before["net.0.weight"].tolist(),
        lambda engine: engine.traced().gradients["net.4.bias"].tolist(),
        lambda engine: engine.change(None, 0),
        lambda engine: engine.advance(2),
    ):
        ours, theirs = each(do)
        assert ours == theirs
        assert alike(quick, slow)


@pytest.mark.parametrize("optimiser", ["sgd", "adam"])
@pytest.mark.parametrize("batch", [0, 20])
def test_a_checkpoint_of_one_engine_is_one_of_the_other(optimiser, batch):
    train = replace(TRAIN, optimiser=optimiser, momentum=0.5, batch_size=batch, epochs=12)
    net = MlpConfig((3, 6, 5, 3))
    data = PlaygroundJob(net, train, DATA).playground().data

    def run(kind, resume=None):
        model = mlp(net)
        return fit(model, data, train, engine=kind(model, data, train), resume=resume)

    def finish(run):
        return [loss for progress in run for loss in progress.losses]

    whole = finish(run(AutogradEngine))
    for first, then in ((FusedEngine, AutogradEngine), (AutogradEngine, FusedEngine), (FusedEngine, FusedEngine)):
        begun, losses = run(first), []
        while begun.step < 5:
            losses += begun.take(5 - begun.step).losses
        kept = from_bytes(begun.checkpoint().to_bytes())
        assert losses + finish(run(then, kept)) == whole
        assert losses + finish(begun) == whole


@pytest.mark.parametrize("optimiser", ["sgd", "adam"])
def test_the_mnist_dnn(optimiser):
    generator = torch.Generator().manual_seed(0)
    images, labels = torch.randn(200, 1, 28, 28, generator=generator), torch.arange(200) % 10
    data = ClassData(images, labels, images[:3], labels[:3], 10, "noise")
    config = replace(COURSES["mnist-dnn"], optimiser=optimiser)
    quick, slow = FusedEngine(build("mnist-dnn", 1), data, config), AutogradEngine(build("mnist-dnn", 1), data, config)
    assert quick.advance(7) == slow.advance(7)
    assert alike(quick, slow)


def test_the_course_of_course_2_4():
    job = PlaygroundJob(MlpConfig(), COURSES["one-hot"])
    data = job.playground().data
    quick, slow = FusedEngine(mlp(job.net), data, job.train), AutogradEngine(mlp(job.net), data, job.train)
    assert quick.advance(60) == slow.advance(60)
    assert alike(quick, slow)
    assert isinstance(job.make().engine, FusedEngine)


@pytest.mark.parametrize(
    ("net", "train"),
    [
        ({"dropout": 0.1}, {}),
        ({"batch_norm": True}, {}),
        ({"activations": ("relu", "gelu")}, {}),
        ({}, {"l1": 0.1}),
        ({}, {"l2": 0.1}),
        ({}, {"loss": "l1"}),
        ({}, {"loss": "smooth_l1"}),
        ({}, {"optimiser": "adamw"}),
        ({}, {"optimiser": "rmsprop"}),
        ({}, {"optimiser": "nesterov", "momentum": 0.9}),
    ],
    ids=str,
)
def test_everything_else_is_the_reference_engines(net, train):
    job = PlaygroundJob(MlpConfig((3, 6, 5, 3), **net), replace(TRAIN, **train), DATA)
    assert not applies(mlp(job.net), job.playground().data, job.train)
    assert type(job.make().engine) is AutogradEngine


def test_other_networks_and_types_are_the_reference_engines():
    plain, data = MlpConfig((3, 4, 3)), PlaygroundJob(MlpConfig((3, 4, 3)), TRAIN, DATA).playground().data
    assert applies(mlp(plain), data, TRAIN)
    assert isinstance(engine_for(mlp(plain), data, TRAIN), FusedEngine)
    assert not applies(mlp(plain).double(), data, TRAIN)
    assert not applies(mlp(plain), replace(data, train_inputs=data.train_inputs.double()), TRAIN)
    assert not applies(mlp(plain).net, data, TRAIN)
    assert not applies(build("lenet5"), data, TRAIN)
    with torch.device("meta"):
        assert not applies(fused.Mlp(plain), data, TRAIN)
    own = mlp(plain)
    own.net[1] = nn.Softplus()
    assert not applies(own, data, TRAIN)


def test_a_look_gives_its_answers_to_the_next_update_and_only_to_that():
    """The whole set is what the next update begins with; whoever changes a weight meanwhile is heard."""
    train = replace(TRAIN, loss="mse", batch_size=0, epochs=100)

    def stir(engine, place):
        engine.answers()
        match place % 6:
            case 0:
                engine.advance(2)
            case 1:
                engine.edit("net.0.bias", (1,), 0.3 + place)
            case 2:
                engine.traced()
            case 3:
                with torch.no_grad():
                    engine.model.net[2].weight.mul_(0.9)
            case 4:
                engine.change(0.1 + place / 100, 70 if place == 4 else 0)  # one batch of all rows, but mixed
            case 5:
                engine.restore(*engine.state())

    quick, slow = both(MlpConfig((3, 6, 5, 3)), train)
    for place in range(12):
        answers = quick.answers()
        mixed = quick.table.part(quick.step).batch_size
        assert (answers is None) == bool(mixed)
        if answers is not None:
            with torch.no_grad():
                assert torch.equal(answers, quick.model(quick.inputs))
        stir(quick, place)
        stir(slow, place)
        if place != 11:
            assert quick.advance(1) == slow.advance(1)
            assert alike(quick, slow)
    assert slow.answers() is None


def test_what_waits_between_two_slices_is_bounded():
    """Hundreds of runs may be paused; only a small network keeps its answers' memory for the next slice."""
    small, _ = both(MlpConfig(), replace(TRAIN, batch_size=0), DataConfig(samples=10_000))
    large, _ = both(MlpConfig((3, *(64,) * 8, 3)), replace(TRAIN, batch_size=0), DataConfig(samples=10_000))
    for engine in (small, large):
        engine.advance(2)
        engine.answers()
    assert set(small._rooms) == {7000}
    assert large._rooms == {}
    changing, _ = both(MlpConfig(), replace(TRAIN, batch_size=3, epochs=10_000))
    for size in range(4, 60):
        changing.change(None, size)
        changing.advance(30)
        assert len(changing._rooms) <= 2
