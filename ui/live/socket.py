"""The WebSocket of open pages: pictures go out, orders of a run's owner come in.

A browser sends JSON: ``{"watch": [names]}``; ``{"drawn": 1}`` when it has drawn a message; ``{"here": 1}`` now and
then; and ``{"order": "pause", "run": id, "n": 3}``, which is answered by ``{"done": 3}``, or by ``{"refused": 3}``, on
which the page asks Streamlit, which says why in the visitor's language. Whoever does more than a page is shut out.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections import Counter
from collections.abc import Callable
from typing import Any, Final
from urllib.parse import urlsplit

import streamlit
from starlette.concurrency import run_in_threadpool
from starlette.websockets import WebSocket, WebSocketDisconnect

from ui.live.hub import HUB, Watcher
from ui.state.session import VISITOR_COOKIE

log = logging.getLogger(__name__)

MOST_SOCKETS: Final = 1000
MOST_OF_ONE: Final = 24  # of one visitor; also of one network address, for those without a cookie
MOST_VIEWS: Final = 32
MOST_BYTES: Final = 4096
MOST_A_SECOND: Final = 60  # messages; drawing ten pictures a second takes ten
SILENT_S: Final = 180.0  # without a word; a hidden page may speak once a minute
STUCK_S: Final = 30.0  # for a message that does not leave
POLICY: Final = 1008

_open: Counter[str] = Counter()


async def live(socket: WebSocket) -> None:
    """Serve one page until it goes."""
    owner = visitor(socket)
    who = owner or f"address {socket.client.host if socket.client else ''}"
    if not same_origin(socket) or HUB.watchers >= MOST_SOCKETS or _open[who] >= MOST_OF_ONE:
        await socket.close(POLICY)
        return
    _open[who] += 1
    watcher = Watcher(asyncio.get_running_loop())
    await socket.accept()
    HUB.add(watcher)
    sender = asyncio.create_task(_send(socket, watcher))
    try:
        await socket.send_text(json.dumps({"hello": {"owner": bool(owner)}}))
        await _receive(socket, watcher, owner)
    except (WebSocketDisconnect, RuntimeError, OSError):  # it has gone, in whatever way
        pass
    finally:
        sender.cancel()
        HUB.remove(watcher)
        _open[who] -= 1
        if not _open[who]:
            del _open[who]


def visitor(socket: WebSocket) -> str:
    """Return the token by which this visitor owns runs, as ui.state.session does; "" without a cookie."""
    cookie = socket.cookies.get(VISITOR_COOKIE, "")
    return cookie if 16 <= len(cookie) <= 64 and cookie.isascii() and cookie.isprintable() else ""


def same_origin(socket: WebSocket) -> bool:
    """Return whether the page that opens the socket is one of this app, or of an origin that Streamlit allows."""
    headers = socket.headers
    origin = urlsplit(headers.get("origin", "")).netloc
    allowed = {urlsplit(str(found)).netloc for found in streamlit.get_option("server.corsAllowedOrigins") or ()}
    return bool(origin) and origin in {headers.get("host"), headers.get("x-forwarded-host"), *allowed}


async def _send(socket: WebSocket, watcher: Watcher) -> None:
    try:
        while True:
            message = await watcher.next()
            async with asyncio.timeout(STUCK_S):
                await socket.send_bytes(message)
    except TimeoutError:
        await socket.close(POLICY)
    except (WebSocketDisconnect, RuntimeError, OSError):
        pass


async def _receive(socket: WebSocket, watcher: Watcher, owner: str) -> None:
    """Take messages until there are no more, or one that no page of ours sends."""
    loop = asyncio.get_running_loop()
    allowance, last = float(MOST_A_SECOND), loop.time()
    while True:
        try:
            async with asyncio.timeout(SILENT_S):
                text = await socket.receive_text()
        except TimeoutError:
            break
        except KeyError:  # bytes, which a page never sends
            break
        now = loop.time()
        allowance, last = min(MOST_A_SECOND, allowance + (now - last) * MOST_A_SECOND) - 1, now
        if allowance < 0 or len(text) > MOST_BYTES:
            break
        try:
            answer = await _answer(dict(json.loads(text).items()), watcher, owner)
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            break
        if answer is not None:
            await socket.send_text(json.dumps(answer))
    await socket.close(POLICY)


async def _answer(said: dict[str, Any], watcher: Watcher, owner: str) -> dict[str, Any] | None:
    if "watch" in said:
        names = [str(name) for name in said["watch"][:MOST_VIEWS]]
        found = {name: HUB.view(name) or watcher.views.get(name) for name in names}
        watcher.watch(view for view in found.values() if view is not None)
        return {"unknown": [name for name, view in found.items() if view is None]}
    if "drawn" in said:
        watcher.drawn()
    elif "order" in said:
        number = int(said["n"])
        done = await run_in_threadpool(_order, str(said["order"]), str(said["run"]), owner, said.get("value"))
        return {"done" if done else "refused": number}
    return None


def _order(name: str, run_id: str, owner: str, value: object) -> bool:
    """Carry out what a run's owner asks for; False when it cannot be."""
    from core.errors import InvalidInput
    from core.runs.scheduler import SCHEDULER  # brings torch, which is there by the time that a run is

    orders: dict[str, Callable[[], None]] = {
        "pause": lambda: SCHEDULER.pause(run_id, owner),
        "resume": lambda: SCHEDULER.resume(run_id, owner),
        "step": lambda: SCHEDULER.step(run_id, owner),
        "epoch": lambda: SCHEDULER.step_epoch(run_id, owner),
        "speed": lambda: SCHEDULER.speed(run_id, owner, value),  # type: ignore[arg-type]  # it is checked there
    }
    if not owner or name not in orders or SCHEDULER.snapshot(run_id, owner) is None:
        return False
    try:
        orders[name]()
    except InvalidInput:
        return False
    return True
