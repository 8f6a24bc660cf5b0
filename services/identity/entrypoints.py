"""The service identity on the bus."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache, partial
from typing import Any

import eventlet
from eventlet import tpool
from nameko.extensions import DependencyProvider

from services.identity import views
from services.identity.domain.credentials import SHORTEST_PASSWORD
from services.identity.mail.files import FilesOfServices
from services.identity.mail.letters import Letters
from services.identity.mail.post import Post
from services.identity.passwords import Passwords
from services.identity.schemas import audit as audit_requests
from services.identity.schemas import companies as company_requests
from services.identity.schemas import requests
from services.identity.schemas.replies import Reply
from services.identity.store import Store
from services.identity.store.sealed import SHELVES
from services.identity.usecases import (
    auditing,
    companies,
    forgotten,
    logins,
    managing,
    new_users,
    notifications,
    own,
    preferences,
    presence,
    second_logins,
    second_step_duty,
    second_steps,
    tokens,
    viewing,
)
from services.identity.usecases.sending import Sender
from shared.acting import Acting
from shared.bus import Operations, OutboxRelay, Provide, Resealing, listen, rpc
from shared.config import setting
from shared.events import AUDITS, NOTIFICATIONS, AuditRecorded, Envelope, NotificationRequested
from shared.logging import get_logger
from shared.sealing import Sealer

log = get_logger(__name__)

ANYONE = ("anonymous",)
USER = ("user",)
STAFF = ("staff",)

by_hand = partial(rpc, kinds=USER + STAFF, programs=False)
"""Changes of one's own account: a program never changes that of the user it acts for."""

PRODUCERS = tuple(event.producer() for event in NOTIFICATIONS)
AUDITED = tuple(event.producer() for event in AUDITS)
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
        files = FilesOfServices.from_environment()
        sender = Sender(open_store(), Letters.from_environment(), Post.from_environment(), clock, files)
        while not self._stopping:
            try:
                pause = 0.0 if sender.run_once() else IDLE_SECONDS
            except Exception as problem:
                log.warning("mails wait", reason=f"{type(problem).__name__}: {problem}")
                pause = TROUBLE_SECONDS
            eventlet.sleep(pause)


class IdentityService(Resealing, Operations):
    """See README.md for what each method takes and answers."""

    name = "identity"
    shelves = SHELVES

    store: Store = Provide(open_store)
    passwords: Passwords = Provide(open_passwords)
    sealer: Sealer = Provide(Sealer.from_environment)
    shortest_password: int = Provide(shortest_password)
    relay = OutboxRelay()
    mail_sending = MailSending()

    # Without a login

    @rpc(requests.Login, kinds=ANYONE)
    def login(self, acting: Acting, **fields: Any) -> Reply:
        return logins.login(self.store, self.passwords, clock, acting, **fields)

    @rpc(requests.LoginSecond, kinds=ANYONE)
    def login_second(self, acting: Acting, **fields: Any) -> Reply:
        return second_logins.login_second(self.store, self.sealer, clock, acting, **fields)

    @rpc(requests.RequestReset, kinds=ANYONE)
    def request_reset(self, acting: Acting, **fields: Any) -> Reply:
        return forgotten.request_reset(self.store, clock, acting, **fields)

    @rpc(requests.OneLink, kinds=ANYONE)
    def link(self, acting: Acting, **fields: Any) -> Reply:
        return forgotten.link(self.store, clock, **fields)

    @rpc(requests.SetPassword, kinds=ANYONE)
    def set_password(self, acting: Acting, **fields: Any) -> Reply:
        return forgotten.set_password(
            self.store, self.passwords, self.sealer, clock, self.shortest_password, acting, **fields
        )

    @rpc(requests.TokenLogin, kinds=ANYONE)
    def token_login(self, acting: Acting, **fields: Any) -> Reply:
        return tokens.login(self.store, clock, acting, **fields)

    # One's own account

    @rpc(kinds=USER + STAFF)
    def account(self, acting: Acting) -> Reply:
        return views.account(self.store, acting)

    @by_hand(requests.ChangeDetails)
    def change_details(self, acting: Acting, **fields: Any) -> Reply:
        return own.change_details(self.store, clock, acting, **fields)

    @by_hand(requests.ChangeUsername)
    def change_username(self, acting: Acting, **fields: Any) -> Reply:
        return own.change_username(self.store, clock, acting, **fields)

    @by_hand(requests.ChangePassword)
    def change_password(self, acting: Acting, **fields: Any) -> Reply:
        return own.change_password(
            self.store, self.passwords, self.sealer, clock, self.shortest_password, acting, **fields
        )

    @by_hand(requests.ConfirmPresence)
    def confirm_presence(self, acting: Acting, **fields: Any) -> Reply:
        return presence.confirm(self.store, self.passwords, self.sealer, clock, acting, **fields)

    # One's own second step

    @rpc(requests.SecondStep, kinds=USER + STAFF)
    def second_step(self, acting: Acting, **fields: Any) -> Reply:
        return views.second_step(self.store, acting, **fields)

    @by_hand(requests.BeginSecondStep)
    def begin_second_step(self, acting: Acting, **fields: Any) -> Reply:
        return second_steps.begin(self.store, self.sealer, clock, acting, **fields)

    @by_hand(requests.ConfirmSecondStep)
    def confirm_second_step(self, acting: Acting, **fields: Any) -> Reply:
        return second_steps.confirm(self.store, self.sealer, clock, acting, **fields)

    @by_hand(requests.WithPassword)
    def new_recovery_codes(self, acting: Acting, **fields: Any) -> Reply:
        return second_steps.renew_codes(self.store, self.passwords, self.sealer, clock, acting, **fields)

    @by_hand(requests.WithPassword)
    def end_second_step(self, acting: Acting, **fields: Any) -> Reply:
        return second_steps.end(self.store, self.passwords, self.sealer, clock, acting, **fields)

    # One's own programs

    @rpc(kinds=USER + STAFF)
    def tokens(self, acting: Acting) -> Reply:
        return tokens.own(self.store, clock, acting)

    @by_hand(requests.CreateToken)
    def create_token(self, acting: Acting, **fields: Any) -> Reply:
        return tokens.create(self.store, clock, acting, **fields)

    @by_hand(requests.RevokeToken)
    def revoke_token(self, acting: Acting, **fields: Any) -> Reply:
        return tokens.revoke(self.store, clock, acting, **fields)

    @by_hand(requests.SetPreferences)
    def set_preferences(self, acting: Acting, **fields: Any) -> Reply:
        return preferences.set_preferences(self.store, clock, acting, **fields)

    @rpc(requests.RoleGivers, kinds=USER)
    def role_givers(self, acting: Acting, **fields: Any) -> Reply:
        return views.role_givers(self.store, acting, **fields)

    # The users of a company

    @rpc(requests.SecondStepDuty, kinds=USER + STAFF)
    def second_step_duty(self, acting: Acting, **fields: Any) -> Reply:
        return second_step_duty.set_duty(self.store, clock, acting, **fields)

    @rpc(requests.ResetSecondStep, kinds=USER + STAFF)
    def reset_second_step(self, acting: Acting, **fields: Any) -> Reply:
        return second_step_duty.reset(self.store, clock, acting, **fields)

    @rpc(requests.Users, kinds=USER + STAFF)
    def users(self, acting: Acting, **fields: Any) -> Reply:
        return views.users(self.store, acting, **fields)

    @rpc(requests.OneUser, kinds=USER + STAFF)
    def user(self, acting: Acting, **fields: Any) -> Reply:
        return views.user(self.store, clock, acting, **fields)

    @rpc(requests.AddUser, kinds=USER + STAFF)
    def add_user(self, acting: Acting, **fields: Any) -> Reply:
        return new_users.add_user(
            self.store, self.passwords, self.sealer, clock, self.shortest_password, acting, **fields
        )

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

    @rpc(company_requests.CreateCustomer, kinds=STAFF)
    def create_customer(self, acting: Acting, **fields: Any) -> Reply:
        return companies.create_customer(self.store, clock, acting, **fields)

    @rpc(company_requests.ChangeCustomer, kinds=STAFF)
    def change_customer(self, acting: Acting, **fields: Any) -> Reply:
        return companies.change_customer(self.store, clock, acting, **fields)

    @rpc(kinds=STAFF)
    def republish(self, acting: Acting) -> Reply:
        acting.require_staff()
        return companies.republish(self.store, clock)

    @rpc(company_requests.Customers, kinds=STAFF)
    def customers(self, acting: Acting, **fields: Any) -> Reply:
        return views.customers(self.store, acting, **fields)

    @rpc(company_requests.OneCustomer, kinds=STAFF)
    def customer(self, acting: Acting, **fields: Any) -> Reply:
        return views.customer(self.store, acting, **fields)

    @rpc(company_requests.ViewAs, kinds=STAFF)
    def view_as(self, acting: Acting, **fields: Any) -> Reply:
        return viewing.view_as(self.store, clock, acting, **fields)

    @rpc(company_requests.EndView, kinds=STAFF)
    def end_view(self, acting: Acting, **fields: Any) -> Reply:
        return viewing.end_view(self.store, clock, acting, **fields)

    @rpc(requests.CreateUser, kinds=STAFF)
    def create_user(self, acting: Acting, **fields: Any) -> Reply:
        return new_users.create_user(
            self.store, self.passwords, self.sealer, clock, self.shortest_password, acting, **fields
        )

    @rpc(requests.Mails, kinds=STAFF)
    def mails(self, acting: Acting, **fields: Any) -> Reply:
        return views.mails(self.store, acting, **fields)

    @rpc(requests.RetryMail, kinds=STAFF)
    def retry_mail(self, acting: Acting, **fields: Any) -> Reply:
        return notifications.retry_mail(self.store, clock, acting, **fields)

    # The audit log

    @rpc(audit_requests.Audit, kinds=USER + STAFF)
    def audit(self, acting: Acting, **fields: Any) -> Reply:
        return auditing.entries(self.store, acting, **fields)

    @rpc(audit_requests.AuditVerify, kinds=STAFF)
    def audit_verify(self, acting: Acting, **fields: Any) -> Reply:
        return auditing.verify(self.store, acting, **fields)

    @rpc(audit_requests.AuditHeads, kinds=STAFF)
    def audit_heads(self, acting: Acting, **fields: Any) -> Reply:
        return auditing.heads(self.store, acting, **fields)

    @listen(AuditRecorded, producers=AUDITED)
    def on_audit_recorded(self, envelope: Envelope[AuditRecorded]) -> None:
        auditing.keep(self.store, envelope)

    # From other services

    @listen(NotificationRequested, producers=PRODUCERS)
    def on_notification_requested(self, envelope: Envelope[NotificationRequested]) -> None:
        notifications.notify(self.store, clock, envelope)
