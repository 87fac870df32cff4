"""Style, types, layers and lengths: what `make lint` checks."""

import subprocess

import pytest

from tools.files import ROOT
from tools.lengths import Length, faults, functions
from tools.lint import CHECKS


@pytest.mark.parametrize("check", CHECKS)
def test_the_tree_is_clean(check: str) -> None:
    done = subprocess.run(CHECKS[check], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_nested_function_counts_in_the_outer_one_and_by_itself() -> None:
    source = "def outer():\n    def inner():\n        pass\n    return inner\n"
    assert [length.lines for length in functions(source, "m.py")] == [4, 2]


def test_each_limit_of_length_is_told() -> None:
    assert faults([Length("f", 10)], [Length("m", 400)]) == []
    assert "m has 401 lines" in faults([], [Length("m", 401)])[0]
    assert "f has 61 lines" in faults([Length("f", 61), *[Length("g", 1)] * 19], [])[0]
    assert "2 of 20 functions have more than 40" in faults([*[Length("f", 41)] * 2, *[Length("g", 1)] * 18], [])[0]
    assert "the median function has 11 lines" in faults([Length("f", 11)], [])[0]
