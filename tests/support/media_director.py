"""Stands in for pbx's listener before the media server: says the acts that a test wrote down, and keeps what
it was told."""

from __future__ import annotations

import asyncio
import json
import queue
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

TOKEN = "media-token"
GIVE_UP_SECONDS = 20.0
Director = Callable[[dict[str, Any]], dict[str, Any] | None]


class Listener(ThreadingHTTPServer):
    """``acts``: what to do, by ``event`` or ``event:keys`` of what was heard; unknown ones hang up. ``away``:
    so many requests are answered with 503. ``closes``: each connection, after its first answer and without
    a word. ``connections`` counts them."""

    daemon_threads = True
    request_queue_size = 64
    """A call of each thread of the media server may come at the same moment."""

    def __init__(self) -> None:
        self.acts: dict[str, dict[str, Any] | str] = {}
        self.sounds: dict[str, bytes] = {}
        self.fetched: list[str] = []
        self.recordings: list[tuple[str, str, bytes]] = []
        self.away = self.connections = 0
        self.closes = False
        self.heard: queue.Queue[dict[str, Any]] = queue.Queue()
        self._last: dict[str, Any] = {}
        super().__init__(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self.thread.start()

    async def told(self, event: str) -> dict[str, Any]:
        """The next thing that it was told, which has to be this."""
        heard = await asyncio.to_thread(self.heard.get, timeout=GIVE_UP_SECONDS)
        assert heard["event"] == event, heard
        return heard

    def close(self) -> None:
        self.shutdown()
        self.server_close()

    def process_request(self, request: Any, client_address: Any) -> None:
        self.connections += 1
        super().process_request(request, client_address)

    def next(self, heard: dict[str, Any]) -> bytes:
        if heard != self._last:  # else it is asked again, as on a machine that is slow
            self.heard.put(heard)
        self._last = heard
        event = heard.get("event", "began")
        act = self.acts.get(f"{event}:{heard.get('keys', '')}", self.acts.get(event))
        act = {"then": "hangup"} if act is None else act
        return act.encode() if isinstance(act, str) else json.dumps({"at": event, **act}).encode()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Listener

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if not self._may():
            return
        url, listener = urlsplit(self.path), self.server
        if url.path == "/media/next":
            self._say(200, listener.next({"event": "began", **json.loads(body)}))
        else:
            asked = parse_qs(url.query)
            listener.recordings.append((asked["call"][0], asked["at"][0], body))
            self._say(200, json.dumps({"id": f"rec-{len(listener.recordings)}"}).encode())

    def do_GET(self) -> None:
        if not self._may():
            return
        name = unquote(self.path.removeprefix("/media/sound/"))
        self.server.fetched.append(name)
        sound = self.server.sounds.get(name)
        self._say(404 if sound is None else 200, sound or b"")

    def _may(self) -> bool:
        if self.headers["Authorization"] != f"Bearer {TOKEN}":
            self._say(401, b"")
        elif self.server.away > 0:
            self.server.away -= 1
            self._say(503, b"")
        else:
            return True
        return False

    def _say(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        self.close_connection = self.close_connection or self.server.closes

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet."""
