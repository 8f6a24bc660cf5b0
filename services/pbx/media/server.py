"""The SIP side of the media server: who may call, how many, and which request belongs to which call."""

from __future__ import annotations

import asyncio
import ipaddress
import re
import secrets
import socket
import time
from contextlib import suppress

from services.pbx.domain.edge.scripts import CALL_HEADER
from services.pbx.media import sdp
from services.pbx.media.asking import Pbx
from services.pbx.media.call import Call, House
from services.pbx.media.changes import Background
from services.pbx.media.dialog import ALLOW, Contact, Dialog
from services.pbx.media.leg import Leg, Switch
from services.pbx.media.metrics import CALLS, REFUSED
from services.pbx.media.rtp import Clock, Ports
from services.pbx.media.settings import Settings
from services.pbx.media.sip import Request, parameter, user
from services.pbx.media.sounds import Sounds
from services.pbx.media.transactions import Endpoint, Incoming, Timers
from shared.logging import get_logger

log = get_logger(__name__)

DRAIN_SECONDS = 20.0
LAST_SECONDS = 3.0
"""After calls were hung up: to tell pbx so."""
WATCH_SECONDS = 1.0
LOOK_AGAIN_SECONDS = 1.0
"""How often the proxy's name may be looked up because of a sender that is not known."""
STALL_SECONDS = 5.0
_SCRIPT = re.compile(r"[A-Za-z0-9._~-]{1,60}")
_CALL = re.compile(r"[A-Za-z0-9._:~-]{1,100}")


class Proxy:
    """Where the SIP proxy is. Its address may change while its name stays, as in a cluster."""

    def __init__(self, settings: Settings) -> None:
        self._host, self._port = settings.proxy
        self._nets = settings.nets
        self._looked_up = 0.0
        self.address = (self._host, self._port)

    async def look_up(self) -> None:
        """Raises OSError when the name is not known."""
        loop = asyncio.get_running_loop()
        self._looked_up = loop.time()
        found = await loop.getaddrinfo(self._host, self._port, family=socket.AF_INET, type=socket.SOCK_DGRAM)
        self.address = (str(found[0][4][0]), self._port)

    def believed(self, source: tuple[str, int]) -> bool:
        return source == self.address or any(ipaddress.ip_address(source[0]) in net for net in self._nets)

    @property
    def may_look_up(self) -> bool:
        return asyncio.get_running_loop().time() - self._looked_up > LOOK_AGAIN_SECONDS


class MediaServer:
    """``start()``, then ``drain()``; made within a running loop."""

    def __init__(self, settings: Settings, pbx: Pbx, timers: Timers | None = None) -> None:
        self.calls: set[Call] = set()
        self.draining = False
        self.clock = Clock()
        self.work = Background()
        self._settings = settings
        self._proxy = Proxy(settings)
        self._endpoint = Endpoint(self._believed, lambda: self._proxy.address, self._requested, timers)
        contact = Contact(settings.advertise, settings.port)
        ports = Ports(settings.bind, *settings.rtp, self.clock)
        switch = Switch(self._endpoint, contact, ports, self.work, direct=settings.direct)
        proxy = f"{settings.proxy[0]}:{settings.proxy[1]}"
        self._house = House(switch, pbx, Sounds(pbx.sound), proxy)
        self._going: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Raises OSError when the port is taken, or the proxy's name is not known."""
        await self._proxy.look_up()
        if self._settings.calls > self._settings.relayed:
            log.warning(
                "too few ports for speech: a call that passes through here between two sides takes two",
                calls=self._settings.calls,
                enough_for=self._settings.relayed,
            )
        where = (self._settings.bind, self._settings.port)
        loop = asyncio.get_running_loop()
        await loop.create_datagram_endpoint(lambda: self._endpoint, local_addr=where)
        self._going = [loop.create_task(self.clock.run()), loop.create_task(self._watch())]

    async def drain(self, seconds: float = DRAIN_SECONDS) -> None:
        """No new calls; those that run may end by themselves for so long."""
        self.draining = True
        loop = asyncio.get_running_loop()
        end = loop.time() + seconds
        while self.calls and loop.time() < end:
            await asyncio.sleep(0.1)
        for call in self.calls:
            call.caller.lost()
        await self._finish()

    async def broken(self) -> BaseException | None:
        """Returns when what keeps all calls going has ended, which it should not; says why."""
        ended, _ = await asyncio.wait(self._going, return_when=asyncio.FIRST_COMPLETED)
        return next((task.exception() for task in ended if not task.cancelled()), None)

    async def _finish(self) -> None:
        if self.work.tasks:
            _, late = await asyncio.wait(set(self.work.tasks), timeout=LAST_SECONDS)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        for task in self._going:
            task.cancel()
        self._endpoint.close()

    def turning(self) -> None:
        """Raises RuntimeError when the clock stands still. For the health page, in a thread of its own."""
        if any(task.done() for task in self._going):
            raise RuntimeError("the clock has ended")
        age = time.monotonic() - self.clock.turned
        if age > STALL_SECONDS:
            raise RuntimeError(f"the clock has not turned for {age:.0f} s")

    def taking_calls(self) -> None:
        """Raises RuntimeError when no call is taken."""
        if self.draining:
            raise RuntimeError("going down: no new calls")

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(WATCH_SECONDS)
            for call in tuple(self.calls):
                call.watch()

    def _believed(self, source: tuple[str, int]) -> bool:
        if self._proxy.believed(source):
            return True
        if self._proxy.may_look_up:
            self.work.start(self._look_up())
        return False

    async def _look_up(self) -> None:
        with suppress(OSError):
            await self._proxy.look_up()

    # ---- Requests

    def _requested(self, request: Request, incoming: Incoming | None) -> None:
        tag = parameter(request.get("to"), "tag")
        leg = self._house.switch.legs.get((request.call_id, tag)) if tag else None
        if leg is not None and request.method != "CANCEL":
            leg.handle(request, incoming)
        elif incoming is None:
            return  # an ACK of a call that is over
        elif request.method == "CANCEL":  # calls are answered at once: it comes too late, or about nothing
            known = self._endpoint.invited(request)
            incoming.respond(*((200, "OK") if known else (481, "Call/Transaction Does Not Exist")))
        elif tag:
            incoming.respond(481, "Call/Transaction Does Not Exist")
        elif request.method == "OPTIONS":
            incoming.respond(200, "OK", ALLOW)
        elif request.method == "INVITE":
            self._invited(request, incoming)
        else:
            incoming.respond(405, "Method Not Allowed", ALLOW)

    def _invited(self, request: Request, incoming: Incoming) -> None:
        name, script = request.get(CALL_HEADER.lower()), user(request.uri)
        refusal = self._refusal(request, name, script)
        if refusal is None:
            try:
                if request.body:
                    sdp.read(request.body)
            except sdp.Unusable:
                refusal = 488, "Not Acceptable Here"
        if refusal is None and not self._answered(incoming, name, script):
            refusal = 503, "Service Unavailable"
        if refusal is not None:
            REFUSED.labels(refusal[0]).inc()
            extra = (("unsupported", request.get("require")),) if refusal[0] == 420 else ()
            incoming.respond(*refusal, *extra)

    def _refusal(self, request: Request, name: str, script: str) -> tuple[int, str] | None:
        listening = sum(call.caller.stream is not None for call in self.calls)
        if self.draining or listening >= self._settings.calls:
            return 503, "Service Unavailable"
        if not _CALL.fullmatch(name) or not _SCRIPT.fullmatch(script):
            return 404, "Not Found"
        if request.get("require"):
            return 420, "Bad Extension"
        return None

    def _answered(self, incoming: Incoming, name: str, script: str) -> bool:
        """Begin a call; False when there is no port for its speech."""
        switch = self._house.switch
        call = Call(self._house, name, script)
        dialog = Dialog.accepted(incoming.request, secrets.token_hex(8), switch.contact)
        leg = Leg(switch, dialog, call.changes)
        stream = switch.ports.open(call.changes, leg.key)
        if stream is None:
            leg.forget()
            return False
        leg.attach(stream)
        call.caller = leg
        leg.accept(incoming)
        self.calls.add(call)
        CALLS.inc()
        self.work.start(self._run(call))
        return True

    async def _run(self, call: Call) -> None:
        try:
            await call.run()
        finally:
            self.calls.discard(call)
            CALLS.dec()
