"""MNIST's files from the app's own address: these four and nothing else; a script needs no other network."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
import uvicorn
from starlette.applications import Starlette

from core.data.batches import Batches
from core.data.mnist_files import CHECKSUMS, GZ_BYTES, GZ_SIZES
from core.data.splits import SplitConfig
from core.export.split_script import Source, split_script
from tests.core.fresh import fresh
from tests.ui.asgi import ask
from ui import digit_files

NAMES = list(GZ_SIZES)


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    """Return the app's own folder, in which two files are whole: one of them for the route, one is none of MNIST's."""
    own = tmp_path / "own"
    own.mkdir()
    (own / NAMES[3]).write_bytes(bytes(GZ_SIZES[NAMES[3]]))
    (own / NAMES[1]).write_bytes(b"half of it")
    (own / "secret.gz").write_bytes(b"secret")
    (own / NAMES[0]).mkdir()
    monkeypatch.setenv("CHALKNET_DATA", str(own))
    return own


def get(path: str, method: str = "GET") -> tuple[int, dict[str, str], bytes]:
    status, headers, body = ask(Starlette(routes=[digit_files.route()]), path, method)
    return status, {name: values[0] for name, values in headers.items()}, body


def test_a_file_comes_with_its_size_and_is_kept_for_a_day(folder) -> None:
    status, headers, body = get(f"/mnist/{NAMES[3]}")
    assert (status, len(body)) == (200, GZ_SIZES[NAMES[3]])
    assert headers["content-length"] == str(GZ_SIZES[NAMES[3]])
    assert headers["content-type"] == "application/gzip"
    assert headers["cache-control"] == "public, max-age=86400"
    assert get(f"/mnist/{NAMES[3]}", "HEAD")[2] == b""


@pytest.mark.parametrize(
    "path",
    [
        "/mnist/",
        f"/mnist/{NAMES[0]}",  # a folder of that name
        f"/mnist/{NAMES[1]}",  # too short
        f"/mnist/{NAMES[2]}",  # not there
        "/mnist/secret.gz",
        "/mnist/../own/secret.gz",
        "/mnist/..%2fown%2fsecret.gz",
        "/mnist/%2e%2e%2fsecret.gz",
        "/mnist//etc/passwd",
        "/mnist/%2fetc%2fpasswd",
        "/mnist/" + "a" * 5000,
        "/mnist/%00.gz",
    ],
)
def test_nothing_else_is_served(folder, path) -> None:
    status, headers, body = get(path)
    assert status == 404
    assert "cache-control" not in headers
    assert b"secret" not in body


def test_nothing_can_be_written(folder) -> None:
    assert get(f"/mnist/{NAMES[3]}", "PUT")[0] == get(f"/mnist/{NAMES[3]}", "POST")[0] == 405


def test_the_sizes_are_those_of_the_real_files(mnist_files) -> None:
    assert {file.name: file.stat().st_size for file in mnist_files.iterdir()} == GZ_SIZES
    assert {name.removesuffix(".gz") for name in GZ_SIZES} == set(CHECKSUMS)
    assert GZ_BYTES == 11_594_722


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("http://192.168.1.20:8501/data_split", "http://192.168.1.20:8501/mnist/"),
        ("https://school.example/ai/data_split?x=1", "https://school.example/ai/mnist/"),  # behind a proxy
        (None, ""),
        ("", ""),
        ("javascript:alert(1)", ""),
        ("file:///etc/", ""),
    ],
)
def test_the_address_is_that_of_the_page(monkeypatch, mnist_files, url, found) -> None:
    monkeypatch.setenv("CHALKNET_DATA", str(mnist_files))
    monkeypatch.setattr(digit_files.st, "context", SimpleNamespace(url=url))
    assert digit_files.address() == found


def test_there_is_no_address_where_a_file_is_missing(folder, monkeypatch) -> None:
    monkeypatch.setattr(digit_files.st, "context", SimpleNamespace(url="http://192.168.1.20:8501/data_split"))
    assert digit_files.address() == ""


@pytest.fixture
def at_hand(monkeypatch, mnist_files) -> Iterator[str]:
    """Serve the real files as the app does, and return the address of a page."""
    monkeypatch.setenv("CHALKNET_DATA", str(mnist_files))
    app = Starlette(routes=[digit_files.route()])
    server = uvicorn.Server(uvicorn.Config(app, "127.0.0.1", 0, log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}/data_split"
    server.should_exit = True
    thread.join(10)


def script(samples: int, mirror: str) -> str:
    config = SplitConfig(samples)
    batches = Batches(config.train_size, 10_000, 1)
    return split_script(config, batches, Source("mnist", mirror=mirror), features=784, outputs=1)


def test_a_script_gets_mnist_from_the_page_s_address_alone(at_hand, monkeypatch, tmp_path) -> None:
    """In a folder without files, with no way to a foreign host (tests/conftest.py)."""
    monkeypatch.setattr(digit_files.st, "context", SimpleNamespace(url=at_hand))
    printed = fresh(script(60_000, digit_files.address()), tmp_path)
    assert printed.startswith("torch.Size([60000, 785])")
    assert (tmp_path / "data" / "MNIST" / "raw" / NAMES[0]).stat().st_size == GZ_SIZES[NAMES[0]]


def test_a_script_gets_mnist_from_a_folder(monkeypatch, tmp_path, mnist_files, capsys) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CHALKNET_DATA", str(mnist_files))
    monkeypatch.setattr("torchvision.datasets.MNIST.mirrors", ["http://127.0.0.1:9/"])
    exec(script(100, ""), {})
    assert capsys.readouterr().out.startswith("torch.Size([100, 785])")
