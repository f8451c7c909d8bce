"""The network drawn live: neurons that show what they answer, weights as lines, their numbers on pointing at them.

Numbers travel as the bytes of float32 tensors: exact, and cheap enough for several pictures a second.
"""

from collections.abc import Callable, Mapping, Sequence
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


def numbers(seen: View, by_gradient: bool) -> dict[str, Any]:
    """Return what a picture shows of a network, without words.

    Args:
        seen: weights and what else is shown.
        by_gradient: lines show ∂loss/∂weight, not the weight; needs seen.gradients.
    """
    return {
        "weights": [packed(weight[:MOST_DRAWN, :MOST_DRAWN]) for weight in seen.weights],
        "gradients": [packed(gradient[:MOST_DRAWN, :MOST_DRAWN]) for gradient in seen.gradients],
        "biases": [packed(bias[:MOST_DRAWN]) for bias in seen.biases],
        "answers": [packed(layer[:MOST_DRAWN].detach()) for layer in seen.answers],
        "maps": [packed(layer[:MOST_DRAWN]) for layer in seen.maps],
        "dead": [[int(flag) for flag in layer] for layer in seen.dead],
        "flow": [f"{value:.1e}" for value in seen.flow] if by_gradient else [],
        "byGradient": by_gradient and bool(seen.gradients),
        "judged": {"n": f"{seen.looked_at:,}", "all": f"{seen.samples:,}"},
    }


def network(
    shown: Mapping[str, Any],
    *,
    widths: Sequence[int],
    inputs: Sequence[str],
    outputs: Sequence[str],
    activations: Sequence[str],
    names: Mapping[str, str],
    grid: tuple[int, int] = (1, 1),
    chosen: Chosen | None = None,
    on_choose: Callable[[Chosen | None], None],
    on_show: Callable[[bool], None],
    key: str,
) -> None:
    """Draw a fully connected network; point at, or focus, a neuron or a line for its exact numbers.

    Args:
        shown: see numbers.
        widths: neurons of each layer, the inputs first.
        inputs: names of the network's inputs.
        outputs: names of its outputs.
        activations: of each layer with weights, keys of ACTIVATIONS; "" for none.
        names: what these keys are called.
        grid: columns and rows of the maps' points, the lowest row first.
        chosen: the neuron that is marked.
        on_choose: called with the neuron that was chosen, or None when it was let go.
        on_show: called with whether lines shall show gradients.
        key: keeps the drawing mounted, so that it changes in place.
    """
    data = {
        **shown,
        "widths": list(widths),
        "most": MOST_DRAWN,
        "grid": list(grid),
        "activations": [names.get(name, "") for name in activations],
        "short": [SHORT.get(name, names.get(name, "")) for name in activations],
        "inputs": [spelled(name) for name in inputs[:MOST_DRAWN]],
        "outputs": [spelled(name) for name in outputs[:MOST_DRAWN]],
        "chosen": None if chosen is None else [chosen.layer, chosen.neuron, chosen.weight],
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
        "judged": _("(judged by {n} of {all} samples)"),
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
