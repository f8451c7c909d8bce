"""Loads the machine, or compiles it: once for each version and processor, into the app's cache folder."""

from __future__ import annotations

import os


def build():
    """Compile everything in this process, and return the function that works through a program."""
    from core.training.compiled import machine
    from core.training.compiled.lanes import KERNELS

    for kernel, signature in KERNELS:
        kernel.compile(signature)
        kernel.disable_compile()
    print(machine.advance.stats);machine.advance.compile(machine.ADVANCE)
    return machine.advance
