"""A pickle of ``torch.save``, its instructions followed one by one over plain values: nothing is imported or called.

An OrderedDict becomes a dictionary, a tensor is cut out of its storage; any other name or call is refused.
"""

from __future__ import annotations

import pickle
import struct
from collections.abc import Callable
from dataclasses import dataclass
from math import prod
from typing import Any, Final

import numpy as np
import torch

from core.errors import InvalidInput

MAX_PICKLE: Final = 64_000
"""Longest pickle, in bytes."""
MAX_NUMBERS: Final = 1_000_000
"""Numbers of all tensors together; the largest network of the course has 575 050."""
_STORAGES: Final[dict[str, np.dtype[Any]]] = {"FloatStorage": np.dtype("<f4"), "LongStorage": np.dtype("<i8")}


@dataclass(frozen=True)
class _Name:
    """A class or function that a pickle names; nothing is imported."""

    module: str
    name: str


@dataclass(frozen=True)
class _Storage:
    """The numbers of an entry."""

    kind: str
    entry: str
    count: int


_MARK: Final = object()
_ORDERED: Final = _Name("collections", "OrderedDict")
_TENSOR: Final = _Name("torch._utils", "_rebuild_tensor_v2")
_PARAMETER: Final = _Name("torch._utils", "_rebuild_parameter")
_KNOWN: Final = (_ORDERED, _TENSOR, _PARAMETER, *(_Name("torch", kind) for kind in _STORAGES))


def unpickled(code: bytes, storage: Callable[[str], bytes]) -> object:
    """Return what a pickle builds of dictionaries, lists, tuples, texts, numbers and tensors.

    Args:
        code: the pickle.
        storage: name of a storage → its bytes, little-endian; raises KeyError where there is none.

    Raises:
        InvalidInput: it names anything else.
        ValueError, LookupError, struct.error: it is spoilt.
    """
    if len(code) > MAX_PICKLE:
        raise ValueError("too long")
    return _Reader(code, storage).result()


class _Reader:
    def __init__(self, code: bytes, storage: Callable[[str], bytes]) -> None:
        self._code, self._at = code, 0
        self._storage, self._storages = storage, dict[str, bytes]()
        self._stack: list[Any] = []
        self._memo: dict[int, Any] = {}
        self._left = MAX_NUMBERS

    def result(self) -> object:
        while (opcode := self._take(1)) != pickle.STOP:
            self._OPCODES[opcode](self)
        return self._stack.pop()

    def _take(self, count: int) -> bytes:
        taken = self._code[self._at : self._at + count]
        if len(taken) < count:
            raise ValueError("cut off")
        self._at += count
        return taken

    def _number(self, layout: str) -> Any:
        return struct.unpack(layout, self._take(struct.calcsize(layout)))[0]

    def _line(self) -> str:
        end = self._code.index(b"\n", self._at)
        return self._take(end + 1 - self._at)[:-1].decode()

    def _pop(self, kind: type) -> Any:
        if not isinstance(self._stack[-1], kind):
            raise ValueError("another kind of value")
        return self._stack.pop()

    def _marked(self) -> list[Any]:
        """Return what lies above the last mark, and take both off."""
        place = max(index for index, value in enumerate(self._stack) if value is _MARK)
        found = self._stack[place + 1 :]
        del self._stack[place:]
        return found

    def _put(self, value: object) -> None:
        self._stack.append(value)

    def _named(self, module: str, name: str) -> None:
        self._put(_known(_Name(module, name)))

    def _stack_named(self) -> None:
        name, module = self._pop(str), self._pop(str)
        self._named(module, name)

    def _set_items(self, pairs: list[Any]) -> None:
        target = self._stack[-1]
        if not isinstance(target, dict) or len(pairs) % 2:
            raise ValueError("no dictionary")
        for key, value in zip(pairs[::2], pairs[1::2], strict=True):
            if not isinstance(key, str | int):  # the hash of tuples in tuples in tuples would end the process
                raise ValueError("no key")
            target[key] = value

    def _append(self, values: list[Any]) -> None:
        target = self._stack[-1]
        if not isinstance(target, list):
            raise ValueError("no list")
        target += values

    def _persistent(self) -> None:
        what, kind, entry, _place, count = self._pop(tuple)
        if what != "storage" or not isinstance(kind, _Name) or kind.name not in _STORAGES:
            raise ValueError("no storage")
        if not isinstance(entry, str) or not _whole(count):
            raise ValueError("no storage")
        self._put(_Storage(kind.name, entry, count))

    def _reduce(self) -> None:
        arguments, called = self._pop(tuple), self._pop(_Name)
        if called == _ORDERED and not arguments:
            self._put({})
        elif called == _TENSOR and len(arguments) >= 4:
            self._put(self._tensor(*arguments[:4]))
        elif called == _PARAMETER and isinstance(arguments[0], torch.Tensor):
            self._put(arguments[0])
        else:
            raise ValueError("no call")

    def _build(self) -> None:
        """Leave out a state_dict's _metadata: versions of modules, of which nothing depends here."""
        self._stack.pop()
        if not isinstance(self._stack[-1], dict):
            raise ValueError("no dictionary")

    def _tensor(self, storage: Any, offset: Any, size: Any, stride: Any) -> torch.Tensor:
        fine = isinstance(storage, _Storage) and _whole(offset) and _wholes(size) and _wholes(stride)
        if not fine or len(size) != len(stride) or len(size) > 8:
            raise ValueError("no tensor")
        count, kind = prod(size), _STORAGES[storage.kind]
        last = offset + sum((n - 1) * step for n, step in zip(size, stride, strict=True))
        if not 0 < count <= min(storage.count, self._left) or last >= storage.count:
            raise ValueError("no tensor")
        self._left -= count
        if storage.entry not in self._storages:
            self._storages[storage.entry] = self._storage(storage.entry)
        numbers: np.ndarray[Any, Any] = np.frombuffer(self._storages[storage.entry], kind)
        if len(numbers) != storage.count:
            raise ValueError("cut off")
        steps = [step * kind.itemsize for step in stride]
        view = np.lib.stride_tricks.as_strided(numbers[offset:], size, steps, writeable=False)
        return torch.from_numpy(view.astype(kind.newbyteorder("="), order="C"))

    _OPCODES: Final[dict[bytes, Callable[[_Reader], None]]] = {
        pickle.PROTO: lambda self: self._number("<B"),
        pickle.FRAME: lambda self: self._number("<Q"),
        pickle.MARK: lambda self: self._put(_MARK),
        pickle.NONE: lambda self: self._put(None),
        pickle.NEWTRUE: lambda self: self._put(True),
        pickle.NEWFALSE: lambda self: self._put(False),
        pickle.BININT: lambda self: self._put(self._number("<i")),
        pickle.BININT1: lambda self: self._put(self._number("<B")),
        pickle.BININT2: lambda self: self._put(self._number("<H")),
        pickle.LONG1: lambda self: self._put(int.from_bytes(self._take(self._number("<B")), "little", signed=True)),
        pickle.BINFLOAT: lambda self: self._put(self._number(">d")),
        pickle.BINUNICODE: lambda self: self._put(self._take(self._number("<I")).decode()),
        pickle.SHORT_BINUNICODE: lambda self: self._put(self._take(self._number("<B")).decode()),
        pickle.EMPTY_DICT: lambda self: self._put({}),
        pickle.EMPTY_LIST: lambda self: self._put([]),
        pickle.EMPTY_TUPLE: lambda self: self._put(()),
        pickle.TUPLE: lambda self: self._put(tuple(self._marked())),
        pickle.TUPLE1: lambda self: self._put((self._stack.pop(),)),
        pickle.TUPLE2: lambda self: self._put((self._stack.pop(-2), self._stack.pop())),
        pickle.TUPLE3: lambda self: self._put((self._stack.pop(-3), self._stack.pop(-2), self._stack.pop())),
        pickle.APPEND: lambda self: self._append([self._stack.pop()]),
        pickle.APPENDS: lambda self: self._append(self._marked()),
        pickle.SETITEM: lambda self: self._set_items([self._stack.pop(-2), self._stack.pop()]),
        pickle.SETITEMS: lambda self: self._set_items(self._marked()),
        pickle.BINPUT: lambda self: self._memo.update({self._number("<B"): self._stack[-1]}),
        pickle.LONG_BINPUT: lambda self: self._memo.update({self._number("<I"): self._stack[-1]}),
        pickle.MEMOIZE: lambda self: self._memo.update({len(self._memo): self._stack[-1]}),
        pickle.BINGET: lambda self: self._put(self._memo[self._number("<B")]),
        pickle.LONG_BINGET: lambda self: self._put(self._memo[self._number("<I")]),
        pickle.GLOBAL: lambda self: self._named(self._line(), self._line()),
        pickle.STACK_GLOBAL: lambda self: self._stack_named(),
        pickle.BINPERSID: lambda self: self._persistent(),
        pickle.REDUCE: lambda self: self._reduce(),
        pickle.BUILD: lambda self: self._build(),
    }


def _known(name: _Name) -> _Name:
    if name in _KNOWN:
        return name
    shown = f"{name.module}.{name.name}"[:60]
    if name.module == "torch" and name.name.endswith("Storage"):
        raise InvalidInput(
            "The numbers of this .pth file are of another kind ({kind}) than float32; save "
            "torch.save(model.float().state_dict(), 'weights.pth') and choose that file.",
            kind=shown,
        )
    raise InvalidInput(
        "This .pth file holds more than numbers ({name}), such as a whole pickled model: loading one runs whatever "
        "code is in it, which torch.load refuses, too, since PyTorch 2.6 (weights_only=True). Save "
        "torch.save(model.state_dict(), 'weights.pth') and choose that file.",
        name="".join(letter if letter.isprintable() else "?" for letter in shown),
    )


def _whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MAX_NUMBERS


def _wholes(values: object) -> bool:
    return isinstance(values, tuple) and all(_whole(value) for value in values)
