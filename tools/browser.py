"""Find a Chromium for the browser tests and pictures; as a program, install one when there is none.

Run ``python -m tools.browser``: it tries the distribution's package (as root or with a sudo that asks nothing), then
Playwright's own build. Without success it says so loudly and exits with 1; browser tests are then skipped.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from functools import cache

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MAC = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
PACKAGES = ("chromium", "fonts-noto-cjk")


@cache
def find() -> str | None:
    """Return the path of a Chromium or Chrome that starts, or None; on the PATH first, Playwright's own last."""
    for path in (*map(shutil.which, NAMES), *MAC, _playwrights_own()):
        if path and os.access(path, os.X_OK) and _starts(path):
            return path
    return None


def install() -> bool:
    """Try to install a Chromium and say what is done; return whether there is one now."""
    if _apt_has_chromium() and (rights := _rights()) is not None:
        print(f"No Chromium here: installing {', '.join(PACKAGES)} …", flush=True)
        apt = [*rights, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get"]
        _ran([*apt, "update", "-qq"])
        _ran([*apt, "install", "-y", "-qq", "--no-install-recommends", *PACKAGES])
        find.cache_clear()
        if find():
            return True
    print("No Chromium here: asking Playwright for its own …", flush=True)
    _ran([sys.executable, "-m", "playwright", "install", "chromium"])
    find.cache_clear()
    return find() is not None


def main() -> int:
    """Make sure that there is a browser.

    Returns:
        0 when there is one, else 1 after a loud message.
    """
    if find() or install():
        return 0
    print(
        f"\n{'!' * 100}\nNo Chromium could be found or installed: the browser tests cannot run here.", file=sys.stderr
    )
    print(f"Install chromium or Google Chrome so that it is on the PATH, then repeat.\n{'!' * 100}\n", file=sys.stderr)
    return 1


def _starts(path: str) -> bool:
    # Some distributions ship a script that only says where to get the browser.
    try:
        answer = subprocess.run([path, "--version"], capture_output=True, text=True, timeout=30, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return answer.returncode == 0 and "Chrom" in answer.stdout


def _playwrights_own() -> str | None:
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        return None
    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if os.path.exists(path) else None


def _rights() -> list[str] | None:
    """Return what to write before apt-get, or None without the right to install."""
    if os.geteuid() == 0:
        return []
    return ["sudo", "-n"] if shutil.which("sudo") and _ran(["sudo", "-n", "true"]) else None


def _apt_has_chromium() -> bool:
    # On Ubuntu a browser's apt package only leads to a snap, which does not start in containers; Debian has a real one.
    try:
        with open("/etc/os-release", encoding="utf-8") as file:
            ubuntu = "ID=ubuntu" in file.read().split()
    except OSError:
        return False
    return not ubuntu and shutil.which("apt-get") is not None


def _ran(command: list[str]) -> bool:
    return subprocess.run(command, check=False, stdout=sys.stderr).returncode == 0


if __name__ == "__main__":
    raise SystemExit(main())
