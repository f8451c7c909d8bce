"""The filters themselves: every weight of a network as a picture."""

from dataclasses import replace
from functools import partial
from typing import Any, Final

import torch
from torch import nn

from core.inspect_cnn.layers import blocks
from core.nets.lenet import LeNet5
from ui.components.maps import Layer, maps, numbers
from ui.lenet.forward import title
from ui.lenet.settings import Settings
from ui.lenet.subject import Subject, followed
from ui.text import _, aside

LATER_S: Final = 1.0  # between two pictures of the later layers: 60 to 170 kB each
NEURONS: Final = 48  # of the fully connected network's first layer that are drawn


def draw(seen: Subject, settings: Settings) -> None:
    """Draw the windows of the convolution layers; of a network without any, its first layer.

    Args:
        seen: what is looked at.
        settings: of the page.
    """
    _draw(seen, settings, False, _("The weights of every layer as pictures"), "lenet_filters")
    if isinstance(seen.model, LeNet5):
        aside(
            "A filter of C1 answers most to what looks like it. In C3 each column of pictures is one filter: it "
            "weighs the six maps of S2."
        )
    else:
        aside(
            "The first {n} of {all} neurons of H1, each as the picture of its 784 weights: a weight of its own for "
            "every pixel.",
            n=NEURONS,
            all=blocks(seen.model)[0].layer.out_features,
        )


def others(seen: Subject, settings: Settings) -> None:
    """Draw the weights of the layers after those.

    Args:
        seen: what is looked at.
        settings: of the page.
    """
    _draw(seen, settings, True, _("The weights of the later layers as pictures"), "lenet_weights")


def _draw(seen: Subject, settings: Settings, later: bool, label: str, key: str) -> None:
    whole = replace(settings, digit=1, hide="")  # the weights are the same for each digit
    drawn = _drawn(seen.model, later)
    maps(
        [layer for layer, _values in drawn],
        followed(seen, whole, key, lambda seen: pictured(seen, later), LATER_S if later else 0.0),
        label=label,
        key=key,
        flow="rows",
        legend=[] if later else ["positive", "negative"],
        hint=_("Point at a weight to read it."),
    )


def pictured(seen: Subject, later: bool) -> dict[str, Any]:
    """Return what one of the pictures shows of a network, without words.

    Args:
        seen: what is looked at.
        later: the layers below the slider of the rewind, not those above it.
    """
    return {"numbers": [numbers(values) for _layer, values in _drawn(seen.model, later)]}


def _drawn(model: nn.Module, later: bool) -> list[tuple[Layer, torch.Tensor]]:
    """Return the layers of one of the pictures: those that are above the slider, so that both are in view, or below."""
    above: list[tuple[Layer, torch.Tensor]] = []
    below: list[tuple[Layer, torch.Tensor]] = []
    for block in blocks(model):
        weight = getattr(block.layer, "weight", None)
        if weight is None:
            continue
        layer = partial(Layer, title(block.name), "×".join(map(str, weight.shape)), open=False)
        if weight.ndim == 2 and weight.shape[1] == 28 * 28:  # a fully connected layer that sees the digit itself
            above.append((layer(narrow=12, most=70), weight[:NEURONS].reshape(-1, 28, 28)))
        elif weight.ndim == 2:
            wide = weight if weight.shape[0] <= weight.shape[1] else weight.T
            below.append((layer(most=360 if wide.shape[1] < 200 else 640), wide[None]))
        elif len(weight) > 16:  # C5: one column of filters for each neuron
            count, channels, rows, columns = weight.shape
            mosaic = weight.permute(1, 2, 0, 3).reshape(channels * rows, count * columns)
            below.append((layer(most=640), mosaic[None]))
        else:
            count, channels, rows, columns = weight.shape
            each = weight.transpose(0, 1).reshape(count * channels, rows, columns)
            above.append((layer(narrow=max(count, 6), most=70), each))
    return below if later else above
