"""What comes off the wire: a carrier's message, unpacked and priced, whatever is in it."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.cdr.domain.posting import Priced
from services.cdr.domain.reference import Reference
from services.cdr.domain.refusal import Reason, Refused
from services.cdr.domain.usage import decode
from services.cdr.usecases.record_usage import price_all
from shared.logging import get_logger

log = get_logger(__name__)

EXCHANGE_PREFIX = "carrier."
UNPACKED_LIMIT = 8 * 2**20
"""Bytes. A document of the quarantine holds up to 16 MiB, and a message is kept there whole."""
KEPT_BYTES = 2**20
MOST_PARTS = 100


@dataclass(frozen=True, slots=True)
class Received:
    """A message as it came: its tag to ack by, the carrier whose exchange it came through, its body."""

    tag: int
    carrier: str
    body: bytes
    packed: bool


def receive(message: Any) -> Received:
    """Take what we need from an AMQP message. The exchange is who the carrier is: only it can write there."""
    body = message.body
    encoding = str(message.properties.get("content_encoding", ""))
    return Received(
        tag=message.delivery_tag,
        carrier=str(message.delivery_info["exchange"]).removeprefix(EXCHANGE_PREFIX),
        body=body.encode("utf-8", "surrogateescape") if isinstance(body, str) else bytes(body),
        packed=encoding == "gzip",
    )


def unpack(body: bytes) -> bytes:
    """Undo gzip, also of several parts in a row, to at most 8 MiB; ValueError for anything else."""
    parts: list[bytes] = []
    left, rest = UNPACKED_LIMIT, body
    for _ in range(MOST_PARTS):
        unpacker = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
        try:
            parts.append(unpacker.decompress(rest, left + 1))
        except zlib.error as problem:
            raise ValueError(f"not gzip: {problem}") from problem
        left -= len(parts[-1])
        if left < 0:
            raise ValueError("unpacks to more than 8 MiB")
        if not unpacker.eof:
            raise ValueError("the gzip stream is cut off")
        rest = unpacker.unused_data
        if not rest:
            return b"".join(parts)
    raise ValueError(f"not gzip: more than {MOST_PARTS} parts")


def price_message(message: Received, reference: Reference, now: datetime) -> list[Priced | Refused]:
    """Everything in a message, priced or refused. A fault of ours refuses the message, never loops it."""
    size = len(message.body)
    if size > UNPACKED_LIMIT:
        sentence = f"the message has {size} bytes, far more than allowed; the first {KEPT_BYTES} are kept"
        return [Refused(message.carrier, Reason.UNREADABLE, sentence, message.body[:KEPT_BYTES])]
    try:
        body = unpack(message.body) if message.packed else message.body
    except ValueError as problem:
        return [Refused(message.carrier, Reason.UNREADABLE, str(problem), message.body)]
    try:
        return price_all(message.carrier, decode(body, now), reference)
    except Exception as problem:
        log.exception("a message could not be priced", carrier=message.carrier)
        sentence = f"{type(problem).__name__}: {problem}"
        return [Refused(message.carrier, Reason.FAULT, sentence, body)]
