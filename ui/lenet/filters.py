"""The filters themselves: every weight of a network as a picture."""

from typing import Final

from core.inspect_cnn.layers import blocks
from core.nets.lenet import LeNet5
from ui.components.maps import Layer, maps
from ui.lenet.forward import title
from ui.lenet.subject import Subject
from ui.text import _, aside

NEURONS: Final = 48  # of the fully connected network's first layer that are drawn


def draw(seen: Subject) -> None:
    """Draw the windows of the convolution layers; of a network without any, its first layer.

    Args:
        seen: what is looked at.
    """
    hint = _("Point at a weight to read it.")
    label = _("The weights of every layer as pictures")
    maps(_drawn(seen)[0], label=label, key="lenet_filters", flow="rows", hint=hint)
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


def others(seen: Subject) -> None:
    """Draw the weights of the layers after those.

    Args:
        seen: what is looked at.
    """
    hint = _("Point at a weight to read it.")
    label = _("The weights of the later layers as pictures")
    maps(_drawn(seen)[1], label=label, key="lenet_weights", flow="rows", legend=[], hint=hint)


def _drawn(seen: Subject) -> tuple[list[Layer], list[Layer]]:
    """Return the layers to be drawn above the slider of the rewind, so that both are in view, and below it."""
    above: list[Layer] = []
    below: list[Layer] = []
    for block in blocks(seen.model):
        weight = getattr(block.layer, "weight", None)
        if weight is None:
            continue
        head = title(block.name)
        size = "×".join(map(str, weight.shape))
        if weight.ndim == 2 and weight.shape[1] == 28 * 28:  # a fully connected layer that sees the digit itself
            above.append(Layer(head, size, weight[:NEURONS].reshape(-1, 28, 28), narrow=12, most=70, open=False))
        elif weight.ndim == 2:
            wide = weight if weight.shape[0] <= weight.shape[1] else weight.T
            below.append(Layer(head, size, wide[None], open=False, most=360 if wide.shape[1] < 200 else 640))
        elif len(weight) > 16:  # C5: one column of filters for each neuron
            count, channels, rows, columns = weight.shape
            mosaic = weight.permute(1, 2, 0, 3).reshape(channels * rows, count * columns)
            below.append(Layer(head, size, mosaic[None], open=False, most=640))
        else:
            count, channels, rows, columns = weight.shape
            each = weight.transpose(0, 1).reshape(count * channels, rows, columns)
            above.append(Layer(head, size, each, narrow=max(count, 6), most=70, open=False))
    return above, below
