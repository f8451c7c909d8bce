"""One run inside the scheduler: its iterator, its history, its life.

========  ===========================  ========================================  =======================
method    called by                    on a run that lives                       on one that has ended
========  ===========================  ========================================  =======================
direct    its owner; the sweep         running or paused, with what to do first  nothing
order     its owner                    waits for the worker                      refused with a sentence
pace      its owner                    faster or slower                          nothing that is seen
end       its owner; the scheduler     stopped                                   nothing
advance   the worker that took it      a slice; then paused where it was asked   nothing
                                       to, finished, diverged or failed
park      the sweep, if nobody has it  paused, with a checkpoint for the rest    nothing
begin     the shelf                    stands where another run stood            –
adopt     the shelf                    is its last watcher's                     so, too
thin      the shelf                    keeps half of its moments                 so, too
taken     the queue                    is in the queue or in a worker's hands    so, until it is returned
returned  the worker that had it       is in nobody's hands                      may be told of
told      the scheduler                –                                         the book knows, for good
========  ===========================  ========================================  =======================

Nothing outside this module writes an attribute of a run.
"""

import logging
import math
import threading
from collections import deque
from collections.abc import Callable

from core.errors import InvalidInput
from core.runs.clocks import Pace, Stopwatch
from core.runs.history import Moment, Record, next_place
from core.runs.job import Job
from core.runs.orders import MAX_WAITING, Order
from core.runs.portrait import Shown, portrait
from core.runs.snapshot import Snapshot, State
from core.runs.visit import Visit
from core.training.checkpoints import Checkpoint
from core.training.fit import Fit
from core.training.progress import Progress
from core.training.trace import StepTrace

log = logging.getLogger(__name__)

COPY_EVERY_S = 0.1  # while a page looks


class Run(Visit):
    """A job being worked on. ``lock`` guards everything that a snapshot reads; one worker at a time advances it.

    Args and attributes are those of a Visit, and:

    Attributes:
        queued: whether it is in the scheduler's queue or in a worker's hands.
        fit: the training, between its first slice and its end, but while it is parked.
        parked: the checkpoint that it goes on from, when it was left alone.
    """

    def __init__(self, run_id: str, job: Job, owner: str, clock: Callable[[], float]) -> None:
        super().__init__(run_id, job, owner, clock)
        self.lock = threading.Lock()
        self.queued = False
        self.fit: Fit | None = None
        self.parked: Checkpoint | None = None
        self._asked_updates = 0
        self._asked_epochs = 0  # ends of epochs still to run to before pausing; 0: running on
        self._asked_look = False
        self._goal: int | None = None  # the update that ends the first of the asked epochs
        self._orders: deque[Order] = deque()
        self._pace = Pace(clock)
        self._record = Record()
        self._error: InvalidInput | None = None
        self._shown = Shown()
        self._copied = float("-inf")
        self._watch = Stopwatch(clock)
        self._replaced = False

    # --- how it stands -----------------------------------------------------------------------------------------------

    @property
    def wanted(self) -> bool:
        """Whether a worker has something to do here."""
        if self.state is State.PAUSED:
            return bool(self._asked_updates or self._asked_look or self._orders) or self._unsettled
        return self.state is State.RUNNING

    @property
    def due(self) -> float:
        """When a worker shall come, on the clock: a slow run's next turn; anything else is due at once."""
        return self._pace.due if self.state is State.RUNNING and not self._orders else -math.inf

    @property
    def still(self) -> bool:
        """Whether everything that was asked for has happened."""
        if self.state is State.RUNNING:
            return not self._orders and not self._asked_epochs
        return not self.queued and not self.wanted and (self.state.alive or self.known)

    @property
    def untold(self) -> bool:
        """Whether it has ended for good, no worker has it, and the book is still to be told."""
        return not (self.state.alive or self.queued or self.known)

    @property
    def step(self) -> int:
        """Updates done, as far as they are noted."""
        progress = self._record.progress
        return progress.step if progress else 0

    @property
    def fresh(self) -> bool:
        """Whether it stands before its first update, untouched and unhurried."""
        rests = self.state is State.PAUSED and self.still and self._pace.speed is None
        return rests and self.step == 0 and not self._record.changes

    @property
    def ran_s(self) -> float:
        """Seconds of running so far, waiting for other runs included."""
        return self._watch.seconds

    @property
    def left_s(self) -> float:
        """Seconds of computing to its end at what an update took so far; infinite before the first, 0 when it rests."""
        if self.state is not State.RUNNING or self._pace.speed is not None:
            return 0.0
        progress = self._record.progress
        if progress is None or not progress.step:
            return math.inf
        return (progress.steps - progress.step) * progress.seconds / progress.step

    @property
    def moments(self) -> tuple[Moment, ...]:
        """What was kept on the way, in order."""
        with self.lock:
            return self._record.kept().moments

    @property
    def spare_bytes(self) -> int:
        """What those moments take that may be given up."""
        return self._record.spare_bytes

    @property
    def _unsettled(self) -> bool:
        fit = self.fit
        return fit is not None and self._shown.step != fit.step

    # --- what its owner and the scheduler do with it -----------------------------------------------------------------

    def direct(self, state: State, updates: int = 0, epochs: int = 0, look: bool = False) -> None:
        """Go on or pause; what was asked for before goes, but for more of the same.

        Args:
            state: RUNNING or PAUSED.
            updates: to be done while it is paused.
            epochs: whose ends it runs to, then pauses.
            look: draw the first weights and look at the sets, while it is paused.
        """
        with self.lock:
            if not self.state.alive:
                return
            updates += self._asked_updates if updates else 0
            epochs += self._asked_epochs if epochs else 0
            self._goal = self._goal if epochs > 1 else None
            self._move(state)
            self._asked_updates, self._asked_epochs, self._asked_look = updates, epochs, look

    def order(self, order: Order) -> None:
        """Have a change carried out by the worker, between two updates.

        Raises:
            InvalidInput: it has ended, it cannot have this change, or too many wait.
        """
        if self.state.alive:
            order.check(self.job, self.fit)  # takes milliseconds; not while a worker waits for the lock
        with self.lock:
            if not self.state.alive:
                raise InvalidInput("This run has ended and cannot be changed any more; press Train to start another.")
            if len(self._orders) >= MAX_WAITING:
                raise InvalidInput(
                    "{count} changes wait to be carried out, and no more are taken; wait a moment.", count=MAX_WAITING
                )
            self._orders.append(order)

    def pace(self, speed: float | None) -> None:
        """Choose how many updates a second it may do, None: any number; the measured speed starts anew."""
        with self.lock:
            self._pace.set(speed)
            self._watch.measure_anew(self.step)

    def end(self, state: State, replaced: bool = False) -> None:
        """Give the iterator's memory back; history and last weights stay for the page.

        Args:
            state: how it ended; one that has ended keeps its own.
            replaced: whether another run of its owner takes its place.
        """
        with self.lock:
            if not self.state.alive:
                return
            self._move(state)
            self.fit = self.parked = None
            self._orders.clear()
            self._replaced = replaced

    def park(self) -> None:
        """Pause, keep a checkpoint, and give the rest back."""
        with self.lock:
            if self.fit is not None:
                self.parked, self.fit = self.fit.checkpoint(), None
            if self.state is State.RUNNING:
                self._move(State.PAUSED)

    def taken(self) -> None:
        """Be in the queue, then in a worker's hands."""
        self.queued = True

    def returned(self) -> None:
        """Be in nobody's hands again."""
        self.queued = False

    def begin(self, source: "Run", moment: Moment | None, visit: Visit, rests: bool) -> None:
        """Go on by oneself from where another run of an equal job stood; that one is left as it is.

        Args:
            source: the other one.
            moment: of its record; None: as it stands, and its weights as they were last copied.
            visit: whose run this is from now on.
            rests: whether no worker has the source: then this one can go on from there.
        """
        self.adopt(visit)
        with source.lock:
            self._record, shown = source._record.until(moment), source.shown(moment)
            self.parked = moment.checkpoint if moment else source.parked
            if rests and not moment and source.fit is not None:
                self.parked = source.fit.checkpoint()
                shown = Shown(self.parked.weights(), self.parked.step, shown.copy + 1, shown.parameters)
            self._shown = shown
        self._move(visit.state if visit.state.alive else State.PAUSED)
        self._watch.measure_anew(self.step)

    def adopt(self, visit: Visit) -> None:
        """Be a visitor's own run from now on."""
        self.run_id, self.job, self.owner, self.known = visit.run_id, visit.job, visit.owner, visit.known
        self.started_at, self.last_seen = visit.started_at, visit.last_seen

    def thin(self) -> None:
        """Give half of the moments up."""
        with self.lock:
            self._record.thin()

    def _move(self, state: State) -> None:
        """Change the state and keep the clock of running time right; called with the lock held."""
        self._watch.run(state is State.RUNNING)
        self.state = state
        if state is not State.RUNNING:
            self._asked_epochs, self._goal = 0, None

    # --- what a worker does ------------------------------------------------------------------------------------------

    def advance(self, threads: int = 1) -> None:
        """Do one slice on the calling worker thread, if one is wanted; never raises.

        Args:
            threads: how many the engine may use, see AutogradEngine.
        """
        try:
            if self.wanted:
                self._work(threads)
            if self.state is State.PAUSED and not self._asked_updates and (fit := self.fit) and self._unsettled:
                self._show(fit)  # the weights of the very update at which it pauses
        except StopIteration:
            self.end(State.FINISHED)
        except InvalidInput as error:
            self._error = error
            self.end(State.FAILED)
        except Exception as error:
            log.exception("run %s failed", self.run_id)
            self._error = InvalidInput(
                "The training stopped because of an error inside ({why}); start it again.", why=type(error).__name__
            )
            self.end(State.FAILED)

    def _work(self, threads: int) -> None:
        fit = self.fit or self.job.make(self.parked)
        fit.engine.threads = threads
        with self.lock:
            if not self.state.alive:
                return
            self.fit, self.parked = fit, None
        if self._orders:
            self._obey(fit)
        with self.lock:
            running, asked, look = self.state is State.RUNNING, self._asked_updates, self._asked_look
        if running:
            self._run(fit)
        elif asked:
            self._count(fit, asked)
        elif look:
            self._look(fit)

    def _run(self, fit: Fit) -> None:
        """Do a slice of a run that goes on by itself, if its pace allows one."""
        with self.lock:
            if self._asked_epochs and self._goal is None:
                self._goal = fit.step + fit.left_in_epoch
            goal, updates = self._goal, self._pace.allowed(fit.slice_updates)
        if not updates and not fit.looking:
            return
        updates = max(1, updates)  # none is done while the test set is looked at
        if goal is not None:
            updates = min(updates, goal - fit.step)
        dense = fit.traceable and fit.step * fit.config.evaluations < fit.steps  # before the second look
        place = next_place(fit.step) if dense else 0
        if place:
            updates = min(updates, place - fit.step)
        progress = fit.take(updates, look=fit.step + updates == goal)
        with self.lock:
            self._pace.spend(len(progress.losses), at_once=fit.looking)
        self._note(fit, progress)
        if fit.step == place and not (fit.looking or progress.done or progress.evaluation):
            look = fit.look()  # for the moment alone: the curve has those that are due
            with self.lock:
                self._record.keep(fit, look)
        with self.lock:
            if goal is not None and self._goal == goal and fit.step >= goal:  # nothing else was asked for meanwhile
                self._goal = None
                self._asked_epochs -= 1
                if not self._asked_epochs and self.state is State.RUNNING:
                    self._move(State.PAUSED)

    def _count(self, fit: Fit, asked: int) -> None:
        """Do updates that were asked for by number; the last one is taken apart when the network is small."""
        traced = int(fit.traceable)
        if asked == traced and not fit.looking:
            trace, progress = fit.trace()
            self._note(fit, progress, trace)
        else:
            updates = min(max(1, asked - traced), fit.slice_updates)
            progress = fit.take(updates, look=updates == asked)
            self._note(fit, progress)
        with self.lock:  # more may have been asked for, or none any more, in the meantime
            self._asked_updates = max(0, self._asked_updates - len(progress.losses))

    def _obey(self, fit: Fit) -> None:
        """Carry out what the owner ordered, between two updates."""
        edited, refused = False, self._record.refused
        with self.lock:
            orders = tuple(self._orders)
        for order in orders:
            try:
                order.carry_out(fit)
                edited, refused = edited or order.touches_weights, None
            except InvalidInput as error:
                refused = error
        with self.lock:
            self._record.changes, self._record.refused = fit.changes, refused
        if edited or self.state is State.PAUSED:
            self._look(fit)
        with self.lock:  # only now: settle waits until they show
            for _ in orders[: len(self._orders)]:  # none is left when the run was ended meanwhile
                self._orders.popleft()

    def _look(self, fit: Fit) -> None:
        self._note(fit, fit.look())
        with self.lock:
            self._asked_look = False
        self._show(fit)

    def _show(self, fit: Fit) -> None:
        weights = {name: value.detach().to("cpu", copy=True) for name, value in fit.model.state_dict().items()}
        parameters = tuple((name, p.requires_grad, str(p.device)) for name, p in fit.model.named_parameters())
        with self.lock:
            self._shown, self._copied = Shown(weights, fit.step, self._shown.copy + 1, parameters), self.clock()

    def _note(self, fit: Fit, progress: Progress, trace: StepTrace | None = None) -> None:
        with self.lock:
            self._record.add(fit, progress, trace)
        due = self.watched and self.clock() - self._copied >= COPY_EVERY_S
        if due or progress.done or not self._shown.weights:
            self._show(fit)
        if progress.done:
            self.end(State.DIVERGED if progress.diverged else State.FINISHED)

    # --- what a page sees --------------------------------------------------------------------------------------------

    def snapshot(self, owner: str) -> Snapshot:
        """Return the run as it stands, for a page that shows ``owner``."""
        self.seen()
        return self.look_back(owner)

    def losses(self) -> tuple[float, ...]:
        """Return the loss of each update so far; of a very long run, of the first ones."""
        with self.lock:
            return tuple(self._record.each_loss)

    def look_back(self, owner: str, moment: Moment | None = None) -> Snapshot:
        """Return the run as it stands, or stood at a moment; this does not count as a page that asks."""
        with self.lock:
            speed = self._watch.speed(self.step)
            record = self._record if moment is None else self._record.until(moment)
            soon, steps = min(speed, self._pace.speed or math.inf), record.progress.steps if record.progress else 0
            return portrait(
                record,
                self.shown(moment),
                run_id=self.run_id,
                job=self.job,
                state=self.state,
                mine=owner == self.owner,
                updates_per_second=speed,
                eta_s=(steps - self.step) / soon if soon > 0 and steps else None,
                error=self._error,
                parked=self.parked is not None,
                replaced=self._replaced,
                speed=self._pace.speed,
                started_at=self.started_at,
                busy=not self.still,
            )

    def shown(self, moment: Moment | None) -> Shown:
        """Return the weights at a moment, None: as they were copied last."""
        if moment is None:
            return self._shown
        return Shown(moment.weights, moment.step, -1 - moment.step, self._shown.parameters)
