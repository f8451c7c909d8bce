"""Files with the weights of lesson 4's networks: there and back, and what is refused."""

from __future__ import annotations

import io
import json
import random

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.torch import save

from benchmarks.digit_uploads import mutated, tell
from core.errors import InvalidInput
from core.export.weights import digit_file
from core.nets.building import build
from core.nets.digit_files import model_of, network_of, read_digit_weights
from core.nets.files import checked
from core.nets.networks import DIGITS
from core.nets.pretrained import WEIGHTS
from core.training.evaluate import Evaluation

ALL, DNN = DIGITS, "mnist-dnn"


def fresh(name, seed=1):
    return build(name, seed).state_dict()


FILES = {name: digit_file(fresh(name), name) for name in ALL}


@pytest.mark.parametrize("name", ALL)
def test_there_and_back_bit_for_bit(name):
    tested = Evaluation(10, 9, 0.1, ((9, 1), (0, 0)))
    payload = digit_file(fresh(name, 5), name, tested)
    assert network_of(payload) == name
    assert len(payload) < (4_000_000 if name == DNN else 1_000_000)
    read = read_digit_weights(payload, name).tensors()
    assert all(torch.equal(read[key], value) for key, value in fresh(name, 5).items())
    model = model_of(read, name)
    images = torch.randn(3, 1, 28, 28, generator=torch.Generator().manual_seed(0))
    assert torch.equal(model(images), build(name, 5)(images))
    assert not model.training
    assert not any(value.requires_grad for value in model.parameters())


def test_a_model_s_weights_are_its_own():
    weights = fresh("lenet5")
    model = model_of(weights, "lenet5")
    with torch.no_grad():
        model.net.c1.bias.fill_(7)
    assert not (weights["net.c1.bias"] == 7).any()


@pytest.mark.parametrize("name", ["lenet5", "mnist-dnn"])
def test_the_shipped_weights_can_be_loaded(name):
    read_digit_weights((WEIGHTS / f"{name}.safetensors").read_bytes(), name)


def test_another_network_s_file_is_named():
    for name in ALL:
        for other in ALL:
            if other != name:
                with pytest.raises(InvalidInput, match=f"weights of {name}, and this network is {other}"):
                    read_digit_weights(FILES[name], other)
    silent = save(fresh("lenet5"))
    assert network_of(silent) is None
    read_digit_weights(silent, "lenet5-relu-max")  # the same shapes; the file does not say what it is
    with pytest.raises(InvalidInput, match=r"net\.out"):
        read_digit_weights(silent, "lenet5-rbf")


def test_pickles_large_files_and_unknown_networks_are_refused():
    file = io.BytesIO()
    torch.save(build("lenet5", 1), file)
    with pytest.raises(InvalidInput, match="pickled model"):
        read_digit_weights(file.getvalue(), "lenet5")
    with pytest.raises(InvalidInput, match=r"bytes, more than the 1000000"):
        read_digit_weights(save({"x": torch.zeros(300_000)}), "lenet5")
    with pytest.raises(InvalidInput, match=r"bytes, more than the 4000000"):
        read_digit_weights(save({"x": torch.zeros(1_000_001)}), DNN)
    with pytest.raises(InvalidInput, match="lenet5-32"):
        read_digit_weights(FILES["lenet5"], "lenet6")
    weights = fresh("lenet5")
    for value, said in ((torch.nan, "NaN"), (torch.inf, "infinite")):
        spoilt = weights | {"net.f6.bias": torch.full((84,), value)}
        with pytest.raises(InvalidInput, match=said):
            read_digit_weights(save(spoilt), "lenet5")
    with pytest.raises(InvalidInput, match=r"net\.c3\.weight"):
        read_digit_weights(save(weights | {"net.c3.weight": torch.zeros(16, 6, 5, 4)}), "lenet5")
    with pytest.raises(InvalidInput, match="F16"):
        read_digit_weights(save(weights | {"net.c3.weight": weights["net.c3.weight"].half()}), "lenet5")


@pytest.mark.parametrize("length", [640, 896, 1152, 1408])
def test_a_header_of_640_bytes_is_no_pickle(length):
    """Its length begins with the two bytes that begin a pickle."""
    tensors = {"w": torch.zeros(2)}
    plain = save(tensors, metadata={"note": ""})
    size = int.from_bytes(plain[:8], "little")
    header = json.loads(plain[8 : 8 + size])
    header["__metadata__"]["note"] = "x" * (length - len(json.dumps(header)))
    padded = json.dumps(header).encode()
    assert len(padded) == length
    payload = length.to_bytes(8, "little") + padded + plain[8 + size :]
    assert torch.equal(checked(payload, tensors).tensors()["w"], torch.zeros(2))


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_mutated_files_are_refused_or_read_never_anything_else(data):
    name = data.draw(st.sampled_from(["lenet5", "lenet5-rbf", DNN]))
    payload = mutated(FILES[name], random.Random(data.draw(st.integers(0, 2**32))))
    assert tell(payload, name) in ("read", "refused")
