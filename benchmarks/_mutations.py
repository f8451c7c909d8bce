"""Images spoilt in ten ways, as a stranger's upload may be; every seed gives the same bytes."""

from __future__ import annotations

import io
import random
import struct
import zlib
from collections.abc import Iterator

from PIL import Image, ImageDraw


def originals() -> list[bytes]:
    """Return small pictures of a digit in every format and mode that is accepted, and some that are not."""
    drawn = Image.new("L", (160, 120), 235)
    ImageDraw.Draw(drawn).line([(50, 25), (110, 25), (80, 100)], fill=20, width=10, joint="curve")
    colour = drawn.convert("RGB")
    clear = colour.convert("RGBA")
    clear.putalpha(drawn.point(lambda value: 255 - value))
    exif = Image.Exif()
    exif[0x0112] = 6
    files: list[bytes] = []

    def add(image: Image.Image, kind: str, **options: object) -> None:
        file = io.BytesIO()
        image.save(file, kind, **options)
        files.append(file.getvalue())

    add(colour, "JPEG", exif=exif)
    add(colour, "JPEG", progressive=True, quality=60)
    add(colour.convert("CMYK"), "JPEG")
    add(drawn, "JPEG")
    add(drawn, "PNG")
    add(clear, "PNG", exif=exif)
    add(colour.convert("P"), "PNG", transparency=0)
    add(drawn.convert("1"), "PNG")
    add(drawn.convert("I").point(lambda value: value * 257).convert("I;16"), "PNG")
    add(clear, "WEBP", exif=exif)
    add(colour, "WEBP", lossless=True)
    frames = [colour.rotate(angle) for angle in (90, 180)]
    add(colour, "WEBP", save_all=True, append_images=frames)
    add(colour, "PNG", save_all=True, append_images=frames)
    add(colour, "GIF")
    add(colour, "TIFF")
    add(colour, "BMP")
    return files


def mutations(count: int, seed: int) -> Iterator[bytes]:
    """Yield spoilt files.

    Args:
        count: how many.
        seed: of every choice.
    """
    chance, files = random.Random(seed), originals()
    for number in range(count):
        data = bytearray(chance.choice(files))
        way = number % 10
        if way == 0:  # a few bits turned
            for _ in range(chance.randint(1, 8)):
                data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        elif way == 1:  # bits of the header turned
            for _ in range(chance.randint(1, 4)):
                data[chance.randrange(min(64, len(data)))] = chance.randrange(256)
        elif way == 2:  # cut off
            del data[chance.randrange(len(data)) :]
        elif way == 3:  # a stretch missing, or doubled
            start = chance.randrange(len(data))
            end = min(len(data), start + chance.randrange(1, 200))
            data[start:end] = b"" if chance.random() < 0.5 else bytes(data[start:end]) * 2
        elif way == 4:  # a stretch of nonsense
            start = chance.randrange(len(data))
            nonsense = chance.randbytes(chance.randint(1, 100))
            data[start : start + len(nonsense)] = nonsense
        elif way == 5:  # the head of one, the tail of another
            other = chance.choice(files)
            data = data[: chance.randrange(len(data))] + other[chance.randrange(len(other)) :]
        elif way == 6:  # nonsense behind a known beginning
            data = data[: chance.choice((2, 4, 8, 12, 16, 33))] + chance.randbytes(chance.randint(0, 2000))
        elif way == 7:  # something large behind it
            data += bytes(chance.choice((1, 1000, 100_000, 3_999_000, 4_100_000)))
        elif way == 8:
            data = bytearray(_claiming(chance))
        else:
            data = bytearray(_bomb(chance))
        yield bytes(data)


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def _png(width: int, height: int, depth: int, colour: int, body: bytes, extra: bytes = b"") -> bytes:
    head = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + extra + _chunk(b"IDAT", body) + _chunk(b"IEND", b"")


def _claiming(chance: random.Random) -> bytes:
    """A PNG that says it has another size, depth or colour type than it has."""
    side = (0, 1, 7, 28, 300, 2000, 3000, 8000, 30_000, 2**31 - 1, 2**32 - 1)
    body = zlib.compress(bytes(chance.choice((0, 100, 100_000))))
    return _png(chance.choice(side), chance.choice(side), chance.choice((1, 2, 4, 8, 16)), chance.randrange(7), body)


_KEPT: dict[int, bytes] = {}


def _bomb(chance: random.Random) -> bytes:
    """A small file that would be a large picture, or a large text."""
    kind = chance.randrange(7)
    if kind in _KEPT:
        return _KEPT[kind]
    small = zlib.compress(bytes(1000))
    file = io.BytesIO()
    if kind == 0:
        made = _png(2800, 2800, 8, 6, zlib.compress(bytes(2800 * (2800 * 4 + 1)), 9))
    elif kind == 1:
        made = _png(9000, 9000, 1, 0, zlib.compress(bytes(9000 * 1126), 9))
    elif kind == 2:
        text = _chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(90_000_000), 9))
        made = _png(28, 28, 8, 0, small, text)
    elif kind == 3:
        made = _png(28, 28, 8, 0, small, _chunk(b"iCCP", b"a\0\0" + zlib.compress(bytes(90_000_000), 9)))
    elif kind == 4:
        Image.new("L", (7000, 7000), 200).save(file, "JPEG", quality=10)
        made = file.getvalue()
    elif kind == 5:
        Image.new("RGB", (3400, 3400), "white").save(file, "JPEG", quality=10, progressive=True)
        scan = file.getvalue()
        begin = scan.rindex(b"\xff\xda")
        made = scan[:-2] + scan[begin:-2] * chance.choice((5, 20, 1000)) + scan[-2:]
    else:
        Image.new("RGB", (2440, 2440), "white").save(file, "WEBP", quality=5)
        made = file.getvalue()
    if kind != 5:
        _KEPT[kind] = made
    return made
