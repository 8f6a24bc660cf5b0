"""Mails that other services ask for, and what staff do with mails (ID-06)."""

from __future__ import annotations

import msgspec

from services.identity.domain.mails import NOTIFICATIONS, Letter, State, mail_to, mail_to_address
from services.identity.domain.users import Registration
from services.identity.schemas.replies import Reply
from services.identity.store import Changes, Store
from services.identity.usecases.checks import Clock
from services.identity.usecases.reach import Reach, staff_reach, still_staff
from shared.acting import Acting
from shared.errors import Conflict, NotFound, Permanent
from shared.events import Envelope, NotificationRequested
from shared.events.audit import Subject
from shared.logging import get_logger
from shared.words import gettext as _

log = get_logger(__name__)


def notify(store: Store, clock: Clock, envelope: Envelope[NotificationRequested]) -> None:
    """Queue a mail to each user who is registered or named, and to each address, once per dedupe key.

    Raises Permanent when it could never be written or sent.
    """
    asked = envelope.data
    if envelope.customer_id is None:
        raise Permanent("no customer")
    letter = _letter(asked)
    registration = _registration(asked.registration)
    found = store.users_to_tell(envelope.customer_id, registration, asked.user_ids, asked.roles)
    files = tuple(msgspec.to_builtins(file) for file in asked.files)
    key = f"{envelope.name.partition('.')[0]}:{asked.dedupe_key}"
    letters = [mail_to(user, letter, asked.parameters, key, files) for user in found]
    letters += [
        mail_to_address(address, envelope.customer_id, letter, asked.parameters, f"{key}:{index}", files)
        for index, address in enumerate(asked.addresses)
    ]
    store.mails.queue(letters, clock())
    log.info("notification", template=letter.value, users=len(found), addresses=len(asked.addresses))


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


def retry_mail(store: Store, clock: Clock, acting: Acting, *, mail_id: str, command_id: str) -> Reply:
    """Have a mail that has failed tried from the start, if it was for somebody within reach."""
    reach = staff_reach(acting)

    def work(changes: Changes) -> Reply:
        still_staff(changes, acting)
        mail = changes.requeue_failed(mail_id)
        if mail is None or not _is_within(changes, reach, mail.customer_id):
            raise NotFound(_("Deze mail bestaat niet (meer)."))
        if mail.state is not State.FAILED:
            raise Conflict(_("Alleen een mail die niet is aangekomen, kan opnieuw."))
        subject = Subject(kind="mail", id=mail.id, name=mail.to)
        told = {"template": mail.letter, "state": State.QUEUED, "tries": 0}
        before = told | {"state": mail.state, "tries": mail.tries}
        changes.record(acting, mail.customer_id or None, "mail.retried", subject, before, told)
        return {"id": mail_id}

    return store.once(f"{reach.name}:{command_id}", ("retry_mail", mail_id), clock(), work)


def _is_within(changes: Changes, reach: Reach, customer_id: str | None) -> bool:
    company = changes.customer(customer_id) if customer_id else None
    return reach == Reach() or (company is not None and reach.includes(company))
