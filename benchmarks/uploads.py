"""Thousands of spoilt uploads: `python -m benchmarks.uploads [--count 5000] [--seed N]`.

Each image (benchmarks/_mutations.py) goes through the photo upload's preprocessing, all in one process. Each is read,
or refused by a sentence; anything else is a defect. Printed: how many of each; the most processor time, and the most
memory, that one upload took (Linux resets a process's peak when asked to; elsewhere memory is not measured). Exit
status 1 when one took more than 0.5 s or 100 MB, or broke through.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

import torch

from benchmarks._mutations import mutations, originals
from core.errors import InvalidInput
from core.sketch.ink import Blank
from core.sketch.reading import photo_sheet, read

MOST_SECONDS, MOST_MEMORY = 0.5, 100_000_000


def tell(payload: bytes) -> str:
    """Read an upload and say what became of it."""
    try:
        read(photo_sheet(payload), ())
    except Blank as error:
        return "blank" if str(error) else "CRASHED"
    except InvalidInput as error:
        return "refused" if str(error) else "CRASHED"
    return "read"


def _status(field: str) -> int:
    line = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith(field))
    return int(line.split()[1]) * 1024


def measured(payload: bytes) -> tuple[str, float, int]:
    """Return what became of an upload, its seconds of processor time, and its peak of memory in bytes (0: unknown)."""
    reset = Path("/proc/self/clear_refs")
    try:
        reset.write_text("5")
        before = _status("VmRSS")
    except OSError:
        before = 0
    began = time.process_time()
    what = tell(payload)
    seconds = time.process_time() - began
    return what, seconds, _status("VmHWM") - before if before else 0


def main() -> int:
    """Print the figures; 1 when an upload broke the rule."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    torch.set_num_threads(1)
    found: dict[str, int] = dict.fromkeys(("read", "blank", "refused", "CRASHED"), 0)
    slowest, largest = (0.0, -1), (0, -1)
    for payload in originals():
        tell(payload)
    for number, payload in enumerate(mutations(options.count, options.seed)):
        try:
            what, seconds, memory = measured(payload)
        except Exception as error:
            what, seconds, memory = "CRASHED", 0.0, 0
            print(f"upload {number}: {type(error).__name__}: {error}", file=sys.stderr)
        found[what] += 1
        slowest, largest = max(slowest, (seconds, number)), max(largest, (memory, number))
    print(f"{options.count} uploads: " + ", ".join(f"{count} {name}" for name, count in found.items()))
    print(
        f"slowest {slowest[0]:.3f} s (upload {slowest[1]}), most memory {largest[0] / 1e6:.0f} MB (upload {largest[1]})"
    )
    return int(found["CRASHED"] > 0 or slowest[0] > MOST_SECONDS or largest[0] > MOST_MEMORY)


if __name__ == "__main__":
    sys.exit(main())
