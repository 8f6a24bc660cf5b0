"""What the SIP proxy tells by HTTP: it may forget a record of a call only when the database has it."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from typing import Any, cast

import pytest

from services.pbx.domain.edge.records import Called, Told
from services.pbx.domain.edge.scripts import Act, Heard
from services.pbx.listener.app import make_app
from services.pbx.listener.media import Media
from services.pbx.usecases.live_calls import NotYet
from services.pbx.usecases.play_calls import Player
from services.pbx.usecases.played import Sounds
from services.pbx.usecases.route_calls import Router

TOKEN = "t" * 40
RECORD: dict[str, Any] = {
    "id": "a1",
    "at": "1795402216.661",
    "event": "ended",
    "call": "c0ffee",
    "call_id": "x@192.0.2.1",
    "source": "user",
    "from": "abcdefghjkmn",
    "to": "0850001611",
    "began": "1795402200.000",
}


def tell(keep: Callable[[Told], None], body: bytes, token: str = TOKEN, path: str = "/sip/record") -> str:
    """The status that the proxy gets."""
    said: list[str] = []
    environ = {
        "PATH_INFO": path,
        "REQUEST_METHOD": "POST",
        "HTTP_AUTHORIZATION": f"Bearer {token}",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": io.BytesIO(body),
    }
    app = make_app(cast(Router, None), keep, TOKEN)
    b"".join(app(environ, lambda status, headers: said.append(status)))
    return said[0]


@pytest.mark.feature("PBX-14")
def test_a_record_is_kept_before_it_is_acknowledged() -> None:
    kept: list[Told] = []
    assert tell(kept.append, json.dumps(RECORD).encode()) == "200 OK"
    (told,) = kept
    assert isinstance(told, Called) and (told.call, told.event) == ("c0ffee", "ended")


@pytest.mark.feature("PBX-14")
def test_what_could_not_be_kept_is_told_again_and_what_cannot_be_read_is_not() -> None:
    def broken(told: Told) -> None:
        raise OSError("the database is away")

    body = json.dumps(RECORD).encode()
    assert tell(broken, body) == "503 Service Unavailable"
    for nonsense in (b"", b"{", b"[]", json.dumps(RECORD | {"at": "soon"}).encode()):
        assert tell(broken, nonsense) == "400 Bad Request"


def test_only_the_proxy_may_tell() -> None:
    kept: list[Told] = []
    assert tell(kept.append, json.dumps(RECORD).encode(), token="x") == "401 Unauthorized"
    assert tell(kept.append, json.dumps(RECORD).encode(), path="/sip/records") == "404 Not Found"
    assert kept == []


class Speaking:
    """In the role of who plays and of the sounds."""

    def __init__(self, act: Act | None = None, kept: str = "", waits: bool = False) -> None:
        self.act, self.kept, self.waits = act, kept, waits
        self.told: list[Any] = []

    def next(self, heard: Heard) -> Act | None:
        self.told.append(heard)
        if self.waits:
            raise NotYet
        return self.act

    def record(self, call: str, at: str, sound: bytes) -> str:
        self.told.append((call, at, sound))
        if self.waits:
            raise NotYet
        return self.kept

    def get(self, name: str) -> bytes | None:
        return b"alaw" if name == "nl.welkom" else None


def ask(
    speaking: Speaking,
    path: str,
    body: bytes = b"",
    query: str = "",
    method: str = "POST",
    token: str = TOKEN,
) -> tuple[str, bytes]:
    """What the media server gets."""
    said: list[str] = []
    environ = {
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "REQUEST_METHOD": method,
        "HTTP_AUTHORIZATION": f"Bearer {token}",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": io.BytesIO(body),
    }
    media = Media(cast(Player, speaking), cast(Sounds, speaking))
    app = make_app(cast(Router, None), lambda told: None, TOKEN, media)
    answer = b"".join(app(environ, lambda status, headers: said.append(status)))
    return said[0], answer


@pytest.mark.feature("PBX-16")
def test_the_media_server_asks_and_is_told_what_to_do() -> None:
    speaking = Speaking(Act(at="0-0-k-0---", play=("nl.welkom",), then="keys"))
    status, body = ask(speaking, "/media/next", b'{"call": "c0ffee", "script": "0-0-start-0---0-"}')
    assert (status, json.loads(body)["play"]) == ("200 OK", ["nl.welkom"])
    assert speaking.told == [Heard(call="c0ffee", script="0-0-start-0---0-")]
    assert ask(Speaking(waits=True), "/media/next", b'{"call": "x", "script": "y"}')[0].startswith("503")
    assert ask(speaking, "/media/next", b"{")[0] == "400 Bad Request"


@pytest.mark.feature("PBX-16")
def test_the_media_server_gets_sounds_and_hands_over_recordings() -> None:
    assert ask(Speaking(), "/media/sound/nl.welkom", method="GET") == ("200 OK", b"alaw")
    assert ask(Speaking(), "/media/sound/nl.other", method="GET")[0] == "404 Not Found"
    speaking = Speaking(kept="r1")
    status, body = ask(speaking, "/media/recording", b"said", "call=c0ffee&at=0-0-r-0---1_")
    assert (status, json.loads(body), speaking.told) == (
        "200 OK",
        {"id": "r1"},
        [("c0ffee", "0-0-r-0---1_", b"said")],
    )
    assert ask(Speaking(kept=""), "/media/recording", b"s", "call=c&at=a")[1] == b'{"id":""}'
    assert ask(Speaking(waits=True), "/media/recording", b"s", "call=c&at=a")[0].startswith("503")


def test_nobody_without_the_token_is_told_anything() -> None:
    speaking = Speaking()
    for path in ("/media/next", "/media/recording", "/media/sound/nl.welkom"):
        assert ask(speaking, path, method="GET", token="x")[0] == "401 Unauthorized"
    assert ask(speaking, "/media/other")[0] == "404 Not Found"
    assert speaking.told == []
