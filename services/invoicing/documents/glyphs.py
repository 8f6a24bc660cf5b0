"""Which signs our fonts have: typst refuses to make a PDF/A with a sign that no font can draw.

Reads the character maps of the font files themselves (OpenType cmap, format 12), so that a font that
is replaced needs no list beside it.
"""

from __future__ import annotations

import re
import struct
import unicodedata
from functools import cache
from pathlib import Path
from typing import Any

FONTS = Path(__file__).parent / "fonts"
FILES = ("Inter-Regular.otf", "Inter-SemiBold.otf", "DejaVuSans.ttf")
UNKNOWN = "\u25a1"  # a hollow square, which DejaVu Sans has
# Emoji and what binds them, and signs without width: dropped rather than drawn as squares.
INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "So", "Sk", "Mn", "Me"})


@cache
def drawable() -> frozenset[str]:
    """Every sign that one of our fonts can draw."""
    return frozenset(chr(code) for name in FILES for code in _codes((FONTS / name).read_bytes()))


def printable(text: str) -> str:
    """The text with only signs that can be drawn.

    Look-alikes stand in where Unicode knows one (full-width letters, ligatures), emoji are left out, and
    a letter of a script that we cannot draw becomes a hollow square. Names are whole in the e-invoice.
    """
    if text.isascii() and text.isprintable():
        return text
    signs = drawable()
    if signs.issuperset(text) and text.isprintable():
        return text
    return re.sub(" {2,}", " ", "".join(_stand_in(sign, signs) for sign in text)).strip()


def printable_all(value: Any) -> Any:
    """The same for every text within lists and dicts."""
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, dict):
        return {key: printable_all(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [printable_all(item) for item in value]
    return value


def _stand_in(sign: str, signs: frozenset[str]) -> str:
    if sign in "\n\t":
        return " "
    if unicodedata.category(sign) in ("Cc", "Cf"):
        return ""
    if sign in signs:
        return sign
    alike = unicodedata.normalize("NFKC", sign)
    if alike != sign and signs.issuperset(alike):
        return alike
    return "" if unicodedata.category(sign) in INVISIBLE else UNKNOWN


def _codes(font: bytes) -> set[int]:
    """The code points of a font file, by its full Unicode map; raises StopIteration when it has none."""
    tables = struct.unpack_from(">H", font, 4)[0]
    start = next(
        struct.unpack_from(">I", font, 12 + 16 * index + 8)[0]
        for index in range(tables)
        if font[12 + 16 * index : 16 + 16 * index] == b"cmap"
    )
    maps = (
        start + struct.unpack_from(">I", font, start + 4 + 8 * index + 4)[0]
        for index in range(struct.unpack_from(">H", font, start + 2)[0])
    )
    offset = next(offset for offset in maps if struct.unpack_from(">H", font, offset)[0] == 12)
    codes: set[int] = set()
    for group in range(struct.unpack_from(">I", font, offset + 12)[0]):
        first, last, _glyph = struct.unpack_from(">III", font, offset + 16 + 12 * group)
        codes.update(range(first, last + 1))
    return codes
