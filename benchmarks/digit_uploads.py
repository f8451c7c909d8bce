"""Thousands of spoilt files of weights: `python -m benchmarks.digit_uploads [--count 5000] [--seed 0]`.

Files of LeNet-5, its variants and the MNIST DNN are changed byte by byte, cut, lengthened, given other lengths and
headers, and then read as lesson 4 reads an upload. Each is read, or refused by a sentence; anything else is a defect.
Printed: how many of each, the most processor time and the most memory of Python that one took. Exit status 1 when
one took more than 0.5 s or 100 MB, or broke through.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
import tracemalloc
from collections import Counter

from core.errors import InvalidInput
from core.export.weights import digit_file
from core.nets.building import build
from core.nets.digit_files import model_of, read_digit_weights
from core.nets.networks import DIGITS

MOST_SECONDS, MOST_MEMORY = 0.5, 100_000_000
LENGTHS = (0, 1, 7, 640, 64_000, 64_001, 2**31, 2**63 - 1, 2**64 - 1)
VALUES = (
    [],
    {},
    None,
    -1,
    2**70,
    "F64",
    "F16",
    [1, 1],
    [10**9, 10**9],
    [0, -1],
    "x" * 70_000,
    {"a": [[[[[]]]]]},
    [2, 0],
)


def mutated(payload: bytes, chance: random.Random) -> bytes:
    """Return a spoilt copy of a file."""
    if chance.random() < 0.3:
        return with_other_header(payload, chance)
    spoilt = bytearray(payload)
    header = int.from_bytes(payload[:8], "little")
    for _ in range(chance.choice((1, 1, 2, 5, 40))):
        if not spoilt:
            break
        place = chance.randrange(header + 8 if chance.random() < 0.8 else len(payload))
        match chance.randrange(5):
            case 0:
                spoilt[place : place + 1] = bytes([chance.randrange(256)])
            case 1:
                spoilt[place : place + 1] = bytes(byte ^ 1 << chance.randrange(8) for byte in spoilt[place : place + 1])
            case 2:
                spoilt[place:place] = chance.randbytes(chance.randrange(1, 60))
            case 3:
                del spoilt[place : place + chance.randrange(1, 500)]
            case _:
                spoilt[:8] = chance.choice((*LENGTHS, len(payload))).to_bytes(8, "little")
    return bytes(spoilt)


def with_other_header(payload: bytes, chance: random.Random) -> bytes:
    """Return a file whose header is well-formed JSON that says something else."""
    length = int.from_bytes(payload[:8], "little")
    header = json.loads(payload[8 : 8 + length])
    name = chance.choice(sorted(header))
    match chance.randrange(5):
        case 0:
            del header[name]
        case 1:
            header[name] = chance.choice(VALUES)
        case 2:
            header[chance.choice(("net.c9.weight", "", "x" * 500, "\u0000"))] = header[name]
        case 3:
            header["__metadata__"] = chance.choice(
                ({"network": "[" * 5_000}, {"network": '{"name": 3}'}, {"network": 5})
            )
        case _:
            key = chance.choice(("dtype", "shape", "data_offsets", "other"))
            if isinstance(header[name], dict):
                header[name][key] = chance.choice(VALUES)
    text = json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text + payload[8 + length :]


def tell(payload: bytes, network: str) -> str:
    """Read an upload as the weights of a network and say what became of it."""
    try:
        weights = read_digit_weights(payload, network)
    except InvalidInput as error:
        return "refused" if str(error) else "CRASHED"
    model_of(weights.tensors(), network)
    return "read"


def main() -> int:
    """Spoil, read, count; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    chance = random.Random(options.seed)
    files = {name: digit_file(build(name, 1).state_dict(), name) for name in DIGITS}
    told: Counter[str] = Counter()
    longest, largest = 0.0, 0
    for _ in range(options.count):
        name = chance.choice(sorted(files))
        payload = mutated(files[name], chance)
        tracemalloc.start()
        started = time.process_time()
        try:
            told[tell(payload, name)] += 1
        except Exception as error:
            told["CRASHED"] += 1
            print(f"{name}: {type(error).__name__}: {error}")
        longest = max(longest, time.process_time() - started)
        largest = max(largest, tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    print(", ".join(f"{count} {what}" for what, count in told.most_common()))
    print(f"at most {longest * 1000:.0f} ms and {largest / 1e6:.1f} MB for one file")
    return int(told["CRASHED"] > 0 or longest > MOST_SECONDS or largest > MOST_MEMORY)


if __name__ == "__main__":
    sys.exit(main())
