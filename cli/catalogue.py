"""The translation catalogue: which texts the code has, and which of them are not translated."""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po

from cli.state import REPOSITORY

FILE = REPOSITORY / "shared" / "locale" / "en.po"
FOLDERS = ("gateway", "services", "shared")
OWN_LANGUAGE = ("gateway/templates/help/", "gateway/templates/style/", "services/identity/mail/templates/")
"""Texts that stand once per language in files of their own, or that only builders read."""

KEYWORDS: dict[str, Any] = {
    "_": None,
    "_l": None,
    "gettext": None,
    "lazy_gettext": None,
    "ngettext": (1, 2),
}
METHODS = {".py": "python", ".html": "jinja2.ext:babel_extract"}
JINJA = {"trim_blocks": "true", "lstrip_blocks": "true"}
PLACE = re.compile(r"%\((\w+)\)[a-z]|(%%)|(%)")
WIDTH = 110
HEADER = rb"""msgid ""
msgstr ""
"Language: en\n"
"Content-Type: text/plain; charset=utf-8\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\n"
"""


def marked() -> Catalog:
    """Every text of the code, with the files it stands in."""
    catalog = Catalog("en", fuzzy=False)
    for path in files():
        place = path.relative_to(REPOSITORY).as_posix()
        with path.open("rb") as file:
            for _line, text, _comments, _context in extract(
                METHODS[path.suffix], file, KEYWORDS, options=JINJA
            ):
                catalog.add(text, locations=[(place, 0)])
    return catalog


def files() -> Iterator[Path]:
    """The Python files and templates that speak to users."""
    for folder in FOLDERS:
        for path in sorted((REPOSITORY / folder).rglob("*")):
            place = path.relative_to(REPOSITORY).as_posix()
            if path.suffix in METHODS and not place.startswith(OWN_LANGUAGE):
                yield path


def translated(file: Path = FILE) -> Catalog:
    """The translations there are."""
    if not file.exists():
        return Catalog("en", fuzzy=False)
    with file.open("rb") as opened:
        return read_po(opened, locale="en")


def merged(texts: Catalog, known: Catalog) -> Catalog:
    """The texts of the code with the translations known of them; what the code lost is left out."""
    catalog = Catalog("en", fuzzy=False)
    for message in entries(texts):
        found = known.get(message.id)
        catalog.add(message.id, found.string if found else None, locations=message.locations)
    return catalog


def write(catalog: Catalog, file: Path = FILE) -> None:
    """Save it in the order of the files, without line numbers and dates, which would change each time."""
    written = BytesIO()
    write_po(written, catalog, WIDTH, omit_header=True, sort_by_file=True, include_lineno=False)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(HEADER + b"\n" + written.getvalue())


def entries(catalog: Catalog) -> list[Message]:
    """The messages of a catalogue without its header."""
    return [message for message in catalog if message.id]


def untranslated(catalog: Catalog) -> list[str]:
    """Texts without a translation, or with half of one."""
    return [_first(message) for message in entries(catalog) if not all(_strings(message.string))]


def misplaced(catalog: Catalog) -> list[str]:
    """Translations whose ``%(name)s`` are not those of the text, or with a bare percent sign."""
    wrong = []
    for message in entries(catalog):
        texts = _strings(message.id)
        named = set().union(*(_places(text) for text in texts))
        for string in filter(None, _strings(message.string)):
            if "%" in _places(string) or not _places(string) <= named or named - _places(string) - {"num"}:
                wrong.append(string)
    return wrong


def _places(text: str) -> set[str]:
    return {name or bare for name, _doubled, bare in PLACE.findall(text) if name or bare}


def _strings(found: Any) -> tuple[str, ...]:
    return tuple(found) if isinstance(found, list | tuple) else (found or "",)


def _first(message: Message) -> str:
    return _strings(message.id)[0]
