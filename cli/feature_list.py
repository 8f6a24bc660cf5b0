"""Which features a list has, and which of them tests say they prove."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

LINE = re.compile(r"^- (?P<id>[A-Z]{2,5}-\d+)\s+(?P<text>.+)$")


def read(text: str) -> dict[str, str]:
    """ID → its line, in the order of the list."""
    found = (LINE.match(line) for line in text.splitlines())
    return {match["id"]: match["text"] for match in found if match}


def named_by_tests(folder: Path) -> set[str]:
    """The IDs in ``pytest.mark.feature("…", …)`` of every test file, wherever such a mark may stand."""
    named: set[str] = set()
    for file in sorted(folder.rglob("*.py")):
        named |= set(_marks(ast.parse(file.read_text(encoding="utf-8"), str(file))))
    return named


def _marks(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _is_feature_mark(node.func):
            for argument in node.args:
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                    yield argument.value


def _is_feature_mark(function: ast.expr) -> bool:
    return (
        isinstance(function, ast.Attribute)
        and function.attr == "feature"
        and isinstance(function.value, ast.Attribute | ast.Name)
        and (function.value.attr if isinstance(function.value, ast.Attribute) else function.value.id)
        == "mark"
    )
