"""What a ready server takes of memory: MNIST, all shipped networks and both engines loaded.

    python -m benchmarks.memory

The server's own app serves in this process, warms up as it always does, answers a request and is then made to do what
its pages would: load every shipped network, train with both engines and look at both sets. The table before it is
another process that imports one thing after the other. "PSS" is the kernel's own (a page that others map, too, counts
for its share); "RSS" counts such pages whole, which is what PSS would be on a machine where nothing else runs.
What a server gives back is what no other process uses: where several run, RSS is more than PSS would be with one. Last,
whose memory it is.
"""

from __future__ import annotations

import argparse
import gc
import importlib.util
import re
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from dataclasses import replace
from pathlib import Path

NAMES = ("lenet5", "mnist-dnn")
OWNERS = {
    "numbers and objects": r"^(\[.*\])?$",
    "NVIDIA's libraries": r"/nvidia/|libtorch_cuda|libc10_cuda|libtorch_nvshmem|/cuda/",
    "PyTorch's libraries": r"/torch/",
    "LLVM": r"libllvmlite",
    "Arrow": r"/pyarrow/",
}


def megabytes() -> tuple[float, float, float]:
    """Return PSS, RSS and the private, written part of it, in MB of 10**6 bytes."""
    lines = Path("/proc/self/smaps_rollup").read_text().splitlines()[1:]
    found = {name: int(rest.split()[0]) * 1024 / 1e6 for name, rest in (line.split(":") for line in lines)}
    return found["Pss"], found["Rss"], found["Private_Dirty"]


def told(what: str, before: tuple[float, ...] = (0.0, 0.0, 0.0)) -> tuple[float, float, float]:
    """Print a line of the table; return what there is now."""
    gc.collect()
    now = megabytes()
    more = "".join(f" {new - old:>9.0f}" for new, old in zip(now, before, strict=True))
    print(f"{what:34}{''.join(f' {value:>9.0f}' for value in now)}   {more}", flush=True)
    return now


def whose() -> None:
    """Print whose memory it is: of a library's the pages of its file; its own variables are numbers."""
    found, name = {}, ""
    for line in Path("/proc/self/smaps").read_text().splitlines():
        if mapping := re.match(r"[0-9a-f]+-[0-9a-f]+ \S+ \S+ \S+ (\d+) *(.*)", line):
            name = next((name for name, path in OWNERS.items() if re.search(path, mapping[2])), "other files")
        elif part := re.match(r"(Pss|Rss|Private_Dirty): +(\d+)", line):
            at = ("Pss", "Rss", "Private_Dirty").index(part[1])
            found.setdefault(name, [0.0, 0.0, 0.0])[at] += int(part[2]) * 1024 / 1e6
    for name, values in sorted(found.items(), key=lambda item: -item[1][1]):
        print(f"  {name:32}{''.join(f' {value:>9.0f}' for value in values)}", flush=True)


def work() -> None:
    """Do what pages do: every shipped network, both engines, both sets looked at."""
    import torch

    from core import cache
    from core.runs.digits_job import MnistJob
    from core.training.compiled import cache as compiled
    from core.training.courses import COURSES
    from core.training.looks import Looks
    from ui.server import GIVE_BACK_SECONDS

    before = told("server, warmed up")
    data = cache.mnist_data()
    compiled.prepare(wait=True)
    before = told("MNIST and the compiled engine", before)
    for name in NAMES:
        with torch.no_grad():
            cache.pretrained(name)(data.test_inputs[:1])
    before = told("shipped networks", before)
    for engine in ("torch", "auto"):
        for name in ("lenet5", "mnist-dnn"):
            config = COURSES[name]
            fit = MnistJob(name, 0, replace(config, engine=engine), data).make()
            fit.engine.advance(20)
            Looks(fit.model, data, config, 2000, fit.engine.outputs).at_once()
        before = told(f"LeNet-5 and DNN trained, {engine}", before)
    time.sleep(GIVE_BACK_SECONDS + 5)
    told("half a minute later", before)
    whose()


def server() -> None:
    """Serve in this process and tell what it takes."""
    import uvicorn

    from ui.server import GIVE_BACK_SECONDS, WARM_UP

    app = importlib.import_module("app").app
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    config = uvicorn.Config(app, port=port, log_level="warning")
    running = uvicorn.Server(config)
    thread = threading.Thread(target=running.run, daemon=True)
    thread.start()
    WARM_UP.torch.wait(120)
    time.sleep(GIVE_BACK_SECONDS + 5)  # what it gives back
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/health") as answer:
        assert answer.status == 200
    work()
    running.should_exit = True
    thread.join(30)


def imports() -> None:
    """Import one thing after the other."""
    before = told("python")
    for what, names in {
        "streamlit and pandas": ("streamlit", "pandas", "app"),
        "torch": ("torch",),
        "torchvision": ("torchvision",),
        "numba": ("numba", "core.training.compiled.machine"),
        "scikit-learn": ("sklearn.datasets",),
        "plotly": ("plotly.graph_objects",),
    }.items():
        for name in names:
            if importlib.util.find_spec(name.partition(".")[0]):  # the CPU build may have come without torchvision
                importlib.import_module(name)
        before = told(what, before)


def main() -> None:
    """Read the command line and measure, each table in a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", choices=("imports", "server"), help=argparse.SUPPRESS)
    only = parser.parse_args().only
    if only:
        (imports if only == "imports" else server)()
        return
    print(f"{'MB':34}{'PSS':>10}{'RSS':>10}{'written':>10}   {'more PSS':>10}{'RSS':>10}{'written':>10}", flush=True)
    for part in ("imports", "server"):
        subprocess.run([sys.executable, "-m", "benchmarks.memory", "--only", part], check=True)


if __name__ == "__main__":
    main()
