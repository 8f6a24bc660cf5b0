"""Finds Dutch that users would read and that no translation reaches: in Python and in Jinja templates."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from html.parser import HTMLParser

from jinja2 import Environment, nodes

TRANSLATING = frozenset({"_", "_l", "gettext", "lazy_gettext", "ngettext"})
_DUTCH = (
    "aan al alleen alle als andere bent bestaat bij dan dat de deze die dit dus een eerst er geen "
    "gebruik graag hebt heeft het hoe hoogstens hooguit ik kan kies kiest klopt kunt maar mag met "
    "meer moet naar niet nieuw nog nu om onder ontbreekt ook op opnieuw probeer schrijf staat te "
    "tot u uit uw van verkeerd voor vul waar wacht wat weer welke wie wij worden wordt zijn zonder"
)
DUTCH = frozenset(_DUTCH.split())
"""Words that sentences are made of and that English, our code and our addresses do not have."""

WORD = re.compile(r"[^\W\d_]+")
READ_ALOUD = frozenset({"aria-label", "title", "placeholder", "alt", "aria-valuetext", "data-label"})
SAME_IN_EVERY_LANGUAGE = frozenset(
    {
        "Tikker",
        "tikker",
        "ID",
        "IP",
        "KvK",
        "BTW",
        "URL",
        "CSV",
        "PDF",
        "English",
        "Nederlands",
        "MB",
        "EU",
        "uur",
    }
)


def is_dutch(text: str) -> bool:
    """Whether this is a Dutch sentence or part of one, rather than a name, a key or English."""
    words = [word.lower() for word in WORD.findall(text)]
    return len(words) >= 3 and " " in text.strip() and len(DUTCH.intersection(words)) >= 2


def in_python(source: str) -> Iterator[tuple[int, str]]:
    """Line and text of Dutch string literals outside a translation; docstrings do not count."""
    tree = ast.parse(source)
    passed: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _name(node.func) in TRANSLATING:
            passed |= {id(inner) for inner in ast.walk(node)}
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            passed.add(id(node.value))
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or id(node) in passed:
            continue
        if isinstance(node.value, str) and is_dutch(node.value):
            yield node.lineno, node.value


def in_template(source: str) -> Iterator[str]:
    """Words of a template's own text, of attributes that are read, and of strings in its expressions."""
    tree = Environment(extensions=["jinja2.ext.i18n", "jinja2.ext.do"]).parse(source)
    page = _Words()
    page.feed("".join(_text(node) for node in tree.find_all((nodes.TemplateData, nodes.Output))))
    page.close()
    yield from page.found
    inside = {
        id(c) for call in tree.find_all(nodes.Call) if _called(call) for c in call.find_all(nodes.Const)
    }
    for constant in tree.find_all(nodes.Const):
        if isinstance(constant.value, str) and id(constant) not in inside and is_dutch(constant.value):
            yield constant.value


def _text(node: nodes.Node) -> str:
    """An output's own text, with a mark where a value comes."""
    if not isinstance(node, nodes.Output):
        return ""
    return "".join(part.data if isinstance(part, nodes.TemplateData) else "0" for part in node.nodes)


def _called(call: nodes.Call) -> bool:
    return isinstance(call.node, nodes.Name) and call.node.name in TRANSLATING


def _name(function: ast.expr) -> str:
    return function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")


ATTRIBUTES = re.compile(r'[\w-]+="[^"]*"|\bautofocus\b|\bdisabled\b')
"""What a macro writes for within a tag."""


class _Words(HTMLParser):
    """Collects the text of elements and of attributes; commands to type (``code``) are nobody's language."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._typed = 0

    def handle_data(self, data: str) -> None:
        if not self._typed:
            self._judge(ATTRIBUTES.sub("", data))

    def handle_endtag(self, tag: str) -> None:
        self._typed -= tag == "code"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._typed += tag == "code"
        for name, value in attrs:
            if name in READ_ALOUD:
                self._judge(value or "")

    def _judge(self, text: str) -> None:
        words = [word for word in WORD.findall(text) if len(word) > 1]
        if any(word not in SAME_IN_EVERY_LANGUAGE for word in words):
            self.found.append(text.strip())
