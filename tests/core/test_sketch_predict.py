"""Image files of all kinds → a digit, or one clear sentence."""

from __future__ import annotations

import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from core.data.grey import denormalise
from core.errors import InvalidInput
from core.nets.pretrained import pretrained
from core.sketch.ink import Blank
from core.sketch.predict import MAX_FILE_BYTES, Prediction, predict, predict_file


@pytest.fixture(scope="module")
def two(digits):
    """A handwritten two, black on white, upright, 200×240."""
    index = int((digits.test_labels == 2).nonzero()[0])
    grey = denormalise(digits.test_images[index, 0]).numpy()
    sketch = Image.new("L", (200, 240), 255)
    sketch.paste(Image.fromarray(255 - grey).resize((180, 180), Image.Resampling.BICUBIC), (5, 50))
    return sketch


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png_claiming(width: int, height: int) -> bytes:
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 100)) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("name", ["lenet5", "mnist-dnn"])
def test_ten_probabilities_and_the_digit(two, tmp_path, name) -> None:
    two.save(tmp_path / "two.png")
    found = predict_file(tmp_path / "two.png", name)
    assert found.digit == 2
    assert len(found.probabilities) == 10
    assert sum(found.probabilities) == pytest.approx(1)
    assert max(found.probabilities) == found.probabilities[2] > 0.5
    assert found == predict(np.asarray(two), pretrained(name))


def _palette(image):
    return image.convert("P"), {}


def _palette_with_transparency(image):
    return image.convert("P"), {"transparency": bytes([255] * 200 + [0] * 56)}


def _deep(image):
    return Image.fromarray(np.asarray(image).astype(np.uint16) * 257), {}


def _alpha(image):
    ink = Image.new("RGBA", image.size, (0, 0, 0, 0))
    ink.putalpha(Image.eval(image, lambda value: 255 - value))
    return ink, {}


def _grey_alpha(image):
    return _alpha(image)[0].convert("LA"), {}


def _bits(image):
    return image.convert("1"), {}


@pytest.mark.parametrize("change", [_palette, _palette_with_transparency, _deep, _alpha, _grey_alpha, _bits])
def test_png_of_every_kind(two, tmp_path, change) -> None:
    image, options = change(two)
    image.save(tmp_path / "two.png", **options)
    assert predict_file(tmp_path / "two.png", "lenet5").digit == 2


@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK"])
def test_jpeg_lying_on_its_side_as_its_exif_says(two, tmp_path, mode) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turn by 90° clockwise to see it upright
    lying = two.transpose(Image.Transpose.ROTATE_90)
    lying.convert(mode).save(tmp_path / "two.jpg", exif=exif)
    assert predict_file(tmp_path / "two.jpg", "lenet5").digit == 2


def test_large_and_small_files(two, tmp_path) -> None:
    for size in ((28, 34), (3000, 3600)):
        two.resize(size, Image.Resampling.BICUBIC).save(tmp_path / "two.png")
        assert predict_file(tmp_path / "two.png", "lenet5").digit == 2


def test_a_blank_file_is_refused(tmp_path) -> None:
    Image.new("RGB", (300, 200), "white").save(tmp_path / "blank.png")
    with pytest.raises(Blank):
        predict_file(tmp_path / "blank.png", "lenet5")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "no readable PNG or JPEG"),
        (b"GIF89a" + bytes(100), "no readable PNG or JPEG"),
        (png_claiming(28, 28)[:60], "no readable PNG or JPEG"),
        (png_claiming(0, 28), "no readable PNG or JPEG"),
        (png_claiming(8000, 8000), "more than 50 million pixels"),
        (png_claiming(12000, 12000), "more than 50 million pixels"),
        (png_claiming(60000, 60000), "more than 50 million pixels"),
        (bytes(MAX_FILE_BYTES + 1), "more than the 20 MB"),
    ],
)
def test_what_cannot_be_read_is_refused_in_one_sentence(tmp_path, content, says) -> None:
    (tmp_path / "x.png").write_bytes(content)
    with pytest.raises(InvalidInput, match=says) as caught:
        predict_file(tmp_path / "x.png", "lenet5")
    assert not isinstance(caught.value, Blank)


def test_a_missing_file_and_a_folder(tmp_path) -> None:
    with pytest.raises(InvalidInput, match="no file"):
        predict_file(tmp_path / "none.png", "lenet5")
    with pytest.raises(InvalidInput, match="no readable"):
        predict_file(tmp_path, "lenet5")


def test_a_prediction_is_plain() -> None:
    assert Prediction(1, (0.0, 1.0)) == Prediction(1, (0.0, 1.0))
