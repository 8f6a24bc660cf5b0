"""Telling a telephone to fetch its configuration: a NOTIFY along its registration, by the proxy."""

from __future__ import annotations

import json
import re
import threading
import urllib.error
import urllib.request
from collections.abc import Sequence
from typing import Any

from prometheus_client import Counter

from services.pbx.bridge.consumer import Poison, Taken
from shared.errors import DependencyDown
from shared.events import ResyncRequested, decode
from shared.logging import get_logger

log = get_logger(__name__)

SECONDS = 3
RESYNCS = Counter("tikker_sip_resyncs_total", "Telephones to be told to fetch", ["outcome"])
_EVENT = re.compile(r"[A-Za-z0-9;=._-]{1,100}")
_USER = re.compile(r"[a-z0-9]{1,40}")


class Proxy:
    """The SIP proxy's JSON-RPC."""

    def __init__(self, url: str, token: str, realm: str) -> None:
        self._url = url
        self._token = token
        self._realm = realm

    def call(self, method: str, *params: str) -> Any:
        """The result; None when the proxy refuses. Raises DependencyDown when it is away."""
        body = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
        head = {"Authorization": f"Bearer {self._token}", "Content-Type": "application/json"}
        request = urllib.request.Request(self._url, json.dumps(body).encode(), head)
        try:
            with urllib.request.urlopen(request, timeout=SECONDS) as answer:
                return json.load(answer).get("result")
        except urllib.error.HTTPError as problem:
            if problem.code in (401, 403, 404) and not problem.read().strip().startswith(b"{"):
                raise DependencyDown(f"the proxy's JSON-RPC answers {problem.code}") from problem
            return None
        except (OSError, ValueError) as problem:
            raise DependencyDown(f"the proxy's JSON-RPC: {problem}") from problem

    def notify(self, sip_user: str, event: str) -> bool:
        """Send a NOTIFY to where the telephone is registered; False when it is not."""
        found = self.call("ul.lookup", "location", sip_user)
        contacts = [row["Contact"] for row in found["Contacts"]] if found else []
        for contact in contacts:
            where = (contact["Address"], _next_hop(contact), ".")
            self.call("tm.t_uac_start", "NOTIFY", *where, self._head(sip_user, event))
        return bool(contacts)

    def _head(self, sip_user: str, event: str) -> str:
        lines = (
            f"From: <sip:{self._realm}>",
            f"To: <sip:{sip_user}@{self._realm}>",
            f"Contact: <sip:{self._realm}>",
            f"Event: {event}",
            "Subscription-State: terminated",
        )
        return "".join(f"{line}\r\n" for line in lines)


def _next_hop(contact: dict[str, Any]) -> str:
    received = str(contact.get("Received", ""))
    return received if received.startswith("sip") else "."


class Resyncs:
    """Handles resync requests, so many a second: a change for a thousand telephones must not have them all
    fetch at once."""

    def __init__(self, proxy: Proxy, per_second: float) -> None:
        self._proxy = proxy
        self._pause = 1 / per_second
        self._stopping = threading.Event()

    def stop(self) -> None:
        self._stopping.set()

    def __call__(self, batch: Sequence[Taken]) -> None:
        for one in batch:
            self._tell(one)
            self._stopping.wait(self._pause)

    def _tell(self, one: Taken) -> None:
        try:
            asked = decode(one.body, ResyncRequested).data
        except ValueError as problem:
            raise Poison(str(problem)) from problem
        if not _EVENT.fullmatch(asked.event) or not _USER.fullmatch(asked.sip_user):
            raise Poison("an event or SIP user that fits no header")
        there = self._proxy.notify(asked.sip_user, asked.event)
        RESYNCS.labels("told" if there else "not_registered").inc()
        log.info("resync", sip_user=asked.sip_user, told=there)
