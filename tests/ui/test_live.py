"""The hub, its bytes and its WebSocket: pictures are made once, only what is new is sent, nothing is queued."""

from __future__ import annotations

import asyncio
import json
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import SimpleNamespace
from typing import Any

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from core.nets.mlp import MlpConfig
from core.runs.playground_job import PlaygroundJob
from core.training.config import TrainConfig
from ui.live import frames, hub, socket
from ui.live.frames import Growing
from ui.live.hub import Hub, Watcher
from ui.state.session import VISITOR_COOKIE

OWNER = "a-visitor-of-the-class"


def read(message: bytes) -> dict[str, dict[str, Any]]:
    """Take a message apart: the head of each part by its name, with its body."""
    parts, at = {}, 0
    while at < len(message):
        (length,) = struct.unpack_from("<I", message, at)
        (size,) = struct.unpack_from("<I", message, at + 4)
        head = json.loads(message[at + 8 : at + 8 + size])
        parts[head["id"]] = head | {"body": message[at + 8 + size : at + 4 + length]}
        at += 4 + length
    return parts


def block(part: dict[str, Any], name: str, before: bytes = b"") -> bytes:
    """Return a value of a part that is bytes, behind those that the browser keeps."""
    offset, length, *kept = part["values"][name]["$"]
    return before[: kept[0] if kept else 0] + part["body"][offset : offset + length]


class Standing:
    """A run as a hub sees it, which the test moves on."""

    def __init__(self) -> None:
        self.looked = 0
        self.now = SimpleNamespace(
            shows=("run", 1), step=1, state="running", busy=False, evaluated_at=0, changes=(), not_learning=False
        )

    def __call__(self, run_id: str) -> Any:
        self.looked += 1
        return self.now if run_id == "run" else None

    def go_on(self) -> None:
        self.now = SimpleNamespace(**{**vars(self.now), "step": self.now.step + 1})


class Sent(Watcher):
    """A watcher that keeps what it is sent."""

    def __init__(self) -> None:
        self.sent: list[bytes] = []
        super().__init__(SimpleNamespace(call_soon_threadsafe=lambda act, message: self.sent.append(message)))  # type: ignore[arg-type]


def watching(*views: Any) -> Sent:
    watcher = Sent()
    watcher.watch(views)
    return watcher


@pytest.fixture
def standing() -> Standing:
    return Standing()


def begun(standing: Standing, *watchers: Watcher) -> Hub:
    """A hub whose thread is left out: the test looks itself."""
    made = Hub(standing)
    made._watchers.update(watchers)
    return made


# --- bytes ---------------------------------------------------------------------------------------------------------


def test_numbers_arrive_as_they_are_and_what_is_no_number_of_json_s_is_null() -> None:
    values = {"a": b"\x01\x02", "b": [Growing(b"12345678", 4), {"c": float("nan")}], "d": 7}
    part = read(frames.message([frames.encode("v", 5, values)]))["v"]
    assert (part["at"], part["whole"], part["values"]["d"], part["values"]["b"][1]) == (5, True, 7, {"c": None})
    assert block(part, "a") == b"\x01\x02"
    assert part["values"]["b"][0]["$"] == [2, 8, 0]


@pytest.mark.parametrize(
    ("before", "rows", "kept"),
    [
        (b"aabbcc", b"aabbccdd", 6),  # one more
        (b"aabbcc", b"aabbXX", 4),  # the newest, which is always shown, has moved on
        (b"aabbcc", b"aacc", 0),  # thinned out
        (b"", b"aa", 0),
        (b"aabb", b"aabb", 4),
    ],
)
def test_of_rows_that_grow_only_the_new_ones_are_sent(before: bytes, rows: bytes, kept: int) -> None:
    part = read(frames.message([frames.encode("v", 1, {"p": Growing(rows, 2)}, {"p": Growing(before, 2)})]))["v"]
    assert part["values"]["p"]["$"][1:] == [len(rows) - kept, kept]
    assert block(part, "p", before) == rows


# --- the hub -------------------------------------------------------------------------------------------------------


def test_equal_views_of_a_run_are_one_and_other_runs_views_are_others(standing: Standing) -> None:
    made = Hub(standing)
    name = made.offer("run", ("net", 3), lambda now: {})
    assert made.offer("run", ("net", 3), lambda now: {}) == name
    assert len({name, made.offer("run", ("net", 4), dict), made.offer("other", ("net", 3), dict)}) == 3


def test_a_picture_is_made_once_for_all_and_sent_when_it_is_another(standing: Standing) -> None:
    made = []
    hub_ = begun(standing)
    name = hub_.offer("run", "net", lambda now: made.append(now.step) or {"step": now.step})
    watchers = [watching(hub_.view(name)) for _ in range(30)]
    hub_._watchers.update(watchers)
    hub_.look()
    hub_.look()
    assert made == [1]
    standing.go_on()
    hub_.look()
    assert made == [1, 2]
    assert standing.looked == 3  # one snapshot a look, however many watch
    assert {len(watcher.sent) for watcher in watchers} == {2}
    assert watchers[0].sent[1] is watchers[1].sent[1]  # encoded once


def test_a_slow_or_hidden_page_gets_the_newest_picture_when_it_is_ready_and_nothing_before(standing: Standing) -> None:
    hub_ = begun(standing)
    name = hub_.offer("run", "rows", lambda now: {"rows": Growing(bytes(range(now.step)), 1)})
    slow, quick = watching(hub_.view(name)), watching(hub_.view(name))
    hub_._watchers.update((slow, quick))
    for _ in range(6):
        hub_.look()
        quick.drawn()
        standing.go_on()
    assert (len(slow.sent), len(quick.sent)) == (hub.CREDIT, 6)
    slow.drawn()
    hub_.look()
    part = read(slow.sent[-1])[name]
    assert part["whole"]  # it has missed some
    assert block(part, "rows") == bytes(range(7))
    for _ in range(9):
        slow.drawn()  # more than was sent: no credit for later
    standing.go_on()
    hub_.look()
    part = read(slow.sent[-1])[name]
    assert not part["whole"]
    assert part["values"]["rows"]["$"] == [0, 1, 7]
    before = standing.looked
    quick.watch([])
    for _ in range(9):
        hub_.look()
        standing.go_on()
    assert len(slow.sent) == hub.CREDIT + 3
    assert standing.looked == before + 2  # one that found nothing new, and one more; then nobody is ready


def test_a_view_that_is_watched_anew_comes_whole(standing: Standing) -> None:
    hub_ = begun(standing)
    view = hub_.view(hub_.offer("run", "rows", lambda now: {"rows": Growing(bytes(now.step), 1)}))
    watcher = watching(view)
    hub_._watchers.add(watcher)
    hub_.look()
    watcher.drawn()
    watcher.watch([])
    watcher.watch([view])
    hub_.look()
    assert [read(message)[view.name]["whole"] for message in watcher.sent] == [True, True]


def test_an_offer_that_no_page_repeats_ends(standing: Standing) -> None:
    now = [0.0]
    hub_ = Hub(standing, clock=lambda: now[0])
    old, kept = hub_.offer("run", "old", dict), hub_.offer("run", "kept", dict)
    for at in (500.0, 1000.0):
        now[0] = at
        hub_.offer("run", "kept", dict)
    assert hub_.view(old) is None
    assert hub_.view(kept) is not None


def test_what_nobody_watches_is_forgotten_and_made_anew(standing: Standing) -> None:
    hub_ = begun(standing)
    view = hub_.view(hub_.offer("run", "rows", lambda now: {"rows": bytes(now.step)}))
    first = watching(view)
    hub_._watchers.add(first)
    hub_.look()
    first.watch([])
    hub_.look()
    assert not view.made
    other = watching(view)
    hub_._watchers.add(other)
    hub_.look()
    assert block(read(other.sent[0])[view.name], "rows") == bytes(standing.now.step)


def test_a_picture_that_cannot_be_made_stops_no_other(standing: Standing, caplog: pytest.LogCaptureFixture) -> None:
    hub_ = begun(standing)
    names = [hub_.offer("run", "bad", lambda now: 1 / 0), hub_.offer("run", "good", lambda now: {"x": 1})]
    watcher = watching(*map(hub_.view, names))
    hub_._watchers.add(watcher)
    hub_.look()
    assert list(read(watcher.sent[0])) == [names[1]]
    assert "failed" in caplog.text


def test_offers_are_bounded_and_a_watched_view_outlives_them(
    standing: Standing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub, "MOST_VIEWS", 3)
    hub_ = begun(standing)
    first = hub_.view(hub_.offer("run", 0, lambda now: {"x": 1}))
    watcher = watching(first)
    hub_._watchers.add(watcher)
    for number in range(1, 9):
        hub_.offer("run", number, dict)
    assert hub_.view(first.name) is None
    hub_.look()
    assert len(watcher.sent) == 1


# --- the socket ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """A server with nothing but the socket."""
    app = Starlette(routes=[WebSocketRoute("/chalknet/live", socket.live)])
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", ws="websockets-sansio"))
    thread = threading.Thread(target=server.run)
    thread.start()
    until = time.monotonic() + 10
    while not server.started and time.monotonic() < until:
        time.sleep(0.01)
    yield f"127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join(10)


class Visit:
    """One open page."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.hello = self.hear()

    def say(self, **message: Any) -> None:
        self.socket.send(json.dumps(message))

    def hear(self, kind: type = str) -> Any:
        """Return the next words, or the next picture; what is of the other kind in between is left."""
        while not isinstance(message := self.socket.recv(10), kind):
            pass
        return json.loads(message) if kind is str else message

    def ends(self) -> bool:
        """Return whether the other side ends it."""
        try:
            while True:
                self.socket.recv(10)
        except ConnectionClosed:
            return True


@contextmanager
def visit(address: str, owner: str = OWNER, origin: str | None = None) -> Iterator[Visit]:
    cookie = {"Cookie": f"{VISITOR_COOKIE}={owner}"} if owner else {}
    origin = f"http://{address}" if origin is None else origin
    with connect(f"ws://{address}/chalknet/live", origin=origin or None, additional_headers=cookie) as opened:  # type: ignore[arg-type]
        yield Visit(opened)


def test_a_run_is_watched_and_ordered_about_by_its_owner_alone(address: str, scheduler: Any) -> None:
    job = PlaygroundJob(MlpConfig(), TrainConfig(epochs=10_000))
    run_id = scheduler.submit(job, OWNER)
    name = hub.HUB.offer(run_id, "step", lambda now: {"step": now.step})
    with visit(address) as page:
        assert page.hello == {"hello": {"owner": True}}
        page.say(watch=[name, "nothing"])
        assert page.hear() == {"unknown": ["nothing"]}
        first = read(page.hear(bytes))[name]
        page.say(drawn=1)
        assert read(page.hear(bytes))[name]["at"] >= first["at"]
        page.say(order="pause", run=run_id, n=1)
        assert page.hear() == {"done": 1}
        assert scheduler.settle(run_id, 10)
        at = scheduler.snapshot(run_id).step
        page.say(order="step", run=run_id, n=2)
        assert page.hear() == {"done": 2}
        assert scheduler.settle(run_id, 10)
        assert scheduler.snapshot(run_id).step == at + 1
        for number, (order, run) in enumerate((("erase", run_id), ("pause", "no-run"), ("speed", run_id)), 3):
            page.say(order=order, run=run, n=number, value="fast")
            assert page.hear() == {"refused": number}
    for owner in ("", "another-visitor-of-it"):
        with visit(address, owner) as other:
            assert other.hello == {"hello": {"owner": bool(owner)}}
            other.say(order="resume", run=run_id, n=1)
            assert other.hear() == {"refused": 1}
    assert scheduler.snapshot(run_id).state.value == "paused"
    scheduler.forget(run_id, OWNER)


@pytest.mark.parametrize("origin", ["", "http://elsewhere.example", "null"])
def test_another_site_s_page_is_not_served(address: str, origin: str) -> None:
    with pytest.raises(InvalidStatus), visit(address, origin=origin):
        pass


@pytest.mark.parametrize(
    "garbage",
    [
        "",
        "{",
        "[]",
        "7",
        '"watch"',
        '{"watch": 7}',
        '{"watch": {"a": 1}}',
        '{"order": "pause"}',
        '{"order": "pause", "run": "x", "n": "y"}',
        "[" * 4000,
        '{"watch": ["' + "x" * 5000 + '"]}',
        b"\x00" * 100,
    ],
)
def test_garbage_ends_the_connection_and_leaves_nothing_behind(address: str, garbage: str | bytes) -> None:
    with visit(address) as page:
        page.socket.send(garbage)
        assert page.ends()
    assert left() == (0, {})


def test_a_flood_ends_it_too(address: str) -> None:
    with visit(address) as page:
        with suppress(ConnectionClosed):
            for _ in range(20 * socket.MOST_A_SECOND):
                page.say(here=1)
        assert page.ends()
    assert left() == (0, {})


def test_a_visitor_may_open_so_many_pages_and_no_more(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "MOST_OF_ONE", 2)
    with visit(address), visit(address):
        with pytest.raises(InvalidStatus), visit(address):
            pass
        with visit(address, "another-visitor-of-it") as other:
            assert other.hello
    assert left() == (0, {})
    with visit(address) as again:
        assert again.hello


def test_a_client_that_never_reads_is_shut_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "STUCK_S", 0.05)
    closed = []

    async def never(_message: bytes) -> None:
        await asyncio.sleep(60)

    async def close(code: int) -> None:
        closed.append(code)

    async def play() -> None:
        watcher = Watcher(asyncio.get_running_loop())
        watcher.post(b"picture")
        await socket._send(SimpleNamespace(send_bytes=never, close=close), watcher)  # type: ignore[arg-type]

    asyncio.run(play())
    assert closed == [socket.POLICY]


def left() -> tuple[int, dict[str, int]]:
    """Return who is still there, a moment after all have gone."""
    until = time.monotonic() + 10
    while (hub.HUB.watchers or socket._open) and time.monotonic() < until:
        time.sleep(0.01)
    return hub.HUB.watchers, dict(socket._open)
