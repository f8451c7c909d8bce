"""A class set as files: NumPy's .npz, and the pair of .gz files that MNIST itself comes in."""

import gzip
import io
import zipfile

import numpy as np

from core.classroom.entries import Bytes, Collection
from core.errors import InvalidInput

IMAGES, LABELS = "class-images-idx3-ubyte.gz", "class-labels-idx1-ubyte.gz"


def as_npz(found: Collection) -> bytes:
    """Return images uint8 (n, 28, 28), labels uint8 (n,) and given_at int64 (n,) in Unix seconds as one .npz file.

    Raises:
        InvalidInput: there is nothing in it.
    """
    _check(found)
    file = io.BytesIO()
    np.savez_compressed(file, images=found.images, labels=found.labels.astype(np.uint8), given_at=found.given_at)
    return file.getvalue()


def as_idx(found: Collection) -> tuple[bytes, bytes]:
    """Return images and labels as two gzipped IDX files, MNIST's own format.

    The format (http://yann.lecun.com/exdb/mnist, "FILE FORMATS"): two zero bytes, 8 for unsigned bytes, the number
    of dimensions; each dimension as four bytes, high byte first; then the values, row by row.

    Raises:
        InvalidInput: there is nothing in it.
    """
    _check(found)
    return _idx(found.images), _idx(found.labels.astype(np.uint8))


def as_idx_zip(found: Collection) -> bytes:
    """Return both files of as_idx in one .zip, for one click; raises what as_idx does."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for name, payload in zip((IMAGES, LABELS), as_idx(found), strict=True):
            archive.writestr(zipfile.ZipInfo(name), payload)  # without a time: the same set is the same file
    return file.getvalue()


def _idx(values: Bytes) -> bytes:
    header = bytes([0, 0, 8, values.ndim]) + b"".join(size.to_bytes(4, "big") for size in values.shape)
    return gzip.compress(header + values.tobytes(), mtime=0)


def _check(found: Collection) -> None:
    if not len(found):
        raise InvalidInput("The class set is empty; give it a digit first.")
