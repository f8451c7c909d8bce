"""How each layer's weights and gradients are spread: two columns of histograms, in place while a run is live."""

from typing import Any

from core.inspect import histograms as counted
from core.inspect.histograms import Histogram
from core.inspect.model import blocks
from core.inspect.neurons import gradients
from core.inspect.view import few
from core.runs.snapshot import Snapshot
from ui.components.histograms import histograms, numbers
from ui.dnn.diagram import Subject, look_at
from ui.live.hub import part
from ui.text import _, aside
from ui.words import plain


def draw(seen: Subject, *, key: str = "dnn_spread") -> None:
    """Draw histograms of every layer's weights and of the gradients that the training set gives them.

    Args:
        seen: the network.
        key: keeps them mounted.
    """
    data, job = seen.data.data, seen.job
    chosen = few(len(data.train_inputs), seen.rows)
    inputs, labels = data.train_inputs[chosen], data.train_labels[chosen]

    def shown(now: Snapshot | None) -> dict[str, Any]:
        model = look_at(now, job).model
        slopes = gradients(model, inputs, labels, job.train.loss)
        weights = counted.histograms(tuple(block.linear.weight.detach() for block in blocks(model)))
        sizes = [plain(float(slope.abs().mean())) for slope in slopes]
        right = [
            numbers(found, "size", size=size) for found, size in zip(counted.histograms(slopes), sizes, strict=True)
        ]
        return {"rows": list(zip(map(_spread, weights), right, strict=True))}

    histograms(
        part(seen.now, ("histograms", seen.rows), shown, weights=True),
        heads=(_("Weights"), _("Gradients ∂L/∂ω")),
        names=[*(_("layer {layer}", layer=number) for number in range(1, len(job.net.widths) - 1)), _("output")],
        words={
            "spread": _("{name}: spread {std}"),
            "broken": _("{name}: {n} not finite"),
            "size": _("mean size {size}"),
        },
        key=key,
    )
    aside(
        "Each histogram has its own scale. Gradients of the loss over {n:,} of {all:,} training samples.",
        n=len(inputs),
        all=len(data.train_inputs),
    )


def _spread(found: Histogram) -> dict[str, Any]:
    """Return a histogram with how wide it is, or with how many numbers it leaves out as they are none."""
    if found.broken:
        return numbers(found, "broken", n=str(found.broken))
    return numbers(found, "spread", std=plain(found.std))
