"""Phones for a benchmark: plain HTTP over asyncio, a challenge and then the file."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

_NONCE = re.compile(r'nonce="([^"]+)"')
SECONDS = 30.0


class Phone(NamedTuple):
    """One phone: the file's path, its credentials, what it calls itself, and its way to prove who it is."""

    path: str
    user: str
    password: str
    agent: str
    basic: bool


@dataclass
class Outcome:
    """Seconds from a phone's first request to the end of its file, and what went wrong."""

    seconds: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    bytes: int = 0


class Line(NamedTuple):
    """A connection that is kept."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter


async def fetch(line: Line, phone: Phone) -> tuple[int, int]:
    """Challenge, then file: the last status, and the bytes of the body."""
    status, headers, _body = await _ask(line, phone, "")
    if status != 401:
        return status, 0
    status, _headers, body = await _ask(line, phone, _proof(phone, headers))
    return status, len(body)


async def closed_loop(port: int, phones: Sequence[Phone], lines: int) -> Outcome:
    """As fast as the server answers, over this many kept connections."""
    outcome, waiting = Outcome(), iter(phones)

    async def work() -> None:
        line = Line(*await asyncio.open_connection("127.0.0.1", port))
        for phone in waiting:
            await _timed(line, phone, outcome)
        line.writer.close()

    await asyncio.gather(*(work() for _ in range(lines)))
    return outcome


async def storm(port: int, phones: Sequence[Phone], seconds: float) -> Outcome:
    """Every phone on a connection of its own, begun evenly over ``seconds`` whatever the server does."""
    outcome, began = Outcome(), time.monotonic()

    async def boot(place: int, phone: Phone) -> None:
        await asyncio.sleep(max(0.0, began + seconds * place / len(phones) - time.monotonic()))
        try:
            line = Line(*await asyncio.wait_for(asyncio.open_connection("127.0.0.1", port), SECONDS))
        except (TimeoutError, OSError) as problem:
            outcome.errors.append(f"no connection: {type(problem).__name__}")
            return
        await _timed(line, phone, outcome)
        line.writer.close()

    await asyncio.gather(*(boot(place, phone) for place, phone in enumerate(phones)))
    return outcome


async def _timed(line: Line, phone: Phone, outcome: Outcome) -> None:
    began = time.perf_counter()
    try:
        status, size = await asyncio.wait_for(fetch(line, phone), SECONDS)
    except (TimeoutError, OSError, asyncio.IncompleteReadError, ValueError) as problem:
        outcome.errors.append(type(problem).__name__)
        return
    if status != 200 or not size:
        outcome.errors.append(f"status {status}")
        return
    outcome.seconds.append(time.perf_counter() - began)
    outcome.bytes += size


async def _ask(line: Line, phone: Phone, authorization: str) -> tuple[int, str, bytes]:
    proof = f"Authorization: {authorization}\r\n" if authorization else ""
    head = f"GET {phone.path} HTTP/1.1\r\nHost: phones\r\nUser-Agent: {phone.agent}\r\n{proof}\r\n"
    line.writer.write(head.encode())
    raw = (await line.reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    length = re.search(r"^content-length: (\d+)", raw, re.IGNORECASE | re.MULTILINE)
    body = await line.reader.readexactly(int(length[1])) if length else b""
    return int(raw[9:12]), raw, body


def _proof(phone: Phone, headers: str) -> str:
    if phone.basic:
        return "Basic " + base64.b64encode(f"{phone.user}:{phone.password}".encode()).decode()
    found = _NONCE.search(headers)
    if found is None:
        raise ValueError("no nonce")
    nonce = found[1]
    ha1, ha2 = _md5(f"{phone.user}:Tikker:{phone.password}"), _md5(f"GET:{phone.path}")
    response = _md5(f"{ha1}:{nonce}:00000001:0a1b:auth:{ha2}")
    return (
        f'Digest username="{phone.user}", realm="Tikker", nonce="{nonce}", uri="{phone.path}", '
        f'response="{response}", qop=auth, nc=00000001, cnonce="0a1b"'
    )


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
