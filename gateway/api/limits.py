"""How often a program may ask: per token, and per address whatever the token."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from flask import Flask, Response, request
from flask_limiter import ApplicationLimit, Limiter

from gateway.api.door import bearer
from gateway.api.tokens import digest
from gateway.api.where import is_programs
from gateway.config import Settings

WAITING = (429, 503)
IN_MEMORY = "memory://"
PATIENCE_MS = 500
"""A slow store of counts must not keep a program waiting; then this process counts by itself for a while."""


def install(app: Flask, settings: Settings) -> None:
    """Count each request of a program, before anybody looks at its token.

    The counts stand in the gateway's database, so all workers count together.
    """
    uri = settings.mongo_uri if settings.api_counts_together else IN_MEMORY
    options: dict[str, str | int] = {}
    if uri != IN_MEMORY:
        options = {
            "database_name": urlsplit(uri).path.strip("/") or "gateway",
            "counter_collection_name": "api_counters",
            "window_collection_name": "api_windows",
            "serverSelectionTimeoutMS": PATIENCE_MS,
            "connectTimeoutMS": PATIENCE_MS,
        }
    app.after_request(_only_who_waits)  # before the limiter's own, so after it
    Limiter(
        _token,
        app=app,
        application_limits=[
            _limit(settings.api_rate, _token, "token"),
            _limit(settings.api_address_rate, _address, "address"),
        ],
        storage_uri=uri,
        storage_options=options,
        strategy="fixed-window",
        fail_on_first_breach=False,  # what is refused for its token counts for its address too
        headers_enabled=True,
        in_memory_fallback_enabled=True,
    )


def _limit(rate: str, key: Callable[[], str], scope: str) -> ApplicationLimit:
    """Over all addresses of the API together; pages of people are not counted."""
    return ApplicationLimit(
        limit_provider=rate, key_function=key, scope=scope, exempt_when=lambda: not is_programs()
    )


def _only_who_waits(response: Response) -> Response:
    """Tell how long to wait only to who must: flask-limiter tells everybody."""
    if is_programs() and response.status_code not in WAITING:
        response.headers.pop("Retry-After", None)
    return response


def _token() -> str:
    """By what a program is counted: its token's digest, or its address as long as it brings none."""
    token = bearer()
    return digest(token) if token else _address()


def _address() -> str:
    return request.remote_addr or ""
