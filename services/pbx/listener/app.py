"""What the proxy asks and tells by HTTP, as plain WSGI. ``POST /sip/route``: a call → its order. ``POST
/sip/record``: what became of a call, kept before it is answered. ``/media/…`` is for the media server
(media.py). See README.md of pbx."""

from __future__ import annotations

import hmac
import time
from collections.abc import Callable, Collection, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from threading import BoundedSemaphore
from typing import Any

import msgspec
from msgspec import Struct
from prometheus_client import Counter, Histogram

from services.pbx.domain.edge.position import position
from services.pbx.domain.edge.records import Told, decode
from services.pbx.listener import media
from services.pbx.listener.media import Media
from services.pbx.store import Store
from services.pbx.usecases.live_calls import NotYet
from services.pbx.usecases.route_calls import BUSY, GONE, Question, Router
from shared.logging import get_logger

log = get_logger(__name__)

LONGEST_BODY = 8192
LONGEST_RECORD = 65_536
"""A call through many stages has a long trail."""
ROUTE, RECORD, CALL = "/sip/route", "/sip/record", "call"
MEDIA_SOURCE = "media"
WAITING_DECISIONS = 2000
ROUTED = Counter("tikker_sip_routed_total", "Calls decided for the proxy", ["source", "code"])
SECONDS = Histogram(
    "tikker_sip_route_seconds", "To decide a call", buckets=(0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5)
)
NOT_KEPT = Counter("tikker_sip_decisions_lost_total", "Decisions that could not be kept for later")

StartResponse = Callable[..., Any]


class Asked(Struct, frozen=True):
    """A new call (``from``, ``to``, ``source``), one that ran into something (``call``, ``stage``,
    ``cause``), or telephones for a caller at the media server (``source`` media, ``call``, ``to``)."""

    sender: str = msgspec.field(name="from", default="")
    from_name: str = ""
    to: str = ""
    source: str = ""
    call_id: str = ""
    call: str = ""
    stage: str = ""
    cause: str = ""


class Later:
    """Stores decisions beside the answers: a call must not wait for the database twice, nor fail with it."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._room = BoundedSemaphore(WAITING_DECISIONS)
        self._pool = ThreadPoolExecutor(2, thread_name_prefix="decisions")

    def __call__(
        self, call_id: str, fields: Mapping[str, Any], at: datetime, people: Collection[str] = ()
    ) -> None:
        if self._room.acquire(blocking=False):
            self._pool.submit(self._write, call_id, fields, at, people)
        else:
            NOT_KEPT.inc()

    def _write(self, call_id: str, fields: Mapping[str, Any], at: datetime, people: Collection[str]) -> None:
        try:
            self._store.keep_decision(call_id, fields, at, people)
        except Exception as problem:
            NOT_KEPT.inc()
            log.warning("a decision was not kept", reason=f"{type(problem).__name__}: {problem}"[:200])
        finally:
            self._room.release()


Keep = Callable[[Told], None]
"""Keeps what the proxy told; returns when the database has it."""


def make_app(
    router: Router, keep: Keep, token: str, player: Media | None = None
) -> Callable[[dict[str, Any], StartResponse], Iterable[bytes]]:
    """The WSGI application; ``token``: what a caller of ours has to show."""
    secret = f"Bearer {token}".encode()

    def app(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        status, body = _answer(router, keep, secret, environ, player)
        kind = media.SOUND if environ["PATH_INFO"].startswith(media.SOUNDS) else "application/json"
        head = [("Content-Type", kind), ("Content-Length", str(len(body)))]
        start_response(status, head)
        return [body]

    return app


def _answer(
    router: Router, keep: Keep, secret: bytes, environ: dict[str, Any], player: Media | None
) -> tuple[str, bytes]:
    shown = environ.get("HTTP_AUTHORIZATION", "").encode("latin-1", "replace")
    if not hmac.compare_digest(shown, secret):
        return "401 Unauthorized", b"{}"
    if player is not None and environ["PATH_INFO"].startswith(media.MEDIA):
        return media.answer(player, environ)
    if environ["PATH_INFO"] not in (ROUTE, RECORD) or environ["REQUEST_METHOD"] != "POST":
        return "404 Not Found", b"{}"
    try:
        if environ["PATH_INFO"] == RECORD:
            return _kept(keep, decode(CALL, _body(environ, LONGEST_RECORD)))
        asked = msgspec.json.decode(_body(environ, LONGEST_BODY), type=Asked)
    except ValueError as problem:
        log.error("the proxy says what cannot be read", reason=str(problem)[:200])
        return "400 Bad Request", b"{}"
    return _ordered(router, asked)


def _body(environ: dict[str, Any], most: int) -> bytes:
    length = int(environ.get("CONTENT_LENGTH") or 0)
    return bytes(environ["wsgi.input"].read(min(length, most)))


def _kept(keep: Keep, told: Told) -> tuple[str, bytes]:
    """200 means that the proxy may forget it: whatever else is answered, it tells again."""
    try:
        keep(told)
    except Exception as problem:
        log.warning("a record waits at the proxy", reason=f"{type(problem).__name__}: {problem}"[:200])
        return "503 Service Unavailable", b"{}"
    return "200 OK", b"{}"


def _ordered(router: Router, asked: Asked) -> tuple[str, bytes]:
    began = time.perf_counter()
    try:
        order = _decide(router, asked)
    except NotYet:
        log.warning("a call that is not known here was asked about", call=asked.call[:60])
        return "503 Service Unavailable", b"{}"
    except Exception:
        log.exception("a call could not be decided", sip_call_id=asked.call_id[:200])
        return "503 Service Unavailable", b"{}"
    SECONDS.observe(time.perf_counter() - began)
    return ("404 Not Found", b"{}") if order is None else ("200 OK", order)


def _decide(router: Router, asked: Asked) -> bytes | None:
    if asked.cause:
        known = asked.cause in (BUSY, GONE)
        order = router.again(asked.call, asked.stage, asked.cause) if known else None
    elif asked.source == MEDIA_SOURCE:
        order = router.onward(asked.call, position(asked.to))
        ROUTED.labels(MEDIA_SOURCE, order.code).inc()
    else:
        name = asked.from_name.strip('" ').replace("<null>", "")
        question = Question(asked.source, asked.sender, asked.to, name, asked.call_id)
        order = router.route(question)
        ROUTED.labels(question.source if question.source == "trunk" else "user", order.code).inc()
    return msgspec.json.encode(order) if order is not None else None
