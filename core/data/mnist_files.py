"""MNIST's four files: their checksums, reading them with a check, and putting them in place all or none.

A file is believed only if its checksum is right, each time it is read, so that nothing partial is ever used.
"""

import gzip
import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from core.errors import InvalidInput

# The four .gz files as everybody has them: name and bytes.
GZ_SIZES = {
    "train-images-idx3-ubyte.gz": 9_912_422,
    "train-labels-idx1-ubyte.gz": 28_881,
    "t10k-images-idx3-ubyte.gz": 1_648_877,
    "t10k-labels-idx1-ubyte.gz": 4_542,
}
GZ_BYTES = sum(GZ_SIZES.values())

# file: (MD5 of the .gz as torchvision has it, MD5 of the file inside it)
CHECKSUMS = {
    "train-images-idx3-ubyte": ("f68b3c2dcbeaaa9fbdd348bbdeb94873", "6bbc9ace898e44ae57da46a324031adb"),
    "train-labels-idx1-ubyte": ("d53e105ee54ea40749a09fcbcd1e9432", "a25bea736e30d166cdddb491f175f624"),
    "t10k-images-idx3-ubyte": ("9fb629c4189551a2d022fa330f9573f3", "2646ac647ad5339dbf082846283269ea"),
    "t10k-labels-idx1-ubyte": ("ec29112dd5afa0611ce80d1b7f02629c", "27ae3e4e09519cfbb04c329615203637"),
}


@contextmanager
def staging(target: Path) -> Iterator[Path]:
    """Yield a new folder beside the final files; whatever is left in it goes."""
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".partial-", dir=target) as folder:
        yield Path(folder)


def publish(source: Path, target: Path) -> None:
    """Rename the four files of ``source`` into ``target``; what stood there under either name is replaced."""
    for name in CHECKSUMS:
        path = existing(source, name)
        os.replace(path, target / path.name)
        for other in (f"{name}.gz", name):
            if other != path.name:
                (target / other).unlink(missing_ok=True)  # else a damaged .gz would go on hiding a good raw file


def existing(folder: Path, name: str) -> Path:
    """Return the path of one of the four files in a folder, packed before unpacked.

    Raises:
        InvalidInput: neither is there.
    """
    for path in (folder / f"{name}.gz", folder / name):
        if path.is_file():
            return path
    raise InvalidInput(
        "{folder} has no file {name} or {name}.gz; MNIST is four files: put them there, or run: python -m core fetch",
        folder=str(folder),
        name=name,
    )


def original(folder: Path, name: str) -> Path | None:
    """Return the path of one of the four .gz files where a folder has it whole, by its size; None for any other name.

    Args:
        folder: with MNIST's files.
        name: anything, such as a stranger's wish.
    """
    size, path = GZ_SIZES.get(name), folder / name if name in GZ_SIZES else folder
    try:
        return path if path.is_file() and path.stat().st_size == size else None
    except OSError:
        return None


def _read_checked(folder: Path, name: str) -> bytes:
    """Return the unpacked bytes of one file, after checking exactly the bytes that are used."""
    path = existing(folder, name)
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise InvalidInput(
            "{file} cannot be read ({why}); check who may read it.", file=str(path), why=error.strerror or str(error)
        ) from error
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


def read_folder(folder: Path) -> tuple[np.ndarray[Any, Any], ...]:
    """Read the four files of a folder: uint8 (n, 28, 28), (n,), (m, 28, 28), (m,), training set first.

    The checksums vouch for the IDX headers (16 and 8 bytes).

    Raises:
        InvalidInput: a file is missing, cannot be read, or is not MNIST's.
    """
    arrays = []
    for name in CHECKSUMS:
        payload = _read_checked(folder, name)
        images = "images" in name
        array = np.frombuffer(payload, dtype=np.uint8, offset=16 if images else 8)
        arrays.append(array.reshape(-1, 28, 28) if images else array)
    return tuple(arrays)
