"""One side of a call: its dialog, what it described of its session, and its stream while it passes here."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass, field

from services.pbx.media import sdp
from services.pbx.media.changes import Background
from services.pbx.media.dialog import ALLOW, SDP, Contact, Dialog
from services.pbx.media.dtmf import Keys, from_info
from services.pbx.media.rtp import Ports, Stream
from services.pbx.media.sip import Message, Request, Response, reply, tagged
from services.pbx.media.transactions import Endpoint, Incoming

SOURCE = "x-tikker-source"
"""The header in which the proxy says where it had a message from that opens or changes a session. It removes
those of others."""
TRIES = 3
GLARE_SECONDS = 2.0
"""Both sides asked at once: who did not begin the call waits up to so long (RFC 3261, section 14.1)."""


@dataclass
class Switch:
    """What all calls share. ``legs``: by Call-ID and our tag."""

    endpoint: Endpoint
    contact: Contact
    ports: Ports
    work: Background
    legs: dict[tuple[str, str], Leg] = field(default_factory=dict)
    direct: bool = True


class Leg:
    """``told`` is called when something changed that its call may wait for."""

    def __init__(
        self, switch: Switch, dialog: Dialog, told: Callable[[], None], origin: sdp.Origin | None = None
    ) -> None:
        self.dialog = dialog
        self.told = told
        self.keys = Keys(told)
        self.stream: Stream | None = None
        self.audio: sdp.Audio | None = None
        self.described = b""
        self.peer: Leg | None = None
        self.direct = False
        self.confirmed = False
        self._lost = False
        self._seen_at = ""
        self._ended = False
        self._busy = False
        self._invite: Incoming | None = None
        self._offered = False
        self._origin = origin or sdp.Origin(switch.contact.host)
        self._switch = switch
        switch.legs[(dialog.call_id, dialog.tag)] = self

    @property
    def gone(self) -> bool:
        """Is it over with this side?"""
        return self._lost or (self.stream is not None and self.stream.broken)

    # ---- Sessions

    def here(self) -> sdp.Here:
        """Our end as the next description has it."""
        return self._origin.here(self.stream.port if self.stream is not None else 0)

    def take(self, body: bytes) -> None:
        """What the other side describes of itself. Raises sdp.Unusable."""
        self.audio, self.described = sdp.read(body), body
        if self.stream is not None:
            self.stream.use(self.audio)

    def seen(self, message: Message) -> None:
        """The proxy says where it had this from: speech may come from there too (see rtp.py)."""
        self._seen_at = message.get(SOURCE) or self._seen_at
        if self.stream is not None:
            self.stream.seen_at = self._seen_at

    def attach(self, stream: Stream) -> None:
        self.stream = stream
        stream.seen_at = self._seen_at
        if self.audio is not None:
            stream.use(self.audio)

    def release(self) -> None:
        """Speech passes here no more."""
        if self.stream is not None:
            self._switch.ports.close(self.stream)
            self.stream = None

    def key(self, key: str) -> None:
        self.keys.pressed(key, "rtp")

    # ---- What the other side asks

    def accept(self, incoming: Incoming) -> None:
        """Answer an INVITE: the first, or one that changes how we speak with each other."""
        self.seen(incoming.request)
        body = incoming.request.body
        self._offered = not body
        if body:
            self.take(body)
        described = sdp.answer(self.audio, self.here()) if body and self.audio else sdp.offer(self.here())
        self._answer(incoming, described)

    def _answer(self, incoming: Incoming, described: bytes) -> None:
        self._invite = incoming
        extra = (self._switch.contact.header, ALLOW, ("content-type", SDP))
        response = reply(incoming.request, 200, "OK", *extra, body=described)
        incoming.answer(tagged(response, self.dialog.tag), unacked=self.lost)

    def handle(self, request: Request, incoming: Incoming | None) -> None:
        """A request within the dialog; an ACK has no transaction."""
        if incoming is None:
            self._acked(request)
        elif not self.dialog.in_order(request):
            incoming.respond(500, "Out Of Order")
        elif request.method == "BYE":
            incoming.respond(200, "OK")
            self._ended = True
            self.lost()
        elif request.method == "INVITE":
            self._switch.work.start(self._invited(incoming))
        elif request.method == "INFO":
            self._informed(incoming)
        elif request.method == "OPTIONS":
            incoming.respond(200, "OK", ALLOW)
        else:
            incoming.respond(405, "Method Not Allowed", ALLOW)

    def _acked(self, request: Request) -> None:
        if self._invite is None or self._invite.request.cseq[0] != request.cseq[0]:
            return
        self._invite.acked()
        try:
            if self._offered and (request.body or self.audio is None):
                self.take(request.body)
        except sdp.Unusable:
            self.lost()
        self.confirmed = True
        self.told()

    def _informed(self, incoming: Incoming) -> None:
        request = incoming.request
        kind = request.get("content-type")
        self.keys.pressed(from_info(kind, request.body), "info")
        incoming.respond(200, "OK")
        if self.peer is not None:
            self._switch.endpoint.request(self.peer.dialog.request("INFO", request.body, kind))

    async def _invited(self, incoming: Incoming) -> None:
        """Another description: hold, and back. Whom speech goes to without us has to agree."""
        if self._busy:
            incoming.respond(491, "Request Pending")
            return
        self._busy = True
        try:
            self.dialog.moved(incoming.request)
            if self.direct and self.peer is not None:
                await self._passed_on(incoming, self.peer)
            else:
                self.accept(incoming)
        except sdp.Unusable:
            incoming.respond(488, "Not Acceptable Here")
        finally:
            self._busy = False
            if not incoming.final:
                incoming.respond(500, "Server Internal Error")

    async def _passed_on(self, incoming: Incoming, peer: Leg) -> None:
        body = incoming.request.body
        if not body:  # who asks without an offer gets to see what stands
            self._answer(incoming, sdp.passed_on(peer.described, self.here()))
            return
        incoming.answer(reply(incoming.request, 100, "Trying"))
        response = await peer.invite(body)
        if response.good:
            self.described = body
            self._answer(incoming, sdp.passed_on(response.body, self.here()))
        else:
            incoming.respond(response.status, response.reason)

    # ---- What we ask

    async def invite(self, body: bytes) -> Response:
        """Ask the other side to speak as ``body`` describes, whoever described it. The description that it
        answers is in the response, and kept."""
        if self._busy:
            return Response(status=491, reason="Request Pending", headers=())
        self._busy = True
        try:
            return await self._invite_again(body)
        finally:
            self._busy = False

    async def _invite_again(self, body: bytes) -> Response:
        for _ in range(TRIES):
            request = self.dialog.request("INVITE", sdp.passed_on(body, self.here()))
            outgoing = self._switch.endpoint.request(request)
            response = await outgoing.final
            if response.status != 491 or self.gone:
                break
            await asyncio.sleep(random.uniform(0, GLARE_SECONDS))
        if response.good:
            self.dialog.moved(response)
            self.seen(response)
            outgoing.acknowledge(self.dialog.ack(request.cseq[0]))
            self.described = response.body
        elif response.status in (408, 481):
            self.lost()
        return response

    def lost(self) -> None:
        """It is over with this side."""
        self._lost = True
        self.told()

    def end(self) -> None:
        """Hang up, unless the other side did; free what it has here."""
        if not self._ended:
            self._ended = True
            self._switch.endpoint.request(self.dialog.request("BYE"))
        self._lost = True
        self.release()
        self.forget()

    def forget(self) -> None:
        """Requests do not find it any more."""
        self._switch.legs.pop((self.dialog.call_id, self.dialog.tag), None)
