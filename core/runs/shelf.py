"""Computations that equal jobs share: each is done once, watched by all who asked for it, and kept for who comes later.

A computation is a Run that belongs to nobody. It goes on while anybody follows it, and rests when nobody does. Who
asks for anything of their own gets a Run of their own, which begins between two updates of this one with the very bits
that it would have had by itself; the last one to watch the present simply takes the computation over.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable

from core.runs.run import Run
from core.runs.snapshot import State
from core.runs.visit import Visit
from core.runs.watcher import Shared, Watcher

MAX_IDLE = 64  # finished computations that nobody watches
MAX_BYTES = 300_000_000  # of the moments of all runs


class Shelf:
    """All shared computations. Not safe between threads: the scheduler's lock guards it.

    Args:
        clock: seconds.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._shared: OrderedDict[str, Shared] = OrderedDict()  # the one that was asked for last comes last

    @property
    def runs(self) -> list[Run]:
        """The computations."""
        return [shared.run for shared in list(self._shared.values())]

    def get(self, run: Run) -> Shared | None:
        """Return who watches a run, None when it is a visitor's own."""
        return self._shared.get(run.run_id)

    def watch(self, key: str, visit: Visit) -> Watcher:
        """Return a place before the computation of a key; it is begun when there is none.

        Args:
            key: of the job.
            visit: whose run it is; a Run, which stands untouched before its first update, becomes the computation.
        """
        shared, nobody = self._shared.get(key), Visit(key, visit.job, "", self._clock)
        nobody.told()  # the book is told by those who watch
        if new := shared is None or shared.run.state is State.FAILED:
            run = visit if isinstance(visit, Run) else Run(key, visit.job, "", self._clock)
            shared = self._shared[key] = Shared(key, run)
        watcher = shared.watchers[visit.run_id] = Watcher(visit, shared)
        if new:
            shared.run.adopt(nobody)
        self._shared.move_to_end(key)
        return watcher

    def settle(self, watcher: Watcher, at_work: bool) -> Run | Watcher:
        """Return what a visitor's run is after something was asked of it: a watcher still, or a run of its own.

        Args:
            watcher: of a computation of this shelf.
            at_work: whether a worker has it.
        """
        shared = watcher.shared
        run: Run | Watcher = watcher
        if watcher.arrived:
            watcher.arrive()
        elif watcher.acts:
            run = shared.part(watcher, at_work) or watcher
        if run is shared.run:
            del self._shared[shared.key]
        elif shared.run.state.alive:
            wanted = State.RUNNING if shared.following else State.PAUSED
            if shared.run.state is not wanted:
                shared.run.direct(wanted)
        return run

    def leave(self, visit: Visit) -> None:
        """Forget a visitor's run."""
        if isinstance(visit, Watcher):
            visit.shared.watchers.pop(visit.run_id, None)

    def sweep(self, runs: Iterable[Run], park_s: float, drop_s: float) -> None:
        """Park what nobody looks at, and keep within the limits.

        Args:
            runs: of visitors.
            park_s: seconds without a page that asks, after which a computation is parked.
            drop_s: after which it is dropped, unless it has ended.
        """
        for shared in list(self._shared.values()):
            run = shared.run
            if run.state.alive and not run.queued and run.parked is None and run.silent_s > park_s:
                run.park()
            if run.state is State.FAILED or (run.state.alive and not shared.watchers and run.silent_s > drop_s):
                self._drop(shared)
        idle = [shared for shared in self._shared.values() if not shared.watchers and not shared.run.state.alive]
        for shared in idle[: max(0, len(idle) - MAX_IDLE)]:
            self._drop(shared)
        holders = [*runs, *self.runs]
        while sum(run.spare_bytes for run in holders) > MAX_BYTES:
            old = next((shared for shared in idle if shared.key in self._shared), None)
            if old is None:
                max(holders, key=lambda run: run.spare_bytes).thin()
            else:
                self._drop(old)
                holders.remove(old.run)

    def _drop(self, shared: Shared) -> None:
        self._shared.pop(shared.key, None)
