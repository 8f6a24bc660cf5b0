"""A SIP dialog (RFC 3261, section 12): what requests within a call have to say."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from services.pbx.media.sip import Headers, Message, Request, Response, address, parameter

SDP = "application/sdp"
ALLOW = ("allow", "INVITE, ACK, CANCEL, BYE, INFO, OPTIONS")
HOPS = ("max-forwards", "70")


@dataclass(frozen=True)
class Contact:
    """Where the proxy finds us."""

    host: str
    port: int

    @property
    def header(self) -> tuple[str, str]:
        return "contact", f"<sip:media@{self.host}:{self.port}>"

    def via(self) -> tuple[str, str]:
        """A new one, for a new transaction."""
        return "via", f"SIP/2.0/UDP {self.host}:{self.port};branch=z9hG4bK{secrets.token_hex(10)}"


@dataclass
class Dialog:
    """``local`` and ``remote`` are From and To of our requests, with their tags; ``target`` is the Contact of
    the other side, ``routes`` the way there."""

    call_id: str
    local: str
    remote: str
    target: str
    routes: tuple[str, ...]
    here: Contact
    sent: int = 0
    received: int = -1

    @classmethod
    def accepted(cls, invite: Request, tag: str, here: Contact) -> Dialog:
        """That of an INVITE which we answer with ``tag``."""
        target = address(invite.get("contact")) or invite.uri
        routes = invite.all("record-route")
        local, number = f"{invite.get('to')};tag={tag}", invite.cseq[0]
        return cls(invite.call_id, local, invite.get("from"), target, routes, here, received=number)

    @classmethod
    def answered(cls, invite: Request, response: Response, here: Contact) -> Dialog:
        """That of an INVITE of ours which was answered."""
        target = address(response.get("contact")) or invite.uri
        routes = tuple(reversed(response.all("record-route")))
        local, remote = invite.get("from"), response.get("to")
        return cls(invite.call_id, local, remote, target, routes, here, sent=invite.cseq[0])

    @property
    def tag(self) -> str:
        return parameter(self.local, "tag")

    def request(self, method: str, body: bytes = b"", kind: str = SDP) -> Request:
        self.sent += 1
        return self._made(method, self.sent, body, kind)

    def ack(self, number: int) -> Request:
        """For a good answer to the INVITE with this CSeq: a transaction of its own (section 13.2.2.4)."""
        return self._made("ACK", number, b"", SDP)

    def _made(self, method: str, number: int, body: bytes, kind: str) -> Request:
        headers: Headers = (
            self.here.via(),
            HOPS,
            *(("route", route) for route in self.routes),
            ("from", self.local),
            ("to", self.remote),
            ("call-id", self.call_id),
            ("cseq", f"{number} {method}"),
            self.here.header,
            *((("content-type", kind),) if body else ()),
        )
        return Request(method=method, uri=self.target, headers=headers, body=body)

    def moved(self, message: Message) -> None:
        """The other side may have told another Contact (section 12.2.1.2)."""
        if message.get("contact"):
            self.target = address(message.get("contact"))

    def in_order(self, request: Request) -> bool:
        """Is it newer than those before? Remembers that it was."""
        if request.cseq[0] <= self.received:
            return False
        self.received = request.cseq[0]
        return True


def invitation(target: str, sender: str, here: Contact, body: bytes, *extra: tuple[str, str]) -> Request:
    """The INVITE of a new call to ``target``; ``sender`` is its From, without a tag."""
    headers: Headers = (
        here.via(),
        HOPS,
        ("from", f"{sender};tag={secrets.token_hex(8)}"),
        ("to", f"<{target}>"),
        ("call-id", f"{secrets.token_hex(16)}@{here.host}"),
        ("cseq", "1 INVITE"),
        here.header,
        ALLOW,
        *extra,
        ("content-type", SDP),
    )
    return Request(method="INVITE", uri=target, headers=headers, body=body)


def without_parameters(value: str) -> str:
    """A From as somebody else may use it: name and address, no tag."""
    name, found, rest = value.rpartition(">")
    return f"{name}>" if found else f"<{address(value)}>"
