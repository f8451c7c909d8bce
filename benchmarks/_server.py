"""The app in this process, with a thread that writes down how far every run is: ``python -m benchmarks._server PORT``.

Prints "step <seconds> <update>" ten times a second for the run that is being worked on. It reads the run itself, which
does not count as a page that watches.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
EVERY_S = 0.1


def tell() -> None:
    """Write down the update of the running run, for ever."""
    while True:
        time.sleep(EVERY_S)
        module = sys.modules.get("core.runs.scheduler")
        scheduler = getattr(module, "SCHEDULER", None)  # torch may still be on its way
        if scheduler is None:
            continue
        running = [run for run in list(scheduler._runs.values()) if run.state == "running"]
        if running:
            print(f"step {time.monotonic():.3f} {running[-1].step}", flush=True)


def main() -> None:
    """Serve until interrupted."""
    os.chdir(ROOT)
    threading.Thread(target=tell, daemon=True).start()
    from streamlit.web.cli import main as streamlit

    sys.argv = ["streamlit", "run", "app.py", "--server.port", sys.argv[1]]
    streamlit()


if __name__ == "__main__":
    main()
