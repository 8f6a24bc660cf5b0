"""Whether an uploaded file can be a rate plan at all: what people send instead, and how they mend it."""

from __future__ import annotations

import codecs
from typing import NamedTuple

from shared.words import gettext

MOST_BYTES = 16 * 2**20
"""Of an upload."""
PIECE = 512 * 1024
"""Bytes of one piece of an upload, and of one message with a piece of a file."""

_ZIP, _OLD_OFFICE, _PDF = b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF"
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_TEXT_CONTROLS = frozenset(b"\t\n\r\x0c")
_BEGIN = 4096
"""Bytes that tell text from anything else."""
_SHOWN = 30


class WrongFile(NamedTuple):
    """Why a file is no plan: the line it shows on (1 when it is the whole file), what is wrong and what
    to do as sentences, and the piece of text that shows it."""

    line: int
    problem: str
    advice: str
    value: str = ""


def decoded(data: bytes) -> str | WrongFile:
    """The file's text, without a byte order mark, or why it is none."""
    wrong = _other_kind(data)
    if wrong is not None:
        return wrong
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return _other_encoding(data, error.start)
    return text if text.strip() else _empty()


def _empty() -> WrongFile:
    return WrongFile(
        1,
        gettext("Het bestand is leeg."),
        gettext("Kies het bestand met de tarieven, of begin met het voorbeeld."),
    )


def _other_kind(data: bytes) -> WrongFile | None:
    if not data:
        return _empty()
    if data.startswith((_ZIP, _OLD_OFFICE)):
        advice = gettext("Kies in Excel 'Opslaan als' en dan 'CSV UTF-8 (door komma's gescheiden)'.")
        return WrongFile(1, gettext("Dit is een Excel-bestand, geen CSV."), advice)
    if data.startswith(_PDF):
        return WrongFile(
            1, gettext("Dit is een PDF, geen CSV."), gettext("Vraag de tarieven als CSV-bestand.")
        )
    if data.startswith(_UTF_16) or _is_bare_utf_16(data):
        problem = gettext("De tekst is UTF-16 (in Excel: 'Unicode-tekst').")
        return WrongFile(1, problem, _as_utf_8())
    controls = sum(byte < 32 and byte not in _TEXT_CONTROLS for byte in data[:_BEGIN])
    if b"\0" in data or controls > len(data[:_BEGIN]) // 100:
        return WrongFile(1, gettext("Dit is geen tekstbestand."), gettext("Kies een CSV-bestand."))
    return None


def _is_bare_utf_16(data: bytes) -> bool:
    """UTF-16 without its mark: in Western text every other byte is zero."""
    begin = data[:_BEGIN]
    return len(begin) > 3 and max(begin[0::2].count(0), begin[1::2].count(0)) > len(begin) * 2 // 5


def _other_encoding(data: bytes, place: int) -> WrongFile:
    """Not UTF-8: as Windows writes it, most likely. Shows the first word that tells."""
    line = data.count(b"\n", 0, place) + 1
    begin = data.rfind(b"\n", 0, place) + 1
    around = data[max(begin, place - _SHOWN // 2) : place + _SHOWN // 2].splitlines()[0]
    shown = around.decode("cp1252", "replace")
    return WrongFile(line, gettext("De tekst is Windows-1252, geen UTF-8."), _as_utf_8(), shown)


def _as_utf_8() -> str:
    return gettext("Bewaar het bestand opnieuw als 'CSV UTF-8'.")
