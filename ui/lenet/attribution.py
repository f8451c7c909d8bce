"""What mattered to an answer: saliency and Grad-CAM beside the digit."""

from functools import partial

import torch

from core.inspect_cnn.attribution import grad_cam, saliency
from core.nets.lenet import LeNet5
from ui.components.maps import Layer, maps
from ui.lenet.settings import Settings
from ui.lenet.subject import Subject
from ui.state.controls import Controls
from ui.text import _, aside, paragraph


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
    picture = partial(Layer, size="28×28", tile=190, open=False, row="all")
    heat = partial(picture, tint="heat", under=inked)
    pictures = [
        picture(_("Digit"), values=inked, tint="ink"),
        heat(_("Saliency"), values=saliency(seen.shown, image, wanted)[None]),
    ]
    if isinstance(seen.model, LeNet5):
        pictures.append(heat(_("Grad-CAM of C3"), values=grad_cam(seen.shown, image, wanted)[None]))
    maps(
        pictures,
        label=_("Test digit {n}, and what mattered to output {digit}", n=seen.number, digit=wanted),
        key="lenet_saliency",
        legend=[],
        tallest=330,
    )
    paragraph(
        "The network answers **{answer}** with {share}; the truth is **{truth}**.",
        answer=answer,
        share=f"{float(shares[answer]):.2%}",
        truth=seen.label,
    )
    aside("Saliency: how much the output changes with each pixel, |∂output/∂pixel|; ink and paper both count.")
    if isinstance(seen.model, LeNet5):
        aside("Grad-CAM: where C3's maps speak for the output.")
