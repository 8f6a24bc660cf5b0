"""What runs as the phones' front, from the environment."""

from __future__ import annotations

import os
import socket

from gateway.phones.front import Front
from gateway.phones.upstream import Upstream
from shared.config import is_production, setting
from shared.http_process import Door

PROBE_SECONDS = 2.0
DEFAULT_NICENESS = "5"
"""Phones are patient, people are not: see docs/decisions on phones that boot at once."""


def _listener() -> tuple[str, int]:
    """Setting PROVISIONING_LISTENER: ``host:port``."""
    host, _, port = setting("PROVISIONING_LISTENER").rpartition(":")
    if not host or not port.isdigit():
        raise SystemExit("PROVISIONING_LISTENER must be host:port.")
    return host, int(port)


def make() -> Front:
    """The application of one worker."""
    proxies = int(setting("PHONES_PROXIES", "0"))
    return Front(Upstream(*_listener()), setting("TIKKER_EDGE_TOKEN"), is_production(), proxies)


def _reach() -> None:
    socket.create_connection(_listener(), timeout=PROBE_SECONDS).close()


def door() -> Door:
    """Ends the process with a sentence when a setting is missing or cannot be."""
    _listener()
    setting("TIKKER_EDGE_TOKEN")
    return Door(
        name="phones",
        host=os.environ.get("PHONES_BIND", "127.0.0.1"),
        port=int(setting("PHONES_PORT")),
        make=make,
        ready={"provisioning": _reach},
        workers=int(setting("PHONES_WORKERS", "2")),
        threads=int(setting("PHONES_THREADS", "8")),
        niceness=int(setting("PHONES_NICENESS", DEFAULT_NICENESS)),
    )
