"""A network from a visitor's file that reads in lesson 5: chosen here, or in lesson 4."""

from torch import nn

from core import cache
from core.data.problem import from_mnist
from core.errors import InvalidInput
from core.exam.weights_file import fitting
from core.nets.digit_files import model_of
from core.nets.files import Weights
from core.nets.networks import DIGITS
from core.training.courses import COURSES
from core.training.evaluate import Evaluation, evaluate
from ui import digits
from ui.state.session import memo, recall
from ui.take_away import loaded_weights, upload_weights
from ui.text import _


def reads() -> tuple[str, nn.Module] | None:
    """Return the file's name and the network in it, in eval mode; None where there is none that reads digits."""
    kept = recall("sketch_weights") or recall("lenet_weights")
    if kept is None:
        return None
    file, payload = kept
    try:
        return file, memo("sketch_own_file", payload, lambda: _model(*_read(payload)))
    except InvalidInput:
        return None


def draw() -> None:
    """Draw the chooser of a file, and how well the network in it reads MNIST's test digits."""
    rule = _(
        "A safetensors file, or a .pth of a state_dict, with the layers of LeNet-5 or of the DNN of 784-512-256-128-64-"
        "10, whatever their names."
    )
    upload_weights("sketch", _("Read with a network of your own"), ["safetensors", "pth", "pt"], 4, rule)
    if recall("sketch_weights") is not None and digits.wait_for_digits():
        loaded_weights("sketch", lambda payload: memo("sketch_own_tested", payload, lambda: _tested(payload)))


def _read(payload: bytes) -> tuple[str, Weights]:
    network, weights = fitting(payload)
    if network not in DIGITS:
        raise InvalidInput("The file holds the weights of a network that reads no digits; choose another file.")
    return network, weights


def _model(network: str, weights: Weights) -> nn.Module:
    return model_of(weights.tensors(), network)


def _tested(payload: bytes) -> tuple[Weights, Evaluation]:
    network, weights = _read(payload)
    data = from_mnist(cache.mnist())
    model = _model(network, weights).to(data.test_inputs.device)
    return weights, evaluate(model, data.test_inputs, data.test_labels, data.classes, COURSES[network].loss)
