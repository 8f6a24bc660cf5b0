"""The front as a WSGI application: it looks at the way in only, and hands a phone's request on as it is.

What a phone may have is decided by provisioning's listener. The front passes on the phone's address and
whether it came by HTTPS, under the house's token; it reads no bodies and logs no requests.
"""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Protocol

from prometheus_client import Histogram

from gateway.phones.upstream import Away, Reply
from shared.logging import get_logger

log = get_logger(__name__)

SECONDS = Histogram(
    "tikker_front_seconds",
    "How long phones waited",
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
PRIVATE = "/sip/"
"""What phones have no business with."""
_PASSED = {
    "HTTP_AUTHORIZATION": "Authorization",
    "HTTP_IF_NONE_MATCH": "If-None-Match",
    "HTTP_USER_AGENT": "User-Agent",
}
_KEPT = frozenset(
    ("Content-Type", "Content-Length", "Www-Authenticate", "Etag", "Cache-Control", "Retry-After", "Allow")
)
_NAMES = {"Www-Authenticate": "WWW-Authenticate", "Etag": "ETag"}


class Asks(Protocol):
    """provisioning's listener, or a stand-in."""

    def get(self, method: str, target: str, headers: Iterable[tuple[str, str]]) -> Reply: ...


def _refusal(status: str, text: str, *headers: tuple[str, str]) -> Reply:
    body = f"{text}\n".encode()
    more = [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(body))), *headers]
    return Reply(status, more, body)


NOT_FOUND = _refusal("404 Not Found", "Not found")
ONLY_HTTPS = _refusal("403 Forbidden", "Use HTTPS")
NOTHING_KEPT = _refusal("405 Method Not Allowed", "Nothing is kept here", ("Allow", "GET, HEAD"))
EARLIEST_SECONDS, LATEST_SECONDS = 20, 60


def _later() -> Reply:
    """Each phone at a moment of its own, or all of them would be back at once."""
    seconds = random.randint(EARLIEST_SECONDS, LATEST_SECONDS)
    return _refusal("503 Service Unavailable", "Try again later", ("Retry-After", str(seconds)))


@dataclass(frozen=True)
class Front:
    """``proxies`` is how many reverse proxies in front are believed about address and scheme; ``strict``:
    nothing but HTTPS."""

    upstream: Asks
    token: str
    strict: bool
    proxies: int = 0

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        with SECONDS.time():
            reply = self._reply(environ)
        headers = [(_NAMES.get(name, name), value) for name, value in reply.headers if name in _KEPT]
        if environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
            headers.append(("Connection", "close"))  # whatever it still wants to send is not read
        start_response(reply.status, headers)
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [reply.body]

    def _reply(self, environ: dict[str, Any]) -> Reply:
        target = str(environ.get("RAW_URI") or environ["PATH_INFO"])
        address, scheme = self._way_in(environ)
        if self.strict and scheme != "https":
            return ONLY_HTTPS
        if environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
            return NOTHING_KEPT
        if not _is_plain(target) or target.startswith(PRIVATE):
            return NOT_FOUND
        headers = [(name, environ[key]) for key, name in _PASSED.items() if key in environ]
        headers += [
            ("X-Tikker-Edge", self.token),
            ("X-Forwarded-For", address),
            ("X-Forwarded-Proto", scheme),
        ]
        try:
            reply = self.upstream.get(environ["REQUEST_METHOD"], target, headers)
        except Away as problem:
            log.warning("provisioning does not answer", reason=str(problem))
            return _later()
        return _later() if reply.status.startswith("503") else reply

    def _way_in(self, environ: dict[str, Any]) -> tuple[str, str]:
        """Address and scheme as the outermost proxy that we believe saw them."""
        direct = str(environ.get("REMOTE_ADDR", "")), str(environ["wsgi.url_scheme"])
        if not self.proxies:
            return direct
        addresses = [part.strip() for part in environ.get("HTTP_X_FORWARDED_FOR", "").split(",")]
        schemes = [part.strip() for part in environ.get("HTTP_X_FORWARDED_PROTO", "").split(",")]
        address = addresses[-self.proxies] if len(addresses) >= self.proxies else ""
        scheme = schemes[-self.proxies] if len(schemes) >= self.proxies else schemes[-1]
        return address or direct[0], scheme or direct[1]


def _is_plain(target: str) -> bool:
    return target.startswith("/") and len(target) <= 300 and target.isascii() and target.isprintable()
