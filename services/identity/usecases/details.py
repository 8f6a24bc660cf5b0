"""A person's name and address, whoever changes them."""

from __future__ import annotations

from datetime import datetime

from services.identity.domain import users
from services.identity.domain.mails import Letter, link_to, mail_to
from services.identity.domain.users import Details, User
from services.identity.store import Changes
from shared.errors import Invalid
from shared.words import gettext


def save_details(changes: Changes, user: User, details: Details, now: datetime) -> User:
    """Save what has changed, and see to it that a change of address is noticed.

    Who can log in is told at the old address, as it may have been somebody else's doing. Who waits for
    a first password gets the welcome mail at the new one: the link at the old one is void now.
    """
    if not details.email:
        raise Invalid(fields={"email": [gettext("Vul een e-mailadres in.")]})
    after = users.with_details(user, details)
    moved = after.email != user.email
    if moved and user.awaits_first_password:
        after = users.invited(after, now)
        changes.queue(link_to(after, Letter.WELCOME))
    elif moved and user.email:
        changes.queue(mail_to(user, Letter.EMAIL_CHANGED))
    if after != user:
        changes.save_user(after)
    return after
