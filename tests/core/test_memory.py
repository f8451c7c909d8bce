import ctypes
import importlib.util
import re
import shutil
import sys
from pathlib import Path

import pytest

from core.memory import give_back

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="Linux alone")


def in_memory(path):
    """kB of a file's pages."""
    parts = re.split(r"^(?=[0-9a-f]+-[0-9a-f]+ )", Path("/proc/self/smaps").read_text(), flags=re.MULTILINE)
    return sum(int(re.search(r"^Rss: +(\d+)", part, re.MULTILINE)[1]) for part in parts if str(path) in part)


def test_what_a_library_read_is_given_back_and_it_works_on(tmp_path):
    own = tmp_path / "idle.so"
    shutil.copy(importlib.util.find_spec("numpy._core._multiarray_umath").origin, own)
    library = ctypes.CDLL(str(own))
    assert library.PyInit__multiarray_umath
    for part in Path("/proc/self/maps").read_text().splitlines():
        if str(own) in part and " r" in part:  # read all of it
            begin, end = (int(each, 16) for each in part.split()[0].split("-"))
            ctypes.string_at(begin, end - begin)
    before = in_memory(own)
    give_back(re.escape(str(own)))
    after = in_memory(own)
    if after == before:
        pytest.skip("this kernel takes no such advice")
    assert after < before / 2
    assert ctypes.string_at(ctypes.cast(library.PyInit__multiarray_umath, ctypes.c_void_p).value, 16)
