"""A digit dragged, turned, scaled, thickened, thinned or made noisy: by exactly so much, unlike core.data.augment."""

import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F

from core.data.grey import denormalise, normalise
from core.errors import InvalidInput

SIDE = 28


@dataclass(frozen=True)
class Change:
    """What is done to a digit; nothing when all is left out. Pixels are those of the 28×28 input.

    Attributes:
        right: pixels, −28 to 28; what leaves the picture is lost.
        down: pixels, −28 to 28.
        turn: degrees, −180 to 180, counter-clockwise about the picture's middle.
        size: factor, 0.2 to 3, about the picture's middle.
        thickness: pixels added to each side of every stroke, −2 to 4; a stroke thinner than that fades.
        noise: standard deviation of Gaussian noise on grey values from 0 to 1, 0 to 1.
        seed: of the noise.

    Raises:
        InvalidInput: a number is out of range.
    """

    right: float = 0.0
    down: float = 0.0
    turn: float = 0.0
    size: float = 1.0
    thickness: float = 0.0
    noise: float = 0.0
    seed: int = 0

    def __post_init__(self) -> None:
        for name, low, high in (
            ("right", -28, 28),
            ("down", -28, 28),
            ("turn", -180, 180),
            ("size", 0.2, 3),
            ("thickness", -2, 4),
            ("noise", 0, 1),
            ("seed", 0, 2**63 - 1),
        ):
            value = getattr(self, name)
            if not (math.isfinite(value) and low <= value <= high):
                raise InvalidInput(
                    "{name} (={value}) must lie between {low} and {high}.", name=name, value=value, low=low, high=high
                )


def transform(images: torch.Tensor, change: Change) -> torch.Tensor:
    """Change digits in MNIST's form; they are not centred again, so that one sees what centring is good for.

    Args:
        images: float32 (B, 1, 28, 28), normalised; not changed.
        change: what to do.

    Returns:
        float32 (B, 1, 28, 28), normalised, of 256 grey values; equal to ``images`` when nothing is to be done.
    """
    if change == Change(seed=change.seed):
        return images.clone()
    light = transform_ink(denormalise(images).to(torch.float32) / 255, change)
    return normalise((light * 255).round().to(torch.uint8))


def transform_ink(ink: torch.Tensor, change: Change) -> torch.Tensor:
    """Change ink on a square board of any size: first the stroke, then size, turn and place, then the noise.

    Args:
        ink: float32 (B, 1, side, side), 0 = paper, 1 = full stroke; not changed.
        change: what to do; its pixels are a 28th of the board's side.

    Returns:
        float32 (B, 1, side, side), 0 to 1.
    """
    side = ink.shape[-1]
    result = _thickened(ink, change.thickness * side / SIDE)
    if (change.right, change.down, change.turn, change.size) != (0, 0, 0, 1):
        result = F.grid_sample(result, _grid(ink, change), mode="bilinear", align_corners=False)
    if change.noise:
        generator = torch.Generator().manual_seed(change.seed)
        grain = torch.randn(SIDE * SIDE, generator=generator).reshape(1, 1, SIDE, SIDE).to(ink.device)
        result = result + change.noise * F.interpolate(grain, size=(side, side), mode="nearest")
    return result.clamp(0, 1)


def _thickened(ink: torch.Tensor, amount: float) -> torch.Tensor:
    """Maximum (or minimum) over a square that grows by ``amount`` pixels to each side, fractions mixed in by share."""
    if not amount:
        return ink
    if amount < 0:
        return 1 - _thickened(1 - ink, -amount)
    whole = int(amount)
    lower = _largest(ink, whole)
    return lower + (amount - whole) * (_largest(lower, 1) - lower) if amount > whole else lower


def _largest(ink: torch.Tensor, reach: int) -> torch.Tensor:
    across = F.max_pool2d(ink, (1, 2 * reach + 1), stride=1, padding=(0, reach))
    return F.max_pool2d(across, (2 * reach + 1, 1), stride=1, padding=(reach, 0))


def _grid(ink: torch.Tensor, change: Change) -> torch.Tensor:
    """For each new pixel where to look in the old picture: (B, side, side, 2) as (x, y) from −1 to 1."""
    angle = math.radians(change.turn)
    cos, sin = math.cos(angle) / change.size, math.sin(angle) / change.size
    x, y = change.right * 2 / SIDE, change.down * 2 / SIDE
    # y points down: counter-clockwise on the screen is clockwise in these axes; this is the way back
    matrix = [[cos, -sin, -cos * x + sin * y], [sin, cos, -sin * x - cos * y]]
    theta = torch.tensor(matrix, dtype=ink.dtype, device=ink.device).expand(len(ink), 2, 3)
    return F.affine_grid(theta, list(ink.shape), align_corners=False)
