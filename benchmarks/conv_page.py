"""Lesson 3: server time from a changed control to the finished page, per mode; the goal is under 150 ms.

A full run of the script through Streamlit's own AppTest, so widgets, core, torch's check and the messages' making are
all in it; the network and the browser are not.
"""

from __future__ import annotations

import statistics
import time
from pathlib import Path

from streamlit.testing.v1 import AppTest

from core import cache

ROOT = Path(__file__).resolve().parents[1]
RUNS, LIMIT_MS = 30, 150

CASES: dict[str, tuple[dict[str, str], str, tuple[int, int]]] = {
    "one layer, 4×4": ({}, "conv_padding", (0, 1)),
    "one layer, 28×28, 5×5, 6 filters": (
        {"conv_height": "28", "conv_kernel_size": "5", "conv_filters": "6"},
        "conv_padding",
        (0, 2),
    ),
    "one layer, 8 channels, 8 filters": (
        {"conv_height": "16", "conv_channels": "8", "conv_filters": "8"},
        "conv_padding",
        (0, 1),
    ),
    "one layer, 512×512, not drawn": ({"conv_height": "512", "conv_channels": "512"}, "conv_padding", (0, 1)),
    "an impossible layer": ({"conv_height": "2"}, "conv_stride", (1, 2)),
    "a chain, LeNet-5": ({"conv_mode": "chain"}, "conv_image", ("1x28x28", "1x32x32")),
    "a chain, VGG-16": ({"conv_mode": "chain", "conv_chain": "vgg16"}, "conv_image", ("3x224x224", "3x256x256")),
    "a chain that fails": ({"conv_mode": "chain", "conv_chain": "alexnet-28"}, "conv_image", ("1x28x28", "1x29x29")),
    "a picture, 8 kernels on a digit": ({"conv_mode": "picture"}, "conv_digit", (0, 1)),
    "a picture, LeNet-5's C1": ({"conv_mode": "picture", "conv_maps": "c1"}, "conv_digit", (0, 1)),
}


def main() -> None:
    cache.mnist()
    print(f"{'':<36}{'median':>9}{'p95':>9}{'worst':>9}   ms, {RUNS} changes each")
    slow = []
    for name, (parameters, key, values) in CASES.items():
        at = AppTest.from_file(str(ROOT / "pages" / "index.py"), default_timeout=60).run()
        at.switch_page("conv_calculator.py")
        for parameter, value in parameters.items():
            at.query_params[parameter] = value
        at.run()
        assert not at.exception, at.exception[0].message
        times = sorted(change(at, key, values[turn % 2]) for turn in range(RUNS + 2))
        median, high = statistics.median(times), times[int(0.95 * len(times))]
        print(f"{name:<36}{median:>9.1f}{high:>9.1f}{times[-1]:>9.1f}")
        slow += [name] if median >= LIMIT_MS else []
    print("all under" if not slow else f"over {', '.join(slow)}:", f"{LIMIT_MS} ms in the median")


def change(at: AppTest, key: str, value: object) -> float:
    """Set one control and return the milliseconds that the page then took."""
    widget = at.text_input(key=key) if isinstance(value, str) else at.number_input(key=key)
    widget.set_value(value)
    start = time.perf_counter()
    at.run()
    return (time.perf_counter() - start) * 1000


if __name__ == "__main__":
    main()
