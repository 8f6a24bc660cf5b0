"""Mails that other services ask for, and what staff do with mails (ID-06)."""

from __future__ import annotations

from services.identity.domain.mails import NOTIFICATIONS, Letter, mail_to
from services.identity.domain.users import Registration
from services.identity.schemas.replies import Reply
from services.identity.store import Changes, Store
from services.identity.usecases.checks import Clock
from shared.errors import Conflict, NotFound, Permanent
from shared.events import Envelope, NotificationRequested
from shared.logging import get_logger

log = get_logger(__name__)


def notify(store: Store, clock: Clock, envelope: Envelope[NotificationRequested]) -> None:
    """Queue a mail to each user who is registered or named, once per dedupe key.

    Raises Permanent when it could never be written or sent.
    """
    asked = envelope.data
    if envelope.customer_id is None:
        raise Permanent("no customer")
    letter = _letter(asked)
    registration = _registration(asked.registration)
    found = store.users_to_tell(envelope.customer_id, registration, asked.user_ids)
    key = f"{envelope.name.partition('.')[0]}:{asked.dedupe_key}"
    store.mails.queue([mail_to(user, letter, asked.parameters, key) for user in found], clock())
    log.info("notification", template=letter.value, users=len(found))


def _letter(asked: NotificationRequested) -> Letter:
    if asked.template not in NOTIFICATIONS:
        raise Permanent(f"no such template: {asked.template}")
    letter = Letter(asked.template)
    missing = sorted(NOTIFICATIONS[letter] - asked.parameters.keys())
    if missing:
        raise Permanent(f"{letter} lacks {', '.join(missing)}")
    return letter


def _registration(code: str | None) -> Registration | None:
    try:
        return Registration(code) if code is not None else None
    except ValueError as problem:
        raise Permanent(f"no such registration: {code}") from problem


def retry_mail(store: Store, clock: Clock, *, mail_id: str, command_id: str) -> Reply:
    """Have a mail that has failed tried from the start."""

    def work(changes: Changes) -> Reply:
        queued = changes.requeue_failed(mail_id)
        if queued is None:
            raise NotFound("Deze mail bestaat niet (meer).")
        if not queued:
            raise Conflict("Alleen een mail die niet is aangekomen, kan opnieuw.")
        return {"id": mail_id}

    return store.once(f"staff:{command_id}", ("retry_mail", mail_id), clock(), work)
