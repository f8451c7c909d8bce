"""Downloading MNIST with torchvision's downloader and checksums, from our own mirror before torchvision's."""

import functools
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core.data.mnist_files import CHECKSUMS, publish, read_folder, staging
from core.errors import InvalidInput

TIMEOUT_S = 5.0  # for a connection and for each read: a class without network must not wait

_lock = threading.Lock()
_folder: Path | None = None


def download(target: Path) -> None:
    """Download the four .gz files into a temporary folder, then rename them into ``target``.

    Who waits for another's download finds its files and downloads nothing.

    Raises:
        RuntimeError: no mirror gave all files with the right checksums; the reasons are in the message.
        OSError: the folder cannot be written.
    """
    global _folder
    from torchvision.datasets import MNIST

    own = os.environ.get("CHALKNET_MNIST_MIRROR", "").strip()
    mirrors = [own.rstrip("/") + "/"] if own else []
    with _lock:
        if _complete(target):
            return
        with staging(target) as folder, _manners():
            _folder = folder
            try:
                _from_any(mirrors + MNIST.mirrors, folder)
                publish(folder, target)
            finally:
                _folder = None


def downloaded_bytes() -> int | None:
    """Return how many of GZ_BYTES a running download has fetched, or None when none is running."""
    folder = _folder
    if folder is None:
        return None
    try:
        return sum(path.stat().st_size for path in folder.glob("*.gz*"))
    except OSError:
        return 0


def _complete(folder: Path) -> bool:
    try:
        read_folder(folder)
    except InvalidInput:
        return False
    return True


def _from_any(mirrors: list[str], folder: Path) -> None:
    """Take the files from the first mirror that has them; a mirror that fails once is not asked again."""
    from torchvision.datasets.utils import download_url

    reasons = []
    missing = list(CHECKSUMS)
    for mirror in mirrors:
        try:
            while missing:
                # torchvision's MNIST class would give up at a time-out or a hang-up instead of trying the next
                # mirror, and would unpack files that are only read packed; its downloader does the rest
                download_url(f"{mirror}{missing[0]}.gz", str(folder), md5=CHECKSUMS[missing[0]][0])
                missing.pop(0)
            return
        except Exception as error:  # whatever a mirror answers or is called (http.client raises nearly anything)
            reasons.append(f"{mirror}: {error or type(error).__name__}")
    raise RuntimeError("MNIST could not be downloaded: " + "; ".join(" ".join(why.split()) for why in reasons))


@contextmanager
def _manners() -> Iterator[None]:
    """Give urllib's requests a time limit and torchvision's progress bar a terminal or silence, while it downloads."""
    import urllib.request

    from torchvision.datasets import utils
    from tqdm import tqdm

    class _Timeout(urllib.request.BaseHandler):
        def http_request(self, request: urllib.request.Request) -> urllib.request.Request:
            if not isinstance(request.timeout, int | float):
                request.timeout = TIMEOUT_S
            return request

        https_request = http_request

    opener, bar = getattr(urllib.request, "_opener", None), utils.tqdm
    urllib.request.install_opener(urllib.request.build_opener(_Timeout))
    utils.tqdm = functools.partial(tqdm, disable=None, leave=False)
    try:
        yield
    finally:
        urllib.request.install_opener(opener)
        utils.tqdm = bar
