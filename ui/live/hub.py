"""The hub looks at the watched runs several times a second and makes every picture of them once, for all who watch.

A *view* is a function from a run's snapshot to what a component shows of it, without words: one view serves every
language. A page offers it and gets a name that only who knows the run's id can guess; a browser asks for it by that
name. All views of a run in one message come from one snapshot: what is on a screen is one moment of the run.

A watcher has credit for two messages. Drawing one gives it back, so a slow browser, or a hidden page, which draws
nothing, gets the newest picture when it is ready for it, and nothing is ever queued.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable
from typing import TYPE_CHECKING, Any, Final

from ui.live import frames

if TYPE_CHECKING:
    from core.runs.snapshot import Snapshot

log = logging.getLogger(__name__)

PERIOD_S: Final = 0.1  # between two looks at the runs, where they cost little
SHARE: Final = 0.4  # of a core that pictures may take before they become fewer
SLOWEST_S: Final = 1.0
PRESENT_S: Final = 20.0  # a page that is open but not looked at keeps its run from being parked
CREDIT: Final = 2
MOST_KEPT: Final = 64  # pictures of weights, for runs that are one computation
OFFERED_S: Final = 900.0  # since a page offered it last; a page that comes back later offers it anew
MOST_VIEWS: Final = 4000  # that were offered and that nobody watches

Make = Callable[["Snapshot | None"], dict[str, Any]]


class View:
    """One picture of one run, and how it was last made.

    Attributes:
        run_id: of the run.
        name: what a browser calls it.
        number: counts the different pictures.
        at: the update that the last one shows.
        offered_at: when a page offered it last, on the hub's clock.
    """

    def __init__(self, run_id: str, name: str, make: Make, every: float = 0.0) -> None:
        self.run_id, self.name, self._every = run_id, name, every
        self._made_at = self.offered_at = -math.inf
        self.number = self.at = 0
        self._make = make
        self._shown: object = None
        self._values: dict[str, Any] = {}
        self._before: dict[str, Any] = {}
        self._encoded: dict[bool, bytes] = {}

    def look(self, now: Snapshot, clock: float = 0.0) -> None:
        """Make the picture of a snapshot, if it is another one than that of the last.

        Args:
            now: the run.
            clock: seconds.
        """
        if now.state == "running" and clock - self._made_at < self._every:
            return
        shown = (now.shows, now.step, now.state, now.busy, now.evaluated_at, len(now.changes), now.not_learning)
        if shown == self._shown:
            return
        self._shown, self._made_at = shown, clock
        try:
            values = self._make(now)
        except Exception:  # one picture that cannot be drawn must not stop the others
            log.exception("view %s of run %s failed", self.name, self.run_id)
            return
        if self.number and values == self._values:
            return
        self._before, self._values, self._encoded = self._values, values, {}
        self.number, self.at = self.number + 1, now.step

    @property
    def made(self) -> bool:
        """Whether there is a picture."""
        return bool(self._values)

    def rest(self) -> None:
        """Forget the picture: nobody watches."""
        self._shown, self._made_at = None, -math.inf
        self._values, self._before, self._encoded = {}, {}, {}

    def encoded(self, has: int) -> bytes:
        """Return the picture for a browser that has number ``has`` of it, 0: none."""
        whole = has != self.number - 1 or not has
        if whole not in self._encoded:
            before = None if whole else self._before
            self._encoded[whole] = frames.encode(self.name, self.at, self._values, before)
        return self._encoded[whole]


class Watcher:
    """One open page of one browser. The hub's thread calls ``post`` and writes ``has``, the event loop does the rest.

    Attributes:
        views: by name, what it shows.
        has: the number of the picture of each view that was last sent.
        lock: for these two: what a page asks for anew comes whole, whatever is on its way.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.views: dict[str, View] = {}
        self.has: dict[str, int] = {}
        self.lock = threading.Lock()
        self._sent = self._drawn = 0  # each written by one thread alone
        self._loop = loop
        self._waiting = asyncio.Event()
        self._message = b""

    @property
    def ready(self) -> bool:
        """Whether another message may be sent."""
        return self._sent - self._drawn < CREDIT

    def drawn(self) -> None:
        """Take note that it has drawn a message."""
        self._drawn = min(self._drawn + 1, self._sent)

    def watch(self, views: Iterable[View]) -> None:
        """Show these views and no other ones."""
        with self.lock:
            self.views = {view.name: view for view in views}
            self.has = {name: number for name, number in self.has.items() if name in self.views}

    def post(self, message: bytes) -> None:
        """Have a message sent; on the hub's thread."""
        self._sent += 1
        self._loop.call_soon_threadsafe(self._deliver, message)

    def _deliver(self, message: bytes) -> None:
        self._message += message
        self._waiting.set()

    async def next(self) -> bytes:
        """Return what is to be sent next."""
        await self._waiting.wait()
        self._waiting.clear()
        message, self._message = self._message, b""
        return message


class Hub:
    """Offers views, keeps watchers, and feeds them from a thread that runs while there are any.

    Args:
        snapshot: gives a run as it stands by its id, None when there is none; counts as a page that asks.
        clock: seconds.
    """

    def __init__(self, snapshot: Callable[[str], Snapshot | None], clock: Callable[[], float] = time.monotonic) -> None:
        self._snapshot, self._clock = snapshot, clock
        self._offered: OrderedDict[str, View] = OrderedDict()
        self._watchers: set[Watcher] = set()
        self._condition = threading.Condition()
        self._thread: threading.Thread | None = None
        self._asked: dict[str, float] = {}
        self._awake: set[View] = set()

    def offer(self, run_id: str, key: Hashable, make: Make, every: float = 0.0) -> str:
        """Offer a view of a run and return its name; equal keys of one run are one view.

        Args:
            run_id: of the run.
            key: tells the view from the others of its run; its repr is the same for equal keys.
            make: returns what is shown: as JSON has it, and bytes or Growing anywhere among it. It runs on the hub's
                thread, outside any session: no words, no session state.
            every: seconds between two pictures at least, while the run goes on: of a picture that is many bytes.
        """
        name = hashlib.blake2b(repr((run_id, key)).encode(), digest_size=12).hexdigest()
        with self._condition:
            view = self._offered.setdefault(name, View(run_id, name, make, every))
            view.offered_at = self._clock()
            self._offered.move_to_end(view.name)
            oldest = next(iter(self._offered.values()))
            while len(self._offered) > MOST_VIEWS or oldest.offered_at < view.offered_at - OFFERED_S:
                del self._offered[oldest.name]
                oldest = next(iter(self._offered.values()))
        return name

    def view(self, name: str) -> View | None:
        """Return the view of a name, or None when nothing is offered by it (any more)."""
        return self._offered.get(name)

    @property
    def watchers(self) -> int:
        """Open pages."""
        return len(self._watchers)

    def add(self, watcher: Watcher) -> None:
        """Feed a watcher from now on."""
        with self._condition:
            self._watchers.add(watcher)
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="pictures", daemon=True)
                self._thread.start()

    def remove(self, watcher: Watcher) -> None:
        """Feed it no more."""
        with self._condition:
            self._watchers.discard(watcher)
            self._condition.notify_all()

    def look(self) -> None:
        """Make what is new of all watched runs, and send it to those who are ready."""
        with self._condition:
            watchers = list(self._watchers)
        ready = [watcher for watcher in watchers if watcher.ready]
        by_run: dict[str, set[View]] = {}
        for watcher in ready:
            for view in list(watcher.views.values()):
                by_run.setdefault(view.run_id, set()).add(view)
        for run_id, of_run in by_run.items():
            if (now := self._ask(run_id)) is not None:
                for view in of_run:
                    view.look(now, self._clock())
        self._keep(watchers)
        watched = {view for watcher in watchers for view in list(watcher.views.values())}
        for view in self._awake - watched:
            view.rest()
        self._awake = watched
        joined: dict[tuple[tuple[str, int], ...], bytes] = {}
        for watcher in ready:
            with watcher.lock:
                has = [(view, watcher.has.get(view.name, 0)) for view in watcher.views.values() if view.made]
                new = [(view, number) for view, number in has if view.number != number]
                watcher.has |= {view.name: view.number for view, _number in new}
            key = tuple((view.name, number) for view, number in new)
            if new and key not in joined:
                joined[key] = frames.message(view.encoded(number) for view, number in new)
            if new:
                watcher.post(joined[key])

    def _ask(self, run_id: str) -> Snapshot | None:
        self._asked[run_id] = self._clock()
        return self._snapshot(run_id)

    def _keep(self, watchers: Iterable[Watcher]) -> None:
        """Ask for the runs of open pages that draw nothing at present, now and then."""
        open_ = {view.run_id for watcher in watchers for view in list(watcher.views.values())}
        self._asked = {run_id: at for run_id, at in self._asked.items() if run_id in open_}
        for run_id in open_:
            if self._clock() - self._asked.get(run_id, -PRESENT_S) >= PRESENT_S:
                self._ask(run_id)

    def _work(self) -> None:
        while True:
            began, spent = self._clock(), time.thread_time()
            try:
                self.look()
            except Exception:
                log.exception("a look at the watched runs failed")
            cost = time.thread_time() - spent
            pause = min(max(PERIOD_S, cost / SHARE), SLOWEST_S) - (self._clock() - began)
            with self._condition:
                if not self._watchers:
                    self._thread = None
                    return
                self._condition.wait(max(0.0, pause))


def _snapshot(run_id: str) -> Snapshot | None:
    from core.runs.scheduler import SCHEDULER  # brings torch, which is there by the time that a run is

    return SCHEDULER.snapshot(run_id)


HUB: Final = Hub(_snapshot)
"""The one hub of this process."""


def of_weights(key: Hashable, make: Make) -> Make:
    """Return the same view, made anew only for other weights: runs that are one computation are drawn once.

    Args:
        key: of the view.
        make: looks at nothing of a run that goes on but its weights and what is kept of it.
    """

    def made(now: Snapshot | None) -> dict[str, Any]:
        if now is None:
            return make(now)
        weights, known = now.weights, (key, now.shows, now.evaluated_at)
        kept = _OF_WEIGHTS.get(known)
        if kept is None or kept[0] is not weights:
            kept = _OF_WEIGHTS[known] = weights, make(now)
        _OF_WEIGHTS.move_to_end(known)
        while len(_OF_WEIGHTS) > MOST_KEPT:
            _OF_WEIGHTS.popitem(last=False)
        return kept[1]

    return made


_OF_WEIGHTS: Final[OrderedDict[Hashable, tuple[object, dict[str, Any]]]] = OrderedDict()


def part(
    now: Snapshot | None, key: Hashable, make: Make, always: bool = False, weights: bool = False, every: float = 0.0
) -> dict[str, Any]:
    """Return what a component shows now and, of a run that lives, as ``live`` where it gets the rest.

    Args:
        now: the run, or None.
        key: see Hub.offer.
        make: see Hub.offer.
        always: of a run that has ended, too: while that is watched it is not forgotten.
        weights: see of_weights.
        every: see Hub.offer.
    """
    shown = make(now)
    if now is None or not (now.state.alive or always):
        return shown
    return shown | {
        "live": {"id": HUB.offer(now.run_id, key, of_weights(key, make) if weights else make, every), "at": now.step}
    }
