"""A flood against the pictures' connection: ``python -m benchmarks.flood [--visitors 30] [--sockets 1000]``.

A class watches its runs; meanwhile others open a thousand sockets (most are refused), send garbage, come and go as
quickly as they can, or watch and never read. Printed: pictures a second and visitor before, during and after, and the
server's memory. Exit status 1 when the class got less than one a second, or the memory did not come back.
"""

from __future__ import annotations

import argparse
import asyncio
import secrets
import statistics
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException

from benchmarks.whole_class import GATE, Visitor, arrive, parts, server_usage
from tests.browser.conftest import Server
from ui.state.session import VISITOR_COOKIE

LEAST, GROWTH_MB = 1.0, 60.0
GONE = (OSError, WebSocketException, TimeoutError, EOFError)


def opened(server: Server) -> connect:
    """Return a connection of a visitor that nobody has seen."""
    cookies = {"Cookie": f"{VISITOR_COOKIE}={secrets.token_urlsafe(24)}", "Origin": server.url}
    return connect(f"ws://127.0.0.1:{server.port}/chalknet/live", additional_headers=cookies, open_timeout=20)


async def hold(server: Server, until: float, gate: asyncio.Semaphore) -> bool:
    """Open a socket and keep it; True when it was not refused."""
    with suppress(*GONE):
        async with gate:
            socket = await opened(server)
        await asyncio.sleep(max(0.0, until - time.monotonic()))
        await socket.close()
        return True
    return False


async def garble(server: Server, until: float) -> int:
    """Come, send what no page sends, be shut out, and come again; return how often."""
    times = 0
    while time.monotonic() < until:
        with suppress(*GONE):
            async with opened(server) as socket:
                for garbage in (b"\x00" * 5000, "[" * 4000, '{"watch": 7}', '{"here": 1}'):
                    await socket.send(garbage)
        times += 1
        await asyncio.sleep(0.005)
    return times


async def deaf(server: Server, names: list[str], until: float) -> None:
    """Watch, claim to have drawn everything, and never read."""
    with suppress(*GONE):
        async with opened(server) as socket:
            socket.transport.pause_reading()
            await socket.send('{"watch": [' + ", ".join(f'"{name}"' for name in names) + "]}")
            while time.monotonic() < until:
                await socket.send('{"drawn": 1}')
                await asyncio.sleep(0.1)


async def watched(class_: list[Visitor], server: Server, seconds: float) -> float:
    """Return the least pictures a second that anybody of the class got."""
    for visitor in class_:
        visitor.pictures = 0
    await asyncio.gather(*(visitor.watch(server, seconds, at, len(class_)) for at, visitor in enumerate(class_)))
    rates = [visitor.pictures / seconds for visitor in class_]
    print(f"  pictures a second: median {statistics.median(rates):.2f}, least {min(rates):.2f}", flush=True)
    return min(rates)


async def measure(server: Server, options: argparse.Namespace) -> int:
    """Measure and print."""
    gate = asyncio.Semaphore(GATE)
    arrived = await asyncio.gather(*(arrive(server, parts("seeds", at), gate) for at in range(options.visitors)))
    class_ = [visitor for visitor, _seconds in arrived]
    await asyncio.gather(*(visitor.ask(pressed=visitor.button) for visitor in class_))
    print("alone")
    await watched(class_, server, options.seconds)
    before = server_usage(server)[1]
    until = time.monotonic() + options.seconds
    names = sorted(set(class_[0].live.values()))
    print(f"{options.sockets} sockets, 5 that send garbage and come again, 20 that never read")
    held = [asyncio.create_task(hold(server, until, gate)) for _ in range(options.sockets)]
    rude = [asyncio.create_task(garble(server, until)) for _ in range(5)]
    mute = [asyncio.create_task(deaf(server, names, until)) for _ in range(20)]
    least = await watched(class_, server, options.seconds)
    kept, times = sum(await asyncio.gather(*held)), sum(await asyncio.gather(*rude))
    await asyncio.gather(*mute)
    during = server_usage(server)[1]
    print(f"  {kept} of the sockets were taken, garbage came {times} times")
    await asyncio.sleep(45)
    print("after")
    await watched(class_, server, options.seconds)
    after = server_usage(server)[1]
    print(f"memory: {before:.0f} MB before, {during:.0f} at its end, {after:.0f} afterwards")
    await asyncio.gather(*(visitor.socket.close() for visitor in class_))
    return int(least < LEAST or after - before > GROWTH_MB)


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--visitors", type=int, default=30, help="who watch (default 30)")
    parser.add_argument("--sockets", type=int, default=1000, help="of those who do not (default 1000)")
    parser.add_argument("--seconds", type=float, default=15.0, help="of each part (default 15)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder), own_data=False)
        try:
            server.wait()
            return asyncio.run(measure(server, options))
        finally:
            server.stop()


if __name__ == "__main__":
    sys.exit(main())
