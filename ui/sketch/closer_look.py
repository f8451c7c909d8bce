"""A closer look at what a network makes of the sketch: its maps, what mattered, and the training digits it is like."""

from collections.abc import Sequence
from functools import partial
from typing import Final

import streamlit as st
import torch

from core import cache
from core.data.grey import denormalise
from core.inspect_cnn.attribution import grad_cam, saliency
from core.inspect_cnn.maps import look_inside
from core.nets.lenet import LeNet5
from core.sketch.neighbours import NEIGHBOURHOOD
from ui import lesson
from ui.components.gallery import Row, Tile, gallery
from ui.components.maps import Layer, maps
from ui.sketch.readers import Reader
from ui.text import _, aside, named

NEAREST: Final = 10
GRIDS: Final = {"c5": (8, 15), "f6": (7, 12)}
"""Rows and columns in which single neurons are laid out; F6's 84 are the 7×12 pictures of 1998."""
TILES: Final = {"c1": (6, 96), "s2": (6, 64), "c3": (8, 72), "s4": (8, 48)}
"""Maps beside one another, and their width in pixels at most."""


def choose(who: Sequence[Reader]) -> Reader:
    """Draw the choice between the LeNets where there is one, and return the chosen one.

    Args:
        who: all networks; the first is a LeNet.
    """
    lenets = [reader for reader in who if isinstance(reader.model, LeNet5)]
    if len(lenets) == 1:
        return lenets[0]
    names = [f"{reader.name} ({reader.sub})" if reader.key else reader.name for reader in lenets]
    chosen = st.segmented_control(_("Network"), names, default=names[0], key="sketch_lenet", required=True)
    return lenets[names.index(chosen)] if chosen in names else lenets[0]


def feature_maps(image: torch.Tensor, who: Reader) -> None:
    """Draw every map of a LeNet.

    Args:
        image: float32 (1, 1, 28, 28), normalised.
        who: a LeNet.
    """
    shown = [Layer(_("Input"), "28×28", image[0] - image.min(), tint="ink", most=96, open=False)]
    for name, values in look_inside(who.model, image).items():
        title, size = name.upper(), "×".join(map(str, values.shape))
        if name in GRIDS:
            rows, columns = GRIDS[name]
            shown.append(Layer(title, size, values.reshape(1, rows, columns), kind="cells", most=240, open=False))
        elif name in TILES:
            across, most = TILES[name]
            shown.append(Layer(title, size, values, across=across, narrow=across, most=most, open=False))
    maps(
        shown,
        label=_("What each layer of {network} answers to the sketch", network=who.name),
        key="sketch_maps",
        flow="rows",
        hint=_("Blue is above 0, orange below. Lesson 4 takes every cell of these maps apart."),
    )


def mattered(image: torch.Tensor, who: Sequence[Reader], digits: Sequence[int]) -> None:
    """Draw on which pixels each network's answer hangs.

    Args:
        image: float32 (1, 1, 28, 28), normalised.
        who: the networks.
        digits: what each answers.
    """
    layer = partial(Layer, tile=150, open=False, row="all")
    shown = [layer(_("Input"), "28×28", image[0] - image.min(), tint="ink")]
    for reader, digit in zip(who, digits, strict=True):
        words = _("saliency of “{digit}”", digit=digit)
        shown.append(layer(reader.name, words, saliency(reader.model, image, digit)[None], tint="heat"))
    if isinstance(who[0].model, LeNet5):
        seen = grad_cam(who[0].model, image, digits[0])[None]
        shown.append(layer(who[0].name, _("Grad-CAM of C3"), seen, tint="heat"))
    maps(shown, label=_("What mattered to each network's answer"), key="sketch_saliency", legend=[], tallest=300)
    aside(
        "Saliency: how much the answer's output changes with each pixel; ink and paper both count. "
        "Grad-CAM: where C3's maps speak for the answer."
    )


@lesson.problems()
def nearest(image: torch.Tensor) -> None:
    """Draw the training digits whose F6 features are nearest to the sketch's.

    Args:
        image: float32 (1, 1, 28, 28), normalised.
    """
    model = cache.pretrained("lenet5")
    assert isinstance(model, LeNet5)

    def share() -> float:
        return NEIGHBOURHOOD.share(model, cache.mnist()) if cache.mnist_loading().ready else 0.0

    def say() -> None:
        reads = _("LeNet-5 reads all training digits once; this takes a few seconds.")
        st.progress(share(), text=reads if cache.mnist_loading().ready else _("MNIST is being read …"))

    if share() < 1:
        lesson.wait_for(lambda: share() >= 1, say)
        return
    digits = cache.mnist()
    found = NEIGHBOURHOOD.nearest(model, digits, image, NEAREST)
    pixels = denormalise(digits.train_images[[one.row for one in found], 0]).cpu().numpy()
    tiles = [
        Tile(place, note := f"“{one.label}” · {one.distance:.2f}", named(spoken, note))
        for place, one in enumerate(found)
        for spoken in [_("Training digit {row}, a “{digit}”", row=f"{one.row:,}", digit=one.label)]
    ]
    gallery([Row("", tiles)], pixels, key="sketch_nearest", label=_("Most alike"), look="large")
    votes = sum(one.label == found[0].label for one in found)
    aside(
        "Of MNIST's {count} training digits these lie nearest to your sketch, measured in the 84 numbers of "
        "LeNet-5's layer F6; their distance stands below. {votes} of {n} are a “{digit}”. Far from all of them, "
        "the network has to guess.",
        count=f"{len(digits.train_labels):,}",
        votes=votes,
        n=len(found),
        digit=found[0].label,
    )
