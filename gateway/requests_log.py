"""One JSON line and two metrics per request, under the correlation ID that goes on to the services."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import Any

from flask import Flask, g, request
from flask.wrappers import Response
from prometheus_client import Counter, Histogram

from shared import telemetry
from shared.logging import correlated, correlation_id, get_logger

log = get_logger(__name__)

REQUESTS = Counter("gateway_requests", "Requests answered", ["endpoint", "method", "status"])
SECONDS = Histogram(
    "gateway_request_seconds",
    "Time to answer a request",
    ["endpoint"],
    buckets=(0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1, 2.5, 5, 10),
)
QUIET = frozenset({"health.livez", "health.readyz", "assets.file"})
"""Endpoints whose answers are counted but not logged one by one."""

SECRET_PATHS = "/wachtwoord/"

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def install(app: Flask) -> None:
    """Give each request its correlation ID and write it down when it has been answered."""
    inner = app.wsgi_app

    def under_an_id(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        # Never the browser's own: whoever sends requests must not choose what our log says.
        with correlated(None) as chosen, telemetry.doing("request", telemetry.SERVER, None, chosen):
            return inner(environ, start_response)

    app.wsgi_app = under_an_id  # type: ignore[method-assign]
    app.before_request(_begin)
    app.after_request(_end)


def _begin() -> None:
    g.began = time.perf_counter()


def _end(response: Response) -> Response:
    seconds = time.perf_counter() - g.get("began", time.perf_counter())
    endpoint = request.endpoint or "none"
    REQUESTS.labels(endpoint, request.method, response.status_code).inc()
    SECONDS.labels(endpoint).observe(seconds)
    response.headers["X-Correlation-ID"] = correlation_id()
    telemetry.note(f"{request.method} {endpoint}", status=response.status_code)
    if endpoint not in QUIET:
        viewer = g.get("viewer")
        # The path without its query: a filter holds telephone numbers.
        log.info(
            "request",
            method=request.method,
            path=_path(),
            status=response.status_code,
            ms=round(seconds * 1000, 1),
            user_id=viewer.user.id if viewer else None,
        )
    return response


def _path() -> str:
    """The path, without the token of a mailed link: who reads the log must not be able to use it."""
    if request.path.startswith(SECRET_PATHS):
        return f"{SECRET_PATHS}…"
    return request.path
