"""The machine on disk: compiled once for a version and a processor, in a process of its own, then loaded in 0.3 s.

Compiling takes half a minute and holds the interpreter's lock, so a server never does it: ``prepare`` loads what is
there, else has another process compile it meanwhile. A folder is valid whole or not at all: it is written beside its
place and renamed, and a list of its files' checksums is in it; a damaged one, and one for another processor or version,
is not used and compiled anew. It is loaded from a copy, for numba reads only where it can write: so a folder may be
read-only, and may vanish at any time. Without one that can be written to, a temporary one serves this process.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import logging
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

import platformdirs

Machine = Callable[..., None]

LOG = logging.getLogger("chalknet")
LIST, KEY = "checksums.json", 24  # letters of a folder's name
TEMPORARY = "chalknet-compiled-"
COMPILE_S = 600.0
OLD_DAYS = 30  # after which nobody's folder goes: of a version or a processor that this user has no more

_lock = threading.Lock()
_machine: Machine | None = None
_thread: threading.Thread | None = None
_failed = ""


def machine() -> Machine | None:
    """Return the machine if it is ready; never waits."""
    return _machine


def preparing() -> bool:
    """Whether it is being loaded or compiled."""
    return _thread is not None and _thread.is_alive()


def failure() -> str:
    """Return why it could be neither loaded nor compiled; empty: it could, or nobody tried."""
    return _failed


def prepare(wait: bool = False) -> None:
    """Load the machine, and have it compiled if need be, on a thread of its own.

    Args:
        wait: until it is ready, or has failed.
    """
    global _thread
    with _lock:
        if _machine is None and not preparing():
            _thread = threading.Thread(target=_prepare, name="compiled engine", daemon=True)
            _thread.start()
        thread = _thread
    if wait and thread is not None:
        thread.join()


def _prepare() -> None:
    global _machine, _failed
    try:
        place = folder()
        _machine = load(place) or _compiled_elsewhere(place)
        _failed = "" if _machine else "what was compiled could not be loaded"
        remove_old(place)
    except Exception as error:  # training goes on without it; the log says where, which is no visitor's business
        _failed = type(error).__name__
        LOG.warning("the compiled engine could not be made ready", exc_info=error)


def remove_old(own: Path) -> None:
    """Remove folders beside our own that no process has loaded for OLD_DAYS, and note that ours was.

    Safe for whoever runs: it works with a copy, and the time of its last start is noted here, too.

    Args:
        own: this version's folder; of its neighbours only those that this module wrote are touched.
    """
    with contextlib.suppress(OSError):
        os.utime(own)
    for each in own.parent.glob("[0-9a-f]" * KEY):
        with contextlib.suppress(OSError):  # read-only, or somebody else is removing it
            if each != own and (each / LIST).is_file() and time.time() - each.stat().st_mtime > OLD_DAYS * 86_400:
                shutil.rmtree(each)


def _compiled_elsewhere(place: Path) -> Machine | None:
    """Have another process compile, and load what it made."""
    with tempfile.TemporaryDirectory(prefix=TEMPORARY) as spare:
        if not _writable(place.parent):
            place = Path(spare) / place.name
        command = [sys.executable, "-m", "core", "compile", "--out", str(place)]
        root = Path(__file__).resolve().parents[3]
        done = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=COMPILE_S, check=False)
        if done.returncode:
            raise RuntimeError(done.stderr.strip() or f"exit {done.returncode}")
        return load(place)


def _writable(place: Path) -> bool:
    try:
        place.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=place):
            return True
    except OSError:
        return False


def folder() -> Path:
    """Return where the machine of this version and processor belongs."""
    own = os.environ.get("CHALKNET_COMPILED", "").strip()
    base = Path(own).expanduser() if own else Path(platformdirs.user_cache_dir("chalknet")) / "compiled"
    return base / _key()


def _key() -> str:
    """Return a name for the code, its place, the versions and the processor: what numba asks of a cache, and more."""
    from llvmlite import binding

    here = Path(__file__).resolve().parent
    found = hashlib.sha256()
    about = [platform.python_version(), version("numba"), version("llvmlite"), version("numpy"), platform.machine()]
    about += [binding.get_host_cpu_name(), binding.get_host_cpu_features().flatten(), str(here)]
    about += [os.environ.get(name, "") for name in ("NUMBA_CPU_NAME", "NUMBA_CPU_FEATURES")]
    about += [str((here / "machine.py").stat().st_mtime_ns)]
    found.update("\n".join(about).encode())
    for path in (*sorted(here.glob("*.py")), here.parents[1] / "data" / "grey.py"):  # whose numbers are compiled in
        found.update(path.read_bytes())
    return found.hexdigest()[:KEY]


def load(place: Path) -> Machine | None:
    """Return the machine from a folder, or None when it is not there, not whole or not for this process."""
    with tempfile.TemporaryDirectory(prefix=TEMPORARY) as own:
        here = Path(own) / place.name
        try:
            shutil.copytree(place, here)
        except OSError:  # shutil.Error, too
            return None
        if not _whole(here):
            return None
        advance, signature = _machine_of(here)
        if not advance.overloads:
            if advance._cache.load_overload(signature, advance.targetctx) is None:
                return None
            advance.compile(signature)
            advance.disable_compile()  # for arrays of another kind, say: in half a minute that holds the lock
    loaded: Machine = advance
    return loaded


def _machine_of(place: Path) -> tuple[Any, Any]:
    """Return the function, which caches in this folder, and its signature."""
    import numba

    setattr(numba.config, "CACHE_DIR", str(place))  # noqa: B010  # unknown to its types
    from core.training.compiled import machine as module

    module.advance.enable_caching()
    return module.advance, module.ADVANCE


def compile_into(place: Path, told: Callable[[int, int], None] = lambda done, total: None) -> None:
    """Compile in this process, for as long as it takes, and publish the folder.

    Args:
        place: a folder that another process may be publishing at the same time.
        told: is told how many of how many functions are done.

    Raises:
        OSError: it cannot be written.
    """
    place.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=place.parent, prefix=".compiling-") as staging:
        advance, signature = _machine_of(Path(staging))
        from core.training.compiled.tiles import KERNELS

        for done, (kernel, types) in enumerate(KERNELS):
            told(done, len(KERNELS) + 1)
            kernel.compile(types)
            kernel.disable_compile()
        advance.compile(signature)
        told(len(KERNELS) + 1, len(KERNELS) + 1)
        (Path(staging) / LIST).write_text(json.dumps(_checksums(Path(staging))))
        if not _whole(place):
            shutil.rmtree(place, ignore_errors=True)
            Path(staging).chmod(0o755)  # as any folder of the cache: the app may be another user
            try:
                Path(staging).rename(place)
            except OSError:
                if not _whole(place):  # else another process was quicker
                    raise
            else:
                Path(staging).mkdir()  # for its own removal


def _whole(place: Path) -> bool:
    try:
        return bool(json.loads((place / LIST).read_text()) == _checksums(place))
    except (OSError, ValueError):
        return False


def _checksums(place: Path) -> dict[str, str]:
    files = sorted(path for path in place.rglob("*") if path.is_file() and path.name != LIST)
    return {str(path.relative_to(place)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
