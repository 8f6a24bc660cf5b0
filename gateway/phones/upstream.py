"""Keep-alive HTTP to one server of ours, with no more than that needs.

The general client of the standard library spends more time on reading headers than our phones' whole request
takes; this one reads what our own listener writes (a status line, headers, Content-Length) and nothing else.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterable
from typing import NamedTuple

SECONDS = 8.0
LARGEST_HEAD = 16_384
LARGEST_BODY = 4_000_000


class Reply(NamedTuple):
    """``status`` with its reason, as in a status line."""

    status: str
    headers: list[tuple[str, str]]
    body: bytes


class Away(Exception):
    """The server does not answer now."""


class Upstream:
    """One connection per thread, opened when it is needed and again when it has gone."""

    def __init__(self, host: str, port: int) -> None:
        self._address = (host, port)
        self._own = threading.local()

    def get(self, method: str, target: str, headers: Iterable[tuple[str, str]]) -> Reply:
        """Ask; only for methods without a body, that may be asked twice. Raises :class:`Away`."""
        lines = [f"{method} {target} HTTP/1.1", f"Host: {self._address[0]}"]
        lines += [f"{name}: {value}" for name, value in headers]
        request = "\r\n".join([*lines, "", ""]).encode("latin-1")
        kept: socket.socket | None = getattr(self._own, "socket", None)
        if kept is not None:
            try:
                return self._exchange(kept, request, method)
            except OSError:
                self._close()  # it was closed while nobody asked
        try:
            self._own.socket = socket.create_connection(self._address, timeout=SECONDS)
            self._own.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return self._exchange(self._own.socket, request, method)
        except (OSError, ValueError) as problem:
            self._close()
            raise Away(str(problem)) from problem

    def _exchange(self, connection: socket.socket, request: bytes, method: str) -> Reply:
        connection.sendall(request)
        data = b""
        while (end := data.find(b"\r\n\r\n")) < 0:
            data += _received(connection)
            if len(data) > LARGEST_HEAD:
                raise OSError("a head without an end")
        status, headers = _head(data[:end])
        length = 0 if method == "HEAD" or status.startswith("304") else _length(headers)
        body = bytearray(data[end + 4 :])
        while len(body) < length:
            body += _received(connection)
        if any(name == "Connection" and value.lower() == "close" for name, value in headers):
            self._close()
        return Reply(status, headers, bytes(body))

    def _close(self) -> None:
        kept: socket.socket | None = getattr(self._own, "socket", None)
        self._own.socket = None
        if kept is not None:
            kept.close()


def _received(connection: socket.socket) -> bytes:
    data = connection.recv(65_536)
    if not data:
        raise OSError("the connection was closed")
    return data


def _head(data: bytes) -> tuple[str, list[tuple[str, str]]]:
    first, *lines = data.decode("latin-1").split("\r\n")
    version, _, status = first.partition(" ")
    if not version.startswith("HTTP/1.") or not status[:3].isdigit():
        raise OSError("no answer of ours")
    pairs = (line.partition(":") for line in lines)
    return status, [(name.title(), value.strip()) for name, _colon, value in pairs]


def _length(headers: list[tuple[str, str]]) -> int:
    found = next((value for name, value in headers if name == "Content-Length"), "")
    if not found.isdigit() or int(found) > LARGEST_BODY:
        raise OSError("an answer without a length")
    return int(found)
