"""Formats with a setting per line."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from services.provisioning.domain.emitters.entry import Entry
from services.provisioning.domain.texts import Unwritable, require_writable

_KEY = re.compile(r"[A-Za-z0-9_.]+", re.ASCII)
_WORDS = re.compile(r"[A-Za-z0-9_. ]+", re.ASCII)
_PANASONIC_LINE = 537
"""Bytes; KX-UT phones stop reading at a longer one."""
PANASONIC_HEAD = "# Panasonic SIP Phone Standard Format File #"


def yealink(entries: Sequence[Entry], head: Mapping[str, str]) -> str:
    """``key = value`` below the version line, which must be the first."""
    body = [f"{_name(entry, _KEY)} = {_bare(entry.value)}".rstrip() for entry in entries]
    return "\n".join(["#!version:1.0.0.1", *body, ""])


def colon(entries: Sequence[Entry], head: Mapping[str, str]) -> str:
    """``key: value``, for Mitel and for people. A value with a ``#`` stands in quotation marks, else a
    comment would begin there."""
    return "".join(f"{_name(entry, _WORDS)}: {_quoted(entry.value)}".rstrip() + "\n" for entry in entries)


def panasonic(entries: Sequence[Entry], head: Mapping[str, str]) -> str:
    """``KEY="value"`` with CR LF and an empty last line. There is no way to write a quotation mark within."""
    rows = [f'{_name(entry, _KEY)}="{_single(_bare(entry.value))}"' for entry in entries]
    for row in rows:
        if len(row.encode()) > _PANASONIC_LINE:
            raise Unwritable("a line is longer than the phone reads")
    return "\r\n".join([PANASONIC_HEAD, *rows, "", ""])


def _name(entry: Entry, allowed: re.Pattern[str]) -> str:
    if not allowed.fullmatch(entry.name) or entry.attributes:
        raise Unwritable("a setting has a name that this format does not take")
    return entry.name


def _bare(value: str) -> str:
    return require_writable(value).strip()


def _quoted(value: str) -> str:
    bare = _bare(value)
    return f'"{_single(bare)}"' if "#" in bare or bare.startswith('"') else bare


def _single(value: str) -> str:
    return value.replace('"', "'")
