"""The compiled engine's cache: unwritable, damaged, foreign, deleted; each in a process of its own."""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LOAD = """
import sys
from core.training.compiled import cache
def compiled(command, **given):
    print("compiles into", command[-1])
    raise FileNotFoundError(2, "no such file", "/a/secret/place")
cache.subprocess.run = compiled
cache.prepare(wait=True)
print(cache.machine() is not None, cache.failure())
"""
TRAIN = """
import shutil
shutil.rmtree(cache.folder().parent)
from core.runs.playground_job import PlaygroundJob
from core.nets.mlp import MlpConfig
from core.training.config import TrainConfig
run = PlaygroundJob(MlpConfig(), TrainConfig("mse", batch_size=0, epochs=20, evaluations=2)).make()
*_, last = run
print(last.step, last.engine.compiled)
"""


@pytest.fixture
def folder(_machine, tmp_path):
    """A copy of the cache that the tests' own machine comes from; its one folder."""
    from core.training.compiled import cache

    base = tmp_path / "compiled"
    shutil.copytree(cache.folder(), base / cache.folder().name)
    return base / cache.folder().name


def told(base, code=LOAD, **variables):
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=os.environ | {"CHALKNET_COMPILED": str(base), **variables},
        capture_output=True,
        text=True,
        check=False,
    )
    assert not done.returncode, done.stderr
    return done.stdout.strip().split("\n")


def test_a_cache_is_loaded_and_may_vanish_while_the_server_runs(folder):
    assert told(folder.parent, LOAD + TRAIN) == ["True ", "20 True"]


def test_a_cache_that_cannot_be_written_to_is_loaded_all_the_same(folder):
    """As in an image that another user made; root may write anywhere, so numba's own test of it is made to fail."""
    code = f"""
import tempfile
usual = tempfile.TemporaryFile
def refused(*given, dir=None, **more):
    if str(dir).startswith({str(folder.parent)!r}):
        raise PermissionError(13, "read-only", str(dir))
    return usual(*given, dir=dir, **more)
tempfile.TemporaryFile = refused
"""
    folder.chmod(0o555)
    assert told(folder.parent, code + LOAD) == ["True"]
    folder.chmod(0o755)


@pytest.mark.parametrize("harm", ["cut", "one bit", "list gone", "file gone", "list is no list"])
def test_a_damaged_cache_is_not_loaded_but_compiled_anew(folder, harm):
    data = max(folder.rglob("*.nbc"), key=lambda path: path.stat().st_size)
    whole, listed = data.read_bytes(), folder / "checksums.json"
    if harm == "cut":
        data.write_bytes(whole[: len(whole) // 2])
    elif harm == "one bit":
        data.write_bytes(whole[:1000] + bytes([whole[1000] ^ 1]) + whole[1001:])
    elif harm == "file gone":
        data.unlink()
    elif harm == "list gone":
        listed.unlink()
    else:
        listed.write_bytes(b"\\xff[]")
    assert told(folder.parent) == [f"compiles into {folder}", "False FileNotFoundError"]  # and no word of a place


def test_another_processor_looks_for_another_folder(folder):
    first, last = told(folder.parent, NUMBA_CPU_NAME="generic", NUMBA_CPU_FEATURES="")
    assert Path(first.removeprefix("compiles into ")).parent == folder.parent
    assert folder.name not in first
    assert last.startswith("False")


def test_where_nothing_can_be_written_a_temporary_folder_serves(tmp_path):
    (tmp_path / "a file").write_text("")
    first, last = told(tmp_path / "a file" / "compiled")
    assert "chalknet-compiled-" in first
    assert not Path(first.removeprefix("compiles into ")).parent.exists()  # nothing is left behind
    assert last.startswith("False")


def test_where_the_compiler_fails_training_goes_on_and_says_so(tmp_path):
    code = LOAD + TRAIN.replace("shutil.rmtree(cache.folder().parent)", "") + "print(last.engine.why)"
    *_, trained, why = told(tmp_path / "none", code)
    assert trained == "20 False"
    assert why == "The compiled engine could not be made ready (FileNotFoundError)."


def test_compiling_into_a_place_that_cannot_be_is_told_in_a_line(tmp_path):
    (tmp_path / "a file").write_text("")
    command = [sys.executable, "-m", "core", "compile", "--out", str(tmp_path / "a file" / "x")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith("python -m core compile: ")
    assert done.stderr.count("\n") == 1


def test_folders_that_nobody_loaded_for_a_month_are_removed_and_no_others(folder):
    ages = {"a" * 24: 40, "b" * 24: 20, "c" * 24: 40, "own-things": 40}  # days
    for name in ages:
        (folder.parent / name).mkdir()
        if name[0] != "c":  # not written by us
            (folder.parent / name / "checksums.json").write_text("{}")
    for name, days in {**ages, folder.name: 40}.items():  # ours has not been loaded for long either
        os.utime(folder.parent / name, times=(time.time() - days * 86_400,) * 2)
    assert told(folder.parent) == ["True"]
    assert {each.name for each in folder.parent.iterdir()} == {folder.name, *ages} - {"a" * 24}
    assert time.time() - folder.stat().st_mtime < 3600
