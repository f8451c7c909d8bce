"""The exported script gives the page's own numbers, run for real."""

import contextlib
import io

import numpy as np
import pytest

pytest.importorskip("torch")
from PIL import Image

from core.conv.filters import kernel
from core.conv.pictures import feature_maps, trained_maps
from core.export.picture_script import picture_script, trained_script
from core.export.weights import course_names, pth_file
from core.nets.pretrained import pretrained


@pytest.fixture
def picture(tmp_path, monkeypatch) -> np.ndarray:
    pixels = np.random.default_rng(0).integers(0, 256, (20, 17), np.uint8)
    Image.fromarray(pixels).save(tmp_path / "picture.png")
    monkeypatch.chdir(tmp_path)
    return pixels


def run(script: str) -> np.ndarray:
    space: dict = {}
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        exec(script, space)
    assert printed.getvalue().endswith(f"output shape:\t {space['Y'].shape}\n")
    return space["Y"][0].numpy()


def test_kernels_over_three_channels(tmp_path, monkeypatch) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (3, 20, 17), np.uint8)
    Image.fromarray(pixels.transpose(1, 2, 0)).save(tmp_path / "picture.png")
    monkeypatch.chdir(tmp_path)
    chosen = {name: kernel(name, 3) for name in ("sobel", "random")}
    wanted = feature_maps(pixels, list(chosen.values()), 2, 1)
    assert run(picture_script(chosen, 2, 1, colour=True)) == pytest.approx(wanted, abs=1e-5)
    alone = [feature_maps(channel, list(chosen.values()), 2, 1) for channel in pixels]
    assert wanted == pytest.approx(sum(alone), abs=1e-4)  # the channels' products are summed


@pytest.mark.parametrize("bias", [None, -2.5])
def test_kernels(picture: np.ndarray, bias: float | None) -> None:
    chosen = {name: kernel(name, 3) for name in ("blur", "sobel", "random")}
    found = run(picture_script(chosen, 2, 1, bias))
    wanted = feature_maps(picture, list(chosen.values()), 2, 1, [] if bias is None else [bias] * 3)
    assert found == pytest.approx(wanted, abs=1e-5)


def test_trained_filters(picture: np.ndarray, tmp_path) -> None:
    network = pretrained("lenet5")
    (tmp_path / "lenet5.pth").write_bytes(pth_file(course_names(network.state_dict(), "lenet5")))
    assert run(trained_script()) == pytest.approx(trained_maps(picture, network), abs=1e-5)
