"""Problems in the plane: TensorFlow Playground's four classifications and two regressions, moons and blobs.

The formulas and ranges are those of https://github.com/tensorflow/playground/blob/master/src/dataset.ts, where a
label is −1 or +1; here class 0 is −1 and class 1 is +1. Every function makes one call to the generator that it is
given, the one that its docstring tells, so that a script of a few lines gets the same numbers.
"""

import math
from collections.abc import Callable
from typing import Final

import torch

REACH: Final = 6.0  # the plane is drawn from −6 to 6 in both directions
# Centre and sign of each hill of "hills"; none reaches further than 2, so that no two overlap.
HILLS: Final = ((-4.0, 2.5, 1), (0.0, 2.5, -1), (4.0, 2.5, 1), (-4.0, -2.5, -1), (0.0, -2.5, 1), (4.0, -2.5, -1))
BLOBS: Final = ((-3.0, -2.0), (3.0, -2.0), (0.0, 3.0))

Drawn = tuple[torch.Tensor, torch.Tensor]


def circle(samples: int, noise: float, generator: torch.Generator) -> Drawn:
    """Draw a disc (+1, the first half of the rows, rounded up) inside a ring (−1).

    Draws ``u = torch.rand(samples, 4)``: radius, angle, and what noise adds to x1 and x2 before the label is decided;
    the points themselves stay where they are.
    Radius 2.5·u0 in the first half, 3.5 + 1.5·u0 in the second; +1 where the distance from 0 is below 2.5.

    Args:
        samples: rows.
        noise: 0 … 0.5; the label is that of a point up to 5·noise away in each direction.
        generator: goes on where it stands.

    Returns:
        points float32 (samples, 2), classes int64 (samples,).
    """
    u = torch.rand(samples, 4, generator=generator)
    inside = torch.arange(samples) < samples - samples // 2
    radius = torch.where(inside, 2.5 * u[:, 0], 3.5 + 1.5 * u[:, 0])
    angle = 2 * math.pi * u[:, 1]
    points = torch.stack([radius * angle.sin(), radius * angle.cos()], dim=1)
    seen = points + (10 * u[:, 2:] - 5) * noise
    return points, (seen.square().sum(dim=1).sqrt() < 2.5).long()


def xor(samples: int, noise: float, generator: torch.Generator) -> Drawn:
    """Draw four quadrants: +1 where x1 and x2 have the same sign, with a gap of 0.6 between them.

    Draws ``u = torch.rand(samples, 4)``: x1, x2, and what noise adds to them before the label is decided.

    Args:
        samples: rows.
        noise: 0 … 0.5; the label is that of a point up to 5·noise away in each direction.
        generator: goes on where it stands.

    Returns:
        points float32 (samples, 2), classes int64 (samples,).
    """
    u = torch.rand(samples, 4, generator=generator)
    points = 10 * u[:, :2] - 5
    points = torch.where(points > 0, points + 0.3, points - 0.3)
    seen = points + (10 * u[:, 2:] - 5) * noise
    return points, (seen[:, 0] * seen[:, 1] >= 0).long()


def gauss(samples: int, noise: float, generator: torch.Generator) -> Drawn:
    """Draw two normal distributions: +1 around (2, 2), the first half of the rows, rounded up; −1 around (−2, −2).

    Draws ``torch.randn(samples, 2)``.

    Args:
        samples: rows.
        noise: 0 … 0.5 stands for a variance of 0.5 … 4 (0.5 + 7·noise).
        generator: goes on where it stands.

    Returns:
        points float32 (samples, 2), classes int64 (samples,).
    """
    first = torch.arange(samples) < samples - samples // 2
    centre = torch.where(first, 2.0, -2.0)
    points = centre[:, None] + math.sqrt(0.5 + 7 * noise) * torch.randn(samples, 2, generator=generator)
    return points, first.long()


def spiral(samples: int, noise: float, generator: torch.Generator) -> Drawn:
    """Draw two arms of 1.75 turns: +1, the first half of the rows, rounded up, and −1 half a turn further.

    Draws ``torch.rand(samples, 2)``: what noise adds to the points. Row i of an arm of n has radius 5·i/n and angle
    3.5·π·i/n.

    Args:
        samples: rows.
        noise: 0 … 0.5; a point moves by up to this much in each direction.
        generator: goes on where it stands.

    Returns:
        points float32 (samples, 2), classes int64 (samples,).
    """
    first, second = samples - samples // 2, samples // 2
    share = torch.cat([torch.arange(first) / first, torch.arange(second) / second])
    classes = (torch.arange(samples) < first).long()
    radius, angle = 5 * share, 3.5 * math.pi * share + math.pi * (1 - classes)
    points = torch.stack([radius * angle.sin(), radius * angle.cos()], dim=1)
    return points + (2 * torch.rand(samples, 2, generator=generator) - 1) * noise, classes


def plane(samples: int, noise: float, generator: torch.Generator) -> Drawn:
    """Draw the regression y = (x1 + x2) / 10 (TensorFlow Playground's reg-plane).

    Draws ``u = torch.rand(samples, 4)``: x1, x2, and what noise adds to them before y is computed.

    Args:
        samples: rows.
        noise: 0 … 0.5; y is that of a point up to 6·noise away in each direction.
        generator: goes on where it stands.

    Returns:
        points float32 (samples, 2), values float32 (samples, 1).
    """
    u = 12 * torch.rand(samples, 4, generator=generator) - 6
    seen = u[:, :2] + u[:, 2:] * noise
    return u[:, :2].contiguous(), (seen[:, :1] + seen[:, 1:]) / 10


def hills(samples: int, noise: float, generator: torch.Generator) -> Drawn:
    """Draw the regression of three hills and three hollows, cones of height ±1 and radius 2 (reg-gauss).

    Draws ``u = torch.rand(samples, 4)``: x1, x2, and what noise adds to them before y is computed.

    Args:
        samples: rows.
        noise: 0 … 0.5; y is that of a point up to 6·noise away in each direction.
        generator: goes on where it stands.

    Returns:
        points float32 (samples, 2), values float32 (samples, 1).
    """
    u = 12 * torch.rand(samples, 4, generator=generator) - 6
    seen = u[:, :2] + u[:, 2:] * noise
    y = torch.zeros(samples)
    for x1, x2, sign in HILLS:
        distance = ((seen[:, 0] - x1).square() + (seen[:, 1] - x2).square()).sqrt()
        y = y + sign * (1 - distance / 2).clamp(min=0)
    return u[:, :2].contiguous(), y[:, None]


def moons(samples: int, noise: float, seed: int) -> Drawn:
    """Draw two half circles that reach into each other, by scikit-learn, scaled to the plane.

    ``make_moons(samples, shuffle=False, noise=noise, random_state=seed % 2**32)``, as float32, then
    ``(points − (0.5, 0.25)) · 3.5``.

    Args:
        samples: rows.
        noise: 0 … 0.5; standard deviation, where a half circle has radius 1.
        seed: of scikit-learn's generator.

    Returns:
        points float32 (samples, 2), classes int64 (samples,).
    """
    from sklearn.datasets import make_moons

    points, classes = make_moons(samples, shuffle=False, noise=noise, random_state=seed % 2**32)
    moved = torch.tensor(points, dtype=torch.float32) - torch.tensor([0.5, 0.25])
    return 3.5 * moved, torch.tensor(classes, dtype=torch.int64)


def blobs(samples: int, noise: float, seed: int) -> Drawn:
    """Draw three normal distributions around (−3, −2), (3, −2) and (0, 3), by scikit-learn.

    ``make_blobs(samples, centers=BLOBS, cluster_std=sqrt(0.5 + 7·noise), shuffle=False, random_state=seed % 2**32)``,
    as float32.

    Args:
        samples: rows.
        noise: 0 … 0.5 stands for a variance of 0.5 … 4, as in ``gauss``.
        seed: of scikit-learn's generator.

    Returns:
        points float32 (samples, 2), classes int64 (samples,).
    """
    from sklearn.datasets import make_blobs

    spread = math.sqrt(0.5 + 7 * noise)
    points, classes = make_blobs(samples, centers=BLOBS, cluster_std=spread, shuffle=False, random_state=seed % 2**32)
    return torch.tensor(points, dtype=torch.float32), torch.tensor(classes, dtype=torch.int64)


TOYS: Final[dict[str, Callable[[int, float, torch.Generator], Drawn]]] = {
    "circle": circle,
    "xor": xor,
    "gauss": gauss,
    "spiral": spiral,
    "plane": plane,
    "hills": hills,
}
SKLEARN_TOYS: Final[dict[str, Callable[[int, float, int], Drawn]]] = {"moons": moons, "blobs": blobs}


def toy(name: str, samples: int, noise: float, seed: int) -> tuple[Drawn, torch.Generator]:
    """Draw a problem, and return the generator that goes on to shuffle it.

    ``generator = torch.Generator().manual_seed(seed)`` draws the samples; for moons and blobs scikit-learn does, and
    the generator is still fresh.

    Args:
        name: a key of TOYS or SKLEARN_TOYS.
        samples: rows.
        noise: 0 … 0.5.
        seed: 0 … 2**63 - 1.
    """
    generator = torch.Generator().manual_seed(seed)
    if name in SKLEARN_TOYS:
        return SKLEARN_TOYS[name](samples, noise, seed), generator
    return TOYS[name](samples, noise, generator), generator
