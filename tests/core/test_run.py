"""The life of one run: what each event makes of it in each state, and that nobody else writes its attributes."""

import ast
import inspect
import textwrap
from pathlib import Path

import pytest

from core.errors import InvalidInput
from core.runs import run as module
from core.runs.orders import MAX_WAITING, EditWeight, Retune
from core.runs.run import Run
from core.runs.snapshot import State
from tests.core.scheduling import job

ROOT = Path(__file__).parents[2]
RUNNING, PAUSED, STOPPED, FINISHED, DIVERGED, FAILED = (
    State.RUNNING,
    State.PAUSED,
    State.STOPPED,
    State.FINISHED,
    State.DIVERGED,
    State.FAILED,
)


def born(state, clock):
    run = Run("id", job(), "ann", clock)
    if state is PAUSED:
        run.direct(PAUSED)
    elif state is not RUNNING:
        run.end(state)
    return run


EVENTS = {
    "resume": lambda run: run.direct(RUNNING),
    "pause": lambda run: run.direct(PAUSED),
    "step": lambda run: run.direct(PAUSED, updates=1),
    "epoch": lambda run: run.direct(RUNNING, epochs=1),
    "look": lambda run: run.direct(PAUSED, look=True),
    "pace": lambda run: run.pace(5),
    "park": lambda run: run.park(),
    "stop": lambda run: run.end(STOPPED),
    "finish": lambda run: run.end(FINISHED),
    "diverge": lambda run: run.end(DIVERGED),
    "fail": lambda run: run.end(FAILED),
    "taken": lambda run: run.taken(),
    "returned": lambda run: run.returned(),
    "told": lambda run: run.told(),
    "seen": lambda run: run.seen(),
}
# event: (from running: the state afterwards, whether a worker is wanted, whether all is done), the same from paused
TABLE = {
    "resume": ((RUNNING, True, True), (RUNNING, True, True)),
    "pause": ((PAUSED, False, True), (PAUSED, False, True)),
    "step": ((PAUSED, True, False), (PAUSED, True, False)),
    "epoch": ((RUNNING, True, False), (RUNNING, True, False)),
    "look": ((PAUSED, True, False), (PAUSED, True, False)),
    "pace": ((RUNNING, True, True), (PAUSED, False, True)),
    "park": ((PAUSED, False, True), (PAUSED, False, True)),
    "stop": ((STOPPED, False, False), (STOPPED, False, False)),
    "finish": ((FINISHED, False, False), (FINISHED, False, False)),
    "diverge": ((DIVERGED, False, False), (DIVERGED, False, False)),
    "fail": ((FAILED, False, False), (FAILED, False, False)),
    "taken": ((RUNNING, True, True), (PAUSED, False, False)),
    "returned": ((RUNNING, True, True), (PAUSED, False, True)),
    "told": ((RUNNING, True, True), (PAUSED, False, True)),
    "seen": ((RUNNING, True, True), (PAUSED, False, True)),
}


def stands(run):
    return run.state, run.wanted, run.still


@pytest.mark.parametrize("event", EVENTS)
def test_what_an_event_makes_of_a_run_that_lives(clock, event):
    for state, wanted in zip((RUNNING, PAUSED), TABLE[event], strict=True):
        run = born(state, clock)
        EVENTS[event](run)
        assert stands(run) == wanted
        assert not run.untold or not run.state.alive


@pytest.mark.parametrize("event", EVENTS)
@pytest.mark.parametrize("state", [STOPPED, FINISHED, DIVERGED, FAILED])
def test_nothing_brings_an_ended_run_back(clock, state, event):
    run = born(state, clock)
    assert (run.untold, run.still) == (True, False)
    EVENTS[event](run)
    assert (run.state, run.wanted, run.fit, run.parked) == (state, False, None, None)
    assert run.untold == (event not in ("taken", "told"))
    assert run.still == (event == "told")


def test_the_table_in_the_module_names_every_method():
    """What changes a run stands in the table, and nothing else does."""
    rows = {line.split()[0] for line in module.__doc__.splitlines() if line and line[0].islower()} - {"method"}
    public = {name for name, value in inspect.getmembers(Run, inspect.isfunction) if not name.startswith("_")}
    assert rows == public - {"snapshot", "look_back", "losses", "seen", "shown"}


# --- what was asked for ----------------------------------------------------------------------------------------------


def work(run, slices=500):
    for _ in range(slices):
        if not run.wanted:
            return
        run.advance()
    raise AssertionError("it never comes to rest")


def test_what_was_asked_for_before_goes_but_for_more_of_the_same(clock):
    run = born(PAUSED, clock)
    run.direct(PAUSED, updates=2)
    run.direct(PAUSED, updates=3)
    work(run)
    assert (run.state, run.step) == (PAUSED, 5)
    run.direct(PAUSED, updates=7)
    run.direct(PAUSED)  # forgets them
    assert not run.wanted
    run.direct(RUNNING, epochs=1)
    run.direct(RUNNING, epochs=1)  # 14 updates an epoch: to the end of the second one
    work(run)
    assert (run.state, run.step) == (PAUSED, 28)
    run.direct(RUNNING, epochs=1)
    run.direct(RUNNING)  # on and on
    work(run)
    assert (run.state, run.step) == (FINISHED, 280)


def test_a_parked_run_goes_on_from_its_checkpoint(clock):
    run = born(PAUSED, clock)
    run.park()
    assert (run.parked, run.fit) == (None, None)  # there was nothing to keep
    run.direct(PAUSED, updates=5)
    work(run)
    run.park()
    assert (run.parked.step, run.fit, run.state) == (5, None, PAUSED)
    run.direct(PAUSED, updates=1)
    work(run)
    assert (run.parked, run.fit.step) == (None, 6)


def test_an_order_waits_for_the_worker_and_is_refused_after_the_end(clock):
    for state in (RUNNING, PAUSED):
        run = born(state, clock)
        run.order(Retune(lr=0.5))
        assert (run.state, run.wanted, run.still) == (state, True, False)
        run.advance()
        assert run.look_back("ann").changes[0].value == 0.5
        assert run.still
        with pytest.raises(InvalidInput, match=r"no parameter net\.9"):
            run.order(EditWeight("net.9.bias", (0,), 1.0))
        for _ in range(MAX_WAITING):
            run.order(Retune(lr=0.1))
        with pytest.raises(InvalidInput, match="wait to be carried out"):
            run.order(Retune(lr=0.1))
        run.end(STOPPED)
        with pytest.raises(InvalidInput, match="has ended"):
            run.order(Retune(lr=0.1))


def test_the_first_end_counts_and_says_who_took_its_place(clock):
    run = born(RUNNING, clock)
    run.end(STOPPED, replaced=True)
    run.end(FAILED)
    now = run.look_back("ann")
    assert (now.state, now.replaced) == (STOPPED, True)
    other = born(FINISHED, clock)
    other.end(STOPPED, replaced=True)  # it had ended by itself
    assert not other.look_back("ann").replaced


def test_only_a_page_that_asks_breaks_the_silence(clock):
    run = born(RUNNING, clock)
    clock.now += 7
    run.look_back("ann")
    assert run.silent_s == 7
    run.snapshot("bob")
    assert run.silent_s == 0
    clock.now += 3
    run.seen()
    assert run.silent_s == 0


# --- nobody else writes ----------------------------------------------------------------------------------------------


def written(source, names):
    """The attributes among ``names`` that a module writes of anything but ``self``."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Attribute) and not isinstance(node.ctx, ast.Load) and node.attr in names:
            target = node.value
            if not (isinstance(target, ast.Name) and target.id == "self"):
                found.append(f"{ast.unparse(node)}:{node.lineno}")
    return found


def test_nothing_outside_a_run_writes_its_attributes(clock):
    names = set(vars(born(RUNNING, clock))) - {"run_id"}  # a page's controls have one too
    assert {"state", "queued", "parked", "fit"} <= names
    source = textwrap.dedent("run.state = 1\nrun.queued, x = 1, 2\ndel run.fit\nself.state = 1\ny = run.state\n")
    assert len(written(source, names)) == 3
    for path in [*ROOT.glob("core/runs/*.py"), *ROOT.glob("ui/**/*.py"), *ROOT.glob("pages/*.py")]:
        assert written(path.read_text(), names) == [], path
