"""Which lines of a feature list no test names."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner

from cli.commands import features
from cli.feature_list import named_by_tests, read

LIST = """\
# What it must do
- XY-01 Print the list.
- XY-02 (+) Count the list.
Not a line: XY-03 is only mentioned.
  - XY-04 is indented.
"""

TESTS = '''
import pytest
from pytest import mark

pytestmark = pytest.mark.feature("XY-10")

@pytest.mark.feature("XY-01", "XY-05")
def test_one(): ...

@mark.feature("XY-06")
class TestTwo: ...

@pytest.mark.parametrize("n", [pytest.param(1, marks=pytest.mark.feature("XY-07"))])
def test_three(n): ...

# @pytest.mark.feature("XY-02")
def test_four():
    """@pytest.mark.feature("XY-02")"""
    other.feature("XY-02")
'''


def test_a_feature_is_a_list_line_that_begins_with_an_id() -> None:
    assert read(LIST) == {"XY-01": "Print the list.", "XY-02": "(+) Count the list."}


def test_marks_count_and_mere_text_does_not(tmp_path: Path) -> None:
    (tmp_path / "deeper").mkdir()
    (tmp_path / "deeper" / "test_it.py").write_text(TESTS)
    assert named_by_tests(tmp_path) == {"XY-01", "XY-05", "XY-06", "XY-07", "XY-10"}


def test_the_command_prints_what_is_missing_and_exits_0(tmp_path: Path) -> None:
    file = tmp_path / "features.md"
    file.write_text("- ZZ-98 Nobody tests this.\n")
    plain = CliRunner().invoke(features.command, [str(file)])
    assert plain.exit_code == 0
    assert "ZZ-98  Nobody tests this." in plain.output
    answer = json.loads(CliRunner().invoke(features.command, [str(file), "--json"]).output)
    assert answer["missing"] == {"ZZ-98": "Nobody tests this."}
    assert (answer["features"], answer["named"]) == (1, 0)
