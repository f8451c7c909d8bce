"""What is checked before a run may start."""

import threading

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from core.data.playground import DataConfig
from core.data.problem import ClassData
from core.errors import InvalidInput
from core.nets.building import shape_only
from core.nets.lenet import LeNet5
from core.nets.mlp import Mlp, MlpConfig
from core.runs.digits_job import MnistJob
from core.runs.playground_job import PlaygroundJob
from core.training.config import TrainConfig
from core.training.courses import COURSES
from core.training.preflight import MAX_FLOPS, MAX_UPDATES, preflight
from tests.core.scheduling import one_hot_job


def test_the_courses_networks_by_hand():
    toy = COURSES["one-hot"]
    found = preflight(lambda: shape_only("one-hot"), (3,), 3, 7000, toy)
    # forward: 2·(3·5 + 5·5 + 5·5 + 5·3) = 160 operations a sample; backward twice that; 7000 samples, 1000 epochs
    assert (found.parameters, found.updates, found.flops) == (98, 1000, 160 * 3 * 7000 * 1000)

    lenet = COURSES["lenet5"]
    found = preflight(lambda: shape_only("lenet5"), (1, 28, 28), 10, 60_000, lenet)
    # 28²·6·25 + 10²·16·150 + 120·400 + 84·120 + 10·84 products and as many sums
    forward = 2 * (117_600 + 240_000 + 48_000 + 10_080 + 840)
    assert (found.parameters, found.updates, found.flops) == (61_706, 235 * 5, forward * 3 * 60_000 * 5)

    dnn = COURSES["mnist-dnn"]
    found = preflight(lambda: shape_only("mnist-dnn"), (1, 28, 28), 10, 60_000, dnn)
    assert (found.parameters, found.updates) == (575_050, 938 * 5)


@pytest.mark.parametrize("build", [LeNet5, lambda: Mlp((784, 30, 10), "gelu")])
def test_operations_are_those_that_torch_counts(build):
    with torch.device("meta"):
        model = build()
        with FlopCounterMode(display=False) as counter:
            model(torch.empty(1, 1, 28, 28))
    found = preflight(build, (1, 28, 28), 10, 100, TrainConfig(epochs=1))
    assert found.flops == 3 * 100 * counter.get_total_flops()


def test_groups_and_strides_are_counted():
    def build():
        return nn.Sequential(nn.Conv2d(4, 8, (3, 1), stride=2, groups=2), nn.Flatten(), nn.Linear(8 * 4 * 5, 3))

    with torch.device("meta"):
        model = build()
        with FlopCounterMode(display=False) as counter:
            model(torch.empty(1, 4, 9, 9))
    assert preflight(build, (4, 9, 9), 3, 1, TrainConfig(epochs=1)).flops == 3 * counter.get_total_flops()


@pytest.mark.parametrize(
    ("build", "shape", "layer"),
    [
        (lambda: nn.Sequential(nn.Linear(3, 5), nn.ReLU(), nn.Linear(4, 3)), (3,), "Layer 2 "),
        (lambda: Mlp((4, 5, 3)), (3,), "Layer net.0 "),
        (LeNet5, (1, 20, 20), "Layer net.c5 "),
        (LeNet5, (3, 28, 28), "Layer net.c1 "),
        (LeNet5, (1, 32, 32), "Layer net.f6 "),
    ],
)
def test_a_layer_that_does_not_fit_is_named(build, shape, layer):
    with pytest.raises(InvalidInput) as error:
        preflight(build, shape, 3, 100, TrainConfig())
    assert str(error.value).startswith(layer)
    assert "\n" not in str(error.value)


def test_the_number_of_classes_must_be_the_datas():
    with pytest.raises(InvalidInput) as error:
        preflight(lambda: Mlp((3, 5, 4)), (3,), 3, 100, TrainConfig())
    assert "(4,)" in str(error.value)
    assert "3 classes" in str(error.value)


def test_the_budget_names_how_many_epochs_are_allowed():
    def check(epochs, batch):
        return preflight(LeNet5, (1, 28, 28), 10, 60_000, TrainConfig(batch_size=batch, epochs=epochs))

    with pytest.raises(InvalidInput, match="choose at most") as error:
        check(10_000, 64)
    most = error.value.values["most"]
    assert check(most, 64).flops <= MAX_FLOPS
    with pytest.raises(InvalidInput):
        check(most + 1, 64)
    # one by one the updates are what there is too much of
    with pytest.raises(InvalidInput) as error:
        check(40, 1)
    assert check(error.value.values["most"], 1).updates <= MAX_UPDATES
    assert error.value.values["most"] == 33  # 33 · 60 000 = 1 980 000


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 10_000), st.integers(0, 70_000), st.integers(1, 70_000))
def test_within_the_budget_or_refused(epochs, batch, samples):
    config = TrainConfig(batch_size=batch, epochs=epochs)
    updates = -(-samples // (batch or samples)) * epochs
    flops = 3 * 2 * (784 * 100 + 100 * 10) * samples * epochs

    def check():
        return preflight(lambda: Mlp((784, 100, 10)), (1, 28, 28), 10, samples, config)

    if updates <= MAX_UPDATES and flops <= MAX_FLOPS:
        assert (check().updates, check().flops) == (updates, flops)
    else:
        with pytest.raises(InvalidInput) as error:
            check()
        assert 1 <= error.value.values["most"] <= epochs


def test_no_memory_is_taken_and_no_number_drawn():
    torch.manual_seed(4)
    before = torch.get_rng_state()
    preflight(
        lambda: nn.Sequential(nn.Linear(10**6, 10**6), nn.Linear(10**6, 3)), (10**6,), 3, 1, TrainConfig(epochs=1)
    )
    assert torch.equal(torch.get_rng_state(), before)


def test_other_threads_modules_are_not_touched():
    """torch's own counter hooks every module of the process: a run in another thread would trip over it."""
    hooks, done, entered = [], threading.Event(), threading.Event()

    class Slow(nn.Module):
        def __init__(self):
            super().__init__()
            self.layer = nn.Linear(3, 3)

        def forward(self, inputs):
            entered.set()
            done.wait(10)
            return self.layer(inputs)

    thread = threading.Thread(target=lambda: preflight(Slow, (3,), 3, 1, TrainConfig(epochs=1)))
    thread.start()
    assert entered.wait(10)
    hooks += [*nn.modules.module._global_forward_hooks, *nn.modules.module._global_forward_pre_hooks]
    device = torch.empty(1).device.type
    done.set()
    thread.join()
    assert hooks == []
    assert device == "cpu"  # the meta device is the other thread's alone


# --- jobs ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"net": MlpConfig((4, 5, 3))}, "3 inputs"),
        ({"net": MlpConfig((3, 5, 2))}, "3 outputs"),
        ({"train": TrainConfig(batch_size=1, epochs=10_000)}, "70000000 updates"),
        ({"data": DataConfig("plane"), "net": MlpConfig((2, 4, 1)), "train": TrainConfig()}, "Cross-entropy"),
        ({"data": DataConfig("circle")}, "2 inputs and 2 outputs"),
        ({"net": MlpConfig(batch_norm=True), "train": TrainConfig(batch_size=1, epochs=1)}, "Batch norm"),
        ({"net": MlpConfig(batch_norm=True), "train": TrainConfig(batch_size=6999)}, "try a batch size of 7000"),
    ],
)
def test_a_job_that_cannot_run_cannot_be_made(settings, said):
    with pytest.raises(InvalidInput) as error:
        PlaygroundJob(**{"net": MlpConfig(), "train": COURSES["one-hot"], **settings})
    assert said in str(error.value)


@pytest.mark.parametrize("network", ["lenet", "one-hot", "", None])
def test_an_mnist_job_of_an_unknown_network_cannot_be_made(network):
    data = ClassData(
        torch.zeros(2, 1, 28, 28), torch.zeros(2).long(), torch.zeros(1, 1, 28, 28), torch.zeros(1).long(), 10, ""
    )
    with pytest.raises(InvalidInput, match="lenet5, mnist-dnn"):
        MnistJob(network, 0, TrainConfig(), data)
    with pytest.raises(InvalidInput, match=r"seed \(=-1\)"):
        MnistJob("lenet5", -1, TrainConfig(), data)


def test_a_jobs_estimate_and_kind():
    job = one_hot_job(MlpConfig(), COURSES["one-hot"], samples=20)
    assert job.kind == "playground"
    assert (job.estimate().parameters, job.estimate().updates) == (98, 1000)
    data = job.playground().data
    assert (len(data.train_labels), len(data.test_labels)) == (14, 6)
    assert hash(job) == hash(one_hot_job(MlpConfig(), COURSES["one-hot"], samples=20))
