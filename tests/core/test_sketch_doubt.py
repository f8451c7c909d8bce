"""What looks like no digit is told from what does: on letters, scribbles and noise that the doubter never saw."""

from __future__ import annotations

import time

import numpy as np
import pytest
import torch
from PIL import Image, ImageDraw
from safetensors.torch import load_file, save_file

from benchmarks._not_digits import LETTERS, LOOK_ALIKES, fonts, grains, noise, scribbles, written
from benchmarks.doubt import auroc, seen
from core.data.grey import denormalise, normalise
from core.errors import InvalidInput
from core.nets.pretrained import WEIGHTS
from core.pretraining.doubter import train_doubter, written_again
from core.pretraining.drawn_digits import SHAPES, drawn_digits
from core.pretraining.not_digits import not_digits
from core.sketch.doubt import Doubt, doubt, read_doubter, scores
from core.sketch.preprocess import preprocess


@pytest.fixture(scope="module")
def others() -> dict[str, torch.Tensor]:
    """Every letter in two fonts, and as many scribbles and pictures of noise."""
    faces = [fonts()[index] for index in (4, -1)]
    letters = {alike: [] for alike in (True, False)}
    for face in faces:
        for letter in LETTERS:
            letters[letter in LOOK_ALIKES].append(written(letter, face)[140:420, 140:420])
    rough = normalise(torch.from_numpy(grains(34, 5))[:, None])
    return {
        "letters": seen(letters[False]),
        "like digits": seen(letters[True]),
        "scribbles": seen(scribbles(104, 6)),
        "noise": torch.cat([seen(noise(70, 7)), rough]),
    }


def test_auroc_over_095_with_letters_that_look_like_digits_and_higher_without(digits, others) -> None:
    model, _ = read_doubter()
    as_they_are = scores(model, digits.test_images[:1000])
    pixels = denormalise(digits.test_images[:100, 0]).numpy()
    sketched = scores(model, seen(np.kron(image, np.ones((6, 6), np.uint8)) for image in pixels))
    found = {name: scores(model, images) for name, images in others.items()}
    everything = torch.cat(list(found.values()))
    plain = torch.cat([found[name] for name in ("letters", "scribbles", "noise")])
    for good in (as_they_are, sketched):
        assert auroc(good, everything) >= 0.95
        assert auroc(good, plain) >= 0.985
        for name in ("letters", "scribbles", "noise"):
            assert auroc(good, found[name]) >= 0.97, name


def test_few_digits_and_most_others_are_doubted(digits, others) -> None:
    from sklearn.datasets import load_digits

    from benchmarks.reading_strokes import enlarge

    model, limit = read_doubter()
    if digits.provenance.full:
        assert float((scores(model, digits.test_images) > limit).double().mean()) <= 0.02
    grey = (load_digits().images[::5] * 255 / 16).round().astype(np.uint8)
    assert float((scores(model, seen(enlarge(image, 140) for image in grey)) > limit).double().mean()) <= 0.02
    for name, least in (("letters", 0.85), ("scribbles", 0.9), ("noise", 0.9)):
        assert float((scores(model, others[name]) > limit).double().mean()) >= least, name


def test_one_sketch_is_judged_quickly_and_plainly(digits) -> None:
    found = doubt(digits.test_images[:1])
    assert found == Doubt(found.score, False, read_doubter()[1])
    assert 0 <= found.score < found.limit < 1
    sketch = written("W", fonts()[0])
    seen_w = preprocess(sketch, paper=(0, 0, 0)).normalised
    assert doubt(seen_w).doubtful
    began = time.process_time()
    for _ in range(20):
        doubt(seen_w)
    print(f"{(time.process_time() - began) / 20 * 1000:.2f} ms per sketch")
    with pytest.raises(InvalidInput, match="shape"):
        doubt(digits.test_images[:2])


def test_the_file_is_small_and_says_what_it_is() -> None:
    path = WEIGHTS / "doubt.safetensors"
    assert path.stat().st_size < 300_000
    assert sum(value.numel() for value in load_file(path).values()) == 46_650


def test_weights_that_are_missing_or_odd_are_refused(tmp_path) -> None:
    with pytest.raises(InvalidInput, match=r"core\.pretraining\.doubter"):
        read_doubter(tmp_path)
    tensors = load_file(WEIGHTS / "doubt.safetensors")
    del tensors["net.0.bias"]
    save_file(tensors, tmp_path / "doubt.safetensors", metadata={"limit": "0.5"})
    with pytest.raises(InvalidInput, match=r"net\.0\.bias"):
        read_doubter(tmp_path)


def test_pictures_that_are_no_digits_are_seeded_and_in_form(digits) -> None:
    pixels, labels = denormalise(digits.train_images[:200, 0]).numpy(), digits.train_labels[:200].numpy()
    made, again, other = (not_digits(120, pixels, labels, seed) for seed in (1, 1, 2))
    assert made.shape == (120, 28, 28)
    np.testing.assert_array_equal(made, again)
    assert (made != other).any()
    assert (made.reshape(120, -1).max(1) == 255).all()
    for picture in made:
        rows, columns = np.flatnonzero(picture.any(1)), np.flatnonzero(picture.any(0))
        assert max(np.ptp(rows), np.ptp(columns)) < 20


def test_drawn_digits_are_seeded_in_form_and_of_all_kinds() -> None:
    pictures, labels = drawn_digits(300, 4)
    again, _ = drawn_digits(300, 4)
    np.testing.assert_array_equal(pictures, again)
    assert set(labels.tolist()) == set(range(10)) == set(SHAPES)
    assert pictures.shape == (300, 28, 28)
    assert (pictures.reshape(300, -1).max(1) == 255).all()


ONE_WITH_A_FLAG = [[(90, 100), (145, 40), (145, 240)]]
ONE_WITH_A_FOOT = [[(110, 75), (145, 40), (145, 240)], [(95, 240), (195, 240)]]
CROSSED_SEVEN = [[(70, 50), (200, 50), (120, 240)], [(95, 145), (195, 145)]]
OPEN_FOUR = [[(80, 50), (70, 150), (200, 150)], [(170, 80), (160, 240)]]


@pytest.mark.parametrize("pen", [8, 14, 20, 28])
@pytest.mark.parametrize(
    "lines", [[[(140, 40), (140, 240)]], ONE_WITH_A_FLAG, ONE_WITH_A_FOOT, CROSSED_SEVEN, OPEN_FOUR]
)
def test_digits_as_others_write_them_are_not_doubted(lines, pen) -> None:
    board = Image.new("L", (280, 280))
    for line in lines:
        ImageDraw.Draw(board).line(line, fill=255, width=pen, joint="curve")
    assert not doubt(preprocess(board, paper=(0, 0, 0)).normalised).doubtful


def test_training_learns_and_sets_its_limit(digits) -> None:
    few = digits.__class__(
        digits.train_images[:1500], digits.train_labels[:1500], digits.test_images, digits.test_labels,
        digits.provenance,
    )  # fmt: skip
    losses: list[float] = []
    model, limit = train_doubter(few, 2, 3, lambda _epoch, loss: losses.append(loss))
    assert losses[1] < losses[0]
    assert not model.training
    again = written_again(few.train_images[-150:], torch.Generator().manual_seed(3))
    assert int((scores(model, again) > limit).sum()) == 3  # 2 % of the 150 left out
