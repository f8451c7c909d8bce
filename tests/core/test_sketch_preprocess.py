"""Any sketch → MNIST's own form: hand-made pictures, the pictures of real life, and what must be refused."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from PIL import Image, ImageDraw, ImageFilter

from core.data.grey import MEAN, STD, denormalise
from core.errors import InvalidInput
from core.sketch import preprocess as module
from core.sketch.ink import Blank
from core.sketch.preprocess import preprocess

STROKES = ((0.2, 0.15), (0.75, 0.15), (0.45, 0.9), (0.35, 0.6))


def drawn(width=280, height=280, left=40.0, top=30.0, size=200.0, pen=18, ink=255, paper=0, mode="L"):
    """A crooked seven, `size` pixels high."""
    image = Image.new(mode, (2 * width, 2 * height), paper)
    points = [(2 * (left + x * size), 2 * (top + y * size)) for x, y in STROKES]
    ImageDraw.Draw(image).line(points, fill=ink, width=2 * pen, joint="curve")
    return image.reduce(2)


def likeness(a, b) -> float:
    """Cosine of what the network sees of two sketches, the better one where a centre of mass is rounded otherwise."""
    a, b = (preprocess(image).centred.astype(float) for image in (a, b))
    near = [np.roll(a, (down, right), (0, 1)) for down in (-1, 0, 1) for right in (-1, 0, 1)]
    return max(float((c * b).sum()) for c in near) / float(np.sqrt((a * a).sum() * (b * b).sum()))


def centre_of_mass(image):
    total = image.sum(dtype=float)
    return (image.sum(1) @ np.arange(28) / total, image.sum(0) @ np.arange(28) / total)


def test_a_bar_becomes_20_by_4_in_the_middle() -> None:
    sketch = np.zeros((100, 200), np.uint8)
    sketch[10:60, 120:130] = 255  # 50 high, 10 wide: fitted by 20/50 = 0.4 into 20 × 4
    stages = preprocess(sketch)
    assert stages.crop.shape == (50, 10)
    assert stages.crop.min() == 255
    expected = np.zeros((28, 28), np.uint8)
    # rows: (0 + … + 19)/20 = 9.5, so 14 − 9.5 = 4.5, rounded to even: 4 … 23; columns: 14 − 1.5 = 12.5 → 12 … 15
    expected[4:24, 12:16] = 255
    np.testing.assert_array_equal(stages.centred, expected)
    np.testing.assert_array_equal(stages.fitted[:, 8:12], 255)
    assert stages.fitted.sum(dtype=int) == 20 * 4 * 255
    assert stages.normalised.shape == (1, 1, 28, 28)
    assert stages.normalised.dtype == torch.float32
    assert stages.normalised[0, 0, 0, 0].item() == pytest.approx(-MEAN / STD)
    assert stages.normalised[0, 0, 10, 13].item() == pytest.approx((1 - MEAN) / STD)


def test_area_means_not_maxima() -> None:
    sketch = np.zeros((60, 60), np.uint8)
    sketch[10:50, 10] = 255  # one of every two columns that make a new pixel
    sketch[10, 10:50] = 255
    sketch[30:50, 10:50] = 255
    fitted = preprocess(sketch).fitted
    assert fitted[5, 0] == 128  # half of its area
    assert fitted[15, 5] == 255
    assert fitted[5, 5] == 0


def test_mnist_itself_stays_what_it_is(digits) -> None:
    """Their own form already: cropped to 20 × 20 and centred by mass."""
    for image in denormalise(digits.test_images[:200, 0]).numpy():
        seen = preprocess(image).centred
        assert np.abs(seen.astype(int) - image).mean() < 2.5


def test_the_centre_of_mass_is_where_mnist_has_it() -> None:
    for image in (drawn(), drawn(left=0, top=60, size=150), drawn(pen=5)):
        for position in centre_of_mass(preprocess(image).centred):
            assert 13.45 <= position <= 14.55


@pytest.mark.parametrize(
    ("ink", "paper", "mode"),
    [
        (0, 255, "L"),
        (40, 90, "L"),
        (255, 230, "L"),
        ((200, 0, 0), (0, 0, 255), "RGB"),
        ((255, 255, 0), (255, 255, 255), "RGB"),
        ((0, 0, 0, 255), (0, 0, 0, 0), "RGBA"),
        ((255, 255, 255, 255), (0, 0, 0, 0), "RGBA"),
        ((255, 255, 255, 255), (255, 255, 255, 0), "RGBA"),
        (0, 1, "1"),
        (1, 0, "1"),
    ],
)
def test_any_colours_of_pen_and_paper(ink, paper, mode) -> None:
    if mode == "1":
        sketch = np.asarray(drawn()) > 127
        sketch = sketch if ink else ~sketch
    else:
        sketch = drawn(ink=ink, paper=paper, mode=mode)
    assert likeness(sketch, drawn()) > 0.99


def test_shades_of_grey_are_neither_lost_nor_turned_round() -> None:
    sketch = drawn()
    white = preprocess(sketch)
    black = preprocess(Image.eval(sketch, lambda value: 255 - value))
    np.testing.assert_array_equal(white.centred, black.centred)


@pytest.mark.parametrize("seed", range(4))
def test_a_photo_of_paper_with_uneven_light_and_noise(seed) -> None:
    random = np.random.default_rng(seed)
    ink = np.asarray(drawn(640, 480, left=150, top=60, size=330, pen=12).filter(ImageFilter.GaussianBlur(1.5))) / 255
    v, u = np.mgrid[-1:1:480j, -1:1:640j]
    light = 190 + 35 * u * (-1) ** seed + 20 * v - 15 * u * u
    photo = light * (1 - 0.7 * ink) + random.normal(0, 4, ink.shape)
    clean = drawn(640, 480, left=150, top=60, size=330, pen=12)
    assert likeness(photo.clip(0, 255).astype(np.uint8), clean) > 0.85


def test_jpeg_ringing_does_not_stretch_the_crop(tmp_path) -> None:
    drawn(ink=0, paper=255).save(tmp_path / "seven.jpg", quality=30)
    with Image.open(tmp_path / "seven.jpg") as picture:
        assert likeness(picture, drawn()) > 0.95


def test_16_bit_and_float_pictures() -> None:
    sketch = np.asarray(drawn())
    for other in (
        sketch.astype(np.uint16) * 257,
        sketch.astype(np.float32) / 255,
        Image.fromarray(sketch).convert("I"),
    ):
        if isinstance(other, Image.Image):
            other = Image.fromarray(np.asarray(other).astype(np.uint16) * 257)  # "I;16"
        np.testing.assert_array_equal(preprocess(other).centred, preprocess(sketch).centred)


@pytest.mark.parametrize(
    "sketch",
    [
        np.zeros((280, 280), np.uint8),
        np.full((280, 280, 3), 255, np.uint8),
        np.zeros((280, 280, 4), np.uint8),
        np.full((28, 28), 7, np.uint8),
        np.zeros((1, 1), np.uint8),
        np.random.default_rng(0).integers(0, 256, (280, 280), dtype=np.uint8),
        np.random.default_rng(0).integers(250, 256, (280, 280), dtype=np.uint8),
        np.linspace(0, 255, 280 * 280).reshape(280, 280).astype(np.uint8),
    ],
    ids=["black", "white", "transparent", "grey", "one pixel", "noise", "faint noise", "ramp"],
)
def test_nothing_to_see_is_refused(sketch) -> None:
    with pytest.raises(Blank, match="blank"):
        preprocess(sketch)


@pytest.mark.parametrize("radius", [1, 2, 3, 9, 12])
def test_a_dot_is_refused(radius) -> None:
    sketch = Image.new("L", (280, 280))
    ImageDraw.Draw(sketch).ellipse((100 - radius, 90 - radius, 100 + radius, 90 + radius), fill=255)
    with pytest.raises(Blank, match="dot"):
        preprocess(sketch)


@pytest.mark.parametrize(
    ("sketch", "says"),
    [
        (np.zeros((0, 5), np.uint8), "no pixels"),
        (np.zeros((5, 5, 2), np.uint8), "no picture"),
        (np.zeros(5, np.uint8), "no picture"),
        (np.full((28, 28), np.nan), "NaN"),
        (np.full((28, 28), 7.0), "between 0 and 1"),
        (np.array([["a", "b"]]), "uint8"),
        (np.broadcast_to(np.zeros((), np.uint8), (8000, 8000)), "million pixels"),
    ],
)
def test_what_is_no_picture_is_refused_by_name(sketch, says) -> None:
    with pytest.raises(InvalidInput, match=says):
        preprocess(sketch)


@settings(max_examples=60, deadline=None)
@given(
    left=st.floats(0, 60), top=st.floats(0, 60), size=st.floats(90, 200), inverted=st.booleans(), pad=st.integers(0, 90)
)
def test_place_size_and_polarity_do_not_matter(left, top, size, inverted, pad) -> None:
    sketch = drawn(280 + pad, 280, left + 10, top, size, pen=round(size * 0.08))
    if inverted:
        sketch = Image.eval(sketch, lambda value: 255 - value)
    assert likeness(sketch, drawn(pen=16)) > 0.9


@settings(max_examples=150, deadline=None)
@given(
    hnp.arrays(
        st.sampled_from([np.uint8, np.bool_, np.uint16, np.float32]),
        hnp.array_shapes(min_dims=1, max_dims=3, min_side=0, max_side=30)
        | st.tuples(st.integers(1, 30), st.integers(1, 30), st.sampled_from([1, 3, 4])),
        elements=None,
        fill=st.just(0),
    )
)
def test_whatever_comes_it_is_digested_or_refused(sketch) -> None:
    try:
        stages = preprocess(sketch)
    except InvalidInput:
        return
    assert stages.centred.shape == (28, 28)
    assert stages.fitted.shape == (20, 20)
    assert stages.centred.max() == 255
    assert bool(torch.isfinite(stages.normalised).all())


def test_a_large_picture_is_averaged_down_first() -> None:
    large = drawn(2800, 2800, 400, 300, 2000, pen=180)
    assert max(preprocess(large).raw.shape) <= 2 * module.WORK_SIDE
    assert likeness(large, drawn()) > 0.98


def test_much_soft_ink_is_not_taken_for_light_that_varies() -> None:
    """Most of the board is covered, most of its border is bare."""
    v, u = np.mgrid[-1:1:280j, -1:1:280j]
    blot = (np.clip(1.05 - np.hypot(u, v), 0, 1) * 255).astype(np.uint8)
    assert (blot > 0).mean() > 0.5
    np.testing.assert_allclose(module.sketched_ink(blot)[0], module.sketched_ink(blot, (0, 0, 0))[0], atol=1e-5)
