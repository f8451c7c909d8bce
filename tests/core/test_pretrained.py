"""The shipped weights: what they can do, what their file says, and which files are refused."""

from __future__ import annotations

import json

import pytest
import torch
from safetensors.torch import load_file, save, save_file

from core.data.grey import MEAN
from core.errors import InvalidInput
from core.nets.building import build
from core.nets.networks import SHIPPED
from core.nets.pretrained import WEIGHTS, about, fill, pretrained
from core.pretraining.networks import RECIPES, Recipe, pretrain, train
from core.sketch.preprocess import preprocess
from core.training.evaluate import evaluate

LIMITS = {"lenet5": 0.990, "mnist-dnn": 0.985}
BYTES = {"lenet5": 260_000, "mnist-dnn": 2_400_000}


@pytest.mark.parametrize("name", SHIPPED)
def test_accuracy_on_mnist_and_what_the_file_says_of_it(name, digits) -> None:
    found = evaluate(pretrained(name), digits.test_images, digits.test_labels, 10)
    said = about(name)
    if digits.provenance.full:
        assert found.accuracy >= LIMITS[name]
        assert float(said["test_accuracy"]) == pytest.approx(found.accuracy, abs=5e-5)
        assert int(said["test_samples"]) == found.samples
        assert said["data_checksum"] == digits.provenance.checksum
    else:
        assert found.accuracy >= LIMITS[name] - 0.01
    assert said["epochs"] == str(RECIPES[name].epochs)
    assert said["recipe"] == repr(RECIPES[name])


@pytest.mark.parametrize("name", SHIPPED)
def test_frozen_evaluating_and_small(name) -> None:
    model = pretrained(name)
    assert not model.training
    assert not any(value.requires_grad for value in model.parameters())
    assert (WEIGHTS / f"{name}.safetensors").stat().st_size <= BYTES[name]


def test_other_writers_and_other_pens() -> None:
    """Every third of scikit-learn's 1 797 UCI digits, 8×8, enlarged smoothly; never trained on."""
    from sklearn.datasets import load_digits

    from benchmarks.reading_strokes import accuracy, as_network_sees, enlarge

    images, labels = load_digits(return_X_y=True)
    grey = (torch.tensor(images).reshape(-1, 8, 8) * 255 / 16).round().to(torch.uint8).numpy()[::3]
    seen = as_network_sees(enlarge(image) for image in grey)
    assert accuracy(pretrained("lenet5"), seen, labels[::3].tolist()) >= 0.95
    assert accuracy(pretrained("mnist-dnn"), seen, labels[::3].tolist()) >= 0.92


@pytest.mark.parametrize("name", SHIPPED)
def test_a_one_with_a_flag_is_no_seven(name) -> None:
    """As most of Europe writes it, with a pen of any width; a 7, crossed or not, stays one."""
    from PIL import Image, ImageDraw

    model = pretrained(name)
    for digit, lines in (
        (1, [[(110, 85), (150, 40), (150, 240)]]),
        (1, [[(100, 100), (145, 40), (140, 240)]]),
        (1, [[(105, 90), (145, 40), (145, 240)], [(95, 240), (195, 240)]]),
        (7, [[(70, 50), (200, 50), (120, 240)]]),
        (7, [[(70, 50), (200, 50), (120, 240)], [(95, 145), (195, 145)]]),
    ):
        for pen in (10, 16, 22):
            board = Image.new("L", (280, 280))
            for line in lines:
                ImageDraw.Draw(board).line(line, fill=255, width=pen, joint="curve")
            assert int(model(preprocess(board).normalised).argmax()) == digit, (digit, lines, pen)


def test_a_test_digit_on_a_large_board_is_read_as_before(digits) -> None:
    from benchmarks.reading_strokes import as_network_sees, enlarge
    from core.data.grey import denormalise

    model = pretrained("lenet5")
    grey = denormalise(digits.test_images[:200, 0]).numpy()
    labels = digits.test_labels[:200]
    right = {
        name: int((model(as_network_sees(sketches)).argmax(1) == labels).sum())
        for name, sketches in {
            "28": list(grey),
            "280": [enlarge(image) for image in grey],
            "black on white": [255 - enlarge(image) for image in grey],
        }.items()
    }
    assert min(right.values()) >= int((model(digits.test_images[:200]).argmax(1) == labels).sum()) - 2


def test_unknown_names_and_missing_files(tmp_path) -> None:
    with pytest.raises(InvalidInput, match="lenet5, mnist-dnn"):
        pretrained("vgg")
    with pytest.raises(InvalidInput, match="python -m core pretrain"):
        pretrained("lenet5", folder=tmp_path)


def _without(tensors):
    del tensors["net.c1.bias"]


def _extra(tensors):
    tensors["net.c9.bias"] = torch.zeros(3)


def _shape(tensors):
    tensors["net.c1.bias"] = torch.zeros(7)


def _dtype(tensors):
    tensors["net.c1.bias"] = tensors["net.c1.bias"].double()


def _nan(tensors):
    tensors["net.c1.bias"] = tensors["net.c1.bias"] * torch.nan


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (_without, "net.c1.bias is missing"),
        (_extra, "net.c9.bias"),
        (_shape, "[7]"),
        (_dtype, "F64"),
        (_nan, "NaN"),
    ],
)
def test_weights_that_do_not_belong_are_refused(tmp_path, spoil, says) -> None:
    tensors = load_file(WEIGHTS / "lenet5.safetensors")
    spoil(tensors)
    save_file(tensors, tmp_path / "lenet5.safetensors")
    with pytest.raises(InvalidInput) as caught:
        pretrained("lenet5", folder=tmp_path)
    assert says in str(caught.value)


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"not a safetensors file",
        (2**40).to_bytes(8, "little") + b"{}",
        (2).to_bytes(8, "little") + b"[]",
        save({"net.c1.bias": torch.zeros(6)})[:-4],
        bytes(4_000_001),
    ],
)
def test_what_is_no_weights_file_is_refused(payload) -> None:
    with pytest.raises(InvalidInput):
        fill(build("lenet5"), payload)


def test_training_is_seeded_and_learns(digits) -> None:
    recipe = Recipe(epochs=2, batch_size=64)
    images, labels = digits.train_images[:1024], digits.train_labels[:1024]
    losses: list[float] = []

    def run(seed: int) -> torch.nn.Module:
        model = build("lenet5", seed)
        losses.extend(train(model, images, labels, recipe, seed))
        return model

    first, again, other = run(3), run(3), run(4)
    assert losses[:2] == losses[2:4] != losses[4:]
    assert losses[1] < losses[0] < 2.4
    for one, two in zip(first.parameters(), again.parameters(), strict=True):
        assert torch.equal(one, two)
    assert not torch.equal(next(first.parameters()), next(other.parameters()))


@pytest.mark.slow
def test_pretrain_writes_a_file_that_is_read_back(tmp_path, full_mnist, monkeypatch) -> None:
    from core.data import mnist

    few = full_mnist.__class__(
        full_mnist.train_images[:2048],
        full_mnist.train_labels[:2048],
        full_mnist.test_images[:500],
        full_mnist.test_labels[:500],
        full_mnist.provenance,
    )
    monkeypatch.setattr(mnist, "load", lambda _folder=None: few)
    monkeypatch.setitem(RECIPES, "lenet5", Recipe(finishing=1, drawn=100))
    said = pretrain("lenet5", out=tmp_path, seed=5, epochs=1)
    assert [path.name for path in tmp_path.iterdir()] == ["lenet5.safetensors"]
    assert about("lenet5", tmp_path) == said
    assert json.loads(json.dumps(said))["seed"] == "5"
    found = evaluate(pretrained("lenet5", folder=tmp_path), few.test_images, few.test_labels, 10)
    assert said["test_accuracy"] == f"{found.accuracy:.4f}"


def test_bad_recipes_are_refused() -> None:
    for epochs in (0, 1001):
        with pytest.raises(InvalidInput, match="epochs"):
            Recipe(epochs=epochs)


def test_a_white_board_is_not_what_the_network_was_trained_on() -> None:
    """Guards the one mistake that makes every sketch unreadable: forgetting the normalisation or the polarity."""
    import numpy as np

    sketch = np.full((100, 100), 255, np.uint8)
    sketch[20:80, 47:53] = 0
    seen = preprocess(sketch).normalised
    assert seen[0, 0, 0, 0].item() == pytest.approx(-MEAN / 0.3081)
    assert int(pretrained("lenet5")(seen).argmax()) == 1
