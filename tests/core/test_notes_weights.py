"""Weights go between the course's own classes and this app, whatever the layers are called."""

import io
from collections import OrderedDict

import pytest
import torch
from safetensors.torch import save
from torch import nn

from core.errors import InvalidInput
from core.exam.weights_file import fitting
from core.export.weights import course_names, digit_file, pth_file, saved_test
from core.nets.building import build
from core.nets.digit_files import model_of, network_of, read_digit_weights
from core.nets.files import read_weights
from core.nets.mlp import Mlp, MlpConfig, mlp
from core.nets.networks import DIGITS
from core.training.evaluate import Evaluation
from tests.core.notes_classes import CNN, DNN, Deep, Named, Plain, pth


def wrapped(network: nn.Module) -> nn.Module:
    return nn.DataParallel(network)


def state(network: nn.Module) -> dict:
    return {name: value.contiguous() for name, value in network.state_dict().items()}


DIGIT_FILES = {
    "class CNN": (CNN, "lenet5", lambda net: pth(net.state_dict())),
    "class CNN, as safetensors": (CNN, "lenet5", lambda net: save(state(net))),
    "class CNN, its net alone": (CNN, "lenet5", lambda net: pth(net.net.state_dict())),
    "class CNN on several devices": (CNN, "lenet5", lambda net: pth(wrapped(net).state_dict())),
    "class CNN in a checkpoint": (CNN, "lenet5", lambda net: pth({"epoch": 5, "model": net.state_dict()})),
    "class CNN, its parameters": (CNN, "lenet5", lambda net: pth(OrderedDict(net.named_parameters()))),
    "class DNN": (DNN, "mnist-dnn", lambda net: pth(net.state_dict())),
    "class DNN, as safetensors": (DNN, "mnist-dnn", lambda net: save(state(net))),
    "named layers": (Named, "lenet5", lambda net: pth(net.state_dict())),
    "named layers, as safetensors": (Named, "lenet5", lambda net: save(state(net))),
    "a list of layers": (Deep, "mnist-dnn", lambda net: pth(net.state_dict())),
}


@pytest.mark.parametrize(("cls", "network", "file"), DIGIT_FILES.values(), ids=DIGIT_FILES)
@torch.no_grad()
def test_networks_of_pupils_load_with_equal_outputs(cls, network: str, file) -> None:
    torch.manual_seed(7)
    theirs = cls()
    images = torch.randn(5, 1, 28, 28)
    ours = model_of(read_digit_weights(file(theirs), network).tensors(), network)
    if cls is Named:  # a convolution adds up in another order
        torch.testing.assert_close(ours(images), theirs(images))
    else:
        assert torch.equal(ours(images), theirs(images))


@pytest.mark.parametrize(("cls", "network", "file"), DIGIT_FILES.values(), ids=DIGIT_FILES)
@torch.no_grad()
def test_lesson_5_finds_out_which_network_they_are(cls, network: str, file) -> None:
    torch.manual_seed(8)
    theirs, images = cls(), torch.randn(5, 1, 28, 28)
    found, weights = fitting(file(theirs))
    assert found == network
    torch.testing.assert_close(model_of(weights.tensors(), found)(images), theirs(images))


@pytest.mark.parametrize("file", [lambda net: pth(net.state_dict()), lambda net: save(state(net))])
@torch.no_grad()
def test_the_course_s_small_network_loads_into_the_playground(file) -> None:
    theirs, config = Plain(), MlpConfig((3, 5, 5, 5, 3))
    ours = Mlp(config)
    read_weights(file(theirs), config).fill(ours)
    x = torch.randn(9, 3)
    assert torch.equal(ours(x), theirs(x))


@pytest.mark.parametrize("network", DIGITS)
def test_exports_have_the_course_s_names_and_load_into_its_classes(network: str) -> None:
    weights = build(network, 3).state_dict()
    layers = (1, 3, 5, 7, 9) if network == "mnist-dnn" else (0, 3, 6, 9, 11)[: 4 if network == "lenet5-rbf" else 5]
    names = [f"net.{layer}.{part}" for layer in layers for part in ("weight", "bias")]
    assert list(course_names(weights, network)) == names
    for payload in (digit_file(weights, network), pth_file(course_names(weights, network))):
        back = read_digit_weights(payload, network).tensors()
        assert all(torch.equal(back[name], value) for name, value in weights.items())
    if network in ("lenet5", "mnist-dnn"):
        theirs = CNN() if network == "lenet5" else DNN()
        file = io.BytesIO(pth_file(course_names(weights, network)))
        theirs.load_state_dict(torch.load(file, weights_only=True))
        images = torch.randn(5, 1, 28, 28)
        assert torch.equal(theirs(images), build(network, 3)(images))


def test_the_playground_s_exports_load_into_the_course_s_class() -> None:
    weights, theirs = mlp(MlpConfig((3, 5, 5, 5, 3))).state_dict(), Plain()
    theirs.load_state_dict(torch.load(io.BytesIO(pth_file(weights)), weights_only=True))
    assert theirs.net[6].weight.tolist() == weights["net.6.weight"].tolist()
    assert list(Plain().state_dict()) == list(weights)


def test_exports_of_before_still_load() -> None:
    weights = build("lenet5", 3).state_dict()
    for payload in (save(weights, {"network": '{"name": "lenet5"}'}), pth(weights)):
        assert torch.equal(read_digit_weights(payload, "lenet5").tensors()["net.c1.bias"], weights["net.c1.bias"])


@pytest.mark.parametrize("network", ["lenet5", "mnist-dnn"])
def test_what_a_file_says_of_its_test_survives(network: str) -> None:
    payload = digit_file(build(network, 3).state_dict(), network, Evaluation(10, 9, 0.1, ((9, 1), (0, 0))))
    assert network_of(payload) == network
    found = saved_test(read_digit_weights(payload, network))
    assert (found.correct, found.samples) == (9, 10)
    assert network_of(pth(CNN().state_dict())) is None


def test_other_layers_are_told() -> None:
    other = nn.Sequential(nn.Flatten(), nn.Linear(784, 30), nn.ReLU(), nn.Linear(30, 10))
    for payload in (pth(other.state_dict()), save(state(other))):
        with pytest.raises(
            InvalidInput, match="its layers are 30×784, 10×30, and this network's are 6×1×5×5, 16×6×5×5"
        ):
            read_digit_weights(payload, "lenet5")
    with pytest.raises(InvalidInput, match=r"whole pickled model"):
        read_digit_weights(pth(CNN()), "lenet5")
    with pytest.raises(InvalidInput, match="NaN"):
        read_digit_weights(pth({**CNN().state_dict(), "net.0.bias": torch.full((6,), torch.nan)}), "lenet5")
    with pytest.raises(InvalidInput, match="more than the 1000000"):
        read_digit_weights(pth({"w": torch.zeros(300_000)}), "lenet5")


def test_equal_layers_without_numbers_are_not_guessed() -> None:
    config = MlpConfig((3, 5, 5, 5, 3))
    shapes = {"first": (5, 3), "second": (5, 5), "third": (5, 5), "fourth": (3, 5)}
    tensors = {f"{name}.weight": torch.rand(shape) for name, shape in shapes.items()}
    tensors |= {f"{name}.bias": torch.rand(shape[0]) for name, shape in shapes.items()}
    with pytest.raises(InvalidInput, match="its layers are"):
        read_weights(save(tensors), config)
    assert read_weights(pth(tensors), config).tensors()["net.2.bias"].tolist() == tensors["second.bias"].tolist()


@pytest.mark.parametrize("file", [lambda net: pth(net.state_dict()), lambda net: save(state(net))])
def test_the_same_names_with_other_shapes_are_refused(file) -> None:
    config = MlpConfig((2, 3, 2))
    for widths in ((2, 4, 2), (3, 2, 3)):  # the second has weights of as many numbers, the other way round
        with pytest.raises(InvalidInput, match=r"net\.0\.weight is \["):
            read_weights(file(Mlp(widths)), config)
