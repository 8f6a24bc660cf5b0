"""The service identity on the bus."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from eventlet import tpool

from services.identity import schemas, usecases, views
from services.identity.domain.credentials import SHORTEST_PASSWORD
from services.identity.passwords import Passwords
from services.identity.schemas import Reply
from services.identity.store import Store
from shared.acting import Acting
from shared.bus import OutboxRelay, Provide, rpc
from shared.config import setting

ANYONE = ("anonymous",)
USER = ("user",)
STAFF = ("staff",)


def clock() -> datetime:
    return datetime.now(UTC)


def open_store() -> Store:
    """The store, with the operator in it."""
    store = Store.open()
    usecases.ensure_operator(store, clock, setting("OPERATOR_NAME", "Operator"))
    return store


def open_passwords() -> Passwords:
    """Hashes in a real thread: one takes too long for the event loop."""
    return Passwords(run=tpool.execute)


def shortest_password() -> int:
    return int(setting("PASSWORD_MIN_LENGTH", str(SHORTEST_PASSWORD)))


class IdentityService:
    """See README.md for what each method takes and answers."""

    name = "identity"

    store: Store = Provide(open_store)
    passwords: Passwords = Provide(open_passwords)
    shortest_password: int = Provide(shortest_password)
    relay = OutboxRelay()

    @rpc(schemas.Login, kinds=ANYONE)
    def login(self, acting: Acting, **fields: Any) -> Reply:
        return usecases.login(self.store, self.passwords, clock, **fields)

    @rpc(kinds=USER)
    def account(self, acting: Acting) -> Reply:
        return views.account(self.store, acting)

    @rpc(schemas.CreateCustomer, kinds=STAFF)
    def create_customer(self, acting: Acting, **fields: Any) -> Reply:
        acting.require_staff()
        return usecases.create_customer(self.store, clock, **fields)

    @rpc(schemas.CreateUser, kinds=STAFF)
    def create_user(self, acting: Acting, **fields: Any) -> Reply:
        acting.require_staff()
        return usecases.create_user(self.store, self.passwords, clock, self.shortest_password, **fields)

    @rpc(schemas.Customers, kinds=STAFF)
    def customers(self, acting: Acting, **fields: Any) -> Reply:
        acting.require_staff()
        return views.customers(self.store, **fields)

    @rpc(schemas.ChangeRoles, kinds=USER + STAFF)
    def change_roles(self, acting: Acting, **fields: Any) -> Reply:
        return usecases.change_roles(self.store, clock, acting, **fields)

    @rpc(schemas.BlockUser, kinds=USER + STAFF)
    def block_user(self, acting: Acting, **fields: Any) -> Reply:
        return usecases.block_user(self.store, clock, acting, **fields)
