"""Walks, responses, gradients and folds against autograd and torch's own forward pass."""

from __future__ import annotations

import itertools

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import InvalidInput
from core.inspect.fold import fold
from core.inspect.model import blocks, first_model, model_of
from core.inspect.neurons import dead, gradients, responses, symmetric
from core.inspect.walk import walk
from core.nets.mlp import ACTIVATIONS, Mlp, MlpConfig, mlp
from core.training.losses import LOSSES, targets_for

CONFIGS = [
    MlpConfig(),
    MlpConfig((2, 4, 3), "tanh", dropout=0.3),
    MlpConfig((2, 6, 5, 3), activations=("gelu", "leaky_relu"), batch_norm=True, dropout=0.2),
    MlpConfig((3, 3)),
]


def used(config: MlpConfig) -> Mlp:
    """A network whose batch norm has seen a batch and learned something, so that nothing is 0 or 1 by chance."""
    model = mlp(config)
    generator = torch.Generator().manual_seed(5)
    for module in model.modules():
        if isinstance(module, torch.nn.BatchNorm1d):
            with torch.no_grad():
                for value in (module.weight, module.bias, module.running_mean):
                    value.copy_(torch.randn(value.shape, generator=generator))
                module.running_var.copy_(torch.rand(module.running_var.shape, generator=generator) + 0.5)
    return model_of(model.state_dict(), config)


def points(config: MlpConfig, n: int) -> torch.Tensor:
    return torch.randn(n, config.widths[0], generator=torch.Generator().manual_seed(7))


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("config", CONFIGS, ids=lambda config: "-".join(map(str, config.widths)))
def test_a_walk_has_autograd_s_numbers(config: MlpConfig, loss: str) -> None:
    model, x, target = used(config), points(config, 1), torch.tensor([1])
    walked = walk(model, x, target, loss)
    trained = used(config).requires_grad_(True)
    outputs = trained(x)
    value = LOSSES[loss].function(outputs, targets_for(loss, target, config.widths[-1]))
    value.backward()
    assert walked.loss == pytest.approx(float(value.detach()), rel=1e-6)
    torch.testing.assert_close(walked.outputs, outputs[0].detach())
    linears = [module for module in trained.net if isinstance(module, torch.nn.Linear)]
    assert len(linears) == len(walked.layers) == len(config.widths) - 1
    for layer, linear in zip(walked.layers, linears, strict=True):
        torch.testing.assert_close(layer.by_weight, linear.weight.grad)
        torch.testing.assert_close(layer.by_bias, linear.bias.grad)
        torch.testing.assert_close(layer.block.linear(layer.inputs), layer.linear)
        torch.testing.assert_close(layer.by_weight, layer.by_bias[:, None] * layer.inputs)  # ∂L/∂ω = ∂L/∂b · x
    for layer, following in itertools.pairwise(walked.layers):
        torch.testing.assert_close(layer.outputs, following.inputs)
        torch.testing.assert_close(layer.by_outputs, following.by_bias @ following.block.linear.weight)
        z = layer.z.clone().requires_grad_()
        answer = ACTIVATIONS[layer.block.activation]()(z)
        torch.testing.assert_close(layer.outputs, answer.detach())
        (slope,) = torch.autograd.grad(answer.sum(), z)
        torch.testing.assert_close(layer.by_z, layer.by_outputs * slope)
    assert walked.target.tolist() == [float(k == 1) for k in range(config.widths[-1])]
    assert all(parameter.grad is None for parameter in model.parameters())


def test_batch_norm_s_numbers_make_z_of_the_sum() -> None:
    config = CONFIGS[2]
    layer = walk(used(config), points(config, 1), torch.tensor([0]), "mse").layers[0]
    norm = layer.block.norm
    assert norm is not None
    spread = (norm.running_var + norm.eps).sqrt()
    by_hand = norm.weight * (layer.linear - norm.running_mean) / spread + norm.bias
    torch.testing.assert_close(layer.z, by_hand)


def test_a_regression_s_walk_takes_numbers_as_truth() -> None:
    config = MlpConfig((2, 3, 1))
    walked = walk(used(config), points(config, 1), torch.tensor([[2.0]]), "mse")
    assert walked.loss == pytest.approx((float(walked.outputs[0]) - 2) ** 2, rel=1e-5)
    assert float(walked.layers[-1].by_outputs[0]) == pytest.approx(2 * (float(walked.outputs[0]) - 2), rel=1e-5)


@pytest.mark.parametrize("config", CONFIGS, ids=lambda config: "-".join(map(str, config.widths)))
def test_responses_are_what_a_hook_sees(config: MlpConfig) -> None:
    model, x = used(config), points(config, 9)
    found = responses(model, x)
    assert [layer.shape for layer in found] == [(width, 9) for width in config.widths[1:]]
    torch.testing.assert_close(found[-1].T, model(x))
    for place, block in enumerate(blocks(model)[:-1]):
        end = list(model.net).index(blocks(model)[place + 1].linear)
        torch.testing.assert_close(found[place].T, model.net[:end](x))
        assert block.name == f"net.{list(model.net).index(block.linear)}"


@pytest.mark.parametrize("loss", LOSSES)
def test_gradients_are_those_of_the_whole_batch(loss: str) -> None:
    config = CONFIGS[2]
    model, x = used(config), points(config, 20)
    labels = torch.arange(20) % 3
    found = gradients(model, x, labels, loss)
    trained = used(config).requires_grad_(True)
    LOSSES[loss].function(trained(x), targets_for(loss, labels, 3)).backward()
    expected = [module.weight.grad for module in trained.net if isinstance(module, torch.nn.Linear)]
    for one, other in zip(found, expected, strict=True):
        torch.testing.assert_close(one, other)
    assert not any(parameter.requires_grad for parameter in model.parameters())


def sizes(model: Mlp, x: torch.Tensor, labels: torch.Tensor) -> list[float]:
    return [float(gradient.abs().mean()) for gradient in gradients(model, x, labels, "cross_entropy")]


def test_gradients_fade_through_sigmoids_and_hardly_through_relus() -> None:
    x, labels = torch.rand(200, 3), torch.arange(200) % 3
    deep = (3, *(5,) * 8, 3)
    faded = sizes(first_model(MlpConfig(deep, "sigmoid")), x, labels)
    assert faded[0] < 1e-4 * faded[-1]
    shallow = sizes(first_model(MlpConfig()), x, labels)
    assert shallow[0] > 1e-2 * shallow[-1]


def test_a_relu_that_never_answers_is_dead_and_others_never_are() -> None:
    x = torch.rand(50, 2)
    for activation, expected in (("relu", (True, False, False)), ("tanh", (False,) * 3)):
        model = mlp(MlpConfig((2, 3, 1), activation))
        with torch.no_grad():
            model.net[0].weight.copy_(torch.tensor([[-1.0, -1.0], [1.0, 0.0], [-1.0, 1.0]]))
            model.net[0].bias.copy_(torch.tensor([-0.1, 0.0, 0.0]))
        assert dead(model.eval(), x) == (expected, (False,))


def test_zero_weights_make_all_neurons_one_and_training_keeps_them_so() -> None:
    model = mlp(MlpConfig((3, 4, 5, 2), "tanh", "zeros"))
    with torch.no_grad():
        model.net[0].weight.fill_(0.3)  # equal, but alive
        model.net[2].weight.fill_(0.2)
        model.net[4].weight.fill_(0.1)
    everyone = ((tuple(range(4)),), (tuple(range(5)),))
    assert symmetric(model) == everyone
    optimiser = torch.optim.SGD(model.parameters(), lr=0.5)
    for _ in range(20):
        loss = model(torch.rand(30, 3)).square().mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    assert symmetric(model) == everyone
    assert symmetric(mlp(MlpConfig((3, 4, 5, 2)))) == ((), ())


def test_only_neurons_equal_on_both_sides_are_one() -> None:
    model = mlp(MlpConfig((2, 3, 2)))
    with torch.no_grad():
        model.net[0].weight[2], model.net[0].bias[2] = model.net[0].weight[0].clone(), model.net[0].bias[0].clone()
        assert symmetric(model) == ((),)  # they leave to different weights, so they will part
        model.net[2].weight[:, 2] = model.net[2].weight[:, 0].clone()
    assert symmetric(model) == (((0, 2),),)


@settings(max_examples=25, deadline=None)
@given(
    inner=st.lists(st.integers(1, 12), max_size=6),
    norm=st.booleans(),
    seed=st.integers(0, 99),
    name=st.sampled_from(["default", "xavier", "he"]),
)
def test_identity_networks_fold_into_one_matrix(inner: list[int], norm: bool, seed: int, name: str) -> None:
    config = MlpConfig((3, *inner, 2), "identity", name, seed, batch_norm=norm and bool(inner))
    model, x = used(config), points(config, 50)
    folded = fold(model, x)
    assert folded.matrix.shape == (2, 3)
    assert folded.layers == len(inner) + 1
    assert folded.difference < 1e-4 * (1 + float(model(x).abs().max()))
    torch.testing.assert_close(x @ folded.matrix.T + folded.bias, model(x), rtol=1e-3, atol=1e-4)


def test_a_bend_does_not_fold() -> None:
    model = first_model(MlpConfig((3, 4, 4, 2), activations=("identity", "relu")))
    with pytest.raises(InvalidInput, match="Layer 2 has the activation relu"):
        fold(model, torch.rand(4, 3))


def test_another_network_s_weights_are_refused() -> None:
    with pytest.raises(InvalidInput, match="2-3-1"):
        model_of(mlp(MlpConfig((2, 4, 1))).state_dict(), MlpConfig((2, 3, 1)))


def test_what_is_looked_at_is_a_copy() -> None:
    weights = mlp(MlpConfig()).state_dict()
    model = model_of(weights, MlpConfig())
    assert not model.training
    assert model.net[0].weight.data_ptr() != weights["net.0.weight"].data_ptr()
