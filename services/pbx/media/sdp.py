"""Session descriptions (RFC 4566) as far as a telephone call needs them: which audio, where to, which way.

Offer and answer follow RFC 3264: an answer has a line for each that was offered, those we do not take with
port 0. Only G.711 and telephone-event (RFC 4733) are spoken here.
"""

from __future__ import annotations

import ipaddress
import re
import secrets
from dataclasses import dataclass, field

LONGEST = 8192
MOST_MEDIA = 16
DIRECTIONS = {"sendrecv": "sendrecv", "sendonly": "recvonly", "recvonly": "sendonly", "inactive": "inactive"}
"""What the other side says, and how our answer puts the same."""
STATIC = {"0": "PCMU/8000", "8": "PCMA/8000"}
PREFERRED = ("PCMA/8000", "PCMU/8000")
EVENTS = "TELEPHONE-EVENT/8000"
OUR_EVENTS = 101
ALL_HOSTS = "0.0.0.0"
LARGEST_TYPE = 127
"""An RTP header has seven bits for it (RFC 3550, section 5.1)."""

_MEDIA = re.compile(r"([a-z]+) ([0-9]{1,5})(?:/[0-9]+)? (\S+) ([\x21-\x7e]+(?: [\x21-\x7e]+)*)")
_RTPMAP = re.compile(r"rtpmap:([0-9]{1,3}) ([A-Za-z0-9-]+/[0-9]+)(?:/1)?")


class Unusable(ValueError):
    """There is no session in it that we could take part in."""


@dataclass(frozen=True)
class Media:
    """One m-line. ``named``: what each payload type is, as ``PCMA/8000``."""

    kind: str
    port: int
    protocol: str
    formats: tuple[str, ...]
    host: str
    direction: str
    named: dict[str, str] = field(default_factory=dict)

    def payload(self, name: str) -> int | None:
        """The payload type under which something is offered."""
        known = {each: self.named.get(each, STATIC.get(each, "")).upper() for each in self.formats}
        return next((int(each) for each, said in known.items() if said == name), None)


@dataclass(frozen=True)
class Audio:
    """The audio that both sides can: of all ``media`` of a description the one at ``index``."""

    media: tuple[Media, ...]
    index: int
    law: str
    payload: int
    events: int | None

    @property
    def address(self) -> tuple[str, int]:
        return self.media[self.index].host, self.media[self.index].port

    @property
    def direction(self) -> str:
        """What the other side wants: ``c=0.0.0.0`` is the old way to hold."""
        said = self.media[self.index].direction
        return "sendonly" if said == "sendrecv" and self.address[0] == ALL_HOSTS else said

    @property
    def hears(self) -> bool:
        return self.direction in ("sendrecv", "recvonly") and self.address[0] != ALL_HOSTS


@dataclass(frozen=True)
class Here:
    """Our own end: address, and the name and version of our description (RFC 4566, section 5.2)."""

    host: str
    port: int
    session: int
    version: int


class Origin:
    """Names our descriptions within one dialog: the same session, each time a higher version."""

    def __init__(self, host: str) -> None:
        self._host, self._session, self._version = host, secrets.randbits(31), 0

    def here(self, port: int) -> Here:
        """Our end as the next description has it."""
        self._version += 1
        return Here(self._host, port, self._session, self._version)


def read(body: bytes) -> Audio:
    """The audio of a description. Raises Unusable."""
    media = _media(body)
    for index, line in enumerate(media):
        if line.kind != "audio" or line.port == 0 or line.protocol != "RTP/AVP" or not _reachable(line.host):
            continue
        for name in PREFERRED:
            payload = line.payload(name)
            if payload is not None:
                return Audio(media, index, name.partition("/")[0], payload, line.payload(EVENTS))
    raise Unusable("no audio that we speak")


def _reachable(host: str) -> bool:
    try:
        address = ipaddress.IPv4Address(host)
    except ValueError:
        return False
    return not address.is_multicast and address != ipaddress.IPv4Address("255.255.255.255")


def _media(body: bytes) -> tuple[Media, ...]:
    if len(body) > LONGEST:
        raise Unusable("too long")
    lines = body.decode("utf-8", "replace").replace("\r\n", "\n").split("\n")
    starts = [n for n, line in enumerate(lines) if line.startswith("m=")]
    if not 0 < len(starts) <= MOST_MEDIA:
        raise Unusable("no media, or more than anybody has")
    top = lines[: starts[0]]
    host, direction = _host(top, ""), _direction(top, "sendrecv")
    parts = [lines[begin:end] for begin, end in zip(starts, [*starts[1:], None], strict=True)]
    return tuple(_one(part, host, direction) for part in parts)


def _one(lines: list[str], host: str, direction: str) -> Media:
    match = _MEDIA.fullmatch(lines[0][2:].strip())
    if match is None or int(match[2]) > 65535:
        raise Unusable("m-line")
    attributes = [line[2:] for line in lines if line.startswith("a=")]
    named = {m[1]: m[2] for text in attributes if (m := _mapped(text))}
    formats = tuple(match[4].split(" "))
    return Media(
        match[1], int(match[2]), match[3], formats, _host(lines, host), _direction(lines, direction), named
    )


def _mapped(attribute: str) -> re.Match[str] | None:
    """A payload type, and what it is; None for what no packet can have."""
    match = _RTPMAP.fullmatch(attribute.strip())
    return match if match and int(match[1]) <= LARGEST_TYPE else None


def _host(lines: list[str], otherwise: str) -> str:
    for line in lines:
        if line.startswith("c="):
            parts = line[2:].split()
            return parts[2].partition("/")[0] if len(parts) == 3 and parts[:2] == ["IN", "IP4"] else ""
    return otherwise


def _direction(lines: list[str], otherwise: str) -> str:
    return next((line[2:].strip() for line in lines if line[2:].strip() in DIRECTIONS), otherwise)


def offer(here: Here, law: str = "", payload: int = 8, events: int | None = OUR_EVENTS) -> bytes:
    """What we offer: one law, or both."""
    codecs = {payload: law} if law else {8: "PCMA", 0: "PCMU"}
    return _described(here, [_audio(here.port, codecs, events, "sendrecv")])


def answer(audio: Audio, here: Here) -> bytes:
    """Our answer to what was offered."""
    lines = []
    for index, media in enumerate(audio.media):
        if index == audio.index:
            codecs = {audio.payload: audio.law}
            lines.append(_audio(here.port, codecs, audio.events, DIRECTIONS[audio.direction]))
        else:
            lines.append(f"m={media.kind} 0 {media.protocol} {' '.join(media.formats)}")
    return _described(here, lines)


def _audio(port: int, codecs: dict[int, str], events: int | None, direction: str) -> str:
    types = [*codecs, *([events] if events is not None else [])]
    lines = [f"m=audio {port} RTP/AVP {' '.join(map(str, types))}"]
    lines += [f"a=rtpmap:{payload} {law}/8000" for payload, law in codecs.items()]
    if events is not None:
        lines += [f"a=rtpmap:{events} telephone-event/8000", f"a=fmtp:{events} 0-15"]
    return "\r\n".join((*lines, "a=ptime:20", f"a={direction}"))


def _described(here: Here, media: list[str]) -> bytes:
    top = ["v=0", _origin(here), "s=-", f"c=IN IP4 {here.host}", "t=0 0"]
    return "\r\n".join((*top, *media, "")).encode()


def _origin(here: Here) -> str:
    return f"o=tikker {here.session} {here.version} IN IP4 {here.host}"


def passed_on(body: bytes, here: Here) -> bytes:
    """The description of somebody else as ours, in a dialog in which ours had other versions: only its origin
    is another (RFC 3264, section 8)."""
    lines = body.decode("utf-8", "surrogateescape").replace("\r\n", "\n").split("\n")
    lines = [_origin(here) if line.startswith("o=") else line for line in lines]
    return "\r\n".join(lines).encode("utf-8", "surrogateescape")


def places(body: bytes) -> list[tuple[str, str, int]]:
    """Where each of the media that are taken goes: kind, host and port. Raises Unusable."""
    return [(media.kind, media.host, media.port) for media in _media(body) if media.port]
