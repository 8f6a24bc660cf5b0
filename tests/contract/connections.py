"""Closing connections by force, as an operator does on the broker's management page."""

from __future__ import annotations

import contextlib
import urllib.error
from typing import Any
from urllib.parse import quote

from tests.support.broker import Broker, Queues
from tests.support.processes import until


def close_by_force(broker: Broker, queues: Queues, least: int) -> None:
    """Close every connection to the virtual host of ``queues`` but its own, once there are ``least``."""
    own = [queues._connection, queues.publisher._connection]
    spared = {connection.sock.getsockname()[1] for connection in own if connection is not None}
    path = f"/vhosts/{queues.uri.rpartition('/')[2]}/connections"

    def others() -> list[Any]:
        found = [c for c in broker.request("GET", path) if c.get("peer_port") not in spared]
        return found if len(found) >= least else []

    connections = until(others, what=f"{least} connections")
    assert isinstance(connections, list)
    for connection in connections:
        with contextlib.suppress(urllib.error.HTTPError):  # it may be gone by itself
            broker.request("DELETE", f"/connections/{quote(connection['name'], safe='')}")
