"""Each step of the preprocessing can be left out, and what that does to a sketch."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from PIL import Image

from core.data.grey import denormalise, normalise
from core.nets.pretrained import pretrained
from core.sketch.form import SIDE, centre, fit, ink_box, middle
from core.sketch.ink import Blank
from core.sketch.preprocess import Steps, preprocess


def board() -> np.ndarray:
    """A bar of 80×20 in the upper left of a board of 280×280."""
    sketch = np.zeros((280, 280), np.uint8)
    sketch[20:100, 40:60] = 255
    return sketch


def ink_rows(picture: np.ndarray) -> tuple[int, int, int, int]:
    rows, columns = np.flatnonzero((picture > 127).any(1)), np.flatnonzero((picture > 127).any(0))
    return int(rows[0]), int(rows[-1]), int(columns[0]), int(columns[-1])


@pytest.mark.parametrize(
    ("steps", "crop", "fitted", "where"),
    [
        (Steps(), (80, 20), (20, 20), (4, 23, 12, 16)),
        (Steps(crop=False), (280, 280), (20, 20), (11, 16, 13, 14)),
        (Steps(fit=False), (80, 20), (28, 28), (0, 27, 10, 16)),
        (Steps(centre=False), (80, 20), (20, 20), (4, 23, 11, 15)),
        # a plain resize, as sketch demos do: rows 2 … 9, columns 4 and 5
        (Steps(crop=False, fit=False, centre=False), (280, 280), (28, 28), (2, 9, 4, 5)),
    ],
)
def test_what_each_step_does_to_a_bar(steps, crop, fitted, where) -> None:
    stages = preprocess(board(), steps=steps)
    assert stages.crop.shape == crop
    assert stages.fitted.shape == fitted
    assert stages.centred.shape == (28, 28)
    assert ink_rows(stages.centred) == pytest.approx(where, abs=1)


def test_without_normalising_grey_values_stay() -> None:
    plain, standard = (preprocess(board(), steps=Steps(normalise=on)).normalised for on in (False, True))
    assert (plain.min().item(), plain.max().item()) == (0, 1)
    assert torch.equal(normalise((plain * 255).round().to(torch.uint8)), standard)


def test_leaving_everything_out_still_refuses_a_blank_board() -> None:
    with pytest.raises(Blank):
        preprocess(np.zeros((280, 280), np.uint8), steps=Steps(False, False, False, False))


def test_centring_keeps_all_ink_and_drops_only_paper() -> None:
    small = np.zeros((28, 28), np.float32)
    small[1:9, 20:26] = 1
    assert centre(small).sum() == small.sum()
    assert ink_rows(centre(small) * 255) == pytest.approx((10, 17, 11, 16), abs=1)
    lopsided = np.zeros((20, 20), np.float32)
    lopsided[:, 0] = 0.05
    lopsided[:, 19] = 1
    assert centre(lopsided).sum() == pytest.approx(lopsided.sum())
    assert middle(fit(small[1:9, 20:26])).sum() == pytest.approx(20 * 15)
    assert ink_box(np.zeros((5, 5), np.float32)) is None


def test_off_centre_sketches_show_what_centring_is_good_for(digits) -> None:
    """The lesson's point: a plain resize of a small digit in a corner is hardly ever read."""
    model = pretrained("lenet5")
    right = {"all": 0, "none": 0}
    for image, label in zip(denormalise(digits.test_images[:60, 0]).numpy(), digits.test_labels[:60], strict=True):
        sketch = Image.new("L", (280, 280))
        sketch.paste(Image.fromarray(image).resize((140, 140), Image.Resampling.BICUBIC), (10, 120))
        for name, steps in (("all", Steps()), ("none", Steps(crop=False, fit=False, centre=False))):
            seen = preprocess(sketch, steps=steps).normalised
            right[name] += int(model(seen).argmax() == label)
    assert right["all"] >= 57
    assert right["none"] <= 30
    assert SIDE == 28
