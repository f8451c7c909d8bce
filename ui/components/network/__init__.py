"""The network drawn live: neurons that show what they answer, weights as lines, their numbers on pointing at them.

Numbers travel as the bytes of float32 tensors: exact, and cheap enough for several pictures a second.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from core.data.features import FEATURES
from core.data.playground import CUBE
from core.inspect.view import View
from ui.components import component
from ui.packed import packed
from ui.state import session
from ui.text import _

_COMPONENT = component("network", "figure")
MOST_DRAWN = 16  # neurons of one layer; more would be a smear of lines
# What a narrow column has room for.
SHORT = {"leaky_relu": "LReLU", "sigmoid": "σ", "identity": "id"}


@dataclass(frozen=True)
class Chosen:
    """A neuron that was chosen in the picture, and perhaps one of its weights.

    Attributes:
        layer: 0 is the input layer.
        neuron: from 0.
        weight: index of the neuron of the layer before whose line was chosen, or None.
    """

    layer: int
    neuron: int
    weight: int | None = None


def network(
    seen: View,
    *,
    inputs: Sequence[str],
    outputs: Sequence[str],
    activations: dict[str, str],
    grid: tuple[int, int] = (1, 1),
    by_gradient: bool = False,
    chosen: Chosen | None = None,
    note: str = "",
    on_choose: Callable[[Chosen | None], None],
    on_show: Callable[[bool], None],
    key: str,
) -> None:
    """Draw a fully connected network; point at, or focus, a neuron or a line for its exact numbers.

    Args:
        seen: weights and what else is shown of the network.
        inputs: names of the network's inputs.
        outputs: names of its outputs.
        activations: what keys of ACTIVATIONS are called.
        grid: columns and rows of the maps' points, the lowest row first.
        by_gradient: lines show ∂loss/∂weight, not the weight; needs seen.gradients.
        chosen: the neuron that is marked.
        note: how exact the picture is, shown below it.
        on_choose: called with the neuron that was chosen, or None when it was let go.
        on_show: called with whether lines shall show gradients.
        key: keeps the drawing mounted, so that it changes in place.
    """
    widths = [seen.weights[0].shape[1], *(weight.shape[0] for weight in seen.weights)]
    data = {
        "widths": widths,
        "most": MOST_DRAWN,
        "weights": [packed(weight[:MOST_DRAWN, :MOST_DRAWN]) for weight in seen.weights],
        "gradients": [packed(gradient[:MOST_DRAWN, :MOST_DRAWN]) for gradient in seen.gradients],
        "biases": [packed(bias[:MOST_DRAWN]) for bias in seen.biases],
        "answers": [packed(layer[:MOST_DRAWN].detach()) for layer in seen.answers],
        "maps": [packed(layer[:MOST_DRAWN]) for layer in seen.maps],
        "grid": list(grid),
        "dead": [[int(flag) for flag in layer] for layer in seen.dead],
        "flow": [f"{value:.1e}" for value in seen.flow] if by_gradient else [],
        "activations": [activations.get(name, "") for name in seen.activations],
        "short": [SHORT.get(name, activations.get(name, "")) for name in seen.activations],
        "inputs": [spelled(name) for name in inputs[:MOST_DRAWN]],
        "outputs": [spelled(name) for name in outputs[:MOST_DRAWN]],
        "byGradient": by_gradient and bool(seen.gradients),
        "chosen": None if chosen is None else [chosen.layer, chosen.neuron, chosen.weight],
        "note": note,
        "words": _words(widths),
    }

    _COMPONENT(
        data=data,
        key=key,
        on_choose_change=lambda: on_choose(_checked(session.sent(key, "choose"), widths)),
        on_show_change=lambda: on_show(session.sent(key, "show") == "gradients"),
    )


def _checked(sent: object, widths: Sequence[int]) -> Chosen | None:
    """Return what a browser says was chosen, if there is such a neuron."""
    if not isinstance(sent, list) or len(sent) != 3:
        return None
    layer, neuron, weight = sent
    if type(layer) is not int or type(neuron) is not int or not 0 <= layer < len(widths):
        return None
    if not 0 <= neuron < widths[layer]:
        return None
    fits = type(weight) is int and layer > 0 and 0 <= weight < widths[layer - 1]
    return Chosen(layer, neuron, weight if fits else None)


def spelled(name: str) -> str:
    """Return a feature's name as it is written by hand, such as x₁² for x1^2; other names as they are."""
    if name in FEATURES or name in CUBE:
        for plain, written in (("^2", "²"), ("x1", "x₁"), ("x2", "x₂"), ("x3", "x₃")):
            name = name.replace(plain, written)
    return name


def _words(widths: Sequence[int]) -> dict[str, Any]:
    return {
        "label": _("Network {widths}", widths="-".join(map(str, widths))),
        "input": _("input"),
        "named": _("{name}: {value}"),
        "output": _("output"),
        "inputNeuron": _("input {name}"),
        "hiddenNeuron": _("layer {layer}, neuron {n}"),
        "outputNeuron": _("output {name}"),
        "answer": _("answers {value}"),
        "value": _("value {value}"),
        "bias": _("bias {value}"),
        "weights": _("weights {values}"),
        "more": _("… {n} in all"),
        "line": _("weight from {from} to {to}"),
        "gradient": _("gradient {value}"),
        "dead": _("dead"),
        "deadCount": _("{n} dead"),
        "deadMeaning": _("dead: a ReLU that answers 0 for every sample"),
        "of": _("{shown} of {all}"),
        "positive": _("positive"),
        "negative": _("negative"),
        "size": _("width: size"),
        "biasBar": _("bias"),
        "map": _("what a neuron answers"),
        "show": _("Lines show"),
        "byWeight": _("weights"),
        "byGradient": _("gradients"),
        "flow": _("mean size of the gradients"),
    }
