"""The second thread: half of the work, the same bits, and nobody waits for it."""

import threading
from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from core.data.playground import DataConfig
from core.nets.building import build
from core.nets.mlp import ACTIVATIONS, MlpConfig, mlp
from core.runs import scheduler as scheduling
from core.runs.playground_job import PlaygroundJob
from core.training.compiled import ops, pair
from core.training.config import TrainConfig
from core.training.courses import COURSES
from core.training.engines import engine_for
from core.training.losses import LOSSES
from core.training.optimisers import OPTIMISERS
from tests.core.scheduling import As, ended, job
from tests.core.test_compiled import MOMENTUM, pictures

pytestmark = pytest.mark.usefixtures("compiled")


class Always(pair.Pair):
    """Has two threads whenever they are allowed, quicker or not, and waits for the second to come."""

    def work(self, machine, given, updates, threads):
        if threads < 2:
            machine(*given, pair.ALONE, 0)
            return
        gate = np.zeros(ops.GATE, dtype=np.int64)
        gate[ops.PATIENCE] = 1 << 40
        other = threading.Thread(target=machine, args=(*given, gate, 1))
        other.start()
        while not gate[ops.COME]:
            pass
        machine(*given, gate, 0)
        other.join(60)
        assert not other.is_alive()
        assert not gate[ops.BROKEN]
        assert gate[ops.START] == 1
        self.helped += 1


def bits(engine):
    return [value.numpy().tobytes() for value in engine.state()[0].values()]


def check(make, threads, updates=3):
    """The same losses, weights and memory with one thread and with so many in each of some slices."""
    one, other = make(), make()
    other._pair = Always()
    for count in threads:
        other.threads = count
        assert other.advance(updates) == one.advance(updates)
    assert bits(other) == bits(one)
    assert other._pair.helped


@pytest.mark.parametrize("optimiser", OPTIMISERS)
@pytest.mark.parametrize("name", ["lenet5", "mnist-dnn", "lenet5-sigmoid"])
def test_two_threads_have_the_bits_of_one(name, optimiser):
    train = replace(
        COURSES[name], optimiser=optimiser, momentum=MOMENTUM.get(optimiser, 0.0), lr=0.003, batch_size=100, l2=1e-4
    )
    data = pictures(230)  # 100, 100, 30
    check(lambda: engine_for(build(name, 1), data, train), (2, 1, 2, 2))


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.integers(1, 40), st.sampled_from(list(ACTIVATIONS))), max_size=4),
    st.sampled_from(list(LOSSES)),
    st.sampled_from(list(OPTIMISERS)),
    st.sampled_from([0, 1, 16, 17, 33, 69]),
    st.lists(st.sampled_from([1, 2]), min_size=1, max_size=5),
)
def test_any_plain_network_and_threads_that_come_and_go(hidden, loss, optimiser, batch, threads):
    net = MlpConfig((3, *(width for width, _ in hidden), 3), activations=tuple(kind for _, kind in hidden))
    momentum = MOMENTUM.get(optimiser, 0.0)
    train = TrainConfig(loss, optimiser=optimiser, lr=0.01, momentum=momentum, batch_size=batch, epochs=500, l1=1e-3)
    data = PlaygroundJob(net, train, DataConfig(samples=100)).playground().data
    check(lambda: engine_for(mlp(net), data, train), (*threads, 2), 7)


def test_a_second_thread_that_comes_late_goes_early_or_never_comes(monkeypatch):
    train = replace(COURSES["mnist-dnn"], batch_size=64)
    one, other = (engine_for(build("mnist-dnn", 1), pictures(300), train) for _ in range(2))
    other.threads = 2
    monkeypatch.setattr(pair, "GAIN", 1e9)  # two are always tried
    other.advance(1), one.advance(1)
    busy = threading.Event()
    pair._second.submit(busy.wait)  # it is somewhere else
    helped = other._pair.helped
    assert other.advance(5) == one.advance(5)
    assert other._pair.helped == helped
    busy.set()
    monkeypatch.setattr(pair, "YIELD_S", 1e9)  # every wait is too long
    while other._pair.helped == helped:
        assert other.advance(20) == one.advance(20)
    monkeypatch.setattr(pair._second, "submit", lambda *given: (_ for _ in ()).throw(RuntimeError("no threads")))
    assert other.advance(5) == one.advance(5)
    assert bits(other) == bits(one)


def test_a_thread_that_was_stopped_is_told_of(monkeypatch):
    """It has come, and is never seen again: the other one does not wait for ever."""
    engine = engine_for(build("mnist-dnn", 1), pictures(300), COURSES["mnist-dnn"])
    engine.advance(4)

    def gone(_machine, *given):
        given[-2][ops.COME] = given[-2][ops.BROKEN] = 1
        return type("Gone", (), {"cancel": lambda self: True})()

    monkeypatch.setattr(pair._second, "submit", gone)
    engine.threads = 2
    with pytest.raises(RuntimeError, match="stopped"):
        engine.advance(1)


def test_ten_engines_at_once_with_two_threads_each():
    train = replace(COURSES["lenet5"], batch_size=64)
    data = pictures(150)
    true = engine_for(build("lenet5", 1), data, train).advance(30)
    engines = [engine_for(build("lenet5", 1), data, train) for _ in range(10)]
    found = [[] for _ in engines]

    def work(number):
        torch.set_num_threads(1)
        engines[number].threads = 2
        for _ in range(10):
            found[number] += engines[number].advance(3)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
        assert not thread.is_alive()
    assert found == [true] * 10


def test_two_are_tried_less_and_less_where_they_are_in_vain(monkeypatch):
    monkeypatch.setattr(pair, "_together", lambda *given: 1)
    seconds = iter(range(10_000))
    monkeypatch.setattr(pair.time, "perf_counter", lambda: next(seconds))  # each slice takes as long
    learnt, tried = pair.Pair(), []
    for _ in range(300):
        before = learnt.helped
        learnt.work(lambda *given: None, (), 1, 2)
        tried.append(learnt.helped > before)
    assert [place for place, two in enumerate(tried) if two] == [1, 4, 9, 18, 35, 68, 133, 198, 263]


def test_a_run_has_two_threads_while_no_other_wants_a_worker(make, monkeypatch):
    monkeypatch.setattr(scheduling, "cores", lambda: 2)
    scheduler = make(workers=1)
    first = scheduler.submit(job(1), "ann")
    end = ended(scheduler, first)
    seen = []
    real = scheduling.Run.advance

    def advance(run, threads=1):
        seen.append(threads)
        real(run, threads)

    monkeypatch.setattr(scheduling.Run, "advance", advance)
    another = make(workers=1)  # one that has not computed it yet
    another.submit(As("other", job(2)), "bob", paused=True)  # looks, then rests
    second = another.submit(job(1), "cem")
    assert ended(another, second).losses == end.losses
    assert seen[-1] == 2
    seen.clear()
    crowded = make(started=False, workers=1)
    ids = [crowded.submit(job(number), f"visitor {number}") for number in range(3)]
    crowded.start()
    for run_id in ids:
        ended(crowded, run_id)
    assert seen[0] == 1
    assert seen[-1] == 2
    monkeypatch.setattr(scheduling, "cores", lambda: 1)
    seen.clear()
    ended(scheduler, scheduler.submit(job(7), "dan"))
    assert set(seen) == {1}
