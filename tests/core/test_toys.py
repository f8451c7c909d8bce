"""Problems in the plane: the formulas of TensorFlow Playground's dataset.ts in plain Python as an oracle."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.datasets import make_blobs, make_moons

from core.data import toys
from core.data.toys import TOYS, toy

NOISES = (0.0, 0.25, 0.5)


def generator(seed: int = 3) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def between(low: float, high: float, u: float) -> float:
    return u * (high - low) + low


def drawn(rows: int, columns: int) -> list[list[float]]:
    return torch.rand(rows, columns, generator=generator()).double().tolist()


def circle(i: int, n: int, u: list[float], noise: float) -> tuple[float, float, float]:
    r = between(0, 2.5, u[0]) if i < n / 2 else between(5 * 0.7, 5, u[0])
    angle = between(0, 2 * math.pi, u[1])
    x, y = r * math.sin(angle), r * math.cos(angle)
    far = math.dist((x + between(-5, 5, u[2]) * noise, y + between(-5, 5, u[3]) * noise), (0, 0))
    return x, y, 2.5 - far  # +1 where this is positive


def xor(i: int, n: int, u: list[float], noise: float) -> tuple[float, float, float]:
    x, y = between(-5, 5, u[0]), between(-5, 5, u[1])
    x += 0.3 if x > 0 else -0.3
    y += 0.3 if y > 0 else -0.3
    return x, y, (x + between(-5, 5, u[2]) * noise) * (y + between(-5, 5, u[3]) * noise)


def plane(i: int, n: int, u: list[float], noise: float) -> tuple[float, float, float]:
    x, y = between(-6, 6, u[0]), between(-6, 6, u[1])
    return x, y, (x + between(-6, 6, u[2]) * noise + y + between(-6, 6, u[3]) * noise) / 10


def hills(i: int, n: int, u: list[float], noise: float) -> tuple[float, float, float]:
    x, y = between(-6, 6, u[0]), between(-6, 6, u[1])
    seen = (x + between(-6, 6, u[2]) * noise, y + between(-6, 6, u[3]) * noise)
    label = 0.0
    for cx, cy, sign in ((-4, 2.5, 1), (0, 2.5, -1), (4, 2.5, 1), (-4, -2.5, -1), (0, -2.5, 1), (4, -2.5, -1)):
        new = sign * min(1, max(0, 1 - math.dist(seen, (cx, cy)) / 2))
        if abs(new) > abs(label):
            label = new
    return x, y, label


@pytest.mark.parametrize("noise", NOISES)
@pytest.mark.parametrize("oracle", [circle, xor, plane, hills])
def test_four_uniform_numbers_a_sample_make_tensorflow_playground_s(oracle, noise: float) -> None:
    n = 301
    points, answers = TOYS[oracle.__name__](n, noise, generator())
    for i, u in enumerate(drawn(n, 4)):
        x, y, label = oracle(i, n, u, noise)
        assert points[i].tolist() == pytest.approx([x, y], abs=1e-5)
        if answers.is_floating_point():
            assert answers[i].tolist() == pytest.approx([label], abs=1e-5)
        elif abs(label) > 1e-4:  # closer than that, float32 and float64 may round to different sides
            assert int(answers[i]) == int(label > 0)


@pytest.mark.parametrize("noise", NOISES)
def test_two_gaussians_lie_around_2_2_and_minus_2_minus_2(noise: float) -> None:
    points, classes = toys.gauss(20_000, noise, generator())
    assert classes.tolist() == [1] * 10_000 + [0] * 10_000
    for kind, centre in ((1, 2.0), (0, -2.0)):
        cloud = points[classes == kind]
        assert cloud.mean(dim=0).tolist() == pytest.approx([centre] * 2, abs=0.08)
        assert cloud.var(dim=0).tolist() == pytest.approx([0.5 + 3.5 * noise / 0.5] * 2, rel=0.05)
    z = torch.randn(20_000, 2, generator=generator())
    assert torch.equal(points[:10_000], 2.0 + math.sqrt(0.5 + 7 * noise) * z[:10_000])


@pytest.mark.parametrize("noise", NOISES)
def test_two_arms_of_a_spiral(noise: float) -> None:
    n = 200
    points, classes = toys.spiral(n, noise, generator())
    moved = drawn(n, 2)
    for row in range(n):
        i, turn = row % 100, 0 if row < 100 else math.pi
        r, t = i / 100 * 5, 1.75 * i / 100 * 2 * math.pi + turn
        x = r * math.sin(t) + between(-1, 1, moved[row][0]) * noise
        y = r * math.cos(t) + between(-1, 1, moved[row][1]) * noise
        assert points[row].tolist() == pytest.approx([x, y], abs=1e-5)
        assert int(classes[row]) == int(row < 100)


@pytest.mark.parametrize("noise", NOISES)
def test_moons_and_blobs_are_scikit_learn_s(noise: float) -> None:
    points, classes = toys.moons(101, noise, 7)
    theirs, kinds = make_moons(101, shuffle=False, noise=noise, random_state=7)
    assert classes.tolist() == kinds.tolist()
    assert points.numpy() == pytest.approx((theirs - (0.5, 0.25)) * 3.5, abs=1e-5)
    points, classes = toys.blobs(101, noise, 7)
    centres = [(-3, -2), (3, -2), (0, 3)]
    theirs, kinds = make_blobs(
        101, centers=centres, cluster_std=(0.5 + 7 * noise) ** 0.5, shuffle=False, random_state=7
    )
    assert classes.tolist() == kinds.tolist()
    assert points.numpy() == pytest.approx(theirs, abs=1e-5)


def test_scikit_learn_takes_the_seeds_that_torch_takes() -> None:
    assert torch.equal(toys.moons(20, 0.1, 2**62 + 5)[0], toys.moons(20, 0.1, 5)[0])
    assert not torch.equal(toys.blobs(20, 0.1, 5)[0], toys.blobs(20, 0.1, 6)[0])


@settings(max_examples=60, deadline=None)
@given(
    name=st.sampled_from([*TOYS, *toys.SKLEARN_TOYS]),
    samples=st.integers(20, 500),
    noise=st.floats(0, 0.5),
    seed=st.integers(0, 2**63 - 1),
)
def test_every_set_is_finite_repeatable_and_of_its_size(name: str, samples: int, noise: float, seed: int) -> None:
    before = torch.get_rng_state()
    (points, answers), after = toy(name, samples, noise, seed)
    (again, same), _ = toy(name, samples, noise, seed)
    assert points.shape == (samples, 2)
    assert points.dtype == torch.float32
    assert len(answers) == samples
    assert torch.isfinite(points).all()
    assert torch.equal(points, again)
    assert torch.equal(answers, same)
    assert torch.equal(torch.get_rng_state(), before)  # nothing comes from the global generator
    fresh = torch.Generator().manual_seed(seed).get_state()
    assert torch.equal(after.get_state(), fresh) == (name in toys.SKLEARN_TOYS)
    if not answers.is_floating_point():
        assert set(answers.tolist()) == set(range(3 if name == "blobs" else 2))
