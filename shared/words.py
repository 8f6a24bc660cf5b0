"""Translation: the Dutch sentence is its own key, so a text reads as itself in the code.

Every sentence that a user may read goes through :func:`gettext`, in the gateway and in the services.
The one catalogue is ``shared/locale/en.po``; a text without a line there stays Dutch. A value is
written ``%(name)s`` and a percent sign ``%%``.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

LANGUAGES = ("nl", "en")
OWN = "nl"
"""The language of the keys themselves."""

FOLDER = Path(__file__).parent / "locale"

_language: ContextVar[str] = ContextVar("language", default=OWN)


def language() -> str:
    """What the reader of what is being made now reads."""
    return _language.get()


@contextmanager
def speaking(wanted: str) -> Iterator[None]:
    """Within the block texts are in this language; in Dutch when we do not have it."""
    token = _language.set(wanted if wanted in LANGUAGES else OWN)
    try:
        yield
    finally:
        _language.reset(token)


def gettext(text: str, /, **values: Any) -> str:
    """The text in the reader's language, with its values filled in."""
    return found(text) % values


def ngettext(one: str, more: str, number: int, /, **values: Any) -> str:
    """The text for one or for more; ``%(num)s`` is the number."""
    return found_for(one, more, number) % {"num": number, **values}


class LazyText:
    """A text in a table, translated each time it is shown."""

    def __init__(self, text: str, values: dict[str, Any]) -> None:
        self._text = text
        self._values = values

    def __str__(self) -> str:
        return gettext(self._text, **self._values)

    def __html__(self) -> str:
        from markupsafe import escape  # only where pages are made

        return str(escape(str(self)))

    def __repr__(self) -> str:
        return f"LazyText({self._text!r})"

    def format(self, *args: Any, **values: Any) -> str:
        """As marshmallow fills in its own messages."""
        return str(self).format(*args, **values)

    def __eq__(self, other: object) -> bool:
        return str(self) == str(other)

    def __hash__(self) -> int:
        return hash(self._text)


def lazy_gettext(text: str, /, **values: Any) -> Any:
    """A text that is made before its reader is known."""
    return LazyText(text, values)


def found(text: str) -> str:
    """The text in the reader's language, its values not yet filled in (for Jinja, which escapes them)."""
    if language() == OWN:
        return text
    message = catalogue(language()).get(text)
    return str(message.string) if message and message.string else text


def found_for(one: str, more: str, number: int) -> str:
    """The text for this number, its values not yet filled in."""
    return _pair(one, more)[0 if number == 1 else 1]


def _pair(one: str, more: str) -> tuple[str, str]:
    message = None if language() == OWN else catalogue(language()).get(one)
    if message is None or not all(message.string or ("",)):
        return one, more
    strings = message.string
    return (strings[0], strings[1]) if isinstance(strings, tuple) else (one, more)


@cache
def catalogue(of: str) -> Catalog:
    """The translations of one language; none when there is no file."""
    path = FOLDER / f"{of}.po"
    if not path.exists():
        return Catalog(of)
    with path.open("rb") as file:
        return read_po(file, locale=of)
