"""Other people's pens: seeded, in MNIST's form, and each change does what it says."""

from __future__ import annotations

import dataclasses

import pytest
import torch

from core.data.augment import Pens, augment
from core.data.grey import denormalise, normalise

STILL = Pens(**{field.name: 0.0 for field in dataclasses.fields(Pens)})
BACKGROUND = normalise(torch.zeros(1, dtype=torch.uint8)).item()


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def light(images: torch.Tensor) -> torch.Tensor:
    return denormalise(images).double() / 255


def centres(images: torch.Tensor) -> torch.Tensor:
    """Centre of mass as (row, column), (B, 2)."""
    shares = light(images)[:, 0]
    shares = shares / shares.sum(dim=(1, 2), keepdim=True)
    axis = torch.arange(28, dtype=torch.float64)
    return torch.stack([shares.sum(2) @ axis, shares.sum(1) @ axis], 1)


def test_the_same_seed_gives_the_same_pens_and_another_seed_others(digits) -> None:
    images = digits.train_images[:64]
    before = images.clone()
    once, again, other = (augment(images, seeded(seed), Pens()) for seed in (1, 1, 2))
    assert torch.equal(once, again)
    assert not torch.equal(once, other)
    assert torch.equal(images, before)


def test_the_global_generator_is_left_alone(digits) -> None:
    state = torch.get_rng_state()
    augment(digits.train_images[:8], seeded(), Pens())
    assert torch.equal(torch.get_rng_state(), state)


def test_shape_type_background_and_brightest_pixel(digits) -> None:
    written = augment(digits.train_images[:256], seeded(), Pens())
    assert written.shape == (256, 1, 28, 28)
    assert written.dtype == torch.float32
    assert bool(torch.isfinite(written).all())
    assert written.amin(dim=(1, 2, 3)).eq(BACKGROUND).all()
    assert denormalise(written).amax(dim=(1, 2, 3)).eq(255).all()
    assert (written == BACKGROUND).float().mean() > 0.5


def test_no_change_only_centres(digits) -> None:
    """MNIST's centres of mass lie within half a pixel of (14, 14); they are put there exactly."""
    written = augment(digits.train_images[:100], seeded(), STILL)
    assert (centres(written) - 14).abs().max() < 0.05
    assert (light(written) - light(digits.train_images[:100])).abs().mean() < 0.05


def test_turned_and_slanted_digits_stay_centred(digits) -> None:
    pens = dataclasses.replace(STILL, rotation=20, shear=0.2, stretch=0.1)
    assert (centres(augment(digits.train_images[:200], seeded(), pens)) - 14).abs().max() < 0.35


def test_shift_moves_by_up_to_its_pixels(digits) -> None:
    moved = (centres(augment(digits.train_images[:300], seeded(), dataclasses.replace(STILL, shift=2))) - 14).abs()
    assert 1.7 < moved.max() < 2.1


@pytest.mark.parametrize(("name", "grows"), [("thick", True), ("thin", False)])
def test_strokes_get_thicker_or_thinner(digits, name, grows) -> None:
    images = digits.train_images[:200]
    changed = augment(images, seeded(), dataclasses.replace(STILL, **{name: 1.0}))
    more = light(changed).sum((1, 2, 3)) / light(augment(images, seeded(), STILL)).sum((1, 2, 3))
    assert more.mean() > 1.25 if grows else more.mean() < 0.8


def test_rotation_turns_both_ways_by_its_degrees() -> None:
    bar = torch.zeros(400, 1, 28, 28, dtype=torch.uint8)
    bar[:, :, 13:15, 4:25] = 255
    turned = light(augment(normalise(bar), seeded(), dataclasses.replace(STILL, rotation=20)))[:, 0]
    axis = torch.arange(28, dtype=torch.float64) - 14
    # The angle of the principal axis, from second moments.
    xx = (turned.sum(1) * axis**2).sum(1)
    yy = (turned.sum(2) * axis**2).sum(1)
    xy = (turned * axis[:, None] * axis[None, :]).sum((1, 2))
    degrees = torch.rad2deg(0.5 * torch.atan2(2 * xy, xx - yy))
    assert 18 < degrees.max() < 21
    assert -21 < degrees.min() < -18


def test_an_empty_image_stays_empty() -> None:
    empty = normalise(torch.zeros(2, 1, 28, 28, dtype=torch.uint8))
    assert torch.equal(augment(empty, seeded(), Pens()), empty)
