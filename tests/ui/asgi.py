"""An ASGI app asked without a server."""

from __future__ import annotations

import asyncio
from typing import Any
from urllib.parse import unquote


def ask(app: Any, path: str, method: str = "GET", **more: Any) -> tuple[int, dict[str, list[str]], bytes]:
    """Send one request and return status, headers (all values of each name) and body; ``more`` goes into the scope."""
    scope = {
        "type": "http",
        "method": method,
        "path": unquote(path),
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": [],
        "http_version": "1.1",
    }
    sent: list[dict[str, Any]] = []
    asked = iter([{"type": "http.request", "body": b"", "more_body": False}])

    async def receive() -> dict[str, Any]:
        for message in asked:
            return message
        await asyncio.sleep(60)  # the other side stays
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(app(scope | more, receive, send))
    headers: dict[str, list[str]] = {}
    for name, value in sent[0]["headers"]:
        headers.setdefault(name.decode(), []).append(value.decode())
    return sent[0]["status"], headers, b"".join(message.get("body", b"") for message in sent[1:])
