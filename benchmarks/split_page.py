"""How long lesson 1 takes to answer a changed control: ``python -m benchmarks.split_page [samples]``.

The whole script runs in this process through Streamlit's own test client, from pages/index.py, as a click would; the
time to build the client's picture of the answer is counted, the network and the browser are not. Exit status 1 when a
median is over 150 ms.
"""

from __future__ import annotations

import logging
import statistics
import sys
import time
from pathlib import Path

from streamlit.testing.v1 import AppTest

LIMIT_MS = 150
RUNS = 7
INDEX = Path(__file__).resolve().parents[1] / "pages" / "index.py"
SPLIT = {
    "cuts": [(70, 85), (60, 80)],
    "how": ["random", "stratified", "order"],
    "seed": [3, 4, 5],
    "samples": [59_000, 60_000],
    "by_class": [True, False],
    "sort": [True, False],
    "copies": [10, 0],
    "view": ["classes", "picture", "leaks", "folds", "rows"],
}
OF_VIEW = {
    "picture": {"part": ["validation", "test", "train"], "sample": [2, 3], "normalised": [True, False]},
    "folds": {"folds": [7, 3]},
}
CASES = {
    "split": SPLIT,
    "batches": {"batch_size": [1, 256, 64], "epochs": [3, 9], "drop_last": [True, False], "sample": [5, 9]},
    "overfit": {"degree": [12, 3], "points": [200, 15], "noise": [0.5, 0.2], "ridge": [0.1, 0.0], "seed": [1, 2]},
}


def opened(**settings: object) -> AppTest:
    at = AppTest.from_file(str(INDEX), default_timeout=120).run()
    at.switch_page("data_split.py")
    for name, value in settings.items():
        at.query_params[f"split_{name}"] = str(value)
    at.run()
    while at.get("progress"):  # MNIST is being read
        time.sleep(0.5)
        at.run()
    assert not at.exception, at.exception
    return at


def measure(at: AppTest, name: str, values: list[object]) -> tuple[list[float], list[float]]:
    """Return wall and processor milliseconds of RUNS answers; the first round, in which caches fill, is not counted."""
    taken, worked = [], []
    for turn in range(RUNS + len(values)):
        at.session_state[f"split_{name}"] = values[turn % len(values)]
        start, busy = time.perf_counter(), time.process_time()
        at.run()
        worked.append((time.process_time() - busy) * 1000)
        taken.append((time.perf_counter() - start) * 1000)
        assert not at.exception, at.exception
    return taken[len(values) :], worked[len(values) :]


def main() -> int:
    logging.disable(logging.WARNING)
    samples = int(sys.argv[1]) if len(sys.argv) > 1 else 60_000
    slow = 0
    for data in ("onehot", "mnist"):
        for topic, fields in CASES.items():
            if topic == "overfit" and data == "mnist":
                continue
            views = [*SPLIT["view"], "inside"] if topic == "split" else ["rows", "inside"]
            for view in views:
                look = "rows" if view == "inside" else view
                at = opened(data=data, topic=topic, samples=samples, view=look, cuts="70-85")
                if view == "inside":
                    at.session_state["lesson_inside"] = True
                    at.run()
                for name, values in (fields | OF_VIEW.get(view, {})).items():
                    if name == "view" and view != "rows":
                        continue
                    times, work = measure(at, name, values)
                    median = statistics.median(times)
                    slow += median > LIMIT_MS
                    mark = "  over the limit" if median > LIMIT_MS else ""
                    where = f"{data} {samples} {topic} {view}".ljust(34)
                    cpu = statistics.median(work)
                    numbers = f"median {median:6.1f} ms (processor {cpu:6.1f}), worst {max(times):6.1f} ms"
                    print(f"{where} {name:11} {numbers}{mark}", flush=True)
    return 1 if slow else 0


if __name__ == "__main__":
    sys.exit(main())
