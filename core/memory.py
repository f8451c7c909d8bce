"""Memory that a process has and does not need goes back to the system: on Linux; elsewhere nothing happens.

PyTorch's CUDA build loads NVIDIA's libraries whether or not there is a GPU, and their start alone reads 150 MB of them;
loading the compiled engine reads 70 MB of LLVM. Those pages are in their files, too, so the kernel may
forget them (MADV_PAGEOUT: it keeps what was written, what other processes use, and reads the rest again if anybody
wants it). What trainings freed goes back, too: the C library else keeps it for later.
"""

from __future__ import annotations

import ctypes
import re
import sys
from pathlib import Path
from typing import Final

PAGEOUT: Final = 21  # of <linux/mman.h>
GPU: Final = r"/nvidia/|libtorch_cuda|libc10_cuda|libtorch_nvshmem"
DONE: Final = r"libllvmlite"


def idle() -> str:
    """Return an expression for the paths of libraries that nobody calls: NVIDIA's where there is no GPU, and LLVM."""
    import torch

    return DONE if torch.cuda.is_available() else f"{GPU}|{DONE}"


def give_back(libraries: str) -> None:
    """Give back what was freed, and what was read from some libraries.

    Args:
        libraries: regular expression for their paths.
    """
    if sys.platform != "linux":
        return
    system = ctypes.CDLL(None)
    if hasattr(system, "malloc_trim"):  # not in musl
        system.malloc_trim(0)
    system.madvise.argtypes = (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int)
    for line in Path("/proc/self/maps").read_text().splitlines():
        where, *_, path = line.split(maxsplit=5)
        if re.search(libraries, path):
            begin, end = (int(each, 16) for each in where.split("-"))
            system.madvise(begin, end - begin, PAGEOUT)  # an old kernel refuses
