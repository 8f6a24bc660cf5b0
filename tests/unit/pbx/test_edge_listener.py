"""What the SIP proxy tells by HTTP: it may forget a record of a call only when the database has it."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from typing import Any, cast

import pytest

from services.pbx.domain.edge.records import Called, Told
from services.pbx.listener.app import make_app
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
