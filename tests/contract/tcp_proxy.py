"""A line to a server that a test can stall, cut or take away, without touching the server."""

from __future__ import annotations

import contextlib
import socket
import threading
from urllib.parse import urlsplit, urlunsplit


class Line:
    """One connection through the proxy. ``moving`` is set while bytes flow."""

    def __init__(self, client: socket.socket, server: socket.socket, moving: threading.Event) -> None:
        self._ends = (client, server)
        self.moving = moving
        for source, target in (self._ends, self._ends[::-1]):
            threading.Thread(target=self._pump, args=(source, target), daemon=True).start()

    def _pump(self, source: socket.socket, target: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                self.moving.wait()
                target.sendall(data)
        self.cut()

    def cut(self) -> None:
        self.moving.set()
        for end in self._ends:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()


class TcpProxy:
    """Listens on a port of its own and forwards to ``host:port`` of a URI."""

    def __init__(self, uri: str, default_port: int) -> None:
        parts = urlsplit(uri)
        self._target = (parts.hostname or "127.0.0.1", parts.port or default_port)
        self._parts = parts
        self._lines: list[Line] = []
        self._moving = threading.Event()
        self._moving.set()
        self._port = 0
        self._listener: socket.socket | None = None
        self.accept()

    @property
    def uri(self) -> str:
        """The given URI, but through this proxy."""
        account = self._parts.netloc.rpartition("@")[0]
        place = f"{account}@127.0.0.1:{self._port}" if account else f"127.0.0.1:{self._port}"
        return urlunsplit(self._parts._replace(netloc=place))

    def stall(self) -> None:
        """From now on nothing gets through, and nobody is told: as a server that hangs."""
        self._moving.clear()

    def resume(self) -> None:
        self._moving.set()

    def strand(self) -> None:
        """Existing connections never move again, new ones do: as behind a balancer after a crash."""
        self._moving.clear()
        self._moving = threading.Event()
        self._moving.set()

    def cut(self) -> None:
        """Break every connection; new ones are welcome."""
        lines, self._lines = self._lines, []
        for line in lines:
            line.cut()

    def refuse(self) -> None:
        """Break every connection and take no new ones: as a server that is gone."""
        listener, self._listener = self._listener, None
        if listener is not None:
            with contextlib.suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
            listener.close()
        self.cut()

    def accept(self) -> None:
        """Take connections (again, on the same port)."""
        listener = socket.create_server(("127.0.0.1", self._port))
        self._port = listener.getsockname()[1]
        self._listener = listener
        threading.Thread(target=self._welcome, args=(listener,), daemon=True).start()

    def _welcome(self, listener: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                client = listener.accept()[0]
                try:
                    server = socket.create_connection(self._target)
                except OSError:
                    client.close()
                    continue
                line = Line(client, server, self._moving)
                self._lines.append(line)
                if self._listener is not listener:  # it was taken away meanwhile
                    line.cut()
