"""Lesson 3, on a picture: one kernel, many, or LeNet-5's trained filters over a digit, a sketch or an upload."""

from functools import lru_cache
from html import escape

import numpy as np
import numpy.typing as npt
import streamlit as st

from core import cache
from core.conv.edits import edited, parse_edits
from core.conv.filters import KERNELS, Grid, kernel
from core.conv.pictures import (
    MAX_UPLOAD_BYTES,
    Bytes,
    Maps,
    colours,
    feature_maps,
    grey,
    read_upload,
    trained_kernels,
    trained_maps,
)
from core.data.grey import denormalise
from core.export.picture_script import picture_script, trained_script
from core.sketch.preprocess import preprocess
from ui import board, lesson
from ui.conv import blocks, layer
from ui.conv.settings import Settings, kernel_names
from ui.design import PALETTE, dark
from ui.digits import wait_for_digits
from ui.drawing import drawing
from ui.packed import SMALL, png, png_file
from ui.state.controls import Controls
from ui.state.session import sent
from ui.take_away import download, download_script, download_shipped
from ui.text import _, aside, catalogue, language, once_a_language

GALLERY = tuple(name for name in KERNELS if name != "counting")


def panel(controls: Controls[Settings]) -> None:
    """Draw the controls of a picture."""
    sources = {
        "digit": _("Digit"),
        "colours": _("Colours"),
        "sketch": _("Sketch"),
        "upload": _("Upload"),
    }
    source = controls.segmented("source", _("Picture"), sources)
    with st.container():  # also an empty one keeps its place: an expander that moves closes
        if source == "digit":
            controls.number("digit", _("Test sample"), help=_("Number of the sample in MNIST's test set, from 0."))
        elif source == "upload":
            st.file_uploader(
                _("PNG or JPEG, at most 2 MB"),
                type=["png", "jpg", "jpeg"],
                max_upload_size=MAX_UPLOAD_BYTES // 1_000_000,
                key="conv_upload",
                help=_("The picture stays in this session; it is not part of the link."),
            )
            controls.toggle("colour", _("In colour: three channels"))
    maps = {"all": _("Many"), "one": _("One"), "c1": _("LeNet-5's C1")}
    if controls.segmented("maps", _("Kernels"), maps) == "c1":
        return
    one = controls.settings.maps == "one"
    with st.container():
        if one:
            layer.kernels(controls)
    left, right = st.columns(2)
    with left:
        controls.number("kernel_size", _("Window side F"), help=_("Rows and columns of the kernel or pooling window."))
    with right:
        controls.number("padding", _("Padding P"), help=_("Rings of zeros around the input."))
    with lesson.more():
        left, right = st.columns(2)
        with left:
            controls.number("stride", _("Stride S"), help=_("The step of the window."))
        with right:
            if one:
                controls.number("bias", _("Bias b"), help=_("Added to every sum; one per output channel."))
            else:
                controls.number("seed", _("Seed of random kernels"), on_change=lambda: layer.drop(controls, "w"))


@lesson.problems()
def stage(controls: Controls[Settings]) -> None:
    """Draw the picture before and after."""
    picture = _picture(controls.settings)
    if picture is not None:
        _draw(controls.settings, picture)


def _picture(now: Settings) -> Bytes | None:
    """Return the chosen picture, (H, W) or (3, H, W); None, and a word about it, where there is none yet."""
    if now.source == "colours":
        return colours()
    if now.source == "upload":
        file = sent("conv_upload")
        if file is None:
            st.info(_("Choose a picture on the right: a photo, a drawing, a page of text."))
            return None
        return _read_upload(bytes(file.getvalue()), now.colour)
    if now.source == "sketch":
        sketched = board.picture()
        if sketched is None:
            st.info(_("Draw a digit on the sketch pad, then come back: it will be here."))
            st.page_link("sketch_pad.py", label=_("To the sketch pad"), icon=":material/draw:")
            return None
        return preprocess(board.decode(sketched)).centred
    if not wait_for_digits(_("MNIST is being loaded; the digit appears by itself.")):
        return None
    images = cache.mnist().test_images
    return denormalise(images[now.digit % len(images), 0]).cpu().numpy()


@st.cache_data(max_entries=20, show_spinner=False)
def _read_upload(data: bytes, colour: bool) -> Bytes:
    return read_upload(data, colour)


def _draw(now: Settings, picture: Bytes) -> None:
    if now.maps == "c1":
        picture = grey(picture)  # it was trained on one channel
    channels, height, width = picture.shape if picture.ndim == 3 else (1, *picture.shape)
    if picture.nbytes <= SMALL:  # a digit, the same for all
        figures, (count, rows, columns), size = _known(now, dark(), picture.tobytes(), picture.shape)
    else:
        figures, (count, rows, columns), size = _figures(now, picture)
    st.markdown(f"## {channels} × {height} × {width} → {count} × {rows} × {columns}")
    if channels > 1:
        biases = [now.bias if now.maps == "one" else 0] * count
        drawing(*blocks.svg((channels, height, width), size, (count, rows, columns), channels, biases))
    _show(figures, large=count == channels == 1)
    st.caption(
        _(
            "Six filters that LeNet-5 learned on MNIST, its 5×5 weights in the corner of each map, then tanh. "
            "Blue: positive, orange: negative. Computed with torch."
        )
        if now.maps == "c1"
        else _(
            "Pixels count as 0 to 1. Blue: positive, orange: negative, each map in its own full colour; "
            "the kernel in its corner. Computed with torch."
        )
    )
    if channels > 1:
        aside("Each filter has this kernel three times, once for each channel; all products are summed.")


def _figures(now: Settings, picture: Bytes) -> tuple[list[str], tuple[int, int, int], tuple[int, int]]:
    """Return the figures of a picture and of what it becomes, the shape of all maps, and the kernels' size."""
    height, width = picture.shape[-2:]
    said = _("The picture before, in colour.") if picture.ndim == 3 else _("The picture before, in grey.")
    figures = [_figure(_rgb_pixels(picture), _("Input {h}×{w}", h=height, w=width), said)]
    if picture.ndim == 3:
        figures += _channels(picture)
    names = kernel_names()
    if now.maps == "c1":
        network = cache.pretrained("lenet5")
        found, insets = trained_maps(picture, network), [*trained_kernels(network)]
        titles = [_("C1, filter {n}", n=number) for number in range(1, len(found) + 1)]
    elif now.maps == "all":
        chosen = gallery(now)
        found = feature_maps(picture, list(chosen.values()), now.stride, now.padding)
        titles = [names[name] for name in chosen]
        insets = [np.array(weights, np.float32) for weights in chosen.values()]
    else:
        weights = one_kernel(now)
        found = feature_maps(picture, [weights], now.stride, now.padding, [now.bias])
        titles, insets = [names[now.kernel]], [np.array(weights, np.float32)]
    for title, one, inset in zip(titles, found, insets, strict=True):
        figures.append(_figure(_signed(one), title, _described(title, one), inset=_signed(inset)))
    count, rows, columns = found.shape
    return figures, (count, rows, columns), (insets[0].shape[0], insets[0].shape[1])


@once_a_language
def _known(
    now: Settings, _dim: bool, pixels: bytes, shape: tuple[int, ...]
) -> tuple[list[str], tuple[int, int, int], tuple[int, int]]:
    return _figures(now, np.frombuffer(pixels, np.uint8).reshape(shape).copy())  # torch wants to be able to write


def _channels(picture: Bytes) -> list[str]:
    """Return a figure for each channel, in its own light."""
    figures = []
    for number, name in enumerate((_("red"), _("green"), _("blue"))):
        alone = np.zeros_like(picture)
        alone[number] = picture[number]
        title = _("Channel {n}: {name}", n=number + 1, name=name)
        figures.append(_figure(_rgb_pixels(alone), title, title))
    return figures


@lesson.problems()
def code(controls: Controls[Settings]) -> None:
    """Draw the same as a PyTorch script, with the files that it reads."""
    now, say = controls.settings, catalogue(language()).gettext
    if now.maps == "c1":
        name, lines = "lenet5-c1", trained_script(say)
    else:
        chosen = gallery(now) if now.maps == "all" else {now.kernel: one_kernel(now)}
        name = "kernels" if now.maps == "all" else f"kernel-{now.kernel}"
        bias = now.bias if now.maps == "one" else None
        three = now.source == "colours" or (now.source == "upload" and now.colour)
        lines = picture_script(chosen, now.stride, now.padding, bias, three, say)
    picture = _picture(now)
    with st.container(horizontal=True, gap="small"):
        download_script("conv_picture", name, lines)
        if picture is not None:
            shown = _rgb_pixels(grey(picture) if now.maps == "c1" else picture)
            download("picture.png", "conv_picture_file", lambda: png_file(shown), "picture.png", "image/png")
        if now.maps == "c1":
            download_shipped("lenet5")
    aside("Put the files beside the script; it gives the page's own numbers.")
    st.code(lines, language="python")


def gallery(now: Settings) -> dict[str, Grid]:
    """Return every kernel of the menu but the course's own, which shows little on a picture."""
    return {name: kernel(name, now.kernel_size, seed=f"{now.seed}/0/0") for name in GALLERY}


def one_kernel(now: Settings) -> Grid:
    """Return the one chosen kernel, with the numbers that were typed over its first filter and channel."""
    chosen = kernel(now.kernel, now.kernel_size, seed=f"{now.seed}/0/0")
    return edited(chosen, parse_edits(now.edits).weights, 0, 0)


# ---- arrays → pictures


def _rgb_pixels(pixels: Bytes) -> Bytes:
    return pixels.transpose(1, 2, 0) if pixels.ndim == 3 else np.repeat(pixels[..., None], 3, axis=2)


def _signed(values: Maps) -> Bytes:
    """Return numbers as colours: blue for positive, orange for negative, the ground for 0."""
    most = float(np.abs(values).max()) or 1.0
    share = np.clip(np.abs(values) / most, 0, 1)[..., None]
    ground = _rgb(PALETTE["ground"][dark()])
    hue = np.where((values < 0)[..., None], _rgb(PALETTE["negative"][dark()]), _rgb(PALETTE["positive"][dark()]))
    return np.rint(ground * (1 - share) + hue * share).astype(np.uint8)


@lru_cache(maxsize=8)
def _rgb(colour: str) -> npt.NDArray[np.float32]:
    return np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)], np.float32)


def _described(title: str, values: Maps) -> str:
    return _(
        "{kernel}: {h}×{w} numbers from {low} to {high}.",
        kernel=title,
        h=values.shape[0],
        w=values.shape[1],
        low=f"{values.min():.3g}".replace("-", "−"),
        high=f"{values.max():.3g}".replace("-", "−"),
    )


def _figure(pixels: Bytes, title: str, alt: str, inset: Bytes | None = None) -> str:
    corner = "" if inset is None else f'<img alt="" src="{png(inset)}">'
    numbers = "" if inset is None else f"<small>{escape(alt.split(': ', 1)[-1])}</small>"
    image = f'<img alt="{escape(alt)}" src="{png(pixels)}">'
    return f"<figure><div>{image}{corner}</div><figcaption>{escape(title)}{numbers}</figcaption></figure>"


def _show(figures: list[str], large: bool = False) -> None:
    st.html(f'{_STYLE}<div class="ck-figures{" ck-large" if large else ""}">{"".join(figures)}</div>')


_STYLE = """<style>
.ck-figures { display: grid; grid-template-columns: repeat(auto-fill, minmax(8.25rem, 1fr)); gap: 0.75rem; }
.ck-figures.ck-large { grid-template-columns: repeat(2, minmax(0, 1fr)); }
.ck-figures figure { margin: 0; }
.ck-figures figcaption { font-size: 0.875rem; line-height: 1.3; }
.ck-figures small { display: block; color: var(--ck-muted); font-size: 0.75rem; }
.ck-figures div { position: relative; border: 1px solid var(--ck-line); }
.ck-figures img { display: block; width: 100%; image-rendering: pixelated; }
.ck-figures img + img { position: absolute; right: 0; bottom: 0; width: 22%; border: 1px solid var(--ck-line); }
</style>"""
