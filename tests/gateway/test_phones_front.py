"""The phones' front: it looks at the way in, and hands on."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from gateway.phones.front import Front
from gateway.phones.upstream import Away, Reply, Upstream

TOKEN = "t" * 40


@dataclass
class Listener:
    """A stand-in for provisioning's own door."""

    asked: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    away: bool = False

    def get(self, method: str, target: str, headers: Iterable[tuple[str, str]]) -> Reply:
        if self.away:
            raise Away("down")
        self.asked.append((method, target, dict(headers)))
        sent = [("Content-Type", "text/plain"), ("Content-Length", "2"), ("Etag", '"x"'), ("Server", "y")]
        return Reply("200 OK", sent, b"ok")


def ask(
    front: Front, target: str = "/001565aabbcc.cfg", method: str = "GET", **more: Any
) -> tuple[str, dict[str, str], bytes]:
    """Status, headers and body."""
    said: dict[str, Any] = {}

    def start(status: str, headers: list[tuple[str, str]]) -> None:
        said.update(status=status, headers=dict(headers))

    environ = {
        "REQUEST_METHOD": method,
        "RAW_URI": target,
        "PATH_INFO": target,
        "REMOTE_ADDR": "10.0.0.1",
        "wsgi.url_scheme": "http",
        **more,
    }
    body = b"".join(front(environ, start))
    return said["status"], said["headers"], body


def test_a_request_goes_on_as_it_is_with_the_phones_address_and_nothing_else_of_its_own() -> None:
    listener = Listener()
    front = Front(listener, TOKEN, strict=False, proxies=1)
    sent = {
        "HTTP_X_FORWARDED_FOR": "203.0.113.9, 192.0.2.7",
        "HTTP_X_FORWARDED_PROTO": "https",
        "HTTP_AUTHORIZATION": "Basic abc",
        "HTTP_USER_AGENT": "Yealink",
        "HTTP_X_TIKKER_EDGE": "forged",
        "HTTP_COOKIE": "no",
    }
    status, headers, body = ask(front, "/a.cfg?x=%41", **sent)
    assert (status, body) == ("200 OK", b"ok")
    assert headers == {"Content-Type": "text/plain", "Content-Length": "2", "ETag": '"x"'}
    method, target, passed = listener.asked[0]
    assert (method, target) == ("GET", "/a.cfg?x=%41")
    assert passed == {
        "Authorization": "Basic abc",
        "User-Agent": "Yealink",
        "X-Tikker-Edge": TOKEN,
        "X-Forwarded-For": "192.0.2.7",
        "X-Forwarded-Proto": "https",
    }


@pytest.mark.feature("PRV-04")
def test_in_production_nothing_is_handed_on_that_did_not_come_by_https() -> None:
    listener = Listener()
    strict = Front(listener, TOKEN, strict=True, proxies=1)
    assert ask(strict)[0] == "403 Forbidden"
    assert ask(strict, HTTP_X_FORWARDED_PROTO="http")[0] == "403 Forbidden"
    forged = Front(listener, TOKEN, strict=True)
    assert ask(forged, HTTP_X_FORWARDED_PROTO="https")[0] == "403 Forbidden"
    assert listener.asked == []
    assert ask(strict, HTTP_X_FORWARDED_PROTO="https")[0] == "200 OK"


@pytest.mark.parametrize("target", ["/sip/credentials/abc", "/a\nb", "http://x/", "/" + "a" * 400, "/é"])
def test_what_phones_have_no_business_with_is_not_there(target: str) -> None:
    listener = Listener()
    assert ask(Front(listener, TOKEN, strict=False), target)[0] == "404 Not Found"
    assert listener.asked == []


def test_uploads_are_refused_and_a_listener_that_is_away_is_told_to_come_back_for() -> None:
    listener = Listener(away=True)
    front = Front(listener, TOKEN, strict=False)
    status, headers, _body = ask(front, "/64167f9f4c90-boot.log", "PUT")
    assert (status, headers["Allow"], headers["Connection"]) == (
        "405 Method Not Allowed",
        "GET, HEAD",
        "close",
    )
    refused = [ask(front) for _ in range(30)]
    assert {status for status, _headers, _body in refused} == {"503 Service Unavailable"}
    moments = {int(headers["Retry-After"]) for _status, headers, _body in refused}
    assert moments <= set(range(20, 61)) and len(moments) > 1, "they must not all come back at once"
    assert ask(front, method="HEAD")[2] == b""


@pytest.fixture
def server() -> Iterator[tuple[int, list[bytes]]]:
    """Answers each connection with what is in the list, an answer at a time, then closes it."""
    answers: list[bytes] = []
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                connection, _address = listening.accept()
            except OSError:
                return
            with connection:
                connection.recv(4096)
                connection.sendall(answers.pop(0))

    threading.Thread(target=serve, daemon=True).start()
    yield listening.getsockname()[1], answers
    listening.close()


def test_a_kept_connection_that_has_gone_is_opened_again(server: tuple[int, list[bytes]]) -> None:
    port, answers = server
    answers += [b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"] * 2
    upstream = Upstream("127.0.0.1", port)
    assert upstream.get("GET", "/a", []).body == b"ok"
    assert upstream.get("GET", "/a", []).body == b"ok"


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"SSH-2.0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort",
    ],
)
def test_what_is_no_answer_of_ours_counts_as_none(server: tuple[int, list[bytes]], answer: bytes) -> None:
    port, answers = server
    answers.append(answer)
    with pytest.raises(Away):
        Upstream("127.0.0.1", port).get("GET", "/a", [])
