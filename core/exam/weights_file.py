"""A file with a network's weights, tested: which network it belongs to, and how many test samples it gets right."""

from pathlib import Path

from core.data import mnist
from core.data.playground import DataConfig, playground
from core.data.problem import from_mnist
from core.errors import InvalidInput
from core.nets.digit_files import model_of, network_of, read_digit_weights
from core.nets.files import Weights, read_weights
from core.nets.mlp import MlpConfig
from core.nets.networks import DIGITS, NETWORKS
from core.training.courses import COURSES
from core.training.evaluate import Evaluation, evaluate


def read_file(path: Path, network: str | None = None) -> tuple[str, Weights]:
    """Read a file with the weights of one of the course's networks; see ``fitting``.

    Raises:
        InvalidInput: as for ``fitting``.
        OSError: it cannot be read.
    """
    with path.open("rb") as file:
        return fitting(file.read(max(entry.file_bytes for entry in NETWORKS.values()) + 1), network)


def fitting(payload: bytes, network: str | None = None) -> tuple[str, Weights]:
    """Find the network that a file's bytes belong to.

    Args:
        payload: a safetensors file, or the .pth of a ``state_dict``.
        network: a key of NETWORKS; None: the one that the file names, else the first one of the course that it fits.

    Returns:
        The network's name, and its weights.

    Raises:
        InvalidInput: the file is refused, or fits none of the networks.
    """
    if network is None:
        network = network_of(payload)
    if network is not None:
        return network, _read(payload, network)
    taught = [name for name, entry in NETWORKS.items() if entry.taught]
    refused: dict[str, InvalidInput] = {}
    for name in taught:
        try:
            return name, _read(payload, name)
        except InvalidInput as error:
            refused[str(error)] = error
    if len(refused) == 1:  # it is no file with weights at all
        raise next(iter(refused.values()))
    raise InvalidInput(
        "The weights file fits none of {networks}; name one of them to be told what differs.",
        networks=", ".join(taught),
    )


def examine(path: Path, network: str | None = None, folder: Path | None = None) -> tuple[str, Evaluation]:
    """Test the weights in a file on the course's test set: MNIST's, or the one-hot table's of seed 0.

    Args:
        path: as for ``read_file``.
        network: as for ``read_file``.
        folder: with MNIST's four files; None: where they are usually found.

    Raises:
        InvalidInput: as for ``read_file``.
        OSError: a file cannot be read.
    """
    name, weights = read_file(path, network)
    digits = NETWORKS[name].data == "mnist"
    data = from_mnist(mnist.load(folder)) if digits else playground(DataConfig()).data
    model = model_of(weights.tensors(), name)
    return name, evaluate(model, data.test_inputs, data.test_labels, data.classes, COURSES[name].loss)


def _read(payload: bytes, network: str) -> Weights:
    if network in DIGITS:
        return read_digit_weights(payload, network)
    shape = NETWORKS[network].shape
    assert isinstance(shape, tuple)
    return read_weights(payload, MlpConfig(shape))
