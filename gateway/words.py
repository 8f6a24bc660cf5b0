"""Translation: the Dutch sentence is its own key, so a text reads as itself in the code.

Flask-Babel's functions with the types they lack. A percent sign in a text is written ``%%``.
"""

from __future__ import annotations

from typing import Any

import flask_babel


def gettext(text: str, **values: Any) -> str:
    """The text in the reader's language, with its values filled in."""
    return str(flask_babel.gettext(text, **values))


def ngettext(one: str, more: str, number: int, **values: Any) -> str:
    """The text for one or for more; ``%(num)s`` is the number."""
    return str(flask_babel.ngettext(one, more, number, **values))


def lazy_gettext(text: str) -> Any:
    """A text in a table, translated when it is shown."""
    return flask_babel.lazy_gettext(text)
