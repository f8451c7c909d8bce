"""Kernels over pictures: against sums by hand and torch's layers; uploads of every bad kind."""

import io
import struct
import zlib

import numpy as np
import pytest

from core.errors import InvalidInput

torch = pytest.importorskip("torch")
from PIL import Image  # noqa: E402

from core.conv.example import Example  # noqa: E402
from core.conv.filters import kernel  # noqa: E402
from core.conv.pictures import (  # noqa: E402
    MAX_SIDE,
    MAX_UPLOAD_BYTES,
    feature_maps,
    read_upload,
    trained_kernels,
    trained_maps,
)
from core.nets.pretrained import pretrained  # noqa: E402
from tests.core.conv_steps import worked  # noqa: E402


def png(image: Image.Image, kind: str = "PNG") -> bytes:
    file = io.BytesIO()
    image.save(file, kind)
    return file.getvalue()


def test_the_same_numbers_as_step_by_step() -> None:
    example = Example(height=7, width=6, kernel="sobel", stride=2, padding=1, bias=2)
    picture = np.array(example.input_channel(0), np.uint8) * 51  # 0 … 3 becomes 0 … 0.6: a fifth of the number
    (found,) = feature_maps(picture, [kernel("sobel", 3)], stride=2, padding=1, biases=[2 / 5])
    assert found * 5 == pytest.approx(np.array(worked(example).output), abs=1e-5)


def test_a_window_larger_than_the_picture_is_refused() -> None:
    with pytest.raises(InvalidInput, match="11×11"):
        feature_maps(np.zeros((4, 9), np.uint8), [kernel("blur", 11)], padding=1)


def test_trained_filters_are_lenet5_s_first_layer(digits) -> None:
    from core.data.grey import denormalise

    network = pretrained("lenet5")
    image = digits.test_images[:1].cpu()
    with torch.inference_mode():
        wanted = network.net[1](network.net[0](image))[0].numpy()
    found = trained_maps(denormalise(image[0, 0]).numpy(), network)
    assert found.shape == (6, 28, 28)
    assert found == pytest.approx(wanted, abs=1e-4)
    assert trained_kernels(network).shape == (6, 5, 5)


@pytest.mark.parametrize(
    ("mode", "kind"),
    [
        *((mode, "PNG") for mode in ("L", "RGB", "1", "P", "RGBA", "LA", "I;16")),
        *((m, "JPEG") for m in ("L", "RGB", "CMYK")),
    ],
)
def test_every_kind_of_picture_becomes_grey(mode: str, kind: str) -> None:
    image = Image.new("L", (600, 300), 200)
    image = image.convert("I" if mode == "I;16" else "RGB").convert(mode)
    found = read_upload(png(image, kind))
    assert found.shape == (MAX_SIDE // 2, MAX_SIDE)
    assert found.dtype == np.uint8
    if mode != "I;16":  # of which 200 is next to nothing
        assert abs(int(found.mean()) - 200) <= 6  # "1" and "P" are dithered


def test_transparent_is_white() -> None:
    assert read_upload(png(Image.new("RGBA", (4, 4), (0, 0, 0, 0)))).min() == 255


def bomb(side: int) -> bytes:
    """A PNG of side × side pixels in a few kilobytes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 10)) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "no readable"),
        (b"GIF89a" + b"\0" * 99, "no readable"),
        (png(Image.new("L", (99, 99)))[:-40], "no readable"),
        (b"x" * (MAX_UPLOAD_BYTES + 1), "2.0 MB, more than the 2 MB"),
        (bomb(5000), "16 million pixels"),
        (bomb(60_000), "16 million pixels"),
        (bomb(3000), "no readable"),
    ],
    ids=["empty", "gif", "cut off", "too long", "25 MP", "3600 MP", "no pixels"],
)
def test_bad_uploads_are_one_sentence(data: bytes, words: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        read_upload(data)
    assert words in str(refusal.value)
