"""A .pth file of a ``state_dict``, read without running anything: its pickle is taken apart, never loaded.

``torch.save`` writes a zip archive of uncompressed entries: data.pkl, the pickle that builds the dictionary, and the
raw numbers of each storage. Here the pickle's instructions are followed one by one over plain values: an OrderedDict
becomes a dictionary, a tensor is cut out of its storage, and any other call is refused. ``torch.load`` with
``weights_only=True`` knows more types, but no limit of time or memory, and a process of its own would first need
seconds to import torch.
"""

import io
import struct
import zipfile
from typing import Any, Final

import torch

from core.errors import InvalidInput
from core.nets.pickled import unpickled

ZIP: Final = b"PK\x03\x04"
# The beginnings of a bare pickle, as torch.save wrote before PyTorch 1.6.
PICKLES: Final = (b"\x80\x02", b"\x80\x03", b"\x80\x04", b"\x80\x05")
MAX_ENTRIES: Final = 1_000
MAX_NAME: Final = 100
_BROKEN: Final = (
    zipfile.BadZipFile,
    ValueError,
    LookupError,
    EOFError,
    RuntimeError,
    OSError,
    OverflowError,
    struct.error,
)
"""What zipfile raises on spoilt archives, and ``unpickled`` on spoilt pickles; RuntimeError: an encrypted entry."""


def is_pth(payload: bytes) -> bool:
    """Return whether a file begins as ``torch.save`` lets it begin, today or before PyTorch 1.6.

    A safetensors file whose header has 640 bytes begins like a pickle, too, but six zeros follow, and no pickle goes
    on like that.
    """
    return payload.startswith(ZIP) or (payload.startswith(PICKLES) and any(payload[2:8]))


def read_pth(payload: bytes) -> dict[str, torch.Tensor]:
    """Return the tensors of a saved ``state_dict``, in the file's order.

    Args:
        payload: the file, as ``torch.save`` writes it; where it holds more (a checkpoint), the only dictionary of
            tensors in it is taken.

    Returns:
        Name → tensor of float32 or int64, each a copy of its own.

    Raises:
        InvalidInput: a whole pickled model, a file of PyTorch before 1.6, a spoilt file, or no ``state_dict`` in it.
    """
    if not payload.startswith(ZIP):
        raise InvalidInput(
            "This .pth file was saved in the format before PyTorch 1.6; load it there with weights_only=True, save its "
            "state_dict again with torch.save, and choose that file."
        )
    try:
        if payload.count(b"PK\x01\x02") > MAX_ENTRIES:
            raise ValueError("zipfile would read them all")
        with zipfile.ZipFile(io.BytesIO(payload)) as archive:
            found = _built(archive, len(payload))
    except _BROKEN as error:
        if isinstance(error, InvalidInput):
            raise
        raise InvalidInput(
            "This is not a .pth file as torch.save writes it; save it again with torch.save(model.state_dict(), "
            "'weights.pth') and choose that file."
        ) from error
    return _state(found)


def _state(found: object) -> dict[str, torch.Tensor]:
    parts = [found, *found.values()] if isinstance(found, dict) else []
    states: list[dict[str, torch.Tensor]] = [
        each for each in parts if isinstance(each, dict) and each and _is_state(each)
    ]
    if len(states) != 1:
        raise InvalidInput(
            "This .pth file holds no state_dict, or several; save the one of the network with "
            "torch.save(model.state_dict(), 'weights.pth') and choose that file."
        )
    return states[0]


def _is_state(found: dict[Any, object]) -> bool:
    return all(
        isinstance(name, str) and len(name) <= MAX_NAME and isinstance(value, torch.Tensor)
        for name, value in found.items()
    )


def _built(archive: zipfile.ZipFile, size: int) -> object:
    """Return what the pickle in an archive builds; its entries have no more bytes than the file."""
    names = archive.namelist()
    root = next((name for name in names if name.endswith("data.pkl")), "data.pkl").removesuffix("data.pkl")
    unread = size

    def entry(name: str) -> bytes:
        nonlocal unread
        found = archive.getinfo(root + name)
        unread -= found.file_size
        if found.compress_type != zipfile.ZIP_STORED or unread < 0:  # a few bytes may unpack to terabytes
            raise ValueError("compressed, or entries that overlap")
        return archive.read(found)

    if f"{root}byteorder" in names and entry("byteorder") != b"little":
        raise ValueError("numbers in the other byte order")
    return unpickled(entry("data.pkl"), lambda name: entry(f"data/{name}"))
