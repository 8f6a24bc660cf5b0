"""Every process says how it is: ``/livez``, ``/readyz`` and ``/metrics`` on its own internal port.

*Live* means the process gets things done (its loop ticks); when it is not, it should be restarted.
*Ready* means it can do its work now; when it is not, send it nothing, but never restart it for that.
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable, Iterable, Mapping
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from prometheus_client import make_wsgi_app

Check = Callable[[], None]
"""Returns when all is well, raises an exception whose text says what is not."""


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        """Probes come every few seconds; they are not news."""


def _run(checks: Mapping[str, Check]) -> tuple[bool, dict[str, str]]:
    results: dict[str, str] = {}
    for name, check in checks.items():
        try:
            check()
            results[name] = "ok"
        except Exception as problem:
            results[name] = f"{type(problem).__name__}: {problem}"[:300]
    return all(result == "ok" for result in results.values()), results


def health_app(live: Mapping[str, Check], ready: Mapping[str, Check], metrics: Any = None) -> Any:
    """A WSGI application with the three pages; 503 when one of the page's checks raises."""
    metrics = metrics or make_wsgi_app()
    pages = {"/livez": live, "/readyz": {**live, **ready}}

    def app(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        if path == "/metrics":
            return metrics(environ, start_response)  # type: ignore[no-any-return]
        if path not in pages:
            start_response("404 Not Found", [("Content-Type", "application/json")])
            return [b"{}"]
        ok, results = _run(pages[path])
        body = json.dumps({"ok": ok, "checks": results}).encode()
        status = "200 OK" if ok else "503 Service Unavailable"
        start_response(status, [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
        return [body]

    return app


def serve_health(app: Any, host: str | None = None, port: int | None = None) -> _Server | None:
    """Serve in a daemon thread (a green one where eventlet has patched); None without a port."""
    chosen = port if port is not None else int(os.environ.get("HEALTH_PORT", "0"))
    if not chosen and port is None:
        return None
    server = make_server(host or os.environ.get("HEALTH_HOST", "127.0.0.1"), chosen, app, _Server, _Quiet)
    threading.Thread(target=server.serve_forever, name="health", daemon=True).start()
    return server
