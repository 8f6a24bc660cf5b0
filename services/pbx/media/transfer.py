"""A caller is connected with somebody else: a new INVITE, and then both sides speak with each other directly.

Where they cannot (a caller behind NAT, a telephone that does not agree), their packets pass through here.
"""

from __future__ import annotations

from collections.abc import Callable

from services.pbx.domain.edge.scripts import CALL_HEADER
from services.pbx.media import sdp
from services.pbx.media.dialog import Dialog, invitation, without_parameters
from services.pbx.media.leg import SOURCE, Leg, Switch
from services.pbx.media.metrics import CONNECTED
from services.pbx.media.rtp import Stream
from services.pbx.media.sip import Request, Response
from services.pbx.media.transactions import Outgoing
from shared.logging import get_logger

log = get_logger(__name__)

NO_ROOM = 503
"""What pbx is told when there is nothing to call somebody with."""


class Attempt:
    """The new INVITE. ``target`` is the whole address; ``code`` becomes the final answer's (0 until then,
    ours when there is nothing to offer), ``callee`` who answered; ``early``: the other side speaks before
    it answers."""

    def __init__(self, switch: Switch, caller: Leg, target: str, call: str, told: Callable[[], None]) -> None:
        self.code = 0
        self.callee: Leg | None = None
        self.early = False
        self._switch, self._caller, self._told = switch, caller, told
        self._cancelled = False
        self._origin = sdp.Origin(switch.contact.host)
        self._stream: Stream | None = None
        self._outgoing: Outgoing | None = None
        self._direct = self._may_be_direct()
        self.offered = self._offer()
        if self.offered:
            self._outgoing = self._invite(target, call)
        else:
            self.code = NO_ROOM

    def _invite(self, target: str, call: str) -> Outgoing:
        sender, header = without_parameters(self._caller.dialog.remote), (CALL_HEADER.lower(), call)
        invite = invitation(target, sender, self._switch.contact, self.offered, header)
        outgoing = self._switch.endpoint.request(invite)
        outgoing.told = self._on_the_way
        outgoing.stray = lambda response: self._unwanted(invite, response)
        outgoing.final.add_done_callback(lambda final: self._over(outgoing, final.result()))
        return outgoing

    def _may_be_direct(self) -> bool:
        stream = self._caller.stream
        return self._switch.direct and stream is not None and not stream.behind_nat and not stream.held

    def _offer(self) -> bytes:
        """Nothing when the caller never described speech, or no port is free to pass it through."""
        if self._caller.audio is None:
            return b""
        if self._direct:
            return sdp.passed_on(self._caller.described, self._origin.here(0))
        self._stream = self._switch.ports.open(self._told, lambda key: None)
        if self._stream is None:
            return b""
        return _ours(self._caller.audio, self._origin.here(self._stream.port))

    def _on_the_way(self, response: Response) -> None:
        if not response.body or self.early:
            return
        try:
            audio = sdp.read(response.body)
        except sdp.Unusable:
            return
        if self._stream is not None:
            self._stream.seen_at = response.get(SOURCE)
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

    def _over(self, outgoing: Outgoing, response: Response) -> None:
        if response.good:
            self.callee = self._taken(outgoing, response)
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

    def _taken(self, outgoing: Outgoing, response: Response) -> Leg:
        """Whoever answered gets an ACK, wanted or not."""
        dialog = Dialog.answered(outgoing.request, response, self._switch.contact)
        callee = Leg(self._switch, dialog, self._told, self._origin)
        callee.seen(response)
        outgoing.acknowledge(dialog.ack(dialog.sent))
        if self._stream is not None:
            callee.attach(self._stream)
        try:
            callee.take(response.body)
        except sdp.Unusable:
            callee.described = response.body  # may be fine for the caller's telephone
        return callee

    def _unwanted(self, invite: Request, response: Response) -> None:
        """Somebody else answered at the same moment."""
        dialog = Dialog.answered(invite, response, self._switch.contact)
        self._switch.endpoint.send(dialog.ack(dialog.sent).encode())
        self._switch.endpoint.request(dialog.request("BYE"))

    def cancel(self) -> None:
        self._cancelled = True
        if self.callee is not None:
            self.callee.end()
        if self._outgoing is not None:
            self._outgoing.cancel()

    async def connect(self, callee: Leg) -> None:
        """Caller and callee speak with each other."""
        caller = self._caller
        caller.peer, callee.peer = callee, caller
        if not callee.described:
            callee.lost()
            return
        if self._direct and await self._directly(caller, callee):
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
        try:
            moved = sdp.places(response.body) != sdp.places(self.offered)
        except sdp.Unusable:  # it may speak with the other side already, nobody knows where and how
            log.warning("a caller agrees and does not say to what: hanging up")
            caller.lost()
            return False
        if moved:
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
        assert self._caller.audio is not None, "an INVITE went out, so the caller described speech"
        response = await callee.invite(_ours(self._caller.audio, callee.here()))
        try:
            callee.take(response.body if response.good else b"")
        except sdp.Unusable:
            return False
        return True


def _ours(audio: sdp.Audio, here: sdp.Here) -> bytes:
    """An offer of what the caller speaks with us, so that packets can be passed on as they are."""
    return sdp.offer(here, audio.law, audio.payload, audio.events)
