"""What the environment says, read once."""

from __future__ import annotations

import ipaddress
import sys
from dataclasses import dataclass

from shared.config import MissingSetting, setting

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True)
class Settings:
    """``bind``: address of the SIP and RTP sockets, ``advertise`` as others see it. ``proxy``, ``pbx``: host
    and port. ``nets``: more sources that SIP is taken from. ``calls``: how many may listen to us at once.
    ``rtp``: first and last port. ``direct``: connected sides may speak without us."""

    bind: str
    advertise: str
    port: int
    proxy: tuple[str, int]
    nets: tuple[Network, ...]
    pbx: tuple[str, int]
    token: str
    calls: int
    rtp: tuple[int, int]
    direct: bool = True

    @classmethod
    def from_environment(cls) -> Settings:
        bind = setting("MEDIA_BIND", "127.0.0.1")
        return cls(
            bind=bind,
            # Nobody can send to 0.0.0.0: then it has to be said where they can.
            advertise=setting("MEDIA_ADVERTISE", None if bind == "0.0.0.0" else bind),
            port=_number("MEDIA_PORT"),
            proxy=_address("MEDIA_PROXY"),
            nets=tuple(
                _network(text) for text in setting("MEDIA_PROXY_NETS", ",").split(",") if text.strip()
            ),
            pbx=_address("PBX_LISTENER"),
            token=setting("TIKKER_EDGE_TOKEN"),
            calls=_number("MEDIA_CALLS", "200"),
            rtp=(_number("MEDIA_RTP_FIRST", "30000"), _number("MEDIA_RTP_LAST", "30999")),
            direct=setting("MEDIA_DIRECT", "yes") == "yes",
        )

    @property
    def relayed(self) -> int:
        """So many calls can pass through here between two sides: each takes two even ports."""
        first, last = self.rtp
        return len(range(first + first % 2, last + 1, 2)) // 2


def _number(name: str, preset: str | None = None) -> int:
    text = setting(name, preset)
    if not text.isdigit() or int(text) > 65535:
        raise _wrong(name, f"{text!r} is no number")
    return int(text)


def _address(name: str) -> tuple[str, int]:
    text = setting(name)
    host, _, port = text.rpartition(":")
    if not host or not port.isdigit():
        raise _wrong(name, f"{text!r} is not host:port")
    return host, int(port)


def _network(text: str) -> Network:
    try:
        return ipaddress.ip_network(text.strip())
    except ValueError as problem:
        raise _wrong("MEDIA_PROXY_NETS", str(problem)) from problem


def _wrong(name: str, why: str) -> MissingSetting:
    sentence = f"The setting {name} is wrong: {why}."
    print(sentence, file=sys.stderr, flush=True)
    return MissingSetting(sentence)
