"""The list of tools/mutants.py stays true: each text stands where it is looked for, each test file is there."""

import pytest

from tools.mutants import MUTANTS, ROOT, Mutant


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_each_mutant_has_its_place(mutant: Mutant) -> None:
    assert mutant.count(ROOT) == 1, f"{mutant.file} holds this {mutant.count(ROOT)} times, not once: {mutant.old}"
    assert mutant.new != mutant.old
    for test in mutant.tests.split():
        assert (ROOT / test.partition("::")[0]).is_file(), test


def test_there_are_forty_and_no_name_twice() -> None:
    assert len(MUTANTS) >= 40
    assert len({mutant.name for mutant in MUTANTS}) == len(MUTANTS)
