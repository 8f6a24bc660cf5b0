"""Where broker and database are, and the key to each door: all that processes and commands are told."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path

from cli import uris
from cli.ports import Ports
from cli.problems import Problem
from cli.secrets import Secrets
from cli.state import State, write_private


@dataclass(frozen=True)
class House:
    """One running (or planned) system."""

    base_port: int
    amqp_host: str
    mongo_hosts: str
    mail: str
    secrets: Mapping[str, str]
    amqp_scheme: str = "amqp"
    mongo_options: str = f"replicaSet={uris.REPLICA_SET}"
    portal_vhost: str = "/portal"
    ingest_vhost: str = "/ingest"
    database_suffix: str = ""
    sip: bool = False

    @property
    def ports(self) -> Ports:
        return Ports(self.base_port)

    @cached_property
    def keys(self) -> Secrets:
        return Secrets(self.secrets)

    @property
    def address(self) -> str:
        """Where a browser finds the portal."""
        return f"http://127.0.0.1:{self.ports.portal}"

    def amqp_uri(self, user: str) -> str:
        """A user's way into the vhost of the services."""
        return self._amqp(user, self.portal_vhost)

    def ingest_uri(self, user: str) -> str:
        """A carrier's, or the ingester's, way into the vhost of the carriers."""
        return self._amqp(user, self.ingest_vhost)

    def mongo_uri(self, user: str) -> str:
        """A service's way into its own database."""
        return uris.mongo(
            self.mongo_hosts, user, self.keys.mongo(user), user + self.database_suffix, self.mongo_options
        )

    def _amqp(self, user: str, vhost: str) -> str:
        return uris.amqp(self.amqp_host, user, self.keys.amqp(user), vhost, self.amqp_scheme)

    def save(self, path: Path) -> None:
        write_private(path, json.dumps(asdict(self), indent=1) + "\n")


def current(state: State | None = None) -> House:
    """The system that ``./tikker up`` started. Raises Problem when there is none."""
    path = (state or State.from_environment()).house
    try:
        return House(**json.loads(path.read_text()))
    except (OSError, ValueError, TypeError):
        raise Problem("Tikker is not running: start it with  ./tikker up") from None
