"""The service identity on the bus."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from typing import Any

import eventlet
from eventlet import tpool
from nameko.extensions import DependencyProvider

from services.identity import views
from services.identity.domain.credentials import SHORTEST_PASSWORD
from services.identity.mail.letters import Letters
from services.identity.mail.post import Post
from services.identity.passwords import Passwords
from services.identity.schemas import requests
from services.identity.schemas.replies import Reply
from services.identity.store import Store
from services.identity.usecases import companies, forgotten, logins, managing, new_users, notifications, own
from services.identity.usecases.sending import Sender
from shared.acting import Acting
from shared.bus import OutboxRelay, Provide, listen, rpc
from shared.config import setting
from shared.events import NOTIFICATIONS, Envelope, NotificationRequested
from shared.logging import get_logger

log = get_logger(__name__)

ANYONE = ("anonymous",)
USER = ("user",)
STAFF = ("staff",)

PRODUCERS = tuple(event.producer() for event in NOTIFICATIONS)
IDLE_SECONDS = 0.5
TROUBLE_SECONDS = 2.0


def clock() -> datetime:
    return datetime.now(UTC)


@cache
def open_store() -> Store:
    """The process's store, with the operator in it."""
    store = Store.open()
    companies.ensure_operator(store, clock, setting("OPERATOR_NAME", "Operator"))
    return store


def open_passwords() -> Passwords:
    """Hashes in a real thread: one takes too long for the event loop."""
    return Passwords(run=tpool.execute)


def shortest_password() -> int:
    return int(setting("PASSWORD_MIN_LENGTH", str(SHORTEST_PASSWORD)))


class MailSending(DependencyProvider):
    """Sends queued mails while the service runs; hands nothing to the workers."""

    def __init__(self) -> None:
        super().__init__()
        self._stopping = False

    def start(self) -> None:
        self._thread = self.container.spawn_managed_thread(self._run, identifier="mail sender")

    def stop(self) -> None:
        self._stopping = True
        self._thread.wait()

    def _run(self) -> None:
        sender = Sender(open_store(), Letters.from_environment(), Post.from_environment(), clock)
        while not self._stopping:
            try:
                pause = 0.0 if sender.run_once() else IDLE_SECONDS
            except Exception as problem:
                log.warning("mails wait", reason=f"{type(problem).__name__}: {problem}")
                pause = TROUBLE_SECONDS
            eventlet.sleep(pause)


class IdentityService:
    """See README.md for what each method takes and answers."""

    name = "identity"

    store: Store = Provide(open_store)
    passwords: Passwords = Provide(open_passwords)
    shortest_password: int = Provide(shortest_password)
    relay = OutboxRelay()
    mail_sending = MailSending()

    # Without a login

    @rpc(requests.Login, kinds=ANYONE)
    def login(self, acting: Acting, **fields: Any) -> Reply:
        return logins.login(self.store, self.passwords, clock, **fields)

    @rpc(requests.RequestReset, kinds=ANYONE)
    def request_reset(self, acting: Acting, **fields: Any) -> Reply:
        return forgotten.request_reset(self.store, clock, **fields)

    @rpc(requests.OneLink, kinds=ANYONE)
    def link(self, acting: Acting, **fields: Any) -> Reply:
        return forgotten.link(self.store, clock, **fields)

    @rpc(requests.SetPassword, kinds=ANYONE)
    def set_password(self, acting: Acting, **fields: Any) -> Reply:
        return forgotten.set_password(self.store, self.passwords, clock, self.shortest_password, **fields)

    # One's own account

    @rpc(kinds=USER)
    def account(self, acting: Acting) -> Reply:
        return views.account(self.store, acting)

    @rpc(requests.ChangeDetails, kinds=USER)
    def change_details(self, acting: Acting, **fields: Any) -> Reply:
        return own.change_details(self.store, clock, acting, **fields)

    @rpc(requests.ChangeUsername, kinds=USER)
    def change_username(self, acting: Acting, **fields: Any) -> Reply:
        return own.change_username(self.store, clock, acting, **fields)

    @rpc(requests.ChangePassword, kinds=USER)
    def change_password(self, acting: Acting, **fields: Any) -> Reply:
        return own.change_password(
            self.store, self.passwords, clock, self.shortest_password, acting, **fields
        )

    # The users of a customer

    @rpc(requests.Users, kinds=USER)
    def users(self, acting: Acting, **fields: Any) -> Reply:
        return views.users(self.store, acting, **fields)

    @rpc(requests.OneUser, kinds=USER)
    def user(self, acting: Acting, **fields: Any) -> Reply:
        return views.user(self.store, clock, acting, **fields)

    @rpc(requests.AddUser, kinds=USER)
    def add_user(self, acting: Acting, **fields: Any) -> Reply:
        return new_users.add_user(self.store, self.passwords, clock, self.shortest_password, acting, **fields)

    @rpc(requests.OfUser, kinds=USER + STAFF)
    def resend_welcome(self, acting: Acting, **fields: Any) -> Reply:
        return new_users.resend_welcome(self.store, clock, acting, **fields)

    @rpc(requests.ChangeUser, kinds=USER + STAFF)
    def change_user(self, acting: Acting, **fields: Any) -> Reply:
        return managing.change_user(self.store, clock, acting, **fields)

    @rpc(requests.ChangeRoles, kinds=USER + STAFF)
    def change_roles(self, acting: Acting, **fields: Any) -> Reply:
        return managing.change_roles(self.store, clock, acting, **fields)

    @rpc(requests.ChangeRegistrations, kinds=USER + STAFF)
    def change_registrations(self, acting: Acting, **fields: Any) -> Reply:
        return managing.change_registrations(self.store, clock, acting, **fields)

    @rpc(requests.BlockUser, kinds=USER + STAFF)
    def block_user(self, acting: Acting, **fields: Any) -> Reply:
        return managing.block_user(self.store, clock, acting, **fields)

    @rpc(requests.OfUser, kinds=USER + STAFF)
    def delete_user(self, acting: Acting, **fields: Any) -> Reply:
        return managing.delete_user(self.store, clock, acting, **fields)

    # For staff

    @rpc(requests.CreateCustomer, kinds=STAFF)
    def create_customer(self, acting: Acting, **fields: Any) -> Reply:
        acting.require_staff()
        return companies.create_customer(self.store, clock, **fields)

    @rpc(requests.CreateUser, kinds=STAFF)
    def create_user(self, acting: Acting, **fields: Any) -> Reply:
        acting.require_staff()
        return new_users.create_user(self.store, self.passwords, clock, self.shortest_password, **fields)

    @rpc(requests.Customers, kinds=STAFF)
    def customers(self, acting: Acting, **fields: Any) -> Reply:
        acting.require_staff()
        return views.customers(self.store, **fields)

    @rpc(requests.Mails, kinds=STAFF)
    def mails(self, acting: Acting, **fields: Any) -> Reply:
        acting.require_staff()
        return views.mails(self.store, **fields)

    @rpc(requests.RetryMail, kinds=STAFF)
    def retry_mail(self, acting: Acting, **fields: Any) -> Reply:
        acting.require_staff()
        return notifications.retry_mail(self.store, clock, **fields)

    # From other services

    @listen(NotificationRequested, producers=PRODUCERS)
    def on_notification_requested(self, envelope: Envelope[NotificationRequested]) -> None:
        notifications.notify(self.store, clock, envelope)
