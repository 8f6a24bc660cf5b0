"""Sounds that were asked for before are not asked for again: what a name stands for never changes."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence

from services.pbx.media.asking import Away, Refused
from shared.logging import get_logger

log = get_logger(__name__)

ROOM = 64_000_000
"""Bytes: two hours of A-law."""


class Sounds:
    """``fetch`` gives a sound by its name; raises Away or Refused."""

    def __init__(self, fetch: Callable[[str], Awaitable[bytes]], room: int = ROOM) -> None:
        self._fetch = fetch
        self._room = room
        self._used = 0
        self._kept: OrderedDict[str, bytes] = OrderedDict()
        self._under_way: dict[str, asyncio.Task[bytes]] = {}

    async def all(self, names: Sequence[str]) -> list[bytes]:
        """A sound that cannot be had is left out: a menu without its announcement still takes keys."""
        return await asyncio.gather(*(self._one(name) for name in names))

    async def _one(self, name: str) -> bytes:
        if name in self._kept:
            self._kept.move_to_end(name)
            return self._kept[name]
        task = self._under_way.get(name)
        if task is None:
            task = self._under_way[name] = asyncio.create_task(self._get(name))
        return await asyncio.shield(task)  # others may wait for it too

    async def _get(self, name: str) -> bytes:
        try:
            sound = await self._fetch(name)
        except (Away, Refused) as problem:
            log.error("a sound is left out", sound=name, reason=str(problem))
            return b""
        finally:
            del self._under_way[name]
        self._kept[name] = sound
        self._used += len(sound)
        while self._used > self._room:
            self._used -= len(self._kept.popitem(last=False)[1])
        return sound
