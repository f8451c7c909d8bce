"""The threads that work on runs, and how many runs there is room for."""

import math
import threading
from collections.abc import Callable, Collection

import torch

from core.errors import InvalidInput
from core.runs.run import Run
from core.runs.visit import Visit

MAX_PER_OWNER = 4
TURN_S = 0.25  # seconds of computing that count as equal: who came first then goes first
LEAD_S = 1.0  # of computing that a newcomer may be ahead of the others: enough for a small network
UNWATCHED = 8  # every so many turns one that no page looks at goes first
MAX_ACCOUNTS = 1000


class Workers:
    """Threads that take turns until there are none for them.

    Args:
        count: of threads.
        turn: does one; returns False when the thread shall end.
    """

    def __init__(self, count: int, turn: Callable[[], bool]) -> None:
        self.count, self._turn = count, turn
        self._threads: list[threading.Thread] = []

    @property
    def running(self) -> bool:
        """Whether any is there."""
        return any(thread.is_alive() for thread in self._threads)

    def start(self) -> None:
        """Start those that are missing; one that outlived a stop goes on."""
        self._threads = [thread for thread in self._threads if thread.is_alive()]
        for index in range(len(self._threads), self.count):
            thread = threading.Thread(target=self._work, name=f"trainer-{index}", daemon=True)
            self._threads.append(thread)
            thread.start()

    def join(self, timeout_s: float) -> None:
        """Wait until each has ended, so many seconds at most."""
        for thread in self._threads:
            thread.join(timeout_s)
        self._threads = [thread for thread in self._threads if thread.is_alive()]

    def _work(self) -> None:
        torch.set_num_threads(1)  # two threads per job are slower on a shared machine (measured)
        while self._turn():
            pass


def check_room(alive: Collection[Visit], owner: str, most: int) -> None:
    """Check that one more run may live.

    Args:
        alive: runs that are running or paused.
        owner: of the new one.
        most: that may live at once.

    Raises:
        InvalidInput: the class is full, or the owner has too many.
    """
    if len(alive) >= most:
        raise InvalidInput(
            "{count} networks are being trained here and no more than {most} can be; "
            "wait until one is finished, then press Train again.",
            count=len(alive),
            most=most,
        )
    own = sum(run.owner == owner for run in alive)
    if own >= MAX_PER_OWNER:
        raise InvalidInput(
            "You have {count} trainings under way and no more than {most} are allowed; stop one of them first.",
            count=own,
            most=MAX_PER_OWNER,
        )


class Turns:
    """The runs that want a worker: who had the least computing is next, and who is looked at before who is not.

    A visitor has one account, whose runs share it, and a computation that many watch has one of its own. An account
    begins, and comes back after a rest, a little behind the run that is served at the time, so that short runs end
    before long ones hold them up, and nobody gets ahead by starting again and again. Not safe between threads: the
    scheduler's lock guards it.
    """

    def __init__(self) -> None:
        self._ready: list[Run] = []  # in the order in which they came
        self._later: dict[str, Run] = {}
        self._spent: dict[str, float] = {}  # seconds of computing by account
        self._served = 0.0  # what the account had spent that was served last, or most
        self._count = 0

    def add(self, run: Run, now: float) -> None:
        """Put a run in where it belongs, if it wants a worker and is neither in the queue nor in a worker's hands."""
        self._later.pop(run.run_id, None)
        if run.queued or not run.wanted:
            return
        if run.due > now:
            self._later[run.run_id] = run
            return
        run.taken()
        self._ready.append(run)
        account, least = _account(run), self._served - LEAD_S
        self._spent[account] = max(self._spent.pop(account, least), least)
        if len(self._spent) > MAX_ACCOUNTS:
            del self._spent[next(iter(self._spent))]  # who was not here for longest

    def take(self, now: float) -> Run | None:
        """Return the next run, which is then in the caller's hands, or None when it is nobody's turn."""
        for run in [run for run in self._later.values() if run.due <= now]:
            self.add(run, now)
        if not self._ready:
            return None
        self._count += 1
        regular = self._count % UNWATCHED > 0
        asked = [run for run in self._ready if run.watched is regular]
        run = min(asked or self._ready, key=self._turn)
        self._ready.remove(run)
        if regular:
            self._served = max(self._served, self._of(run))
        return run

    def charge(self, run: Run, seconds: float) -> None:
        """Take note of what a run was served.

        Args:
            run: that was taken.
            seconds: of computing; of one that many watch, divided among them.
        """
        self._spent[_account(run)] = self._of(run) + seconds

    def wait_s(self, now: float) -> float:
        """Return the seconds until the first slow run's turn; infinite when there is none."""
        return max(0.0, min((run.due for run in self._later.values()), default=math.inf) - now)

    def _of(self, run: Run) -> float:
        return self._spent.get(_account(run), self._served - LEAD_S)

    def _turn(self, run: Run) -> float:
        return self._of(run) // TURN_S


def _account(run: Run) -> str:
    return run.owner or run.run_id
