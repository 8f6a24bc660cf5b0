"""A caller is connected with somebody else: a new INVITE, and then both sides speak with each other directly.

Where they cannot (a caller behind NAT, a telephone that does not agree), their packets pass through here.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from services.pbx.domain.edge.scripts import CALL_HEADER
from services.pbx.media import sdp
from services.pbx.media.dialog import Dialog, invitation, without_parameters
from services.pbx.media.leg import Leg, Switch
from services.pbx.media.metrics import CONNECTED
from services.pbx.media.rtp import Stream
from services.pbx.media.sip import Response
from services.pbx.media.transactions import Outgoing
from shared.logging import get_logger

log = get_logger(__name__)


class Attempt:
    """The new INVITE. ``target`` is the whole address; ``code`` becomes the final answer's (0 until then),
    ``callee`` who answered; ``early``: the other side speaks before it answers."""

    def __init__(self, switch: Switch, caller: Leg, target: str, call: str, told: Callable[[], None]) -> None:
        self.code = 0
        self.callee: Leg | None = None
        self.early = False
        self._switch, self._caller, self._told = switch, caller, told
        self._cancelled = False
        self._origin = sdp.Origin(switch.contact.host)
        self._stream = None if self._may_be_direct() else switch.ports.open(told, lambda key: None)
        self.offered = self._offer()
        sender = without_parameters(caller.dialog.remote)
        header = (CALL_HEADER.lower(), call)
        invite = invitation(target, sender, switch.contact, self.offered, header)
        self._outgoing: Outgoing = switch.endpoint.request(invite)
        self._outgoing.told = self._on_the_way
        self._outgoing.stray = self._unwanted
        self._outgoing.final.add_done_callback(self._over)

    def _may_be_direct(self) -> bool:
        stream = self._caller.stream
        return self._switch.direct and stream is not None and not stream.behind_nat and not stream.held

    def _offer(self) -> bytes:
        if self._stream is None:
            return sdp.passed_on(self._caller.described, self._origin.here(0))
        return _ours(self._caller, self._origin.here(self._stream.port))

    def _on_the_way(self, response: Response) -> None:
        if not response.body or self.early:
            return
        try:
            audio = sdp.read(response.body)
        except sdp.Unusable:
            return
        if self._stream is not None:
            self._stream.use(audio)
        self.early = True
        self._told()

    def listen(self) -> None:
        """The caller hears what comes from the other side, and nothing of ours."""
        if self._caller.stream is not None:
            self._caller.stream.muted = True
            self._join(self._caller.stream, self._stream)

    def _join(self, caller: Stream | None, callee: Stream | None) -> None:
        if caller is not None and callee is not None:
            caller.relay, callee.relay = callee, caller

    def _over(self, final: asyncio.Future[Response]) -> None:
        response = final.result()
        if response.good:
            self.callee = self._taken(response)
            self.callee.confirmed = True
            if self._cancelled:
                self.callee.end()
        else:
            self._forget()
        self.code = response.status
        self._told()

    def _forget(self) -> None:
        if self._stream is not None:
            self._switch.ports.close(self._stream)
        if self._caller.stream is not None:
            self._caller.stream.relay, self._caller.stream.muted = None, False

    def _taken(self, response: Response) -> Leg:
        """Whoever answered gets an ACK, wanted or not."""
        dialog = Dialog.answered(self._outgoing.request, response, self._switch.contact)
        callee = Leg(self._switch, dialog, self._told, self._origin)
        self._outgoing.acknowledge(dialog.ack(dialog.sent))
        if self._stream is not None:
            callee.attach(self._stream)
        try:
            callee.take(response.body)
        except sdp.Unusable:
            callee.described = response.body  # may be fine for the caller's telephone
        return callee

    def _unwanted(self, response: Response) -> None:
        """Somebody else answered at the same moment."""
        dialog = Dialog.answered(self._outgoing.request, response, self._switch.contact)
        self._switch.endpoint.send(dialog.ack(dialog.sent).encode())
        self._switch.endpoint.request(dialog.request("BYE"))

    def cancel(self) -> None:
        self._cancelled = True
        if self.callee is not None:
            self.callee.end()
        self._outgoing.cancel()

    async def connect(self, callee: Leg) -> None:
        """Caller and callee speak with each other."""
        caller = self._caller
        caller.peer, callee.peer = callee, caller
        if not callee.described:
            callee.lost()
            return
        if self._stream is None and await self._directly(caller, callee):
            CONNECTED.labels("direct").inc()
            return
        if caller.gone or callee.gone:
            return
        if callee.stream is None and not await self._through_us(callee):
            callee.lost()
            return
        self._join(caller.stream, callee.stream)
        CONNECTED.labels("relay").inc()

    async def _directly(self, caller: Leg, callee: Leg) -> bool:
        response = await caller.invite(callee.described)
        if not response.good:
            log.warning("two sides cannot speak directly", code=response.status)
            return False
        if sdp.places(response.body) != sdp.places(self.offered):
            await callee.invite(response.body)
        caller.direct = callee.direct = True
        caller.release()
        return True

    async def _through_us(self, callee: Leg) -> bool:
        """Ask who answered to speak with us instead."""
        stream = self._switch.ports.open(callee.told, callee.key)
        if stream is None:
            return False
        callee.attach(stream)
        response = await callee.invite(_ours(self._caller, callee.here()))
        try:
            callee.take(response.body if response.good else b"")
        except sdp.Unusable:
            return False
        return True


def _ours(caller: Leg, here: sdp.Here) -> bytes:
    """An offer of what the caller speaks with us, so that packets can be passed on as they are."""
    assert caller.audio is not None
    audio = caller.audio
    return sdp.offer(here, audio.law, audio.payload, audio.events)
