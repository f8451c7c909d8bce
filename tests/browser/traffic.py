"""What a page fetches: addresses and bytes, as the browser's own log counts them."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import BrowserContext

from tests.browser.conftest import open_page

LATE_MS = 3000  # what a page fetches when its script has ended: fonts, the blackboard


class Traffic:
    """Open a page in a new tab, and say what came over the wire, with all headers; not what the cache had.

    Attributes:
        paths: what was fetched, in order.
        bytes: of all answers.
        frames: messages over Streamlit's socket.
        told: bytes of those.
    """

    def __init__(self, context: BrowserContext, address: str) -> None:
        self.paths: list[str] = []
        self.bytes = self.frames = self.told = 0
        urls: dict[str, str] = {}
        cached: set[str] = set()
        page = context.new_page()
        log = context.new_cdp_session(page)
        log.send("Network.enable")

        def answered(event: dict[str, Any]) -> None:
            urls[event["requestId"]] = event["response"]["url"]
            if event["response"].get("fromDiskCache"):
                cached.add(event["requestId"])

        def ended(event: dict[str, Any]) -> None:
            name = event["requestId"]
            if urls.get(name, "").startswith("http") and name not in cached:
                self.paths.append("/" + urls[name].split("/", 3)[3])
                self.bytes += int(event["encodedDataLength"])

        def framed(event: dict[str, Any]) -> None:
            self.frames += 1
            self.told += len(event["response"]["payloadData"]) * 3 // 4  # it is in base64

        log.on("Network.responseReceived", answered)
        log.on("Network.requestServedFromCache", lambda event: cached.add(event["requestId"]))
        log.on("Network.loadingFinished", ended)
        log.on("Network.webSocketFrameReceived", framed)
        open_page(page, address)
        page.wait_for_timeout(LATE_MS)
        page.close()
