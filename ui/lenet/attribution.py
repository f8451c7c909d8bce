"""What mattered to an answer: saliency and Grad-CAM beside the digit."""

from __future__ import annotations

from typing import Literal

import streamlit as st
import torch

from core.inspect_cnn.attribution import grad_cam, saliency
from core.nets.lenet import LeNet5
from ui.components.maps import Layer, maps
from ui.lenet.subject import Subject
from ui.text import _


def attribution(seen: Subject) -> None:
    """Draw which pixels the answer hangs on.

    Args:
        seen: what is looked at.
    """
    with torch.inference_mode():
        shares = seen.shown(seen.image)[0].softmax(dim=0)
    answer = int(shares.argmax())
    wanted = st.segmented_control(
        _("Output"),
        range(10),
        default=answer,
        key=f"lenet_output_{seen.number}",
        required=True,
        help=_("Whose evidence is looked for; at first the network's answer."),
    )
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
    st.caption(
        _(
            "Saliency: how much the output changes with each pixel, |∂output/∂pixel|; ink and paper both count. "
            "Grad-CAM: where C3's maps speak for the output."
        )
    )
