"""Reading a message's properties, whatever its sender put there.

py-amqp raises in the middle of its read loop for text that is no UTF-8, for a time beyond the year 9999
and for tables nested deeply. As the broker delivers such a message again, it would end every process
that takes it. And kombu unpacks a body, without a limit, when a header ``compression`` says so.
"""

from __future__ import annotations

import struct
from typing import Any

from amqp.serialization import PROPERTY_CLASSES, decode_properties_basic
from amqp.spec import Basic

UNREADABLE = "tikker.unreadable"
"""The one header of a message whose own could not be read; it says why."""

_CONTENT_TYPE, _CONTENT_ENCODING, _HEADERS = 0x8000, 0x4000, 0x2000


def read(buffer: bytes, offset: int) -> tuple[dict[str, Any], int]:
    """The properties from ``offset`` on, and where they end; never raises."""
    try:
        properties, end = decode_properties_basic(buffer, offset)
    except Exception as problem:
        properties, end = _without_headers(buffer, offset), len(buffer)
        properties["application_headers"] = {UNREADABLE: f"{type(problem).__name__}: {problem}"[:300]}
    (properties.get("application_headers") or {}).pop("compression", None)
    return properties, end


def _without_headers(buffer: bytes, offset: int) -> dict[str, Any]:
    try:
        (flags,) = struct.unpack_from(">H", buffer, offset)
        start = offset + 2
        for flag in (_CONTENT_TYPE, _CONTENT_ENCODING):
            start += 1 + buffer[start] if flags & flag else 0
        end = start
        if flags & _HEADERS:
            end += 4 + struct.unpack_from(">I", buffer, start)[0]
        rest = struct.pack(">H", flags & ~_HEADERS) + buffer[offset + 2 : start] + buffer[end:]
        return dict(decode_properties_basic(rest, 0)[0])
    except Exception:  # not even that
        return {}


def install() -> None:
    """Have every AMQP connection of this process read properties this way."""
    PROPERTY_CLASSES[Basic.CLASS_ID] = read
