"""Memory for programs: shared by all runs, a workspace belongs to one engine only while that advances.

Hundreds of runs may be alive and a few advance at any time; what lies in a workspace between two slices can be made
again from the network and its optimiser, and is still right where nobody else came meanwhile.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

import numpy as np
import torch

from core.training.compiled.layout import Program
from core.training.compiled.ops import LANES

IDLE_BYTES = 64 * 2**20  # of workspaces that wait for the next slice


@dataclass(eq=False)
class Workspace:
    """Memory of a program.

    Attributes:
        program: what works in it.
        memory: float32, at a multiple of 64 bytes.
        stamp: what its weights were copied from, see CompiledEngine; None: nothing.
    """

    program: Program
    memory: np.ndarray = field(init=False)
    stamp: object = None

    def __post_init__(self) -> None:
        room = np.zeros(self.program.size + LANES, dtype=np.float32)
        first = -(room.ctypes.data // 4) % LANES
        self.memory = room[first : first + self.program.size]
        self.memory[:LANES] = np.arange(LANES)
        self._views: dict[int, list[torch.Tensor]] = {}
        for places, value in self.program.preset:
            self.memory[places] = value

    def weights(self, copy: int = 0) -> list[torch.Tensor]:
        """Return views of all parameters, or of their gradients (1) or the optimiser's memories (2, 3)."""
        if copy not in self._views:
            views = self.program.views(self.memory, copy * self.program.apart)
            with torch.inference_mode(False):  # a look may be the first who asks, and updates write to them
                self._views[copy] = [torch.from_numpy(view) for view in views]
        return self._views[copy]

    def gradients(self) -> list[np.ndarray]:
        """Return the gradients of the last update, for good."""
        first, size = self.program.parameters[0].begin, self.program.apart
        return self.program.views(self.memory[first + size : first + 2 * size].copy(), -first)


class Pool:
    """Workspaces that nobody works in."""

    def __init__(self) -> None:
        self._free: list[Workspace] = []  # in the order in which they were given back
        self._lock = threading.Lock()

    def take(self, program: Program, stamp: object) -> Workspace:
        """Return a workspace of a program: the one with this stamp, else any, else a new one."""
        with self._lock:
            fitting = [space for space in self._free if space.program is program]
            chosen = next((space for space in fitting if space.stamp == stamp), fitting[0] if fitting else None)
            if chosen is not None:
                self._free.remove(chosen)
        return chosen or Workspace(program)

    def give(self, space: Workspace) -> None:
        """Take a workspace back."""
        with self._lock:
            self._free.append(space)
            while sum(each.memory.nbytes for each in self._free) > IDLE_BYTES and len(self._free) > 1:
                self._free.pop(0)


POOL = Pool()
