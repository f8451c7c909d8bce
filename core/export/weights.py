"""A run's weights as a file: safetensors, which this app reads back, and the course's .pth."""

import io
import json
from collections.abc import Mapping
from typing import Any

import torch
from safetensors.torch import save

from core.nets.building import shape_only
from core.nets.files import Weights, describe, read_weights, remarks
from core.nets.mlp import MlpConfig, mlp
from core.nets.networks import VARIANTS
from core.runs.playground_job import PlaygroundJob
from core.score import Score
from core.training.evaluate import Evaluation, evaluate


def safetensors_file(weights: Mapping[str, torch.Tensor], config: MlpConfig, tested: Evaluation | None = None) -> bytes:
    """Return weights as a safetensors file that says which network they belong to.

    Args:
        weights: by parameter name, as a snapshot has them.
        config: their network.
        tested: the look at the test set with these very weights, if there was one.
    """
    return _file(weights, describe(config), tested)


def digit_file(weights: Mapping[str, torch.Tensor], network: str, tested: Evaluation | None = None) -> bytes:
    """Do the same for a network of lesson 4, by its name; the layers have the numbers of the course's class."""
    return _file(course_names(weights, network), {"name": network}, tested)


def course_names(weights: Mapping[str, torch.Tensor], network: str) -> dict[str, torch.Tensor]:
    """Return weights under the names that they have in the course's ``class CNN`` or ``class DNN``.

    There, ``self.net`` is an ``nn.Sequential`` without names, and the one for MNIST begins with ``nn.Flatten()``.

    Args:
        weights: by parameter name, as a snapshot has them.
        network: one of core.nets.networks.DIGITS.

    >>> sorted(course_names({"net.c3.bias": torch.zeros(16)}, "lenet5"))
    ['net.3.bias']
    """
    with torch.device("meta"):
        parts = [name for name, _part in shape_only(network).get_submodule("net").named_children()]
    first = 0 if network in VARIANTS else 1
    places = {name: place for place, name in enumerate(parts, first)}
    return {f"net.{places[name.split('.')[1]]}.{name.split('.')[2]}": value for name, value in weights.items()}


def _file(weights: Mapping[str, torch.Tensor], network: dict[str, Any], tested: Evaluation | None) -> bytes:
    about = {"network": json.dumps(network)}
    if tested is not None and tested.confusion:
        about |= {"test_correct": str(tested.correct), "test_samples": str(tested.samples)}
    return save({name: value.contiguous() for name, value in weights.items()}, metadata=about)


def pth_file(weights: Mapping[str, torch.Tensor]) -> bytes:
    """Return weights as the course saves them: a pickled ``state_dict``, for ``torch.load(…, weights_only=True)``."""
    file = io.BytesIO()
    torch.save({name: value.clone() for name, value in weights.items()}, file)
    return file.getvalue()


def saved_test(weights: Weights) -> Score | None:
    """Return what the file says of the test when it was saved, or None if it says nothing that can be true.

    Anybody can write anything there.
    """
    said = remarks(weights.payload, len(weights.payload))  # its size was checked when it was read
    correct, samples = said.get("test_correct", ""), said.get("test_samples", "")
    if not all(text.isascii() and text.isdigit() and len(text) <= 9 for text in (correct, samples)):
        return None
    return Score(int(correct), int(samples)) if 0 < int(samples) >= int(correct) else None


def test_again(weights: Weights, job: PlaygroundJob) -> Evaluation:
    """Load weights into a new network and look at the test set (course 2.7).

    Args:
        weights: from a file.
        job: says which network, data and loss.

    Raises:
        InvalidInput: the weights are not this network's.
    """
    model = mlp(job.net)
    read_weights(weights.payload, job.net).fill(model)
    data = job.playground().data
    return evaluate(model, data.test_inputs, data.test_labels, data.classes, job.train.loss)
