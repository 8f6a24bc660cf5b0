"""A broker, whoever runs it: whether it lets us in, and its management API."""

from __future__ import annotations

import base64
import json
import os
import urllib.error
import urllib.request
from typing import Any
from urllib.parse import unquote, urlsplit

import amqp
from amqp.exceptions import AMQPError

from cli.problems import Problem


def refusal(uri: str) -> str | None:
    """None when the broker lets ``uri`` in, else why not."""
    parts = urlsplit(uri)
    connection = amqp.Connection(
        host=f"{parts.hostname}:{parts.port or 5672}",
        userid=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        virtual_host=unquote(parts.path[1:]) or "/",
        ssl=parts.scheme == "amqps",
        connect_timeout=2,
        read_timeout=2,
        write_timeout=2,
    )
    try:
        connection.connect()
        connection.close()
    except (OSError, AMQPError) as problem:
        return str(problem) or type(problem).__name__
    return None


def management_uri(uri: str) -> str:
    """``RABBITMQ_MANAGEMENT_URI``, else port 15672 on the host and with the account of ``uri``."""
    given = os.environ.get("RABBITMQ_MANAGEMENT_URI")
    if given:
        return given
    parts = urlsplit(uri)
    if parts.scheme not in ("amqp", "amqps") or not parts.hostname:
        raise Problem("AMQP_URI cannot be used: it must be like amqp://administrator:password@host:5672/")
    return f"http://{parts.username or 'guest'}:{parts.password or 'guest'}@{parts.hostname}:15672"


def post_definitions(management: str, definitions: dict[str, Any]) -> None:
    """Set up a given broker. Raises Problem when its management API does not take it."""
    try:
        call_api(management, "POST", "/definitions", definitions)
    except OSError as problem:
        host = urlsplit(management).hostname
        raise Problem(
            f"the broker's management API on {host} does not take the set-up ({_reason(problem)}): "
            "enable rabbitmq_management there, or set RABBITMQ_MANAGEMENT_URI (an administrator's)."
        ) from None


def call_api(management: str, method: str, path: str, body: object = None, timeout: float = 10) -> Any:
    """One call to the management API; ``path`` begins behind ``/api``. Raises OSError."""
    parts = urlsplit(management)
    root = parts.path.rstrip("/").removesuffix("/api")
    base = f"{parts.scheme}://{parts.hostname}:{parts.port or 15672}{root}/api"
    account = f"{unquote(parts.username or '')}:{unquote(parts.password or '')}"
    request = urllib.request.Request(
        base + path,
        method=method,
        data=None if body is None else json.dumps(body).encode(),
        headers={
            "Authorization": "Basic " + base64.b64encode(account.encode()).decode(),
            "Content-Type": "application/json",
        },
    )
    with urllib.request.urlopen(request, timeout=timeout) as answer:
        text = answer.read()
    return json.loads(text) if text else None


def _reason(problem: OSError) -> str:
    if isinstance(problem, urllib.error.HTTPError):
        return f"{problem.code} {problem.reason}"
    return str(getattr(problem, "reason", None) or problem)
