"""What is inside the playground: parameters, the training loop, histograms, test lines, folding, and why."""

from collections.abc import Callable
from typing import Any

import pandas as pd
import streamlit as st

from core.errors import InvalidInput
from core.inspect.fold import Folded, fold
from core.runs.playground_job import PlaygroundJob
from core.runs.snapshot import Snapshot
from ui.dnn import histograms, notes_cells, training_loop
from ui.dnn.diagram import row_of, subject
from ui.dnn.neuron_formula import number
from ui.lesson import Tab
from ui.run.stage import alongside
from ui.state.controls import Controls
from ui.text import _, aside, explain, paragraph

MOST_VALUES = 64  # of one tensor, written out in the table
LIVE_S = 1.0  # between two looks at a live run
MOST_FOLDED = 8  # rows and columns of a matrix that can be read


def tabs(controls: Controls[Any], planned: PlaygroundJob | None) -> dict[str, Tab]:
    """Return the tabs of this subject, for lesson.inside; each follows the page's run while it is live.

    Args:
        controls: of the page.
        planned: what Train would start, or None.
    """
    sample = int(getattr(controls.settings, "sample", 1))

    def live(name: str, draw: Callable[[Snapshot | None], None]) -> Callable[[], None]:
        return lambda: alongside(controls, f"inside_{name}", LIVE_S, draw)

    def spread(now: Snapshot | None) -> None:
        seen = subject(now, planned)
        if seen is not None:
            histograms.draw(seen, key="dnn_tab")

    return {
        "loop": (_("Training loop"), live("loop", lambda now: training_loop.draw(now, planned))),
        "parameters": (_("Parameters"), live("parameters", lambda now: parameters(now, planned))),
        "histograms": (_("Histograms"), live("spread", spread)),
        "lines": (_("Test and save"), live("lines", lambda now: notes_cells.draw(controls, now, planned))),
        "folding": (_("Folding"), live("folding", lambda now: folding(now, planned, sample=sample))),
        "why": (_("Why"), theory),
    }


def parameters(now: Snapshot | None, planned: PlaygroundJob | None) -> None:
    """Draw the table of course 2.3: every parameter's name, shape, count and values.

    Args:
        now: the run, or None.
        planned: what Train would start, or None.
    """
    job = now.job if now is not None else planned
    if now is not None and now.weights:
        weights, told, step = now.weights, now.parameters, now.weights_at
    elif isinstance(job, PlaygroundJob):
        named, step = dict(job.model().named_parameters()), 0
        weights = {name: value.detach() for name, value in named.items()}
        told = tuple((name, value.requires_grad, str(value.device)) for name, value in named.items())
    else:
        return
    rows = []
    for name, requires_grad, device in told:
        value = weights[name]
        rows.append(
            {
                _("name"): name,
                _("shape"): str(tuple(value.shape)),
                _("values"): "  ".join(f"{v:.4f}" for v in value.flatten().tolist()[:MOST_VALUES]),
                _("count"): value.numel(),
                _("mean"): float(value.mean()),
                _("std"): float(value.std(correction=0)),
                "requires_grad": requires_grad,
                _("device"): device,
            }
        )
    st.dataframe(
        pd.DataFrame(rows),
        hide_index=True,
        alt=_("Table of parameters"),
        column_config={_("values"): st.column_config.TextColumn(width="medium")},  # on a phone, too
    )
    numbers = {"tensors": len(rows), "count": sum(weights[name].numel() for name, _requires, _device in told)}
    st.caption(
        _(
            "{tensors} tensors, {count} numbers, after update {step}. A weight's shape is (neurons of this layer, "
            "neurons of the layer before).",
            step=step,
            **numbers,
        )
        if step
        else _(
            "{tensors} tensors, {count} numbers, before the first update: the weights that training begins with. A "
            "weight's shape is (neurons of this layer, neurons of the layer before).",
            **numbers,
        )
    )


def folding(now: Snapshot | None, planned: PlaygroundJob | None, *, sample: int = 1) -> None:
    """Draw the one matrix that a network without activations is, and compare it with the network.

    Args:
        now: the run, or None: then of the plan's first weights.
        planned: what Train would start, or None.
        sample: number of the training sample that both answer, from 1.
    """
    paragraph(
        "Without the non-linear σ every layer is $W x + b$, and two of them are one: "
        "$W_2(W_1 x + b_1) + b_2 = (W_2 W_1)\\,x + (W_2 b_1 + b_2)$. So ten layers can do no more than one."
    )
    seen = subject(now, planned)
    if seen is None:
        return
    inputs = seen.data.data.test_inputs
    try:
        folded = fold(seen.model, inputs)
    except InvalidInput as error:
        st.caption(explain(error))
        return
    st.markdown(
        _("The {layers} layers of this network are $y = A x + b$ with", layers=folded.layers)
        + f"\n\n$$\n{_matrix(folded)}\n$$"
    )
    aside(
        "On {n:,} test samples A x + b and the network differ by at most {difference}: rounding in float32.",
        n=folded.samples,
        difference=f"{folded.difference:.1e}".replace("-", "−"),
    )
    row = row_of(seen.data, sample)
    x = seen.data.data.train_inputs[row]
    ours, theirs = folded.matrix @ x + folded.bias, seen.model(x[None])[0]
    aside(
        "Training sample {n}: the matrix answers ({ours}), the network ({theirs}).",
        n=row + 1,
        ours=", ".join(f"{v:.6f}" for v in ours.tolist()).replace("-", "−"),
        theirs=", ".join(f"{v:.6f}" for v in theirs.tolist()).replace("-", "−"),
    )


def _matrix(folded: Folded) -> str:
    rows = [[number(value) for value in row[:MOST_FOLDED]] for row in folded.matrix[:MOST_FOLDED].tolist()]
    if folded.matrix.shape[1] > MOST_FOLDED:
        rows = [[*row, r"\cdots"] for row in rows]
    body = r" \\ ".join(" & ".join(row) for row in rows)
    bias = r" \\ ".join(number(value) for value in folded.bias[:MOST_FOLDED].tolist())
    return rf"A = \begin{{pmatrix}} {body} \end{{pmatrix}},\quad b = \begin{{pmatrix}} {bias} \end{{pmatrix}}"


def theory() -> None:
    """Draw the theory in short."""
    for text in (
        _(
            "A neuron computes $y = \\sigma(\\omega_1 x_1 + \\omega_2 x_2 + \\dots + b)$: every line in the picture is "
            "a weight ω, every node has its own bias b. The loss measures how far the answers are from the truth; its "
            "gradient says for each parameter whether to grow or to shrink; the learning rate scales the step."
        ),
        _(
            "**Layers.** The input layer has no weights and no biases, so it is called layer 0. It has a neuron for "
            "each input feature and the output layer one for each output feature: the table decides, not you. The "
            "hidden layers are yours to choose."
        ),
        _(
            "**Parameters and hyperparameters.** Weights and biases are parameters: they begin at random and are "
            "learned. Hyperparameters are set before the training: the number of layers and neurons, activation "
            "functions, the loss function, the optimizer, the learning rate, batch_size and epochs."
        ),
        _(
            "**Backward.** The chain rule takes the loss’s gradient from layer to layer: "
            "$\\frac{\\partial L}{\\partial \\omega_i} = \\frac{\\partial L}{\\partial y}\\,\\sigma'(z)\\,x_i$. Every "
            "layer multiplies by its σ′: a sigmoid’s is at most ¼, so after eight of them little is left and the first "
            "layers hardly learn. ReLU’s is 1 or 0: it lets the gradient through, or nothing at all."
        ),
        _(
            "**Dead neurons.** A ReLU whose z is negative for every sample answers 0, and no gradient reaches its "
            "weights. In the first layer it stays so, as the samples do not change: only what is left of a momentum, "
            "or a penalty, still moves it. In a later one it can come back while a layer before it still learns. When "
            "a whole layer is dead, no input reaches the output and no gradient the layers before it, and all of them "
            "stand still. LeakyReLU, wider layers, another seed or smaller steps prevent it. **Equal weights**, such "
            "as zeros, are no better: equal neurons have equal gradients and stay one and the same for ever. That is "
            "why the first weights are random."
        ),
        _(
            "**Batches.** All samples at once give the exact gradient and one careful step; one sample gives a noisy "
            "one, and thousands of them in an epoch; mini-batches lie in between. `torch.optim.SGD` only means "
            "gradient descent: the batch that is fed to it makes it one or the other."
        ),
        _(
            "The data: $s = x_1 + x_2 + x_3$ of three numbers between 0 and 1 decides the class. Two thirds of all "
            "samples have 1 < s < 2, so a network that ignores its inputs is right two times out of three. An accuracy "
            "means something only beside that number."
        ),
    ):
        st.markdown(text)
