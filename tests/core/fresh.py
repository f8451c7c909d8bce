"""A script in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path


def fresh(script: str, folder: Path) -> str:
    """Run a script in a process that knows nothing of this project, without a network; return what it prints."""
    (folder / "script.py").write_text(script, "utf-8")
    env = {name: value for name, value in os.environ.items() if "proxy" in name.lower()}
    done = subprocess.run(
        [sys.executable, "-I", "-W", "error", "-W", "ignore:FigureCanvasAgg", "script.py"],
        cwd=folder,
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=300,
        env={**env, "OMP_NUM_THREADS": "1", "MPLBACKEND": "agg", "MPLCONFIGDIR": str(folder), "PYTHONUTF8": "1"},
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
