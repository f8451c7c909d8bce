"""Schedulers and clocks for the tests of the scheduler; see scheduling.py for the rest of what they share."""

import pytest

from core.runs import scheduler as module
from core.runs.scheduler import Scheduler
from tests.core.scheduling import Clock


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def ticking():
    return Clock(ticks=True)


@pytest.fixture
def make(monkeypatch):
    """Schedulers that are stopped in the end; idle workers look around every 10 ms."""
    monkeypatch.setattr(module, "SWEEP_EVERY_S", 0.01)
    made = []

    def new(started=True, **settings):
        scheduler = Scheduler(**settings)
        made.append(scheduler)
        if started:
            scheduler.start()
        return scheduler

    yield new
    for scheduler in made:
        scheduler.stop()
        assert not scheduler.running
