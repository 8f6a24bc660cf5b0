"""A SIP telephone that speaks: it calls and is called through the proxy, and hears and says speech.

Reacts to what comes, unlike a scenario of sipp; reads messages with :mod:`tests.support.sip_caller`.
"""

from __future__ import annotations

import asyncio
import hashlib
import itertools
import re
from collections.abc import Callable
from typing import cast

from tests.support.sip_caller import GIVE_UP_SECONDS, HOST, LOUD, Message, Speech, read
from tests.support.sipp import REALM

ANSWERS, RINGS, BUSY = "answers", "rings", "busy"
_number = itertools.count(1)


class Telephone(asyncio.DatagramProtocol):
    """``name`` is the user that it calls as; with ``password`` it is one of ours. ``does``: what it does with
    a call that comes. ``claims``: headers in all that it sends. One call at a time."""

    def __init__(self, proxy: int, name: str, password: str = "", does: str = ANSWERS) -> None:
        self.proxy = (HOST, proxy)
        self.name, self.password, self.does = name, password, does
        self.speech = Speech()
        self.far: tuple[str, int] = (HOST, 0)
        self.rung = self.talking = self.over = False
        self.refused = 0
        self.shown = ""
        self.claims: tuple[str, ...] = ()
        self._changed = asyncio.Event()
        self._invite: Message | None = None
        self._to = ""
        self._call_id, self._tag, self._cseq = "", f"t{next(_number)}", 0
        self._local = self._remote = self._target = ""
        self._routes: list[str] = []

    async def open(self, port: int) -> Telephone:
        loop = asyncio.get_running_loop()
        await loop.create_datagram_endpoint(lambda: self, local_addr=(HOST, port))
        self.port = port
        await self.speech.open()
        return self

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.DatagramTransport, transport)

    def close(self) -> None:
        self._transport.close()
        self.speech.close()

    async def until(self, true: Callable[[], object], what: str) -> None:
        """Until something that came made it true."""
        try:
            async with asyncio.timeout(GIVE_UP_SECONDS):
                while not true():
                    self._changed.clear()
                    await self._changed.wait()
        except TimeoutError:
            raise AssertionError(f"{self.name}: no {what}; refused with {self.refused}") from None

    # ---- What it does

    async def call(self, to: str) -> None:
        """Call, and wait until somebody or something answers."""
        self._to = to
        self._call_id = f"{self._tag}-{next(_number)}@{HOST}"
        self._local, self._remote = f"<sip:{self.name}@{REALM}>;tag={self._tag}", f"<sip:{to}@{REALM}>"
        self._target, self._routes = f"sip:{to}@{REALM}", []
        self._request("INVITE", body=self.speech.description())
        await self.until(lambda: self.talking or self.refused, "answer")

    def hang_up(self) -> None:
        self.over = True
        self._request("BYE")

    def say(self, seconds: float, frame: bytes = LOUD) -> None:
        """All at once: packets say themselves when they are to be heard."""
        self.speech.say(self.far, *[frame] * int(seconds * 50))

    def press(self, keys: str) -> None:
        self.speech.press(self.far, keys)

    async def hears(self, sound: bytes) -> None:
        """Until it has heard this, wherever it began."""
        await self.speech.hears(lambda heard: sound in heard)

    # ---- SIP

    def _request(self, method: str, *extra: str, body: str = "", cseq: int = 0) -> None:
        self._cseq = cseq or self._cseq + 1
        lines = (
            f"{method} {self._target} SIP/2.0",
            f"Via: SIP/2.0/UDP {HOST}:{self.port};branch=z9hG4bKt{next(_number)};rport",
            *(f"Route: {route}" for route in self._routes),
            "Max-Forwards: 70",
            f"From: {self._local}",
            f"To: {self._remote}",
            f"Call-ID: {self._call_id}",
            f"CSeq: {self._cseq} {method}",
            f"Contact: <sip:{self.name}@{HOST}:{self.port}>",
            *extra,
            *self.claims,
            *(["Content-Type: application/sdp"] if body else []),
            f"Content-Length: {len(body)}",
        )
        self._send("\r\n".join((*lines, "", body)))

    def _send(self, text: str) -> None:
        self._transport.sendto(text.encode(), self.proxy)

    def datagram_received(self, data: bytes, source: tuple[str, int]) -> None:
        if len(data) < 10:  # the proxy keeps a way through NAT open
            return
        message = read(data)
        if message.start.startswith("SIP/2.0"):
            self._answered(message)
        else:
            self._asked(message)
        self._changed.set()

    def _answered(self, message: Message) -> None:
        status, method = message.what.split()
        if method != "INVITE" or status.startswith("1"):
            return
        if status == "200":
            self._remote, self._target = message.get("To"), _uri(message.get("Contact"))
            self._routes = message.all("Record-Route")[::-1]
            self._acknowledge(message)
            self.far, self.talking = message.media, True
            return
        self._refuse_acknowledged(message)
        if status == "407" and self.password and "Proxy-Authorization" not in self._sent_with:
            proof = self._proof(message.get("Proxy-Authenticate"), "INVITE")
            self._request("INVITE", f"Proxy-Authorization: {proof}", body=self.speech.description())
            self._sent_with = "Proxy-Authorization"
            return
        self.refused = int(status)

    _sent_with = ""

    def _acknowledge(self, message: Message) -> None:
        before = self._cseq
        self._request("ACK", cseq=int(message.get("CSeq").split()[0]))
        self._cseq = before

    def _refuse_acknowledged(self, message: Message) -> None:
        """The ACK of a refusal goes the way of its INVITE (RFC 3261, 17.1.1.3)."""
        number = message.get("CSeq").split()[0]
        lines = (
            f"ACK sip:{self._to}@{REALM} SIP/2.0",
            f"Via: {message.get('Via')}",
            "Max-Forwards: 70",
            f"From: {message.get('From')}",
            f"To: {message.get('To')}",
            f"Call-ID: {message.get('Call-ID')}",
            f"CSeq: {number} ACK",
            "Content-Length: 0",
        )
        self._send("\r\n".join((*lines, "", "")))

    def _proof(self, challenge: str, method: str) -> str:
        given = dict(re.findall(r'(\w+)="?([^",]+)"?', challenge))
        uri, count, once = f"sip:{self._to}@{REALM}", "00000001", "0a4f113b"
        secret = _md5(f"{self.name}:{given['realm']}:{self.password}")
        wanted = (secret, given["nonce"], count, once, "auth", _md5(f"{method}:{uri}"))
        return (
            f'Digest username="{self.name}", realm="{given["realm"]}", nonce="{given["nonce"]}", '
            f'uri="{uri}", qop=auth, nc={count}, cnonce="{once}", response="{_md5(":".join(wanted))}"'
        )

    # ---- Being called, or asked within a call

    def _asked(self, request: Message) -> None:
        match request.what:
            case "INVITE" if self.talking:
                self._agree(request)
            case "INVITE":
                self._ring(request)
            case "ACK":
                pass
            case "CANCEL" if self._invite is not None:
                self._answer(request, "200 OK")
                self._answer(self._invite, "487 Request Terminated")
            case "BYE":
                self._answer(request, "200 OK")
                self.over, self.talking = True, False
            case _:
                self._answer(request, "200 OK")

    def _ring(self, request: Message) -> None:
        self.shown = request.get("From")
        if self.rung:
            return  # once more: it is ringing
        self.rung, self._invite = True, request
        if self.does == BUSY:
            self._answer(request, "486 Busy Here")
            return
        self._answer(request, "180 Ringing")
        if self.does == ANSWERS:
            self.pick_up()

    def pick_up(self) -> None:
        request = self._invite
        assert request is not None
        self._call_id, self._routes = request.get("Call-ID"), request.all("Record-Route")
        self._remote, self._target = request.get("From"), _uri(request.get("Contact"))
        self._local = f"{request.get('To')};tag={self._tag}"
        self._agree(request)
        self.talking = True

    def _agree(self, request: Message) -> None:
        if request.body:
            self.far = request.media
        self._answer(request, "200 OK", self.speech.description())

    def _answer(self, request: Message, status: str, body: str = "") -> None:
        to = request.get("To")
        lines = (
            f"SIP/2.0 {status}",
            *(f"{name}: {value}" for name in ("Via", "Record-Route") for value in request.all(name)),
            f"From: {request.get('From')}",
            f"To: {to if ';tag=' in to else f'{to};tag={self._tag}'}",
            f"Call-ID: {request.get('Call-ID')}",
            f"CSeq: {request.get('CSeq')}",
            f"Contact: <sip:{self.name}@{HOST}:{self.port}>",
            *self.claims,
            *(["Content-Type: application/sdp"] if body else []),
            f"Content-Length: {len(body)}",
        )
        self._send("\r\n".join((*lines, "", body)))


def _uri(header: str) -> str:
    found = re.search(r"<([^>]+)>", header)
    return found.group(1) if found else header.partition(";")[0]


def _md5(text: str) -> str:
    return hashlib.md5(text.encode()).hexdigest()
