"""A media server with a proxy before it and somebody who says what to do behind it, in one event loop."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from services.pbx.media.asking import Pbx
from services.pbx.media.server import MediaServer
from services.pbx.media.settings import Settings
from services.pbx.media.transactions import Timers
from tests.support.loops import run
from tests.support.media_director import TOKEN, Listener
from tests.support.sip_caller import HOST, Message, Proxy, Side, Speech
from tests.support.sipp import free_ports

HELLO = bytes(range(1, 161)) * 5
"""100 ms of a sound that is no other."""
QUICK = Timers(t1=0.05, t2=0.2)
QUICKEST = Timers(t1=0.01, t2=0.05)
"""For what happens when nothing comes for 64 × T1."""


@dataclass
class Stage:
    """A media server with what is around it."""

    server: MediaServer
    proxy: Proxy
    pbx: Listener
    speeches: list[Speech] = field(default_factory=list)

    async def telephone(self, payload: int = 8, host: str = HOST) -> Speech:
        self.speeches.append(await Speech(payload).open(host))
        return self.speeches[-1]

    async def call(
        self, phone: Speech, description: str = "", *extra: tuple[str, str]
    ) -> tuple[Side, Message]:
        """Somebody calls, and is answered."""
        side = self.proxy.invite("menu-1", "call-1", description or phone.description(), *extra)
        return side, await self.proxy.answered(side)

    async def over(self, side: Side, method: str = "BYE") -> None:
        """The server hangs up."""
        self.proxy.answer(await self.proxy.take(method, side.call_id), "200 OK")


@asynccontextmanager
async def stage(calls: int = 20, direct: bool = True, timers: Timers = QUICK) -> AsyncIterator[Stage]:
    listener = Listener()
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.bind((HOST, 0))
    (port, first) = free_ports(2)
    settings = Settings(
        bind=HOST,
        advertise=HOST,
        port=port,
        proxy=(HOST, sock.getsockname()[1]),
        nets=(),
        pbx=("127.0.0.1", listener.server_port),
        token=TOKEN,
        calls=calls,
        rtp=(first, first + 200),
        direct=direct,
    )
    server = MediaServer(settings, Pbx(settings.pbx, TOKEN, patience=10, pauses=[0.01] * 4), timers)
    await server.start()
    made = Stage(server, await Proxy((HOST, port)).open(sock), listener)
    try:
        yield made
    finally:
        await server.drain(seconds=0)
        made.proxy.close()
        for speech in made.speeches:
            speech.close()
        await asyncio.to_thread(listener.close)


def played(scene: Callable[[Stage], Coroutine[Any, Any, None]], **settings: Any) -> None:
    async def whole() -> None:
        async with stage(**settings) as made:
            await scene(made)

    run(whole())


async def until(condition: Callable[[], Any]) -> Any:
    async with asyncio.timeout(20):
        while not (value := condition()):
            await asyncio.sleep(0.005)
    return value
