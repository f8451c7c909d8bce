"""Other people's pens: random but seeded changes that keep a digit's meaning and MNIST's form."""

from dataclasses import dataclass

import torch
import torch.nn.functional as F

from core.data.grey import denormalise, normalise

SIDE = 28
CENTRE = (2 * 14 + 1) / SIDE - 1  # pixel 14, where MNIST's centres of mass lie, in grid_sample's −1 to 1


@dataclass(frozen=True)
class Pens:
    """How far a digit may be changed; every amount is drawn evenly from −value to +value unless said otherwise.

    Attributes:
        shift: pixels, of the centre of mass away from the middle.
        scale: the size's share, of width and height together.
        stretch: the share by which width grows as height shrinks.
        rotation: degrees.
        shear: horizontal slant, its tangent.
        wobble: pixels (standard deviation), a smooth elastic distortion.
        thin: pixels (at most), taken off each side of a stroke.
        thick: pixels (at most), added to each side of a stroke.
        blur: 0 to 1, the largest share of a 3×3 mean mixed in.
    """

    shift: float = 1.5
    scale: float = 0.15
    stretch: float = 0.15
    rotation: float = 20.0
    shear: float = 0.25
    wobble: float = 0.6
    thin: float = 1.0
    thick: float = 1.8
    blur: float = 0.8


def augment(images: torch.Tensor, generator: torch.Generator, pens: Pens) -> torch.Tensor:
    """Write every digit of a batch again, with another pen and another hand.

    Each digit is turned, slanted, stretched and bent about its own centre of mass, which then lies at pixel
    (14, 14) again, give or take the shift; strokes are thinned or thickened, and the brightest pixel is white,
    all as the sketch pad's preprocessing leaves it.

    Args:
        images: float32 (B, 1, 28, 28), normalised; not changed.
        generator: where all randomness comes from, on the images' device.
        pens: how far to go.

    Returns:
        float32 (B, 1, 28, 28), normalised, untouched background exactly the normalised 0.
    """
    light = denormalise(images).to(torch.float32) / 255
    light = _stroke(light, generator, pens)
    light = F.grid_sample(light, _grid(light, generator, pens), mode="bilinear", align_corners=False)
    amount = _uniform(len(light), generator, light.device, 0, pens.blur)
    light = light + amount * (F.avg_pool2d(light, 3, stride=1, padding=1) - light)
    light = light / light.amax(dim=(1, 2, 3), keepdim=True).clamp(min=1e-3)
    return normalise((light * 255).round().to(torch.uint8))


def _uniform(batch: int, generator: torch.Generator, device: torch.device, low: float, high: float) -> torch.Tensor:
    """Numbers from low to high, (B, 1, 1, 1)."""
    return torch.rand(batch, 1, 1, 1, generator=generator, device=device) * (high - low) + low


def _stroke(light: torch.Tensor, generator: torch.Generator, pens: Pens) -> torch.Tensor:
    """Dilate or erode by a random fraction of a pixel to a few: 3×3 maximum or minimum, mixed in by share."""
    amount = _uniform(len(light), generator, light.device, -pens.thin, pens.thick)
    thinner = -F.max_pool2d(-light, 3, stride=1, padding=1)
    result = light + amount.clamp(-1, 0).neg() * (thinner - light)
    for step in range(int(-(-pens.thick // 1))):
        thicker = F.max_pool2d(result, 3, stride=1, padding=1)
        result = result + (amount - step).clamp(0, 1) * (thicker - result)
    return result


def _grid(light: torch.Tensor, generator: torch.Generator, pens: Pens) -> torch.Tensor:
    """For each new pixel where to look in the old picture, (B, 28, 28, 2) as (x, y) from −1 to 1."""
    batch, device = len(light), light.device

    def draw(limit: float) -> torch.Tensor:
        return _uniform(batch, generator, device, -limit, limit).reshape(batch)

    turn, slant = torch.deg2rad(draw(pens.rotation)), draw(pens.shear)
    size, stretch = 1 + draw(pens.scale), 1 + draw(pens.stretch)
    cos, sin = torch.cos(turn), torch.sin(turn)
    across, down = size * stretch, size / stretch
    # new → old is the inverse of turning, slanting and scaling; all three amounts are symmetric about nothing
    matrix = torch.stack(
        [
            torch.stack([cos / across, (sin + slant * cos) / across], 1),
            torch.stack([-sin / down, (cos - slant * sin) / down], 1),
        ],
        1,
    )
    axis = (torch.arange(SIDE, device=device, dtype=light.dtype) * 2 + 1) / SIDE - 1
    mass = light.sum(dim=(1, 2, 3)).clamp(min=1e-6)
    centre = torch.stack([(light.sum(dim=(1, 2)) @ axis) / mass, (light.sum(dim=(1, 3)) @ axis) / mass], 1)
    target = CENTRE + torch.stack([draw(pens.shift), draw(pens.shift)], 1) * 2 / SIDE
    y, x = torch.meshgrid(axis, axis, indexing="ij")
    points = torch.stack([x, y], -1).reshape(1, SIDE * SIDE, 2) - target[:, None]
    grid = (points @ matrix.transpose(1, 2) + centre[:, None]).reshape(batch, SIDE, SIDE, 2)
    noise = torch.randn(batch, 2, 5, 5, generator=generator, device=device) * (pens.wobble * 2 / SIDE)
    bend = F.interpolate(noise, size=(SIDE, SIDE), mode="bicubic", align_corners=True)
    return grid + bend.permute(0, 2, 3, 1)
