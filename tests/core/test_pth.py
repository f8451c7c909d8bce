"""A .pth file is read as torch reads it; what is no state_dict is refused; no spoilt file runs code or breaks in."""

import io
import pickle
import random
import time
import zipfile

import pytest
import torch
from torch import nn

from benchmarks.pth_files import mutated
from core.errors import InvalidInput
from core.nets.pth import MAX_ENTRIES, read_pth


class Net(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.net = nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.Flatten(), nn.Linear(8, 3))
        self.scale = nn.Parameter(torch.ones(()))


class Bomb:
    def __reduce__(self):
        return print, ("ran",)


def saved(what, **options) -> bytes:
    file = io.BytesIO()
    torch.save(what, file, **options)
    return file.getvalue()


def same(found: dict, state: dict) -> bool:
    return list(found) == list(state) and all(
        value.dtype == found[name].dtype and torch.equal(found[name], value) for name, value in state.items()
    )


def test_a_state_dict_is_read_as_torch_reads_it() -> None:
    torch.manual_seed(0)
    state = Net().state_dict()
    assert same(read_pth(saved(state)), state)
    assert same(read_pth(saved(dict(state))), state)
    for protocol in (2, 4, 5):
        assert same(read_pth(saved(state, pickle_protocol=protocol)), state)


def test_parameters_and_views_are_read() -> None:
    network = Net()
    kept = dict(network.named_parameters())
    assert same(read_pth(saved(kept)), {name: value.detach() for name, value in kept.items()})
    whole = torch.arange(24.0).reshape(4, 6)
    views = {"turned": whole.T, "part": whole[1:3, ::2], "again": whole}
    assert same(read_pth(saved(views)), views)
    assert all(value.is_contiguous() for value in read_pth(saved(views)).values())


def test_the_state_dict_of_a_checkpoint_is_found() -> None:
    network = Net()
    optimizer = torch.optim.SGD(network.parameters(), lr=0.1, momentum=0.9)
    checkpoint = {"epoch": 5, "loss": 0.25, "model": network.state_dict(), "optimizer": optimizer.state_dict()}
    assert same(read_pth(saved(checkpoint)), network.state_dict())
    with pytest.raises(InvalidInput, match="several"):
        read_pth(saved({"a": network.state_dict(), "b": network.state_dict()}))


@pytest.mark.parametrize(
    ("payload", "words"),
    [
        (lambda: saved(Net()), r"test_pth.Net\)"),
        (lambda: saved({"weight": Bomb()}), r"builtins.print\)|__builtin__.print\)"),
        (lambda: saved(Net().state_dict(), _use_new_zipfile_serialization=False), "before PyTorch 1.6"),
        (lambda: saved(Net().double().state_dict()), r"model.float\(\)"),
        (lambda: saved(Net().half().state_dict()), "HalfStorage"),
        (lambda: saved([torch.ones(2)]), "no state_dict"),
        (lambda: saved({"a": 1}), "no state_dict"),
        (lambda: saved({}), "no state_dict"),
        (lambda: b"PK\x03\x04", "not a .pth file"),
        (lambda: pickle.dumps(Bomb()), "before PyTorch 1.6"),
        (lambda: saved({"big": torch.zeros(1_000_001)}), "not a .pth file"),
    ],
)
def test_what_is_no_state_dict_is_refused_with_the_remedy(payload, words: str, capsys) -> None:
    with pytest.raises(InvalidInput, match=words) as refusal:
        read_pth(payload())
    assert "save" in str(refusal.value).lower()
    assert capsys.readouterr().out == ""


def archive(pickled: bytes, compression: int = zipfile.ZIP_STORED, **more: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as entries:
        entries.writestr("archive/data.pkl", pickled)
        for name, content in more.items():
            entries.writestr(f"archive/data/{name}", content)
    return file.getvalue()


TENSOR = (
    b"ctorch._utils\n_rebuild_tensor_v2\n((X\x07\x00\x00\x00storagectorch\nFloatStorage\nX\x01\x00\x00\x000X\x03\x00\x00"
    b"\x00cpuK\x02tQ%sK\x02\x85K%s\x85tR"
)
START = b"\x80\x02}X\x01\x00\x00\x00w"
HOSTILE = {
    "fine": (START + TENSOR % (b"K\x00", b"\x01") + b"s.", {"0": b"\0" * 8}),
    "beyond the storage": (START + TENSOR % (b"K\x01", b"\x01") + b"s.", {"0": b"\0" * 8}),
    "a stride beyond the storage": (START + TENSOR % (b"K\x00", b"\x02") + b"s.", {"0": b"\0" * 8}),
    "before the storage": (START + TENSOR % (b"J\xff\xff\xff\xff", b"\x01") + b"s.", {"0": b"\0" * 8}),
    "a storage cut off": (START + TENSOR % (b"K\x00", b"\x01") + b"s.", {"0": b"\0" * 4}),
    "no storage": (START + TENSOR % (b"K\x00", b"\x01") + b"s.", {}),
    "tuples in tuples as a key": (b"\x80\x02}" + b")" + b"\x85" * 50_000 + b"Ns.", {}),
    "lists in lists": (b"\x80\x02}X\x01\x00\x00\x00w]" + b"]" * 50_000 + b"a" * 50_000 + b"s.", {}),
    "a list of itself": (b"\x80\x02]q\x00h\x00a.", {}),
    "a place for four billion": (b"\x80\x02}r\xff\xff\xff\xff.", {}),
    "a text of four billion": (b"\x80\x02X\xff\xff\xff\xffa.", {}),
    "a long pickle": (b"\x80\x02}" + b"N0" * 40_000 + b".", {}),
    "an attribute": (b"\x80\x02ctorch._utils\n_rebuild_tensor_v2\n}b.", {}),
    "a call of nothing": (b"\x80\x02ccollections\nOrderedDict\nK\x01\x85R.", {}),
    "too few arguments": (b"\x80\x02ctorch._utils\n_rebuild_tensor_v2\n)R.", {}),
    "no arguments": (b"\x80\x02ctorch._utils\n_rebuild_parameter\n)R.", {}),
    "an extension": (b"\x80\x02\x82\x01.", {}),
    "an instance": (b"\x80\x02(ios\nsystem\n.", {}),
    "a new object": (b"\x80\x02cos\nsystem\n)\x81.", {}),
    "no mark": (b"\x80\x02NNt.", {}),
    "nothing": (b"", {}),
    "no end": (b"\x80\x02}", {}),
    "an empty stack": (b"\x80\x02.", {}),
}


@pytest.mark.parametrize(("pickled", "entries"), list(HOSTILE.values())[1:], ids=list(HOSTILE)[1:])
def test_hostile_pickles_are_refused(pickled: bytes, entries: dict[str, bytes]) -> None:
    with pytest.raises(InvalidInput):
        read_pth(archive(pickled, **entries))


def test_the_hostile_ones_differ_from_one_that_is_read() -> None:
    pickled, entries = HOSTILE["fine"]
    assert read_pth(archive(pickled, **entries))["w"].tolist() == [0, 0]


def test_bombs_are_refused_unopened() -> None:
    pickled, _ = HOSTILE["fine"]
    with pytest.raises(InvalidInput):
        read_pth(archive(pickled, zipfile.ZIP_DEFLATED, **{"0": b"\0" * 8}))
    many = {f"x{number}": b"" for number in range(MAX_ENTRIES + 1)}
    with pytest.raises(InvalidInput):
        read_pth(archive(pickled, **{"0": b"\0" * 8}, **many))
    assert len(read_pth(saved({f"w{number}": torch.zeros(1) for number in range(200)}))) == 200


def test_spoilt_files_are_read_or_refused(capsys) -> None:
    chance = random.Random(1)
    originals = [
        saved(Net().state_dict()),
        saved(Net()),
        saved({"weight": Bomb()}),
        archive(*[HOSTILE["fine"][0]], **HOSTILE["fine"][1]),
    ]
    slowest = 0.0
    for _ in range(600):
        payload = mutated(chance.choice(originals), chance)
        started = time.process_time()
        try:
            read_pth(payload)
        except InvalidInput as refusal:
            assert str(refusal)  # noqa: PT017
        slowest = max(slowest, time.process_time() - started)
    print(f"slowest {slowest * 1000:.0f} ms")
    assert "ran" not in capsys.readouterr().out
