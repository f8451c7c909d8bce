"""One neuron's arithmetic as formulas: symbols first, then the numbers of a sample, forward and backward."""

import math
from collections.abc import Sequence

import torch
from torch import nn

from core.inspect.walk import LayerWalk, Walk
from core.nets.mlp import ACTIVATIONS
from ui.text import _

MOST_TERMS = 5  # of a sum; longer ones are shortened in the middle
SIGMA = {
    "relu": r"\mathrm{ReLU}",
    "leaky_relu": r"\mathrm{LeakyReLU}",
    "tanh": r"\tanh",
    "sigmoid": r"\mathrm{sigmoid}",
    "gelu": r"\mathrm{GELU}",
    "identity": r"\mathrm{id}",
}


def forward(layer: LayerWalk, neuron: int) -> str:
    """Return, as Markdown with formulas, how a neuron computes its answer.

    Args:
        layer: of the neuron.
        neuron: from 0.
    """
    linear, norm, activation = layer.block.linear, layer.block.norm, layer.block.activation
    inputs, weights, bias = layer.inputs.tolist(), linear.weight[neuron].tolist(), float(linear.bias[neuron])
    symbols = shortened([rf"\omega_{{{i}}} x_{{{i}}}" for i in range(1, len(inputs) + 1)]) + " + b"
    terms = [rf"{factor(w)} \cdot {factor(x)}" for w, x in zip(weights, inputs, strict=True)]
    numbers = f"{shortened(terms)} + {factor(bias)}"
    z, y = float(layer.z[neuron]), float(layer.outputs[neuron])
    if norm is None and not activation:
        return _lines([rf"y = {symbols}", rf"y = {numbers} = \mathbf{{{number(y)}}}"])
    sigma = SIGMA.get(activation, "")
    result = rf"y = {sigma}({number(z)}) = \mathbf{{{number(y)}}}"
    if norm is None:
        return _lines([rf"y = \sigma({symbols}),\quad \sigma = {sigma}", rf"y = {sigma}({numbers})", result])
    mean, variance, gamma, beta = _numbers_of(norm, neuron)
    scaled = rf"{factor(gamma)} \cdot \frac{{{number(float(layer.linear[neuron]))} - {factor(mean)}}}"
    return _lines(
        [
            rf"a = {symbols} = {numbers} = {number(float(layer.linear[neuron]))}",
            r"z = \gamma\,\frac{a - \mu}{\sqrt{v + \varepsilon}} + \beta",
            rf"z = {scaled}{{\sqrt{{{number(variance + norm.eps)}}}}} + {factor(beta)} = {number(z)}",
            rf"y = \sigma(z),\quad {result}",
        ]
    )


def backward(walked: Walk, place: int, neuron: int, loss: str) -> str:
    """Return, as Markdown with formulas, how the loss's gradient reaches a neuron's weights.

    Args:
        walked: one sample's way.
        place: of the neuron's layer, from 1.
        neuron: from 0.
        loss: a key of LOSSES.
    """
    layer = walked.layers[place - 1]
    by_y, by_z = float(layer.by_outputs[neuron]), float(layer.by_z[neuron])
    by_bias = float(layer.by_bias[neuron])
    output = place == len(walked.layers)
    why = _at_the_output(walked, neuron, loss) if output else _from_behind(walked.layers[place], neuron)
    lines = [rf"\frac{{\partial L}}{{\partial y}} = {why}\mathbf{{{number(by_y)}}}"]
    name = "y" if output else "z"
    if not output:
        slope = derivative(layer.block.activation, float(layer.z[neuron]))
        lines.append(
            rf"\frac{{\partial L}}{{\partial z}} = \frac{{\partial L}}{{\partial y}}\,\sigma'(z) = "
            rf"{factor(by_y)} \cdot {factor(slope)} = \mathbf{{{number(by_z)}}}"
        )
    norm = layer.block.norm
    if norm is not None:
        _mean, variance, gamma, _beta = _numbers_of(norm, neuron)
        scale = gamma / math.sqrt(variance + norm.eps)
        lines.append(
            rf"\frac{{\partial L}}{{\partial a}} = \frac{{\partial L}}{{\partial z}}\,"
            rf"\frac{{\gamma}}{{\sqrt{{v + \varepsilon}}}} = {factor(by_z)} \cdot {factor(scale)} = "
            rf"\mathbf{{{number(by_bias)}}}"
        )
        name = "a"
    lines.append(
        rf"\frac{{\partial L}}{{\partial \omega_i}} = \frac{{\partial L}}{{\partial {name}}}\,x_i,\quad "
        rf"\frac{{\partial L}}{{\partial b}} = \frac{{\partial L}}{{\partial {name}}} = \mathbf{{{number(by_bias)}}}"
    )
    head = _("Backward from this sample’s loss, $L = {loss}$:", loss=number(walked.loss))
    return f"{head}  \n{_lines(lines)}"


def derivative(activation: str, z: float) -> float:
    """Return an activation's slope σ'(z), from autograd.

    >>> derivative("relu", 2.0), derivative("identity", -1.0)
    (1.0, 1.0)
    """
    at = torch.tensor([[z]], requires_grad=True)
    with torch.enable_grad():
        answer = ACTIVATIONS[activation]()(at)
        return float(torch.autograd.grad(answer.sum(), at)[0])


def number(value: float) -> str:
    """Return a number in LaTeX: whole, with four places, or as a power of ten.

    >>> number(0.25), number(1.0), number(-2.6e-9)
    ('0.2500', '1', '-2.60{\\\\cdot}10^{-9}')
    """
    if math.isnan(value):
        return r"\mathrm{NaN}"
    if math.isinf(value):
        return r"\infty" if value > 0 else r"-\infty"
    if value == round(value) and abs(value) < 1e5:
        return f"{value:.0f}"
    if 1e-3 <= abs(value) < 1e5:
        return f"{value:.4f}"
    digits, exponent = f"{value:.2e}".split("e")
    return rf"{digits}{{\cdot}}10^{{{int(exponent)}}}"


def factor(value: float) -> str:
    """Return a number as it stands in a product or a sum: a negative one in brackets."""
    return f"({number(value)})" if value < 0 else number(value)


def shortened(terms: Sequence[str]) -> str:
    """Return a sum of terms; of a long one the first two and the last."""
    kept = list(terms) if len(terms) <= MOST_TERMS else [*terms[:2], r"\dots", terms[-1]]
    return " + ".join(kept)


def _at_the_output(walked: Walk, neuron: int, loss: str) -> str:
    """Return how the loss begins, where that is one short formula."""
    outputs, truth = walked.outputs, walked.target
    t = float(truth[neuron])
    if loss == "cross_entropy":
        p = float(outputs.softmax(dim=0)[neuron])
        return rf"\mathrm{{softmax}}(y) - t = {number(p)} - {number(t)} = "
    if loss == "mse":
        count = len(outputs)
        share, y = rf"\tfrac{{2}}{{{count}}}", number(float(outputs[neuron]))
        return rf"{share}(y - t) = {share}({y} - {factor(t)}) = "
    return ""


def _from_behind(following: LayerWalk, neuron: int) -> str:
    """Return the sum over the next layer's neurons; behind batch norm it starts at their ∂L/∂a."""
    name = "z" if following.block.norm is None else "a"
    slopes, weights = following.by_bias.tolist(), following.block.linear.weight[:, neuron].tolist()
    terms = [rf"{factor(s)} \cdot {factor(w)}" for s, w in zip(slopes, weights, strict=True)]
    return rf"\sum_k \frac{{\partial L}}{{\partial {name}_k}}\,\omega_k = {shortened(terms)} = "


def _numbers_of(norm: nn.BatchNorm1d, neuron: int) -> tuple[float, ...]:
    """Return a neuron's running mean and variance, γ and β: γ·(a − mean)/√(variance + ε) + β is z."""
    values = (norm.get_buffer("running_mean"), norm.get_buffer("running_var"), norm.weight, norm.bias)
    return tuple(float(value[neuron]) for value in values)


def _lines(formulas: Sequence[str]) -> str:
    return "  \n".join(f"${formula}$" for formula in formulas)
