"""SIP transactions over UDP: what is lost comes again, what comes twice counts once (RFC 3261, section 17).

One socket, one proxy: requests of anybody else are dropped unread, and all that we send goes to the proxy.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

from services.pbx.media.metrics import DROPPED
from services.pbx.media.sip import Malformed, Request, Response, parameter, parse, reply, tagged
from shared.logging import get_logger

log = get_logger(__name__)

Address = tuple[str, int]


@dataclass(frozen=True)
class Timers:
    """T1 and T2 of RFC 3261, in seconds; ``life`` (64 × T1) is how long anything is tried."""

    t1: float = 0.5
    t2: float = 4.0

    @property
    def life(self) -> float:
        return 64 * self.t1


class Incoming:
    """A request of the proxy, and what was answered to it; ``final``: was it, and not only on the way?"""

    def __init__(self, endpoint: Endpoint, request: Request, source: Address) -> None:
        self.request = request
        self._endpoint = endpoint
        self._source = source
        self._last = b""
        self.final = self.good = False
        self._settled = False
        self._unacked: Callable[[], None] | None = None

    def answer(self, response: Response, unacked: Callable[[], None] | None = None) -> None:
        """Send it, and again whenever the request comes again. The final answer to an INVITE comes again by
        itself until its ACK; ``unacked`` is called when a good one never gets it."""
        self._last = response.encode()
        self.again()
        if response.status >= 200:
            self.final, self.good, self._unacked = True, response.good, unacked
            loop, timers = asyncio.get_running_loop(), self._endpoint.timers
            loop.call_later(timers.life, self._over)
            if self.request.method == "INVITE":
                loop.call_later(timers.t1, self._repeat, timers.t1)

    def respond(self, status: int, reason: str, *extra: tuple[str, str]) -> None:
        self.answer(tagged(reply(self.request, status, reason, *extra), secrets.token_hex(8)))

    def again(self) -> None:
        if self._last:
            self._endpoint.send(self._last, self._source)

    def acked(self) -> None:
        self._settled = True

    def _repeat(self, waited: float) -> None:
        if self._settled:
            return
        self.again()
        pause = min(2 * waited, self._endpoint.timers.t2)
        asyncio.get_running_loop().call_later(pause, self._repeat, pause)

    def _over(self) -> None:
        self._endpoint.forget_incoming(self.request)
        if not self._settled:
            self._settled = True
            if self._unacked is not None:
                self._unacked()


class Outgoing:
    """A request of ours. ``final`` becomes its answer, 408 when there is none. ``told`` gets answers on the
    way, ``stray`` a second good one of somebody else, as when two telephones were quick."""

    def __init__(self, endpoint: Endpoint, request: Request) -> None:
        self.request = request
        self.final: asyncio.Future[Response] = asyncio.get_running_loop().create_future()
        self.told: Callable[[Response], None] | None = None
        self.stray: Callable[[Response], None] | None = None
        self._endpoint = endpoint
        self._invite = request.method == "INVITE"
        self._ringing = False
        self._cancelled = False
        self._ack = b""
        self._data = request.encode()
        endpoint.send(self._data)
        loop, timers = asyncio.get_running_loop(), endpoint.timers
        loop.call_later(timers.t1, self._repeat, timers.t1)
        self._limit = loop.call_later(timers.life, self._give_up)

    def received(self, response: Response) -> None:
        if response.status < 200:
            self._provisional(response)
        elif self._invite and response.good:
            self._answered(response)
        else:
            if self._invite:
                self._endpoint.send(_ack_of_refusal(self.request, response))
            self._finish(response)

    def _provisional(self, response: Response) -> None:
        first, self._ringing = not self._ringing, True
        if self._invite and first:
            self._limit.cancel()
            if self._cancelled:
                self._send_cancel()
        if self.told is not None and not self.final.done():
            self.told(response)

    def _answered(self, response: Response) -> None:
        if not self.final.done():
            self._finish(response)
        elif parameter(response.get("to"), "tag") == parameter(self.final.result().get("to"), "tag"):
            if self._ack:
                self._endpoint.send(self._ack)
        elif self.stray is not None:
            self.stray(response)

    def acknowledge(self, ack: Request) -> None:
        """Send the ACK of a good answer, and again whenever that comes again."""
        self._ack = ack.encode()
        self._endpoint.send(self._ack)

    def cancel(self) -> None:
        """Take an INVITE back, as soon as the other side has shown that it has it (section 9.1)."""
        if self.final.done() or self._cancelled:
            return
        self._cancelled = True
        if self._ringing:
            self._send_cancel()

    def _send_cancel(self) -> None:
        same = ("from", "to", "call-id", "max-forwards", "route")
        kept = tuple(h for h in self.request.headers if h[0] in same)
        number = self.request.cseq[0]
        via = ("via", self.request.get("via"))
        headers = (via, *kept, ("cseq", f"{number} CANCEL"))
        self._endpoint.request(Request(method="CANCEL", uri=self.request.uri, headers=headers))
        self._limit.cancel()
        self._limit = asyncio.get_running_loop().call_later(self._endpoint.timers.life, self._give_up)

    def _repeat(self, waited: float) -> None:
        if self.final.done() or (self._invite and self._ringing):
            return
        self._endpoint.send(self._data)
        pause = 2 * waited if self._invite else min(2 * waited, self._endpoint.timers.t2)
        asyncio.get_running_loop().call_later(pause, self._repeat, pause)

    def _give_up(self) -> None:
        self._finish(Response(status=408, reason="Request Timeout", headers=self.request.headers))

    def _finish(self, response: Response) -> None:
        self._limit.cancel()
        if not self.final.done():
            self.final.set_result(response)
            loop = asyncio.get_running_loop()
            loop.call_later(self._endpoint.timers.life, self._endpoint.forget_outgoing, self.request)


def _ack_of_refusal(invite: Request, response: Response) -> bytes:
    """The ACK that belongs to the transaction itself (section 17.1.1.3)."""
    kept = tuple(h for h in invite.headers if h[0] in ("from", "call-id", "max-forwards", "route"))
    about = (("to", response.get("to")), ("cseq", f"{invite.cseq[0]} ACK"))
    headers = (("via", invite.get("via")), *kept, *about)
    return Request(method="ACK", uri=invite.uri, headers=headers).encode()


class Endpoint(asyncio.DatagramProtocol):
    """The SIP socket. ``handle`` gets each new request once; an ACK comes with None."""

    def __init__(
        self,
        believed: Callable[[Address], bool],
        proxy: Callable[[], Address],
        handle: Callable[[Request, Incoming | None], None],
        timers: Timers | None = None,
    ) -> None:
        self.timers = timers or Timers()
        self._believed = believed
        self._proxy = proxy
        self._handle = handle
        self._incoming: dict[tuple[str, str, str], Incoming] = {}
        self._outgoing: dict[tuple[str, str], Outgoing] = {}
        self._transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.DatagramTransport, transport)  # which it does not inherit from

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()

    def send(self, data: bytes, to: Address | None = None) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.sendto(data, to or self._proxy())

    def request(self, request: Request) -> Outgoing:
        made = Outgoing(self, request)
        self._outgoing[_own(request)] = made
        return made

    def datagram_received(self, data: bytes, source: Address) -> None:
        if not self._believed(source[:2]):
            DROPPED.labels("source").inc()
            return
        if not data.strip(b"\r\n\x00 "):
            return  # keeps a way through NAT open
        try:
            message = parse(data)
        except Malformed:
            DROPPED.labels("malformed").inc()
            return
        if isinstance(message, Response):
            self._received(message)
        else:
            self._requested(message, source)

    def _received(self, response: Response) -> None:
        outgoing = self._outgoing.get((response.branch[0], response.cseq[1]))
        if outgoing is not None:
            outgoing.received(response)

    def _requested(self, request: Request, source: Address) -> None:
        if request.method == "ACK":
            invite = self._incoming.get((*request.branch, "INVITE"))
            if invite is not None:
                invite.acked()
            if invite is None or invite.good:
                self._handled(request, None)
            return
        key = (*request.branch, request.method)
        known = self._incoming.get(key)
        if known is not None:
            known.again()
            return
        incoming = self._incoming[key] = Incoming(self, request, source)
        self._handled(request, incoming)

    def _handled(self, request: Request, incoming: Incoming | None) -> None:
        """A request without a final answer would be kept for ever."""
        try:
            self._handle(request, incoming)
        except Exception:
            log.exception("a request could not be handled", method=request.method)
            if incoming is not None and not incoming.final:
                incoming.respond(500, "Server Internal Error")

    def invited(self, request: Request) -> bool:
        """Is there an INVITE that this CANCEL is about?"""
        return (*request.branch, "INVITE") in self._incoming

    def forget_incoming(self, request: Request) -> None:
        self._incoming.pop((*request.branch, request.method), None)

    def forget_outgoing(self, request: Request) -> None:
        self._outgoing.pop(_own(request), None)


def _own(request: Request) -> tuple[str, str]:
    return request.branch[0], request.method
