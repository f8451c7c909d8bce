"""LeNet-5's variants: layers, first weights, the frame of 32×32, and the outputs of 1998 against their equations."""

import math

import pytest
import torch
from torch import nn
from torchvision import transforms

from core.data.grey import denormalise, normalise
from core.errors import InvalidInput
from core.nets import rbf
from core.nets.building import build
from core.nets.lenet import BACKGROUND, LeNet5
from core.nets.networks import VARIANTS
from core.nets.pooling import AvgPool

LEARNED = dict.fromkeys(VARIANTS, 61_706) | {"lenet5-rbf": 61_706 - 850}


def kinds(name):
    return [type(layer).__name__ for layer in build(name, 0).net]


def test_layers_of_each_variant():
    course = ["Conv2d", "Tanh", "AvgPool"] * 2 + ["Conv2d", "Tanh", "Flatten", "Linear", "Tanh", "Linear"]
    assert kinds("lenet5") == kinds("lenet5-32") == course
    assert kinds("lenet5-sigmoid") == [kind.replace("Tanh", "Sigmoid") for kind in course]
    modern = {"Tanh": "ReLU", "AvgPool": "MaxPool2d"}
    assert kinds("lenet5-relu-max") == [modern.get(kind, kind) for kind in course]
    assert kinds("lenet5-rbf") == [*course[:-2], "ScaledTanh", "Rbf"]


@pytest.mark.parametrize("name", VARIANTS)
def test_names_numbers_and_shapes(name):
    model = build(name, 3)
    assert sum(p.numel() for p in model.parameters()) == LEARNED[name]
    names = [f"net.{layer}.{part}" for layer in ("c1", "c3", "c5", "f6", "out") for part in ("weight", "bias")]
    assert list(model.state_dict()) == (names[:-2] if name == "lenet5-rbf" else names)
    assert model(torch.zeros(2, 1, 28, 28)).shape == (2, 10)
    assert LeNet5(name).net.c1.padding == ((0, 0) if name == "lenet5-32" else (2, 2))


@pytest.mark.parametrize("name", VARIANTS)
def test_the_same_seed_gives_every_variant_the_course_s_first_weights(name):
    course = build("lenet5", 7).state_dict()
    assert all(torch.equal(value, course[key]) for key, value in build(name, 7).state_dict().items())


def test_32_pixels_are_a_frame_of_background_and_no_padding(digits):
    images = digits.test_images[:16]
    model = build("lenet5-32", 1)
    grey = denormalise(images)
    framed = normalise(torch.stack([transforms.Pad(2)(image) for image in grey]))
    assert framed.shape == (16, 1, 32, 32)
    assert torch.equal(model.framed(images), framed)
    assert torch.equal(model(images), model.net(framed))
    assert normalise(torch.zeros(1, dtype=torch.uint8)).item() == BACKGROUND
    # with zeros around it, as the course's padding has them, C1 sees something else at the edge only
    course = build("lenet5", 1)
    ours, theirs = model.net.c1(framed), course.net.c1(images)
    assert torch.allclose(ours[..., 2:-2, 2:-2], theirs[..., 2:-2, 2:-2], atol=1e-6)
    assert not torch.allclose(ours[..., 0, :], theirs[..., 0, :], atol=1e-3)


@pytest.mark.parametrize("shape", [(3, 6, 28, 28), (2, 16, 10, 10), (1, 1, 2, 2), (2, 3, 5, 4), (2, 3, 4, 7)])
def test_average_pooling_is_torch_s_bit_for_bit(shape):
    """Forward and backward; with a row or column left over, torch's own code runs."""
    ours, theirs = (torch.randn(shape, generator=torch.Generator().manual_seed(5)).requires_grad_() for _ in "ab")
    found, wanted = AvgPool()(ours), nn.AvgPool2d(2, stride=2)(theirs)
    assert torch.equal(found, wanted)
    grad = torch.randn_like(found)
    found.backward(grad)
    wanted.backward(grad)
    assert torch.equal(ours.grad, theirs.grad)
    with torch.inference_mode():
        assert torch.equal(AvgPool()(ours.detach()), wanted)


def test_max_pooling_takes_the_largest(digits):
    model = build("lenet5-relu-max", 2)
    c1 = model.net[:2](digits.test_images[:1])
    assert torch.equal(model.net[:3](digits.test_images[:1])[0, 4, 6, 7], c1[0, 4, 12:14, 14:16].max())


def test_unknown_variants_are_refused():
    with pytest.raises(InvalidInput, match="lenet5-sigmoid"):
        LeNet5("lenet6")
    with pytest.raises(InvalidInput, match="lenet"):
        LeNet5("mnist-dnn")


# --- the outputs of 1998 ---------------------------------------------------------------------------------------------


def test_patterns_are_ten_clearly_different_pictures_of_7_by_12():
    assert rbf.PATTERNS.shape == (10, rbf.HEIGHT * rbf.WIDTH) == (10, 84)
    assert set(rbf.PATTERNS.unique().tolist()) == {-1.0, 1.0}
    apart = (rbf.PATTERNS[:, None] != rbf.PATTERNS).sum(dim=2)
    assert apart[~torch.eye(10, dtype=torch.bool)].min() >= 11
    one = rbf.PATTERNS[1].reshape(12, 7)
    assert one[1:-1, 3].eq(1).all()  # the stem of the 1
    assert one[:, 0].eq(-1).all()


def test_outputs_are_equation_7_with_the_other_sign():
    features = torch.randn(5, 84, generator=torch.Generator().manual_seed(0))
    found = rbf.Rbf()(features)
    for row in range(5):
        for digit in range(10):
            pairs = zip(features[row].tolist(), rbf.PATTERNS[digit].tolist(), strict=True)
            by_hand = sum((x - w) ** 2 for x, w in pairs)
            assert -found[row, digit].item() == pytest.approx(by_hand, rel=1e-5)
    assert rbf.Rbf()(rbf.PATTERNS).argmax(dim=1).tolist() == list(range(10))
    assert rbf.Rbf()(rbf.PATTERNS).diagonal().abs().max() == 0


def test_loss_is_equation_9():
    outputs = -40 * torch.rand(6, 10, generator=torch.Generator().manual_seed(1))
    labels = torch.tensor([0, 9, 4, 4, 2, 7])
    by_hand = [
        -row[label] + math.log(math.exp(-rbf.RUBBISH) + sum(math.exp(y) for y in row))
        for row, label in zip(outputs.tolist(), labels.tolist(), strict=True)
    ]
    assert rbf.competitive_loss(outputs, labels).item() == pytest.approx(sum(by_hand) / 6, rel=1e-5)
    assert min(by_hand) > 0  # "this loss function is positive" (1998, below eq. 9)


def test_a_far_answer_is_not_pushed_further():
    """The reason for j: the penalty of a class that is already far above it has no gradient worth naming."""
    outputs = torch.tensor([[-1.0, -200.0] + [-60.0] * 8], requires_grad=True)
    rbf.competitive_loss(outputs, torch.tensor([0])).backward()
    assert outputs.grad is not None
    assert outputs.grad[0, 1:].abs().max() < 1e-15
    near = torch.tensor([[-5.0, -6.0] + [-60.0] * 8], requires_grad=True)
    rbf.competitive_loss(near, torch.tensor([0])).backward()
    assert near.grad is not None
    assert near.grad[0, 1] > 0.2


def test_scaled_tanh_goes_through_plus_and_minus_one():
    values = rbf.ScaledTanh()(torch.tensor([-50.0, -1.0, 0.0, 1.0, 50.0]))
    assert values.tolist() == pytest.approx([-1.7159, -1, 0, 1, 1.7159], abs=1e-4)


def test_best_constant_answer_of_the_rbf_outputs():
    """Against a search over all 84 values of F6."""
    shares = [0.2, 0.05, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.05]
    features = nn.Parameter(torch.zeros(1, 84))
    optimiser = torch.optim.LBFGS([features], max_iter=200, line_search_fn="strong_wolfe")

    def loss():
        outputs = rbf.Rbf()(features).expand(10, 10)
        losses = torch.stack([rbf.competitive_loss(outputs[:1], torch.tensor([digit])) for digit in range(10)])
        return torch.tensor(shares) @ losses

    def closure():
        optimiser.zero_grad()
        value = loss()
        value.backward()
        return value

    optimiser.step(closure)
    assert rbf.constant_answer_loss(shares) == pytest.approx(loss().item(), rel=1e-3)
