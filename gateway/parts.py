"""What the portal stands on, put together once at the start and given to :func:`create_app`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import cast

from flask import current_app

from gateway.clients import Rpc
from gateway.clients.cdr import CdrClient
from gateway.clients.identity import IdentityClient
from gateway.clients.people import PeopleClient
from gateway.config import SHORTEST_PASSWORD, Settings
from gateway.epochs import Epochs
from gateway.formatters import local
from gateway.store import MongoSessions, SessionStore
from shared.acting import Signer
from shared.mongo import connect
from shared.rpc_client import RpcClient

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Parts:
    """Clients, session store, what is known of users' epochs, and the clock (aware, UTC)."""

    rpc: Rpc
    sessions: SessionStore
    epochs: Epochs
    clock: Clock = utc_now
    shortest_password: int = SHORTEST_PASSWORD

    @property
    def identity(self) -> IdentityClient:
        return IdentityClient(self.rpc)

    @property
    def people(self) -> PeopleClient:
        return PeopleClient(self.rpc)

    @property
    def cdr(self) -> CdrClient:
        return CdrClient(self.rpc)

    def close(self) -> None:
        """Let go of the broker."""
        self.epochs.close()
        self.rpc.close()

    def today(self) -> date:
        """The day in the Netherlands."""
        return local(self.clock()).date()


def real_parts(settings: Settings) -> Parts:
    """The parts of a running portal. Nothing waits for the broker or the database here."""
    signer = Signer.from_base64(settings.issuer, settings.signing_key)
    epochs = Epochs()
    epochs.listen(settings.amqp_uri)
    return Parts(
        rpc=RpcClient(settings.amqp_uri, signer),
        sessions=MongoSessions(connect(settings.mongo_uri)["sessions"]),
        epochs=epochs,
        shortest_password=settings.shortest_password,
    )


def parts() -> Parts:
    """The parts of the app that handles this request."""
    return cast(Parts, current_app.extensions["tikker"])
