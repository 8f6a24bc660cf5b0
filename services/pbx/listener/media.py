"""What the media server asks and hands over by HTTP (services/pbx/domain/edge/scripts.py is the wire):
``POST /media/next``, ``GET /media/sound/<name>`` and ``POST /media/recording?call=…&at=…``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, unquote

import msgspec
from prometheus_client import Counter

from services.pbx.domain.edge.scripts import Heard
from services.pbx.usecases.live_calls import NotYet
from services.pbx.usecases.play_calls import Player
from services.pbx.usecases.played import Sounds
from shared.logging import get_logger

log = get_logger(__name__)

MEDIA = "/media/"
NEXT, SOUNDS, RECORDING = "/media/next", "/media/sound/", "/media/recording"
SOUND = "audio/x-alaw-basic"
LONGEST_HEARD = 4096
LARGEST_RECORDING = 3_000_000
"""Bytes: six minutes; a message is three at most."""
ACTS = Counter("tikker_sip_media_acts_total", "What the media server was told to do", ["then"])
RECORDINGS = Counter("tikker_sip_recordings_total", "Recordings that were handed over", ["outcome"])

Answer = tuple[str, bytes]
NOT_FOUND: Answer = ("404 Not Found", b"{}")


@dataclass(frozen=True)
class Media:
    """Who answers the media server."""

    player: Player
    sounds: Sounds


def answer(media: Media, environ: dict[str, Any]) -> Answer:
    """503 means: ask again."""
    path, method = environ["PATH_INFO"], environ["REQUEST_METHOD"]
    try:
        if method == "POST" and path == NEXT:
            return _next(media.player, environ)
        if method == "POST" and path == RECORDING:
            return _recorded(media.player, environ)
        if method == "GET" and path.startswith(SOUNDS):
            found = media.sounds.get(unquote(path.removeprefix(SOUNDS)))
            return ("200 OK", found) if found is not None else NOT_FOUND
        return NOT_FOUND
    except ValueError as problem:
        log.error("the media server says what cannot be read", reason=str(problem)[:200])
        return "400 Bad Request", b"{}"
    except NotYet:
        log.info("the media server asks about a call that is not known here (yet)", path=path[:60])
        return "503 Service Unavailable", b"{}"
    except Exception:
        log.exception("the media server could not be answered", path=path[:60])
        return "503 Service Unavailable", b"{}"


def _next(player: Player, environ: dict[str, Any]) -> Answer:
    heard = msgspec.json.decode(_body(environ, LONGEST_HEARD), type=Heard)
    act = player.next(heard)
    ACTS.labels(act.then).inc()
    return "200 OK", msgspec.json.encode(act)


def _recorded(player: Player, environ: dict[str, Any]) -> Answer:
    asked = parse_qs(environ.get("QUERY_STRING", ""), keep_blank_values=True)
    call, at = asked.get("call", [""])[0], asked.get("at", [""])[0]
    kept = player.record(call, at, _body(environ, LARGEST_RECORDING))
    RECORDINGS.labels("kept" if kept else "too_short").inc()
    return "200 OK", msgspec.json.encode({"id": kept})


def _body(environ: dict[str, Any], most: int) -> bytes:
    length = int(environ.get("CONTENT_LENGTH") or 0)
    if length > most:
        raise ValueError(f"{length} bytes are more than {most}")
    return bytes(environ["wsgi.input"].read(length))
