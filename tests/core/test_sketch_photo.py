"""Photographed digits are read whatever the light; strange files are refused in one sentence, quickly."""

from __future__ import annotations

import io
import time

import numpy as np
import pytest
from PIL import Image

from benchmarks._mutations import mutations, originals
from benchmarks._photos import SCENES, photo
from benchmarks.uploads import measured
from core.data.grey import denormalise
from core.errors import InvalidInput
from core.nets.pretrained import pretrained
from core.sketch import photo as module
from core.sketch.ink import Blank
from core.sketch.photo import MAX_PHOTO_BYTES, open_photo
from core.sketch.preprocess import Stages, Steps, finish
from core.sketch.reading import photo_sheet


def saved(image: Image.Image, kind: str, **options) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


@pytest.fixture(scope="module")
def model():
    return pretrained("lenet5")


@pytest.fixture(scope="module")
def seven() -> Image.Image:
    """A dark seven on light paper, upright, 240×300."""
    image = Image.new("L", (240, 300), 230)
    pen = Image.new("L", (240, 300), 0)
    from PIL import ImageDraw

    ImageDraw.Draw(pen).line([(60, 70), (180, 70), (110, 240)], fill=255, width=18, joint="curve")
    image.paste(30, mask=pen)
    return image


def read_photo(payload: bytes, steps: Steps | None = None) -> Stages:
    found = photo_sheet(payload)
    return finish(found.ink, found.raw, steps)


@pytest.mark.parametrize("name", SCENES)
def test_photos_are_read_whatever_the_light(name, model, digits) -> None:
    random, right = np.random.default_rng(1), 0
    count = 2 if max(SCENES[name].size) > 1000 else 10
    for row in range(20, 20 + count):
        payload = photo(denormalise(digits.test_images[row, 0]).numpy(), SCENES[name], random)
        right += int(model(read_photo(payload).normalised).argmax() == digits.test_labels[row])
    assert right >= 0.9 * count


def kinds(seven: Image.Image) -> dict[str, bytes]:
    colour, clear = seven.convert("RGB"), seven.convert("RGBA")
    clear.putalpha(seven.point(lambda value: 255 if value < 128 else 0))
    deep = Image.fromarray(np.asarray(seven).astype(np.uint16) * 257)
    blank = Image.new("RGB", seven.size, "white")
    return {
        "jpeg": saved(colour, "JPEG"),
        "progressive": saved(colour, "JPEG", progressive=True),
        "cmyk": saved(colour.convert("CMYK"), "JPEG"),
        "grey": saved(seven, "JPEG"),
        "png": saved(colour, "PNG"),
        "transparent": saved(clear, "PNG"),
        "palette": saved(colour.convert("P"), "PNG"),
        "bits": saved(seven.convert("1"), "PNG"),
        "16 bit": saved(deep, "PNG"),
        "webp": saved(colour, "WEBP"),
        "webp, transparent": saved(clear, "WEBP"),
        "animated webp": saved(colour, "WEBP", save_all=True, append_images=[blank]),
        "animated png": saved(colour, "PNG", save_all=True, append_images=[blank]),
        "negative": saved(Image.eval(seven, lambda value: 255 - value), "PNG"),
    }


def test_every_kind_of_file(seven, model) -> None:
    for name, payload in kinds(seven).items():
        assert int(model(read_photo(payload).normalised).argmax()) == 7, name


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_upright_as_exif_says(seven, model, orientation, kind) -> None:
    back = {1: None, 2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}[orientation]  # what undoes it, as PIL's Transpose
    lying = seven if back is None else seven.transpose(Image.Transpose(back))
    exif = Image.Exif()
    exif[0x0112] = orientation
    payload = saved(lying.convert("RGB"), kind, exif=exif)
    assert open_photo(payload).size == seven.size
    assert int(model(read_photo(payload).normalised).argmax()) == 7


def test_steps_can_be_left_out_here_too(seven) -> None:
    assert read_photo(saved(seven, "PNG"), Steps(fit=False)).fitted.shape == (28, 28)


@pytest.mark.parametrize("value", [0, 128, 255])
def test_blank_paper_and_grain_are_refused(value) -> None:
    random = np.random.default_rng(0)
    even = np.full((300, 400), value, np.uint8)
    grain = np.clip(value + random.normal(0, 6, (300, 400)), 0, 255).astype(np.uint8)
    shade = np.broadcast_to(np.linspace(value / 2, value, 400), (300, 400)).astype(np.uint8)
    for pixels in (even, grain, shade):
        with pytest.raises(Blank, match="blank"):
            read_photo(saved(Image.fromarray(pixels), "PNG"))


def test_what_is_too_large_is_refused_by_its_header(monkeypatch) -> None:
    def load(_self: object) -> None:
        raise AssertionError("decoded")

    big = {
        "PNG": saved(Image.new("1", (4000, 3000)), "PNG"),
        "WEBP": saved(Image.new("RGB", (3000, 3000)), "WEBP"),
        "JPEG": saved(Image.new("L", (8000, 7000)), "JPEG"),
        "progressive": saved(Image.new("L", (4000, 4000)), "JPEG", progressive=True),
        "strip": saved(Image.new("L", (4000, 100)), "PNG"),
    }
    monkeypatch.setattr(Image.Image, "load", load)
    monkeypatch.setattr(module, "_plain", load)
    for name, payload in big.items():
        with pytest.raises(InvalidInput, match="million pixels") as caught:
            read_photo(payload)
        assert not isinstance(caught.value, Blank), name
    with pytest.raises(InvalidInput, match="4 MB"):
        read_photo(bytes(MAX_PHOTO_BYTES + 1))


@pytest.mark.parametrize("kind", ["GIF", "TIFF", "BMP", "PPM", "ICO"])
def test_other_formats_are_refused_by_name_of_those_that_are_not(seven, kind) -> None:
    with pytest.raises(InvalidInput, match="JPEG, PNG or WebP"):
        read_photo(saved(seven.convert("RGB"), kind))
    with pytest.raises(InvalidInput, match="too small"):
        read_photo(saved(Image.new("L", (7, 30)), "PNG"))


def test_hundreds_of_spoilt_uploads_are_read_or_refused_with_little_time_and_memory() -> None:
    for payload in originals():
        measured(payload)
    began, found, most = time.process_time(), set(), 0
    for payload in mutations(600, 2):
        what, _, memory = measured(payload)
        found.add(what)
        most = max(most, memory)
    print(f"{(time.process_time() - began) / 600 * 1000:.1f} ms each, at most {most / 1e6:.0f} MB")
    assert found == {"read", "blank", "refused"}
    assert most < 100_000_000
