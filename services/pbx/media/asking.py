"""Asks pbx's listener what to do, by HTTP. In threads: speech goes on meanwhile."""

from __future__ import annotations

import asyncio
import http.client
import threading
import time
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TypeVar
from urllib.parse import quote

import msgspec
from msgspec import Struct

from services.pbx.domain.edge.scripts import Act, Heard
from services.pbx.media.metrics import HEARD, UNANSWERED
from shared.logging import get_logger

log = get_logger(__name__)

T = TypeVar("T")

PATIENCE = 0.9
"""Seconds that pbx has for an answer."""
PAUSES = (0.1, 0.3, 0.8, 1.8)
"""Between tries, in seconds: so long one copy of pbx may need to store what another is asked about. A caller
hears nothing then."""
IDLE_SECONDS = 30.0
"""Half of what the listener leaves open: a connection that was idle for longer is not used again."""
LARGEST_ANSWER = 8_000_000
"""A-law of a quarter of an hour; sounds are five minutes at most."""
THREADS = 16


class Away(Exception):
    """pbx gives no answer."""


class Refused(Exception):
    """pbx answers that it will not, or what nobody understands; asking again changes nothing."""


class Kept(Struct, frozen=True):
    id: str


class Pbx:
    """``address``: host and port of pbx's listener; ``token`` opens it. There is one try more than there are
    ``pauses``."""

    def __init__(
        self,
        address: tuple[str, int],
        token: str,
        patience: float = PATIENCE,
        pauses: Sequence[float] = PAUSES,
    ) -> None:
        self._address = address
        self._authorization = f"Bearer {token}"
        self._patience, self._pauses = patience, tuple(pauses)
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="pbx")
        self._open = threading.local()

    async def next(self, heard: Heard) -> Act:
        """What to do now. Raises Away, Refused."""
        HEARD.labels(heard.event).inc()
        body = msgspec.json.encode(heard)
        return _read(await self._asked("next", "POST", "/media/next", body, "application/json"), Act)

    async def sound(self, name: str) -> bytes:
        """A sound as A-law. Raises Away, Refused."""
        return await self._asked("sound", "GET", f"/media/sound/{quote(name, safe='')}")

    async def keep(self, call: str, at: str, alaw: bytes) -> str:
        """Hand over a recording; the ID that it has there. Raises Away, Refused."""
        path = f"/media/recording?call={quote(call, safe='')}&at={quote(at, safe='')}"
        return _read(await self._asked("recording", "POST", path, alaw, "audio/x-alaw-basic"), Kept).id

    def check(self) -> None:
        """Returns when the listener takes connections. For the health page, in a thread of its own."""
        connection = http.client.HTTPConnection(*self._address, timeout=self._patience)
        try:
            connection.connect()
        finally:
            connection.close()

    async def _asked(self, what: str, method: str, path: str, body: bytes = b"", kind: str = "") -> bytes:
        loop = asyncio.get_running_loop()
        why = ""
        for pause in (*self._pauses, None):
            try:
                status, answer = await loop.run_in_executor(self._pool, self._send, method, path, body, kind)
            except (OSError, http.client.HTTPException) as problem:
                why = f"{type(problem).__name__}: {problem}"[:200]
            else:
                if status == 200:
                    return answer
                if status < 500:
                    UNANSWERED.labels(what).inc()
                    raise Refused(f"pbx answers {status}")
                why = f"pbx answers {status}"
            if pause is not None:
                await asyncio.sleep(pause)
        UNANSWERED.labels(what).inc()
        raise Away(why)

    def _send(self, method: str, path: str, body: bytes, kind: str) -> tuple[int, bytes]:
        """One request, on the connection that this thread kept. When the listener closed that meanwhile, as
        it does with idle ones, at once on a new one: that is no try (RFC 9112, section 9.3.1)."""
        kept = self._kept()
        if kept is not None:
            with suppress(ConnectionError):
                return self._exchanged(kept, method, path, body, kind)
        new = http.client.HTTPConnection(*self._address, timeout=self._patience)
        return self._exchanged(new, method, path, body, kind)

    def _kept(self) -> http.client.HTTPConnection | None:
        """What this thread kept, once, unless it is too old."""
        connection: http.client.HTTPConnection | None = getattr(self._open, "connection", None)
        self._open.connection = None
        if connection is not None and time.monotonic() - self._open.since > IDLE_SECONDS:
            connection.close()
            return None
        return connection

    def _exchanged(
        self, connection: http.client.HTTPConnection, method: str, path: str, body: bytes, kind: str
    ) -> tuple[int, bytes]:
        """Kept for the next request, unless anything goes wrong on it."""
        headers = {"Authorization": self._authorization}
        if kind:
            headers["Content-Type"] = kind
        try:
            connection.request(method, path, body or None, headers)
            response = connection.getresponse()
            answer = response.read(LARGEST_ANSWER + 1)
        except BaseException:
            connection.close()
            raise
        if len(answer) > LARGEST_ANSWER:
            connection.close()
            raise http.client.HTTPException("an answer that is too long")
        self._open.connection, self._open.since = connection, time.monotonic()
        return response.status, answer


def _read(body: bytes, kind: type[T]) -> T:
    try:
        return msgspec.json.decode(body, type=kind)
    except ValueError as problem:
        raise Refused(f"pbx says what cannot be read: {problem}"[:200]) from problem


async def until_taken(
    deliver: Callable[[], Awaitable[T]], seconds: float, pause: float = 5.0, most: float = 30.0
) -> T:
    """Try for so long as pbx is away. Raises Away at last, Refused at once."""
    loop = asyncio.get_running_loop()
    end = loop.time() + seconds
    while True:
        try:
            return await deliver()
        except Away:
            if loop.time() + pause > end:
                raise
        log.warning("pbx does not take a recording yet, it is tried again", pause_s=pause)
        await asyncio.sleep(pause)
        pause = min(2 * pause, most)
