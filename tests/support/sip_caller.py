"""A SIP proxy with callers and telephones behind it, to speak with the media server on its own: one socket
for SIP, one per side for speech. Reads and writes messages itself, and as little as tests need."""

from __future__ import annotations

import asyncio
import itertools
import re
import socket
import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

HOST = "127.0.0.1"
GIVE_UP_SECONDS = 20.0
FRAME = 160
LOUD = b"\x2a\xaa" * (FRAME // 2)
"""20 ms of A-law that nobody takes for silence."""
_number = itertools.count(1)


@dataclass(frozen=True)
class Message:
    start: str
    headers: tuple[tuple[str, str], ...]
    body: str

    def all(self, name: str) -> list[str]:
        return [value for key, value in self.headers if key.lower() == name.lower()]

    def get(self, name: str) -> str:
        return (self.all(name) or [""])[0]

    @property
    def what(self) -> str:
        """The method of a request; ``200 INVITE`` for an answer."""
        first, second, _ = f"{self.start} x".split(" ", 2)
        return f"{second} {self.get('CSeq').split()[1]}" if first == "SIP/2.0" else first

    @property
    def media(self) -> tuple[str, int]:
        """Where its session description wants speech."""
        host, port = re.search(r"c=IN IP4 (\S+)", self.body), re.search(r"m=audio (\d+)", self.body)
        assert host and port, self.body
        return host[1], int(port[1])


def read(data: bytes) -> Message:
    head, _, body = data.decode().partition("\r\n\r\n")
    start, *lines = head.split("\r\n")
    return Message(start, tuple((k, v.strip()) for k, _, v in (line.partition(":") for line in lines)), body)


class Speech(asyncio.DatagramProtocol):
    """A telephone's ear and mouth. ``heard``: payloads; ``payload``: 8 is A-law, 0 is µ-law; ``believes``:
    the host that it takes for its own."""

    def __init__(self, payload: int = 8) -> None:
        self.heard: list[bytes] = []
        self.payload = payload
        self.believes = HOST
        self.sequence, self.timestamp = 0, 4_294_960_000
        self._changed = asyncio.Event()

    async def open(self, host: str = HOST) -> Speech:
        loop = asyncio.get_running_loop()
        await loop.create_datagram_endpoint(lambda: self, local_addr=(host, 0))
        return self

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.DatagramTransport, transport)  # which it does not inherit from
        self.port: int = transport.get_extra_info("sockname")[1]

    def datagram_received(self, data: bytes, source: tuple[str, int]) -> None:
        self.heard.append(data[12:])
        self._changed.set()

    async def hears(self, enough: Callable[[bytes], object]) -> bytes:
        """Until ``enough`` of all that was heard."""
        async with asyncio.timeout(GIVE_UP_SECONDS):
            while not enough(b"".join(self.heard)):
                self._changed.clear()
                await self._changed.wait()
        return b"".join(self.heard)

    def _send(self, to: tuple[str, int], kind: int, payload: bytes) -> None:
        self.sequence += 1
        head = struct.pack("!BBHII", 0x80, kind, self.sequence & 0xFFFF, self.timestamp & 0xFFFFFFFF, 77)
        self._transport.sendto(head + payload, to)

    def say(self, to: tuple[str, int], *frames: bytes) -> None:
        for frame in frames:
            self._send(to, self.payload, frame)
            self.timestamp += FRAME

    def press(self, to: tuple[str, int], keys: str) -> None:
        """RFC 4733: three packets while the key is down, three times its end."""
        for key in keys:
            event = "0123456789*#".index(key)
            for length, end in ((160, 0), (320, 0), (480, 0), (480, 0x80), (480, 0x80), (480, 0x80)):
                self._send(to, 101, struct.pack("!BBH", event, end | 10, length))
            self.timestamp += 960

    def description(self, *lines: str, payload: str = "8 101") -> str:
        """``lines`` are attributes; without any it is a plain telephone."""
        own = f"IN IP4 {self.believes}"
        top = ("v=0", f"o=phone 1 {next(_number)} {own}", "s=-", f"c={own}", "t=0 0")
        media = (f"m=audio {self.port} RTP/AVP {payload}", "a=rtpmap:101 telephone-event/8000")
        return "\r\n".join((*top, *media, *(f"a={line}" for line in lines), ""))

    def close(self) -> None:
        self._transport.close()


@dataclass
class Side:
    """One side of a dialog, seen from the telephone: ``tag`` is the telephone's, ``other`` the server's."""

    call_id: str
    tag: str
    other: str = ""
    target: str = ""
    cseq: int = 0
    routes: tuple[str, ...] = ()


class Proxy(asyncio.DatagramProtocol):
    """Sends and gets SIP in the name of everybody; what came and was not asked for waits in ``came``."""

    def __init__(self, server: tuple[str, int]) -> None:
        self.server = server
        self.came: list[Message] = []
        self._changed = asyncio.Event()

    async def open(self, sock: socket.socket) -> Proxy:
        await asyncio.get_running_loop().create_datagram_endpoint(lambda: self, sock=sock)
        return self

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.DatagramTransport, transport)  # which it does not inherit from
        self.port: int = transport.get_extra_info("sockname")[1]

    def datagram_received(self, data: bytes, source: tuple[str, int]) -> None:
        self.came.append(read(data))
        self._changed.set()

    def close(self) -> None:
        self._transport.close()

    async def take(
        self, what: str, call_id: str = "", fits: Callable[[Message], bool] | None = None
    ) -> Message:
        """The next message of a kind (see :attr:`Message.what`) that came or comes."""
        async with asyncio.timeout(GIVE_UP_SECONDS):
            while True:
                for message in self.came:
                    right = message.what == what and call_id in message.get("Call-ID")
                    if right and (fits is None or fits(message)):
                        self.came.remove(message)
                        return message
                self._changed.clear()
                try:
                    await self._changed.wait()
                except asyncio.CancelledError:
                    raise AssertionError(f"no {what}; there is {[m.start for m in self.came]}") from None

    def send(self, start: str, headers: list[tuple[str, str]], body: str = "") -> None:
        kind = [("Content-Type", "application/sdp")] if body.startswith("v=") else []
        lines = [f"{k}: {v}" for k, v in (*headers, *kind, ("Content-Length", str(len(body))))]
        self._transport.sendto("\r\n".join((start, *lines, "", body)).encode(), self.server)

    # ---- A caller

    def invite(
        self, script: str, call: str, body: str, *extra: tuple[str, str], branch: str = "", tag: str = "t1"
    ) -> Side:
        """The first INVITE of a call; ``call`` is its ID at pbx."""
        side = Side(f"c{next(_number)}@phone", tag, target=f"sip:{script}@{HOST}:{self.server[1]}")
        header = [("X-Tikker-Call", call)] if call else []
        route = ("Record-Route", f"<sip:{HOST}:{self.port};lr;did=1>")
        self.request(side, "INVITE", body, *header, route, *extra, branch=branch)
        return side

    def request(
        self,
        side: Side,
        method: str,
        body: str = "",
        *extra: tuple[str, str],
        branch: str = "",
        cseq: int = 0,
    ) -> None:
        if not cseq:
            side.cseq += 1
            cseq = side.cseq
        branch = branch or f"z9hG4bK{next(_number)}"
        to = f"<sip:script@{HOST}>" + (f";tag={side.other}" if side.other else "")
        self.send(
            f"{method} {side.target} SIP/2.0",
            [
                ("Via", f"SIP/2.0/UDP {HOST}:{self.port};branch={branch}"),
                ("Max-Forwards", "69"),
                ("From", f'"Beller" <sip:0850000001@{HOST}>;tag={side.tag}'),
                ("To", to),
                ("Call-ID", side.call_id),
                ("CSeq", f"{cseq} {method}"),
                ("Contact", f"<sip:phone@{HOST}:{self.port}>"),
                *(("Route", route) for route in side.routes),
                *extra,
            ],
            body,
        )

    async def answered(self, side: Side, body: str = "") -> Message:
        """The 200 to the last INVITE; it gets its ACK."""
        message = await self.take("200 INVITE", side.call_id)
        tag = re.search(r";tag=(\S+)", message.get("To"))
        contact = re.search(r"<(.+)>", message.get("Contact"))
        assert tag and contact
        side.other, side.target = tag[1], contact[1]
        side.routes = tuple(reversed(message.all("Record-Route")))
        self.request(side, "ACK", body, cseq=side.cseq)
        return message

    # ---- Whoever is called, or asked within a call

    def answer(self, request: Message, status: str, body: str = "", tag: str = "", source: str = "") -> None:
        """``source``: where the proxy says that it had this from."""
        same = [(n, v) for n in ("Via", "Record-Route", "From") for v in request.all(n)]
        to = request.get("To") + (f";tag={tag}" if tag else "")
        more = [("To", to), ("Call-ID", request.get("Call-ID")), ("CSeq", request.get("CSeq"))]
        contact = [("Contact", f"<sip:callee@{HOST}:{self.port};alias=1>")]
        seen = [("X-Tikker-Source", source)] if source else []
        self.send(f"SIP/2.0 {status}", [*same, *more, *contact, *seen], body)

    def called(self, invite: Message, tag: str, method: str, body: str = "", cseq: int = 1) -> None:
        """A request of who was called with ``invite``, and answered with ``tag``."""
        self.send(
            f"{method} {invite.get('Contact').strip('<>')} SIP/2.0",
            [
                ("Via", f"SIP/2.0/UDP {HOST}:{self.port};branch=z9hG4bK{next(_number)}"),
                ("From", f"{invite.get('To')};tag={tag}"),
                ("To", invite.get("From")),
                ("Call-ID", invite.get("Call-ID")),
                ("CSeq", f"{cseq} {method}"),
            ],
            body,
        )
