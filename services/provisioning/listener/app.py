"""The door as a WSGI application.

Who may speak for others (the phones' front, the SIP proxy) shows the house's token; only then is believed
where a request came from and whether it came by HTTPS.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from prometheus_client import Counter

from services.provisioning.domain.authentication import ha1
from services.provisioning.domain.device import SIP
from services.provisioning.usecases.fetching import NOT_FOUND, Answer, Fetching, Request
from shared.logging import get_logger
from shared.mongo import is_down

log = get_logger(__name__)

ASKED = Counter("tikker_phones_total", "What phones were answered", ["answer"])

CREDENTIALS = "/sip/credentials/"
_SIP_USER = re.compile(r"[a-z0-9]{12}", re.ASCII)
_BOOK = re.compile(r"/boek/([0-9a-f]{32})/[a-z_]{1,20}\.xml", re.ASCII)
_TARGET = re.compile(r"/[!-~]{0,300}", re.ASCII)
_REASONS = {
    200: "OK",
    304: "Not Modified",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    429: "Too Many Requests",
    503: "Service Unavailable",
}
ONLY_HTTPS = Answer(403, b"Use HTTPS\n", why="not by https")
ONLY_READING = Answer(
    405, b"Nothing is kept here\n", headers=(("Allow", "GET, HEAD"), ("Connection", "close")), why="upload"
)
AWAY = Answer(503, b"Try again later\n", headers=(("Retry-After", "30"),), why="away")
NO_TOKEN = Answer(401, b"Unauthorized\n", why="no token")
for _alarming in (AWAY, NO_TOKEN):  # from 0: their alerts must see the first one as well
    ASKED.labels(_alarming.why)


@dataclass(frozen=True)
class App:
    """``token`` is the house's; ``strict``: phones must come by HTTPS. ``prefix`` is the path of the phones'
    address, "" when that is a whole host."""

    fetching: Fetching
    token: str
    strict: bool
    prefix: str = ""

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        try:
            answer = self._answer(environ)
        except Exception as problem:
            if not is_down(problem):
                log.exception("a phone could not be answered")
            answer = AWAY
        ASKED.labels(answer.why).inc()
        headers = [
            ("Content-Type", answer.media_type),
            *answer.headers,
            ("X-Content-Type-Options", "nosniff"),
        ]
        if answer.status != 304:
            headers.append(("Content-Length", str(len(answer.body))))
        start_response(f"{answer.status} {_REASONS[answer.status]}", headers)
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [answer.body]

    def _answer(self, environ: dict[str, Any]) -> Answer:
        target = str(environ.get("RAW_URI") or environ["PATH_INFO"])
        path = target.partition("?")[0]
        if not _TARGET.fullmatch(target):
            return NOT_FOUND
        if path.startswith(CREDENTIALS):
            return self._credentials(environ, path.removeprefix(CREDENTIALS))
        return self._phone(environ, target, path)

    def _phone(self, environ: dict[str, Any], target: str, path: str) -> Answer:
        trusted = self._has_token(environ.get("HTTP_X_TIKKER_EDGE", ""))
        if self.strict and not (trusted and environ.get("HTTP_X_FORWARDED_PROTO") == "https"):
            return ONLY_HTTPS
        if environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
            return ONLY_READING
        if not path.startswith(f"{self.prefix}/"):
            return NOT_FOUND
        name = path.removeprefix(self.prefix)
        if found := _BOOK.fullmatch(name):
            return self.fetching.book(found[1])
        forwarded = environ.get("HTTP_X_FORWARDED_FOR", "") if trusted else ""
        return self.fetching.answer(
            Request(
                method=environ["REQUEST_METHOD"],
                target=target,
                name=name.removeprefix("/"),
                source=forwarded or environ.get("REMOTE_ADDR", ""),
                authorization=environ.get("HTTP_AUTHORIZATION", ""),
                if_none_match=environ.get("HTTP_IF_NONE_MATCH", ""),
                agent=environ.get("HTTP_USER_AGENT", ""),
            )
        )

    def _credentials(self, environ: dict[str, Any], sip_user: str) -> Answer:
        """For the SIP proxy: what it checks a registration with."""
        if not self._has_token(environ.get("HTTP_AUTHORIZATION", "").removeprefix("Bearer ")):
            return NO_TOKEN
        if environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
            return ONLY_READING
        device = self.fetching.desk.by_sip_user(sip_user) if _SIP_USER.fullmatch(sip_user) else None
        if device is None or not device.may_register:
            return NOT_FOUND
        workshop = self.fetching.workshop
        found = {
            "ha1": ha1(sip_user, workshop.site.realm, workshop.secret(device, SIP)),
            "device_id": device.id,
            "customer_id": device.customer_id,
            "user_id": device.user_id,
            "line_id": device.line_id,
        }
        headers = (("Cache-Control", "no-store"),)
        return Answer(200, json.dumps(found).encode(), "application/json", headers, "credentials")

    def _has_token(self, given: str) -> bool:
        return hmac.compare_digest(given.encode(), self.token.encode())


def nonce_key(token: str) -> bytes:
    """The key of nonces, the same in all listeners, and of no use for anything else."""
    return hashlib.sha256(f"tikker digest nonces|{token}".encode()).digest()
