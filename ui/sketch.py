"""The sketch pad: a blackboard to write on, what the networks make of it, and what they see."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence

import numpy as np
import streamlit as st
from PIL import Image, ImageColor
from streamlit_drawable_canvas import st_canvas

from core import cache
from core.data.mnist import denormalise
from core.errors import InvalidInput
from core.predict import Prediction, classify
from core.sketch.preprocess import Blank, Bytes, Stages, preprocess
from ui import lesson
from ui.components.answers import Answer, Picture, answers
from ui.state import recall, remember
from ui.text import _, explain

SIDE = 280
BOARD, CHALK, CHALK_WIDTH = "#1E3A32", "#F7F5EC", 20
MAX_PNG_BYTES, MAX_PNG_SIDE = 3_000_000, 4 * SIDE  # a screen with four device pixels per pixel
MAX_DRAWING_BYTES = 300_000
NETWORKS = {"lenet5": "LeNet-5", "mnist-dnn": "MNIST DNN"}


def home_pad() -> None:
    """Draw the home page's pad: LeNet-5 alone, its answer large."""
    _keep_drawing()
    _home_pad()


def lesson_pad(pen: int) -> None:
    """Draw the lesson's pad: both networks' answers beside the board, the stages below.

    Args:
        pen: width of the chalk in pixels of the 280×280 board.
    """
    _keep_drawing()
    _lesson_pad(pen)


@st.fragment
def _home_pad() -> None:
    with st.container(horizontal=True, gap="medium", key="sketch_home"):
        with st.container(width=SIDE, gap="xxsmall"):
            image = board("home", CHALK_WIDTH)
        with st.container(width="stretch"):
            found, stages, note = read(image, ("lenet5",))
            centred = stages.centred if stages else np.zeros((28, 28), np.uint8)
            seen = Picture(centred, _("What it sees"), _("The sketch as the network sees it: 28×28 grey pixels."))
            answers(_columns(found, ("lenet5",)), key="home_answers", note=note, big=True, pictures=[seen])


@st.fragment
def _lesson_pad(pen: int) -> None:
    names = tuple(NETWORKS)
    with st.container(horizontal=True, gap="medium", key="sketch_lesson"):
        with st.container(width=SIDE, gap="xxsmall"):
            image = board("lesson", pen)
        with st.container(width="stretch"):
            found, stages, note = read(image, names)
            answers(_columns(found, names), key="lesson_answers", note=note)
    answers((), key="lesson_stages", pictures=_strip(stages))


def sample_pad(index: int) -> None:
    """Draw a sample of MNIST's test set in place of the board, with both networks' answers.

    Args:
        index: of the sample; counted round where the test set is smaller.
    """
    if not cache.mnist_loading().ready:
        _wait_for_mnist()
        return
    try:
        data = cache.mnist()
        row = index % len(data.test_images)
        image, digit = data.test_images[row : row + 1], int(data.test_labels[row])
        found = [classify(image, cache.pretrained(name)) for name in NETWORKS]
    except InvalidInput as error:
        lesson.problem(error)
        return
    pixels: Bytes = denormalise(image[0, 0]).cpu().numpy()
    picture = Picture(pixels, _("What the networks see"), _("A handwritten “{digit}”, 28×28 pixels.", digit=digit))
    with st.container(horizontal=True, gap="medium", key="sketch_sample"):
        with st.container(width=SIDE, gap="xxsmall"):
            st.markdown(_("Test sample {n}: “{digit}”", n=row, digit=digit))
            answers((), key="sample_picture", large=True, pictures=[picture])
            if not data.provenance.full:
                st.caption(
                    _(
                        "One of {n} digits at hand. They come from MNIST's training set, so both networks have learned "
                        "from them; with all of MNIST, digits appear here that they have never seen.",
                        n=len(data.test_images),
                    )
                )
        with st.container(width="stretch"):
            answers(_columns(found, tuple(NETWORKS)), key="sample_answers", note=verdict(found))


@st.fragment(run_every=0.5)
def _wait_for_mnist() -> None:
    if cache.mnist_loading().ready:
        st.rerun()
    st.caption(_("MNIST is being loaded; the sample appears by itself."))


def board(place: str, pen: int) -> bytes | None:
    """Draw the blackboard with its Clear button.

    Args:
        place: which page it is on.
        pen: width of the chalk in pixels.

    Returns:
        The picture as PNG bytes, None while the board is empty. Not checked: it comes from the browser.
    """
    # The canvas's own tools (undo, redo) appear above it on hover, at the right of this line.
    with st.container(height=32, border=False, key=f"board_line_{place}"):
        st.markdown(_("Draw a digit"))
    drawn = st_canvas(
        stroke_width=pen,
        stroke_color=CHALK,
        background_color=BOARD,
        width=SIDE,
        height=SIDE,
        drawing_mode="freedraw",
        initial_drawing=recall("sketch_initial"),
        return_image_data=True,
        key=f"board_{place}_{recall('sketch_clears', 0)}",
    )
    st.button(_("Clear"), icon=":material/ink_eraser:", on_click=clear, key=f"clear_{place}", width="stretch")
    picture, drawing = drawn.image_bytes, drawn.json_data or {}
    if picture is not None:
        # Kept for the next page, whose board shows the drawing before it has sent a picture of its own.
        keep = bool(drawing.get("objects")) and len(picture) <= MAX_PNG_BYTES
        keep = keep and len(json.dumps(drawing)) <= MAX_DRAWING_BYTES
        remember("sketch_drawing", drawing if keep else None)
        remember("sketch_picture", picture if keep else None)
        return picture if drawing.get("objects") else None
    kept: bytes | None = recall("sketch_picture")
    return kept


def clear() -> None:
    """Wipe the board; for callbacks. A new key mounts an empty one."""
    for name in ("sketch_drawing", "sketch_initial", "sketch_picture"):
        remember(name, None)
    remember("sketch_clears", recall("sketch_clears", 0) + 1)


def _keep_drawing() -> None:
    """Hand the last drawing, from whatever page, to the board that a full run of the page is about to mount.

    Not at a fragment's run: there the board itself holds the truth, and a new value would load it again.
    """
    remember("sketch_initial", recall("sketch_drawing"))


def read(image: bytes | None, networks: Sequence[str]) -> tuple[list[Prediction], Stages | None, str]:
    """Ask networks about the board's picture.

    Args:
        image: PNG bytes from the browser, or None.
        networks: keys of NETWORKS.

    Returns:
        One prediction per network and the stages of preprocessing, none of them when there was nothing to read;
        and a sentence about it.
    """
    if image is None:
        return [], None, _("Draw a digit from 0 to 9.")
    try:
        stages = preprocess(decode(image), paper=ImageColor.getrgb(BOARD)[:3])
        found = [classify(stages.normalised, cache.pretrained(name)) for name in networks]
    except Blank as error:
        return [], None, explain(error)
    except InvalidInput as error:
        lesson.problem(error)
        return [], None, ""
    return found, stages, verdict(found)


def verdict(found: Sequence[Prediction]) -> str:
    """Return one sentence about one network's answer or two networks'."""
    first = found[0]
    if len(found) == 1:
        return _(
            "It reads “{digit}”, {share} sure.",
            digit=first.digit,
            share=f"{100 * first.probabilities[first.digit]:.1f} %",
        )
    second = found[1]
    if first.digit == second.digit:
        return _("Both networks read “{digit}”.", digit=first.digit)
    return _("They disagree: {one} or {other}?", one=first.digit, other=second.digit)


def decode(image: bytes) -> Image.Image:
    """Decode the board's PNG; its size is checked first, since it comes from the browser and may be anything.

    Raises:
        InvalidInput: too large, or no PNG.
    """
    width, height = int.from_bytes(image[16:20], "big"), int.from_bytes(image[20:24], "big")  # PNG, section 11.2.2
    if len(image) > MAX_PNG_BYTES or not (0 < width <= MAX_PNG_SIDE and 0 < height <= MAX_PNG_SIDE):
        raise InvalidInput("The board's picture is too large; clear the board and draw again.")
    try:
        picture = Image.open(io.BytesIO(image), formats=("PNG",))
        picture.load()
    except (OSError, SyntaxError, ValueError) as error:
        raise InvalidInput("The board's picture cannot be read; clear the board and draw again.") from error
    return picture


def _columns(found: Sequence[Prediction], networks: Sequence[str]) -> list[Answer]:
    """One column per network, empty ones when there is no answer."""
    shares = [prediction.probabilities for prediction in found] or [()] * len(networks)
    return [Answer(NETWORKS[name], share) for name, share in zip(networks, shares, strict=True)]


def _strip(stages: Stages | None) -> list[Picture]:
    """Return the stages from ink to input as pictures, black ones when there is none."""
    dark = np.zeros((28, 28), np.uint8)
    crop, fitted, centred = (stages.crop, stages.fitted, stages.centred) if stages else (dark, dark, dark)
    return [
        Picture(crop, _("1 Ink, cropped"), _("The ink alone, white on black, cut out along its edges.")),
        Picture(fitted, _("2 Fitted into 20×20"), _("The same ink, its longer side 20 pixels long.")),
        Picture(centred, _("3 Centred by mass in 28×28"), _("28×28 grey pixels: what the networks see.")),
    ]
