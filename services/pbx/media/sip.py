"""SIP messages (RFC 3261) read strictly and written, without I/O. What is not a message raises Malformed."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass

MOST_HEADERS = 120
MOST_LINES = 300
"""With those that go on in the next."""
LONGEST_LINE = 8192
LARGEST_CSEQ = 2**31
SINGLE = ("from", "to", "call-id", "cseq")
"""Headers of which a message has exactly one (RFC 3261, section 8.1.1)."""
COMPACT = {
    "c": "content-type",
    "f": "from",
    "i": "call-id",
    "k": "supported",
    "l": "content-length",
    "m": "contact",
    "t": "to",
    "v": "via",
}
SPELLED = {"call-id": "Call-ID", "cseq": "CSeq", "x-tikker-call": "X-Tikker-Call"}
LISTS = frozenset(("via", "route", "record-route", "contact", "allow", "supported", "require"))
"""Headers that may hold several values with commas between."""

_REQUEST = re.compile(r"([A-Z]{1,20}) (\S{1,2000}) SIP/2\.0")
_RESPONSE = re.compile(r"SIP/2\.0 ([1-6][0-9]{2}) ?(.{0,500})")
_NAME = re.compile(r"[A-Za-z0-9!%*_+`'~.-]{1,60}")
_CSEQ = re.compile(r"([0-9]{1,10})\s+([A-Z]{1,20})")
_BROKEN = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_BRACKETS = re.compile(r'(?:"(?:[^"\\]|\\.)*"|[^<"])*<([^<>\s]+)>')
"""Only matched from the beginning: brackets that do not fit, looked for anywhere, cost quadratic time."""


class Malformed(ValueError):
    """These bytes are no SIP message, or one that nobody may send."""


Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Message(ABC):
    """Names of headers in small letters; values as they came, lists taken apart."""

    headers: Headers
    body: bytes = b""

    def all(self, name: str) -> tuple[str, ...]:
        return tuple(value for key, value in self.headers if key == name)

    def get(self, name: str, default: str = "") -> str:
        """The first value of a header."""
        return next((value for key, value in self.headers if key == name), default)

    @property
    def call_id(self) -> str:
        return self.get("call-id")

    @property
    def cseq(self) -> tuple[int, str]:
        """Number and method. Raises Malformed."""
        match = _CSEQ.fullmatch(self.get("cseq"))
        if match is None or int(match[1]) >= LARGEST_CSEQ:
            raise Malformed("CSeq")
        return int(match[1]), match[2]

    @property
    def branch(self) -> tuple[str, str]:
        """What a transaction is known by: the branch of the newest Via, and who wrote it."""
        via = self.get("via")
        return parameter(via, "branch"), via.partition(";")[0].split(" ")[-1].strip().lower()

    @abstractmethod
    def start_line(self) -> str:
        """The first line, without its end."""

    def encode(self) -> bytes:
        """As it goes over the wire, with the length of the body."""
        lines = [self.start_line()]
        lines += [f"{_spelled(k)}: {v}" for k, v in self.headers if k != "content-length"]
        lines.append(f"Content-Length: {len(self.body)}")
        return "\r\n".join((*lines, "", "")).encode("utf-8", "surrogateescape") + self.body


@dataclass(frozen=True, slots=True, kw_only=True)
class Request(Message):
    method: str
    uri: str

    def start_line(self) -> str:
        return f"{self.method} {self.uri} SIP/2.0"


@dataclass(frozen=True, slots=True, kw_only=True)
class Response(Message):
    status: int
    reason: str = ""

    def start_line(self) -> str:
        return f"SIP/2.0 {self.status} {self.reason}"

    @property
    def good(self) -> bool:
        return 200 <= self.status < 300


def parse(data: bytes) -> Request | Response:
    """One datagram as a message. Raises Malformed."""
    head, found, body = data.partition(b"\r\n\r\n")
    if not found:
        raise Malformed("no end of headers")
    first, *rest = _lines(head.decode("utf-8", "surrogateescape"))
    headers = tuple(_headers(rest))
    body = _body(headers, body)
    if match := _REQUEST.fullmatch(first):
        request = Request(method=match[1], uri=match[2], headers=headers, body=body)
        _check(request)
        if request.cseq[1] != request.method:
            raise Malformed("CSeq of another method")
        return request
    if match := _RESPONSE.fullmatch(first):
        response = Response(status=int(match[1]), reason=match[2], headers=headers, body=body)
        _check(response)
        return response
    raise Malformed("start line")


def _lines(head: str) -> list[str]:
    """Lines, with those that go on in the next put together (RFC 3261, section 7.3.1)."""
    lines: list[str] = []
    for number, line in enumerate(head.split("\r\n")):
        if line[:1] in (" ", "\t") and len(lines) > 1:
            lines[-1] += " " + line.strip()
        else:
            lines.append(line)
        too_many = len(lines) > MOST_HEADERS or number > MOST_LINES
        if too_many or len(lines[-1]) > LONGEST_LINE or _BROKEN.search(line):
            raise Malformed("a line")
    return lines


def _headers(lines: list[str]) -> Iterator[tuple[str, str]]:
    for line in lines:
        name, colon, value = line.partition(":")
        name = name.rstrip()
        if not colon or not _NAME.fullmatch(name):
            raise Malformed("a header")
        name = COMPACT.get(name.lower(), name.lower())
        for part in split(value) if name in LISTS else (value.strip(),):
            yield name, part


def _body(headers: Headers, body: bytes) -> bytes:
    said = [value for name, value in headers if name == "content-length"]
    if not said:
        return body
    if len(said) > 1 or not re.fullmatch(r"[0-9]{1,6}", said[0]) or int(said[0]) > len(body):
        raise Malformed("Content-Length")
    return body[: int(said[0])]


def _check(message: Message) -> None:
    if any(len(message.all(name)) != 1 for name in SINGLE) or not message.get("via"):
        raise Malformed("a header that must be there once")
    if not message.call_id or not message.branch[0]:
        raise Malformed("no Call-ID, or no branch")
    message.cseq  # noqa: B018 - raises what is wrong with it


def _spelled(name: str) -> str:
    return SPELLED.get(name) or name.title()


def split(value: str) -> list[str]:
    """A list's values: commas outside quotes and angle brackets part them."""
    parts, quoted, angle, begin, skip = [], False, False, 0, False
    for index, char in enumerate(value):
        if skip:
            skip = False
        elif char == "\\" and quoted:
            skip = True
        elif char == '"' and not angle:
            quoted = not quoted
        elif char in "<>" and not quoted:
            angle = char == "<"
        elif char == "," and not quoted and not angle:
            parts.append(value[begin:index].strip())
            begin = index + 1
    return [part for part in (*parts, value[begin:].strip()) if part]


def address(value: str) -> str:
    """The address in a From, To, Contact or Route: ``"Jan" <sip:jan@host>;tag=1`` → ``sip:jan@host``."""
    match = _BRACKETS.match(value)
    return match[1] if match else value.partition(";")[0].strip()


def parameter(value: str, name: str) -> str:
    """A parameter that follows an address, or ``""``; of more than one the first that says something."""
    match = _BRACKETS.match(value)
    outside = value[match.end() :] if match else value.partition(";")[2]
    for part in outside.split(";"):
        key, _, text = part.partition("=")
        if key.strip().lower() == name and text.strip():
            return text.strip()
    return ""


def user(uri: str) -> str:
    """The user of a SIP address, or ``""``."""
    scheme, _, rest = uri.partition(":")
    return rest.partition("@")[0].partition(";")[0] if scheme.lower() == "sip" and "@" in rest else ""


def reply(request: Request, status: int, reason: str, *extra: tuple[str, str], body: bytes = b"") -> Response:
    """A response, with what it has to repeat of its request (RFC 3261, section 8.2.6)."""
    same = tuple(h for h in request.headers if h[0] in ("via", "from", "to", "call-id", "cseq"))
    if request.method == "INVITE" and status < 300:
        same += tuple(h for h in request.headers if h[0] == "record-route")
    return Response(status=status, reason=reason, headers=(*same, *extra), body=body)


def tagged(response: Response, tag: str) -> Response:
    """The response with our tag at its To, unless one stands there."""
    headers = tuple(
        (name, f"{value};tag={tag}" if name == "to" and not parameter(value, "tag") else value)
        for name, value in response.headers
    )
    return Response(status=response.status, reason=response.reason, headers=headers, body=response.body)
