"""What is inside lesson 4: the table of layers, and why it works."""

import math

import pandas as pd
import streamlit as st

from core.export.mnist_net import sequential
from core.inspect_cnn.layers import LayerRow, layer_table
from core.nets.networks import VARIANTS, variant_of
from core.runs.digits_job import MnistJob
from ui.lenet import notes_cells, training_digits
from ui.lenet.forward import title
from ui.lenet.settings import DNN, Settings
from ui.lenet.subject import mnist_run
from ui.lesson import Tab
from ui.run.stage import alongside
from ui.state.controls import Controls
from ui.table import table
from ui.text import _, aside, paragraph

LIVE_S = 2.0  # between two looks at a live run


def tabs(controls: Controls[Settings], job: MnistJob | None) -> dict[str, Tab]:
    """Return the tabs of this subject, for lesson.inside.

    Args:
        controls: of the page.
        job: what Train would start, or None.
    """
    network = controls.settings.network
    return {
        "layers": (_("Layers"), lambda: layers(network)),
        "cell": (
            _("Test cell"),
            lambda: alongside(
                controls, "inside_cell", LIVE_S, lambda now: notes_cells.draw(controls, mnist_run(now), job)
            ),
        ),
        "data": (_("Data"), lambda: training_digits.draw(job)),
        "why": (_("Why"), lambda: theory(network)),
    }


def layers(network: str) -> None:
    """Draw course 5's table, traced through the real network, and the network as the course writes it.

    Args:
        network: one of core.nets.networks.DIGITS.
    """
    found = layer_table(network)
    ends = "RBF" if found[-1].kind == "rbf" else "softmax"  # where other layers have their activation
    rows = [
        {
            _("layer"): title(row.name),
            _("filters / window"): _filters(row),
            _("output"): "×".join(map(str, row.output)),
            _("parameters"): row.parameters,  # so far a phone's screen goes
            _("kind"): _kinds()[row.kind],
            _("stride"): str(row.stride) if row.window else "",
            _("padding"): str(row.padding) if row.window else "",
            _("activation"): row.activation or (ends if row is found[-1] else ""),
            _("multiply-adds"): row.multiply_adds,
        }
        for row in found
    ]
    counted = st.column_config.NumberColumn(format="localized")
    st.dataframe(
        pd.DataFrame(rows),
        hide_index=True,
        alt=_("Table of layers"),
        column_config={_("parameters"): counted, _("multiply-adds"): counted},
    )
    aside(
        "{parameters:,} parameters and {products:,} multiply-adds for one digit in all.",
        parameters=sum(row.parameters for row in found),
        products=sum(row.multiply_adds for row in found),
    )
    first = next((at for at, row in enumerate(found) if row.kind == "convolution"), None)
    if first is not None:
        _arithmetic(found[first], found[first - 1].output[-1])
    st.markdown(_output_words(found[-1], network in VARIANTS))
    st.code(sequential(network), "python")
    if first is not None:
        _conv2d(found[first], found[first - 1].output[-1])


def _output_words(row: LayerRow, convolutions: bool) -> str:
    if row.kind == "rbf":
        return _(
            "**Out.** Ten RBF outputs, as in the notes' table and in 1998: each is a distance, and the smallest is the "
            "answer."
        )
    if convolutions:
        return _(
            "**Out.** The notes' table says RBF, the outputs of 1998; today softmax stands there. It is inside "
            "nn.CrossEntropyLoss, so that the network itself ends with nn.Linear and gives ten numbers."
        )
    return _(
        "**Out.** Softmax is inside nn.CrossEntropyLoss, so that the network itself ends with nn.Linear and gives ten "
        "numbers."
    )


def _kinds() -> dict[str, str]:
    return {
        "input": _("input"),
        "convolution": _("convolution"),
        "average pooling": _("average pooling"),
        "max pooling": _("max pooling"),
        "fully connected": _("fully connected"),
        "rbf": _("RBF (distances)"),
    }


def _filters(row: LayerRow) -> str:
    return "×".join(map(str, row.filters if row.filters else row.window))


def _arithmetic(first: LayerRow, side: int) -> None:
    """Write out where the numbers of the first convolution come from, on pictures of so many rows."""
    filters, channels, high, wide = first.filters
    paragraph(
        "{layer}: {filters}·({channels}·{high}·{wide} + 1) = {parameters:,} parameters; its maps have "
        "({side} + 2·{padding} − {high}) / {stride} + 1 = {out} rows.",
        layer=title(first.name),
        filters=filters,
        channels=channels,
        high=high,
        wide=wide,
        parameters=first.parameters,
        side=side,
        padding=first.padding,
        stride=first.stride,
        out=first.output[-1],
    )


def _conv2d(row: LayerRow, side: int) -> None:
    """Explain each argument of the first convolution, as it is printed above; closed at first."""
    filters, channels, high, wide = row.filters
    rows = [
        (f"in_channels = {channels}", _("The first number: channels of the picture that comes in.")),
        (
            f"out_channels = {filters}",
            _("The second: filters, and so the channels that go out. Each filter has a bias of its own."),
        ),
        (f"kernel_size = {high}", _("The window: {high}×{wide} numbers of every channel.", high=high, wide=wide)),
        (
            f"padding = {row.padding}",
            _(
                "Rows and columns of zeros on every side: {side} + 2·{padding} − {high} + 1 = {out}.",
                padding=row.padding,
                side=side,
                high=high,
                out=row.output[-1],
            ),
        ),
        (f"stride = {row.stride}", _("The window's step. Not written here: it is 1 unless something else is said.")),
    ]
    with st.expander(_("What the arguments of nn.Conv2d say"), icon=":material/help:"):
        st.html(table("ck-words", rows))


def theory(network: str) -> None:
    """Draw the theory in short, and what is special about the chosen network."""
    softmax = _(
        "The ten outputs become probabilities by softmax; cross-entropy already contains it. Before it has learned "
        "anything a network gives every digit one tenth, and its loss is ln 10 ≈ 2.303."
    )
    for text in (*(_connected() if network == DNN else _convolution()), softmax):
        st.markdown(text)
    if network in VARIANTS:
        _variant(network)


def _convolution() -> tuple[str, ...]:
    return (
        _(
            "A convolution layer looks at the image through small windows and keeps its rows and columns; pooling "
            "makes the picture smaller; the last layers weigh what was found. The same few weights are used at every "
            "place, so LeNet-5 needs far fewer of them than a fully connected network."
        ),
        _(
            "**Why it bears a shift.** When the digit moves, the maps of C1 move with it, and pooling forgets the last "
            "pixel. A fully connected network has separate weights for every pixel and must learn each place anew: "
            "see Compare."
        ),
    )


def _connected() -> tuple[str, ...]:
    rows = layer_table(DNN)
    sizes = [math.prod(row.output) for row in rows]
    return (
        _(
            "This network flattens the image: its {rows}×{columns} pixels become {inputs} inputs in a row, and every "
            "layer is fully connected: {widths}. Each neuron weighs all answers of the layer before, adds its bias, "
            "and ReLU sets what is negative to 0. The first layer alone has {first:,} of the {all:,} parameters.",
            rows=rows[0].output[-2],
            columns=rows[0].output[-1],
            inputs=sizes[0],
            widths="-".join(map(str, sizes)),
            first=next(row.parameters for row in rows if row.parameters),
            all=sum(row.parameters for row in rows),
        ),
        _(
            "**Why a shift harms it.** It does not know which pixels are neighbours: if all images had their pixels "
            "mixed in the same way, it would learn as well. A digit that moves meets other weights, which must be "
            "learned for every place anew: see Compare."
        ),
    )


def _variant(network: str) -> None:
    variant, text = variant_of(network), ""
    if variant.rbf:
        text = _(
            "**Outputs of 1998.** Each output is the squared distance of F6's 84 values to a fixed picture of "
            "7×12 pixels of that digit, and the answer is the nearest picture. Look inside shows F6 as 7×12: while "
            "the network learns, a small digit appears there. The loss is the paper's (equation 9); its pictures "
            "were drawn anew for this course. C3 is connected to all maps of S2, not by the paper's table."
        )
    elif variant.frame:
        text = _(
            "**32×32.** As in 1998 the image gets two pixels of background on each side instead of padding with "
            "zeros: in normalised images 0 is a light grey, background is −0.42."
        )
    elif variant.activation == "sigmoid":
        text = _(
            "**Sigmoid.** Its slope is at most a quarter, so less of the gradient reaches C1, and it starts later. "
            "Adam, which this variant comes with, scales each weight's step by the size of its own gradients."
        )
    elif variant.activation == "relu":
        text = _(
            "**ReLU and max pooling.** What today's networks use: the slope is 1 where a unit answers at all, and "
            "pooling hands on the strongest answer of the window instead of the mean."
        )
    if text:
        st.markdown(text)
