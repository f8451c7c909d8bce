"""What mattered to an answer: saliency and Grad-CAM beside the digit."""

from functools import partial
from typing import Any

import torch

from core.inspect_cnn.attribution import grad_cam, saliency
from core.nets.lenet import LeNet5
from ui.components.maps import Layer, maps, numbers
from ui.components.said import said
from ui.lenet.settings import Settings
from ui.lenet.subject import Subject, followed
from ui.state.controls import Controls
from ui.text import _, aside


def draw(controls: Controls[Settings], seen: Subject) -> None:
    """Draw which pixels the answer hangs on.

    Args:
        controls: of the page.
        seen: what is looked at.
    """
    output = controls.segmented(
        "output",
        _("Output"),
        {"answer": _("its answer")},
        help=_("Whose evidence is looked for; at first the network's answer."),
    )
    settings = controls.settings
    inked = seen.image[0] - seen.image.min()
    picture = partial(Layer, size="28×28", tile=190, open=False, row="all")
    heat = partial(picture, tint="heat", under=inked)
    pictures = [picture(_("Digit"), values=inked, tint="ink"), heat(_("Saliency"))]
    if isinstance(seen.model, LeNet5):
        pictures.append(heat(_("Grad-CAM of C3")))
    maps(
        pictures,
        followed(seen, settings, ("saliency", output), lambda seen: pictured(seen, output)),
        label=_("Test digit {n}, and what mattered to output {digit}"),
        key="lenet_saliency",
        legend=[],
        tallest=330,
    )
    answers = _("The network answers **{answer}** with {share}; the truth is **{truth}**.")
    said(
        followed(seen, settings, "answer", answered),
        {"answer": answers},
        key="lenet_answer",
    )
    aside("Saliency: how much the output changes with each pixel, |∂output/∂pixel|; ink and paper both count.")
    if isinstance(seen.model, LeNet5):
        aside("Grad-CAM: where C3's maps speak for the output.")


def pictured(seen: Subject, output: str) -> dict[str, Any]:
    """Return what the picture shows of a network, without words.

    Args:
        seen: what is looked at.
        output: whose evidence is looked for: a digit, or "answer", the network's.
    """
    image = seen.image[0]
    digit = _answer(seen)[0] if output == "answer" else int(output)
    found = [saliency(seen.shown, image, digit)]
    if isinstance(seen.model, LeNet5):
        found.append(grad_cam(seen.shown, image, digit))
    return {
        "numbers": [{}, *(numbers(values[None], "heat") for values in found)],
        "fields": {"n": seen.number, "digit": digit},
    }


def answered(seen: Subject) -> dict[str, Any]:
    """Return what the network answers, without words."""
    answer, share = _answer(seen)
    values = {"answer": str(answer), "share": f"{share:.2%}", "truth": str(seen.label)}
    return {"parts": [("answer", values)]}


def _answer(seen: Subject) -> tuple[int, float]:
    with torch.inference_mode():
        shares = seen.shown(seen.image)[0].softmax(dim=0)
    answer = int(shares.argmax())
    return answer, float(shares[answer])
