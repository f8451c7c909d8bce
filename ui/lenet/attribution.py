"""What mattered to an answer: saliency and Grad-CAM beside the digit."""

from typing import Literal

import streamlit as st
import torch

from core.inspect_cnn.attribution import grad_cam, saliency
from core.nets.lenet import LeNet5
from ui.components.maps import Layer, maps
from ui.lenet.settings import Settings
from ui.lenet.subject import Subject
from ui.state.controls import Controls
from ui.text import _


def draw(controls: Controls[Settings], seen: Subject) -> None:
    """Draw which pixels the answer hangs on.

    Args:
        controls: of the page.
        seen: what is looked at.
    """
    with torch.inference_mode():
        shares = seen.shown(seen.image)[0].softmax(dim=0)
    answer = int(shares.argmax())
    chosen = controls.segmented(
        "output",
        _("Output"),
        {"answer": _("its answer")},
        help=_("Whose evidence is looked for; at first the network's answer."),
    )
    wanted = answer if chosen == "answer" else int(chosen)
    image = seen.image[0]
    inked = image - image.min()
    pictures: list[tuple[str, torch.Tensor, Literal["ink", "heat"]]] = [
        (_("Digit"), inked, "ink"),
        (_("Saliency"), saliency(seen.shown, image, wanted)[None], "heat"),
    ]
    if isinstance(seen.model, LeNet5):
        pictures.append((_("Grad-CAM of C3"), grad_cam(seen.shown, image, wanted)[None], "heat"))
    maps(
        [
            Layer(
                name,
                "28×28",
                values,
                tile=190,
                tint=tint,
                open=False,
                row="all",
                under=inked if tint == "heat" else None,
            )
            for name, values, tint in pictures
        ],
        label=_("Test digit {n}, and what mattered to output {digit}", n=seen.number, digit=wanted),
        key="lenet_saliency",
        legend=[],
        tallest=330,
    )
    st.markdown(
        _(
            "The network answers **{answer}** with {share}; the truth is **{truth}**.",
            answer=answer,
            share=f"{float(shares[answer]):.2%}",
            truth=seen.label,
        )
    )
    st.caption(_("Saliency: how much the output changes with each pixel, |∂output/∂pixel|; ink and paper both count."))
    if isinstance(seen.model, LeNet5):
        st.caption(_("Grad-CAM: where C3's maps speak for the output."))
