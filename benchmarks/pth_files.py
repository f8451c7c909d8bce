"""Thousands of spoilt .pth files: `python -m benchmarks.pth_files [--count 5000] [--seed 0]`.

Files of the course's classes, whole pickled models and pickles that would run code are changed byte by byte, cut,
lengthened, and packed anew around a spoilt pickle with right checksums, and then read as an upload is read. Each is
read, or refused by a sentence; anything else is a defect. Printed: how many of each, the most processor time and the
most memory of Python that one took. Exit status 1 when one took more than 1 s or 100 MB, broke through, or ran code.
"""

from __future__ import annotations

import argparse
import io
import random
import sys
import time
import tracemalloc
import zipfile
from collections import Counter
from contextlib import suppress

import torch
from torch import nn

from core.errors import InvalidInput
from core.nets.digit_files import read_digit_weights
from core.nets.files import read_weights
from core.nets.mlp import MlpConfig
from core.nets.pth import read_pth

MOST_SECONDS, MOST_MEMORY = 1.0, 100_000_000
SMALL = MlpConfig((3, 5, 3), batch_norm=True)
RAN: list[str] = []
# What a pickle may say: instructions, names and numbers that are worth trying at any place of it.
PIECES = (
    *(
        bytes([code])
        for code in b"(.0122BCcDFGIJKLMNPQRSTUVX]\x81\x82\x85\x86\x87\x88\x8a\x8b\x8c\x90\x93\x94\x95ab}hijrstuq)"
    ),
    b"cos\nsystem\n",
    b"cbuiltins\neval\n",
    b"cbenchmarks.pth_files\nran\n",
    b"X\x03\x00\x00\x00ran\x85R",
    b"\x80\x04",
    b"r\xff\xff\xff\xff",
    b"X\xff\xff\xff\xff",
    b"J\xff\xff\xff\xff",
    b"\x8a\xff" + b"\xff" * 255,
    b"((((((((",
    b"]" * 500,
)


def ran(what: str = "") -> None:
    """Be called by a pickle, which must not happen."""
    RAN.append(what)


class Runs:
    """Pickles as a call of ``ran``."""

    def __reduce__(self) -> tuple[object, ...]:
        """Say so."""
        return ran, ("ran",)


def originals() -> list[bytes]:
    """Return files as pupils save them, and what must not be loaded."""
    lenet = nn.Sequential(
        *(nn.Conv2d(1, 6, 5, padding=2), nn.Tanh(), nn.AvgPool2d(2), nn.Conv2d(6, 16, 5), nn.Tanh(), nn.AvgPool2d(2)),
        *(nn.Conv2d(16, 120, 5), nn.Tanh(), nn.Flatten(), nn.Linear(120, 84), nn.Tanh(), nn.Linear(84, 10)),
    )
    small = nn.Sequential(nn.Linear(3, 5), nn.BatchNorm1d(5), nn.ReLU(), nn.Linear(5, 3))
    found = [lenet.state_dict(), small.state_dict(), {"epoch": 3, "model": small.state_dict()}, small]
    return [_saved(what) for what in (*found, {"weight": Runs()}, Runs())] + [
        _saved(small.state_dict(), pickle_protocol=4),
        _saved(small.state_dict(), _use_new_zipfile_serialization=False),
    ]


def _saved(what: object, **options: object) -> bytes:
    file = io.BytesIO()
    torch.save(what, file, **options)  # type: ignore[arg-type]
    return file.getvalue()


def mutated(payload: bytes, chance: random.Random) -> bytes:
    """Return a spoilt copy of a file: of its pickle alone, packed anew, or of any of its bytes."""
    if chance.random() < 0.6:
        with suppress(zipfile.BadZipFile):
            return _packed(payload, chance)
    spoilt = bytearray(payload)
    for _ in range(chance.choice((1, 1, 2, 5, 40))):
        # most of a file is numbers: its beginning and its end are what is read with care
        place = chance.choice((chance.randrange(2_000), len(spoilt) - chance.randrange(2_000), chance.randrange(10**7)))
        _spoil(spoilt, min(max(place, 0), len(spoilt)), chance, (bytes([chance.randrange(256)]),))
    return bytes(spoilt)


def _packed(payload: bytes, chance: random.Random) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(payload)) as old, zipfile.ZipFile(file, "w") as new:
        for entry in old.infolist():
            content = bytearray(old.read(entry))
            if entry.filename.endswith("data.pkl"):
                for _ in range(chance.choice((1, 1, 2, 5, 40))):
                    _spoil(content, chance.randrange(len(content) + 1), chance, PIECES)
            elif chance.random() < 0.02:
                continue
            new.writestr(entry.filename, bytes(content), chance.choice((0, 0, 0, 0, 0, 0, 0, 8)))
    return file.getvalue()


def _spoil(content: bytearray, place: int, chance: random.Random, pieces: tuple[bytes, ...]) -> None:
    match chance.randrange(5):
        case 0:
            content[place : place + 1] = chance.choice(pieces)
        case 1:
            content[place : place + 1] = bytes(byte ^ 1 << chance.randrange(8) for byte in content[place : place + 1])
        case 2:
            content[place:place] = chance.choice(pieces)
        case 3:
            del content[place : place + chance.randrange(1, 60)]
        case _:
            start = chance.randrange(len(content) + 1)
            content[place:place] = content[start : start + chance.randrange(1, 200)]


def tell(payload: bytes) -> str:
    """Read an upload, as numbers and as the weights of a network, and say what became of it."""
    refused = 0
    for read in (read_pth, lambda file: read_weights(file, SMALL), lambda file: read_digit_weights(file, "lenet5")):
        try:
            read(payload)
        except InvalidInput as error:
            refused += 1
            if not str(error):
                return "CRASHED"
    return ("fitting a network", "fitting none", "refused")[max(refused, 1) - 1]


def main() -> int:
    """Spoil, read, count; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    chance = random.Random(options.seed)
    files = originals()
    told: Counter[str] = Counter()
    longest, largest = 0.0, 0
    for number in range(options.count):
        payload = mutated(chance.choice(files), chance)
        tracemalloc.start()
        started = time.process_time()
        try:
            told[tell(payload)] += 1
        except Exception as error:
            told["CRASHED"] += 1
            print(f"file {number}: {type(error).__name__}: {error}")
        longest = max(longest, time.process_time() - started)
        largest = max(largest, tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    print(", ".join(f"{count} {what}" for what, count in told.most_common()) + f"; code ran {len(RAN)} times")
    print(f"at most {longest * 1000:.0f} ms and {largest / 1e6:.1f} MB for one file")
    return int(told["CRASHED"] > 0 or bool(RAN) or longest > MOST_SECONDS or largest > MOST_MEMORY)


if __name__ == "__main__":
    sys.exit(main())
