"""Speech over RTP (RFC 3550): a socket per side of a call, and one clock that has all of them send.

Sending goes to the address of the session description until something comes in, then to where it comes from:
telephones behind NAT know only their own address (comedia).
"""

from __future__ import annotations

import asyncio
import secrets
import socket
import struct
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import NamedTuple

from services.pbx.media.dtmf import Events
from services.pbx.media.g711 import ALAW_OF_MULAW, FRAME, MULAW_OF_ALAW
from services.pbx.media.metrics import LATE, PACKETS, STREAMS
from services.pbx.media.player import Player
from services.pbx.media.recording import Recording
from services.pbx.media.sdp import Audio
from shared.logging import get_logger

log = get_logger(__name__)

Address = tuple[str, int]

TICK = 0.02
HOPELESS = 0.5
"""A clock that is this far behind does not catch up: packets in one heap help nobody."""
MOST_AT_ONCE = 50
LARGEST = 2048
ANOTHER_AFTER = 2.0
"""After so many seconds of nothing, packets may come from another address than before."""
_HEAD = struct.Struct("!BBHII")


class Packet(NamedTuple):
    payload_type: int
    timestamp: int
    source: int
    payload: bytes


def unpack(data: bytes) -> Packet | None:
    """A packet without its padding and extensions (section 5.1); None when it is none."""
    if len(data) < _HEAD.size:
        return None
    first, second, _, timestamp, source = _HEAD.unpack_from(data)
    begin, end = _HEAD.size + 4 * (first & 15), len(data)
    if first & 0x10:
        if end < begin + 4:
            return None
        begin += 4 + 4 * int.from_bytes(data[begin + 2 : begin + 4], "big")
    if first & 0x20:
        end -= data[-1]
    if first >> 6 != 2 or begin > end:
        return None
    return Packet(second & 0x7F, timestamp, source, data[begin:end])


class Stream:
    """One side's speech. ``told`` is called when something changed that somebody may wait for; ``keyed`` gets
    keys; ``relay`` is the stream that packets are passed on to, as they are; ``seen_at``: the host that this
    side's SIP comes from; ``broken``: it will not send any more."""

    def __init__(self, sock: socket.socket, told: Callable[[], None], keyed: Callable[[str], None]) -> None:
        self.port: int = sock.getsockname()[1]
        self.player = Player(told)
        self.recording: Recording | None = None
        self.relay: Stream | None = None
        self.muted = False
        self.seen_at = ""
        self.broken = False
        self.heard_at = asyncio.get_running_loop().time()
        self._told, self._keyed = told, keyed
        self._socket = sock
        self._events = Events()
        self._audio: Audio | None = None
        self._described: Address | None = None
        self._to: Address | None = None
        self._heard_from: Address | None = None
        self._sequence, self._timestamp = secrets.randbits(15), secrets.randbits(31)
        self._source = secrets.randbits(32)
        self._first = True

    def use(self, audio: Audio) -> None:
        """What the other side described, at first or anew."""
        if self._described != audio.address:
            self._described = self._to = audio.address
            self._heard_from = None
        self._audio = audio
        self.heard_at = asyncio.get_running_loop().time()

    @property
    def behind_nat(self) -> bool:
        """Does speech come from elsewhere than was said?"""
        return self._heard_from is not None and self._heard_from != self._described

    @property
    def held(self) -> bool:
        """Does the other side not want to hear us, or not speak to us?"""
        return self._audio is not None and self._audio.direction != "sendrecv"

    def tick(self) -> bool:
        """20 ms have gone by: send what plays. Did a packet go?"""
        if self.recording is not None:
            self.recording.tick()
            if self.recording.over:
                self._told()
        audio = self._audio
        if audio is None or self.muted or self.relay is not None or not audio.hears:
            return False  # what plays waits for a caller who holds
        frame = self.player.frame()
        if audio.law == "PCMU":
            frame = frame.translate(MULAW_OF_ALAW)
        marker = 0x80 if self._first else 0
        self._first = False
        head = _HEAD.pack(0x80, marker | audio.payload, self._sequence, self._timestamp, self._source)
        self._sequence = (self._sequence + 1) & 0xFFFF
        self._timestamp = (self._timestamp + FRAME) & 0xFFFFFFFF
        self.send(head + frame)
        return True

    def send(self, data: bytes) -> None:
        if self._to is not None and self._audio is not None and self._audio.hears:
            with suppress(OSError):  # what cannot be sent now is too late later
                self._socket.sendto(data, self._to)

    def readable(self) -> None:
        for _ in range(MOST_AT_ONCE):
            try:
                data, source = self._socket.recvfrom(LARGEST)
            except OSError:
                return
            self._received(data, source[:2])

    def _received(self, data: bytes, source: Address) -> None:
        packet, now = unpack(data), asyncio.get_running_loop().time()
        if packet is None or self._audio is None or not self._may(source, now):
            return
        self._heard_from = self._to = source
        self.heard_at = now
        if packet.payload_type == self._audio.events:
            self._keyed(self._events.key(packet.source, packet.timestamp, packet.payload))
        if self.relay is not None:
            self.relay.send(data)
        elif self.recording is not None and packet.payload_type == self._audio.payload:
            law = self._audio.law
            alaw = packet.payload.translate(ALAW_OF_MULAW) if law == "PCMU" else packet.payload
            self.recording.take(packet.source, packet.timestamp, alaw)

    def _may(self, source: Address, now: float) -> bool:
        """Speech comes from the host that was described or, behind NAT, from where SIP comes from. Once it is
        known from where there, nobody else may put in a word."""
        if self._described is None or source[0] not in (self._described[0], self.seen_at):
            return False
        known = self._heard_from is None or source in (self._heard_from, self._described)
        return known or now - self.heard_at > ANOTHER_AFTER

    def fail(self) -> None:
        """It could not do what it should: who waits for it has to know."""
        self.broken = True
        self._told()

    def fileno(self) -> int:
        return self._socket.fileno()

    def close(self) -> None:
        self._socket.close()


class Clock:
    """Has all streams send, every 20 ms. ``turned`` is when it last did, on the loop's clock."""

    def __init__(self) -> None:
        self.turned = 0.0
        self._streams: set[Stream] = set()

    def add(self, stream: Stream) -> None:
        self._streams.add(stream)

    def remove(self, stream: Stream) -> None:
        self._streams.discard(stream)

    async def run(self) -> None:
        loop = asyncio.get_running_loop()
        due = loop.time()
        while True:
            due += TICK
            now = loop.time()
            if now - due > HOPELESS:
                due = now
            await asyncio.sleep(max(due - now, 0))
            self.turned = loop.time()
            self._turn(due, loop.time)

    def _turn(self, due: float, time: Callable[[], float]) -> None:
        sent = late = 0
        for stream in tuple(self._streams):
            if self._ticked(stream):
                sent += 1
                late += time() - due > TICK
        PACKETS.inc(sent)
        LATE.inc(late)

    def _ticked(self, stream: Stream) -> bool:
        """What goes wrong in one call is not for the others to feel."""
        try:
            return stream.tick()
        except Exception:
            log.exception("speech of a call failed: the call ends", port=stream.port)
            self.remove(stream)
            stream.fail()
            return False


class Ports:
    """The sockets that speech goes through: even ports of a range (section 11)."""

    def __init__(self, host: str, first: int, last: int, clock: Clock) -> None:
        self._host = host
        self._free = list(range(first + first % 2, last + 1, 2))
        self._clock = clock

    def open(self, told: Callable[[], None], keyed: Callable[[str], None]) -> Stream | None:
        """A stream that is read and sends; None when no port is free."""
        sock = self._bound(self._free)
        if sock is None:
            return None
        stream = Stream(sock, told, keyed)
        asyncio.get_running_loop().add_reader(sock, stream.readable)
        self._clock.add(stream)
        STREAMS.inc()
        return stream

    def _bound(self, ports: Iterable[int]) -> socket.socket | None:
        for port in tuple(ports):
            sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            try:
                sock.bind((self._host, port))
            except OSError:
                sock.close()  # somebody else has it
                continue
            sock.setblocking(False)
            self._free.remove(port)
            return sock
        return None

    def close(self, stream: Stream) -> None:
        """The port goes to the end of the row: packets that are under way must not reach the next call."""
        self._clock.remove(stream)
        asyncio.get_running_loop().remove_reader(stream.fileno())
        stream.close()
        self._free.append(stream.port)
        STREAMS.dec()
