"""Weights as files: saved, loaded into a new network and tested again; and what is refused."""

from __future__ import annotations

import io
import json
import pickle
import random
from dataclasses import replace

import pytest
import torch
from safetensors.torch import save

from core.data.playground import DataConfig
from core.errors import InvalidInput
from core.export.weights import pth_file, safetensors_file, saved_test, test_again
from core.nets.files import MAX_BYTES, MAX_HEADER, Weights, described, read_weights
from core.nets.mlp import MlpConfig, mlp
from core.runs.playground_job import PlaygroundJob
from core.score import Score
from core.training.config import TrainConfig

NET = MlpConfig((2, 6, 4, 2), "tanh")
NORMED = replace(NET, batch_norm=True, dropout=0.2)
TRAIN = TrainConfig(optimiser="adam", lr=0.05, batch_size=0, epochs=30, evaluations=3)
DATA = DataConfig("circle", 300, 0.1)

test_again.__test__ = False  # type: ignore[attr-defined]  # a function of the app, not a test


def trained(job):
    fit = job.make()
    evaluation = None
    for progress in fit:
        evaluation = progress.evaluation or evaluation
    return {name: value.clone() for name, value in fit.model.state_dict().items()}, evaluation


@pytest.mark.parametrize(
    "job",
    [
        PlaygroundJob(NET, TRAIN, DATA),
        PlaygroundJob(NORMED, TRAIN, DATA),
        PlaygroundJob(MlpConfig((2, 8, 1)), replace(TRAIN, loss="mse"), DataConfig("hills", 200)),
    ],
    ids=["plain", "batch norm", "regression"],
)
def test_saved_loaded_and_tested_again_is_the_same_to_the_last_digit(job) -> None:
    weights, tested = trained(job)
    payload = safetensors_file(weights, job.net, tested)
    found = read_weights(payload, job.net)
    assert test_again(found, job) == tested
    assert {name: value.tolist() for name, value in found.tensors().items()} == {
        name: value.tolist() for name, value in weights.items()
    }
    if tested.confusion:
        assert saved_test(found) == Score(tested.correct, tested.samples)


def test_a_run_can_start_from_a_file() -> None:
    job = PlaygroundJob(NORMED, TRAIN, DATA)
    weights, tested = trained(job)
    start = read_weights(safetensors_file(weights, job.net), job.net)
    again = replace(job, start=start)
    assert next(again.make()).evaluation == tested
    assert again == replace(job, start=Weights(start.payload)) != job
    assert hash(again) == hash(replace(job, start=Weights(start.payload)))
    assert start.digest == Weights(start.payload).digest
    with pytest.raises(InvalidInput):
        replace(job, net=replace(NORMED, widths=(2, 6, 5, 2)), start=start)


def test_training_leaves_the_file_alone() -> None:
    start = read_weights(safetensors_file(mlp(NET).state_dict(), NET), NET)
    before = start.payload
    for _progress in PlaygroundJob(NET, TRAIN, DATA, start).make():
        pass
    assert start.payload == before
    assert read_weights(before, NET) == start


def test_pth_is_the_course_s_file(tmp_path) -> None:
    model = mlp(NORMED)
    (tmp_path / "weights.pth").write_bytes(pth_file(model.state_dict()))
    found = torch.load(tmp_path / "weights.pth", weights_only=True)
    assert list(found) == list(model.state_dict())
    assert all(torch.equal(found[name], value) for name, value in model.state_dict().items())


class Wicked:
    def __reduce__(self):
        return (pytest.fail, ("the file's code ran",))


@pytest.mark.parametrize("protocol", range(6))
def test_no_pickle_is_opened(protocol) -> None:
    with pytest.raises(InvalidInput):
        read_weights(pickle.dumps(Wicked(), protocol=protocol), NET)
    file = io.BytesIO()
    torch.save({"net.0.weight": Wicked()}, file)
    with pytest.raises(InvalidInput, match="holds more than numbers"):
        read_weights(file.getvalue(), NET)


def with_header(header: object, payload: bytes = b"") -> bytes:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text + payload


def spoiled(**changes) -> bytes:
    tensors = dict(mlp(NET).state_dict())
    for name, value in changes.items():
        name = name.replace("_", ".")
        if value is None:
            del tensors[name]
        else:
            tensors[name] = value
    return save(tensors)


@pytest.mark.parametrize(
    ("payload", "says"),
    [
        (spoiled(net_0_bias=None), "net.0.bias is missing"),
        (spoiled(net_9_bias=torch.zeros(3)), "net.9.bias is missing or not wanted"),
        (spoiled(net_0_bias=torch.zeros(7)), r"net.0.bias is \[7\] of type F32"),
        (spoiled(net_0_bias=torch.zeros(1, 6)), r"\[1, 6\]"),
        (spoiled(net_0_bias=torch.zeros(6).double()), "F64"),
        (spoiled(net_0_bias=torch.zeros(6).half()), "F16"),
        (spoiled(net_0_bias=torch.zeros(6).long()), "I64"),
        (spoiled(net_0_bias=torch.full((6,), torch.nan)), "net.0.bias holds NaN"),
        (spoiled(net_2_weight=torch.full((4, 6), -torch.inf)), "net.2.weight holds NaN or infinite"),
        (bytes(MAX_BYTES + 1), "1000001 bytes"),
        (b"", "neither a safetensors file"),
        (b"1234567", "neither a safetensors file"),
        (b"not a safetensors file at all", "neither a safetensors file"),
        (with_header([]), "neither a safetensors file"),
        (with_header({}), "its layers are –"),
        (with_header(b"[" * 60_000), "neither a safetensors file"),
        (with_header(b"9" * 60_000), "neither a safetensors file"),
        (with_header(b"\xff\xfe{}"), "neither a safetensors file"),
        (with_header(b" " * (MAX_HEADER + 1)), "neither a safetensors file"),
        ((2**63).to_bytes(8, "little") + b"{}", "neither a safetensors file"),
        (spoiled()[:-4], "neither a safetensors file"),
        (spoiled() + b"more", "neither a safetensors file"),
    ],
)
def test_what_does_not_belong_is_refused(payload, says) -> None:
    with pytest.raises(InvalidInput, match=says):
        read_weights(payload, NET)


def test_another_network_is_named() -> None:
    other = MlpConfig((2, 8, 2), "relu")
    with pytest.raises(InvalidInput, match=r"2-8-2, relu.*2-6-4-2, tanh"):
        read_weights(safetensors_file(mlp(other).state_dict(), other), NET)
    same_shapes = replace(NET, activation="relu")
    with pytest.raises(InvalidInput, match="set the controls to the file's network"):
        read_weights(safetensors_file(mlp(same_shapes).state_dict(), same_shapes), NET)
    assert described(safetensors_file(mlp(NET).state_dict(), NET)) == {
        "widths": [2, 6, 4, 2],
        "activations": ["tanh", "tanh"],
        "batch_norm": False,
    }
    assert read_weights(save(mlp(NET).state_dict()), NET)  # a file that says nothing is judged by its tensors


@pytest.mark.parametrize(
    "about",
    [
        {"network": "[" * 30_000},
        {"network": "[]"},
        {"network": "7"},
        {"network": "{"},
        {"test_correct": "5", "test_samples": "0"},
        {"test_correct": "-1", "test_samples": "3"},
        {"test_correct": "9" * 5000, "test_samples": "9" * 5000},
        {"test_correct": "٣", "test_samples": "٤"},
        {"test_correct": "5", "test_samples": "4"},
    ],
)
def test_what_a_file_says_of_itself_can_be_anything(about) -> None:
    found = read_weights(save(mlp(NET).state_dict(), metadata=about), NET)
    assert saved_test(found) is None


def test_a_strange_network_s_name_is_cut_short() -> None:
    for widths in ("<script>" * 500, ["\n\x00" * 400], {"a": [1]}, None):
        payload = save(mlp(NET).state_dict(), metadata={"network": json.dumps({"widths": widths})})
        with pytest.raises(InvalidInput) as caught:
            read_weights(payload, NET)
        assert len(str(caught.value)) < 400
        assert str(caught.value).isprintable()


def test_batch_norm_s_variance_cannot_be_negative() -> None:
    for name in ("net.1.running_var", "net.1.num_batches_tracked"):
        tensors = dict(mlp(NORMED).state_dict())
        tensors[name] = tensors[name] - 5
        with pytest.raises(InvalidInput, match=name):
            read_weights(save(tensors), NORMED)


def mutated(payload: bytes, random: random.Random) -> bytes:
    """Return a file with bytes flipped, cut, doubled, or its header rewritten."""
    data = bytearray(payload)
    header = 8 + int.from_bytes(payload[:8], "little")
    for _ in range(random.choice((1, 1, 2, 5, 30))):
        if not data:
            break
        # Half of them in the header, where a parser can be led astray.
        at = random.randrange(min(header, len(data)) if random.random() < 0.5 else len(data))
        kind = random.randrange(5)
        if kind == 0:
            data[at] ^= 1 << random.randrange(8)
        elif kind == 1:
            data[at] = random.choice(b'\x00\xff0 19{}[]",:-e.')
        elif kind == 2:
            del data[at : at + random.choice((1, 4, 100))]
        elif kind == 3:
            data[at:at] = data[at : at + random.choice((1, 8, 60))]
        else:
            data[at:at] = random.randbytes(random.choice((1, 4)))
    return bytes(data)


@pytest.mark.parametrize("net", [NET, NORMED], ids=["plain", "batch norm"])
def test_mutated_files_are_refused_with_a_sentence_or_accepted_whole(net) -> None:
    model = mlp(net)
    payload = safetensors_file(model.state_dict(), net)
    source = random.Random(0)
    accepted = refused = 0
    longest = 0
    for _ in range(2500):
        spoilt = mutated(payload, source)
        try:
            found = read_weights(spoilt, net)
        except InvalidInput as error:
            refused += 1
            longest = max(longest, len(str(error)))
        else:
            accepted += 1
            found.fill(model)
            assert all(bool(value.isfinite().all()) for value in model.state_dict().values())
    assert accepted > 50
    assert refused > 1000
    assert longest < 500
